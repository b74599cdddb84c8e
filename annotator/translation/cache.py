"""Translations made before, in one SQLite file that several runs can share. Losing it costs time, nothing else."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from annotator.models import Translation

CACHE_FILE = "translations.sqlite"
"""Its name in the data folder."""

_SCHEMA = "CREATE TABLE IF NOT EXISTS translation (key BLOB PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
# SQLite took at most 999 parameters in a statement before version 3.32.
_MOST_PARAMETERS = 500

T = TypeVar("T")
Row = tuple[bytes, str]
"""The key of a text and its translation as JSON."""


@dataclass(frozen=True)
class CacheStats:
    """How much is stored."""

    path: Path
    translations: int
    size: int


class Cache:
    """Stored translations. A file that cannot be read or written counts as empty: it never stops a run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, signature: str, texts: Sequence[str]) -> dict[str, Translation]:
        """Return what is stored of the texts. `signature` holds everything else that decides a translation."""
        keys = {_key(signature, text): text for text in texts}
        wanted = list(keys)

        def read(connection: sqlite3.Connection) -> dict[str, Translation]:
            stored: dict[str, Translation] = {}
            for start in range(0, len(wanted), _MOST_PARAMETERS):
                batch = wanted[start : start + _MOST_PARAMETERS]
                placeholders = ",".join("?" * len(batch))
                rows = connection.execute(f"SELECT key, value FROM translation WHERE key IN ({placeholders})", batch)  # noqa: S608
                stored |= {keys[key]: Translation.model_validate_json(value) for key, value in rows}
            return stored

        return self._with_connection(read, {})

    def put(self, signature: str, translations: Mapping[str, Translation]) -> None:
        """Store translations by their source text. Failures are not for storing."""
        self.store(_rows(signature, translations))

    def store(self, rows: Sequence[Row]) -> None:
        """Store rows of a `CollectingCache`."""

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT OR REPLACE INTO translation VALUES (?, ?)", rows)

        self._with_connection(write, None)

    def forget(self, texts: Collection[str]) -> int:
        """Delete every translation that reads so; return how many there were.

        Keys are digests, so the whole file is read. Another article with the same words loses time, nothing else.
        """

        def delete(connection: sqlite3.Connection) -> int:
            rows = connection.execute("SELECT key, value FROM translation")
            keys = [(key,) for key, value in rows if Translation.model_validate_json(value).text in texts]
            connection.execute("PRAGMA secure_delete = ON")
            connection.executemany("DELETE FROM translation WHERE key = ?", keys)
            return len(keys)

        return self._with_connection(delete, 0) if texts and self.path.exists() else 0

    def stats(self) -> CacheStats:
        """Return how many translations are stored, and in how many bytes."""

        def count(connection: sqlite3.Connection) -> int:
            return int(connection.execute("SELECT count(*) FROM translation").fetchone()[0])

        stored = self._with_connection(count, 0) if self.path.exists() else 0
        return CacheStats(self.path, stored, self.path.stat().st_size if self.path.exists() else 0)

    def clear(self) -> None:
        """Delete the file."""
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def _with_connection(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """Open, work, commit and close. A damaged file is deleted; a locked or read-only one is passed over."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=30.0)) as connection, connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute(_SCHEMA)
                return work(connection)
        except (sqlite3.OperationalError, OSError):
            return otherwise
        except (sqlite3.DatabaseError, ValidationError):
            self.clear()
            return otherwise


class CollectingCache:
    """Reads a cache and keeps what is to be stored in it for whoever may write: the one process that drives a run."""

    def __init__(self, path: Path) -> None:
        self._stored = Cache(path)
        self._rows: list[Row] = []

    def get(self, signature: str, texts: Sequence[str]) -> dict[str, Translation]:
        """Return what is stored of the texts."""
        return self._stored.get(signature, texts)

    def put(self, signature: str, translations: Mapping[str, Translation]) -> None:
        """Keep translations until they are taken."""
        self._rows += _rows(signature, translations)

    def take(self) -> tuple[Row, ...]:
        """Return what came since the last time, for `Cache.store`."""
        rows, self._rows = tuple(self._rows), []
        return rows


AnyCache = Cache | CollectingCache


def _rows(signature: str, translations: Mapping[str, Translation]) -> list[Row]:
    return [(_key(signature, text), translation.model_dump_json()) for text, translation in translations.items()]


def _key(signature: str, text: str) -> bytes:
    return hashlib.sha256(f"{signature}\n{text}".encode("utf-8", "surrogatepass")).digest()
