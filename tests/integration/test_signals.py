"""Ctrl-C and SIGTERM end a command with an answer for scripts, wherever it is at work."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.labelstudio.server import ServerPaths
from annotator.models import Task

KEY = "f" * 40


@pytest.fixture
def mute() -> socket.socket:
    """A server that takes a call and never answers it."""
    return socket.create_server(("127.0.0.1", 0))


def start(mute: socket.socket, *arguments: str | Path) -> subprocess.Popen[str]:
    server = {"LABEL_STUDIO_URL": f"http://127.0.0.1:{mute.getsockname()[1]}", "LABEL_STUDIO_API_KEY": KEY}
    command = [str(Path(sys.executable).with_name("annotator")), *map(str, arguments), "--json"]
    pipe = subprocess.PIPE  # also for an input that does not end by itself
    environment = os.environ | server
    return subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def ended_by(process: subprocess.Popen[str], sign: signal.Signals) -> str:
    process.send_signal(sign)
    process.wait(timeout=60)  # with its standard input open
    printed, told = process.communicate()
    assert process.returncode == (130 if sign is signal.SIGINT else -sign), told
    assert "Traceback" not in told
    (line,) = printed.splitlines()
    error: dict[str, str] = json.loads(line)["error"]
    assert error.keys() == {"reason", "message", "hint"}
    return error["reason"]


@pytest.mark.parametrize(
    ("sign", "reason"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")], ids=["Ctrl-C", "SIGTERM"]
)
def test_prepare_answers_and_puts_its_run_away(
    mute: socket.socket, tmp_path: Path, sign: signal.Signals, reason: str
) -> None:
    process = start(mute, "prepare", "-", "--translator", "none", "--out", tmp_path / "run")
    deadline = time.monotonic() + 60
    while not (tmp_path / "run/duplicates.jsonl").exists():  # the folder is open, and no article comes
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert ended_by(process, sign) == reason
    assert not (tmp_path / "run/ledger.sqlite-wal").exists()


def test_push_answers_while_it_waits_for_the_server(
    mute: socket.socket, tmp_path: Path, make_tasks: Callable[..., list[Task]]
) -> None:
    tasks = tmp_path / "tasks.jsonl"
    tasks.write_text("".join(task.model_dump_json() + "\n" for task in make_tasks(2)), encoding="utf-8")
    process = start(mute, "push", tasks, "--project", "Some title")
    with mute.accept()[0]:
        assert ended_by(process, signal.SIGINT) == "interrupted"


def test_pull_answers_on_stderr_where_answers_go_to_stdout(mute: socket.socket) -> None:
    process = start(mute, "pull", "--project", "Some title", "--out", "-")
    with mute.accept()[0]:
        process.send_signal(signal.SIGINT)
        printed, told = process.communicate(timeout=60)
    assert (process.returncode, printed) == (130, "")
    assert json.loads(told.splitlines()[-1])["error"]["reason"] == "interrupted"
    assert KEY not in told


def test_serve_answers_where_it_is_stopped_before_it_is_ready(
    mute: socket.socket, new_server_paths: Callable[[], ServerPaths]
) -> None:
    process = start(mute, "serve", "--data-dir", new_server_paths().data_dir)
    assert process.stderr
    assert process.stderr.readline() == "starting Label Studio\n"
    assert ended_by(process, signal.SIGINT) == "interrupted"


CTRL_C_WHILE_LOADING = """
import os, signal, sys

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            try:
                os.kill(os.getpid(), signal.SIGINT)
            except KeyboardInterrupt:
                raise ValueError("an error of its own") from None

sys.meta_path.insert(0, Interrupts())
from annotator.__main__ import main
main()
"""


@pytest.mark.parametrize("module", ["typer", "annotator.settings"], ids=["the command line", "a command"])
def test_ctrl_c_that_a_library_meets_while_it_is_loaded_ends_the_command(module: str) -> None:
    command = [sys.executable, "-c", CTRL_C_WHILE_LOADING.format(module=module), "prepare", "x", "--out", "y", "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (130, "")
    assert json.loads(ran.stdout)["error"]["reason"] == "interrupted"
