"""Small repairs after an engine: the signs and numbers of one language in the way of another, capitals, blanks.

Each raises the score of French > Spanish > English through apertium, or fixes what the score does not see:
docs/translation-checks.md.
"""

from __future__ import annotations

import re

from annotator.translation import lexicon, vocabulary
from annotator.translation.numerals import DECIMAL_COMMA
from annotator.translation.protection import UNKNOWN

VERSION = "5"

_BLANK = "[ \u00a0\u202f\u2009]"
_POINTED = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,})(?![\d.,]*\d)")
_SWAPPED = str.maketrans(".,", ",.")


def repair(text: str, original: str, *, pair: tuple[str, str], rule_based: bool) -> str:
    """Return the translation with its small faults fixed.

    `pair` is source and target language; `rule_based` says that it comes from rules word by word, not from a model.
    """
    source, target = pair
    if target == "en":
        text = english_quotes(original, english_spacing(original, text))
        if source in DECIMAL_COMMA:
            text = english_numbers(original, text)
    if rule_based:
        text = one_of_two(original, text)
        text = right_senses(original, unknown_words(original, text, pair=pair), pair=pair)
        text = single_words(original, single_blanks(original, text))
        if pair == ("fr", "en"):
            text = superlatives(original, partitives(original, text))
        text = denials(original, text, pair=pair)
        text = acronyms(original, inner_capitals(original, text), pair=pair)
        text = steady_capitals(original, text)
    return sentence_start(original, text)


def masked_number(text: str, *, pair: tuple[str, str]) -> str:
    """Return a number that was masked in the target's way of writing it, anything else as it is."""
    if pair[1] == "en" and pair[0] in DECIMAL_COMMA and re.fullmatch(rf"[\d,{_BLANK[1:-1]}]+", text):
        return english_numbers(text, text)
    return text


def english_spacing(_original: str, text: str) -> str:
    """No blank before `?`, `!`, `;`, `:` and `%`."""
    return re.sub(rf"(?<=\S){_BLANK}+([?!;:%](?![-)(DPp]))", r"\1", text)


def english_quotes(_original: str, text: str) -> str:
    """Straight quotation marks in place of guillemets, without their inner blanks."""
    return re.sub(rf"«{_BLANK}*", '"', re.sub(rf"{_BLANK}*»", '"', text))


def english_numbers(original: str, text: str) -> str:
    """`1,5` becomes `1.5` and `3 500` becomes `3,500`, where the number stands that way in the source too.

    `3.500` is left alone, which may be either, `11.743,61` and `1.200.000` may not.
    """
    for number in _POINTED.findall(original):
        text = re.sub(rf"(?<![\d.,]){re.escape(number)}(?![\d,])", number.translate(_SWAPPED), text)
    for number in re.findall(
        rf"(?<!\d)(?<!\d{_BLANK})(?!0{_BLANK})\d{{1,3}}(?:{_BLANK}\d{{3}})+(?:,\d+)?|\d+,\d+", original
    ):
        english = re.sub(_BLANK, ",", number.replace(",", "."))
        text = re.sub(rf"(?<![\d.,]){re.escape(number)}(?![\d,])", english, text)
    text = re.sub(r"\bmillardos?\b", "billion", text)  # what the Spanish pivot makes of `milliards`
    return re.sub(r"\b((?:m|b|tr)illions?) of (euros|dollars|pounds|people|francs|tonnes)\b", r"\1 \2", text)


def one_of_two(original: str, text: str) -> str:
    """One of the two spellings that the engine has for a word: `YouTube/Youtube`."""
    both = re.compile(r"\b([^\W\d_]{2,})/(?=(?i:\1)\b)")
    return text if both.search(original) else both.sub("", text)


def unknown_words(original: str, text: str, *, pair: tuple[str, str]) -> str:
    """A word that the engine did not know becomes what the lexicon has for it; one with a capital may be a name."""
    starts = {word.lower() for word in re.findall(r"^[\W\d_]*([^\W\d_]+)", original)}

    def substitute(match: re.Match[str]) -> str:
        word = match[1]
        if not word.islower() and word.lower() not in starts:
            return match[0]
        english = lexicon.look_up(word.lower(), pair).substitute
        return english or match[0]

    return re.sub(rf"{UNKNOWN}([^\W\d_]+(?:-[^\W\d_]+)*)(?![\w-])", substitute, text)


def right_senses(original: str, text: str, *, pair: tuple[str, str]) -> str:
    """A word that is the wrong one for what stands in the source becomes the right one: `tests` for `preuves`."""
    wrong_senses = lexicon.senses(*pair)
    words = set(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", original.lower())) if wrong_senses else set()

    def right(match: re.Match[str]) -> str:
        choices = wrong_senses.get(match[0].lower(), ())
        english = next((english for word, english in choices if word in words), match[0])
        return english.capitalize() if match[0][0].isupper() else english

    return re.sub(r"[^\W\d_]+", right, text) if words else text


def single_blanks(_original: str, text: str) -> str:
    """One blank between words, none before a comma or a stop."""
    return re.sub(r" +(?=[.,)](?:\s|$))", "", re.sub(r"(?<=\S)  +", " ", text))


def denials(original: str, text: str, *, pair: tuple[str, str]) -> str:
    """A Spanish `ningún` or `nadie` alone denies: `any company has to help` becomes `no company`.

    French goes by way of Spanish, where `aucun` becomes one of them.
    """
    denied = vocabulary.DENIED.get(pair[0])
    if pair[1] != "en" or not denied or not denied.search(original) or vocabulary.NEGATIVE["en"].search(text):
        return text
    if pair[0] == "fr" and re.match(r"\W*pas\b", original, re.IGNORECASE):
        return re.sub(r"^(\W*)At all\b", r"\1Not", text)
    return re.sub(
        r"\bany(?: of|body|one)?\b|\bat all\b", lambda word: _denying(word[0]), text, count=1, flags=re.IGNORECASE
    )


def _denying(word: str) -> str:
    english = {"any": "no", "any of": "none of", "anybody": "nobody", "anyone": "no one", "at all": "nothing"}[
        word.lower()
    ]
    return english.capitalize() if word[0].isupper() else english


def acronyms(original: str, text: str, *, pair: tuple[str, str]) -> str:
    """An acronym of the source as the target language has it: `VAT` for `Vat` and `TVA`."""
    known = vocabulary.exonyms(*pair)
    for name in dict.fromkeys(re.findall(r"\b[^\W\d_]{2,}\b", original)):
        english = known.get(name, ("",))[0]
        if name.isupper() and english.isupper() and english.isalpha():
            text = re.sub(rf"\b(?:{name}|{english.capitalize()})\b", english, text)
    return text


def single_words(_original: str, text: str) -> str:
    """A short word once, where the engine says it twice: `gone in in the room`."""
    return re.sub(r"\b(in|of|to|the|a|for|with|at|on|by|from|and)( \1)+\b", r"\1", text)


def steady_capitals(original: str, text: str) -> str:
    """Lower-case a word that took its capital from the name before it: `OpenAI Affirms`."""
    following_letter = dict(re.findall(r"(\w*[A-Z]\w*)(?= (\w))", original))

    def lower(match: re.Match[str]) -> str:
        keep = not following_letter.get(match[1], "X").islower() or match[2] in original
        return match[0] if keep else f"{match[1]} {match[2][0].lower()}{match[2][1:]}"

    return re.sub(r"\b(\w*[A-Z]\w*) ([A-Z][a-z]+)\b", lower, text)


def inner_capitals(original: str, text: str) -> str:
    """A name keeps the capitals inside it: `Openai` becomes `OpenAI` again, `Ratp` `RATP`."""
    written = {word.lower(): word for word in re.findall(r"\b\w+[A-ZÀ-Þ]\w*", original)}
    if not written:
        return text
    return re.sub(r"\b[A-ZÀ-Þ]\w+", lambda word: written.get(word[0].lower(), word[0]), text)


def partitives(original: str, text: str) -> str:
    """Drop the article that French `des` brings: `Of the members are` is `Members are`."""
    if re.match(r"\W*Des ", original):
        text = re.sub(r"^(\W*)Of the (\w)", lambda match: match[1] + match[2].upper(), text)
    if " des " in original:
        text = re.sub(r"([,:;] |\b(?:are|is|has|have|was|were|to|with|by|and) )of the (?=\w)", r"\1", text)
    return text


def superlatives(original: str, text: str) -> str:
    """`les plus populaires` is `the most popular`, where the way through Spanish makes `the popular plus` of it."""
    if not re.search(r"\bplus\b", original):
        return text
    return re.sub(r"\b([Tt]he) (\w+) plus\b", r"\1 most \2", text)


def sentence_start(original: str, text: str) -> str:
    """A capital where the source begins with one, and none where it does not."""
    first = re.search(r"[^\W\d_]", original)
    begins = re.match(r"([\W_]*)([^\W\d_])(.*)", text, re.DOTALL)
    if not first or not begins or original[: first.start()].strip().isalnum():
        return text
    if first[0].isupper():
        return begins[1] + begins[2].upper() + begins[3]
    return text
