"""`annotator progress`: who has done how much, what is left, and when it ends at this rate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from annotator.labelstudio.client import Client, Project
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.progress import ProjectProgress, progress
from annotator.labelstudio.push import PushOptions, push_tasks
from annotator.models import Task

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
Row = Mapping[str, Any]


class Recorded:
    """Answers given at chosen times, which those on a real server cannot be."""

    def __init__(self, *rows: Row) -> None:
        self.rows = rows

    def answer_windows(self, project_id: int) -> Iterator[list[dict[str, Any]]]:
        del project_id
        yield [dict(row) for row in self.rows]

    def people(self) -> dict[int, str]:
        return {1: "lea@example.org", 2: "tom@example.org"}


def answered(*by: tuple[int, float], skipped: bool = False) -> Row:
    """A task answered by people, so many minutes before now."""
    return {
        "annotations": [
            {
                "completed_by": person,
                "was_cancelled": skipped,
                "created_at": (NOW - timedelta(minutes=minutes)).isoformat(),
            }
            for person, minutes in by
        ]
    }


def measured(*rows: Row, units: int, overlap: int = 1) -> ProjectProgress:
    return progress(Recorded(*rows), Project(7, "Articles", tasks=units, overlap=overlap), now=NOW)


def test_a_unit_is_done_when_as_many_people_as_the_overlap_have_answered_it() -> None:
    found = measured(answered((1, 5), (2, 4)), answered((1, 3)), answered((2, 2), skipped=True), units=4, overlap=2)
    assert (found.done, found.left, found.answers_left) == (1, 3, 5)
    assert [(each.login, each.done, each.skipped) for each in found.people] == [
        ("lea@example.org", 2, 0),
        ("tom@example.org", 1, 1),
    ]


def test_two_answers_of_one_person_to_a_unit_are_one() -> None:
    found = measured(answered((1, 5), (1, 4)), units=1, overlap=2)
    assert (found.done, found.answers_left, found.people[0].done) == (0, 1, 1)


def test_a_pause_is_no_work() -> None:
    rows = [answered((1, minutes)) for minutes in (1000, 999, 998, 3, 2)]
    (person,) = measured(*rows, units=9).people
    assert person.per_hour == 60
    assert person.last_seen == "2026-03-09T11:58:00+00:00"


def test_the_end_is_told_from_the_rate_of_the_last_week() -> None:
    old = [answered((1, 60 * 24 * 30))] * 50
    recent = [answered((1, 60 * 24 * 4)), answered((1, 60 * 24 * 2)), answered((1, 0)), answered((1, 0))]
    found = measured(*old, *recent, units=64)
    assert (found.answers_per_day, found.answers_left) == (1.0, 10)
    assert found.done_on == "2026-03-19"


def test_without_a_recent_answer_nobody_can_tell_the_end() -> None:
    found = measured(answered((1, 60 * 24 * 30)), units=5)
    assert (found.answers_per_day, found.done_on, found.left) == (None, "", 4)


def test_somebody_who_is_gone_stays_with_the_number() -> None:
    (person,) = measured(answered((3, 1)), units=1).people
    assert (person.annotator, person.login) == (3, "")


def test_answers_on_a_server_are_counted(
    client: Client,
    notes: PushNotes,
    new_title: Callable[[], str],
    make_tasks: Callable[..., list[Task]],
    annotator_login: Callable[[str], Client],
    answer: Callable[..., int],
) -> None:
    options = PushOptions(overlap=2)
    made = push_tasks(make_tasks(3), project=new_title(), client=client, notes=notes, options=options).project
    first, second, _ = client.pushed_tasks(made)
    answer(annotator_login("ann"), first.task, "sourced")
    answer(annotator_login("bob"), first.task, "opinion")
    answer(annotator_login("ann"), second.task, "opinion")
    found = progress(client, client.project(made), now=datetime.now(UTC))
    assert (found.units, found.done, found.left, found.answers_left) == (3, 1, 2, 3)
    assert {each.login.partition("@")[0]: each.done for each in found.people} == {"ann": 2, "bob": 1}
    assert found.answers_per_day == 3
