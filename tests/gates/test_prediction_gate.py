"""Suggestions on labelled articles: pinned floors. Written by hand in own words, labelled by the guidelines.

Cues may be tuned on `dev-*`; `held-*` are only scored, and floors stand a little under what was measured. All were
written by the hand that wrote the cues, so other people's articles score lower: what the five and then three French
articles written last scored before anything was changed for them was .89 (.97 of units given a suggestion) and .81
(.91); 40 units from press pages scored .71.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.labels import Label
from annotator.models import Article, BlockKind, Language, Unit, UnitKind
from annotator.prediction import CuePredictor

DATA = Path(__file__).parent / "data"
FIXTURES = Path(__file__).parents[2] / "fixtures"

Row = dict[str, str]
Outcome = tuple[Label, Label | None, float | None]


def rows_of(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def article_of(rows: list[Row], language: str) -> Article:
    """Return an article of given units: the gate measures suggestions, not the cutting."""
    units, start = [], 0
    for position, row in enumerate(rows):
        block = BlockKind(row["block"])
        unit = Unit(
            unit_id=f"gate:{position}",
            position=position,
            kind=UnitKind.TITLE if block is BlockKind.TITLE else UnitKind.SENTENCE,
            block=block,
            block_index=0 if block is BlockKind.TITLE else 1,
            start=start,
            end=start + len(row["text"]),
            text=row["text"],
            language=Language(tag=row.get("lang") or language, confidence=1),
        )
        units.append(unit)
        start = unit.end + 1
    text = " ".join(row["text"] for row in rows)
    return Article(article_id="gate", revision="0" * 16, text=text, units=tuple(units))


def outcomes(language: str, split: str) -> list[Outcome]:
    articles: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of(DATA / f"labels_{language}.tsv"):
        if row["article"].startswith(split):
            articles[row["article"]].append(row)
    return [outcome for rows in articles.values() for outcome in compared(rows, language)]


def compared(rows: list[Row], language: str) -> Iterator[Outcome]:
    predictions = CuePredictor().predict(article_of(rows, language))
    for row, prediction in zip(rows, predictions, strict=True):
        yield Label(row["label"]), prediction.label, prediction.score


def macro_f1(found: list[Outcome]) -> float:
    """Return the mean F1 of the four labels over the units that got a suggestion."""
    given = [(gold, label) for gold, label, _ in found if label]
    return sum(f1(given, label) for label in Label) / len(Label)


def f1(given: list[tuple[Label, Label]], label: Label) -> float:
    both = sum(gold == suggested == label for gold, suggested in given)
    either = sum(gold == label for gold, _ in given) + sum(suggested == label for _, suggested in given)
    return 2 * both / either if either else 1.0


def share_given(found: list[Outcome]) -> float:
    return sum(label is not None for _, label, _ in found) / len(found)


@pytest.mark.parametrize(
    ("language", "split", "floor"),
    [
        pytest.param("fr", "dev-", 0.93, id="fr-dev"),
        pytest.param("fr", "held-", 0.90, id="fr-held"),
        pytest.param("en", "dev-", 0.92, id="en-dev"),
        pytest.param("en", "held-", 0.86, id="en-held"),
        pytest.param("es", "dev-", 0.90, id="es-dev"),
        pytest.param("es", "held-", 0.90, id="es-held"),
        pytest.param("de", "dev-", 0.94, id="de-dev"),
        pytest.param("de", "held-", 0.92, id="de-held"),
    ],
)
def test_suggestions_reach_the_floor(language: str, split: str, floor: float) -> None:
    found = outcomes(language, split)
    assert macro_f1(found) >= floor
    assert share_given(found) >= 0.95


@pytest.mark.parametrize("language", ["fr", "en", "es", "de"])
def test_set_is_large_enough(language: str) -> None:
    assert len(outcomes(language, "")) >= 40


@pytest.mark.parametrize("least", [0.55, 0.7, 0.8, 0.9])
def test_score_promises_no_more_than_the_share_of_right_suggestions(least: float) -> None:
    found = [outcome for language in ("fr", "en", "es", "de") for outcome in outcomes(language, "held-")]
    at_least = [gold == label for gold, label, score in found if label and score is not None and score >= least]
    assert sum(at_least) / len(at_least) >= least


@pytest.mark.parametrize(
    ("name", "language", "right"),
    [("deepseek", "fr", 25), ("biblioteca", "es", 10), ("moorsee", "de", 10), ("ferry", "en", 10)],
)
def test_fixture_articles_get_mostly_right_suggestions(name: str, language: str, right: int) -> None:
    rows = list(rows_of(FIXTURES / "gold" / f"{name}.units.tsv"))
    assert sum(gold == label for gold, label, _ in compared(rows, language)) >= right
