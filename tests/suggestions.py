"""How good suggestions are, of units whose label people know: what the gates pin and `gold_real/score.py` prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from annotator.labels import Label
from annotator.models import Article, BlockKind, Language, Unit, UnitKind
from annotator.prediction import CuePredictor
from annotator.protocols import Predictor

Row = dict[str, str]
Outcome = tuple[Label, Label | None, float | None]
"""The label that is right, the one suggested, and its score."""
_BINS = 10


def article_of(rows: Sequence[Row], language: str) -> Article:
    """Return an article of given units: suggestions are measured, not the cutting."""
    units, start = [], 0
    for position, row in enumerate(rows):
        block = BlockKind(row.get("block", BlockKind.PARAGRAPH))
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


def compared(rows: Sequence[Row], language: str, predictor: Predictor | None = None) -> list[Outcome]:
    """Return what is suggested for the units of one article."""
    predictions = (predictor or CuePredictor()).predict(article_of(rows, language))
    return [(Label(row["label"]), found.label, found.score) for row, found in zip(rows, predictions, strict=True)]


def macro_f1(found: Iterable[Outcome]) -> float:
    """Return the mean F1 of the labels over the units that got a suggestion; one that nobody gave does not count."""
    given = [(gold, label) for gold, label, _ in found if label]
    used = [label for label in Label if any(label in pair for pair in given)]
    return sum(f1(given, label) for label in used) / len(used)


def f1(given: Sequence[tuple[Label, Label]], label: Label) -> float:
    """Return the F1 of one label; 1 where nobody gave it."""
    both = sum(gold == suggested == label for gold, suggested in given)
    either = sum(gold == label for gold, _ in given) + sum(suggested == label for _, suggested in given)
    return 2 * both / either if either else 1.0


def share_given(found: Sequence[Outcome]) -> float:
    """Return the share of units that got a suggestion."""
    return sum(label is not None for _, label, _ in found) / len(found)


def calibration_error(found: Iterable[Outcome]) -> float:
    """Return how far scores stand from the share of right suggestions (ECE in ten bins of equal width)."""
    scored = [(score, gold == label) for gold, label, score in found if label and score is not None]
    bins: dict[int, list[tuple[float, bool]]] = {}
    for score, right in scored:
        bins.setdefault(min(int(score * _BINS), _BINS - 1), []).append((score, right))
    gaps = (abs(sum(score for score, _ in held) - sum(right for _, right in held)) for held in bins.values())
    return sum(gaps) / len(scored)
