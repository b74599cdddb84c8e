"""A run folder survives a stop at any step, and what somebody changed by hand is refused, never cut."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from nobody import as_nobody

from annotator.errors import AnnotatorError, UsageError
from annotator.models import RunInfo
from annotator.preparation.run_folder import RunFolder
from annotator.preparation.run_status import status, verify
from annotator.preparation.work import FILES, Packed

INFO = RunInfo(annotator="0", settings={"to": "en"}, engines={})


def packed(name: str, revision: str = "r1") -> Packed:
    line = f'{{"article_id": "{name}", "text": "{revision} é"}}\n'
    return Packed(
        article_id=name,
        revision=revision,
        source_file="a.jsonl",
        units=1,
        asides=0,
        notes=(),
        engines={"fr>en": "upper"},
        lines=dict.fromkeys(FILES, line.encode()),
    )


def write(folder: RunFolder, *names: str) -> None:
    batch = [packed(name) for name in names]
    for one in batch:
        folder.register.add(one)
    folder.write(batch)


def articles(folder: RunFolder) -> set[str]:
    return {name for name, _revision in folder.register.revisions()}


def written(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    with RunFolder(tmp_path / "run", INFO) as folder:
        write(folder, "a", "b")
        write(folder, "c")
    return tmp_path / "run"


def test_a_folder_that_has_a_file_of_our_name_and_no_ledger_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "tasks.jsonl").write_text("mine\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"tasks\.jsonl: stands in a folder that holds no ledger"):
        RunFolder(tmp_path, INFO)
    assert [path.name for path in tmp_path.iterdir()] == ["tasks.jsonl"]


def append(path: Path) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write('{"mine": 1}\n')


def edit(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"r1", b"r1 checked"))


def edit_in_place(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"r1", b"r9"))


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 5)


@pytest.mark.parametrize("change", [append, edit, edit_in_place, cut, Path.unlink])
@pytest.mark.parametrize("name", FILES)
def test_a_file_changed_by_hand_is_refused_by_name_and_left_alone(
    run: Path, name: str, change: Callable[[Path], object]
) -> None:
    change(run / name)
    before = {path.name: path.read_bytes() for path in run.iterdir() if path.name in FILES}
    with pytest.raises(UsageError, match=f"run/{name}: not as annotator prepare left it"):
        RunFolder(run, INFO)
    assert {path.name: path.read_bytes() for path in run.iterdir() if path.name in FILES} == before


def test_a_copied_folder_goes_on_though_its_times_are_others(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "copy", copy_function=shutil.copyfile)
    with RunFolder(tmp_path / "copy", INFO) as folder:
        assert articles(folder) == {"a", "b", "c"}
        write(folder, "d")
    assert verify(tmp_path / "copy").keys() >= set(FILES)


def test_verify_sees_a_change_that_size_and_time_do_not_show(run: Path) -> None:
    path = run / "tasks.jsonl"
    times = path.stat()
    edit_in_place(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    RunFolder(run, INFO).__exit__(None, None, None)  # the quick look of every start
    with pytest.raises(AnnotatorError, match=r"tasks\.jsonl: not as"):
        verify(run)


class PowerCutError(BaseException):
    """What ends the process in the midst of a call."""


def stopped_at(call: int, monkeypatch: pytest.MonkeyPatch, target: object, name: str) -> None:
    """Let the n-th call of a function of the system be the last thing that the process does."""
    original, calls = getattr(target, name), 0

    def stop(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls == call:
            raise PowerCutError
        return original(*arguments, **named)

    monkeypatch.setattr(target, name, stop)


@pytest.mark.parametrize("call", range(1, 2 * (len(FILES) + 1) + 1))
def test_a_stop_between_any_two_files_is_finished_by_the_next_start(
    run: Path, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stopped_at(call, patch, os, "fsync")
        with suppress(PowerCutError), RunFolder(run, INFO) as folder:
            write(folder, "d", "e")
            write(folder, "f")
    with RunFolder(run, INFO) as folder:
        write(folder, *(name for name in ("d", "e", "f") if name not in articles(folder)))
    whole = b"".join(packed(name).lines["tasks.jsonl"] for name in "abcdef")
    assert written(run) == dict.fromkeys(FILES, whole)
    assert verify(run)["tasks.jsonl"] == len(whole)


@pytest.mark.parametrize("share", [0, 1, 30])
def test_half_an_append_is_finished_and_one_that_is_not_ours_is_refused(
    run: Path, share: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stopped_at(2, patch, os, "fsync")  # the first is the journal's
        with suppress(PowerCutError), RunFolder(run, INFO) as folder:
            write(folder, "d")
    path = run / "articles.jsonl"
    os.truncate(path, path.stat().st_size - len(packed("d").lines["tasks.jsonl"]) + share)
    append(path)
    before = written(run)
    with pytest.raises(UsageError, match=r"articles\.jsonl: not as"):
        RunFolder(run, INFO)
    assert written(run) == before
    os.truncate(path, path.stat().st_size - len('{"mine": 1}\n'))
    with RunFolder(run, INFO) as folder:
        assert "d" in articles(folder)
    assert len(set(written(run).values())) == 1


@pytest.mark.parametrize("call", range(1, len(FILES) + 1))
def test_an_interrupted_replacement_of_older_texts_is_finished_by_the_next_start(
    run: Path, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stopped_at(call, patch, Path, "replace")
        with suppress(PowerCutError), RunFolder(run, INFO) as folder:
            folder.drop({"b"})
    with RunFolder(run, INFO) as folder:
        assert articles(folder) == {"a", "c"}
    whole = b"".join(packed(name).lines["tasks.jsonl"] for name in "ac")
    assert written(run) == dict.fromkeys(FILES, whole)
    assert not list(run.glob("*.new"))


def test_a_start_that_was_killed_is_known_to_the_next_one(run: Path) -> None:
    folder = RunFolder(run, INFO)
    assert not folder.last_start_died
    folder._ledger.close()  # as a kill does
    folder._lock.release()
    with RunFolder(run, INFO) as folder:
        assert folder.last_start_died
    with RunFolder(run, INFO) as folder:
        assert not folder.last_start_died


def test_a_list_changed_by_hand_is_refused_and_one_that_is_gone_is_made_anew(run: Path) -> None:
    listed = run / "failures.jsonl"
    with RunFolder(run, INFO) as folder, folder.lists(listed.name):
        listed.write_text("{}\n", encoding="utf-8")
    with RunFolder(run, INFO) as folder, folder.lists(listed.name):
        listed.write_text("{}\n{}\n", encoding="utf-8")
    append(listed)
    with RunFolder(run, INFO) as folder, pytest.raises(UsageError, match="failures"), folder.lists(listed.name):
        pass
    listed.unlink()
    with RunFolder(run, INFO) as folder, folder.lists(listed.name):
        listed.touch()


def test_a_folder_of_the_first_form_is_taken_over_as_it_stands(run: Path) -> None:
    with closing(sqlite3.connect(run / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("CREATE TABLE file (name TEXT PRIMARY KEY, bytes INTEGER)")
        ledger.executemany("INSERT INTO file VALUES (?, ?)", [(name, (run / name).stat().st_size) for name in FILES])
        for table in ("part", "changed", "appending", "working"):
            ledger.execute(f"DROP TABLE {table}")
    with RunFolder(run, INFO) as folder:
        write(folder, "d")
    assert status(run)["articles"] == 4
    assert verify(run)


@pytest.mark.parametrize("name", FILES)
def test_status_names_a_file_that_is_missing(run: Path, name: str) -> None:
    (run / name).unlink()
    with pytest.raises(AnnotatorError, match=f"{name}: is not there, though the folder holds 3 articles"):
        status(run)


def test_status_counts_a_folder_in_which_nothing_can_be_written(run: Path) -> None:
    with TemporaryDirectory() as made:  # outside of pytest's own folders, which another user may not enter
        Path(made).chmod(0o755)
        sealed = Path(shutil.copytree(run, Path(made) / "run"))
        for path in (sealed, *sealed.iterdir()):
            path.chmod(0o555)
        before = sorted(sealed.iterdir())
        assert as_nobody(lambda: str(status(sealed)["articles"])) == "3"
        assert sorted(sealed.iterdir()) == before
        sealed.chmod(0o755)


@pytest.mark.parametrize(("name", "suggested"), [("a.txt", "RUN"), ("b.txt", "RUN"), ("file", "RUN"), ("run", "run")])
def test_only_a_name_that_can_be_a_folder_is_suggested_for_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, suggested: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for there in ("a.txt", "file"):
        Path(there).touch()
    with pytest.raises(UsageError) as caught:
        status(Path(name))
    assert caught.value.hint == f"annotator prepare INPUT... --out {suggested}"
