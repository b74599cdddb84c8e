"""Tell the full stop of an abbreviation, an initial or an ordinal from that of a sentence."""

from __future__ import annotations

import re
from typing import NamedTuple

from annotator.segmentation.patterns import APOSTROPHES, ROMAN
from annotator.segmentation.rules import LanguageRules

# How far back the word before a full stop is looked for: longer than every abbreviation, short enough to stay linear.
_REACH = 24
# Also `§`, `n°`, `J.-C` and `m²`, with their inner stops, hyphens and apostrophes.
# km/h is one word.
_TOKEN = re.compile(r"[\w§°²³]+(?:(?:[.’'-]+|/)[\w°]+)*$")
# "L'al. 2": the abbreviation is `al`, not `l'al`.
_ELIDED = re.compile(
    r"^(?:[a-zA-Z]|[Qq]u|[Jj]usqu|[Ll]orsqu|[Dd][ae]ll|[Aa]ll|[Nn]ell|[Ss]ull|[Qq]uell|[Uu]n)['’](?=\w{2}|[A-Z])"
)
# U.S., p.-ex., J.A.: without it "The U.S. Senate" and "réalisé par J.A. Howe" are cut.
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.-?)+[^\W\d_]{1,2}")
# 3. Oktober, 7.10. (Mittwoch)
_ORDINAL = re.compile(r"\d{1,2}(?:\.(?:0?[1-9]|1[0-2]))?")
# i t. d., m. fl.: the blanks between the letters of one abbreviation.
_SPACED = re.compile(r"(?:(?<!\w)[^\W\d_]{1,2}\.\s)+[^\W\d_]{1,3}$")
_LONGEST_LETTERS = 3
# A date that opens a sentence is part of it ("В 2018 г. США"), a later one ends it before a capital: so it is in 69 of
# 70 such places in Russian and Polish news.
_LEAD_IN = 30
_ROMAN_LETTERS = ("I", "V", "X")
_MONTH_AHEAD = re.compile(r"\s(?:[–-]\s?[0-3]?\d\.|(?:0?[1-9]|1[0-2])\.(?P<year>\s?(?:1\d|20)\d\d\b)?)")
_YEAR_AHEAD = re.compile(r"\s(?:1\d|20)\d\d\b")
_DAY_BEFORE = re.compile(r"\b[0-3]?\d\.\s(?:0?[1-9]|1[0-2])$")
# Behind a figure: 18.30 h., 5 m.
_UNITS = frozenset("hmgl")
_SIGNS = '«“„‘"(['
_YEAR_LENGTH = 4
# A longer word is an abbreviation only if a list has it.
_LONGEST_UNLISTED = 5
# Neutral rules: Sra., Dott., Inż.
_LONGEST_TITLE = 4
# "1. Le coût est inconnu.", "II. Les causes": a figure or letter that begins the sentence numbers it.
_ENUMERATOR = re.compile(r"[\s«“„\"(]*(?:\d{1,3}(?:\.\d{1,3})*|[IVX]{1,5}|[^\W\d_])")
# J.-P. Morel
_DOUBLE_INITIAL = re.compile(r"[^\W\d_]\.-[^\W\d_]")
# The letter behind the next word: "plan B. Le préfet" goes on in lower case, "J. Le Goff" with a capital.
_FIRST_LETTER = re.compile(r"[’'\s]\s*([^\W\d_])")
_INITIAL = re.compile(r"\s[A-Z]\.")


class _Token(NamedTuple):
    """The word before a full stop, as it stands and as it is looked up."""

    word: str
    folded: str


def is_abbreviation(text: str, stop: int, start: int, following: re.Match[str], rules: LanguageRules) -> bool:
    """Tell whether the full stop at `stop` leaves the sentence open that began at `start`.

    `following` is the match of `patterns.NEXT` behind it.
    """
    reach = max(0, stop - _REACH)
    begin = max(reach, text.rfind(" ", reach, stop) + 1)
    if _is_plain(text[begin:stop].lstrip(_SIGNS), rules):
        return False
    token = _token(text, begin, stop, rules)
    is_enumerator = stop - start < _REACH and _ENUMERATOR.fullmatch(text, start, stop)
    if is_enumerator or _is_never_last(token, rules):
        return True
    ends_by_date = stop - start > _LEAD_IN and token.folded in rules.dated and _is_date(text, stop, token)
    if ends_by_date or _is_closing(text, stop, token, following, rules):
        return False
    if token.folded in rules.timed:
        return (following["word"] or "").lower() in rules.continuers
    return _goes_on(text, stop, token, following, rules)


def _is_plain(word: str, rules: LanguageRules) -> bool:
    """Tell at once, of most words and figures, that they are no abbreviation."""
    if len(word) > _LONGEST_UNLISTED:
        word = word[max(word.rfind("’"), word.rfind("'")) + 1 :]
    if not word.isalpha():
        return len(word) == _YEAR_LENGTH and word.isdecimal()
    if len(word) <= _LONGEST_UNLISTED and (
        len(word) == 1
        or word.isupper()
        or _has_no_vowel(word, rules)
        or (rules.short_names and len(word) <= _LONGEST_TITLE)
    ):
        return False
    folded = word.lower()
    return not (folded in rules.listed or word in rules.listed or folded.endswith(rules.endings))


def _token(text: str, begin: int, stop: int, rules: LanguageRules) -> _Token:
    match = _TOKEN.search(text, begin, stop)
    word = match.group() if match else ""
    if "’" in word or "'" in word:
        word = _ELIDED.sub("", word)
    last = word.rpartition("-")[2]
    if 1 < len(last) < len(word) and last.lower() in rules.listed and word.lower() not in rules.listed:
        word = last  # ex-pres., oud-min.
    # EST and CA in capitals are words or acronyms, not the abbreviations est. and ca.
    return _Token(word, word if word.isupper() and word.isalpha() else word.lower())


def _is_never_last(token: _Token, rules: LanguageRules) -> bool:
    """Tell a title and its like; of Dipl.-Ing. and Prof.Dr. the last part decides."""
    if token.word in rules.never or token.folded in rules.never:
        return True
    first, hyphen, last = token.word.rpartition(".-") if ".-" in token.word else token.word.rpartition(".")
    return bool(first) and len(last) > 1 and (hyphen == ".-" or last.istitle()) and last in rules.never


def _is_closing(text: str, stop: int, token: _Token, following: re.Match[str], rules: LanguageRules) -> bool:
    """Tell etc. and its like, written with blanks too: a capital behind it begins a sentence."""
    if token.folded in rules.closing:
        return not (following["digit"] and token.folded in rules.numbered)
    if not rules.closing or len(token.folded) > _LONGEST_LETTERS:
        return False
    spaced = _SPACED.search(text, max(0, stop - _REACH), stop)
    return spaced is not None and "".join(spaced.group().lower().split()) in rules.closing


def _is_date(text: str, stop: int, token: _Token) -> bool:
    """Tell the year or century of `в 2018 г.`, `z 1980 r.` (a figure stands before the letter) and `do n.e.`."""
    return "." in token.word or _stands_behind_figure(text, stop, token)


def _stands_behind_figure(text: str, stop: int, token: _Token) -> bool:
    before = text[max(0, stop - len(token.word) - 2) : stop - len(token.word)].rstrip()
    return before[-1:].isdigit() or before[-1:] in _ROMAN_LETTERS


def _is_spaced_date(text: str, stop: int, token: _Token, rules: LanguageRules) -> bool:
    """Tell the first two full stops of `5. 11. 2021`; of `5. 11.` and `5. – 7.` only where the language has `dates`."""
    if _ORDINAL.fullmatch(token.word) is None:
        return False
    if _YEAR_AHEAD.match(text, stop + 1):
        return _DAY_BEFORE.search(text, max(0, stop - _REACH), stop) is not None
    month = _MONTH_AHEAD.match(text, stop + 1)
    return month is not None and ("dates" in rules.ordinals or month["year"] is not None)


def _goes_on(text: str, stop: int, token: _Token, following: re.Match[str], rules: LanguageRules) -> bool:
    """Tell by what follows whether the sentence goes on after a token that may end one."""
    is_open = _is_open(token, rules)
    if _stands_behind_figure(text, stop, token):
        is_open = is_open and (token.word not in _UNITS or following["digit"] is not None)
    else:
        is_open = is_open or _has_no_vowel(token.word, rules)
    if _INITIAL.match(text, stop + 1):  # a. C., art. L. 12
        is_open = is_open or len(token.word) == 1 or token.folded in rules.numbered
    is_numbered = token.folded in rules.numbered
    if following["digit"]:
        return is_open or is_numbered or _is_spaced_date(text, stop, token, rules)
    if _is_roman(following, rules) and (is_numbered or (_ORDINAL.fullmatch(token.word) and rules.ordinals)):
        return True  # art. IV, lata 50. XIX wieku
    is_initial = len(token.word) == 1 or _DOUBLE_INITIAL.fullmatch(token.word)
    if is_initial and token.word.isupper() and token.folded not in rules.inner:
        return not _starts_with_lower_word(text, following, rules)
    is_open = is_open or (rules.short_names and _is_short_name(token.word, following))
    return is_open and not is_starter(following, rules)


def _is_roman(following: re.Match[str], rules: LanguageRules) -> bool:
    """Tell the figure of `art. IV`, but not the English or Italian `I`."""
    word = following["word"] or ""
    if not word.isupper():
        return False
    return ROMAN.fullmatch(word) is not None and word.lower() not in rules.starters


def _is_open(token: _Token, rules: LanguageRules) -> bool:
    """Tell whether a sentence rarely ends after the token: an abbreviation, one letter, U.S.A., an ordinal."""
    word, folded = token
    if len(word) == 1 and word.isalpha():
        return word.lower() not in rules.letters
    if word in rules.inner or folded in rules.inner or folded.endswith(rules.endings) or _is_compound(word, rules):
        return True
    is_ordinal = "arabic" in rules.ordinals and _ORDINAL.fullmatch(word)
    return bool(is_ordinal or ("roman" in rules.ordinals and ROMAN.fullmatch(word)))


def _is_compound(word: str, rules: LanguageRules) -> bool:
    """Tell U.S., Reg.-Bez. and dr.med. from an address."""
    return ".-" in word or _DOTTED.fullmatch(word) is not None or word.partition(".")[0] in rules.never


def _has_no_vowel(word: str, rules: LanguageRules) -> bool:
    """Tell an abbreviation that no list has (vz., Pq., Zn.) from a word; capitals alone are a name (BBC)."""
    is_word = not 1 < len(word) <= _LONGEST_UNLISTED or not word.isalpha() or word.isupper()
    return bool(rules.vowels) and not is_word and rules.vowels.isdisjoint(word.lower())


def _is_short_name(word: str, following: re.Match[str]) -> bool:
    """Tell a title or a shortened name (Dl. Popescu, Ing. Varga) in a language whose abbreviations are not known."""
    return len(word) <= _LONGEST_TITLE and word.istitle() and (following["word"] or "")[:1].isupper()


def is_starter(following: re.Match[str], rules: LanguageRules) -> bool:
    """Tell whether the next word, with its capital, opens sentences; an elided one only counts with its apostrophe."""
    word = following["word"] or ""
    if not word[:1].isupper():
        return False
    if len(word) == 1 and following.string.startswith((".", ",", ")"), following.end()):
        return False  # A. Rossi, bl. A, sc. 2
    elided = following.string[following.end() : following.end() + 1] in APOSTROPHES
    return word.lower() in rules.starters or (elided and f"{word.lower()}’" in rules.starters)


def _starts_with_lower_word(text: str, following: re.Match[str], rules: LanguageRules) -> bool:
    """Tell `vitamine C. Le taux` from `J. Le Pen`."""
    if not is_starter(following, rules):
        return False
    if rules.capital_nouns:
        return True
    letter = _FIRST_LETTER.match(text, following.end("word"))
    return letter is not None and letter[1].islower()
