"""How good suggestions are: macro-F1 at coverage, by label and language, calibration, with intervals over articles.

Articles are drawn again for the intervals, and not units: units of one article are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.labels import Label
from annotator.models import Prediction
from annotator.prediction.known_units import KnownUnit

_LABELS = tuple(Label)
_NONE = len(_LABELS)
_BINS = 10
_LEVEL = (2.5, 97.5)
_ENOUGH = 0.9
"""No interval where more than a tenth of the draws leave a measure without a value."""
_CHUNK = 100
"""Draws at a time: of 100,000 articles, 80 MB."""
_FEW = 2
"""Articles below which nothing can be drawn."""

Sums = NDArray[np.float64]
"""For each article (or draw) how often each label that is right met each suggestion, the last of which is none."""


@dataclass(frozen=True)
class Draws:
    """How often articles are drawn again, and the seed."""

    times: int = 1000
    seed: int = 1


@dataclass(frozen=True)
class Measure:
    """A share and its 95 % interval; none of both where it is not defined."""

    value: float | None
    interval: tuple[float, float] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {"value": self.value, "interval": list(self.interval or ())}


@dataclass(frozen=True)
class LabelScore:
    """One label among the units that got a suggestion."""

    units: int
    """Units that have the label, with a suggestion or without."""
    given: int
    """How often it was suggested."""
    precision: Measure
    recall: Measure
    f1: Measure

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        measures = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        shown = {name: value.as_json() for name, value in measures.items()}
        return {"units": self.units, "suggested": self.given, **shown}


@dataclass(frozen=True)
class Bin:
    """Suggestions with a score in one tenth: they hold what they promise where `right` is `score`."""

    units: int
    score: float
    right: float


@dataclass(frozen=True)
class Measured:
    """How good the suggestions for some units are."""

    units: int
    articles: int
    given: int
    """Units that got a suggestion."""
    coverage: Measure
    macro_f1: Measure
    right: Measure
    """The share of suggestions that are right."""
    calibration_error: float | None
    by_label: Mapping[Label, LabelScore]
    reliability: Sequence[Bin]
    drawn_macro_f1: NDArray[np.float64] = field(repr=False)
    """Of each draw, for differences."""

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            "units": self.units,
            "articles": self.articles,
            "suggested": self.given,
            "coverage": self.coverage.as_json(),
            "macro_f1": self.macro_f1.as_json(),
            "right": self.right.as_json(),
            "calibration_error": self.calibration_error,
            "by_label": {str(label): score.as_json() for label, score in self.by_label.items()},
            "reliability": [{"units": one.units, "score": one.score, "right": one.right} for one in self.reliability],
        }


def measure(known: Sequence[KnownUnit], predictions: Sequence[Prediction], draws: Draws) -> Measured:
    """Measure predictions against the labels that stand, unit for unit."""
    sums = _sums(known, predictions)
    total, drawn = sums.sum(axis=0, keepdims=True), _drawn(sums, draws)

    def of(measured: Callable[[Sums], NDArray[np.float64]]) -> Measure:
        return _measure(measured(total)[0], measured(drawn))

    bins = _reliability(known, predictions)
    given = int(total[0, :, :_NONE].sum())
    return Measured(
        units=len(known),
        articles=len(sums),
        given=given,
        coverage=of(_coverage),
        macro_f1=of(_macro_f1),
        right=of(_right),
        calibration_error=_calibration_error(bins),
        by_label={label: _label_score(total, drawn, at) for at, label in enumerate(_LABELS)},
        reliability=bins,
        drawn_macro_f1=_macro_f1(drawn),
    )


def difference(
    known: Sequence[KnownUnit], one: Sequence[Prediction], other: Sequence[Prediction], draws: Draws
) -> Measure:
    """Return by how much macro-F1 of the one is above that of the other, draw by draw on the same articles.

    Of the one that suggests more often the surest are taken, so many that both suggest as often: silence gains nothing.
    """
    count = min(sum(prediction.label is not None for prediction in given) for given in (one, other))
    first, second = (measure(known, _surest(given, count), draws) for given in (one, other))
    if first.macro_f1.value is None or second.macro_f1.value is None:
        return Measure(None)
    return _measure(first.macro_f1.value - second.macro_f1.value, first.drawn_macro_f1 - second.drawn_macro_f1)


def _surest(predictions: Sequence[Prediction], count: int) -> list[Prediction]:
    given = [number for number, prediction in enumerate(predictions) if prediction.label]
    kept = set(sorted(given, key=lambda number: -(predictions[number].score or 0))[:count])
    return [
        prediction if number in kept else prediction.model_copy(update={"label": None})
        for number, prediction in enumerate(predictions)
    ]


def _sums(known: Sequence[KnownUnit], predictions: Sequence[Prediction]) -> Sums:
    articles = {name: number for number, name in enumerate(sorted({unit.article_id for unit in known}))}
    sums = np.zeros((len(articles), _NONE, _NONE + 1))
    for unit, prediction in zip(known, predictions, strict=True):
        given = _LABELS.index(prediction.label) if prediction.label else _NONE
        sums[articles[unit.article_id], _LABELS.index(unit.label), given] += 1
    return sums


def _drawn(sums: Sums, draws: Draws) -> Sums:
    """Return the sums of each draw of as many articles, with repeats."""
    articles = len(sums)
    generator = np.random.default_rng(draws.seed)
    even = np.full(articles, 1 / max(articles, 1))
    parts: list[NDArray[Any]] = [np.zeros((0, *sums.shape[1:]))]
    for left in range(draws.times if articles >= _FEW else 0, 0, -_CHUNK):
        counts = generator.multinomial(articles, even, size=min(left, _CHUNK))
        parts.append(np.tensordot(counts.astype(np.float64), sums, axes=1))
    return np.concatenate(parts)


def _coverage(sums: Sums) -> NDArray[np.float64]:
    return _divided(sums[:, :, :_NONE].sum(axis=(1, 2)), sums.sum(axis=(1, 2)))


def _right(sums: Sums) -> NDArray[np.float64]:
    given = sums[:, :, :_NONE]
    return _divided(np.trace(given, axis1=1, axis2=2), given.sum(axis=(1, 2)))


def _macro_f1(sums: Sums) -> NDArray[np.float64]:
    """Return the mean F1 of the labels that a unit with a suggestion has or got."""
    scores = np.stack([_f1(sums, at) for at in range(_NONE)], axis=1)
    used = ~np.isnan(scores)
    return _divided(np.where(used, scores, 0).sum(axis=1), used.sum(axis=1))


def _f1(sums: Sums, at: int) -> NDArray[np.float64]:
    given = sums[:, :, :_NONE]
    return _divided(2 * given[:, at, at], given[:, at].sum(axis=1) + given[:, :, at].sum(axis=1))


def _label_score(total: Sums, drawn: Sums, at: int) -> LabelScore:
    def precision(sums: Sums) -> NDArray[np.float64]:
        return _divided(sums[:, at, at], sums[:, :, at].sum(axis=1))

    def recall(sums: Sums) -> NDArray[np.float64]:
        return _divided(sums[:, at, at], sums[:, at, :_NONE].sum(axis=1))

    measures = (precision, recall, lambda sums: _f1(sums, at))
    found = [_measure(measured(total)[0], measured(drawn)) for measured in measures]
    return LabelScore(int(total[0, at].sum()), int(total[0, :, at].sum()), *found)


def _measure(value: float, drawn: NDArray[np.float64]) -> Measure:
    if np.isnan(value):
        return Measure(None)
    there = drawn[~np.isnan(drawn)]
    if not len(drawn) or len(there) < _ENOUGH * len(drawn):
        return Measure(round(float(value), 4))
    low, high = np.percentile(there, _LEVEL)
    return Measure(round(float(value), 4), (round(float(low), 4), round(float(high), 4)))


def _reliability(known: Sequence[KnownUnit], predictions: Sequence[Prediction]) -> list[Bin]:
    held: dict[int, list[tuple[float, bool]]] = {}
    for unit, prediction in zip(known, predictions, strict=True):
        if prediction.label and prediction.score is not None:
            tenth = min(int(prediction.score * _BINS), _BINS - 1)
            held.setdefault(tenth, []).append((prediction.score, prediction.label is unit.label))
    return [_bin(held[tenth]) for tenth in sorted(held)]


def _bin(scored: Sequence[tuple[float, bool]]) -> Bin:
    mean_score = sum(score for score, _ in scored) / len(scored)
    return Bin(len(scored), round(mean_score, 4), round(sum(right for _, right in scored) / len(scored), 4))


def _calibration_error(bins: Sequence[Bin]) -> float | None:
    total = sum(one.units for one in bins)
    return round(sum(one.units * abs(one.score - one.right) for one in bins) / total, 4) if total else None


def _divided(above: NDArray[np.float64], below: NDArray[Any]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = above / np.where(below == 0, np.nan, below)
    return shares
