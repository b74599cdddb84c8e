"""How far people agree on each side mark: that it is set, or that it is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from annotator.agreement.comparison import Agreement, compare, resamples
from annotator.agreement.ratings import rating_matrix
from annotator.models import AnnotationStatus, Vote

SET, NOT_SET = "set", "not set"


class Marking:
    """Keeps who set which marks, of the units that two people or more have labelled."""

    def __init__(self) -> None:
        self._units: list[tuple[str, Mapping[str, frozenset[str]]]] = []

    def add(self, article: str, votes: list[Vote]) -> None:
        """Take the votes on one unit."""
        marks = {vote.annotator: frozenset(vote.marks) for vote in votes if vote.status is AnnotationStatus.LABELLED}
        if len(marks) > 1:
            self._units.append((article, marks))

    def by_mark(self) -> dict[str, Agreement]:
        """Return the agreement on each mark that anybody has set, whoever defined it; without intervals."""
        without_intervals = resamples(len({article for article, _ in self._units}), times=0, seed=0)
        used = sorted({mark for _, unit in self._units for marks in unit.values() for mark in marks})
        return {mark: compare(rating_matrix(self._ratings(mark), (SET, NOT_SET)), without_intervals) for mark in used}

    def _ratings(self, mark: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        for article, unit in self._units:
            yield article, {who: SET if mark in marks else NOT_SET for who, marks in unit.items()}
