"""What Windows does otherwise, tried here: its ways are plain Python, and only a name chooses between the two."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from annotator import environments, output, scratch, system
from annotator.labelstudio import installation

HOLDS = """
import sys
from contextlib import ExitStack
from pathlib import Path
from annotator import scratch, system
system.POSIX = sys.argv[1] == "posix"
with ExitStack() as stack:
    folder = stack.enter_context(scratch.scratch_folder(Path(sys.argv[2])))
    file, _ = stack.enter_context(scratch.scratch_file(Path(sys.argv[2])))
    stack.enter_context(scratch.alone_in(Path(sys.argv[2])))
    print(folder.name, file.name, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(params=["posix", "windows"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways, one after the other."""
    monkeypatch.setattr(system, "POSIX", request.param == "posix")
    return str(request.param)


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "POSIX", False)
    monkeypatch.setattr(environments, "POSIX", False)


def holder(way: str, folder: Path) -> tuple[subprocess.Popen[str], set[str]]:
    """A process that works in the folder until it is ended, and what it made there."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, way, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdout
    return process, set(process.stdout.readline().split())


def test_what_another_process_works_on_is_neither_swept_nor_entered(way: str, tmp_path: Path) -> None:
    process, made = holder(way, tmp_path)
    with process:
        scratch.sweep(tmp_path)
        assert {path.name for path in tmp_path.iterdir()} == made
        with pytest.raises(BlockingIOError), scratch.alone_in(tmp_path):
            pass
        process.kill()


def test_what_a_killed_process_left_is_swept_and_its_folder_is_free(way: str, tmp_path: Path) -> None:
    process, made = holder(way, tmp_path)
    with process:
        process.kill()
    assert {path.name for path in tmp_path.iterdir()} == made
    scratch.sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with scratch.alone_in(tmp_path):
        pass


@pytest.mark.usefixtures("way")
def test_what_was_made_is_gone_at_the_end_and_what_was_moved_stays(tmp_path: Path) -> None:
    with scratch.scratch_file(tmp_path) as (new, stream):
        stream.write(b"whole")
        output.put(stream, new, tmp_path / "out")
    with scratch.scratch_folder(tmp_path) as folder:
        (folder / "file").touch()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_bytes() == b"whole"


@pytest.mark.usefixtures("windows")
def test_a_file_is_closed_before_it_is_renamed_on_windows(tmp_path: Path) -> None:
    with scratch.scratch_file(tmp_path) as (new, stream):
        output.put(stream, new, tmp_path / "out")
        assert stream.closed


@pytest.mark.usefixtures("way")
def test_a_lock_ends_with_its_stack(tmp_path: Path) -> None:
    with ExitStack() as stack:
        scratch.hold(tmp_path, stack)
        with pytest.raises(BlockingIOError):
            scratch.hold(tmp_path, stack)
    with ExitStack() as stack:
        scratch.hold(tmp_path, stack)


@pytest.mark.usefixtures("way")
def test_files_and_folders_are_synced(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"text")
    for path in (tmp_path / "file", tmp_path):
        system.sync(path)


@pytest.mark.parametrize(("way", "ways"), [("posix", 3), ("windows", 1)], indirect=["way"])
def test_a_program_is_ended_kindly_where_that_is_possible(way: str, ways: int) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        chosen: tuple[Callable[[], None], ...] = system.ways_to_end(process)
        assert len(chosen) == ways, way
        chosen[-1]()
    assert process.returncode


@pytest.mark.usefixtures("windows")
def test_windows_has_its_programs_in_another_folder_and_ends_them_otherwise(tmp_path: Path) -> None:
    assert system.python_of(tmp_path) == tmp_path / "Scripts/python.exe"
    assert system.end_command("7") == "taskkill /F /PID 7"
    assert environments.quoted("a name") == '"a name"'
    script = system.programs_of(tmp_path) / "label-studio"
    assert installation.command(script) == [str(tmp_path / "Scripts/python.exe"), "-P", str(script)]
    assert installation.command(script.with_suffix(".exe")) == [f"{script}.exe"]


@pytest.mark.usefixtures("windows")
def test_windows_writes_utf8_into_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252", newline="\r\n"))
    system.speak_utf8()
    sys.stdout.write("→\n")
    sys.stdout.flush()
    assert raw.getvalue() == "→\n".encode()


@pytest.mark.parametrize("path", ["", ".", "bin"])
def test_a_program_of_the_working_folder_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    for folder in (tmp_path, tmp_path / "bin"):
        folder.mkdir(exist_ok=True)
        for name in ("uv", "uv.exe"):
            (folder / name).touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", path)
    assert system.find_program("uv") is None
    monkeypatch.setenv("PATH", os.pathsep.join([path, str(tmp_path / "bin")]))
    assert system.find_program("uv", tmp_path) is not None
    found = system.find_program("uv")
    assert found is not None
    assert found.parent == tmp_path / "bin"


def test_ctrl_c_and_a_request_to_end_are_heeded_everywhere() -> None:
    assert {signal.SIGINT, signal.SIGTERM} <= set(system.ENDING_SIGNALS)
