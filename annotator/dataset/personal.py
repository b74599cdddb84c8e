"""What annotators give away of themselves and others without a thought: addresses in a comment, the hour they work."""

from __future__ import annotations

import re
from typing import NamedTuple

from annotator.models import Record, Vote

_E_MAIL = r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+"
# With the sign of a country; with the 0 of a trunk and 9 to 12 digits, which a date has not; in the groups of North
# America and of Spain. In 1.0 million characters of English mails, reviews and forums these take 153 numbers, all of
# phones, and leave 1 (ten bare digits); in 0.8 million of French news and debates none, and there is none.
_GAP = r"[ .\-/()\u00a0\u202f]"
_PHONE = (
    rf"(?:\+|\b00)[1-9]{_GAP}?(?:\d{_GAP}{{0,2}}){{6,13}}\d"
    rf"|(?<![\w.,])\(?0[1-9]{_GAP}{{0,2}}(?:\d{_GAP}{{0,2}}){{6,9}}\d"
    r"|(?<![\w.,-])(?:\(?1[ .-])?\(?[2-9]\d{2}\)?[ ./-]\d{3}[ .-]\d{4}"
    r"|(?<![\w.,-])[679]\d{2} \d{2} \d{2} \d{2}"
)
_DATE = r"\d{1,2}[./-]\d{1,2}[./-]\d{4}"
_ADDRESS = re.compile(rf"{_E_MAIL}|(?!{_DATE})(?:{_PHONE})(?![\w])")
_OWN_WORDS = ("comment", "adjudication")
_DAY = 10
"""Length of an ISO date."""

POLICY = {
    "comments": "e-mail addresses and phone numbers are crossed out, in the reasons of verdicts too",
    "times": "of answers are cut to the day",
}
POLICY_WITH_TIMES = {**POLICY, "times": "of answers are as the server has them"}


class Kept(NamedTuple):
    """A record as it leaves, and how many addresses were crossed out in it."""

    record: Record
    crossed_out: int = 0


def without_addresses(text: str) -> tuple[str, int]:
    """Return the text with e-mail addresses and phone numbers as x, sign for sign, and how many there were."""
    return _ADDRESS.subn(lambda found: re.sub(r"\w", "x", found[0]), text)


def impersonal(record: Record, *, times: bool) -> Kept:
    """Return the record without addresses in comments and, but for `times`, without the hours of its answers."""
    votes, crossed_out = [], 0
    for vote in record.votes:
        fields = vote.__dict__.copy()
        for name in _OWN_WORDS:
            if fields[name]:
                fields[name], number = without_addresses(fields[name])
                crossed_out += number
        if not times:
            fields["created_at"], fields["updated_at"] = vote.created_at[:_DAY], vote.updated_at[:_DAY]
        votes.append(Vote.of_checked(fields))
    return Kept(Record.of_checked({**record.__dict__, "votes": tuple(votes)}), crossed_out)
