"""Units whose answer is known: mixed in by a push, marked in what comes back, and each person measured by them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.agreement import measure_agreement
from annotator.answers import export_files, records_of
from annotator.dataset.reading import of_dataset
from annotator.errors import UsageError
from annotator.labelstudio.client import Client
from annotator.labelstudio.gold import gold_task, read_gold, spread
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.pull import pull_annotations
from annotator.labelstudio.push import PushOptions, push_tasks
from annotator.models import Task

LINE = {"text": "Le pont a fermé.", "source_lang": "fr", "label": "unsourced", "reason": "No origin is given."}


def known(number: int) -> list[Task]:
    return [gold_task(LINE | {"text": f"Le pont {at} a fermé."}) for at in range(number)]


def test_known_units_come_at_even_distances_in_every_order() -> None:
    assert spread(["a", "b", "c", "d"], ["x", "y"]) == ["a", "x", "b", "c", "y", "d"]
    assert spread([], ["x"]) == ["x"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": "true"}, "line 1: label 'true' is none of sourced"),
        ({"text": " "}, "line 1: text is missing"),
        ({"reason": 3}, "line 1: reason is missing or is no text"),
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, change: dict[str, object], message: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(LINE | change), encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        read_gold(path)
    assert message in raised.value.message


def test_what_a_line_gives_beside_the_text_is_shown() -> None:
    task = gold_task(LINE | {"translated_text": "The bridge has closed.", "target_lang": "en"})
    assert (task.data.translated_text, task.data.end) == ("The bridge has closed.", len(LINE["text"]))
    assert "known" not in task.data.model_dump_json()
    assert LINE["reason"] not in task.data.model_dump_json()


def test_known_units_measure_people_and_leave_marked(
    client: Client,
    notes: PushNotes,
    new_title: Callable[[], str],
    make_tasks: Callable[..., list[Task]],
    annotator_login: Callable[[str], Client],
    answer: Callable[..., int],
    tmp_path: Path,
) -> None:
    title, tasks, options = new_title(), make_tasks(8), PushOptions(gold=known(5), gold_share=0.2)
    report = push_tasks(tasks, project=title, client=client, notes=notes, options=options)
    assert (report.sent, report.gold) == (10, 2)
    again = push_tasks(tasks, project=title, client=client, notes=notes, options=options)
    assert (again.sent, again.already_there) == (0, 10)
    ours = {task.data.unit_id for task in tasks}
    copies = sorted(client.pushed_tasks(report.project), key=lambda copy: copy.task)
    assert [copy.unit_id in ours for copy in copies].index(False) > 0
    for copy, said in zip((copy for copy in copies if copy.unit_id not in ours), ("unsourced", "opinion"), strict=True):
        answer(annotator_login("ann"), copy.task, said)
    answer(annotator_login("ann"), next(copy.task for copy in copies if copy.unit_id in ours), "sourced")
    out = tmp_path / "answers.jsonl"
    pull_annotations(project=title, client=client, out=str(out))
    with records_of([out], progress=lambda _records: None) as stream:
        measured = measure_agreement(stream.records)
    (person,) = measured.against_gold.values()
    assert (person["answers"], person["right"]) == (2, 1)
    assert person["by_label"] == {"unsourced": {"answers": 2, "right": 1}}
    assert (measured.excluded["gold_units"], measured.excluded["units_one_label"]) == (2, 1)
    export_files([out], tmp_path / "dataset", progress=lambda _records: None)
    gold = [record.gold.label for record in of_dataset(tmp_path / "dataset") if record.gold]
    assert gold == ["unsourced", "unsourced"]
    assert "2 units to measure people" in (tmp_path / "dataset" / "README.md").read_text(encoding="utf-8")


def test_records_with_a_ground_truth_are_known_units(
    client: Client,
    notes: PushNotes,
    new_title: Callable[[], str],
    make_tasks: Callable[..., list[Task]],
    answer: Callable[..., int],
    tmp_path: Path,
) -> None:
    title = new_title()
    made = push_tasks(make_tasks(2, article="truth"), project=title, client=client, notes=notes).project
    first, second = client.pushed_tasks(made)
    answer(client, first.task, "sourced", ground_truth=True, comment="The institute is named.")
    answer(client, second.task, "opinion")
    out = tmp_path / "answers.jsonl"
    pull_annotations(project=title, client=client, out=str(out))
    export_files([out], tmp_path / "dataset", progress=lambda _records: None)
    (task,) = read_gold(tmp_path / "dataset")
    assert task.meta.model_extra == {"gold": {"label": "sourced", "reason": "The institute is named."}}
