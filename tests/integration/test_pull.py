"""Pull from the real server: what two people said, with the article's offsets, and nothing dropped silently."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotator.errors import UsageError
from annotator.labelstudio import credentials
from annotator.labelstudio.client import Client
from annotator.labelstudio.form import labelling_config
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.pull import PullOptions, PullReport, pull_annotations
from annotator.labelstudio.push import PushOptions, push_tasks
from annotator.labelstudio.refusals import DoubtError
from annotator.labelstudio.server import Server
from annotator.labelstudio.task_list import TaskList
from annotator.models import Annotation, AnnotationStatus, Failure, Task
from annotator.settings import Settings

NewTitle = Callable[[], str]
Login = Callable[[str], Client]
Answer = Callable[..., int]


@pytest.fixture
def project(
    client: Client, notes: PushNotes, new_title: NewTitle, make_tasks: Callable[..., list[Task]]
) -> tuple[int, dict[int, int]]:
    """A project of five units and the server's task id of each position."""
    tasks = make_tasks(5)
    made = push_tasks(tasks, project=new_title(), client=client, notes=notes, options=PushOptions(overlap=2)).project
    positions = {task.data.unit_id: task.data.position for task in tasks}
    return made, {positions[copy.unit_id]: copy.task for copy in client.pushed_tasks(made)}


Project = tuple[int, dict[int, int]]


@pytest.fixture
def fetch(client: Client, tmp_path: Path) -> Callable[..., tuple[PullReport, list[Annotation], list[Failure]]]:
    """Pull a project into a new file: `fetch(id, since="2025-01-01")` gives report, lines, and what was set aside."""

    numbers = itertools.count(1)

    def _fetch(project: int, **options: Any) -> tuple[PullReport, list[Annotation], list[Failure]]:
        out, failures = tmp_path / f"annotations-{next(numbers)}.jsonl", tmp_path / "failures.jsonl"
        wished = PullOptions(failures=failures, **options)
        report = pull_annotations(project=str(project), client=client, out=str(out), options=wished)
        lines = [Annotation.model_validate_json(line) for line in out.read_bytes().splitlines()]
        return report, lines, [Failure.model_validate_json(line) for line in failures.read_bytes().splitlines()]

    return _fetch


Fetch = Callable[..., tuple[PullReport, list[Annotation], list[Failure]]]


def test_two_annotators_come_out_as_two_lines_each_complete_in_itself(
    project: Project, annotator_login: Login, answer: Answer, fetch: Fetch
) -> None:
    made, task = project
    ann, bob = annotator_login("ann"), annotator_login("bob")
    answer(ann, task[0], "sourced", marks=["hedged", "low confidence"], comment="l’institut")
    answer(bob, task[0], "unsourced")
    report, lines, _ = fetch(made)
    assert report.counts() == {"annotations": 2, "skipped": 0, "set_aside": 0}
    assert [line.label for line in lines] == ["sourced", "unsourced"]
    assert len({line.annotator for line in lines}) == 2
    assert lines[0].marks == ("hedged", "low confidence")
    assert (lines[0].comment, lines[0].lead_time, lines[0].suggestion) == ("l’institut", 4.5, "text")
    assert (lines[0].data.source_text[:5], lines[0].revision) == ("Selon", "0123456789abcdef")
    assert not any("@" in line.annotator for line in lines)


@pytest.mark.parametrize(
    ("position", "words"), [(0, "Insee"), (2, "région"), (4, "loi")], ids=["plain", "behind emoji", "behind flag"]
)
def test_a_source_mention_has_offsets_in_unit_and_article(
    project: Project, annotator_login: Login, answer: Answer, fetch: Fetch, position: int, words: str
) -> None:
    made, task = project
    text = fetch(made, unlabelled=True)[1][position].data.source_text
    start = text.index(words)
    answer(annotator_login("ann"), task[position], "sourced", mentions=[(start, start + len(words), words)])
    _, lines, _ = fetch(made)
    mention = lines[0].mentions[0]
    assert lines[0].data.source_text[mention.start : mention.end] == words == mention.text
    assert mention.article_start - mention.start == lines[0].data.start == 100 * position


def test_a_mention_that_does_not_fit_is_set_aside_and_the_label_stays(
    project: Project, annotator_login: Login, answer: Answer, fetch: Fetch
) -> None:
    made, task = project
    answer(annotator_login("ann"), task[0], "sourced", mentions=[(0, 5, "Insee"), (50, 500, "x")])
    report, lines, aside = fetch(made)
    assert (lines[0].label, lines[0].mentions) == ("sourced", ())
    assert report.reasons == {"span": 2}
    assert aside[0].unit_id == lines[0].data.unit_id


def test_every_kind_of_answer_is_kept_or_set_aside_under_a_name(
    project: Project, annotator_login: Login, answer: Answer, fetch: Fetch
) -> None:
    made, task = project
    ann, bob = annotator_login("ann"), annotator_login("bob")
    answer(ann, task[0], "not a unit")
    answer(ann, task[1], None, was_cancelled=True)
    answer(ann, task[2], "false claim")
    answer(ann, task[3], None, marks=["hedged"])
    answer(bob, task[3], "opinion", more=[{"from_name": "old", "to_name": "unit", "type": "choices", "value": {}}])
    _draft(ann, task[4])
    report, lines, _ = fetch(made)
    assert report.counts() == {"annotations": 2, "skipped": 1, "set_aside": 4}
    assert report.reasons == {"unknown_label": 1, "no_label": 1, "unknown_control": 1, "draft": 1}
    assert [line.status for line in lines] == ["not a unit", "skipped", "labelled"]


def test_several_answers_of_one_person_are_all_kept(
    project: Project, annotator_login: Login, answer: Answer, fetch: Fetch
) -> None:
    made, task = project
    ann = annotator_login("ann")
    first, second = answer(ann, task[0], "opinion"), answer(ann, task[0], "rhetoric")
    _, lines, _ = fetch(made)
    assert [line.annotation for line in lines] == [first, second]


def test_unlabelled_units_come_on_request(
    project: Project, annotator_login: Login, answer: Answer, fetch: Fetch
) -> None:
    made, task = project
    answer(annotator_login("ann"), task[2], "opinion")
    _, lines, _ = fetch(made, unlabelled=True)
    assert [line.status is AnnotationStatus.UNLABELLED for line in lines] == [True, True, False, True, True]


def test_since_gives_only_what_changed_after_it(
    project: Project, annotator_login: Login, answer: Answer, fetch: Fetch
) -> None:
    made, task = project
    ann, bob = annotator_login("ann"), annotator_login("bob")
    answer(ann, task[0], "opinion")
    before = fetch(made)[1][0].updated_at
    answer(bob, task[0], "rhetoric")
    _, lines, _ = fetch(made, since=before)
    assert [line.label for line in lines if line.updated_at > before] == ["rhetoric"]
    assert fetch(made, since="2999-01-01")[1] == []


def test_since_gives_the_answer_of_that_very_moment(
    project: Project, client: Client, annotator_login: Login, answer: Answer, fetch: Fetch
) -> None:
    made, task = project
    answer(annotator_login("ann"), task[0], "opinion")
    result = [{"from_name": "claim", "to_name": "unit", "type": "choices", "value": {"choices": ["rhetoric"]}}]
    row = client.answer_windows(made)
    imported = {"data": next(row)[0]["data"], "annotations": [{"result": result}]}
    client.import_tasks(made, [json.dumps(imported)])
    for line in fetch(made)[1]:
        assert line in fetch(made, since=line.updated_at)[1]


def test_a_relation_between_mentions_is_listed_and_the_label_stays(
    project: Project, annotator_login: Login, answer: Answer, fetch: Fetch
) -> None:
    made, task = project
    relation = {"type": "relation", "from_id": "r-mentions", "to_id": "r-mentions", "direction": "right"}
    answer(annotator_login("ann"), task[0], "sourced", mentions=[(8, 13, "Insee")], more=[relation])
    report, (line,), (failure,) = fetch(made)
    assert (line.label, line.mentions[0].text) == ("sourced", "Insee")
    assert (failure.reason, failure.task, report.unprocessed) == ("relation", task[0], 0)


def test_a_time_that_the_server_cannot_give_back_costs_no_answer(
    project: Project, client: Client, annotator_login: Login, answer: Answer, fetch: Fetch
) -> None:
    made, task = project
    answer(annotator_login("ann"), task[0], "sourced")
    result = [{"from_name": "claim", "to_name": "unit", "type": "choices", "value": {"choices": ["rhetoric"]}}]
    body = json.dumps({"result": result, "lead_time": "inf"}).encode()
    with pytest.raises(DoubtError):  # it is stored all the same
        client.connection.send("POST", f"api/tasks/{task[1]}/annotations/", body)
    answer(annotator_login("ann"), task[2], "opinion")
    _, lines, aside = fetch(made)
    assert [(line.label, line.lead_time) for line in lines] == [("sourced", 4.5), ("rhetoric", None), ("opinion", 4.5)]
    assert aside == []


def test_a_server_is_the_same_by_every_address_and_for_everybody(
    project: Project, client: Client, annotator_login: Login, label_studio: Server
) -> None:
    known = credentials.find(Settings(data_dir=label_studio.paths.data_dir))
    elsewhere = Client(known.url.replace("127.0.0.1", "localhost"), known.token)
    found = client.project(project[0])
    servers = {one.with_server(found).server for one in (client, annotator_login("ann"), elsewhere)}
    assert len(servers) == 1
    assert re.fullmatch("[0-9a-f]{10}", servers.pop())
    assert client.with_server(replace(found, organization=999)).server == ""


def test_a_line_names_its_server(
    project: Project, client: Client, annotator_login: Login, answer: Answer, fetch: Fetch
) -> None:
    made, task = project
    answer(annotator_login("ann"), task[0], "opinion")
    (line,) = fetch(made)[1]
    assert line.server == line.project_server == client.with_server(client.project(made)).server != ""


def test_a_foreign_task_is_counted(project: Project, client: Client, answer: Answer, fetch: Fetch) -> None:
    made, _ = project
    config_fields = dict.fromkeys(_variables(client, made), "x")
    foreign = client.import_tasks(made, [json.dumps({"data": config_fields})])[0]
    answer(client, foreign, "opinion")
    report, lines, _ = fetch(made)
    assert (lines, report.reasons) == ([], {"foreign_task": 1})


def test_a_broken_pull_goes_on_where_it_stopped(
    project: Project, client: Client, annotator_login: Login, answer: Answer, tmp_path: Path
) -> None:
    made, task = project
    for position in range(5):
        answer(annotator_login("ann"), task[position], "opinion")
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    pull_annotations(project=str(made), client=client, out=str(whole))
    text = whole.read_bytes()
    (tmp_path / "cut.jsonl.part").write_bytes(text[: int(len(text) * 0.7)])
    pull_annotations(project=str(made), client=client, out=str(cut), options=PullOptions(resume=True))
    assert cut.read_bytes() == text
    assert not (tmp_path / "cut.jsonl.part").exists()


def test_going_on_tells_of_the_whole_and_lists_each_failure_once(
    project: Project, client: Client, annotator_login: Login, answer: Answer, tmp_path: Path
) -> None:
    made, task = project
    ann, ben = annotator_login("ann"), annotator_login("ben")
    for position in range(5):
        answer(ann, task[position], "false claim" if position in (1, 3, 4) else "opinion")
        answer(ben, task[position], "no label of ours" if position in (0, 1) else "sourced")
    whole, listed = tmp_path / "whole.jsonl", tmp_path / "listed.jsonl"
    report = pull_annotations(project=str(made), client=client, out=str(whole), options=PullOptions(failures=listed))
    lines, failures = whole.read_bytes().splitlines(keepends=True), listed.read_bytes().splitlines(keepends=True)
    assert (len(lines), len(failures)) == (5, 5)
    for kept, late in itertools.product((0, 1, 3, 5), (False, True)):
        # no answer is there before what was set aside in the tasks before it, which may be ahead of the answers
        noted = len(failures) if late else _failures_before(lines[:kept], failures)
        cut, again = tmp_path / "cut.jsonl", tmp_path / "again.jsonl"
        (tmp_path / "cut.jsonl.part").write_bytes(b"".join(lines[:kept]) + b'{"annot')
        (tmp_path / "cut.jsonl.part.failures").write_bytes(b"".join(failures[:noted]) + b'{"schema')
        options = PullOptions(resume=True, failures=again)
        assert pull_annotations(project=str(made), client=client, out=str(cut), options=options) == report
        assert (cut.read_bytes(), again.read_bytes()) == (whole.read_bytes(), listed.read_bytes())
        assert not list(tmp_path.glob("*.part*"))


def _failures_before(lines: list[bytes], failures: list[bytes]) -> int:
    last = Annotation.model_validate_json(lines[-1]).task if lines else 0
    return sum((Failure.model_validate_json(failure).task or 0) <= last for failure in failures)


def test_going_on_with_what_another_project_left_is_refused(
    project: Project, client: Client, annotator_login: Login, answer: Answer, new_title: NewTitle, tmp_path: Path
) -> None:
    made, task = project
    for position in range(2):
        answer(annotator_login("ann"), task[position], "opinion")
    pull_annotations(project=str(made), client=client, out=str(tmp_path / "a.jsonl"))
    (tmp_path / "a.jsonl").rename(tmp_path / "b.jsonl.part")
    other = client.create_project(new_title(), config=labelling_config(), settings={})
    with pytest.raises(UsageError, match=f"holds the answers of project {made}"):
        pull_annotations(
            project=str(other.id), client=client, out=str(tmp_path / "b.jsonl"), options=PullOptions(resume=True)
        )


def test_answers_of_the_same_project_number_on_another_server_are_kept(
    project: Project, client: Client, annotator_login: Login, answer: Answer, tmp_path: Path
) -> None:
    made, task = project
    answer(annotator_login("ann"), task[0], "opinion")
    out = tmp_path / "a.jsonl"
    pull_annotations(project=str(made), client=client, out=str(out))
    line = Annotation.model_validate_json(out.read_bytes())
    out.write_text(line.model_copy(update={"project_server": "another"}).json_line(), encoding="utf-8")
    with pytest.raises(UsageError, match=f"project {made} of another server"):
        pull_annotations(project=str(made), client=client, out=str(out))
    out.write_text(line.model_copy(update={"project_server": ""}).json_line(), encoding="utf-8")
    assert pull_annotations(project=str(made), client=client, out=str(out)).annotations == 1


def test_a_server_that_does_not_expand_answers_gives_the_same(
    project: Project, annotator_login: Login, answer: Answer, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, task = project
    for name in ("ann", "ben"):
        answer(annotator_login(name), task[0], "opinion")
    _, expanded, _ = fetch(made)
    ask = TaskList.ask

    def ask_without(*args: Any, **asked: Any) -> dict[str, Any]:
        asked.pop("expand", None)
        return ask(*args, **asked)

    monkeypatch.setattr(TaskList, "ask", ask_without)
    _, plain, _ = fetch(made)
    assert len(plain) == 2
    assert plain == expanded


def test_an_unknown_project_is_a_usage_error(client: Client, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no project 'Nowhere'"):
        pull_annotations(project="Nowhere", client=client, out=str(tmp_path / "x.jsonl"))
    assert list(tmp_path.iterdir()) == []


def test_a_date_that_is_none_is_a_usage_error(project: Project, fetch: Fetch) -> None:
    with pytest.raises(UsageError, match="'yesterday' is not a date"):
        fetch(project[0], since="yesterday")


def _variables(client: Client, project: int) -> list[str]:
    from annotator.labelstudio import form

    return sorted(form.parse(client.project(project).config).variables)


def _draft(who: Client, task: int) -> None:
    result = [{"from_name": "claim", "to_name": "unit", "type": "choices", "value": {"choices": ["opinion"]}}]
    http = who.connection.sdk._client_wrapper.httpx_client
    made = http.request(f"api/tasks/{task}/drafts", method="POST", json={"result": result, "lead_time": 1})
    assert made.status_code == 201, json.dumps(made.json())


def test_answers_in_a_file_are_not_replaced_by_none_or_by_another_projects(
    project: Project, client: Client, annotator_login: Login, answer: Answer, tmp_path: Path
) -> None:
    made, task = project
    ann = annotator_login("ann")
    given = answer(ann, task[0], "sourced")
    out = tmp_path / "annotations.jsonl"
    pull_annotations(project=str(made), client=client, out=str(out))
    before = out.read_bytes()
    assert before
    with pytest.raises(UsageError, match="holds 1 answers from before 2999-01-01"):
        pull_annotations(project=str(made), client=client, out=str(out), options=PullOptions(since="2999-01-01"))
    assert (
        pull_annotations(
            project=str(made), client=client, out=str(out), options=PullOptions(since="2025-01-01")
        ).annotations
        == 1
    )
    torn = tmp_path / "torn.jsonl"
    torn.write_bytes(before + b"{torn\n")
    with pytest.raises(UsageError, match="something other than answers"):
        pull_annotations(project=str(made), client=client, out=str(torn), options=PullOptions(since="2025-01-01"))
    assert torn.read_bytes() == before + b"{torn\n"
    other = client.create_project("Pull another project", config=labelling_config(), settings={})
    with pytest.raises(UsageError, match="holds the answers of project"):
        pull_annotations(project=str(other.id), client=client, out=str(out))
    client.connection.sdk.annotations.delete(id=given)
    with pytest.raises(UsageError, match="is kept as it is"):
        pull_annotations(project=str(made), client=client, out=str(out))
    assert out.read_bytes() == before
    assert not out.with_name("annotations.jsonl.part").exists()
