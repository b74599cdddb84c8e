"""A team's own marks and guidelines, from the settings through the server to what is measured and published."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import annotator

from annotator import api
from annotator.errors import UsageError
from annotator.labelstudio.client import Client
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.pull import PullOptions, windows
from annotator.labelstudio.push import PushOptions, push_tasks
from annotator.labelstudio.reopen import reopen
from annotator.labelstudio.server import Server
from annotator.models import Annotation, Task

SETTINGS = """
[marks.satire]
key = "q"
title = { en = "Satire" }
[guidelines]
file = "ours.md"
version = "7"
"""


def answers(client: Client, project: int) -> list[Annotation]:
    found = windows(client, client.project(project), PullOptions())
    return [line for window in found for line in window if isinstance(line, Annotation)]


def test_own_marks_and_guidelines_go_all_the_way(
    client: Client,
    label_studio: Server,
    make_tasks: Callable[..., list[Task]],
    new_title: Callable[[], str],
    annotator_login: Callable[[str], Client],
    answer: Callable[..., int],
    tmp_path: Path,
) -> None:
    title, environment = new_title(), {"ANNOTATOR_DATA_DIR": label_studio.paths.data_dir}
    (tmp_path / "annotator.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "ours.md").write_text("# House rules", encoding="utf-8")
    (tmp_path / "tasks.jsonl").write_text("".join(task.json_line() for task in make_tasks(2)), encoding="utf-8")

    def run(*arguments: str) -> dict[str, object]:
        ran = annotator(*arguments, "--json", folder=tmp_path, environment=environment)
        assert ran.returncode == 0, ran.stderr.decode()
        found: dict[str, object] = json.loads(ran.stdout)
        return found

    run("push", "tasks.jsonl", "--project", title)
    assert run("push", "tasks.jsonl", "--project", title)["sent"] == 0
    project = client.find_project(title)
    assert project
    tasks = [copy.task for copy in client.pushed_tasks(project.id)]
    for who, marks in (("ann", ["satire", "gone"]), ("ben", ["satire"])):
        answer(annotator_login(who), tasks[0], "sourced", marks=marks)
        answer(annotator_login(who), tasks[1], "opinion")
    pulled = run("pull", "--project", title, "--out", "answers.jsonl")
    assert pulled["unknown_marks"] == {"gone": 1}
    lines = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {line["guidelines_version"] for line in lines} == {"7"}
    by_mark = run("agreement", "answers.jsonl")["by_mark"]
    assert isinstance(by_mark, dict)
    assert {name: measured["raw"] for name, measured in by_mark.items()} == {"gone": 0.5, "satire": 1.0}
    run("export", "answers.jsonl", "--out", "dataset")
    card = (tmp_path / "dataset" / "README.md").read_text(encoding="utf-8")
    assert "| gone | 1 |\n| satire | 2 |" in card
    assert (tmp_path / "dataset" / "guidelines.md").read_text(encoding="utf-8") == "# House rules"


def test_older_answers_are_kept_in_a_file_and_their_units_wait_again(
    client: Client,
    notes: PushNotes,
    make_tasks: Callable[..., list[Task]],
    new_title: Callable[[], str],
    answer: Callable[..., int],
    tmp_path: Path,
) -> None:
    title, said = new_title(), list[str]()
    tasks = make_tasks(2)
    made = push_tasks(tasks, project=title, client=client, notes=notes).project
    first, second = client.pushed_tasks(made)
    answer(client, first.task, "sourced", comment="kept")
    newer = PushOptions(guidelines_version="2", instructions="<p>New</p>", say=said.append)
    push_tasks(tasks, project=title, client=client, notes=notes, options=newer)
    assert any("version 2 from now on, 1 until now" in line for line in said)
    answer(client, second.task, "opinion")
    assert sorted(line.guidelines_version for line in answers(client, made)) == ["1", "2"]
    out = tmp_path / "older.jsonl"
    done = reopen(project=title, client=client, before="2", out=str(out))
    assert (done.answers, done.units) == (1, 1)
    assert [Annotation.model_validate_json(line).comment for line in out.read_bytes().splitlines()] == ["kept"]
    assert [line.data.unit_id for line in answers(client, made)] == [second.unit_id]
    assert [copy.answered for copy in client.pushed_tasks(made)] == [False, True]
    with pytest.raises(UsageError, match="in a file of their own"):
        reopen(project=title, client=client, before="2", out=str(out))
    with pytest.raises(UsageError, match="nobody has answered"):
        reopen(project=title, client=client, before="2", out=str(tmp_path / "more.jsonl"))


def test_what_somebody_is_typing_outlives_a_reopening(
    client: Client,
    notes: PushNotes,
    make_tasks: Callable[..., list[Task]],
    new_title: Callable[[], str],
    answer: Callable[..., int],
    tmp_path: Path,
) -> None:
    title, tasks = new_title(), make_tasks(3)
    made = push_tasks(tasks, project=title, client=client, notes=notes).project
    done, changing, begun = (copy.task for copy in client.pushed_tasks(made))
    answer(client, done, "sourced")
    changed = answer(client, changing, "opinion")
    typed = {"result": [], "lead_time": 2}
    client.connection.change("POST", f"api/tasks/{changing}/annotations/{changed}/drafts", typed)
    client.connection.change("POST", f"api/tasks/{begun}/drafts", typed)
    newer = PushOptions(guidelines_version="2", instructions="<p>2</p>")
    push_tasks(tasks, project=title, client=client, notes=notes, options=newer)
    found = reopen(project=title, client=client, before="2", out=str(tmp_path / "older.jsonl"))
    assert (found.answers, found.units, found.being_changed) == (1, 1, 1)
    assert [draft["annotation"] for task in (changing, begun) for draft in client.drafts(task)] == [changed, None]
    assert client.connection.request(f"api/projects/{made}/next", method="GET")["id"] in (done, begun)


def test_the_function_takes_what_a_team_sets_as_the_command_does(
    client: Client,
    make_tasks: Callable[..., list[Task]],
    new_title: Callable[[], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("annotator.toml").write_text(SETTINGS, encoding="utf-8")
    Path("ours.md").write_text("# House rules", encoding="utf-8")
    report = api.push(make_tasks(1), client=client, project=new_title(), options=PushOptions(overlap=2))
    project = client.project(report.project)
    assert ("satire" in project.config, project.overlap, "version 7" in project.description) == (True, 2, True)
