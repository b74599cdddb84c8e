"""A push of some units: the condition and the sample reach the server, and the chances come back with the answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commands import annotator

from annotator.answers import export_files
from annotator.dataset.build import ExportOptions
from annotator.dataset.formats import FormatOptions
from annotator.dataset.reading import of_dataset
from annotator.errors import UsageError
from annotator.labelstudio.client import Client
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.pull import pull_annotations
from annotator.labelstudio.push import PushOptions, PushReport, push_tasks
from annotator.labelstudio.sampling import SampleOptions
from annotator.labelstudio.server import Server
from annotator.models import Annotation, Record, Task

MakeTasks = Callable[..., list[Task]]
NewTitle = Callable[[], str]


@pytest.fixture
def send(client: Client, notes: PushNotes) -> Callable[..., PushReport]:
    def _send(tasks: list[Task], project: str, **options: Any) -> PushReport:
        return push_tasks(tasks, project=project, client=client, notes=notes, options=PushOptions(**options))

    return _send


Send = Callable[..., PushReport]


@pytest.fixture
def corpus(make_tasks: MakeTasks) -> list[Task]:
    """24 French units and 8 Spanish ones."""
    return [*make_tasks(24, article="fr"), *make_tasks(8, article="es", source_lang="es")]


def test_a_sample_that_grows_keeps_what_is_there_and_its_chances_are_those_of_the_end(
    send: Send, client: Client, corpus: list[Task], new_title: NewTitle, answer: Callable[..., int], tmp_path: Path
) -> None:
    title, options = new_title(), {"seed": 3, "by": ("source_lang",)}
    first = send(corpus, title, sample=SampleOptions(4, **options))  # type: ignore[arg-type]
    assert (first.sent, first.counts()["left_out_by_sample"]) == (4, 28)
    early = {copy.unit_id for copy in client.pushed_tasks(first.project)}
    again = send(corpus, title, sample=SampleOptions(4, **options))  # type: ignore[arg-type]
    assert (again.sent, again.already_there) == (0, 4)
    larger = send(corpus, title, sample=SampleOptions(8, **options))  # type: ignore[arg-type]
    assert (larger.sent, larger.already_there) == (4, 4)
    copies = client.pushed_tasks(first.project)
    assert early < {copy.unit_id for copy in copies}
    for copy in copies:
        answer(client, copy.task, "opinion")
    pull_annotations(project=title, client=client, out=str(tmp_path / "lines.jsonl"))
    lines = [Annotation.model_validate_json(line) for line in (tmp_path / "lines.jsonl").read_bytes().splitlines()]
    chances = {line.data.unit_id: line.sample.probability for line in lines if line.sample}
    assert {chances[unit] for unit in early} == {2 / 24, 2 / 8}
    made = _exported(tmp_path)
    assert len(made) == 8
    assert {(one.data.source_lang, one.sample.probability if one.sample else 0) for one in made} == {
        ("fr", 4 / 24),
        ("es", 4 / 8),
    }


def test_a_sample_does_not_join_one_of_another_seed(send: Send, corpus: list[Task], new_title: NewTitle) -> None:
    title = new_title()
    send(corpus, title, sample=SampleOptions(4, seed=3))
    for options in ({"dry_run": True}, {}):
        with pytest.raises(UsageError, match="drawn with --seed 3"):
            send(corpus, title, sample=SampleOptions(8, seed=4), **options)


def test_a_sample_does_not_join_one_of_another_condition(send: Send, corpus: list[Task], new_title: NewTitle) -> None:
    plain, spanish = new_title(), new_title()
    send(corpus, plain, sample=SampleOptions(4))
    send(corpus, spanish, where='source_lang == "es"', sample=SampleOptions(2))
    for options in ({"dry_run": True}, {}):
        with pytest.raises(UsageError, match="drawn with --seed 1 and without --where"):
            send(corpus, plain, where='source_lang == "es"', sample=SampleOptions(2), **options)
        with pytest.raises(UsageError, match="drawn with --seed 1 --where 'source_lang == \"es\"'"):
            send(corpus, spanish, sample=SampleOptions(2), **options)
    assert send(corpus, spanish, where="source_lang=='es'", sample=SampleOptions(3)).sent == 1


def test_units_that_are_sent_beside_a_sample_are_told_of(send: Send, corpus: list[Task], new_title: NewTitle) -> None:
    title = new_title()
    send(corpus, title, sample=SampleOptions(4, seed=3))
    for options in ({"dry_run": True}, {}):
        said = list[str]()
        send(corpus, title, say=said.append, **options)
        assert said[:1] == [
            "warning: the project holds a sample (--seed 3); units sent without --sample get no inclusion probability"
        ]


def test_nothing_is_said_to_be_gone_that_was_only_left_out(send: Send, corpus: list[Task], new_title: NewTitle) -> None:
    title, said = new_title(), list[str]()
    send(corpus, title)
    report = send(corpus, title, where='source_lang == "fr"', sample=SampleOptions(4), say=said.append)
    assert (report.already_there, report.sent) == (4, 0)
    assert said == ["sample: 4 of 24 units"]
    with pytest.raises(UsageError, match="--prune with --where or --sample would delete"):
        send(corpus, title, sample=SampleOptions(4), prune=True)


def test_the_command_selects_and_counts(
    label_studio: Server, client: Client, corpus: list[Task], new_title: NewTitle, tmp_path: Path
) -> None:
    path = tmp_path / "tasks.jsonl"
    path.write_text("".join(task.json_line() for task in corpus), encoding="utf-8")
    data = {"ANNOTATOR_DATA_DIR": label_studio.paths.data_dir}
    condition = ("--where", 'source_lang == "es"')
    sample = ("--sample", "3", "--seed", "5", "--by", "source_lang, suggested_label")
    push = ("push", path, "--project", new_title(), *condition, *sample, "--json")
    ran = annotator(*push, environment=data)
    made = json.loads(ran.stdout)
    assert made == {
        "project": made["project"],
        "units": 3,
        "already_there": 0,
        "sent": 3,
        "refused": 0,
        "blind": 0,
        "left_out_by_where": 24,
        "left_out_by_sample": 5,
    }
    samples = [copy.sample for copy in client.pushed_tasks(made["project"])]
    assert all(
        one and one.where == 'source_lang == "es"' and one.by == ("source_lang", "suggested_label") for one in samples
    )
    assert json.loads(annotator(*push, environment=data).stdout)["sent"] == 0


def test_a_condition_that_no_unit_fulfils_sends_nothing_and_makes_no_project(
    label_studio: Server, client: Client, corpus: list[Task], new_title: NewTitle, tmp_path: Path
) -> None:
    path, title = tmp_path / "tasks.jsonl", new_title()
    path.write_text("".join(task.json_line() for task in corpus), encoding="utf-8")
    data = {"ANNOTATOR_DATA_DIR": label_studio.paths.data_dir}
    ran = annotator("push", path, "--project", title, "--where", 'source_lang == "xx"', "--json", environment=data)
    assert (ran.returncode, json.loads(ran.stdout)["sent"], json.loads(ran.stdout)["left_out_by_where"]) == (0, 0, 32)
    assert "no unit fulfils --where" in ran.stderr.decode()
    assert client.find_project(title) is None


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--where", 'source_lag == "es"'), "no field 'source_lag'"),
        (("--sample", "0"), "--sample 0: draws nothing"),
        (("--sample", "3", "--by", "sight"), "--by: a task has no field 'sight'"),
        (("--seed", "3"), "--seed says how to draw"),
        (("--by", "site"), "--by says how to draw"),
        (("--whole-articles",), "--whole-articles says how to draw"),
    ],
)
def test_a_selection_that_is_none_is_wrong_usage(
    label_studio: Server, corpus: list[Task], tmp_path: Path, flags: tuple[str, ...], words: str
) -> None:
    path = tmp_path / "tasks.jsonl"
    path.write_text("".join(task.json_line() for task in corpus), encoding="utf-8")
    data = {"ANNOTATOR_DATA_DIR": label_studio.paths.data_dir}
    ran = annotator("push", path, "--project", "No such selection", *flags, environment=data)
    assert (ran.returncode, words in ran.stderr.decode()) == (2, True)
    assert "  try: " in ran.stderr.decode()


def test_where_there_is_no_task_is_said(label_studio: Server, tmp_path: Path) -> None:
    data = {"ANNOTATOR_DATA_DIR": label_studio.paths.data_dir}
    path = tmp_path / "empty.json"
    path.write_text("[]", encoding="utf-8")
    for source, name in (("-", "standard input"), (path, str(path))):
        ran = annotator("push", source, "--project", "No task at all", environment=data)
        assert ran.returncode == 2
        assert f"{name}: there is no task in it" in ran.stderr.decode()


def _exported(folder: Path) -> list[Record]:
    options = ExportOptions(formats=FormatOptions(names=["csv"]))
    export_files([folder / "lines.jsonl"], folder / "out", progress=lambda _: None, options=options)
    return list(of_dataset(folder / "out"))
