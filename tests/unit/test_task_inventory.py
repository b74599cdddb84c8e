"""Tasks are read once; what was packed of them is given out as often as it takes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest

from annotator.labelstudio import task_inventory, wire
from annotator.labelstudio.task_inventory import inspect_tasks
from annotator.models import Failure, Task

MakeTasks = Callable[..., list[Task]]


@pytest.mark.parametrize("rows_in_memory", [0, 3_000, 1_000_000], ids=["all in the file", "some", "all in memory"])
def test_rows_come_in_any_order_and_more_than_once(
    make_tasks: MakeTasks, monkeypatch: pytest.MonkeyPatch, rows_in_memory: int
) -> None:
    monkeypatch.setattr(task_inventory, "ROWS_IN_MEMORY", rows_in_memory or 1)
    tasks = make_tasks(9, article_title="Où ça ?")
    with closing(inspect_tasks(iter(tasks))) as inventory:
        for unit_ids in (list(inventory.units), list(reversed(inventory.units)), [tasks[4].data.unit_id]):
            rows = list(inventory.packed(unit_ids))
            assert [row.unit_id for row in rows] == unit_ids
            assert [Task.model_validate_json(row.json).data.unit_id for row in rows] == unit_ids


def test_a_row_is_the_task_with_the_digest_of_what_it_shows(make_tasks: MakeTasks) -> None:
    (task,) = make_tasks(1)
    with closing(inspect_tasks([task])) as inventory:
        (row,) = inventory.packed(inventory.units)
    assert Task.model_validate_json(row.json) == wire.stamped(task, wire.content(task))


def test_a_blind_unit_has_the_digest_of_its_whole_task(make_tasks: MakeTasks) -> None:
    (task,) = make_tasks(1)
    with closing(inspect_tasks([task], blind=1)) as inventory:
        (row,) = inventory.packed(inventory.units)
        content = inventory.units[row.unit_id].content
    packed = Task.model_validate_json(row.json)
    assert (
        (packed.data.suggested_label, packed.meta.model_dump()["content"]) == ("", content) == ("", wire.content(task))
    )


def test_failures_and_rows_that_do_not_fit_are_refused_and_repeats_count_once(make_tasks: MakeTasks) -> None:
    good = make_tasks(2)
    lost = Failure(step="push", source="tasks.jsonl", line=3, reason="task", message="no task")
    unfit = make_tasks(1, article="bad", source_text="half a pair \ud83d")
    with closing(inspect_tasks([*good, lost, *unfit, *good])) as inventory:
        assert list(inventory.units) == [task.data.unit_id for task in good]
        assert [failure.reason for failure in inventory.refused] == ["task", "form"]
