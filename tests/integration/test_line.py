"""The whole line as a user walks it: an article in, two people label its units, a dataset out."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commands import annotator

from annotator.labelstudio.client import Client
from annotator.labelstudio.server import Server
from annotator.models import Annotation, Record

ROOT = Path(__file__).parents[2]

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(label_studio: Server, tmp_path: Path) -> Run:
    """Run a command in an empty folder, as somebody whose local server is the session's; returns its JSON."""
    environment = {"ANNOTATOR_DATA_DIR": label_studio.paths.data_dir}

    def run_command(*arguments: str | Path) -> dict[str, Any]:
        ran = annotator(*arguments, "--json", environment=environment, folder=tmp_path)
        assert ran.returncode == 0, ran.stderr.decode()
        counts: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
        return counts

    return run_command


def test_article_becomes_a_dataset_with_both_annotators_labels(
    run: Run,
    tmp_path: Path,
    client: Client,
    new_title: Callable[[], str],
    annotator_login: Callable[[str], Client],
    answer: Callable[..., int],
) -> None:
    title = new_title()
    prepared = run("prepare", ROOT / "fixtures/articles/deepseek.fr.txt", "--out", "run")
    assert (prepared["articles"], prepared["units"], prepared["failed"]) == (1, 27, 0)

    first = run("push", "run", "--project", title, "--overlap", "2")
    assert (first["units"], first["already_there"], first["sent"], first["refused"]) == (27, 0, 27, 0)
    second = run("push", "run", "--project", title)
    assert (second["already_there"], second["sent"]) == (27, 0)

    tasks = {copy.unit_id: copy.task for copy in client.pushed_tasks(first["project"])}
    for name in ("ann", "ben"):
        for position, (_, task) in enumerate(sorted(tasks.items(), key=lambda pair: pair[1])):
            differs = name == "ben" and position == 0
            answer(annotator_login(name), task, "opinion" if differs else "rhetoric", marks=["hedged"])

    pulled = run("pull", "--project", title, "--out", "annotations.jsonl")
    assert pulled == {"annotations": 54, "skipped": 0, "set_aside": 0}
    lines = (tmp_path / "annotations.jsonl").read_text(encoding="utf-8").splitlines()
    annotations = [Annotation.model_validate_json(line) for line in lines]
    assert {annotation.data.unit_id for annotation in annotations} == set(tasks)

    exported = run("export", "annotations.jsonl", "--out", "dataset")
    assert exported == {"records": 27, "labelled": 26, "undecided": 1, "set_aside": 0}
    records = [
        Record.model_validate_json(line)
        for line in (tmp_path / "dataset/records.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [record.data.position for record in records] == list(range(27))
    assert {len(record.votes) for record in records} == {2}
    assert {vote.label for vote in records[0].votes} == {"opinion", "rhetoric"}
    with (tmp_path / "dataset/records.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["label"] for row in csv.DictReader(stream)] == ["", *["rhetoric"] * 26]
