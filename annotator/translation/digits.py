"""Numbers of any script in plain digits: `１２`, `٣`, `1万2千`, `3억 5000만` are 12, 3, 12000, 350000000."""

from __future__ import annotations

import re
from decimal import Decimal

_OF_OTHER_SCRIPTS = re.compile(r"[^\D0-9]|[٫٬،．：](?<=\d.)(?=\d)")
_SEPARATORS = str.maketrans("٫٬،．：", ".,,.:")
_DIGITS = dict(zip("〇零一二三四五六七八九两兩壱弐参", (0, 0, *range(1, 10), 2, 2, 1, 2, 3), strict=True))
_SMALL = {"十": 10, "拾": 10, "百": 100, "千": 1000, "백": 100, "천": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "만": 10**4, "亿": 10**8, "億": 10**8, "억": 10**8, "兆": 10**12, "조": 10**12}
_DIGIT, _ALL = "".join(_DIGITS), "".join((*_DIGITS, *_SMALL, *_LARGE))
# 4,500만, 1万2千, 20 多万 (over), 1억 5,000만; 3千 alone is one too, but 3百 does not begin a word (3百货).
_PART = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
_SCALED = re.compile(
    rf"{_PART}\s?[多余餘数數幾几]?[{''.join((*_SMALL, *_LARGE))}]+(?:\s?{_PART}[{''.join((*_SMALL, *_LARGE))}]+)*"
    rf"(?:(?<=[{''.join(_LARGE)}])\s?[0-9]{{1,4}}(?![0-9]))?"
)
_PIECE = re.compile(rf"({_PART})|([{_ALL}])")
_WRITTEN = re.compile(rf"[{_DIGIT}十拾百千万萬亿億兆]+")
_MONTH = re.compile(r"(?<![0-9])(1[0-2]|0?[1-9])\s?[月월]")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def plain(text: str) -> str:
    """Return the text with its numbers in digits as English has them; the words of a number stay as they are."""
    if text.isascii():
        return text
    text = _OF_OTHER_SCRIPTS.sub(_as_ascii, text)
    return _SCALED.sub(lambda match: f"{_value(match[0]).normalize():f}", text)


def written_values(text: str) -> frozenset[Decimal]:
    """Return the values of the numbers that stand in Chinese characters: 十二, 三百, 二〇一九."""
    return frozenset(map(_value, _WRITTEN.findall(text)))


def with_months(text: str, other: str) -> str:
    """Write the months that the other text counts (`12月`) as their number."""
    for number in set(_MONTH.findall(other)):
        name = _MONTHS[int(number) - 1]
        text = re.sub(rf"\b(?:{name}|{name[:3]}\b\.?)", f" {number} ", text)
    return text


def _as_ascii(match: re.Match[str]) -> str:
    return str(int(match[0])) if match[0].isdecimal() else match[0].translate(_SEPARATORS)


def _value(number: str) -> Decimal:
    """Return what the number means: its sections (千, 百) below each large unit (万, 億) are added up."""
    whole = section = Decimal(0)
    digits: Decimal | None = None
    for in_digits, letter in _PIECE.findall(number):
        if in_digits:
            digits = Decimal(in_digits.replace(",", ""))
        elif letter in _DIGITS:
            digits = (digits or 0) * 10 + Decimal(_DIGITS[letter])
        elif letter in _SMALL:
            section, digits = section + (1 if digits is None else digits) * _SMALL[letter], None
        else:
            section = section + (digits or 0)
            whole, section, digits = whole + (section or 1) * _LARGE[letter], Decimal(0), None
    return whole + section + (digits or 0)
