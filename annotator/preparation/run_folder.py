"""A run folder: the JSONL files of many prepared articles, safe against a kill at any moment.

What a batch wrote counts only once the ledger has noted the files' new sizes; what lies behind the
noted sizes is cut off when the folder is opened again.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import astuple, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout
from pydantic import ValidationError

from annotator.errors import AnnotatorError, UsageError
from annotator.models import RunInfo
from annotator.pipeline import Processed

_LINES: dict[str, Callable[[Processed], Iterable[str]]] = {
    "articles.jsonl": lambda done: [done.article.json_line()],
    "translations.jsonl": lambda done: (line.json_line() for line in done.translations),
    "predictions.jsonl": lambda done: (line.json_line() for line in done.predictions),
    "tasks.jsonl": lambda done: (line.json_line() for line in done.tasks),
}
_TABLES = """
CREATE TABLE IF NOT EXISTS article (article_id TEXT PRIMARY KEY, revision TEXT, units INTEGER, asides INTEGER);
CREATE TABLE IF NOT EXISTS file (name TEXT PRIMARY KEY, bytes INTEGER);
"""


@dataclass(frozen=True)
class Done:
    """What the folder holds of one article."""

    revision: str
    units: int
    asides: int

    @classmethod
    def of(cls, done: Processed) -> Self:
        """Return the counts of one processed article."""
        return cls(done.article.revision, len(done.article.units), len(done.article.asides))


class RunFolder(AbstractContextManager["RunFolder"]):
    """A folder of JSONL files that grows batch by batch. One process at a time.

    Raises:
        UsageError: another process works in it, it was made with other settings, or it is no run folder.
    """

    def __init__(self, path: Path, info: RunInfo) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = FileLock(path / ".lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise UsageError(f"{path}: another annotator works in this folder", hint="wait for it to end") from error
        self.info = self._same_run(info)
        self._ledger = _open_ledger(path / "ledger.sqlite")
        self._finish_drop()
        self._cut_off()
        rows = self._ledger.execute("SELECT article_id, revision, units, asides FROM article")
        self.done = {article_id: Done(*rest) for article_id, *rest in rows}

    def write(self, batch: Sequence[Processed]) -> None:
        """Append the batch and note it."""
        sizes = {name: _append(self.path / name, _joined(batch, lines)) for name, lines in _LINES.items()}
        rows = [(done.article.article_id, *astuple(Done.of(done))) for done in batch]
        self._ledger.execute("BEGIN IMMEDIATE")
        self._ledger.executemany("INSERT INTO article VALUES (?, ?, ?, ?)", rows)
        self._ledger.executemany("INSERT OR REPLACE INTO file VALUES (?, ?)", sizes.items())
        self._ledger.execute("COMMIT")
        self._pin(batch)

    def drop(self, article_ids: set[str]) -> None:
        """Take superseded articles out of every file. A kill on the way is finished by the next opening."""
        sizes = {f"{name}.new": _without(self.path / name, article_ids) for name in _LINES}
        self._ledger.execute("BEGIN IMMEDIATE")
        self._ledger.executemany("DELETE FROM article WHERE article_id = ?", [(name,) for name in article_ids])
        self._ledger.executemany("INSERT OR REPLACE INTO file VALUES (?, ?)", sizes.items())
        self._ledger.execute("COMMIT")
        self._finish_drop()
        for article_id in article_ids:
            del self.done[article_id]

    def _finish_drop(self) -> None:
        noted = self._ledger.execute("SELECT name, bytes FROM file WHERE name LIKE '%.new'").fetchall()
        for name, size in noted:
            if (self.path / name).exists():
                (self.path / name).replace(self.path / name.removesuffix(".new"))
            self._ledger.execute("BEGIN IMMEDIATE")
            self._ledger.execute("INSERT OR REPLACE INTO file VALUES (?, ?)", (name.removesuffix(".new"), size))
            self._ledger.execute("DELETE FROM file WHERE name = ?", (name,))
            self._ledger.execute("COMMIT")

    def _cut_off(self) -> None:
        sizes = dict(self._ledger.execute("SELECT name, bytes FROM file").fetchall())
        for name in _LINES:
            path, size = self.path / name, sizes.get(name, 0)
            path.touch()
            if path.stat().st_size < size:
                raise AnnotatorError(
                    f"{path}: {path.stat().st_size} bytes, but the ledger noted {size}: the file was changed",
                    hint=f"restore the file, or start again in another folder than {self.path}",
                )
            os.truncate(path, size)

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

    def _pin(self, batch: Sequence[Processed]) -> None:
        engines = {**engines_of(batch), **self.info.engines}
        if engines != self.info.engines:
            self.info = self.info.model_copy(update={"engines": engines})
            _write_atomically(self.path / "run.json", self.info)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the folder to others."""
        self._ledger.close()
        self._lock.release()


def engines_of(batch: Sequence[Processed]) -> dict[str, str]:
    """Return which engine translated which pair."""
    return {
        f"{line.source}>{line.target}": line.engine
        for done in batch
        for line in done.translations
        if line.engine not in ("same-language", "none")
    }


def _joined(batch: Sequence[Processed], lines: Callable[[Processed], Iterable[str]]) -> str:
    return "".join(line for done in batch for line in lines(done))


def _append(path: Path, text: str) -> int:
    with path.open("ab") as stream:
        stream.write(text.encode())
        stream.flush()
        os.fsync(stream.fileno())
        return stream.tell()


def _without(path: Path, article_ids: set[str]) -> int:
    with path.open("rb") as old, path.with_name(f"{path.name}.new").open("wb") as new:
        new.writelines(line for line in old if _article_id(json.loads(line)) not in article_ids)
        new.flush()
        os.fsync(new.fileno())
        return new.tell()


def _article_id(line: Mapping[str, dict[str, str]]) -> str:
    """The article of any line: named, or the part of the unit id before its last colon."""
    fields: Mapping[str, object] = line.get("data", line)
    return str(fields.get("article_id") or str(fields["unit_id"]).rpartition(":")[0])


def _write_atomically(path: Path, info: RunInfo) -> None:
    new = path.with_suffix(".new")
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
        UsageError: it is no run folder, or a damaged one.
    """
    if not (path / "run.json").is_file() or not (path / "ledger.sqlite").is_file():
        raise UsageError(f"{path}: no run folder", hint=f"annotator prepare INPUT... --out {path}")
    info = _read_info(path / "run.json")
    articles, units, asides = _counted(path / "ledger.sqlite")
    failures = path / "failures.jsonl"
    failed = failures.read_bytes().count(b"\n") if failures.is_file() else 0
    counts = {"articles": articles, "units": units, "asides": asides, "failed": failed}
    return {**counts, "engines": info.engines, "annotator": info.annotator}


def _open_ledger(path: Path) -> sqlite3.Connection:
    ledger = sqlite3.connect(path, isolation_level=None)
    try:
        ledger.execute("PRAGMA journal_mode=WAL")
        ledger.executescript(_TABLES)
    except sqlite3.DatabaseError as error:
        ledger.close()
        raise _damaged(path, error) from error
    return ledger


def _damaged(ledger: Path, error: sqlite3.DatabaseError) -> UsageError:
    return UsageError(f"{ledger}: cannot be read: {error}", hint="prepare the articles again, into another folder")


def _counted(ledger: Path) -> tuple[int, int, int]:
    query = "SELECT count(*), coalesce(sum(units), 0), coalesce(sum(asides), 0) FROM article"
    try:
        with closing(sqlite3.connect(f"{ledger.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            articles, units, asides = opened.execute(query).fetchone()
    except sqlite3.DatabaseError as error:
        raise _damaged(ledger, error) from error
    return articles, units, asides
