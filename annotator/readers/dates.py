"""Dates that people read (`3 mai 2024`, `May 3, 2024`, `3. Mai 2024`, `3 de mayo de 2024`), that programs write, or that
stand in an address.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

_MONTHS = (
    "janvier january janv jan januar jänner enero ene gennaio gen janeiro januari gener stycznia ianuarie января leden"
    " ledna січня ιανουαρίου ocak يناير",
    "février february févr fév feb februar febrero fevrier febbraio fevereiro fev februari febrer lutego februarie февраля"
    " února лютого φεβρουαρίου şubat فبراير",
    "mars march mar märz marzo março maart març marca martie марта března березня μαρτίου mart مارس",
    "avril april avr apr abril abr aprile kwietnia aprilie апреля dubna квітня απριλίου nisan أبريل ابريل",
    "mai may mayo maggio mag maio mei maig maj maja мая května травня μαΐου mayıs مايو",
    "juin june jun juni junio giugno giu junho juny czerwca iunie июня června червня ιουνίου haziran يونيو",
    "juillet july juil jul juli julio luglio lug julho juliol lipca iulie июля července липня ιουλίου temmuz يوليو",
    "août august aug agosto ago aout augustus agost augusti sierpnia августа srpna серпня αυγούστου ağustos أغسطس",
    "septembre september sept sep septiembre settembre setembro set setembre września septembrie сентября září вересня"
    " σεπτεμβρίου eylül سبتمبر",
    "octobre october oct oktober okt octubre ottobre ott outubro out października octombrie октября října жовтня"
    " οκτωβρίου ekim أكتوبر اكتوبر",
    "novembre november nov noviembre novembro listopada noiembrie ноября listopadu листопада νοεμβρίου kasım نوفمبر",
    "décembre december déc dec dezember dez diciembre dic decembre dicembre dezembro desembre grudnia decembrie декабря"
    " prosince грудня δεκεμβρίου aralık ديسمبر",
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_DAY_FIRST = re.compile(
    r"\b(\d{1,2})(?:er|st|nd|rd|th|\.|º)?\s(?:de\s)?([^\W\d_]{3,11})\.?,?\s(?:de\s|del\s)?(\d{4})\b"
)
_MONTH_FIRST = re.compile(r"\b([^\W\d_]{3,9})\.?\s(\d{1,2}),?\s(\d{4})\b")
_YEAR_FIRST = re.compile(r"\b(\d{4})(?:[/.]|年\s?)(\d{1,2})(?:[/.]|月\s?)(\d{1,2})(?!\d)")
_DIGITS = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")
_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_CLOCK = re.compile(r"\b\d{1,2}\s?(?:[:hH]\s?\d{2}(?:[:.]\d{2})?|h\b|Uhr\b)")
_FEW_LETTERS = 12
"""Letters beside a date and a time: `Donnerstag` and `um` are 12. With 2 `09 AGO 2024 - 22:00 CEST` was not
one such line, with 60 short sentences that give a date were."""
_IN_ADDRESS = re.compile(r"[/_-]((?:19|20)\d{2})[/-](0[1-9]|1[0-2])(?:[/-](0[1-9]|[12]\d|3[01]))?(?=[/_.-]|$)")
_STAMP = re.compile(
    r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T\s]\s?(\d{1,2}):?(\d{2})(?::?(\d{1,2})(?:[.,]\d+)?)?"
    r"\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?(?!\d)"
)
_WHOLE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?)?)?")
_MAIL = re.compile(
    r"(?:[A-Z][a-z]{2},\s)?(\d{1,2})\s([A-Z][a-z]{2})\s(\d{4})\s(\d{2}:\d{2}(?::\d{2})?)\s(GMT|UTC|Z|[+-]\d{4})"
)
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_SIDE = re.compile(
    r"\b\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?|\b(?:[A-Z]{2,5}T|UTC|GMT)(?:[+-]\d{1,4})?\b"
)
"""The time of day and its zone's name, which stand between month and year in some dates."""
_OLDEST = 1500
_DAY, _WEST, _EAST = timedelta(days=1), timedelta(hours=10), timedelta(hours=13)
"""Clocks are ten hours behind UTC in Hawaii, and thirteen before it in New Zealand's summer."""


def iso_date(text: str) -> str:
    """Return a date as ISO 8601, with its time where its zone is given in numbers, partial where it is; else nothing.

    A zone's name is left out with its time: `IST` is the time of three countries.
    """
    text = text.strip()
    if _WHOLE.fullmatch(text):
        return text if _is_day(*map(int, (text[:10].split("-") + ["1", "1"])[:3])) else ""
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC).isoformat()
    if stamp := _STAMP.match(text):
        return _of_stamp(stamp)
    if mail := _MAIL.match(text):
        day = _iso(mail[3], _MONTH_OF.get(mail[2].lower(), 0), int(mail[1]))
        return day and iso_date(f"{day}T{mail[4]}{mail[5]}")
    return date_in_words(" ".join(_SIDE.sub(" ", text).split()))


def _of_stamp(stamp: re.Match[str]) -> str:
    year, month, day, hour, minute, second, zone = stamp.groups()
    if not _is_day(int(year), int(month), int(day)):
        return ""
    date = f"{year}-{month}-{day}"
    if hour is None or int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:  # noqa: PLR2004
        return date
    written = (
        zone if zone and ":" in zone else f"{zone[:3]}:{zone[3:]}" if zone and zone[0] in "+-" else "Z" if zone else ""
    )
    return f"{date}T{int(hour):02}:{minute}:{int(second or 0):02}{written}"


def _is_day(year: int, month: int, day: int) -> bool:
    """Tell a real day from what programs write for none: the year 0 or 1, the first second of 1970."""
    with suppress(ValueError):
        return datetime(year, month, day, tzinfo=UTC).timestamp() != 0 and year >= _OLDEST
    return False


def date_in_words(text: str) -> str:
    """Return the first date in the text as `YYYY-MM-DD`, or an empty string; `3/5/2024` is in May."""
    if iso := _ISO.search(text):
        return iso[0]
    if match := _DAY_FIRST.search(text):
        return _iso(match[3], _MONTH_OF.get(match[2].lower(), 0), int(match[1]))
    if match := _MONTH_FIRST.search(text):
        return _iso(match[3], _MONTH_OF.get(match[1].lower(), 0), int(match[2]))
    if match := _YEAR_FIRST.search(text):
        return _iso(match[1], int(match[2]), int(match[3]))
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


def local_day(told: str, shown: str) -> str:
    """Return the day that address or page show, where it is the one before or after a time told in UTC; else nothing.

    Readers know an evening in Chicago by its own day, while its time in UTC is the next one.
    """
    if len(shown) != len("2024-05-03") or not told.endswith(("Z", "+00:00")) or told.startswith(shown):
        return ""
    apart = datetime.fromisoformat(told) - datetime.fromisoformat(shown).replace(tzinfo=UTC)
    return shown if -_EAST < apart < timedelta(0) or _DAY < apart < _DAY + _WEST else ""


def _iso(year: str, month: int, day: int) -> str:
    return f"{year}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else ""  # noqa: PLR2004
