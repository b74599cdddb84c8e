"""Dates as people read them (`3 mai 2024`, `May 3, 2024`, `3. Mai 2024`), as programs write them, and in addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

_MONTHS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv févr mars avr mai juin juil aout sept oct nov déc",
    "jan fevrier mar apr may jun jul aug sep okt nov dec",
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feber mär apr mai jun jul aug sept okt nov dez",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene feb mar abr may jun jul ago set oct nov dic",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar marts april maj juni juli august september oktober november desember",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "ledna února března dubna května června července srpna září října listopadu prosince",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου",  # noqa: E501
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
)
_MONTH_OF = {name: number for names in _MONTHS for number, name in enumerate(names.split(), start=1)}
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:er|st|nd|rd|th|\.|º)?\s(?:de\s)?([^\W\d_]{3,11})\.?,?\s(?:del?\s)?(\d{4})\b")
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
"""The date of a message, which RSS has too."""
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_BESIDE = re.compile(
    r"\b\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AP]\.?M\b\.?)?|\b(?:[A-Z]{2,4}T|UTC|GMT)(?:[+-]\d{1,4})?\b", re.IGNORECASE
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
        year, month, day = [*map(int, text[:10].split("-")), 1, 1][:3]
        return text if _is_day(year, month, day) else ""
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC).isoformat()
    if stamp := _STAMP.match(text):
        return _of_stamp(stamp)
    if mail := _MAIL.match(text):
        date = _iso(mail[3], _MONTH_OF.get(mail[2].lower(), 0), int(mail[1]))
        return date and iso_date(f"{date}T{mail[4]}{mail[5]}")
    return date_in_words(" ".join(_BESIDE.sub(" ", text).split()))


def _of_stamp(stamp: re.Match[str]) -> str:
    year, month, day, hour, minute, second, zone = stamp.groups()
    if not _is_day(int(year), int(month), int(day)):
        return ""
    date = f"{year}-{month}-{day}"
    if hour is None or int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:  # noqa: PLR2004
        return date
    return f"{date}T{int(hour):02}:{minute}:{int(second or 0):02}{_zone(zone or '')}"


def _zone(zone: str) -> str:
    if zone[:1] in ("+", "-"):
        return f"{zone[:3]}:{zone[-2:]}"
    return "Z" if zone else ""


def _is_day(year: int, month: int, day: int) -> bool:
    """Tell a real day from what programs write for none: the year 0 or 1, the first second of 1970."""
    with suppress(ValueError):
        return datetime(year, month, day, tzinfo=UTC).timestamp() != 0 and year >= _OLDEST
    return False


def date_in_words(text: str) -> str:
    """Return the first date in the text as `YYYY-MM-DD`, or an empty string; `3/5/2024` is in May."""
    if iso := _ISO.search(text):
        return iso[0]
    return next(filter(None, _days_in(text)), "")


def _days_in(text: str) -> Iterator[str]:
    for match in _DAY_FIRST.finditer(text):
        yield _iso(match[3], _MONTH_OF.get(match[2].lower(), 0), int(match[1]))
    for match in _MONTH_FIRST.finditer(text):
        yield _iso(match[3], _MONTH_OF.get(match[1].lower(), 0), int(match[2]))
    for match in _YEAR_FIRST.finditer(text):
        yield _iso(match[1], int(match[2]), int(match[3]))
    for match in _DIGITS.finditer(text):
        yield _iso(match[3], int(match[2]), int(match[1])) or _iso(match[3], int(match[1]), int(match[2]))


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
    return f"{int(year)}-{month:02}-{day:02}" if _is_day(int(year), month, day) else ""
