"""Files of every past version are still read: `fixtures/versions/N/` was written by the code of schema version N.

Whoever raises SCHEMA_VERSION adds a folder written by the new code, as the README there says, and leaves the older ones
as they are.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from commands import annotator

from annotator.dataset.reading import of_dataset
from annotator.labelstudio.task_inventory import inspect_tasks
from annotator.labelstudio.task_source import open_tasks
from annotator.models import SCHEMA_VERSION, Annotation, Article, Record, Task, Value

VERSIONS = Path(__file__).parents[2] / "fixtures/versions"
FOLDERS = sorted((path for path in VERSIONS.iterdir() if path.is_dir()), key=lambda path: int(path.name))

Run = Callable[..., str]
T = TypeVar("T", bound=Value)


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
    counts = json.loads(
        run("export", kept / "annotations.jsonl", "--out", tmp_path / "out", "--names", "--times", "--json")
    )
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
    run("export", kept / "annotations.jsonl", "--out", dataset, "--force")
    assert {one.split for one in of_dataset(dataset)} == {"test"}


def test_tasks_can_be_pushed_and_are_known_units(kept: Path, run: Run, tmp_path: Path) -> None:
    with open_tasks(str(kept / "tasks.jsonl")) as tasks:
        inventory = inspect_tasks(tasks)
    assert not inventory.refused
    counts = json.loads(run("export", kept / "tasks.jsonl", "--out", tmp_path / "out", "--json"))
    assert counts["records"] == len(inventory.units) > 1


def test_run_can_be_gone_on_with(kept: Path, run: Run, tmp_path: Path) -> None:
    folder = shutil.copytree(kept / "run", tmp_path / "run")
    other = tmp_path / "other.txt"
    other.write_text("Le bac est reparti mardi.\n", encoding="utf-8")
    settings = ("--translator", "none", "--to", "en", "--json")
    counts = json.loads(run("prepare", VERSIONS / "bac.txt", other, "--out", folder, *settings))
    assert (counts["articles"], counts["duplicates"], counts["failed"]) == (2, 0, 0)
    with open_tasks(str(folder)) as tasks:
        inventory = inspect_tasks(tasks)
    assert (inventory.refused, len(inventory.units)) == ([], counts["units"])
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["annotator"]


def test_a_run_whose_files_have_no_hashes_yet_says_what_gives_them(run: Run, tmp_path: Path) -> None:
    folder = shutil.copytree(VERSIONS / "1/run", tmp_path / "run")
    refused = annotator("status", folder, "--verify")
    assert (refused.returncode, b"an earlier version, which noted no hashes" in refused.stderr) == (2, True)
    run("prepare", VERSIONS / "bac.txt", "--out", folder, "--translator", "none", "--to", "en")
    run("status", folder, "--verify")


def test_everything_is_read_as_a_line_of_today_and_written_as_one(kept: Path) -> None:
    lines = [*_lines(kept / "annotations.jsonl", Annotation), *_lines(kept / "dataset/records.jsonl", Record)]
    lines += [*_lines(kept / "run/articles.jsonl", Article), *_lines(kept / "tasks.jsonl", Task)]
    versions = {json.loads(line.json_line()).get("schema_version", SCHEMA_VERSION) for line in lines}
    assert versions == {SCHEMA_VERSION}
    assert {line.meta.schema_version for line in lines if isinstance(line, Task)} == {SCHEMA_VERSION}


def test_answers_of_two_versions_in_one_file_are_read_together(run: Run, tmp_path: Path) -> None:
    both = tmp_path / "both.jsonl"
    both.write_bytes(b"".join((folder / "annotations.jsonl").read_bytes() for folder in FOLDERS))
    counts = json.loads(run("export", both, "--out", tmp_path / "out", "--names", "--json"))
    assert (counts["records"], counts["set_aside"]) == (7, 0)
    people = {vote.annotator for one in of_dataset(tmp_path / "out") for vote in one.votes}
    assert people == {"1", "2", "3", "4", "5"}


def _lines(path: Path, model: type[T]) -> list[T]:
    return [model.model_validate_json(line) for line in path.read_bytes().splitlines()]
