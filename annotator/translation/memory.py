"""A translation memory: texts that are translated already, found by the text itself.

Always in an index on the disk. A million entries in CSV (238 MB) take 28 s to index, once, then 0.3 s to open and 3 MB
of memory; in a dictionary they would take 18 s and 544 MB at every start of every worker.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from annotator.errors import InputError, UsageError
from annotator.models import UND, TranslationEntry
from annotator.scratch import scratch_file, sweep

VERSION = "1"
"""Changes when the same file may give other translations."""
FOLDER = "memories"
"""Where the indexes stand in the data folder. Losing them costs time, nothing else."""
PREFIX = "memory:"
"""Begins the name of a memory where a translation names its engine: `memory:desk`."""

_TABLES = """
CREATE TABLE entry (text TEXT, source TEXT, target TEXT, translation TEXT, line INTEGER);
CREATE TABLE problem (line INTEGER, message TEXT);
"""
_INDEX = "CREATE INDEX entry_text ON entry (text)"
_CONTRADICTIONS = """
SELECT text, source, target FROM entry GROUP BY text, source, target HAVING min(translation) <> max(translation)
"""
_FIND = """
SELECT text, translation, line FROM entry WHERE text IN ({texts}) AND target IN (?, '') {source}
ORDER BY source <> '' AND target <> '', rowid DESC
"""
_OF_SOURCE = "AND source IN (?, '')"
DIGEST_LENGTH = 8
_MOST_PARAMETERS = 500
_SHOWN = 60

Entries = Iterable[TranslationEntry | InputError]
Read = Callable[[Path], Entries]


@dataclass(frozen=True)
class Found:
    """What a memory says of a text."""

    translation: str
    line: int


class Memory:
    """One file's entries."""

    def __init__(self, path: Path, name: str, digest: str, index: sqlite3.Connection) -> None:
        self.path = path
        self.engine = f"{PREFIX}{name}"
        self.digest = digest
        """Of the file's bytes, and of how they are read: the same digest means the same translations."""
        self._index = index

    @property
    def label(self) -> str:
        """Name and digest, as a run notes them: `desk:3fa2b1c4`."""
        return f"{self.engine.removeprefix(PREFIX)}:{self.digest}"

    def find(self, texts: Sequence[str], *, source: str, target: str) -> dict[str, Found]:
        """Return what is there of the texts. A text whose language is not known is found under any.

        An entry that names both languages comes before one that names none.
        """
        found: dict[str, Found] = {}
        languages = (target, *(() if source == UND.tag else (source,)))
        for start in range(0, len(texts), _MOST_PARAMETERS):
            batch = texts[start : start + _MOST_PARAMETERS]
            query = _FIND.format(texts=",".join("?" * len(batch)), source="" if source == UND.tag else _OF_SOURCE)
            # What stands first in the file, and names its languages, comes last and stays.
            rows = self._index.execute(query, (*batch, *languages))
            found |= {text: Found(translation, line) for text, translation, line in rows}
        return found

    def counts(self) -> dict[str, int]:
        """Return how many texts there are of each pair: `fr > en`, or `any > any`."""
        rows = self._index.execute("SELECT source, target, count(*) FROM entry GROUP BY source, target")
        return {f"{source or 'any'} > {target or 'any'}": count for source, target, count in rows}

    def problems(self, most: int = -1) -> Iterator[str]:
        """Yield the lines that are not used, and why: file, line, what is wrong."""
        for line, message in self._index.execute("SELECT line, message FROM problem ORDER BY line LIMIT ?", (most,)):
            yield f"{self.path}:{line}: {message}" if line else f"{self.path}: {message}"

    def problem_count(self) -> int:
        """Return how many lines are not used."""
        return int(self._index.execute("SELECT count(*) FROM problem").fetchone()[0])

    def close(self) -> None:
        """Close the index."""
        self._index.close()


def open_memory(path: Path, name: str, *, folder: Path, read: Read) -> Memory:
    """Return the file's memory, from the index that an earlier start made of the same bytes, or with a new one.

    Raises:
        UsageError: it cannot be read, or no line of it can be used.
    """
    digest = file_digest(path)
    index = folder / f"{digest}.sqlite"
    for _ in range(2):
        if (opened := _opened(index)) is not None:
            return Memory(path, name, digest[:DIGEST_LENGTH], opened)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with scratch_file(folder) as (new, stream):
                with closing(sqlite3.connect(new)) as making:
                    _fill(making, path, read)
                os.fsync(stream.fileno())
                new.replace(index)
        except (OSError, sqlite3.OperationalError):
            break  # no room, or nothing may be written there: an index of this process's own
    private = sqlite3.connect("", check_same_thread=False)
    _fill(private, path, read)
    return Memory(path, name, digest[:DIGEST_LENGTH], private)


def file_digest(path: Path) -> str:
    """Return the digest of a file of translations.

    Raises:
        UsageError: it is not there, or cannot be read.
    """
    try:
        if not path.is_file():
            problem = "not a file" if path.exists() else "there is no such file"
            raise UsageError(f"{path}: {problem}", hint="name a file of translations that is there")
        with path.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", hint="name a file that can be read") from error
    content.update(VERSION.encode())
    return content.hexdigest()


def clear(folder: Path) -> None:
    """Delete the indexes."""
    with suppress(OSError):
        sweep(folder)
        for path in folder.glob("*.sqlite"):
            path.unlink(missing_ok=True)


def _opened(index: Path) -> sqlite3.Connection | None:
    """Return the index, or none where it is not there or is damaged."""
    if not index.is_file():
        return None
    opened = sqlite3.connect(f"{index.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    try:
        opened.execute("SELECT 1 FROM entry, problem LIMIT 1").fetchone()
    except sqlite3.DatabaseError:
        opened.close()
        with suppress(OSError):
            index.unlink()
        return None
    return opened


def _fill(index: sqlite3.Connection, path: Path, read: Read) -> None:
    index.execute("PRAGMA journal_mode = OFF")
    index.execute("PRAGMA synchronous = OFF")
    index.executescript(_TABLES)
    with index:
        index.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", _sound(index, read(path)))
        index.execute(_INDEX)
        _set_contradictions_aside(index)
    entries, problems = (index.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("entry", "problem"))  # noqa: S608
    if problems and not entries:
        line, message = index.execute("SELECT line, message FROM problem ORDER BY line LIMIT 1").fetchone()
        hint = "none of its lines can be used: correct the file"
        raise UsageError(f"{path}:{line}: {message}", hint=hint)


def _sound(index: sqlite3.Connection, entries: Entries) -> Iterator[tuple[str, str, str, str, int]]:
    for entry in entries:
        if isinstance(entry, InputError):
            index.execute("INSERT INTO problem VALUES (?, ?)", (entry.line or 0, entry.message))
        else:
            yield entry.text, entry.source, entry.target, entry.translation, entry.line


def _set_contradictions_aside(index: sqlite3.Connection) -> None:
    """Where one file has two translations of one text nobody knows which is right: both are listed, neither is used."""
    for key in index.execute(_CONTRADICTIONS).fetchall():
        query = "SELECT translation, line FROM entry WHERE text = ? AND source = ? AND target = ? ORDER BY rowid"
        (first, first_line), *others = index.execute(query, key).fetchall()
        shown = f"{key[0][:_SHOWN]!r} is translated {{!r}} here and {{!r}} in line {{}}: neither is used"
        other, other_line = next(other for other in others if other[0] != first)
        for translation, line in [(first, first_line), *others]:
            differs = (first, first_line) if translation != first else (other, other_line)
            message = shown.format(translation[:_SHOWN], differs[0][:_SHOWN], differs[1])
            index.execute("INSERT INTO problem VALUES (?, ?)", (line, message))
        index.execute("DELETE FROM entry WHERE text = ? AND source = ? AND target = ?", key)
