"""Where and how people differ: who confuses what, over time, how long they take, which units."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from statistics import median, quantiles
from typing import Any, NamedTuple

from annotator.labels import NOT_A_UNIT, Label
from annotator.models import Record, Vote

ANSWERS = (*(str(label) for label in Label), NOT_A_UNIT)
_MONTH, _DAY = 7, 10
"""Lengths of an ISO date's prefix."""


class Disputed(NamedTuple):
    """A unit on which people differ, and the share of pairs of them who do."""

    unit_id: str
    disagreement: float
    text: str
    said: dict[str, str]
    comments: dict[str, str]


def independent(record: Record) -> list[Vote]:
    """Return the votes of people who had not seen the others': no verdicts."""
    return [vote for vote in record.votes if not vote.adjudication]


def answers(record: Record) -> dict[str, str]:
    """Return what each annotator said of the unit, skips and verdicts left out."""
    return {vote.annotator: vote.answer for vote in independent(record) if vote.answer}


def disagreement(said: Sequence[str]) -> float:
    """Return the share of pairs of people who differ."""
    pairs = len(said) * (len(said) - 1) / 2
    agreeing = sum(number * (number - 1) / 2 for number in Counter(said).values())
    return 1 - agreeing / pairs if pairs else 0.0


def confusion(cells: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    """Return the table of how many pairs of people gave a unit the two answers; symmetric."""
    return {row: {column: cells.get(_ordered(row, column), 0) for column in ANSWERS} for row in ANSWERS}


def confused(said: Iterable[str]) -> Counter[tuple[str, str]]:
    """Return the pairs of answers that the unit's annotators gave."""
    return Counter(_ordered(first, second) for first, second in combinations(said, 2))


def _ordered(first: str, second: str) -> tuple[str, str]:
    return (first, second) if ANSWERS.index(first) <= ANSWERS.index(second) else (second, first)


class Timeline:
    """Answers and agreement by period: months, or days where everything lies within one month."""

    def __init__(self) -> None:
        self._labels: dict[str, Counter[str]] = defaultdict(Counter)
        self._agreeing: dict[str, list[float]] = defaultdict(list)
        self.undated = 0

    def add(self, votes: Iterable[Vote]) -> None:
        """Take one unit's votes."""
        dated = [(vote.updated_at or vote.created_at, vote.answer) for vote in votes if vote.answer]
        self.undated += sum(not at for at, _ in dated)
        for at, said in dated:
            if at:
                self._labels[at[:_DAY]][said] += 1
        if len(dated) > 1 and all(at for at, _ in dated):
            last = max(at for at, _ in dated)[:_DAY]
            self._agreeing[last].append(1 - disagreement([said for _, said in dated]))

    def as_json(self) -> list[dict[str, Any]]:
        """Return one row per period in order: answers, share of each, raw agreement of the units completed in it."""
        months = {day[:_MONTH] for day in self._labels}
        length = _MONTH if len(months) > 1 else _DAY
        labels: dict[str, Counter[str]] = defaultdict(Counter)
        agreeing: dict[str, list[float]] = defaultdict(list)
        for day, counter in self._labels.items():
            labels[day[:length]] += counter
            agreeing[day[:length]] += self._agreeing[day]
        return [_period(period, labels[period], agreeing[period]) for period in sorted(labels)]


def _period(period: str, labels: Counter[str], agreeing: Sequence[float]) -> dict[str, Any]:
    return {
        "period": period,
        "answers": labels.total(),
        "shares": {said: round(labels[said] / labels.total(), 4) for said in ANSWERS},
        "units": len(agreeing),
        "raw": round(sum(agreeing) / len(agreeing), 4) if agreeing else None,
    }


def lead_times(seconds: Mapping[str, Sequence[float | None]], order: Callable[[str], Any]) -> dict[str, dict[str, Any]]:
    """Return each annotator's median and 90th percentile in seconds, and how many answers came without a time."""
    return {who: _lead_time(seconds[who]) for who in sorted(seconds, key=order)}


def _lead_time(seconds: Sequence[float | None]) -> dict[str, Any]:
    known = sorted(value for value in seconds if value is not None)
    found: dict[str, Any] = {"answers": len(seconds), "without_time": len(seconds) - len(known)}
    if known:
        found["median"] = round(median(known), 2)
        found["p90"] = round(quantiles(known, n=10, method="inclusive")[-1] if len(known) > 1 else known[0], 2)
    return found
