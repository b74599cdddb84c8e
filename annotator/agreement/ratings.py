"""Who gave which unit which label, as one matrix: the reliability data of Krippendorff (2019, chapter 12)."""

from __future__ import annotations

from array import array
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


class Collected:
    """Labels as they come, unit by unit, in a few bytes each."""

    def __init__(self, categories: Sequence[str]) -> None:
        self._categories = tuple(categories)
        self._code = {category: at for at, category in enumerate(categories)}
        self._annotators: dict[str, int] = {}
        self._articles: dict[str, int] = {}
        self._of_unit = array("q")
        self._cells = array("q")
        """Row, column and code of each label."""

    def add(self, article: str, labels: Mapping[str, str]) -> None:
        """Take a unit with the label that each annotator gave it."""
        row = len(self._of_unit)
        self._of_unit.append(self._articles.setdefault(article, len(self._articles)))
        for who, label in labels.items():
            self._cells.extend((row, self._annotators.setdefault(who, len(self._annotators)), self._code[label]))

    def matrix(self) -> Ratings:
        """Return all that was taken."""
        codes = np.full((len(self._of_unit), len(self._annotators)), MISSING, dtype=np.int8)
        rows, columns, values = np.array(self._cells, dtype=np.int64).reshape(-1, 3).T
        codes[rows, columns] = values
        names = sorted(self._annotators, key=natural_order)
        ordered = codes[:, [self._annotators[name] for name in names]]
        return Ratings(ordered, np.array(self._of_unit, dtype=np.int64), self._categories, tuple(names))


def rating_matrix(units: Iterable[tuple[str, Mapping[str, str]]], categories: Sequence[str]) -> Ratings:
    """Return the matrix of units, each given as its article and the label that each annotator gave it."""
    collected = Collected(categories)
    for article, labels in units:
        collected.add(article, labels)
    return collected.matrix()


def natural_order(name: str) -> tuple[Any, ...]:
    """Sort key: numbers by their value, before names."""
    return (0, int(name), "") if name.isdecimal() else (1, 0, name)
