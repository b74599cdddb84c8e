"""A PostgreSQL of the test's own, as Debian installs it, with its data in a folder that is thrown away."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD = "labels", "pass/word@1"
"""A password with signs that an address has to escape."""


@dataclass(frozen=True)
class PostgreSQL:
    """One that runs on the loopback address."""

    programs: Path
    port: int

    def url(self, name: str) -> str:
        return f"postgresql://{USER}:pass%2Fword%401@127.0.0.1:{self.port}/{name}"

    def run(self, program: str, *arguments: str | Path) -> str:
        """Run one of its programs as the user of the database."""
        login = ("-h", "127.0.0.1", "-p", str(self.port), "-U", USER)
        environment = os.environ | {"PGPASSWORD": PASSWORD}
        command = [str(self.programs / program), *login, *map(str, arguments)]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


@contextmanager
def running(folder: Path, *, port: int) -> Iterator[PostgreSQL]:
    """Run one in `folder`, which is handed to the user `postgres` where root runs this: initdb refuses root."""
    programs = _programs()
    data, secret = folder / "data", folder / "password"
    folder.mkdir(mode=0o755)
    secret.write_text(PASSWORD, encoding="utf-8")
    as_user = []
    if os.geteuid() == 0:
        as_user = ["runuser", "-u", "postgres", "--"]
        for path in (folder, secret):
            shutil.chown(path, "postgres", "postgres")

    def run(program: str, *arguments: str) -> None:
        # what pg_ctl starts keeps the output open, so a pipe would never end
        command = [*as_user, str(programs / program), "-D", str(data), *arguments]
        subprocess.run(command, check=True, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    run("initdb", "--auth=scram-sha-256", f"--username={USER}", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C")
    listen = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "start", "--wait", "--log", str(folder / "log"), "--options", listen)
    try:
        yield PostgreSQL(programs, port)
    finally:
        run("pg_ctl", "stop", "--wait", "--mode=fast")


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    assert found, "apt-get install postgresql"
    return found[-1].parent
