"""How far a project is, who has answered how much, and when it will be done at this rate."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, Protocol

from annotator.labelstudio.client import Project

_PAUSE = 15 * 60.0
"""Seconds without an answer that are no work: the next answer begins another sitting."""
_RECENT = timedelta(days=7)
"""The rate is that of the last week, or of the time since the first answer where that is shorter."""
_HORIZON = 36_500
"""Days: a later end is none that anybody plans with."""


class Answers(Protocol):
    """What is asked of a server; a `Client` answers it."""

    def answer_windows(self, project_id: int) -> Iterator[list[dict[str, Any]]]:
        """Yield the tasks that have answers, with them."""

    def people(self) -> dict[int, str]:
        """Return the login of each user id."""


@dataclass
class _Work:
    done: int = 0
    skipped: int = 0
    moments: array[float] = field(default_factory=lambda: array("d"))


@dataclass(frozen=True)
class PersonProgress:
    """What one person has done. `per_hour` counts hours at work: longer pauses than a quarter of an hour are none."""

    annotator: int
    login: str
    done: int
    skipped: int
    per_hour: float | None
    """None as long as nobody answered two units in one sitting."""
    last_seen: str
    """Of the last answer: ISO 8601, UTC."""


@dataclass(frozen=True)
class ProjectProgress:
    """How far a project is. A unit is done when as many people as its overlap asks for have answered it."""

    project: int
    title: str
    overlap: int
    units: int
    done: int
    left: int
    answers_left: int
    answers_per_day: float | None
    """Of the last seven days; None where there was no answer in them."""
    done_on: str
    """The date at this rate, ISO 8601; empty where nothing is left, or nobody can tell."""
    people: tuple[PersonProgress, ...]


def progress(client: Answers, project: Project, *, now: datetime) -> ProjectProgress:
    """Read every answer of the project and count them; nothing of their contents is looked at."""
    work: dict[int, _Work] = {}
    done = answers_missing = answered_units = 0
    for window in client.answer_windows(project.id):
        for row in window:
            people = _counted(row["annotations"], work)
            answered_units += 1
            done += people >= project.overlap
            answers_missing += max(0, project.overlap - people)
    answers_left = answers_missing + (project.tasks - answered_units) * project.overlap
    per_day = _per_day((moment for person in work.values() for moment in person.moments), now)
    return ProjectProgress(
        project=project.id,
        title=project.title,
        overlap=project.overlap,
        units=project.tasks,
        done=done,
        left=project.tasks - done,
        answers_left=answers_left,
        answers_per_day=per_day,
        done_on=_end(answers_left, per_day, now.date()),
        people=tuple(_people(work, client.people())),
    )


def _counted(answers: Iterable[Mapping[str, Any]], work: dict[int, _Work]) -> int:
    """Count answers where they belong; return how many people have answered and not skipped."""
    people = set()
    for answer in answers:
        if not isinstance(person := answer.get("completed_by"), int):
            continue
        theirs = work.setdefault(person, _Work())
        if answer.get("was_cancelled"):
            theirs.skipped += 1
        elif person not in people:
            theirs.done += 1
            people.add(person)
        if moment := _moment(answer.get("created_at")):
            theirs.moments.append(moment)
    return len(people)


def _moment(text: object) -> float:
    """Return a time of the server as seconds since 1970; 0 for what is none."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        return 0


def _people(work: Mapping[int, _Work], logins: Mapping[int, str]) -> Iterator[PersonProgress]:
    for number, theirs in sorted(work.items()):
        moments = sorted(theirs.moments)
        yield PersonProgress(
            annotator=number,
            login=logins.get(number, ""),
            done=theirs.done,
            skipped=theirs.skipped,
            per_hour=_per_hour(moments),
            last_seen=datetime.fromtimestamp(moments[-1], UTC).isoformat(timespec="seconds") if moments else "",
        )


def _per_hour(moments: list[float]) -> float | None:
    gaps = [later - earlier for earlier, later in pairwise(moments) if later - earlier <= _PAUSE]
    return round(len(gaps) * 3600 / sum(gaps), 1) if sum(gaps) else None


def _per_day(moments: Iterable[float], now: datetime) -> float | None:
    recent = [moment for moment in moments if moment > (now - _RECENT).timestamp()]
    if not recent:
        return None
    days = max(1.0, (now.timestamp() - min(recent)) / 86_400)
    return round(len(recent) / days, 1)


def _end(answers_left: int, per_day: float | None, today: date) -> str:
    if not answers_left or not per_day or answers_left / per_day > _HORIZON:
        return ""
    return (today + timedelta(days=round(answers_left / per_day))).isoformat()
