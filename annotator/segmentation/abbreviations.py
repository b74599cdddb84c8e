"""Tell the full stop of an abbreviation, an initial or an ordinal from that of a sentence."""

from __future__ import annotations

import re

from annotator.segmentation.patterns import APOSTROPHES, ROMAN
from annotator.segmentation.rules import LanguageRules

# How far back the word before a full stop is looked for: longer than every abbreviation, short enough to stay linear.
_REACH = 24
# Also `§`, `n°`, `J.-C` and `m²`, with their inner stops, hyphens and apostrophes.
_TOKEN = re.compile(r"[\w§°²³]+(?:[.’'-]+[\w°]+)*$")
# "L'al. 2": the abbreviation is `al`, not `l'al`.
_ELIDED = re.compile(r"^(?:[a-zA-Z]|[Qq]u|[Jj]usqu|[Ll]orsqu)['’](?=\w{2}|[A-Z])")
# U.S., p.-ex., J.A.: without it "The U.S. Senate" and "réalisé par J.A. Howe" are cut.
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.-?)+[^\W\d_]{1,2}")
_ORDINAL = re.compile(r"\d{1,2}")
# "1. Le coût est inconnu.", "II. Les causes": a figure or letter that begins the sentence numbers it.
_ENUMERATOR = re.compile(r"[\s«“\"(]*(?:\d{1,3}(?:\.\d{1,3})*|[IVX]{1,5}|[A-Za-z])")
# J.-P. Morel
_DOUBLE_INITIAL = re.compile(r"[^\W\d_]\.-[^\W\d_]")
# The letter behind the next word: "plan B. Le préfet" goes on in lower case, "J. Le Goff" with a capital.
_FIRST_LETTER = re.compile(r"[’'\s]\s*([^\W\d_])")
_INITIAL = re.compile(r"\s[A-Z]\.")


def is_abbreviation(text: str, stop: int, start: int, following: re.Match[str], rules: LanguageRules) -> bool:
    """Tell whether the full stop at `stop` leaves the sentence open that began at `start`.

    `following` is the match of `patterns.NEXT` behind it.
    """
    token = _token_before(text, stop)
    # EST and CA in capitals are words or acronyms, not the abbreviations est. and ca.
    folded = token if token.isupper() and token.isalpha() else token.lower()
    is_enumerator = stop - start < _REACH and _ENUMERATOR.fullmatch(text, start, stop)
    if is_enumerator or token in rules.never or folded in rules.never:
        return True
    if folded in rules.timed:
        return (following["word"] or "").lower() in rules.continuers
    is_open = _is_open(token, folded, rules)
    if _INITIAL.match(text, stop + 1):  # a. C., art. L. 12
        is_open = is_open or len(token) == 1 or folded in rules.numbered
    if following["digit"]:
        return is_open or folded in rules.numbered
    if token.isupper() and (len(token) == 1 or _DOUBLE_INITIAL.fullmatch(token)) and folded not in rules.inner:
        return not _starts_with_lower_word(text, following, rules)
    return is_open and not is_starter(following, rules)


def _token_before(text: str, stop: int) -> str:
    reach = max(0, stop - _REACH)
    match = _TOKEN.search(text, max(reach, text.rfind(" ", reach, stop) + 1), stop)
    return _ELIDED.sub("", match.group()) if match else ""


def _is_open(token: str, folded: str, rules: LanguageRules) -> bool:
    """Tell whether a sentence rarely ends after the token: an abbreviation, one letter, U.S.A., an ordinal."""
    if len(token) == 1 and token.isalpha():
        return token.lower() not in rules.letters
    if token in rules.inner or folded in rules.inner or folded.endswith(rules.endings) or _DOTTED.fullmatch(token):
        return True
    return rules.ordinals and _is_ordinal(token)


def _is_ordinal(token: str) -> bool:
    return _ORDINAL.fullmatch(token) is not None or ROMAN.fullmatch(token) is not None


def is_starter(following: re.Match[str], rules: LanguageRules) -> bool:
    """Tell whether the next word, with its capital, opens sentences; an elided one only counts with its apostrophe."""
    word = following["word"] or ""
    if not word[:1].isupper():
        return False
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
