"""The local server: starts, stops, restarts, and says in one line why it does not."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from annotator.errors import ServerError, UsageError
from annotator.labelstudio import credentials, server
from annotator.labelstudio.client import Client
from annotator.labelstudio.ports import LOOPBACK, choose_port


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def paths(new_server_paths: Callable[[], server.ServerPaths]) -> server.ServerPaths:
    """A data folder of its own that has been started before."""
    return new_server_paths()


class Serving:
    """`annotator serve` as a process of its own."""

    def __init__(self, paths: server.ServerPaths, *flags: str) -> None:
        command = [
            str(Path(sys.executable).with_name("annotator")),
            "serve",
            "--json",
            "--data-dir",
            str(paths.data_dir),
            *flags,
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def ready(self) -> dict[str, str]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        return dict(json.loads(line or "{}"))

    def ends(self) -> tuple[int, str, str]:
        rest, told = self.process.communicate(timeout=60)
        return self.process.returncode, rest, told


@pytest.fixture
def serving(paths: server.ServerPaths) -> Iterator[tuple[server.ServerPaths, Serving]]:
    """A server run by the command, stopped at the end whatever happens."""
    running = Serving(paths, "--port", str(free_port()))
    yield paths, running
    if running.process.poll() is None:
        running.process.send_signal(signal.SIGTERM)
        running.process.communicate(timeout=60)


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_serve_is_ready_and_stops_cleanly(serving: tuple[server.ServerPaths, Serving], kind: signal.Signals) -> None:
    paths, running = serving
    answer = running.ready()
    found = credentials.read(paths.data_dir)
    assert found
    known = {"url": found.url, "login": found.login, "password": found.password}
    assert answer == {**known, "data_dir": str(paths.data_dir)}
    assert Client(found.url, found.token).whoami() == found.login
    pid = int((paths.folder / "server.pid").read_text())
    running.process.send_signal(kind)
    code, rest, told = running.ends()
    assert (code, rest, told.splitlines()[-1]) == (0, "", "stopped")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_running_server_is_closed_to_strangers(label_studio: server.Server) -> None:
    found = label_studio.credentials
    assert httpx.URL(found.url).host == "127.0.0.1"
    with httpx.Client(base_url=found.url) as http:
        http.get("/user/login/")
        form = {
            "email": "stranger@example.org",
            "password": "a-long-password",
            "csrfmiddlewaretoken": http.cookies["csrftoken"],
        }
        assert http.post("/user/signup/", data=form, headers={"Referer": found.url}).status_code == 403
        assert http.get("/api/projects/").status_code == 401
        login = {**form, "email": found.login, "password": found.password}
        assert http.post("/user/login/", data=login, headers={"Referer": found.url}).status_code == 302


def test_a_second_server_on_the_same_folder_says_where_the_first_is(label_studio: server.Server) -> None:
    with (
        pytest.raises(UsageError, match=f"already running here at {label_studio.credentials.url}"),
        server.running(label_studio.paths, say=print),
    ):
        pass


def test_reset_refuses_while_the_server_runs(label_studio: server.Server) -> None:
    with pytest.raises(UsageError, match="already running"):
        server.reset(label_studio.paths)


def test_reset_moves_everything_aside(paths: server.ServerPaths) -> None:
    aside = server.reset(paths)
    assert aside
    assert (aside / "label_studio.sqlite3").exists()
    assert (aside / credentials.FILE_NAME).exists()
    assert not paths.folder.exists()
    assert credentials.read(paths.data_dir) is None


def test_reset_of_nothing_is_nothing(tmp_path: Path) -> None:
    assert server.reset(server.ServerPaths(tmp_path / "new")) is None


def test_a_port_asked_for_that_is_taken_is_a_usage_error(paths: server.ServerPaths) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} is taken"), server.running(paths, port=port, say=print):
            pass


@pytest.mark.parametrize("host", ["999.1.1.1", "nosuch.invalid", "192.0.2.1", "a..b"])
@pytest.mark.parametrize("port", [None, 8077], ids=["any port", "one port"])
def test_an_address_that_is_none_of_this_machine_is_not_a_taken_port(
    paths: server.ServerPaths, host: str, port: int | None
) -> None:
    with (
        pytest.raises(UsageError, match=f"--host {host}: not an address") as raised,
        server.running(paths, port=port, host=host, say=print),
    ):
        pass
    assert "--host 127.0.0.1" in raised.value.hint


def test_a_server_that_lost_its_serve_is_told_where_its_port_is_asked_for(
    serving: tuple[server.ServerPaths, Serving],
) -> None:
    paths, running = serving
    address = running.ready()["url"]
    pid = int((paths.folder / "server.pid").read_text())
    running.process.kill()
    running.ends()
    try:
        with (
            pytest.raises(UsageError, match=f"is still running at {address}") as raised,
            server.running(paths, port=httpx.URL(address).port, say=print),
        ):
            pass
    finally:
        os.kill(pid, signal.SIGKILL)
    assert raised.value.hint == f"kill {pid}"


def test_without_a_port_the_next_free_one_is_taken_and_told() -> None:
    told: list[str] = []
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        chosen = choose_port(None, last=port, host=LOOPBACK, say=told.append)
    assert chosen > port
    assert told == [f"port {port} is taken: using {chosen}"]


@pytest.mark.parametrize("content", [b"not a database" * 500, None], ids=["no database", "a torn page"])
def test_a_damaged_database_says_so(paths: server.ServerPaths, content: bytes | None) -> None:
    whole = paths.database.read_bytes()
    paths.database.write_bytes(content or whole[:4096] + b"\xff" * 56_000 + whole[60_096:])
    with pytest.raises(ServerError, match="damaged") as raised, server.running(paths, say=print):
        pass
    assert "--reset" in raised.value.hint


def test_a_server_that_ends_at_once_shows_its_last_words(paths: server.ServerPaths) -> None:
    with sqlite3.connect(paths.database) as database:
        database.execute("DROP TABLE htx_user")
    with (
        pytest.raises(ServerError, match="no such table: htx_user") as raised,
        server.running(paths, port=free_port(), say=print),
    ):
        pass
    assert str(paths.log) in raised.value.hint


def test_a_missing_server_says_what_to_install(
    paths: server.ServerPaths, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="not installed") as raised, server.running(paths, say=print):
        pass
    assert raised.value.hint == "annotator serve --install"


def test_a_folder_that_cannot_be_made_says_so() -> None:
    with (
        pytest.raises(UsageError, match="/proc/annotator"),
        server.running(server.ServerPaths(Path("/proc/annotator")), say=print),
    ):
        pass
