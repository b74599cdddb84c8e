"""Where and how people differ: who confuses what, over time, how long they take, which units."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from statistics import median, quantiles
from typing import Any, NamedTuple

from annotator.labels import ANSWERS
from annotator.models import Record, Vote

_MONTH, _DAY = 7, 10
"""Lengths of an ISO date's prefix."""


class Verdict(NamedTuple):
    """What somebody decided who had seen what the others said."""

    annotator: str
    answer: str
    reason: str


class DisputedUnit(NamedTuple):
    """A unit on which people differ, and the share of pairs of them who do."""

    unit_id: str
    disagreement: float
    text: str
    answers: dict[str, str]
    comments: dict[str, str]
    translation: str = ""
    verdicts: Sequence[Verdict] = ()
    project: int = 0
    task: int = 0
    """Where the unit stands in Label Studio; 0 where that is not known."""

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        plain = {"said" if name == "answers" else name: value for name, value in self._asdict().items()}
        return plain | {"verdicts": [verdict._asdict() for verdict in self.verdicts]}


def independent(record: Record) -> list[Vote]:
    """Return the votes of people who had not seen the others': no verdicts."""
    return [vote for vote in record.votes if not vote.adjudication]


def answers_of(record: Record) -> dict[str, str]:
    """Return what each annotator said of the unit, skips and verdicts left out."""
    return {vote.annotator: vote.answer for vote in independent(record) if vote.answer}


def disagreement(answers: Sequence[str]) -> float:
    """Return the share of pairs of people who differ."""
    pairs = len(answers) * (len(answers) - 1) / 2
    agreeing = sum(number * (number - 1) / 2 for number in Counter(answers).values())
    return 1 - agreeing / pairs if pairs else 0.0


def confusion(cells: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    """Return the table of how many pairs of people gave a unit the two answers; symmetric."""
    return {row: {column: cells.get(_ordered(row, column), 0) for column in ANSWERS} for row in ANSWERS}


def confused_pairs(answers: Iterable[str]) -> Counter[tuple[str, str]]:
    """Return the pairs of answers that the unit's annotators gave."""
    return Counter(_ordered(first, second) for first, second in combinations(answers, 2))


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
        self.undated += sum(not moment for moment, _ in dated)
        for moment, answer in dated:
            if moment:
                self._labels[moment[:_DAY]][answer] += 1
        if len(dated) > 1 and all(moment for moment, _ in dated):
            last = max(moment for moment, _ in dated)[:_DAY]
            self._agreeing[last].append(1 - disagreement([answer for _, answer in dated]))

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
        "shares": {answer: round(labels[answer] / labels.total(), 4) for answer in ANSWERS},
        "units": len(agreeing),
        "raw": round(sum(agreeing) / len(agreeing), 4) if agreeing else None,
    }


def lead_times(seconds: Mapping[str, Sequence[float | None]], order: Callable[[str], Any]) -> dict[str, dict[str, Any]]:
    """Return each annotator's median and 90th percentile in seconds, and how many answers came without a time."""
    return {annotator: _lead_time(seconds[annotator]) for annotator in sorted(seconds, key=order)}


def _lead_time(seconds: Sequence[float | None]) -> dict[str, Any]:
    timed = sorted(value for value in seconds if value is not None)
    row: dict[str, Any] = {"answers": len(seconds), "without_time": len(seconds) - len(timed)}
    if timed:
        row["median"] = round(median(timed), 2)
        row["p90"] = round(quantiles(timed, n=10, method="inclusive")[-1] if len(timed) > 1 else timed[0], 2)
    return row
