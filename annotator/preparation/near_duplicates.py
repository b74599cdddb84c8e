"""Near-duplicates among the articles of a run: agency copy that several papers print.

Workers sketch what they process, and the run's ledger holds the sketches of the articles that are like none before
them, by their bands. A thousand copies are compared with one. An article is a copy of the first that it is like, in the
order of the inputs, so that neither the number of workers nor a stop on the way changes what is found.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from annotator.models import Article, Failure
from annotator.resemblance import BANDS, bands, has_words, resemblance, sketch, stored

Dedupe = Literal["", "link", "skip"]
NEAR_DUPLICATE = "near_duplicate"
_LEAST = 0.4
"""Of 2,480 agency reports that tell of different things, or of one thing again with news, no two have a fifth of their
five-word sequences in common. Copies keep more than half: of those with another first paragraph all are found, of
those cut by a third or with one word in twenty changed 19 of 20, of those cut by half 6 of 10."""
_TABLES = """
CREATE TABLE IF NOT EXISTS near_first (number INTEGER PRIMARY KEY, article_id TEXT UNIQUE, sketch BLOB);
CREATE TABLE IF NOT EXISTS near_band (key INTEGER, number INTEGER, PRIMARY KEY (key, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS near_link (article_id TEXT PRIMARY KEY, line TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS near_skipped (key BLOB PRIMARY KEY, line TEXT) WITHOUT ROWID;
"""
_CANDIDATES = f"""
SELECT number, article_id, sketch FROM near_first
WHERE number IN (SELECT number FROM near_band WHERE key IN ({", ".join("?" * BANDS)})) ORDER BY number
"""  # noqa: S608 - question marks alone


def sketch_of(article: Article) -> bytes:
    """Return the sketch of the article's units; nothing where they hold no word, which is like nothing."""
    text = "\n".join(unit.text for unit in article.units)
    return sketch(text).tobytes() if has_words(text) else b""


class _First(NamedTuple):
    number: int
    article_id: str
    sketch: bytes


class NearDuplicates:
    """The index of one run. What is found is noted by `write`, in the transaction of whoever writes the results."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.executescript(_TABLES)
        self._next = 1 + int(database.execute("SELECT coalesce(max(number), 0) FROM near_first").fetchone()[0])
        self._waiting: dict[int, _First] = {}
        self._by_band: dict[int, list[int]] = {}
        self._links: list[tuple[str, str]] = []
        self._skipped: list[tuple[bytes, str]] = []

    def meet(self, article_id: str, source: str, sketched: bytes) -> Failure | None:
        """Return the line that lists a near-duplicate; none where the article is the first of its kind."""
        if not sketched:
            return None
        keys = bands(stored(sketched))
        for first in (*self._noted(keys), *self._not_noted(keys)):
            alike = resemblance(stored(first.sketch), stored(sketched))
            if alike >= _LEAST and first.article_id != article_id:
                return _line(source, article_id, first.article_id, alike)
        self._waiting[self._next] = _First(self._next, article_id, sketched)
        for key in keys:
            self._by_band.setdefault(key, []).append(self._next)
        self._next += 1
        return None

    def link(self, line: Failure) -> None:
        """Let the next `write` note that an article which is kept is a near-duplicate."""
        self._links.append((line.article_id, line.model_dump_json()))

    def skip(self, key: bytes, line: Failure) -> None:
        """Let the next `write` note that an input is a near-duplicate which is left out."""
        self._skipped.append((key, line.model_dump_json()))

    def link_of(self, article_id: str) -> Failure | None:
        """Return the line of a near-duplicate that an earlier start kept."""
        return self._stored("SELECT line FROM near_link WHERE article_id = ?", article_id)

    def skipped(self, key: bytes) -> Failure | None:
        """Return the line of a near-duplicate that an earlier start left out."""
        return self._stored("SELECT line FROM near_skipped WHERE key = ?", key)

    @property
    def has_news(self) -> bool:
        """Whether there is anything to note."""
        return bool(self._waiting or self._links or self._skipped)

    def write(self) -> None:
        """Note what was found."""
        rows = ((key, number) for key, numbers in self._by_band.items() for number in numbers)
        self._database.executemany("INSERT OR IGNORE INTO near_band VALUES (?, ?)", rows)
        self._database.executemany("INSERT OR REPLACE INTO near_first VALUES (?, ?, ?)", self._waiting.values())
        self._database.executemany("INSERT OR REPLACE INTO near_link VALUES (?, ?)", self._links)
        self._database.executemany("INSERT OR REPLACE INTO near_skipped VALUES (?, ?)", self._skipped)
        self._waiting, self._by_band, self._links, self._skipped = {}, {}, [], []

    def forget(self, article_ids: Iterable[str]) -> None:
        """Take articles out. What was like them is read again: it may be the first of its kind now."""
        for article_id in article_ids:
            of_article = "(SELECT number FROM near_first WHERE article_id = ?)"
            self._database.execute(f"DELETE FROM near_band WHERE number = {of_article}", (article_id,))  # noqa: S608
            self._database.execute("DELETE FROM near_first WHERE article_id = ?", (article_id,))
            self._database.execute("DELETE FROM near_link WHERE article_id = ?", (article_id,))
        self._database.execute("DELETE FROM near_skipped")

    def forget_links_to(self, article_id: str) -> None:
        """Take out what says of other articles that they are like this one."""
        rows = self._database.execute("SELECT article_id, line FROM near_link").fetchall()
        linked = [(name,) for name, line in rows if json.loads(line).get("duplicate_of") == article_id]
        self._database.executemany("DELETE FROM near_link WHERE article_id = ?", linked)

    def _noted(self, keys: list[int]) -> Iterator[_First]:
        return (_First(*row) for row in self._database.execute(_CANDIDATES, keys).fetchall())

    def _not_noted(self, keys: list[int]) -> Iterator[_First]:
        numbers = sorted({number for key in keys for number in self._by_band.get(key, ())})
        return (self._waiting[number] for number in numbers)

    def _stored(self, query: str, value: bytes | str) -> Failure | None:
        row = self._database.execute(query, (value,)).fetchone()
        return Failure.model_validate_json(row[0]) if row else None


def _line(source: str, article_id: str, first: str, alike: float) -> Failure:
    return Failure.model_validate(
        {
            "step": "read",
            "source": source,
            "article_id": article_id,
            "reason": NEAR_DUPLICATE,
            "message": f"about {alike:.0%} of its five-word sequences are those of {first}",
            "duplicate_of": first,
            "resemblance": round(alike, 3),
        }
    )
