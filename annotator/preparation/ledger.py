"""The ledger of a run folder, an SQLite database: its articles, and which bytes were written to which file."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from annotator.errors import UsageError
from annotator.preparation.register import TABLES
from annotator.preparation.work import FILES

_TABLES = """
CREATE TABLE IF NOT EXISTS part (name TEXT, start INTEGER, bytes INTEGER, sha256 TEXT, PRIMARY KEY (name, start));
CREATE TABLE IF NOT EXISTS changed (name TEXT PRIMARY KEY, mtime INTEGER);
CREATE TABLE IF NOT EXISTS appending (name TEXT PRIMARY KEY, start INTEGER, bytes INTEGER, sha256 TEXT);
CREATE TABLE IF NOT EXISTS working (pid INTEGER);
CREATE TABLE IF NOT EXISTS progress (started REAL, updated REAL, articles INTEGER, size INTEGER, rest INTEGER);
CREATE TABLE IF NOT EXISTS done (at REAL);
CREATE TABLE IF NOT EXISTS redo (info TEXT, files TEXT, articles INTEGER, is_complete INTEGER);
"""
# part: what each batch appended to each file. changed: when we last wrote to a file, in nanoseconds.
# appending: what is noted and may not be appended yet; the bytes are in the journal. working: a start that has not
# ended. progress: what the last start processed and when, `size` and `rest` in bytes of input. done: when all was.
# redo: files that are made again as NAME.new with other settings, so many articles so far, and whether they are whole.
NEW = ".new"
"""The end of the name of a file that is to take the place of the one without it."""
_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)


def open_ledger(path: Path) -> sqlite3.Connection:
    """Open the ledger for writing, with all its tables.

    Raises:
        UsageError: it is damaged, or the files of a folder of the first form were changed.
    """
    ledger = sqlite3.connect(path, isolation_level=None)
    try:
        ledger.execute("PRAGMA journal_mode=WAL")
        # What the ledger says of a file must be on the disk before the file is: see `run_folder._append`.
        ledger.execute("PRAGMA synchronous=FULL")
        ledger.executescript(TABLES + _TABLES)
        _take_over(path.parent, ledger)
    except sqlite3.DatabaseError as error:
        ledger.close()
        raise _damaged(path, error) from error
    return ledger


def is_of_first_form(ledger: sqlite3.Connection) -> bool:
    """Tell a ledger that knew the sizes of files alone; the next start of its run takes it over."""
    return ledger.execute("SELECT 1 FROM sqlite_master WHERE name = 'file'").fetchone() is not None


@contextmanager
def reading_ledger(folder: Path) -> Iterator[sqlite3.Connection]:
    """Give a run folder's ledger for reading, which disturbs no process that writes.

    Raises:
        UsageError: it is damaged.
    """
    ledger = folder / "ledger.sqlite"
    # A reader too makes files beside a database with a write-ahead log, unless it may take it for one that nobody
    # changes: where nobody can, and no log was left (https://www.sqlite.org/wal.html#readonly).
    is_still = not os.access(folder, os.W_OK) and not ledger.with_name(f"{ledger.name}-wal").exists()
    address = f"{ledger.absolute().as_uri()}?mode=ro{'&immutable=1' if is_still else ''}"
    try:
        with closing(sqlite3.connect(address, uri=True)) as opened:
            yield opened
    except sqlite3.DatabaseError as error:
        raise _damaged(ledger, error) from error


@contextmanager
def transaction(ledger: sqlite3.Connection) -> Iterator[None]:
    """Do all of the block or nothing of it.

    Raises:
        OSError: there is no room on the disk.
    """
    try:
        ledger.execute("BEGIN IMMEDIATE")
        yield
        ledger.execute("COMMIT")
    except BaseException as error:
        if ledger.in_transaction:
            ledger.execute("ROLLBACK")
        if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode in _NO_ROOM:
            raise OSError(errno.ENOSPC, str(error), "ledger.sqlite") from error
        raise


class FileNotes:
    """What the ledger knows of the folder's files: the parts that were written, and when."""

    def __init__(self, folder: Path, ledger: sqlite3.Connection) -> None:
        self._folder = folder
        self._ledger = ledger

    def names(self, ending: str = "") -> list[str]:
        """Return the files of which anything is noted, in order."""
        rows = self._ledger.execute("SELECT DISTINCT name FROM part ORDER BY name")
        return [name for (name,) in rows if name.endswith(ending)]

    def size(self, name: str) -> int:
        """Return how many bytes of the file are noted."""
        query = "SELECT coalesce(max(start + bytes), 0) FROM part WHERE name = ?"
        return int(self._ledger.execute(query, (name,)).fetchone()[0])

    def check(self, name: str) -> None:
        """Compare size and time of change, and the bytes where the time is another (a folder that was copied).

        Raises:
            UsageError: it is not as we left it.
        """
        path, size = self._folder / name, self.size(name)
        if name not in self.names() and name not in FILES:
            return
        state = path.stat() if path.is_file() else None
        if state is None or state.st_size != size:
            raise changed_by_hand(path)
        noted = self._ledger.execute("SELECT mtime FROM changed WHERE name = ?", (name,)).fetchone()
        if size and (noted is None or noted[0] != state.st_mtime_ns):
            self.verify(name)
            self._note_time(name)

    def verify(self, name: str, *, to_the_end: bool = True, last: int = 0) -> int:
        """Hash what is noted of the file, and nothing may stand behind it; return its size.

        `last` bytes are enough for a start that goes on after a kill: all of a long run takes hours.

        Raises:
            UsageError: its bytes are not those that were written.
        """
        path, size = self._folder / name, self.size(name)
        query = "SELECT start, bytes, sha256 FROM part WHERE name = ? AND start >= ? ORDER BY start"
        parts = self._ledger.execute(query, (name, size - last if last else 0)).fetchall()
        try:
            with path.open("rb") as stream:
                stream.seek(parts[0][0] if parts else size)
                sound = all(hashlib.sha256(stream.read(number)).hexdigest() == sha256 for _, number, sha256 in parts)
                if not sound or (to_the_end and stream.read(1)):
                    raise changed_by_hand(path)
        except FileNotFoundError as error:
            if size:
                raise changed_by_hand(path) from error
        return size

    def note_appended(self) -> None:
        """Note that what was to be appended is there."""
        names = [name for (name,) in self._ledger.execute("SELECT name FROM appending")]
        self._ledger.execute("INSERT OR REPLACE INTO part SELECT name, start, bytes, sha256 FROM appending")
        self._ledger.execute("DELETE FROM appending")
        for name in names:
            self._note_time(name)

    def note_whole(self, name: str, size: int, sha256: str) -> None:
        """Note a file that was written in one go."""
        self.forget(name)
        self._ledger.execute("INSERT INTO part VALUES (?, 0, ?, ?)", (name, size, sha256))
        self._note_time(name)

    def rename(self, name: str, new: str) -> None:
        """Note that a file took another's place."""
        self.forget(new)
        for table in ("part", "changed"):
            self._ledger.execute(f"UPDATE {table} SET name = ? WHERE name = ?", (new, name))  # noqa: S608

    def forget(self, name: str) -> None:
        """Forget what was noted of the file."""
        for table in ("part", "changed"):
            self._ledger.execute(f"DELETE FROM {table} WHERE name = ?", (name,))  # noqa: S608

    def _note_time(self, name: str) -> None:
        mtime = (self._folder / name).stat().st_mtime_ns
        self._ledger.execute("INSERT OR REPLACE INTO changed VALUES (?, ?)", (name, mtime))


def changed_by_hand(path: Path) -> UsageError:
    """Return the error for a file that is not as we left it."""
    hint = f"put the file back as it was, or prepare into another folder than {path.parent}; nothing was touched"
    return UsageError(f"{path}: not as annotator prepare left it: it was changed since", hint=hint)


def size_and_hash(path: Path) -> tuple[int, str]:
    """Return a file's size and the SHA-256 of its bytes."""
    with path.open("rb") as stream:
        return path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()


def _take_over(folder: Path, ledger: sqlite3.Connection) -> None:
    """Read the notes of a folder of the first form, which knew sizes alone, and take its files as they are."""
    if not any(column[1] == "source" for column in ledger.execute("PRAGMA table_info(article)")):
        ledger.execute("ALTER TABLE article ADD COLUMN source TEXT NOT NULL DEFAULT ''")
    if not is_of_first_form(ledger):
        return
    sizes: Iterable[tuple[str, int]] = ledger.execute("SELECT name, bytes FROM file").fetchall()
    notes = FileNotes(folder, ledger)
    with transaction(ledger):
        for name, noted in sizes:
            size, sha256 = size_and_hash(folder / name) if (folder / name).is_file() else (-1, "")
            if size != noted:
                raise changed_by_hand(folder / name)
            notes.note_whole(name, size, sha256)
        ledger.execute("DROP TABLE file")


def _damaged(ledger: Path, error: sqlite3.DatabaseError) -> UsageError:
    return UsageError(f"{ledger}: cannot be read: {error}", hint="prepare the articles again, into another folder")
