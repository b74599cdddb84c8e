"""What a real Label Studio exports becomes a dataset, and a dataset goes back into it without loss."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator import answers
from annotator.dataset import build
from annotator.dataset.formats import FormatOptions
from annotator.dataset.reading import of_dataset
from annotator.labelstudio.client import Client
from annotator.labelstudio.form import labelling_config
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.pull import PullOptions, pull_annotations
from annotator.labelstudio.push import PushOptions, push_tasks
from annotator.models import Record

CODES = ("number_mismatch", "lost_name")


@pytest.fixture
def answered(
    client: Client,
    notes: PushNotes,
    make_tasks: Callable[..., Any],
    new_title: Callable[[], str],
    annotator_login: Callable[[str], Client],
    answer: Callable[..., int],
) -> int:
    """A project: an update, a skip and disagreement by two people."""
    tasks = make_tasks(4, article="round", translation_warning_codes=CODES)
    pushed = push_tasks(tasks, project=new_title(), client=client, notes=notes, options=PushOptions(overlap=2))
    ids = sorted(copy.task for copy in client.pushed_tasks(pushed.project))
    ann, ben = annotator_login("ann"), annotator_login("ben")
    answer(ann, ids[0], "sourced", marks=["hedged"], mentions=[(6, 13, "l’Insee")], comment="à voir")
    answer(ben, ids[0], "opinion")
    answer(ann, ids[1], "unsourced")
    answer(ben, ids[1], None, was_cancelled=True)
    answer(ann, ids[2], "not a unit", marks=["badly cut", "low confidence"])
    answer(ben, ids[2], "opinion", ground_truth=True)
    return pushed.project


def download(client: Client, project: int, kind: str, path: Path) -> Path:
    parts = client.connection.sdk.projects.exports.download_sync(project, export_type=kind, download_all_tasks=True)
    path.write_bytes(b"".join(parts))
    return path


def exported(source: Path, out: Path) -> list[Record]:
    options = build.ExportOptions(formats=FormatOptions(names=["all"]))
    report = answers.export_files([source], out, progress=lambda _done: None, options=options)
    assert report.failures == []
    return list(of_dataset(out))


def pulled(client: Client, project: int, path: Path) -> Path:
    pull_annotations(project=str(project), client=client, out=str(path), options=PullOptions(unlabelled=True))
    return path


def test_json_export_gives_the_records_that_pull_gives(client: Client, answered: int, tmp_path: Path) -> None:
    from_pull = exported(pulled(client, answered, tmp_path / "pulled.jsonl"), tmp_path / "one")
    from_page = exported(download(client, answered, "JSON", tmp_path / "page.json"), tmp_path / "two")
    assert [_unnamed(record) for record in from_page] == [_unnamed(record) for record in from_pull]
    assert [record.status for record in from_page] == ["undecided", "labelled", "labelled", "unlabelled"]
    assert [record.decision for record in from_page] == [None, "single", "ground_truth", None]
    assert {record.data.translation_warning_codes for record in from_page} == {CODES}


def test_an_export_of_the_page_beside_a_pull_changes_nothing(client: Client, answered: int, tmp_path: Path) -> None:
    from_pull = pulled(client, answered, tmp_path / "pulled.jsonl")
    from_page = download(client, answered, "JSON", tmp_path / "page.json")
    answers.export_files([from_pull, from_page], tmp_path / "both", progress=lambda _done: None)
    assert list(of_dataset(tmp_path / "both")) == exported(from_pull, tmp_path / "one")


def _unnamed(record: Record) -> Record:
    """What Label Studio exports does not name its server."""
    return record.model_copy(update={"votes": tuple(v.model_copy(update={"server": ""}) for v in record.votes)})


def _unplaced(records: list[Record]) -> list[Record]:
    """The numbers of project and task are other ones after an import."""
    return [record.model_copy(update={"project": 0, "task": 0}) for record in records]


def test_json_min_gives_the_same_but_skips_and_gold(client: Client, answered: int, tmp_path: Path) -> None:
    from_json = exported(download(client, answered, "JSON", tmp_path / "page.json"), tmp_path / "one")
    from_min = exported(download(client, answered, "JSON_MIN", tmp_path / "min.json"), tmp_path / "two")

    def said(record: Record) -> list[tuple[Any, ...]]:
        votes = [vote for vote in record.votes if vote.status != "skipped"]
        return [(v.annotator, v.status, v.label, v.marks, v.mentions, v.comment, v.lead_time) for v in votes]

    assert [said(record) for record in from_min] == [said(record) for record in from_json]
    assert [record.data for record in from_min] == [record.data for record in from_json]


def test_dataset_is_imported_again_without_loss(
    client: Client, answered: int, new_title: Callable[[], str], tmp_path: Path
) -> None:
    before = _unplaced(exported(download(client, answered, "JSON", tmp_path / "page.json"), tmp_path / "one"))
    tasks = json.loads((tmp_path / "one/label-studio.json").read_text(encoding="utf-8"))
    made = client.create_project(new_title(), config=labelling_config(), settings={}).id
    client.connection.sdk.projects.import_tasks(id=made, request=tasks)
    assert _unplaced(exported(download(client, made, "JSON", tmp_path / "again.json"), tmp_path / "two")) == before
    assert _unplaced(exported(pulled(client, made, tmp_path / "again.jsonl"), tmp_path / "three")) == before
