"""People against the known answers of units that are there to measure them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from annotator.agreement.ratings import natural_order
from annotator.labels import ANSWERS


class AgainstGold:
    """Counts, for each person and each known answer, how many gave it."""

    def __init__(self) -> None:
        self._answers: dict[str, Counter[str]] = defaultdict(Counter)
        self._right: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, annotator: str, said: str, known: str) -> None:
        """Take one answer."""
        self._answers[annotator][known] += 1
        self._right[annotator][known] += said == known

    def as_json(self) -> dict[str, dict[str, Any]]:
        """Return each person's answers, how many were right, and both for each known answer."""
        return {
            annotator: {
                "answers": self._answers[annotator].total(),
                "right": self._right[annotator].total(),
                "by_label": {
                    known: {"answers": self._answers[annotator][known], "right": self._right[annotator][known]}
                    for known in ANSWERS
                    if self._answers[annotator][known]
                },
            }
            for annotator in sorted(self._answers, key=natural_order)
        }
