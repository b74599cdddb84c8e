"""Files saved from Label Studio's own export page say the same as a pull."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from annotator.errors import UsageError
from annotator.labelstudio import exports
from annotator.labelstudio.client import Client
from annotator.ledger import PushLedger
from annotator.models import Annotation, Failure, Task
from annotator.sync import PullOptions, pull, push


@pytest.fixture
def labelled(
    client: Client,
    ledger: PushLedger,
    new_title: Callable[[], str],
    make_tasks: Callable[..., list[Task]],
    answer: Callable[..., int],
) -> int:
    """A project in which a label, a status, a skip and a unit without an answer stand."""
    made = push(make_tasks(4), project=new_title(), client=client, ledger=ledger).project
    tasks = [copy.task for copy in client.present(made)]
    answer(client, tasks[0], "sourced", marks=["hedged"], mentions=[(8, 13, "Insee")], comment="l’institut")
    answer(client, tasks[0], "opinion", marks=["hedged", "badly cut"])
    answer(client, tasks[1], "not a unit")
    answer(client, tasks[2], None, was_cancelled=True)
    return made


def saved(client: Client, project: int, kind: str, path: Path) -> Path:
    parameters = {"exportType": kind, "download_all_tasks": "true"}
    http = client._sdk._client_wrapper.httpx_client
    answer: httpx.Response = http.request(f"api/projects/{project}/export", method="GET", params=parameters)
    path.write_bytes(answer.content)
    return path


def lines(path: Path) -> list[Annotation]:
    return [line for line in exports.read(path) if isinstance(line, Annotation)]


def test_a_json_export_equals_a_pull(client: Client, labelled: int, tmp_path: Path) -> None:
    out = tmp_path / "pulled.jsonl"
    pull(project=str(labelled), client=client, out=str(out), options=PullOptions())
    pulled = [Annotation.model_validate_json(line) for line in out.read_bytes().splitlines()]
    read = lines(saved(client, labelled, "JSON", tmp_path / "export.json"))
    assert sorted(read, key=lambda line: line.annotation) == sorted(pulled, key=lambda line: line.annotation)


def test_a_json_min_export_has_everything_but_skips_and_revision(client: Client, labelled: int, tmp_path: Path) -> None:
    out = tmp_path / "pulled.jsonl"
    pull(project=str(labelled), client=client, out=str(out), options=PullOptions())
    unknown = {"revision": "", "project": 0}
    pulled = [Annotation.model_validate_json(line).model_copy(update=unknown) for line in out.read_bytes().splitlines()]
    said = [line for line in pulled if line.status != "skipped"]
    read = lines(saved(client, labelled, "JSON_MIN", tmp_path / "export.json"))
    assert sorted(read, key=lambda line: line.annotation) == sorted(said, key=lambda line: line.annotation)


@pytest.mark.parametrize("text", ["{}", "[1]", "[{", "nothing"])
def test_another_file_is_a_usage_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"other\.json"):
        list(exports.read(path))


def test_a_task_of_somebody_else_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps([{"id": 1, "text": "x", "annotation_id": 3, "claim": "opinion"}]))
    assert [line.reason for line in exports.read(path) if isinstance(line, Failure)] == ["foreign_task"]


@pytest.mark.parametrize(
    ("head", "is_one"), [(b'[{"id"', True), (b"\xef\xbb\xbf\n [", True), (b'{"data"', False), (b"", False)]
)
def test_an_export_is_told_from_lines(head: bytes, is_one: bool) -> None:
    assert exports.is_export(head) is is_one
