"""Which inputs and articles were met so far, in SQLite: memory does not grow with the corpus."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from annotator.preparation.near_duplicates import NearDuplicates
from annotator.preparation.work import Packed

TABLES = """
CREATE TABLE IF NOT EXISTS article (
  article_id TEXT PRIMARY KEY, revision TEXT, units INTEGER, asides INTEGER, source TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS lacking (article_id TEXT PRIMARY KEY, message TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS input (key BLOB PRIMARY KEY, article_id TEXT) WITHOUT ROWID;
"""
# lacking: articles with units that an engine failed on, and what is said of it.
# input: the keys of `readers.Unread`, so that a start that goes on need not read what is done.
_OF_THIS_START = "CREATE TEMP TABLE met (article_id TEXT PRIMARY KEY) WITHOUT ROWID"
_BY_ID = """
SELECT article_id, revision, units, asides, source, coalesce(message, '')
FROM article LEFT JOIN lacking USING (article_id) WHERE article_id = ?
"""
_BY_INPUT = _BY_ID.replace("?", "(SELECT article_id FROM input WHERE key = ?)")

_INSERT = "INSERT INTO article (article_id, revision, units, asides, source) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class StoredArticle:
    """What is noted of one processed article."""

    article_id: str
    revision: str
    units: int
    asides: int
    source: str
    """Where it stood; empty in the ledgers of earlier versions."""
    lacks: str = ""
    """As of `Packed`."""


class Register:
    """The articles of one run. What is met is noted by `write`, in the transaction of whoever writes the results."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._waiting: dict[str, StoredArticle] = {}
        self._keys: list[tuple[bytes, str]] = []
        database.executescript(TABLES)
        self.near = NearDuplicates(database)
        database.execute(_OF_THIS_START)

    def of_input(self, key: bytes) -> StoredArticle | None:
        """Return the article that an input became."""
        return self._one(_BY_INPUT, key)

    def of_article(self, article_id: str) -> StoredArticle | None:
        """Return what is noted of an article, or will be by the next `write`."""
        noted = self._waiting.get(article_id)
        return noted or self._one(_BY_ID, article_id)

    @property
    def has_news(self) -> bool:
        """Whether there is anything to note."""
        return bool(self._waiting or self._keys) or self.near.has_news

    def meet(self, article_id: str) -> bool:
        """Tell whether this start meets the article for the first time."""
        return self._database.execute("INSERT OR IGNORE INTO met VALUES (?)", (article_id,)).rowcount > 0

    def add_input(self, key: bytes, article_id: str) -> None:
        """Let the next `write` note what an input became."""
        if key:
            self._keys.append((key, article_id))

    def add(self, packed: Packed) -> StoredArticle:
        """Let the next `write` note an article."""
        stored = StoredArticle(
            packed.article_id, packed.revision, packed.units, packed.asides, packed.source_file, packed.lacks
        )
        self._waiting[packed.article_id] = stored
        return stored

    def write(self) -> None:
        """Note what was added."""
        rows = [
            (stored.article_id, stored.revision, stored.units, stored.asides, stored.source)
            for stored in self._waiting.values()
        ]
        self._database.executemany(_INSERT, rows)
        self.note_lacking({stored.article_id: stored.lacks for stored in self._waiting.values()})
        self._database.executemany("INSERT OR REPLACE INTO input VALUES (?, ?)", self._keys)
        self._waiting, self._keys = {}, []
        self.near.write()

    def note_lacking(self, messages: Mapping[str, str]) -> None:
        """Note what each of these articles lacks, which may be nothing any more."""
        self._database.executemany("DELETE FROM lacking WHERE article_id = ?", [(name,) for name in messages])
        rows = [(name, message) for name, message in messages.items() if message]
        self._database.executemany("INSERT INTO lacking VALUES (?, ?)", rows)

    def lacking(self) -> str:
        """Return the id of an article that lacks translations, nothing where none does."""
        row = self._database.execute("SELECT article_id FROM lacking LIMIT 1").fetchone()
        return str(row[0]) if row else ""

    def forget(self, article_ids: Collection[str]) -> None:
        """Take articles out."""
        self.near.forget(article_ids)
        self._database.executemany("DELETE FROM lacking WHERE article_id = ?", [(name,) for name in article_ids])
        self._database.executemany("DELETE FROM article WHERE article_id = ?", [(name,) for name in article_ids])
        self._database.execute("DELETE FROM input WHERE article_id NOT IN (SELECT article_id FROM article)")

    def inputs_of(self, article_ids: Collection[str]) -> list[tuple[bytes, str]]:
        """Return the inputs that became these articles."""
        query = "SELECT key, article_id FROM input WHERE article_id = ?"
        return [row for name in sorted(article_ids) for row in self._database.execute(query, (name,))]

    def count(self) -> int:
        """Return how many articles there are."""
        return int(self._database.execute("SELECT count(*) FROM article").fetchone()[0])

    def revisions(self) -> Iterator[tuple[str, str]]:
        """Yield id and revision of every article."""
        yield from self._database.execute("SELECT article_id, revision FROM article ORDER BY article_id")

    def _one(self, query: str, *values: bytes | str) -> StoredArticle | None:
        row: Sequence[object] | None = self._database.execute(query, values).fetchone()
        return StoredArticle(*row) if row else None  # type: ignore[arg-type]


def passing_register() -> Register:
    """Return a register for results that are in no folder; it lies in a file of SQLite's own that ends with it."""
    return Register(sqlite3.connect("", isolation_level=None))
