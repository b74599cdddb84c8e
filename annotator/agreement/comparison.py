"""The coefficients of one set of ratings, with intervals, or the reason why one has no value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.agreement import coefficients
from annotator.agreement.coefficients import COMPARABLE, NAMES, Values
from annotator.agreement.ratings import MISSING, Ratings

_LEVEL = (2.5, 97.5)
_ENOUGH = 0.9
"""No interval where more than a tenth of the resamples leave the coefficient undefined."""
_CHUNK = 100
"""Resamples at a time: all of them as floats would take eight times the memory of `Weights`."""

Weights = NDArray[np.uint8]


@dataclass(frozen=True)
class Agreement:
    """Coefficients by name (`NAMES`). One that is missing in `values` stands in `undefined` with its reason."""

    values: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    undefined: dict[str, str]
    units: int
    """Units with two labels or more: those that can be compared."""
    annotators: int
    """People who gave a label at all."""
    articles: int
    """Articles of those units."""
    no_interval: str = ""

    @property
    def alpha(self) -> float | None:
        """Krippendorff's alpha; None where it is not defined."""
        return self.values.get("alpha")

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa, the mean over pairs of annotators; None where it is not defined."""
        return self.values.get("kappa")

    @property
    def fleiss(self) -> float | None:
        """Fleiss' kappa; None where it is not defined."""
        return self.values.get("fleiss")

    @property
    def ac1(self) -> float | None:
        """Gwet's AC1; None where it is not defined."""
        return self.values.get("ac1")

    @property
    def raw(self) -> float | None:
        """The share of pairs of labels that are the same; None where no unit has two."""
        return self.values.get("raw")

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints: a value without a definition is null and `undefined` says why."""
        return {
            **{name: self.values.get(name) for name in NAMES},
            "units": self.units,
            "annotators": self.annotators,
            "articles": self.articles,
            "intervals": {name: list(bounds) for name, bounds in self.intervals.items()},
            "undefined": self.undefined,
            "no_interval": self.no_interval,
        }


def resamples(articles: int, *, times: int, seed: int) -> Weights:
    """Return how often each article is drawn in each resample: articles, not units, since units of one are alike."""
    generator = np.random.default_rng(seed)
    drawn = (generator.integers(0, articles, size=articles) for _ in range(times if articles else 0))
    counted = [np.minimum(np.bincount(draw, minlength=articles), 255).astype(np.uint8) for draw in drawn]
    return np.array(counted, dtype=np.uint8).reshape(len(counted), articles)


def compare(ratings: Ratings, weights: Weights) -> Agreement:
    """Return the agreement of the annotators, with percentile intervals over the resamples `weights`."""
    articles = weights.shape[1]
    rated = ratings.rows((ratings.codes != MISSING).sum(axis=1) >= 1)
    comparable = rated.rows((rated.codes != MISSING).sum(axis=1) >= COMPARABLE)
    annotators = int((rated.codes != MISSING).any(axis=0).sum())
    units, articles_compared = len(comparable.codes), len(np.unique(comparable.articles))
    if not units:
        reason = {0: "no labels", 1: "one annotator"}.get(annotators, "no unit with two labels")
        return Agreement({}, {}, dict.fromkeys(NAMES, reason), 0, annotators, 0, no_interval=reason)
    sums = _all_sums(rated, articles)
    values = {name: float(value[0]) for name, value in _coefficients(sums, None).items()}
    undefined = {name: _reason(values["raw"]) for name in NAMES if np.isnan(values[name])}
    defined = {name: round(values[name], 6) for name in NAMES if name not in undefined}
    if articles_compared == 1:
        return Agreement(defined, {}, undefined, units, annotators, articles_compared, no_interval="one article")
    intervals = dict(_intervals(sums, weights, defined))
    return Agreement(defined, intervals, undefined, units, annotators, articles_compared)


def _reason(raw: float) -> str:
    return f"one label in use, raw agreement {raw:.1f}" if raw == 1 else f"no chance agreement, raw agreement {raw:.2f}"


_Sums = tuple[NDArray[np.float64], list[NDArray[np.float64]]]


def _all_sums(ratings: Ratings, articles: int) -> _Sums:
    pairs = combinations(range(len(ratings.annotators)), 2)
    joint = (coefficients.pair_sums(ratings, first, second, articles) for first, second in pairs)
    return coefficients.article_sums(ratings, articles), [sums for sums in joint if sums.any()]


def _coefficients(sums: _Sums, weights: NDArray[np.float64] | None) -> dict[str, Values]:
    """Without weights each article counts once."""
    of_units, of_pairs = sums
    factors = np.ones((1, len(of_units))) if weights is None else weights
    kappas = np.stack([coefficients.cohen(factors @ pair) for pair in of_pairs])
    return {**coefficients.from_sums(factors @ of_units), "kappa": _mean_of_defined(kappas)}


def _mean_of_defined(kappas: NDArray[np.float64]) -> Values:
    defined = ~np.isnan(kappas)
    number = defined.sum(axis=0)
    mean: Values = np.where(defined, kappas, 0).sum(axis=0) / np.where(number > 0, number, np.nan)
    return mean


def _intervals(sums: _Sums, weights: Weights, defined: dict[str, float]) -> Iterator[tuple[str, tuple[float, float]]]:
    chunks = [_coefficients(sums, weights[at : at + _CHUNK].astype(float)) for at in range(0, len(weights), _CHUNK)]
    for name in defined:
        drawn = np.concatenate([chunk[name] for chunk in chunks]) if chunks else np.array([])
        if interval := percentiles(drawn):
            yield name, interval


def percentiles(drawn: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return the interval that the values of the resamples give; none where too many of them are not defined."""
    defined = drawn[~np.isnan(drawn)]
    if not len(defined) or len(defined) < _ENOUGH * len(drawn):
        return None
    low, high = np.percentile(defined, _LEVEL)
    return round(float(low), 6), round(float(high), 6)
