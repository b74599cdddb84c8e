"""The script of the service `backup` in compose.yaml, run as it stands there, against a real server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import yaml

import annotator
from annotator.labelstudio.client import Client
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.push import push_tasks
from annotator.labelstudio.server import Server
from annotator.models import Task

COMPOSE = yaml.safe_load((Path(annotator.__file__).parents[1] / "compose.yaml").read_text(encoding="utf-8"))
BACKUP = COMPOSE["services"]["backup"]


@pytest.fixture
def project(
    client: Client,
    notes: PushNotes,
    make_tasks: Callable[..., list[Task]],
    new_title: Callable[[], str],
    answer: Callable[..., int],
) -> int:
    """A project with two answers."""
    pushed = push_tasks(make_tasks(2, article="nightly"), project=new_title(), client=client, notes=notes)
    for copy in client.pushed_tasks(pushed.project):
        answer(client, copy.task, "sourced")
    return pushed.project


@contextmanager
def nightly(server: Server, folder: Path, **settings: str) -> Iterator[Iterator[str]]:
    """Run the service in `folder`; gives the lines that it says."""
    shell, option, script = BACKUP["entrypoint"]
    key = server.paths.data_dir / "credentials.json"
    environment = {
        **os.environ,
        **{name: value for name, value in BACKUP["environment"].items() if "$" not in value},
        "READ_KEY": BACKUP["environment"]["READ_KEY"].replace("/server/credentials.json", str(key)),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "LABEL_STUDIO_URL": server.credentials.url,
        "BACKUP_FOLDER": str(folder),
        "BACKUP_NIGHTS": "2",
        "BACKUP_PROJECTS": "",
        **settings,
    }
    process = subprocess.Popen(
        [shell, option, script.replace("$$", "$")],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    try:
        yield iter(process.stdout)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate()


def test_each_project_is_in_the_folder_of_the_day_and_older_ones_go(
    label_studio: Server, project: int, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    for day in ("2025-01-01", "2025-01-02", "2025-01-03", "not a backup"):
        (folder / day).mkdir(parents=True)
    with nightly(label_studio, folder, BACKUP_PROJECTS=str(project)) as said:
        assert any("is complete" in line for line in said)
    today = date.today().isoformat()
    assert {path.name for path in folder.iterdir()} == {"2025-01-03", "not a backup", today}
    lines = (folder / today / f"{project}.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["label"] for line in lines] == ["sourced", "sourced"]


def test_a_pull_that_fails_is_told_and_costs_neither_the_others_nor_the_older_ones(
    label_studio: Server, project: int, tmp_path: Path
) -> None:
    older = [tmp_path / f"2025-01-0{day}" for day in range(1, 5)]
    for folder in older:
        folder.mkdir()
    with nightly(label_studio, tmp_path, BACKUP_PROJECTS=f"999999 {project}") as said:
        told = next(line for line in said if "BACKUP FAILED" in line)
    assert told == "BACKUP FAILED: project 999999, trying again in an hour\n"
    assert all(folder.exists() for folder in older)
    assert {path.name for path in tmp_path.glob("*.part/*")} >= {f"{project}.jsonl"}


def test_a_server_that_is_away_is_no_empty_backup(label_studio: Server, tmp_path: Path) -> None:
    with nightly(label_studio, tmp_path, LABEL_STUDIO_URL="http://127.0.0.1:1") as said:
        told = next(line for line in said if "BACKUP FAILED" in line)
    assert told == "BACKUP FAILED: the list of projects, trying again in an hour\n"
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]


def test_without_a_choice_every_project_is_pulled(label_studio: Server, client: Client, project: int) -> None:
    assert project in client.titles()
    listed = subprocess.run(
        [sys.executable, "-c", "import annotator; print(*annotator.connect().titles())"],
        env={**os.environ, "ANNOTATOR_DATA_DIR": str(label_studio.paths.data_dir)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert str(project) in listed.stdout.split()
