"""A run folder: the JSONL files of many prepared articles, safe against a kill at any moment and against editors.

A batch counts once the ledger holds it, with the very bytes that it adds to each file. They are appended after that, so
whatever stands behind a file's noted size can be proven to be ours, and finished. What cannot be proven is left alone:
a file that somebody changed is refused by its name, never cut.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout
from pydantic import ValidationError

from annotator.errors import AnnotatorError, UsageError
from annotator.models import RunInfo
from annotator.preparation.work import FILES, Packed
from annotator.translation.none import NO_ENGINE

_TABLES = """
CREATE TABLE IF NOT EXISTS article (article_id TEXT PRIMARY KEY, revision TEXT, units INTEGER, asides INTEGER);
CREATE TABLE IF NOT EXISTS part (name TEXT, start INTEGER, bytes INTEGER, sha256 TEXT, PRIMARY KEY (name, start));
CREATE TABLE IF NOT EXISTS changed (name TEXT PRIMARY KEY, mtime INTEGER);
CREATE TABLE IF NOT EXISTS pending (name TEXT PRIMARY KEY, start INTEGER, bytes BLOB);
CREATE TABLE IF NOT EXISTS working (pid INTEGER);
"""
# part: what each batch appended to each file. changed: when we last wrote to a file, in nanoseconds.
# pending: what is noted and may not be appended yet. working: a start that has not ended.
_NEW = ".new"
_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)


@dataclass(frozen=True)
class Done:
    """What the folder holds of one article."""

    revision: str
    units: int
    asides: int

    @classmethod
    def of(cls, packed: Packed) -> Self:
        """Return the counts of one processed article."""
        return cls(packed.revision, packed.units, packed.asides)


class RunFolder(AbstractContextManager["RunFolder"]):
    """A folder of JSONL files that grows batch by batch. One process at a time.

    Raises:
        UsageError: another process works in it, it was made with other settings, it is not a run folder, or one of its
            files is not as we left it.
    """

    def __init__(self, path: Path, info: RunInfo) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = FileLock(path / ".lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise UsageError(f"{path}: another process works in this folder", hint="wait for it to end") from error
        self.info = self._same_run(info)
        self._ledger = _open_ledger(path / "ledger.sqlite")
        self._notes = Notes(path, self._ledger)
        self._check_and_finish()
        rows = self._ledger.execute("SELECT article_id, revision, units, asides FROM article")
        self.done = {article_id: Done(*rest) for article_id, *rest in rows}
        self.last_start_died = bool(self._ledger.execute("SELECT count(*) FROM working").fetchone()[0])
        """Whether the start before this one was ended from outside, perhaps by one of its articles."""
        self._ledger.execute("INSERT INTO working VALUES (?)", (os.getpid(),))

    def write(self, batch: Sequence[Packed]) -> None:
        """Note the batch, then append it."""
        rows = [(done.article_id, done.revision, done.units, done.asides) for done in batch]
        texts = {name: "".join(line for done in batch for line in done.lines[name]).encode() for name in FILES}
        pending = [(name, self._notes.size(name), text) for name, text in texts.items()]
        with _transaction(self._ledger):
            self._ledger.executemany("INSERT INTO article VALUES (?, ?, ?, ?)", rows)
            self._ledger.executemany("INSERT INTO pending VALUES (?, ?, ?)", pending)
        self._append_pending()
        self._pin(batch)

    def drop(self, article_ids: set[str]) -> None:
        """Take superseded articles out of every file. A kill on the way is finished by the next opening."""
        new = {f"{name}{_NEW}": _without(self.path / name, article_ids) for name in FILES}
        with _transaction(self._ledger):
            self._ledger.executemany("DELETE FROM article WHERE article_id = ?", [(name,) for name in article_ids])
            for name, (size, sha256) in new.items():
                self._notes.note_whole(name, size, sha256)
        self._finish_drop()
        for article_id in article_ids:
            del self.done[article_id]

    @contextmanager
    def lists(self, *names: str) -> Iterator[None]:
        """Note the files that list failures and repeats when a start ends, and refuse them when somebody changed them.

        Every start writes them anew. One that was killed on the way left them without a note, and they are ours.

        Raises:
            UsageError: one of them is not as the last start left it.
        """
        for name in names:
            if (self.path / name).exists():
                self._notes.check(name)
        with _transaction(self._ledger):
            for name in names:
                self._notes.forget(name)
        yield
        with _transaction(self._ledger):
            for name in names:
                size, sha256 = _digest(self.path / name)
                self._notes.note_whole(name, size, sha256)

    def _check_and_finish(self) -> None:
        """Finish what a kill interrupted. A file that is not as we left it ends this before any file is touched."""
        pending = {name for (name,) in self._ledger.execute("SELECT name FROM pending")}
        dropping = set(self._notes.names(_NEW))
        for name in FILES:
            if not self._notes.size(name) and not (self.path / name).exists():
                (self.path / name).touch()
            if name in pending:
                self._notes.verify(name, to_the_end=False)
            elif f"{name}{_NEW}" not in dropping:
                self._notes.check(name)
        self._append_pending()
        self._finish_drop()

    def _append_pending(self) -> None:
        rows = self._ledger.execute("SELECT name, start, bytes FROM pending").fetchall()
        tails = [(name, _tail(self.path / name, start)) for name, start, _ in rows]
        for (name, tail), (_, _, text) in zip(tails, rows, strict=True):
            if tail is None or not text.startswith(tail):
                raise _changed_by_hand(self.path / name)
        for (name, tail), (_, _, text) in zip(tails, rows, strict=True):
            _append(self.path / name, text[len(tail or b"") :])
        with _transaction(self._ledger):
            for name, start, text in rows:
                self._notes.note_part(name, start, text)
            self._ledger.execute("DELETE FROM pending")

    def _finish_drop(self) -> None:
        """Put each `NAME.new` in its place. It is there until the moment in which it is that file."""
        for new in self._notes.names(_NEW):
            name = new.removesuffix(_NEW)
            if (self.path / new).exists():
                self._notes.check(name)
                self._notes.check(new)
                (self.path / new).replace(self.path / name)
            with _transaction(self._ledger):
                self._notes.rename(new, name)
            self._notes.check(name)

    def _same_run(self, info: RunInfo) -> RunInfo:
        """Return what run.json says, with the engines pinned so far; write it if this is a new run."""
        path = self.path / "run.json"
        if not path.exists():
            _write_atomically(path, info)
            return info
        known = _read_info(path)
        differing = sorted(name for name, value in info.settings.items() if known.settings.get(name) != value)
        if differing or known.annotator != info.annotator:
            seen = ", ".join(f"{name} {known.settings.get(name)!r}, now {info.settings[name]!r}" for name in differing)
            was = seen or f"version {known.annotator}, now {info.annotator}"
            raise UsageError(f"{self.path}: made with other settings ({was})", hint="use another folder for this run")
        return known

    def _pin(self, batch: Sequence[Packed]) -> None:
        served = {pair: engine for done in batch for pair, engine in done.engines.items() if engine != NO_ENGINE}
        engines = {**served, **self.info.engines}
        if engines != self.info.engines:
            self.info = self.info.model_copy(update={"engines": engines})
            _write_atomically(self.path / "run.json", self.info)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the folder to others."""
        self._ledger.execute("DELETE FROM working")
        self._ledger.close()
        self._lock.release()


class Notes:
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
            raise _changed_by_hand(path)
        noted = self._ledger.execute("SELECT mtime FROM changed WHERE name = ?", (name,)).fetchone()
        if size and (noted is None or noted[0] != state.st_mtime_ns):
            self.verify(name)
            self._note_time(name)

    def verify(self, name: str, *, to_the_end: bool = True) -> int:
        """Hash what is noted of the file, and nothing may stand behind it; return its size.

        Raises:
            UsageError: its bytes are not those that were written.
        """
        path, size = self._folder / name, self.size(name)
        parts = self._ledger.execute("SELECT bytes, sha256 FROM part WHERE name = ? ORDER BY start", (name,))
        try:
            with path.open("rb") as stream:
                sound = all(hashlib.sha256(stream.read(number)).hexdigest() == sha256 for number, sha256 in parts)
                if not sound or (to_the_end and stream.read(1)):
                    raise _changed_by_hand(path)
        except FileNotFoundError as error:
            if size:
                raise _changed_by_hand(path) from error
        return size

    def note_part(self, name: str, start: int, text: bytes) -> None:
        """Note what was appended at `start`."""
        row = (name, start, len(text), hashlib.sha256(text).hexdigest())
        self._ledger.execute("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?)", row)
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


def _changed_by_hand(path: Path) -> UsageError:
    hint = f"put the file back as it was, or prepare into another folder than {path.parent}; nothing was touched"
    return UsageError(f"{path}: not as annotator prepare left it: it was changed since", hint=hint)


@contextmanager
def _transaction(ledger: sqlite3.Connection) -> Iterator[None]:
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


def _tail(path: Path, start: int) -> bytes | None:
    """Return what stands behind `start`, or none where the file ends before it."""
    if not path.exists():
        return None if start else b""
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(start)
        return stream.read() if size >= start else None


def _append(path: Path, text: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(text)
        stream.flush()
        # A power cut after the ledger's next line, which SQLite syncs, must not find the file without these bytes:
        # it would be refused as changed by hand. No test can see this: only a power cut loses unsynced writes.
        os.fsync(stream.fileno())


def _without(path: Path, article_ids: set[str]) -> tuple[int, str]:
    """Write `NAME.new` without these articles; return its size and SHA-256."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as old, path.with_name(f"{path.name}{_NEW}").open("wb") as new:
        for line in old:
            if _article_id(json.loads(line)) not in article_ids:
                new.write(line)
                digest.update(line)
                size += len(line)
        new.flush()
        os.fsync(new.fileno())  # as above
    return size, digest.hexdigest()


def _digest(path: Path) -> tuple[int, str]:
    with path.open("rb") as stream:
        return path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()


def _article_id(line: Mapping[str, dict[str, str]]) -> str:
    """The article of any line: named, or the part of the unit id before its last colon."""
    fields: Mapping[str, object] = line.get("data", line)
    return str(fields.get("article_id") or str(fields["unit_id"]).rpartition(":")[0])


def _write_atomically(path: Path, info: RunInfo) -> None:
    new = path.with_suffix(_NEW)
    new.write_text(info.model_dump_json(indent=2) + "\n", encoding="utf-8", newline="\n")
    new.replace(path)


def _read_info(path: Path) -> RunInfo:
    try:
        return RunInfo.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise UsageError(f"{path}: not a run this version can read", hint="use another folder") from error


def status(path: Path) -> dict[str, object]:
    """Return what a run folder holds so far; a run that is at work is not disturbed.

    Raises:
        UsageError: it is not a run folder, or a damaged one.
    """
    if not (path / "run.json").is_file() or not (path / "ledger.sqlite").is_file():
        raise UsageError(f"{path}: not a run folder", hint=f"annotator prepare INPUT... --out {path}")
    info = _read_info(path / "run.json")
    query = "SELECT count(*), coalesce(sum(units), 0), coalesce(sum(asides), 0) FROM article"
    with _reading(path) as ledger:
        articles, units, asides = ledger.execute(query).fetchone()
    failures = path / "failures.jsonl"
    failed = failures.read_bytes().count(b"\n") if failures.is_file() else 0
    counts = {"articles": articles, "units": units, "asides": asides, "failed": failed}
    return {**counts, "engines": info.engines, "annotator": info.annotator}


def verify(path: Path) -> dict[str, int]:
    """Hash every file of a run folder and return how many bytes each has.

    Raises:
        AnnotatorError: files are not as they were written, all of which are named.
        UsageError: it is not a run folder, or a start is at work in it or was killed.
    """
    status(path)
    sizes: dict[str, int] = {}
    changed: list[AnnotatorError] = []
    with _reading(path) as ledger:
        notes = Notes(path, ledger)
        if ledger.execute("SELECT count(*) FROM pending").fetchone()[0] or notes.names(_NEW):
            hint = "let annotator prepare with the same arguments finish it first"
            raise UsageError(f"{path}: a start is at work in it, or was killed on the way", hint=hint)
        for name in dict.fromkeys((*FILES, *notes.names())):
            try:
                sizes[name] = notes.verify(name)
            except UsageError as error:
                changed.append(error)
    if changed:
        raise AnnotatorError("; ".join(error.message for error in changed), hint=changed[0].hint)
    return sizes


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    ledger = path / "ledger.sqlite"
    try:
        with closing(sqlite3.connect(f"{ledger.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            yield opened
    except sqlite3.DatabaseError as error:
        raise _damaged(ledger, error) from error


def _open_ledger(path: Path) -> sqlite3.Connection:
    ledger = sqlite3.connect(path, isolation_level=None)
    try:
        ledger.execute("PRAGMA journal_mode=WAL")
        # What the ledger says of a file must be on the disk before the file is: see `_append`.
        ledger.execute("PRAGMA synchronous=FULL")
        ledger.executescript(_TABLES)
        _take_over(path.parent, ledger)
    except sqlite3.DatabaseError as error:
        ledger.close()
        raise _damaged(path, error) from error
    return ledger


def _take_over(folder: Path, ledger: sqlite3.Connection) -> None:
    """Read the notes of a folder of the first form, which knew sizes alone, and take its files as they are."""
    if not ledger.execute("SELECT 1 FROM sqlite_master WHERE name = 'file'").fetchone():
        return
    sizes: Iterable[tuple[str, int]] = ledger.execute("SELECT name, bytes FROM file").fetchall()
    notes = Notes(folder, ledger)
    with _transaction(ledger):
        for name, noted in sizes:
            size, sha256 = _digest(folder / name) if (folder / name).is_file() else (-1, "")
            if size != noted:
                raise _changed_by_hand(folder / name)
            notes.note_whole(name, size, sha256)
        ledger.execute("DROP TABLE file")


def _damaged(ledger: Path, error: sqlite3.DatabaseError) -> UsageError:
    return UsageError(f"{ledger}: cannot be read: {error}", hint="prepare the articles again, into another folder")
