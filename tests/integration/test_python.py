"""The page about Python: its blocks run one after the other against a real server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import annotator
from annotator.labelstudio.client import Client
from annotator.labelstudio.server import Server

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs/python.md").read_text(encoding="utf-8"), re.DOTALL)
PROJECT = "French articles"


@pytest.fixture
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, label_studio: Server) -> Path:
    """A folder with the fixtures, and the variables that name the server."""
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABEL_STUDIO_URL", label_studio.credentials.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", label_studio.credentials.token)
    return tmp_path


def test_blocks_of_the_page_run_in_their_order(
    somewhere: Path,
    client: Client,
    annotator_login: Callable[[str], Client],
    answer: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    names: dict[str, Any] = {}
    *before, last = BLOCKS
    for block in before:
        exec(compile(block, "docs/python.md", "exec"), names)  # noqa: S102 - our own page
    assert "sourced" in capsys.readouterr().out
    project = client.find_project(PROJECT)
    assert project
    tasks = sorted(present.task for present in client.pushed_tasks(project.id))
    assert len(tasks) == names["report"].sent == len({task.data.unit_id for task in names["tasks"]})
    for who, label in (("ann", "sourced"), ("ben", "opinion")):
        answer(annotator_login(who), tasks[0], "rhetoric")
        answer(annotator_login(who), tasks[1], label)
    exec(compile(last, "docs/python.md", "exec"), names)  # noqa: S102 - our own page
    assert len(names["labels"]) == 2
    assert {"records.csv", "records.parquet", "records.jsonl"} <= {
        path.name for path in (somewhere / "dataset").iterdir()
    }
    assert float(capsys.readouterr().out) < 1


def test_a_failure_is_handed_on_in_its_place_and_a_wrong_setting_is_said() -> None:
    failure = annotator.Failure(step="read", source="a.txt", reason="empty", message="the file is empty")
    first, second, third = annotator.prepare(["Un vote a eu lieu.", failure, " "], to="fr")
    assert isinstance(first, annotator.Processed)
    assert second is failure
    assert isinstance(third, annotator.Failure)
    assert third.reason == "empty"
    with pytest.raises(annotator.AnnotatorError, match="English"):
        annotator.prepare([], to="English")
