"""Push into the real server: every unit once, and nothing that people did is lost."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from annotator.errors import UsageError
from annotator.labelstudio import wire
from annotator.labelstudio.client import Client
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.push import PushOptions, PushReport, push_tasks
from annotator.labelstudio.task_list import TaskList
from annotator.labelstudio.task_source import open_tasks
from annotator.models import Failure, Task

NewTitle = Callable[[], str]
MakeTasks = Callable[..., list[Task]]


@pytest.fixture
def send(client: Client, notes: PushNotes) -> Callable[..., PushReport]:
    """Push as the server's owner: `send(tasks, title, overlap=2)`."""

    def _send(tasks: list[Task], project: str, **options: Any) -> PushReport:
        return push_tasks(tasks, project=project, client=client, notes=notes, options=PushOptions(**options))

    return _send


Send = Callable[..., PushReport]


def test_push_makes_the_project_and_sends_every_unit_once(
    send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    tasks = make_tasks(7)
    report = send(tasks, new_title())
    assert report.counts() == {
        "project": report.project,
        "units": 7,
        "already_there": 0,
        "sent": 7,
        "refused": 0,
        "blind": 0,
    }
    assert sorted(copy.unit_id for copy in client.pushed_tasks(report.project)) == [t.data.unit_id for t in tasks]


def test_push_twice_sends_nothing(send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks) -> None:
    title = new_title()
    first = send(make_tasks(7), title)
    second = send(make_tasks(7), title)
    assert (second.project, second.already_there, second.sent) == (first.project, 7, 0)
    assert client.project(first.project).tasks == 7


def test_a_title_with_blanks_around_it_is_the_same_project(
    send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    title = f"{new_title()} caf\u00e9"
    reports = [send(make_tasks(3), name) for name in (f" {title} ", title, unicodedata.normalize("NFD", title))]
    assert [report.sent for report in reports] == [3, 0, 0]
    assert client.titled(title) == [reports[0].project]


def test_no_task_at_all_makes_no_project(send: Send, client: Client, new_title: NewTitle) -> None:
    title = new_title()
    with pytest.raises(UsageError, match="there is no task in it"):
        send([], title)
    assert client.titled(title) == []


def test_a_listing_leaves_no_task_out_where_others_are_deleted_meanwhile(
    send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = send(make_tasks(12), new_title()).project
    tasks = [copy.task for copy in client.pushed_tasks(made)]
    monkeypatch.setattr("annotator.labelstudio.task_list.LISTING_PAGE", 4)
    ask = TaskList.ask

    def ask_and_delete(*args: Any, **asked: Any) -> dict[str, Any]:
        monkeypatch.setattr(TaskList, "ask", ask)
        answer = ask(*args, **asked)
        client.delete_tasks(made, tasks[:4])
        return answer

    monkeypatch.setattr(TaskList, "ask", ask_and_delete)
    assert [copy.task for copy in client.pushed_tasks(made)] == tasks
    assert [copy.task for copy in client.pushed_tasks(made)] == tasks[4:]


def test_a_unit_that_stands_twice_in_the_input_is_one(send: Send, new_title: NewTitle, make_tasks: MakeTasks) -> None:
    report = send([*make_tasks(3), *make_tasks(3)], new_title())
    assert (report.units, report.sent) == (3, 3)


def test_tasks_that_can_be_read_once_only_are_all_sent(
    client: Client, notes: PushNotes, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    report = push_tasks(iter(make_tasks(7)), project=new_title(), client=client, notes=notes)
    assert (report.units, report.sent) == (7, 7)
    assert client.project(report.project).tasks == 7


def test_the_project_hides_skip_and_suggestion(
    send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    report = send(make_tasks(1), new_title(), overlap=2, instructions="<b>Label the original.</b>")
    made = client.connection.sdk.projects.get(id=report.project)
    assert (made.show_skip_button, made.show_collab_predictions, made.maximum_annotations) == (False, False, 2)
    assert (made.sampling, made.expert_instruction) == ("Sequential sampling", "<b>Label the original.</b>")


def test_preselect_shows_the_suggestion(send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks) -> None:
    assert client.project(send(make_tasks(1), new_title(), preselect=True).project).preselect


@pytest.mark.parametrize("preselect", [None, True], ids=["as-text", "preselected"])
def test_a_task_carries_a_prediction_only_where_it_is_to_be_selected(
    send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks, preselect: bool | None
) -> None:
    title = new_title()
    project = send(make_tasks(2), title, preselect=preselect).project
    assert send(make_tasks(4), title).sent == 2  # the project says it from then on
    rows = client.connection.get(
        TypeAdapter(dict[str, Any]), "api/tasks/", {"project": project, "fields": "all", "include": "data,predictions"}
    )["tasks"]
    assert all(row["data"]["suggested_label"] for row in rows)
    assert [len(row["predictions"]) for row in rows] == [1 if preselect else 0] * 4


def test_a_project_can_be_named_by_its_id(send: Send, new_title: NewTitle, make_tasks: MakeTasks) -> None:
    report = send(make_tasks(2), new_title())
    again = send(make_tasks(3), str(report.project))
    assert (again.project, again.already_there, again.sent) == (report.project, 2, 1)


@pytest.mark.parametrize("title", ["ab", "x" * 51, ""], ids=["short", "long", "empty"])
def test_a_title_the_server_would_refuse_is_a_usage_error(send: Send, make_tasks: MakeTasks, title: str) -> None:
    with pytest.raises(UsageError, match="3 to 50"):
        send(make_tasks(1), title)


def test_an_ambiguous_title_lists_the_ids(
    send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    title = new_title()
    ids = [client.create_project(title, config="<View></View>", settings={}).id for _ in range(2)]
    with pytest.raises(UsageError, match=f"{ids[0]}, {ids[1]}"):
        send(make_tasks(1), title)


def test_a_form_that_differs_stops_the_push(
    send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    config = '<View><Text name="t" value="$x"/><Choices name="claim" toName="t"><Choice value="true"/></Choices></View>'
    made = client.create_project(new_title(), config=config, settings={})
    with pytest.raises(UsageError, match=r"~ claim: Choices \[true\] on the server") as raised:
        send(make_tasks(1), str(made.id))
    assert "--update-form" in raised.value.hint
    assert client.project(made.id).tasks == 0


def test_an_empty_project_made_by_hand_gets_the_form(
    send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    made = client.create_project(new_title(), config="<View></View>", settings={})
    assert send(make_tasks(2), made.title).sent == 2
    assert "$source_text" in client.project(made.id).config


def test_a_row_that_does_not_fit_is_reported_and_the_rest_goes_in(
    send: Send, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    good = make_tasks(3)
    bad = make_tasks(1, article="bad", source_text="half a pair \ud83d", start_offset=0)
    report = send([*good, *bad], new_title())
    assert (report.sent, report.refused) == (3, 1)
    assert report.failures[0].unit_id == bad[0].data.unit_id


def test_a_blind_unit_carries_no_suggestion(
    send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    report = send(make_tasks(12), new_title(), blind=0.5)
    shown = {
        row["data"]["unit_id"]: row
        for window in client.answer_windows(report.project, unlabelled=True)
        for row in window
    }
    blind = {unit_id for unit_id in shown if wire.is_blind(unit_id, 0.5)}
    assert 0 < len(blind) == report.blind < 12
    assert {unit_id for unit_id, row in shown.items() if not row["data"]["suggested_label"]} == blind


def test_a_push_says_for_how_many_people_and_how_many_carry_no_suggestion(
    send: Send, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    told: list[str] = []
    report = send(make_tasks(12), new_title(), overlap=2, blind=0.5, say=told.append)
    assert told[-1] == f"each unit is for 2 people; {report.blind} of 12 carry no suggestion"


def test_what_changes_nothing_for_units_that_are_there_is_said(
    send: Send, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    title = new_title()
    send(make_tasks(3), title)
    told: list[str] = []
    send(make_tasks(3), title, blind=0.5, order="uncertain", say=told.append)
    assert told == [
        "3 units are there already: --blind changes nothing for them",
        "3 units are there already and keep their places: --order puts the new ones alone",
    ]


def test_dry_run_sends_nothing(send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks) -> None:
    title = new_title()
    report = send(make_tasks(3), title, dry_run=True)
    assert (report.project, report.sent) == (0, 3)
    assert client.find_project(title) is None


def test_dry_run_tells_a_differing_form(send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks) -> None:
    config = '<View><Text name="unit" value="$source_text"/></View>'
    made = client.create_project(new_title(), config=config, settings={})
    with pytest.raises(UsageError, match="another form"):
        send(make_tasks(1), str(made.id), dry_run=True)


def test_the_uncertain_come_first(send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks) -> None:
    plain = make_tasks(1, start=9, suggested_label="", suggested_score="")
    tasks = [*make_tasks(3, start=20), *make_tasks(3), *plain]
    report = send(tasks, new_title(), order="uncertain")
    sent = [copy.unit_id for copy in client.pushed_tasks(report.project)]
    positions = [int(unit_id.rpartition(":")[2], 16) for unit_id in sent]
    assert positions == [9, 0, 1, 2, 20, 21, 22]


def test_units_that_a_corrected_article_lost_are_told_and_pruned_unless_answered(
    send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks, answer: Callable[..., int]
) -> None:
    title = new_title()
    made = send([*make_tasks(4), *make_tasks(2, article="other")], title).project
    task = {copy.unit_id: copy.task for copy in client.pushed_tasks(made)}
    kept, gone = make_tasks(4)[2:]
    answer(client, task[kept.data.unit_id], "opinion")
    told: list[str] = []
    send(make_tasks(2), title, say=told.append)
    assert "2 units" in told[0]
    would: list[str] = []
    assert send(make_tasks(2), title, prune=True, dry_run=True, say=would.append).removed == 1
    assert would == ["would remove 1 units, not 1 with answers, that are no longer in these articles"]
    assert client.project(made).tasks == 6
    assert send(make_tasks(2), title, prune=True).counts()["removed"] == 1
    left = {copy.unit_id for copy in client.pushed_tasks(made)}
    assert left == task.keys() - {gone.data.unit_id}


def test_a_better_translation_replaces_what_nobody_has_answered(
    send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks, answer: Callable[..., int]
) -> None:
    old, title = make_tasks(6), new_title()
    project = send(old, title, blind=0.5).project
    before = {copy.unit_id: copy.task for copy in client.pushed_tasks(project)}
    answer(client, before[old[0].data.unit_id], "opinion")
    better = [_retranslated(task, "Better.") for task in old[:3]]
    told: list[str] = []
    assert send([*better, *old[3:]], title, say=told.append).sent == 0
    assert "3 units in the project show an older version; --update" in told[0]
    planned = send([*better, *old[3:]], title, update=True, dry_run=True, say=told.append)
    assert (planned.already_there, planned.sent, planned.replaced) == (4, 2, 2)
    assert told[1] == "would replace 2 units, not 1 with answers, by their new version"
    renewed = send([*better, *old[3:]], title, blind=0.5, update=True, say=told.append)
    assert (renewed.already_there, renewed.sent, renewed.counts()["replaced"]) == (4, 2, 2)
    assert told[2] == "2 units replaced by their new version, 1 kept with their answers"
    after = {copy.unit_id: copy.task for copy in client.pushed_tasks(project)}
    assert {unit_id for unit_id in before if before[unit_id] != after[unit_id]} == {t.data.unit_id for t in better[1:]}
    shown = [row["data"]["translated_text"] for page in client.answer_windows(project, unlabelled=True) for row in page]
    assert sorted(shown) == sorted(task.data.translated_text for task in [old[0], *better[1:], *old[3:]])
    again: list[str] = []
    assert send([*better, *old[3:]], title, update=True, say=again.append).sent == 0
    assert again == ["0 units replaced by their new version, 1 kept with their answers"]


def test_another_version_of_the_tool_is_no_new_content(send: Send, new_title: NewTitle, make_tasks: MakeTasks) -> None:
    title = new_title()
    send(make_tasks(2), title)
    told: list[str] = []
    resigned = [
        task.model_copy(update={"data": task.data.model_copy(update={"signature": "annotator 9"})})
        for task in make_tasks(2)
    ]
    assert send(resigned, title, update=True, say=told.append).sent == 0
    assert not told


def test_codes_of_warnings_that_an_older_push_had_not_are_no_new_content(
    send: Send, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    title, codes = new_title(), ["lost_name"]
    send(make_tasks(2), title)
    assert send(make_tasks(2, translation_warning_codes=codes), title, update=True, say=pytest.fail).sent == 0


def _retranslated(task: Task, text: str) -> Task:
    return task.model_copy(update={"data": task.data.model_copy(update={"translated_text": text})})


def test_copies_made_by_somebody_else_are_removed_but_never_an_answered_one(
    send: Send, client: Client, new_title: NewTitle, make_tasks: MakeTasks, answer: Callable[..., int]
) -> None:
    title, tasks = new_title(), make_tasks(3)
    made = send(tasks, title).project
    first = [copy.task for copy in client.pushed_tasks(made)]
    again = client.import_tasks(made, [task.model_dump_json() for task in tasks])
    answer(client, again[1], "rhetoric")
    assert send(tasks, title).sent == 0
    assert {copy.task for copy in client.pushed_tasks(made)} == {first[0], again[1], first[2]}


def test_a_run_folder_a_file_and_an_array_give_the_same_tasks(tmp_path: Path, make_tasks: MakeTasks) -> None:
    lines = [task.model_dump_json() for task in make_tasks(3)]
    run = tmp_path / "run"
    run.mkdir()
    (run / "tasks.jsonl").write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    (tmp_path / "tasks.json").write_text(f"[{','.join(lines)}]", encoding="utf-8")
    for source in (run, run / "tasks.jsonl", tmp_path / "tasks.json"):
        with open_tasks(str(source)) as tasks:
            assert list(tasks) == list(tasks) == make_tasks(3)


@pytest.mark.parametrize(
    ("line", "reason", "words"),
    [
        ("{not json", "json", "{not json"),
        ('{"data": {}}', "task", "data.unit_id"),
        ("[]", "json", "not an object"),
    ],
)
def test_a_broken_row_is_told_with_file_and_line(
    tmp_path: Path, make_tasks: MakeTasks, line: str, reason: str, words: str
) -> None:
    path = tmp_path / "tasks.jsonl"
    path.write_text(f"{make_tasks(1)[0].model_dump_json()}\n{line}\n", encoding="utf-8")
    with open_tasks(str(path)) as tasks:
        _, broken = tasks
    assert isinstance(broken, Failure)
    assert (broken.source, broken.line, broken.reason) == (str(path), 2, reason)
    assert words in broken.message


@pytest.mark.parametrize("name", ["missing.jsonl", "."], ids=["no file", "no run"])
def test_nothing_to_push_is_a_usage_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"missing\.jsonl|not a run folder"), open_tasks(str(tmp_path / name)):
        pass


def test_rows_that_are_all_no_tasks_make_no_project(client: Client, notes: PushNotes, new_title: NewTitle) -> None:
    title = new_title()
    row = Failure(step="push", source="articles.jsonl", line=1, reason="no_task", message="data: Field required")
    with pytest.raises(UsageError, match="none of the 1 rows is a task"):
        push_tasks([row], project=title, client=client, notes=notes)
    assert client.find_project(title) is None
