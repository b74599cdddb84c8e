"""What the checks skip without a closer look is what a closer look would not find either."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from annotator.translation import coverage, lexicon, protection, vocabulary

MARKED = Path(__file__).parents[1] / "gates" / "data" / "translation_checks.tsv"
FR_EN = ("fr", "en")


@pytest.fixture(scope="module")
def french() -> list[str]:
    with MARKED.open(encoding="utf-8", newline="") as lines:
        return [row["source"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def test_no_negation_is_skipped(french: list[str]) -> None:
    found = {text: match[0] for text in french if (match := vocabulary.NEGATED["fr"].search(text))}

    assert len(found) > 50
    assert {text: vocabulary.negation(text, "fr") for text in found} == found


def test_no_reserve_is_skipped(french: list[str]) -> None:
    reserved = vocabulary.HEDGED["fr"]
    matches = {text: [match["reserve"] for match in reserved.finditer(text) if match["reserve"]] for text in french}
    found = {text: reserves[0] for text, reserves in matches.items() if reserves}

    assert len(found) > 50
    assert {text: vocabulary.reserve(text, "fr") for text in found} == found


def test_no_link_is_skipped(french: list[str]) -> None:
    found = {text: [match[0] for match in protection._KEPT.finditer(text)] for text in french}

    assert sum(map(bool, found.values())) > 10
    assert {text: protection.find_kept(text) for text in french} == found


@pytest.mark.parametrize("text", ["Lyon, Lyonnais, Lyon-Sud, Lyon", "LyonLyon Lyon_2 Lyon", "Lyon", "d’Ly"])
def test_words_are_marked_where_a_pattern_finds_them(text: str) -> None:
    spans = [match.span() for match in re.finditer(r"(?<!\w)Lyon(?!\w)", text)]

    assert list(protection._whole_words(text, "Lyon")) == spans


def test_the_stems_of_english_are_those_of_its_words() -> None:
    words = sorted(lexicon.english_words())[::40]
    stems = set(map(coverage.stem, lexicon.english_words()))
    strange = [f"{word[::-1]}x" for word in words]

    assert all(coverage._is_english_stem(coverage.stem(word)) for word in words)
    assert [coverage._is_english_stem(bare) for bare in strange] == [bare in stems for bare in strange]
