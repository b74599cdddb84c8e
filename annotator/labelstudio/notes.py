"""What was sent and not yet confirmed. A cache: the server alone knows what it has, and deleting this changes nothing.

A process that dies between sending and hearing the answer leaves its notes behind; the next push then waits for
tasks that may still be on their way instead of sending them again.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from annotator.errors import UsageError
from annotator.text import digest

_TABLE = """
CREATE TABLE IF NOT EXISTS push_in_flight (
  target TEXT, unit_id TEXT, noted REAL, PRIMARY KEY (target, unit_id)
) WITHOUT ROWID
"""


class PushNotes:
    """The notes of all pushes of one user on this machine. `target` names a server and a project.

    Raises:
        UsageError: the folder cannot be written.
    """

    def __init__(self, data_dir: Path) -> None:
        try:
            data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._database = sqlite3.connect(data_dir / "push.sqlite", isolation_level=None, timeout=30)
            self._database.execute("PRAGMA journal_mode=WAL")
            # Safe when a process dies. After a power failure the last notes may lack, and what they tell of has arrived
            # or not long since; waiting for the disk twice a batch took 4 % of a push.
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.execute(_TABLE)
        except (OSError, sqlite3.Error) as error:
            hint = f"choose another folder with ANNOTATOR_DATA_DIR, or remove {data_dir / 'push.sqlite'}"
            raise UsageError(f"{data_dir}: the notes of a push cannot be kept: {error}", hint=hint) from error
        self._data_dir = data_dir

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def in_flight(self, target: str) -> dict[str, float]:
        """Return the units that were on their way, and when (seconds since 1970) each was sent."""
        rows = self._database.execute("SELECT unit_id, noted FROM push_in_flight WHERE target = ?", (target,))
        return dict(rows.fetchall())

    def note(self, target: str, unit_ids: Iterable[str]) -> None:
        """Note units that are about to be sent."""
        now = time.time()
        self._write(
            "INSERT OR REPLACE INTO push_in_flight VALUES (?, ?, ?)", ((target, unit_id, now) for unit_id in unit_ids)
        )

    def confirm(self, target: str, unit_ids: Iterable[str]) -> None:
        """Forget units whose fate is known."""
        self._write(
            "DELETE FROM push_in_flight WHERE target = ? AND unit_id = ?", ((target, unit_id) for unit_id in unit_ids)
        )

    @contextmanager
    def exclusive(self, target: str) -> Iterator[None]:
        """Keep other pushes of this machine away from the target; wait for one that is under way."""
        locks = self._data_dir / "locks"
        locks.mkdir(exist_ok=True)
        lock = FileLock(locks / f"{digest(target, 16)}.lock")
        try:
            lock.acquire(timeout=3600)
        except Timeout as error:
            raise UsageError(
                f"another push into {target} has been running for an hour", hint="end the other process"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _write(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany(statement, rows)
        self._database.execute("COMMIT")
