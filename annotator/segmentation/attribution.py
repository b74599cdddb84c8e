"""Find the unit that names the speaker of a quotation's other sentences, or of "Il a ajouté que …".

Nothing is guessed: where no unit nearby names a speaker by a reporting verb, `selon` or a colon, the link stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from annotator.models import BlockKind, Unit
from annotator.segmentation.rules import AttributionWords, rules_for

_WORD = re.compile(r"[^\W\d_]+")
_QUOTATION_MARK = re.compile(r"[«»„“”\"]")
_CLOSES = {"«": "»", "»": "«", "„": "“”", "“": "”", '"': '"'}
_REACH = 4
"""How many units back the person is looked for that a pronoun stands for."""
_NEAR = 3
"""How many words before a reporting verb its pronoun may stand."""
_LONGEST = 30
"""Units; a quotation that is open for longer was never closed."""


@dataclass(frozen=True)
class _Quotation:
    """A quotation over several units: the first, the last, and what stands outside of it in these two."""

    first: int
    last: int
    before: str
    after: str


def attribute(units: Sequence[Unit], language: str) -> list[Unit]:
    """Return the units, each with the id of the unit that names its speaker where that is another one."""
    words = rules_for(language).attribution
    if not words.verbs:
        return list(units)
    kinds = [_speaker_kind(unit.text, words) if unit.block is not BlockKind.POST else "" for unit in units]
    speakers: dict[int, int] = {}
    for quotation in _quotations(units):
        speaker = _speaker(units, quotation, kinds, words)
        if speaker is not None:
            members = range(quotation.first, quotation.last + 1)
            speakers |= {index: speaker for index in members if index != speaker}
    for index, kind in enumerate(kinds):
        if kind == "pronoun" and index not in speakers:
            speakers.update((index, named) for named in _antecedent(index, kinds))
    return [_linked(units, index, speakers) for index in range(len(units))]


def _linked(units: Sequence[Unit], index: int, speakers: dict[int, int]) -> Unit:
    """Follow a speaker that is itself a pronoun to the name."""
    speaker = speakers.get(index)
    if speaker is None:
        return units[index]
    named = speakers.get(speaker, speaker)
    return units[index].model_copy(update={"attribution_unit": units[named if named != index else speaker].unit_id})


def _antecedent(index: int, kinds: Sequence[str]) -> list[int]:
    """Return the nearest unit before that names a speaker, if there is one within reach."""
    before = range(index - 1, max(-1, index - 1 - _REACH), -1)
    return [earlier for earlier in before if kinds[earlier] == "name"][:1]


def _quotations(units: Sequence[Unit]) -> Iterator[_Quotation]:
    """Yield the quotations that begin in one unit and end in a later one."""
    opened: tuple[int, re.Match[str]] | None = None
    for index, unit in enumerate(units):
        if opened and index - opened[0] > _LONGEST:
            opened = None
        for mark in _QUOTATION_MARK.finditer(unit.text):
            if opened is None and _may_open(unit.text, mark):
                opened = index, mark
            elif opened and mark.group() in _CLOSES[opened[1].group()]:
                first, opening = opened
                opened = None
                if first < index:
                    yield _Quotation(first, index, units[first].text[: opening.start()], unit.text[mark.end() :])


def _may_open(text: str, mark: re.Match[str]) -> bool:
    """A closing sign of one language opens in another, directly before a letter."""
    return mark.group() in '«„“"' or (mark.group() == "»" and text[mark.end() : mark.end() + 1].isalpha())


def _speaker(units: Sequence[Unit], quotation: _Quotation, kinds: Sequence[str], words: AttributionWords) -> int | None:
    """Return the unit that says who speaks: the first, the last, or the one before the quotation."""
    if _is_introduced(quotation.before, words):
        return quotation.first
    if _speaker_kind(quotation.after, words):
        return quotation.last
    lead_in = quotation.first - 1
    if lead_in >= 0 and (units[lead_in].text.endswith(":") or kinds[lead_in]):
        return lead_in
    return None


def _is_introduced(before: str, words: AttributionWords) -> bool:
    return before.rstrip().endswith(":") or bool(_speaker_kind(before, words))


def _speaker_kind(text: str, words: AttributionWords) -> Literal["", "name", "pronoun"]:
    """Tell whether the text says who speaks, and whether by name or only by a pronoun."""
    tokens = _WORD.findall(text.lower())
    source = None if _sources(words).isdisjoint(tokens) else _according(words).search(text)
    if source:
        return "pronoun" if source["who"].lower() in words.pronouns else "name"
    if words.verbs.isdisjoint(tokens):
        return ""
    for index, token in enumerate(tokens):
        if token in words.verbs:
            near = tokens[max(0, index - _NEAR) : index] + tokens[index + 1 : index + _NEAR]
            is_bare = words.opens_with_verb and index == 0
            return "pronoun" if is_bare or not words.pronouns.isdisjoint(near) else "name"
    return ""


@cache
def _sources(words: AttributionWords) -> frozenset[str]:
    """Return the first words of the phrases that name a source."""
    return frozenset(first.group() for phrase in words.according if (first := _WORD.match(phrase)))


@cache
def _according(words: AttributionWords) -> re.Pattern[str]:
    phrases = "|".join(phrase.replace("·", r"\s").replace("’", "['’]") for phrase in sorted(words.according))
    return re.compile(rf"\b(?:{phrases})\s+(?P<who>\w+)", re.IGNORECASE)
