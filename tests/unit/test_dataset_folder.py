"""An export replaces what an export wrote, and nothing else, wherever it is killed and whatever a manifest says."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hostile import fifo

from annotator import answers
from annotator.dataset import build
from annotator.dataset.build import ExportOptions
from annotator.dataset.folder import dataset_folder
from annotator.dataset.formats import FormatOptions
from annotator.errors import UsageError
from annotator.models import TaskData

MINE = {
    ".git/config": "[core]\n",
    "LICENSE": "CC BY",
    "NOTES.md": "mine",
    "data/mine.txt": "mine",
    "failures.jsonl": "",
}


def source(path: Path, articles: int, label: str = "sourced") -> Path:
    blank = dict.fromkeys(TaskData.model_fields, "")
    with path.open("w", encoding="utf-8") as stream:
        for number in range(articles):
            known = {"unit_id": f"a{number}:1", "article_id": f"a{number}", "kind": "sentence", "block": "paragraph"}
            place = {"position": 0, "start": 0, "end": 8, "source_text": f"Texte {number:02}", "source_lang": "fr"}
            ids = {"project": 1, "task": number, "annotation": number, "revision": "r", "updated_at": "2026-01-01"}
            row = {"annotator": "1", "status": "labelled", "label": label, "data": {**blank, **known, **place}, **ids}
            stream.write(json.dumps(row) + "\n")
    return path


def export(path: Path, out: Path, *formats: str, force: bool = False) -> None:
    options = ExportOptions(formats=FormatOptions(names=formats or ("csv", "hf")), force=force)
    answers.export_files([path], out, progress=lambda _done: None, options=options)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def add(folder: Path, texts: dict[str, str]) -> dict[str, bytes]:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return {name: text.encode() for name, text in texts.items()}


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return source(tmp_path / "first.jsonl", 12)


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return source(tmp_path / "second.jsonl", 2, "opinion")


@pytest.fixture
def ds(tmp_path: Path, first: Path) -> Path:
    """A dataset of the first source."""
    export(first, tmp_path / "ds")
    return tmp_path / "ds"


@pytest.fixture
def expected(tmp_path: Path, second: Path, first: Path) -> dict[str, bytes]:
    """What a dataset of the second source is that took the place of one of the first."""
    export(first, tmp_path / "other", "hf")
    export(second, tmp_path / "other", "hf")
    return files(tmp_path / "other")


def test_every_file_that_an_export_writes_is_among_its_names(first: Path, tmp_path: Path) -> None:
    export(first, tmp_path / "all", "all")
    assert files(tmp_path / "all").keys() <= build.NAMES


def test_files_of_the_user_stay_and_files_of_the_old_dataset_go(
    ds: Path, second: Path, expected: dict[str, bytes]
) -> None:
    mine = add(ds, MINE)
    assert "records.csv" in files(ds)
    export(second, ds, "hf")
    assert files(ds) == expected | mine


@pytest.mark.parametrize("name", ["README.md", "records.jsonl", "records.csv", "splits.json", "data/train.jsonl"])
def test_a_file_that_was_changed_by_hand_is_refused_before_anything_is_touched(
    ds: Path, second: Path, name: str
) -> None:
    with (ds / name).open("a", encoding="utf-8") as stream:
        stream.write("my words\n")
    before = files(ds)
    with pytest.raises(UsageError, match=f"{name}: was changed since the export"):
        export(second, ds, "hf")
    assert files(ds) == before


@pytest.mark.parametrize("name", ["records.parquet", "annotations.jsonld"])
def test_a_file_of_the_user_that_would_be_replaced_is_refused(ds: Path, second: Path, name: str) -> None:
    add(ds, {name: "mine"})
    before = files(ds)
    with pytest.raises(UsageError, match=f"{name}: was not written by an earlier export"):
        export(second, ds, "all")
    assert files(ds) == before
    export(second, ds, "hf")
    assert files(ds)[name] == b"mine"


def test_force_replaces_files_of_its_own_names_alone(tmp_path: Path, second: Path) -> None:
    out = tmp_path / "out"
    mine = add(out, {**MINE, "README.md": "mine", "records.csv": "mine", "manifest.json": "{}"})
    with pytest.raises(UsageError, match=r"other files in it \(\.git, LICENSE, NOTES\.md and 5 more\)"):
        export(second, out, "hf")
    assert files(out) == mine
    export(second, out, "hf", force=True)
    written = files(out)
    assert written["README.md"] != b"mine"
    assert {name for name, text in mine.items() if written[name] == text} == {*MINE, "records.csv"}


def test_force_does_not_remove_a_changed_file_that_the_new_dataset_lacks(ds: Path, second: Path) -> None:
    add(ds, {"records.csv": "mine"})
    with pytest.raises(UsageError, match=r"records\.csv: was changed .* would be removed"):
        export(second, ds, "hf", force=True)


HOSTILE = ["../secret", "/etc/hostname", ".git/config", "NOTES.md", "data/mine.txt", "data/../NOTES.md", ""]


def test_a_forged_manifest_has_no_say_in_other_files(ds: Path, second: Path, tmp_path: Path) -> None:
    from annotator.dataset.folder import sha256

    mine, secret = add(ds, MINE), add(tmp_path, {"secret": "mine"})
    manifest = json.loads((ds / "manifest.json").read_bytes())
    forged = {name: sha256(ds / name) for name in HOSTILE if (ds / name).is_file()}
    manifest["files"] |= forged
    manifest["replacing"] = forged
    (ds / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    export(second, ds, "hf")
    assert {name: text for name, text in files(ds).items() if name in mine} == mine
    assert (tmp_path / "secret").read_bytes() == secret["secret"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[" * 100_000,
        '{"files": ["README.md"]}',
        '{"name": "my web app", "version": "1"}',
        "{" + " " * (17 << 20),
    ],
    ids=["empty", "object", "deep", "list", "of-an-app", "huge"],
)
def test_what_is_not_a_manifest_of_ours_proves_nothing(ds: Path, second: Path, text: str) -> None:
    (ds / "manifest.json").write_text(text, encoding="utf-8")
    before = files(ds)
    with pytest.raises(UsageError, match="other files in it"):
        export(second, ds)
    assert files(ds) == before


@pytest.mark.posix
@pytest.mark.parametrize("name", ["README.md", "manifest.json", "data", "data/train.jsonl", "records.csv"])
@pytest.mark.parametrize("force", [False, True])
def test_a_link_inside_the_dataset_is_not_followed(
    ds: Path, second: Path, tmp_path: Path, name: str, *, force: bool
) -> None:
    target = tmp_path / "elsewhere"
    (ds / name).rename(target)
    (ds / name).symlink_to(target)
    before = files(tmp_path)
    with pytest.raises(UsageError):
        export(second, ds, force=force)
    assert files(tmp_path) == before
    assert (ds / name).is_symlink()


@pytest.mark.posix
@pytest.mark.parametrize("make", [Path.mkdir, fifo], ids=["folder", "fifo"])
def test_what_is_not_a_file_is_not_replaced(ds: Path, second: Path, make: Callable[[Path], None]) -> None:
    (ds / "README.md").unlink()
    make(ds / "README.md")
    before = files(ds)
    with pytest.raises(UsageError, match=r"README\.md: not a plain file"):
        export(second, ds, force=True)
    assert files(ds) == before


@pytest.mark.posix
def test_a_link_to_a_dataset_stays_a_link(ds: Path, second: Path, tmp_path: Path, expected: dict[str, bytes]) -> None:
    (tmp_path / "link").symlink_to(ds)
    export(second, tmp_path / "link", "hf")
    assert (tmp_path / "link").is_symlink()
    assert files(ds) == expected


@pytest.mark.posix
def test_a_link_that_leads_nowhere_yet_stays_a_link(second: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "new/ds")
    export(second, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "new/ds/manifest.json").is_file()


@pytest.mark.posix
def test_links_in_a_circle_are_wrong_usage(second: Path, tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    with pytest.raises(UsageError):
        export(second, tmp_path / "one")
    assert (tmp_path / "one").is_symlink()


def test_a_dataset_that_was_moved_is_replaced_where_it_is(
    ds: Path, second: Path, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    ds.rename(tmp_path / "moved")
    export(second, tmp_path / "moved", "hf")
    assert files(tmp_path / "moved") == expected


def test_a_change_during_the_export_is_refused_before_anything_is_touched(ds: Path, second: Path) -> None:
    def change(_done: int) -> None:
        (ds / "README.md").write_text("mine", encoding="utf-8")

    before = files(ds) | {"README.md": b"mine"}
    with pytest.raises(UsageError, match=r"README\.md: was changed"):
        answers.export_files([second], ds, progress=change)
    assert files(ds) == before


def test_a_folder_that_is_moved_during_the_export_is_not_touched(ds: Path, second: Path, tmp_path: Path) -> None:
    before = files(ds)

    def move(_done: int) -> None:
        if ds.exists():
            ds.rename(tmp_path / "moved")

    with pytest.raises(OSError, match="No such file"):
        answers.export_files([second], ds, progress=move)
    assert {name: text for name, text in files(tmp_path / "moved").items() if not name.startswith(".")} == before
    export(second, tmp_path / "moved")
    assert not [path for path in (tmp_path / "moved").iterdir() if path.name.startswith(".")]


def test_two_exports_do_not_write_into_one_folder(ds: Path, second: Path) -> None:
    with dataset_folder(ds, build.NAMES, frozenset()), pytest.raises(UsageError, match="another export writes"):
        export(second, ds)


def test_a_folder_that_appeared_during_the_export_is_not_replaced(second: Path, tmp_path: Path) -> None:
    def appear(_done: int) -> None:
        add(tmp_path / "out", {"mine": "mine"})

    with pytest.raises(UsageError, match="cannot be written"):
        answers.export_files([second], tmp_path / "out", progress=appear)
    assert files(tmp_path / "out") == {"mine": b"mine"}


@pytest.mark.posix
def test_modes_of_files_stay(ds: Path, second: Path) -> None:
    (ds / "README.md").chmod(0o600)
    export(second, ds)
    assert (ds / "README.md").stat().st_mode & 0o777 == 0o600
    assert (ds / "records.jsonl").stat().st_mode & 0o777 == 0o644


def test_same_export_again_gives_the_same_bytes(ds: Path, first: Path) -> None:
    before = files(ds)
    export(first, ds)
    assert files(ds) == before


def kill_before_step(step: int, work: Callable[[], None]) -> bool:
    """Do the work in a process that is killed before its step number `step` on the folders' entries; tell if it was."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    steps = count(1)

    def watch(event: str, _arguments: object) -> None:
        if event in ("os.rename", "os.remove", "os.rmdir", "os.mkdir") and next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    try:
        work()
    finally:
        os._exit(0)


def killed_at_every_step(work: Callable[[], None]) -> Iterator[int]:
    """Yield after each kill, the work being begun once more for the next."""
    for step in count(1):
        if not kill_before_step(step, work):
            return
        yield step


@pytest.mark.posix
def test_an_export_killed_at_any_step_is_healed_by_the_next(
    ds: Path, first: Path, second: Path, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    mine = add(ds, MINE)
    steps = 0
    for _ in killed_at_every_step(lambda: export(second, ds, "hf")):
        steps += 1
        kept = files(ds)
        assert {name: kept[name] for name in mine} == mine
        assert json.loads(kept["manifest.json"])["files"]
        export(second, ds, "hf")
        assert files(ds) == expected | mine
        assert sorted(path.name for path in tmp_path.iterdir()) == ["ds", "first.jsonl", "other", "second.jsonl"]
        export(first, ds, "csv", "hf")
    assert steps > 10


@pytest.mark.posix
def test_kills_in_a_row_are_healed_too(ds: Path, first: Path, second: Path, expected: dict[str, bytes]) -> None:
    works = (lambda: export(second, ds, "hf"), lambda: export(first, ds, "csv"), lambda: export(second, ds, "hf"))
    for step in count(1, 2):
        if not all(kill_before_step(step + extra, work) for extra, work in enumerate(works)):
            break
    export(second, ds, "hf")
    assert files(ds) == expected


@pytest.mark.posix
@pytest.mark.parametrize("there", [False, True], ids=["new", "empty"])
def test_a_first_export_killed_at_any_step_is_healed_by_the_next(tmp_path: Path, second: Path, *, there: bool) -> None:
    out = tmp_path / "out"
    steps = 0
    export(second, tmp_path / "other")
    for step in count(1):
        if there:
            out.mkdir()
        if not kill_before_step(step, lambda: export(second, out)):
            break
        steps += 1
        export(second, out)
        assert files(out) == files(tmp_path / "other")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "out", "second.jsonl"]
        out.rename(tmp_path / "done")
        for path in sorted((tmp_path / "done").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        (tmp_path / "done").rmdir()
    assert steps > 2
