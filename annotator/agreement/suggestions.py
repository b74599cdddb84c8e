"""How often answers are what the tool would have suggested: where people saw that, and where it was hidden from them.

The difference is what a suggestion does to people; without units on which it is hidden, nobody can tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from annotator.agreement.comparison import percentiles, resamples
from annotator.models import Record, Vote

SHOWN, PRESELECTED, HIDDEN, ABSTAINED, MIXED = "shown", "preselected", "hidden", "no suggestion", "shown to some"
_WAYS = {"text": SHOWN, "preselected": PRESELECTED, "hidden": HIDDEN}


def way_of(record: Record, votes: Iterable[Vote]) -> str:
    """Return how those who answered saw the unit's suggestion; the predictor may have had none."""
    if not record.data.suggested_label:
        return ABSTAINED
    ways = {_WAYS.get(vote.suggestion, HIDDEN) for vote in votes if vote.answer}
    return ways.pop() if len(ways) == 1 else MIXED if HIDDEN in ways else PRESELECTED if PRESELECTED in ways else SHOWN


class Followed:
    """Counts, by article, the answers to units with a suggestion and those that are the same."""

    def __init__(self) -> None:
        self._articles: dict[str, int] = {}
        self._counts: dict[str, dict[int, list[int]]] = {way: defaultdict(lambda: [0, 0]) for way in (SHOWN, HIDDEN)}

    def add(self, record: Record, votes: Iterable[Vote]) -> None:
        """Take one unit's votes."""
        if not record.data.suggested_label:
            return
        article = self._articles.setdefault(record.data.article_id, len(self._articles))
        for vote in votes:
            if vote.answer:
                count = self._counts[HIDDEN if vote.suggestion in ("hidden", "none") else SHOWN][article]
                count[0] += 1
                count[1] += vote.answer == record.data.suggested_label

    def seen(self) -> dict[str, int]:
        """Return how many answers were given in sight of a suggestion, and how many are the same."""
        counts = self._counts[SHOWN].values()
        shown = {"shown": sum(count[0] for count in counts), "followed": sum(count[1] for count in counts)}
        return shown if shown["shown"] else {}

    def as_json(self, *, times: int, seed: int) -> dict[str, dict[str, Any]]:
        """Return which share of the answers is the suggestion, and the difference, with intervals over articles."""
        weights = resamples(len(self._articles), times=times, seed=seed).astype(float)
        drawn: dict[str, Any] = {}
        measured: dict[str, dict[str, Any]] = {}
        for way, counts in self._counts.items():
            sums = np.zeros((len(self._articles), 2))
            for article, count in counts.items():
                sums[article] = count
            answers, same = sums.sum(axis=0)
            if answers:
                drawn[way] = _share(weights @ sums)
                measured[way] = _row(int(answers), same / answers, drawn[way]) | {"same": int(same)}
        if len(drawn) == len(self._counts):
            difference = measured[SHOWN]["share"] - measured[HIDDEN]["share"]
            number = measured[SHOWN]["answers"] + measured[HIDDEN]["answers"]
            measured["difference"] = _row(number, difference, drawn[SHOWN] - drawn[HIDDEN])
        return measured


def _share(sums: Any) -> Any:  # noqa: ANN401 - arrays of floats
    return sums[:, 1] / np.where(sums[:, 0] > 0, sums[:, 0], np.nan)


def _row(answers: int, share: float, drawn: Any) -> dict[str, Any]:  # noqa: ANN401 - an array of floats
    interval = percentiles(drawn)
    return {"answers": answers, "share": round(float(share), 6), "interval": list(interval or ())}
