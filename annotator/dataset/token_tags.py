"""The source mentions of a unit as one tag a token (BIO), for those who train taggers.

L. Ramshaw and M. Marcus, "Text chunking using transformation-based learning" (1995), in the form of CoNLL-2003: B at
the first token of every mention.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from annotator.dataset.records import with_a_say
from annotator.models import Record, Vote

BEGIN, INSIDE, OUTSIDE = "B-SOURCE", "I-SOURCE", "O"
# Words, signs one by one; of scripts without blanks (Thai, Kana, Han) every character, or a mention would cut a token.
_ALONE = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_ALONE}]|[^\W{_ALONE}]+|[^\w\s]")


class Tagged(NamedTuple):
    """A unit's tokens and their tags; both empty where the text does not leave or nobody has answered."""

    tokens: list[str]
    tags: list[str]


def tagged(record: Record) -> Tagged:
    """Return the tokens of the unit's text, each in a mention where more than half of those whose answers count say so.

    A mention that ends within a token has all of it. Where one begins is for most of them to say, too.
    """
    votes = with_a_say(record.votes)
    if not votes:
        return Tagged([], [])
    places = [match.span() for match in _TOKEN.finditer(record.data.source_text)]
    said = [_of_vote(vote, places) for vote in votes]
    return Tagged([record.data.source_text[start:end] for start, end in places], _most(said))


def _of_vote(vote: Vote, places: Sequence[tuple[int, int]]) -> list[str]:
    tags = [OUTSIDE] * len(places)
    for mention in vote.mentions:
        inside = [at for at, (start, end) in enumerate(places) if start < mention.end and end > mention.start]
        for at in inside:
            tags[at] = BEGIN if at == inside[0] else INSIDE
    return tags


def _most(said: Sequence[Sequence[str]]) -> list[str]:
    tags: list[str] = []
    for tags_of_token in zip(*said, strict=True):
        inside = [tag for tag in tags_of_token if tag != OUTSIDE]
        if 2 * len(inside) <= len(said):
            tags.append(OUTSIDE)
        elif 2 * inside.count(BEGIN) > len(inside) or not tags or tags[-1] == OUTSIDE:
            tags.append(BEGIN)
        else:
            tags.append(INSIDE)
    return tags
