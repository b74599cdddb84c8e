"""Coefficients of agreement as functions of sums over units.

Every coefficient here depends on the data through sums alone, so that sums per article give the value and, weighted
anew, each bootstrap resample; nltk's, which the tests compare with, take a pass over all triples for each value and
call one label in use perfect agreement.

Sources: K. Krippendorff, *Content Analysis*, 4th ed. (2019), chapter 12 (alpha, nominal); J. Cohen, *Educational and
Psychological Measurement* 20 (1960) 37-46; J. L. Fleiss, *Psychological Bulletin* 76 (1971) 378-382; K. L. Gwet,
*Handbook of Inter-Rater Reliability*, 4th ed. (2014), chapters 2 and 5 (AC1, and the forms of AC1 and of Fleiss' kappa
for units that not everybody rated); R. J. Light, *Psychological Bulletin* 76 (1971) 365-377 (Cohen's kappa of several
annotators: the mean over pairs).

An undefined value is NaN here and nowhere else: `comparison` turns it into its reason.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from annotator.agreement.ratings import MISSING, Ratings

Sums = NDArray[np.float64]
Values = NDArray[np.float64]

COMPARABLE = 2
"""Labels that a unit needs."""
_NOTHING = 1e-12
"""A divisor below this is zero, but for rounding."""

NAMES = ("alpha", "kappa", "fleiss", "ac1", "raw")


def article_sums(ratings: Ratings, articles: int) -> Sums:
    """Return per article: comparable units, their raw agreement, label counts (K), rated units, label shares (K)."""
    counts = ratings.counts().astype(float)
    total = counts.sum(axis=1)
    comparable, rated = total >= COMPARABLE, total >= 1
    pairs = np.where(comparable, total * (total - 1), 1)
    agreeing = np.where(comparable, (counts * (counts - 1)).sum(axis=1) / pairs, 0)
    disagreement = np.where(comparable, total * (1 - agreeing), 0)
    shares = counts / np.where(rated, total, 1)[:, None]
    columns = np.column_stack([comparable, agreeing, disagreement, counts * comparable[:, None], rated, shares])
    return _by_article(columns, ratings.articles, articles)


def pair_sums(ratings: Ratings, first: int, second: int, articles: int) -> Sums:
    """Return per article how often the two annotators (columns) gave each pair of labels, as K times K numbers."""
    one, other = ratings.codes[:, first], ratings.codes[:, second]
    both = (one != MISSING) & (other != MISSING)
    size = len(ratings.categories)
    cells = one[both].astype(np.int64) * size + other[both]
    flat = np.bincount(ratings.articles[both] * size * size + cells, minlength=articles * size * size)
    return flat.reshape(articles, size * size).astype(float)


def from_sums(sums: Sums) -> dict[str, Values]:
    """Return alpha, Fleiss' kappa, AC1 and raw agreement for each row of sums."""
    size = (sums.shape[1] - 4) // 2
    units, agreeing, disagreement, counts = sums[:, 0], sums[:, 1], sums[:, 2], sums[:, 3 : 3 + size]
    rated, shares = sums[:, 3 + size], sums[:, 4 + size :]
    raw = _divided(agreeing, units)
    total = counts.sum(axis=1)
    expected = _divided((counts * (total[:, None] - counts)).sum(axis=1), total * (total - 1))
    mean_shares = shares / np.where(rated > 0, rated, np.nan)[:, None]
    by_chance = (mean_shares**2).sum(axis=1)
    gwet = (mean_shares * (1 - mean_shares)).sum(axis=1) / (size - 1)
    return {
        "alpha": 1 - _divided(_divided(disagreement, total), expected),
        "fleiss": _corrected(raw, by_chance),
        "ac1": _corrected(raw, gwet),
        "raw": raw,
    }


def cohen(sums: Sums) -> Values:
    """Return Cohen's kappa for each row of pair sums."""
    size = round(sums.shape[1] ** 0.5)
    joint = sums.reshape(-1, size, size)
    total = joint.sum(axis=(1, 2))
    observed = _divided(np.trace(joint, axis1=1, axis2=2), total)
    expected = _divided((joint.sum(axis=2) * joint.sum(axis=1)).sum(axis=1), total**2)
    return _corrected(observed, expected)


def _by_article(columns: Sums, of_unit: NDArray[np.int64], articles: int) -> Sums:
    return np.stack([np.bincount(of_unit, weights=column, minlength=articles) for column in columns.T], axis=1)


def _corrected(observed: Values, expected: Values) -> Values:
    return _divided(observed - expected, 1 - expected)


def _divided(above: Values, below: Values) -> Values:
    ratio: Values = above / np.where(np.abs(below) < _NOTHING, np.nan, below)
    return ratio
