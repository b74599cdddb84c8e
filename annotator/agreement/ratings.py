"""Who gave which unit which label, as one matrix: the reliability data of Krippendorff (2019, chapter 12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

MISSING = -1

Codes = NDArray[np.int8]
Rows = NDArray[np.bool_]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Ratings:
    """A row per unit, a column per annotator; a code is an index into `categories`, or `MISSING`."""

    codes: Codes
    articles: Index
    """The number of each unit's article."""
    categories: tuple[str, ...]
    annotators: tuple[str, ...]

    def rows(self, chosen: Rows) -> Ratings:
        """Return the chosen units alone."""
        return Ratings(self.codes[chosen], self.articles[chosen], self.categories, self.annotators)

    def columns(self, annotators: Iterable[str]) -> Ratings:
        """Return the ratings of these annotators alone."""
        columns = [at for at, annotator in enumerate(self.annotators) if annotator in set(annotators)]
        return Ratings(
            self.codes[:, columns], self.articles, self.categories, tuple(self.annotators[at] for at in columns)
        )

    def across(self, ours: Iterable[str], theirs: Iterable[str]) -> Ratings:
        """Return each pair of one of ours and one of theirs as a comparison of its own: two columns, ours first."""
        pairs = [
            (self.annotators.index(first), self.annotators.index(second)) for first, second in product(ours, theirs)
        ]
        codes = np.vstack([self.codes[:, pair] for pair in pairs]) if pairs else self.codes[:0, :0]
        return Ratings(codes, np.tile(self.articles, len(pairs)), self.categories, ("ours", "theirs"))

    def recoded(self, groups: Mapping[str, Sequence[str]]) -> Ratings:
        """Return the ratings with categories merged: name of the new one to the old ones in it."""
        table = np.full(len(self.categories) + 1, MISSING, dtype=np.int8)
        for code, members in enumerate(groups.values()):
            table[[self.categories.index(member) for member in members]] = code
        return Ratings(table[self.codes], self.articles, tuple(groups), self.annotators)

    def counts(self) -> NDArray[np.int64]:
        """Return how many annotators gave each unit each category."""
        return np.stack([(self.codes == code).sum(axis=1) for code in range(len(self.categories))], axis=1)


def rating_matrix(units: Iterable[tuple[str, Mapping[str, str]]], categories: Sequence[str]) -> Ratings:
    """Return the matrix of units, each given as its article and the label that each annotator gave it."""
    code = {category: at for at, category in enumerate(categories)}
    annotators: dict[str, int] = {}
    articles: dict[str, int] = {}
    of_unit: list[int] = []
    cells: list[tuple[int, int, int]] = []
    for row, (article, labels) in enumerate(units):
        of_unit.append(articles.setdefault(article, len(articles)))
        cells += [(row, annotators.setdefault(who, len(annotators)), code[label]) for who, label in labels.items()]
    codes = np.full((len(of_unit), len(annotators)), MISSING, dtype=np.int8)
    if cells:
        row_numbers, column_numbers, values = np.array(cells).T
        codes[row_numbers, column_numbers] = values
    names = sorted(annotators, key=natural_order)
    ordered = codes[:, [annotators[name] for name in names]]
    return Ratings(ordered, np.array(of_unit, dtype=np.int64), tuple(categories), tuple(names))


def natural_order(name: str) -> tuple[Any, ...]:
    """Sort key: numbers by their value, before names."""
    return (0, int(name), "") if name.isdecimal() else (1, 0, name)
