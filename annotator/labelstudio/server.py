"""A local Label Studio: own data folder, loopback, no telemetry, sign-up by invitation only.

Its database is SQLite in the data folder, or the PostgreSQL that is named. The login and the key are made here, and
stand in the data folder: one without the other's database lets nobody in.

One process and no children, so its process id is the whole server. Its first start runs the migrations and takes
about a minute, later ones a few seconds.
"""

from __future__ import annotations

import secrets
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import NoReturn

import httpx
from filelock import FileLock, Timeout
from pydantic import ValidationError

from annotator import system
from annotator.errors import ServerError, UsageError
from annotator.labelstudio import credentials, installation, server_environment, shapes
from annotator.labelstudio.credentials import Credentials
from annotator.labelstudio.ports import LOOPBACK, choose_port
from annotator.labelstudio.transport import open_http
from annotator.settings import child_environment

LOGIN = "annotator@localhost"

_START_LIMIT = 600.0
"""Seconds for a start: ten times what the migrations of a first one take, for a machine that is slow or busy."""
_STOP_LIMIT = 15.0
_REPORT_EVERY = 10.0
_LOG_LIMIT = 20_000_000
"""Bytes of the log above which it makes room for a new one at the next start; one older log is kept."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class ServerPaths:
    """Where a local server keeps its things, and where people find it if not at its own address."""

    data_dir: Path
    database_url: str = field(default="", repr=False)
    """Of a PostgreSQL, which then holds the projects, tasks and annotations; none for SQLite."""
    public_url: str = ""
    """Of the proxy in front of it: what its pages link to, path included."""

    @property
    def folder(self) -> Path:
        """Label Studio's own data folder."""
        return self.data_dir / "label-studio"

    @property
    def database(self) -> Path:
        """Its projects, tasks and annotations, unless they are in a PostgreSQL."""
        return self.folder / "label_studio.sqlite3"

    @property
    def place(self) -> str:
        """Where those are, as a message says it."""
        url = self.database_url
        return server_environment.shown_database(url) if url else str(self.database)

    @property
    def log(self) -> Path:
        """What it prints."""
        return self.folder / "server.log"


class Server:
    """A running local server."""

    def __init__(self, process: subprocess.Popen[bytes], paths: ServerPaths, login: Credentials) -> None:
        self.process = process
        self.paths = paths
        self.credentials = login

    def wait(self) -> None:
        """Wait until the server ends by itself, which it should not.

        Raises:
            ServerError: it ended.
        """
        code = self.process.wait()
        raise _ended(self.paths, code)

    def stop(self) -> None:
        """Stop the server: kindly, then less so."""
        for end in system.ways_to_end(self.process):
            if self.process.poll() is not None:
                return
            end()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=_STOP_LIMIT)
        self.process.wait()


@contextmanager
def running(
    paths: ServerPaths, *, port: int | None = None, host: str = LOOPBACK, say: Say, program: Path | None = None
) -> Iterator[Server]:
    """Run a server for as long as the block lasts. Without a `port` the last one, else the next free one is taken.

    Raises:
        UsageError: the port is taken, an address is none or not this machine's, the server is not installed, or one
            already runs on this folder.
        ServerError: it does not start, or its database is damaged or another folder's.
    """
    with _alone(paths):
        _check_lost(paths)
        if paths.database_url:
            server_environment.check_database(paths.database_url)
        else:
            _check_database(paths.database)
        last = credentials.read(paths.data_dir)
        chosen = choose_port(port, last=httpx.URL(last.url).port if last else None, host=host, say=say)
        login = _new_login(last, chosen)
        variables = server_environment.variables(
            paths.folder, login, database_url=paths.database_url, public_url=paths.public_url
        )
        credentials.write(paths.data_dir, login)  # before the first start: one that is cut short goes on with it
        if host != LOOPBACK:
            say(f"warning: the server listens on {host}: everybody who can reach this machine sees its login page")
        where = ("--internal-host", host, "--port", str(chosen))
        arguments = [*installation.command(program or installation.program()), "start", "--no-browser", *where]
        server = Server(_launch(paths, arguments, variables), paths, login)
        try:
            _wait_until_ready(server, say)
            yield server
        finally:
            server.stop()


def reset(paths: ServerPaths) -> Path | None:
    """Move the server's data aside, so that the next start begins anew. Nothing is deleted: people's labels are in it.

    Raises:
        UsageError: the server runs, or its data is in a PostgreSQL.
    """
    if paths.database_url:
        hint = "create an empty database, and name it in ANNOTATOR_DATABASE_URL together with another --data-dir"
        raise UsageError(f"the server's data is in {paths.place}, not in a folder", hint=hint)
    with _alone(paths):
        if not paths.folder.exists():
            return None
        number = 1
        while (backup := paths.folder.with_name(f"{paths.folder.name}.old-{number}")).exists():
            number += 1
        paths.folder.rename(backup)
        login = paths.data_dir / credentials.FILE_NAME
        if login.exists():
            login.rename(backup / credentials.FILE_NAME)
        return backup


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end the block as Ctrl-C does, and end it quietly."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in system.ENDING_SIGNALS}
    try:
        yield
    except KeyboardInterrupt:
        return
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _alone(paths: ServerPaths) -> Iterator[None]:
    try:
        paths.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(paths.data_dir / "serve.lock")
        lock.acquire(timeout=0)
    except Timeout as error:
        last = credentials.read(paths.data_dir)
        where = f" at {last.url}" if last else ""
        raise UsageError(
            f"{paths.data_dir}: a server is already running here{where}", hint="use it or stop it"
        ) from error
    except OSError as error:
        raise UsageError(f"{paths.data_dir}: {error.strerror}", hint="choose a folder with --data-dir") from error
    try:
        yield
    finally:
        lock.release()


def _check_lost(paths: ServerPaths) -> None:
    """Before a port is chosen: the lost server has the one that would be chosen."""
    last = credentials.read(paths.data_dir)
    if last and _answers(last):
        raise UsageError(
            f"{paths.data_dir}: a server whose `annotator serve` has ended is still running at {last.url}",
            hint=system.end_command((paths.folder / "server.pid").read_text(encoding="ascii")),
        )


def _check_database(path: Path) -> None:
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path)) as database:
            outcome = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        outcome = str(error)
    if outcome != "ok":
        hint = "annotator serve --reset moves it aside and starts with an empty one"
        raise ServerError(f"{path}: the database is damaged: {outcome}", hint=hint)


def _new_login(last: Credentials | None, port: int) -> Credentials:
    if last is None:
        last = Credentials(url="", token=secrets.token_hex(20), login=LOGIN, password=secrets.token_urlsafe(12))
    return replace(last, url=f"http://{LOOPBACK}:{port}")


def _launch(paths: ServerPaths, arguments: list[str], variables: dict[str, str]) -> subprocess.Popen[bytes]:
    paths.folder.mkdir(exist_ok=True, mode=0o700)
    if paths.log.exists() and paths.log.stat().st_size > _LOG_LIMIT:
        paths.log.replace(paths.log.with_suffix(".log.1"))
    with paths.log.open("ab") as log:
        process = subprocess.Popen(
            arguments,
            env=child_environment(variables),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            creationflags=system.group_of_its_own(),
        )
    (paths.folder / "server.pid").write_text(str(process.pid), encoding="ascii")
    return process


def _wait_until_ready(server: Server, say: Say) -> None:
    started = time.monotonic()
    reported = started
    while not (answers := _answers(server.credentials)):
        if answers is False:
            raise _another_login(server)
        now = time.monotonic()
        if (code := server.process.poll()) is not None:
            raise _ended(server.paths, code)
        if now - started > _START_LIMIT:
            raise ServerError(f"Label Studio did not start in {_START_LIMIT:.0f} s", hint=f"see {server.paths.log}")
        if now - reported >= _REPORT_EVERY:
            say(f"starting Label Studio, {now - started:.0f} s (the first start takes about a minute)")
            reported = now
        time.sleep(0.2)


def _another_login(server: Server) -> ServerError:
    message = f"{server.paths.place} belongs to another folder: it does not know the key in {server.paths.data_dir}"
    hint = f"put the {credentials.FILE_NAME} that was beside it back into {server.paths.data_dir}"
    return ServerError(message, hint=hint)


def _answers(login: Credentials) -> bool | None:
    """Tell whether the server is ours: only that one knows our token. None where nobody answers, or not yet."""
    try:
        with closing(open_http(login.url, seconds=5)) as http:
            whoami = http.get(f"{login.url}/api/current-user/whoami", headers={"Authorization": f"Token {login.token}"})
            if whoami.status_code == httpx.codes.UNAUTHORIZED:
                return False
        shapes.USER.validate_json(whoami.content)
    except (httpx.HTTPError, ValidationError):
        return None
    return whoami.status_code == httpx.codes.OK or None


def _ended(paths: ServerPaths, code: int) -> ServerError:
    lines = paths.log.read_text(encoding="utf-8", errors="replace").splitlines() if paths.log.exists() else []
    last_line = next((line for line in reversed(lines) if line.strip()), "no output")
    return ServerError(f"Label Studio ended ({code}): {last_line.strip()[:200]}", hint=f"see {paths.log}")
