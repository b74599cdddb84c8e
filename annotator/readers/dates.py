"""Dates that people read: `3 mai 2024`, `May 3, 2024`, `3. Mai 2024`, `3 de mayo de 2024`, or one in an address."""

from __future__ import annotations

import re

_MONTHS = (
    "janvier january janv jan januar jänner enero ene",
    "février february févr fév feb februar febrero fevrier",
    "mars march mar märz marzo",
    "avril april avr apr abril abr",
    "mai may mayo",
    "juin june jun juni junio",
    "juillet july juil jul juli julio",
    "août august aug agosto ago aout",
    "septembre september sept sep septiembre",
    "octobre october oct oktober okt octubre",
    "novembre november nov noviembre",
    "décembre december déc dec dezember dez diciembre dic decembre",
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:er|\.)?\s(?:de\s)?([^\W\d_]{3,10})\.?\s(?:de\s)?(\d{4})\b")
_MONTH_FIRST = re.compile(r"\b([^\W\d_]{3,9})\.?\s(\d{1,2}),?\s(\d{4})\b")
_DIGITS = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")
_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_CLOCK = re.compile(r"\b\d{1,2}\s?(?:[:hH]\s?\d{2}(?:[:.]\d{2})?|h\b|Uhr\b)")
_FEW_LETTERS = 12
"""Letters beside a date and a time: `Donnerstag` and `um` are 12. With 2 `09 AGO 2024 - 22:00 CEST` was not
one such line, with 60 short sentences that give a date were."""
_IN_ADDRESS = re.compile(r"[/_-]((?:19|20)\d{2})[/-](0[1-9]|1[0-2])(?:[/-](0[1-9]|[12]\d|3[01]))?(?=[/_.-]|$)")


def date_in_words(text: str) -> str:
    """Return the first date in the text as `YYYY-MM-DD`, or an empty string; `3/5/2024` is in May."""
    if iso := _ISO.search(text):
        return iso[0]
    if match := _DAY_FIRST.search(text):
        return _iso(match[3], _MONTH_OF.get(match[2].lower(), 0), int(match[1]))
    if match := _MONTH_FIRST.search(text):
        return _iso(match[3], _MONTH_OF.get(match[1].lower(), 0), int(match[2]))
    if match := _DIGITS.search(text):
        return _iso(match[3], int(match[2]), int(match[1]))
    return ""


def is_only_date(text: str) -> bool:
    """Tell a line that holds a date or a time of day and next to nothing else: a weekday, `à`, `CEST`."""
    rest, count = _CLOCK.subn("", text)
    for pattern in (_ISO, _DAY_FIRST, _MONTH_FIRST, _DIGITS):
        rest, times = pattern.subn("", rest)
        count += times
    return count > 0 and sum(map(str.isalpha, rest)) <= _FEW_LETTERS and not re.search(r"\d", rest)


def date_in_address(url: str) -> str:
    """Return the date in an address like `/2024/05/03/title`, partial where it is, or an empty string."""
    match = _IN_ADDRESS.search(url)
    return "-".join(filter(None, match.groups())) if match else ""


def _iso(year: str, month: int, day: int) -> str:
    return f"{year}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else ""  # noqa: PLR2004
