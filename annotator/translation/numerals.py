"""Numbers by their value, across conventions: `1 234,5` in French is `1,234.5` in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from annotator.translation.digits import plain, written_values
from annotator.translation.lengths import WITHOUT_BLANKS
from annotator.translation.vocabulary import REMEMBERED_TEXTS

DECIMAL_COMMA = frozenset(("ca", "da", "de", "es", "fi", "fr", "it", "nb", "nl", "pl", "pt", "ro", "ru", "sv", "tr"))

_BLANKS = " \u00a0\u202f\u2009"
# Digits behind a letter belong to a name (R2), unless the letter stands between hours and minutes (19h30), or the
# script has no blanks (第1), or writes short words together with the next one (ال78).
_LETTERS_BEFORE = f"{WITHOUT_BLANKS}\u0620-\u064a\u0671-\u06d5"
_TOKEN = re.compile(
    rf"(?=\d)(?:(?<![^\W\d_{_LETTERS_BEFORE}])|(?<=\d[hH]))(?:\d{{1,3}}(?:[{_BLANKS}]\d{{3}})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*)"
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_WORD_PAIR = re.compile(r"(?=\b([^\W\d_]+)[- ]([^\W\d_]+))")
# Centuries and kings: XXIe, XVI; one letter alone only with its ending (Ve), since it may be an initial.
_ROMAN = re.compile(r"\b(?=[XVI]{2,}|[VX]e)([XVI]+)(?:e|ème|er)?\b")
_GROUPED = {
    decimal: re.compile(rf"\d{{1,3}}(?:[{thousands}{_BLANKS}]\d{{3}})+(?:[{decimal}]\d+)?")
    for decimal, thousands in ((",", "."), (".", ","))
}
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
# An English mile is no thousand.
_SCALE = re.compile(
    r"\s*-?(?:one )?(?:(?P<thousand>thousand|mille|mil(?!es\b)|millier|tausend|duizend|tusen|tusind)"
    r"|(?P<million>milli?(?:on|ó|ón)|miljo(?:en|n)|milh(?:ão|õe)|mln|mio)"
    r"|(?P<billion>mill?iard|miljard|billion|bn|md|mrd|mld|bilh(?:ão|õe)|bill[oó]n)|(?P<trillion>trillion))(?:s|es|en|er|e|i|o)?\b\.?(?:\sde\b)?",
    re.IGNORECASE,
)
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_MANY_CYRILLIC = {"тыс": 10**3, "тис": 10**3, "млн": 10**6, "миллион": 10**6, "мільйон": 10**6, "милион": 10**6,
                  "млрд": 10**9, "миллиард": 10**9, "мільярд": 10**9, "милиард": 10**9, "трлн": 10**12,
                  "триллион": 10**12}  # fmt: skip
_MANY = {
    "ru": _MANY_CYRILLIC, "uk": _MANY_CYRILLIC, "bg": _MANY_CYRILLIC,
    "ar": {"ألف": 10**3, "الف": 10**3, "آلاف": 10**3, "مليون": 10**6, "ملايين": 10**6, "مليار": 10**9,
           "بليون": 10**9, "تريليون": 10**12},
    "fa": {"هزار": 10**3, "میلیون": 10**6, "میلیارد": 10**9, "تریلیون": 10**12},
    "ur": {"ہزار": 10**3, "لاکھ": 10**5, "ملین": 10**6, "کروڑ": 10**7, "ارب": 10**9, "بلین": 10**9},
    "ckb": {"هەزار": 10**3, "ملیۆن": 10**6, "ملیار": 10**9},
    "hi": {"हज़ार": 10**3, "हजार": 10**3, "लाख": 10**5, "मिलियन": 10**6, "करोड़": 10**7, "बिलियन": 10**9,
           "अरब": 10**9},
    "tr": {"bin": 10**3, "milyon": 10**6, "milyar": 10**9, "trilyon": 10**12},
    "th": {"พัน": 10**3, "หมื่น": 10**4, "แสน": 10**5, "ล้าน": 10**6},
}  # fmt: skip
"""What a number is multiplied by in languages that `_SCALE` does not know, by the beginning of the word."""
_BUDDHIST = (2400, 2700)
# "4:30 p.m." is 16h30 in French: an hour before noon has both values.
_AFTERNOON = re.compile(r"^(?:[:.h]?\d\d)?\s*(?:p\.?m|in the (?:afternoon|evening)|at night)", re.IGNORECASE)
_NOON = 12

_UNITS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "dix-sept dix-huit dix-neuf",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn",
}
_MORE = {
    "en": {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
           "ninety": 90, "hundred": 100, "thousand": 1000, "first": 1, "second": 2, "third": 3, "fourth": 4,
           "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "dozen": 12, "half": 2,
           "quarter": 4, "twice": 2, "double": 2, "noon": 12, "midnight": 0, "million": 10**6, "billion": 10**9},
    "fr": {"une": 1, "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
           "soixante-dix": 70, "quatre-vingts": 80, "quatre-vingt": 80, "quatre-vingt-dix": 90, "cent": 100,
           "cents": 100, "mille": 1000, "premier": 1, "première": 1, "second": 2, "seconde": 2, "deuxième": 2,
           "troisième": 3, "quatrième": 4, "cinquième": 5, "sixième": 6, "septième": 7, "huitième": 8,
           "neuvième": 9, "dixième": 10, "dizaine": 10, "douzaine": 12, "vingtaine": 20, "centaine": 100,
           "millier": 1000, "milliers": 1000, "moitié": 2, "tiers": 3, "quart": 4, "demi": 2, "double": 2,
           "midi": 12, "minuit": 0, "million": 10**6, "millions": 10**6, "milliard": 10**9, "milliards": 10**9},
    "es": {"una": 1, "un": 1, "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60,
           "setenta": 70, "ochenta": 80, "noventa": 90, "cien": 100, "ciento": 100, "mil": 1000, "primero": 1,
           "primera": 1, "primer": 1, "segundo": 2, "segunda": 2, "tercero": 3, "tercera": 3, "mitad": 2,
           "millón": 10**6, "millones": 10**6},
    "de": {"ein": 1, "eine": 1, "einen": 1, "einem": 1, "einer": 1, "zwanzig": 20, "dreißig": 30, "vierzig": 40,
           "fünfzig": 50, "sechzig": 60, "siebzig": 70, "achtzig": 80, "neunzig": 90, "hundert": 100, "tausend": 1000,
           "erste": 1, "ersten": 1, "zweite": 2, "zweiten": 2, "dritte": 3, "dritten": 3, "hälfte": 2, "halb": 2,
           "halbe": 2, "dutzend": 12, "million": 10**6, "millionen": 10**6, "milliarde": 10**9, "milliarden": 10**9},
}  # fmt: skip


@dataclass(frozen=True)
class Number:
    """A number as written and every value it may mean."""

    text: str
    values: frozenset[Decimal]


@lru_cache(maxsize=2 * REMEMBERED_TEXTS)
def numbers(text: str, language: str) -> tuple[Number, ...]:
    """Return the numbers written in digits, in order."""
    text = plain(text)
    return tuple(number for match in _TOKEN.finditer(text) for number in _numbers_in(match, text, language))


def word_values(text: str, language: str) -> frozenset[Decimal]:
    """Return the values of numbers written in letters: small ones, and Roman ones of centuries and kings."""
    words = set(_WORD.findall(text.lower()))
    parts = words | {part for word in words if "-" in word for part in word.split("-")}
    values_by_word = _values_by_word(language)
    values = {values_by_word[word] for word in parts if word in values_by_word}
    pairs = _WORD_PAIR.findall(text.lower()) if values else ()
    tens = {
        values_by_word[first] + values_by_word[second]
        for first, second in pairs
        if _adds(values_by_word, first, second)
    }
    scaled = {
        values_by_word[first] * values_by_word[second]
        for first, second in pairs
        if first in values_by_word and values_by_word.get(second, 0) in _SCALES.values()
    }
    roman = {_roman(match[1]) for match in _ROMAN.finditer(text)}
    in_characters = written_values(text) if language in ("ja", "zh") else frozenset()
    return in_characters | frozenset(map(Decimal, values | tens | scaled | roman))


@cache
def _values_by_word(language: str) -> dict[str, int]:
    return dict(zip(_UNITS.get(language, "").split(), range(20), strict=False)) | _MORE.get(language, {})


def _adds(values_by_word: dict[str, int], tens: str, units: str) -> bool:
    return values_by_word.get(tens, 0) in range(20, 100, 10) and values_by_word.get(units, 100) in range(1, 20)


def _numbers_in(match: re.Match[str], text: str, language: str) -> Iterator[Number]:
    written, after = match[0], text[match.end() :]
    if written == "00" and text[: match.start()][-1:] in ("h", "H", ":"):  # on the hour
        return
    values = set(_values(written, language))
    if not values:  # a date, a version, an address: each part for itself
        yield from (Number(part, frozenset([Decimal(part)])) for part in re.findall(r"\d+", written))
        return
    scale = _scale(after, language)
    values = {value * scale for value in values}
    if language == "th":  # the Buddha's years: 2499 is 1956
        values |= {value - 543 for value in values if value in range(*_BUDDHIST)}
    if _AFTERNOON.match(after):
        values |= {value + _NOON for value in values if value < _NOON}
    if re.match(r"'?s\b", after):  # the 1980s, the '80s
        values |= {value % 100 for value in values}
    yield Number(written, frozenset(values))


def _scale(after: str, language: str) -> int:
    """Return what the words after a number multiply it by: `3 thousand million`; a French billion is a trillion."""
    if many := _many(language):
        found = many.match(after)
        return _MANY[language][found[1]] * _scale(after[found.end() :], language) if found else 1
    scale, match = 1, _SCALE.match(after)
    while match:
        is_long = language != "en" and match["billion"] and match["billion"].lower().startswith("bill")
        scale *= _SCALES["trillion" if is_long else match.lastgroup or "thousand"]
        after = after[match.end() :]
        match = _SCALE.match(after)
    return scale


@cache
def _many(language: str) -> re.Pattern[str] | None:
    words = sorted(_MANY.get(language, ()), key=len, reverse=True)
    return re.compile(rf"[\s-]*({'|'.join(words)})") if words else None


def _values(token: str, language: str) -> Iterator[Decimal]:
    decimal, thousands = (",", ".") if language in DECIMAL_COMMA else (".", ",")
    if _GROUPED[decimal].fullmatch(token):
        yield Decimal(re.sub(rf"[{thousands}{_BLANKS}]", "", token).replace(decimal, "."))
    elif _PLAIN.fullmatch(token):
        yield Decimal(token.replace(",", "."))
    if language in DECIMAL_COMMA and re.fullmatch(r"\d{1,3}\.\d{3}", token):
        yield Decimal(token)


def _roman(letters: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in letters]
    following = [*values[1:], 0]
    return sum(value if value >= after else -value for value, after in zip(values, following, strict=True))
