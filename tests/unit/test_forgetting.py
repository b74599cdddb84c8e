"""`forget`: an article leaves runs and datasets for good, wherever it is killed, and nothing else changes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from commands import annotator

from annotator import forgetting
from annotator.dataset.verify import verify
from annotator.models import Translation
from annotator.preparation import run_status
from annotator.translation.cache import CACHE_FILE, Cache

SECRET = "Le bac de Kerouan reste au port de Lannez."
ROWS = [
    {"id": "first", "text": f"{SECRET} Le maire a parlé de sa vie.", "rights": "CC BY 4.0", "desk": "nord"},
    {"id": "copy", "text": "Le pont est ouvert.", "rights": "CC BY 4.0"},
    {"id": "other", "text": "La gare est fermée. Le train part.", "rights": "CC BY 4.0"},
]
SECRETS = (b"Kerouan", b"sa vie")


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def answered(tasks: Path, path: Path) -> Path:
    """Answers of two people to every task, and a verdict to the first."""
    lines = []
    for number, line in enumerate(tasks.read_text(encoding="utf-8").splitlines()):
        task = json.loads(line)
        ids = {"project": 1, "task": number, "revision": task["meta"]["revision"], "data": task["data"]}
        for who in ("1", "2", "3")[: 3 if number == 0 else 2]:
            verdict = {"adjudication": "clear"} if who == "3" else {}
            said = {"annotator": who, "status": "labelled", "label": "opinion", "updated_at": f"2026-01-0{who}"}
            lines.append({**said, **ids, **verdict, "annotation": 10 * number + int(who)})
    return write(path, lines)


def command(folder: Path, *arguments: str | Path) -> dict[str, Any]:
    ran = annotator(*arguments, "--json", environment={"ANNOTATOR_DATA_DIR": folder / "data"})
    assert ran.returncode == 0, ran.stderr.decode()
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def export(folder: Path, out: str) -> dict[str, Any]:
    sources = (folder / "answers.jsonl", "--articles", folder / "run", "--out", folder / out)
    return command(folder, "export", *sources, "--delimiter", ";", "--bom", "--title", "Bacs")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of three articles, answers to its units, and a dataset of them."""
    folder = tmp_path_factory.mktemp("forget")
    write(folder / "rows.jsonl", ROWS)
    command(folder, "prepare", folder / "rows.jsonl", "--out", folder / "run", "--translator", "none")
    answered(folder / "run/tasks.jsonl", folder / "answers.jsonl")
    export(folder, "ds")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "copy")
    return tmp_path / "copy"


def places(folder: Path) -> forgetting.Places:
    return forgetting.Places(runs=(folder / "run",), datasets=(folder / "ds",))


def forget(folder: Path, article: str = "first") -> int:
    forgetting.look(article, places(folder), None)
    return forgetting.forget(article, places(folder), None, cache=folder / "data" / CACHE_FILE)


def files(folder: Path) -> dict[str, bytes]:
    """All that the two hold but for the ledger, whose pages are another matter."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for name in ("run", "ds")
        for path in (folder / name).rglob("*")
        if path.is_file() and not path.name.startswith((".", "ledger"))
    }


def test_nothing_of_the_article_is_left_and_the_others_are_as_they_were(folder: Path) -> None:
    (folder / "ds/report.html").write_text(SECRET, encoding="utf-8")
    held = command(folder, "forget", "first", "--run", folder / "run", "--dataset", folder / "ds")
    assert [(one["place"], one["units"], one["answers"]) for one in held["held"]] == [("run", 2, 0), ("dataset", 2, 4)]
    left = [path for name in ("run", "ds") for path in (folder / name).rglob("*") if path.is_file()]
    assert [path for path in left if any(secret in path.read_bytes() for secret in SECRETS)] == []
    assert run_status.verify(folder / "run")["tasks.jsonl"] > 0
    found = verify(folder / "ds")
    assert (found.faults, found.records, found.articles, found.checked) == ([], 3, 2, 3)


def test_a_dataset_without_it_is_the_one_that_an_export_without_it_makes(folder: Path) -> None:
    lines = (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    write(folder / "answers.jsonl", [json.loads(line) for line in lines if '"article_id": "first"' not in line])
    split = json.loads((folder / "ds/splits.json").read_bytes())
    (folder / "as-new").mkdir()
    command(folder, "export", folder / "answers.jsonl", "--out", folder / "as-new", "--force")
    (folder / "as-new/splits.json").write_text(json.dumps(split), encoding="utf-8")
    sources = (folder / "answers.jsonl", "--articles", folder / "run", "--out", folder / "as-new")
    command(folder, "export", *sources, "--delimiter", ";", "--bom", "--title", "Bacs", "--force")
    forget(folder)
    names = {path.relative_to(folder / "ds").as_posix() for path in (folder / "ds").rglob("*") if path.is_file()}
    different = {
        name for name in names if (folder / "ds" / name).read_bytes() != (folder / "as-new" / name).read_bytes()
    }
    assert different == {"manifest.json"}
    old, new = (json.loads((folder / name / "manifest.json").read_bytes()) for name in ("ds", "as-new"))
    assert {key for key in old if old[key] != new[key]} == {"sources", "forgotten"}


def test_neither_prepare_nor_export_brings_it_back_silently(folder: Path) -> None:
    forget(folder)
    source = (folder / "rows.jsonl", "--out", folder / "run", "--translator", "none")
    counts = command(folder, "prepare", *source)
    assert (counts["articles"], counts["failed"], counts["forgotten"]) == (2, 0, 1)
    assert '"reason":"forgotten"' in (folder / "run/duplicates.jsonl").read_text(encoding="utf-8")
    assert export(folder, "ds")["records"] == 3
    assert json.loads((folder / "ds/manifest.json").read_bytes())["set_aside"] == {"forgotten": 5}
    (folder / "run/forgotten.jsonl").unlink()
    assert command(folder, "prepare", *source)["articles"] == 3


def test_a_page_that_still_shows_what_the_dataset_held_is_named_by_the_next_export(folder: Path) -> None:
    (folder / "ds/report.html").write_text(SECRET, encoding="utf-8")
    environment = {"ANNOTATOR_DATA_DIR": folder / "data"}
    ran = annotator("export", folder / "answers.jsonl", "--out", folder / "ds", environment=environment)
    assert f"{folder / 'ds/report.html'} shows the dataset as it was before" in ran.stderr.decode()


def kill_before_step(step: int, work: Callable[[], object]) -> bool:
    """Do the work in a process that is killed before its step number `step` on names of files; tell if it was."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    steps = count(1)

    def watch(event: str, _arguments: object) -> None:
        if event in ("os.rename", "os.remove") and next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    try:
        work()
    finally:
        os._exit(0)


@pytest.mark.posix
@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.proof)])
def test_killed_at_any_step_the_same_call_finishes(made: Path, tmp_path: Path, every: int) -> None:
    whole = shutil.copytree(made, tmp_path / "whole")
    forget(whole)
    expected = files(whole)
    for step in count(3, every):
        folder = shutil.copytree(made, tmp_path / str(step))
        if not kill_before_step(step, lambda: forget(folder)):  # noqa: B023 - done before the next one
            break
        forget(folder)
        assert files(folder) == expected
        run_status.verify(folder / "run")
        shutil.rmtree(folder)
    assert step > 10


def test_its_translations_leave_the_cache(folder: Path) -> None:
    lines = (folder / "run/translations.jsonl").read_text(encoding="utf-8").splitlines()
    first = Translation.model_validate_json(lines[0])
    cache = Cache(folder / "cache.sqlite")
    cache.put("any", {"a": first.model_copy(update={"text": "The ferry"}), "b": first.model_copy(update={"text": "B"})})
    assert cache.forget({"The ferry", "another"}) == 1
    assert cache.get("any", ["a", "b"]).keys() == {"b"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("first",), "needs a place"),
        (("first", "--run", "ds"), "ds: not a run folder; nothing was touched"),
        (("first", "--dataset", "run"), "run: not a dataset folder; nothing was touched"),
        (("nobody", "--run", "run", "--dataset", "ds"), "nothing that was given holds article 'nobody'"),
    ],
)
def test_what_is_not_ours_or_not_there_is_left_alone(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    before = files(folder)
    given = [folder / name if name in ("run", "ds") else name for name in arguments]
    ran = annotator("forget", *given)
    assert ran.returncode == 2
    assert message in ran.stderr.decode()
    assert files(folder) == before


def test_a_dataset_that_somebody_changed_stops_it_before_anything_is_touched(folder: Path) -> None:
    with (folder / "ds/README.md").open("a", encoding="utf-8") as stream:
        stream.write("my words\n")
    before = files(folder)
    ran = annotator("forget", "first", "--run", folder / "run", "--dataset", folder / "ds")
    assert (ran.returncode, b"README.md: was changed since the export" in ran.stderr) == (2, True)
    assert files(folder) == before


def test_near_duplicates_of_it_get_another_first(folder: Path) -> None:
    path = folder / "ds/splits.json"
    splits = json.loads(path.read_bytes())
    assert splits["near_duplicates"] == {}
    text = path.read_text(encoding="utf-8").replace('"near_duplicates": {}', '"near_duplicates": {"copy": "first"}')
    path.write_text(text.replace('{"copy": "first"}', '{"copy": "first", "other": "first"}'), encoding="utf-8")
    manifest = json.loads((folder / "ds/manifest.json").read_bytes())
    from annotator.dataset.folder import sha256

    manifest["files"]["splits.json"] = sha256(path)
    (folder / "ds/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    forget(folder)
    assert json.loads(path.read_bytes())["near_duplicates"] == {"other": "copy"}
