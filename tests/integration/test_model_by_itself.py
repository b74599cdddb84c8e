"""The model that is fetched by itself: there when a network is, and never in the way of anything when it is not."""

from __future__ import annotations

import json
import os
import pty
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from annotator.settings import Settings
from annotator.translation import better_model
from annotator.translation.download import Patience
from annotator.translation.packages import installed_packages

MODEL = Path(__file__).parents[2] / "fixtures" / "models" / "translate-fr_en-0_1.argosmodel"
LATER = "for now; later: annotator models install fr en"

Serve = Callable[..., str]
Try = Callable[..., tuple[bool, list[str]]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """An index and its package: `serve(body=..., sha256=...)` returns the address."""
    servers: list[ThreadingHTTPServer] = []

    def start(*, body: bytes = b"", sha256: str = "", index: bytes = b"") -> str:
        content = body or MODEL.read_bytes()
        row = {
            "from_code": "fr",
            "to_code": "en",
            "package_version": "0.1",
            "links": ["p.argosmodel"],
            "sha256": sha256,
        }
        listed = index or json.dumps([{"type": "translate", "size": len(content), **row}]).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = listed if self.path.endswith(".json") else content
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Stay silent."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def attempt(tmp_path: Path) -> Try:
    def fetch(index: str, **settings: object) -> tuple[bool, list[str]]:
        given = {"argos_package_index": index, "argos_packages_dir": tmp_path / "packages", **settings}
        said: list[str] = []
        chosen = Settings.model_validate(given)
        return better_model.fetch("fr", "en", chosen, progress=lambda _done, _total: None, say=said.append), said

    return fetch


def test_the_model_is_installed_where_there_is_a_network(tmp_path: Path, serve: Serve, attempt: Try) -> None:
    assert attempt(serve()) == (True, ["downloading fr_en-0.1", "fr_en-0.1 is installed"])
    assert [package.label for package in installed_packages(tmp_path / "packages")] == ["fr_en-0.1"]
    assert attempt("http://127.0.0.1:9/") == (False, [])


@pytest.mark.parametrize("settings", [{"offline": True}, {"translator": "apertium"}, {"translator": "none"}], ids=str)
def test_nothing_is_asked_where_nothing_is_wanted(attempt: Try, settings: dict[str, object]) -> None:
    assert attempt("http://127.0.0.1:9/", **settings) == (False, [])


def test_without_a_network_one_line_says_what_is_used_and_what_to_do_later(attempt: Try) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert attempt(f"http://127.0.0.1:{port}") == (False, [f"no network: apertium {LATER}"])


def test_an_index_that_never_answers_is_left_alone(attempt: Try, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.translation.better_model.SHORT", Patience(connect=0.2, read=0.2, attempts=1))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert attempt(f"http://127.0.0.1:{silent.getsockname()[1]}") == (False, [f"no network: apertium {LATER}"])


@pytest.mark.parametrize(
    ("lie", "says"),
    [
        ({"sha256": "0" * 64}, "its SHA-256 is"),
        ({"body": b"no archive"}, "not a valid package"),
        ({"index": b"<html>log in first</html>"}, "not a package index"),
        ({"index": b"[]"}, "the index has no package from fr to en"),
    ],
    ids=["hash", "package", "login page", "empty index"],
)
def test_what_lies_is_not_installed_and_stops_nothing(
    tmp_path: Path, serve: Serve, attempt: Try, lie: dict[str, object], says: str
) -> None:
    installed, said = attempt(serve(**lie))
    assert (installed, installed_packages(tmp_path / "packages")) == (False, [])
    assert says in said[-1]
    assert said[-1].endswith(f": apertium {LATER}")


@pytest.mark.parametrize(
    ("answer", "says"),
    [("y", "fr > en: argos fr_en-0.1"), ("n", "try: annotator models install fr en")],
    ids=["yes", "no"],
)
def test_prepare_asks_once_on_a_terminal(tmp_path: Path, serve: Serve, answer: str, says: str) -> None:
    (tmp_path / "a.txt").write_text("Le pont a été fermé mardi par la mairie.\n\nLa loi a été votée.")
    options = ("--translator", "argos", "--out", str(tmp_path / "run"))
    said = _on_a_terminal(["prepare", str(tmp_path / "a.txt"), *options], serve(), tmp_path, f"{answer}\n")
    assert said.count("nothing here translates fr to en: fetch a model? [y/N]") == 1
    assert says in said


def _on_a_terminal(arguments: list[str], index: str, folder: Path, answer: str) -> str:
    driver, terminal = pty.openpty()
    environment = {**os.environ, "ARGOS_PACKAGE_INDEX": index, "ARGOS_PACKAGES_DIR": str(folder / "packages")}
    environment.pop("ANNOTATOR_OFFLINE", None)
    command = [sys.executable, "-c", "from annotator.cli import main; main()", *arguments]
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment) as process:
        os.close(terminal)
        os.write(driver, answer.encode())
        said = b""
        try:
            while piece := os.read(driver, 4096):
                said += piece
        except OSError:  # what a terminal says when the last process has left it
            pass
        process.wait()
    os.close(driver)
    return said.decode()
