"""Files of every past version are still read: `fixtures/versions/N/` was written by the code of schema version N.

Whoever raises SCHEMA_VERSION adds a folder written by the new code, and leaves the older ones as they are.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import annotator

from annotator import sync
from annotator.export.reading import of_dataset
from annotator.models import SCHEMA_VERSION
from annotator.sync.push import look_over

FOLDERS = sorted((Path(__file__).parents[2] / "fixtures/versions").iterdir())

Run = Callable[..., str]


@pytest.fixture(params=FOLDERS, ids=lambda folder: f"version-{folder.name}")
def kept(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.param
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command, which must end well; returns what it prints."""

    def run_command(*arguments: str | Path) -> str:
        ran = annotator(*arguments, environment={"ANNOTATOR_DATA_DIR": tmp_path / "data"})
        assert ran.returncode == 0, ran.stderr.decode()
        return ran.stdout.decode()

    return run_command


def test_every_version_has_its_files() -> None:
    assert [folder.name for folder in FOLDERS] == [str(number + 1) for number in range(SCHEMA_VERSION)]


def test_answers_become_the_records_they_became_then(kept: Path, run: Run, tmp_path: Path) -> None:
    counts = json.loads(run("export", kept / "annotations.jsonl", "--out", tmp_path / "out", "--names", "--json"))
    assert counts["set_aside"] == 0
    then, now = (
        [(one.data.unit_id, one.label, one.status, one.decision, one.votes, one.split) for one in of_dataset(folder)]
        for folder in (kept / "dataset", tmp_path / "out")
    )
    assert now == then


def test_dataset_is_measured_and_reported_and_keeps_its_split(kept: Path, run: Run, tmp_path: Path) -> None:
    dataset = shutil.copytree(kept / "dataset", tmp_path / "dataset")
    assert json.loads(run("agreement", dataset, "--json"))["overall"]["units"] > 1
    assert "<html" in Path(run("report", dataset).strip()).read_text(encoding="utf-8")
    splits = dataset / "splits.json"
    splits.write_text(splits.read_text(encoding="utf-8").replace('": "train"', '": "test"'), encoding="utf-8")
    run("export", kept / "annotations.jsonl", "--out", dataset)
    assert {one.split for one in of_dataset(dataset)} == {"test"}


def test_tasks_can_be_pushed_and_are_known_units(kept: Path, run: Run, tmp_path: Path) -> None:
    with sync.open_tasks(str(kept / "tasks.jsonl")) as tasks:
        survey = look_over(tasks)
    assert not survey.refused
    counts = json.loads(run("export", kept / "tasks.jsonl", "--out", tmp_path / "out", "--json"))
    assert counts["records"] == len(survey.unit_ids) > 1
