"""Train, validation and test: by article, like ones together, stratified, stable when articles are added.

Near-duplicates (agency copy in several papers) are found by their sketches (`resemblance`), which share a band.
Groups of articles are dealt to the split that is furthest behind in what they hold, the largest first, in the spirit
of K. Sechidis, G. Tsoumakas, I. Vlahavas, "On the stratification of multi-label data" (ECML PKDD 2011). An article
that an earlier dataset has put somewhere stays there.

Everything is kept on disk, so that memory does not grow with the corpus.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from annotator.dataset.leakage import Joining, Leakage, UnitTexts
from annotator.errors import UsageError
from annotator.output import json_members
from annotator.resemblance import BANDS, alike, bands, sketch, stored

if TYPE_CHECKING:
    from annotator.resemblance import Sketch

NAMES = ("train", "validation", "test")
SPLITS = "splits.json"
"""Which article is in which split, so that the next export keeps it there."""

_TABLES = """
CREATE TABLE article (
    id TEXT PRIMARY KEY, root TEXT, sketch BLOB, size INTEGER, split TEXT, place INTEGER, group_of TEXT
) WITHOUT ROWID;
CREATE TABLE band (key INTEGER, article TEXT);
CREATE INDEX band_key ON band (key);
CREATE TABLE stratum (article TEXT, name TEXT, number INTEGER);
CREATE INDEX root ON article (root);
CREATE INDEX group_of ON article (group_of);
CREATE UNIQUE INDEX place ON article (place);
CREATE INDEX in_article ON stratum (article);
CREATE TABLE earlier (id TEXT PRIMARY KEY, split TEXT) WITHOUT ROWID;
"""


Together = Literal["articles", "units"]
"""What no split divides: articles, or also articles that have units which say the same."""


@dataclass(frozen=True)
class SplitOptions:
    """How to split: shares of the units in order, the seed that breaks ties, and what stays together."""

    shares: tuple[tuple[str, float], ...] = (("train", 0.8), ("validation", 0.1), ("test", 0.1))
    seed: int = 1
    keep_together: Together = "articles"


def shares(text: str) -> tuple[tuple[str, float], ...]:
    """Return the shares of train, validation and test from three numbers, `0.8,0.1,0.1` or `80,10,10`.

    Raises:
        UsageError: there are not three of them, one is negative, or all are zero.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != len(NAMES) or min(numbers) < 0 or not 0 < sum(numbers) < float("inf"):
        message = f"--shares {text!r}: these are not three shares, none of them negative and not all zero"
        raise UsageError(message, hint="for example --shares 0.8,0.1,0.1")
    return tuple((name, number / sum(numbers)) for name, number in zip(NAMES, numbers, strict=True))


class Splits(AbstractContextManager["Splits"]):
    """Takes articles, then gives the split of each."""

    def __init__(self, options: SplitOptions) -> None:
        self._options = options
        self._texts = UnitTexts()
        self._number = 0
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.executescript(_TABLES)
        self._database.execute("BEGIN")

    def keep(self, earlier: Iterable[tuple[str, str]]) -> None:
        """Take the splits that an earlier dataset gave to its articles."""
        names = {name for name, _ in self._options.shares}
        splits = ((article, split) for article, split in earlier if split in names)
        self._database.executemany("INSERT OR REPLACE INTO earlier VALUES (?, ?)", splits)

    def add(self, article: str, text: str, strata: Mapping[str, int]) -> None:
        """Take one article: its text, and how many of its units are in each stratum (language and label)."""
        sketched = sketch(text)
        root = self._like(article, sketched) or article
        self._database.execute(
            "INSERT INTO article VALUES (?, ?, ?, ?, '', ?, '')",
            (article, root, sketched.tobytes(), sum(strata.values()), self._number),
        )
        self._texts.add(text)
        self._number += 1
        self._database.executemany("INSERT INTO stratum VALUES (?, ?, ?)", ((article, *row) for row in strata.items()))

    def assign(self) -> None:
        """Give every article its split."""
        self._group()
        totals = Counter(dict(self._database.execute("SELECT name, SUM(number) FROM stratum GROUP BY name")))
        held = self._settle()
        for root in self._unsettled():
            strata = Counter(dict(self._database.execute(_STRATA, (root,))))
            split = self._neediest(strata, held, totals)
            held[split] += strata
            self._database.execute("UPDATE article SET split = ? WHERE group_of = ?", (split, root))

    def of(self, article: str) -> str:
        """Return the article's split."""
        row = self._database.execute("SELECT split FROM article WHERE id = ?", (article,)).fetchone()
        return str(row[0]) if row else ""

    def assigned(self) -> Iterator[tuple[str, str, str]]:
        """Yield article, split, and the first of the articles it is a near-duplicate of (itself, mostly), by id."""
        return iter(self._database.execute("SELECT id, split, root FROM article ORDER BY id"))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop everything."""
        self._texts.__exit__(kind, error, trace)
        self._database.close()

    def leakage(self) -> Leakage:
        """Count the units that say the same in several splits."""
        numbers = {name: number for number, name in enumerate(("", *(name for name, _ in self._options.shares)))}
        rows = self._database.execute("SELECT split FROM article ORDER BY place")
        return self._texts.leakage([numbers[split] for (split,) in rows])

    def groups(self) -> int:
        """Return how many groups of articles there are that are not divided."""
        return int(self._database.execute("SELECT COUNT(DISTINCT group_of) FROM article").fetchone()[0])

    def _group(self) -> None:
        """Put near-duplicates into one group, and where that is asked for articles that have a unit in common."""
        self._database.execute("UPDATE article SET group_of = root")
        if self._options.keep_together != "units":
            return
        rows = self._database.execute("SELECT id, group_of FROM article ORDER BY place").fetchall()
        number_of = {article: number for number, (article, _) in enumerate(rows)}
        joined = Joining(len(rows))
        for number, (_, root) in enumerate(rows):
            joined.join(number, number_of[root])
        for pair in self._texts.together():
            joined.join(*pair)
        groups = ((rows[joined.of(number)][0], number) for number in range(len(rows)))
        self._database.executemany("UPDATE article SET group_of = ? WHERE place = ?", groups)

    def _like(self, article: str, sketched: Sketch) -> str:
        """Return the root of the articles that this one is like, joined into one group; empty if there is none.

        A band of a group that is there already is not stored again: a thousand copies cost as much as one.
        """
        root = ""
        keys = bands(sketched)
        shared = {key for (key,) in self._database.execute(_SHARED, keys)}
        new = set(keys) - shared
        for key in (key for key in keys if key in shared):
            joined = False
            for other, known in self._database.execute(_CANDIDATES, (key,)).fetchall():
                if other == root or alike(stored(known), sketched):
                    root, joined = self._join(root, other), True
            if not joined:
                new.add(key)
        self._database.executemany("INSERT INTO band VALUES (?, ?)", ((key, article) for key in new))
        return root

    def _join(self, root: str, other: str) -> str:
        if root and root != other:
            first, second = sorted((root, other))
            self._database.execute("UPDATE article SET root = ? WHERE root = ?", (first, second))
            return first
        return other

    def _settle(self) -> dict[str, Counter[str]]:
        """Give articles the split they had, and new near-duplicates of them the first one's; return what each holds.

        Articles that were apart stay apart, even if a new one is like both: moving one would break a published split.
        """
        self._database.execute(_AS_BEFORE)
        self._database.execute(_LIKE_THE_FIRST)
        held: dict[str, Counter[str]] = {name: Counter() for name, _ in self._options.shares}
        for split, stratum, number in self._database.execute(_HELD):
            held[split][stratum] = number
        return held

    def _unsettled(self) -> list[str]:
        """The groups without a split, the largest first, equal ones as the seed has it."""
        rows = self._database.execute(
            "SELECT group_of, SUM(size) FROM article WHERE split = '' GROUP BY group_of"
        ).fetchall()
        return [root for root, _ in sorted(rows, key=lambda row: (-row[1], self._drawn(row[0])))]

    def _neediest(self, strata: Mapping[str, int], held: Mapping[str, Counter[str]], totals: Mapping[str, int]) -> str:
        def need(split: tuple[str, float]) -> float:
            name, share = split
            return sum(
                number * (share * totals[stratum] - held[name][stratum]) / (share * totals[stratum])
                for stratum, number in strata.items()
            )

        return max((split for split in self._options.shares if split[1] > 0), key=need)[0]

    def _drawn(self, article: str) -> bytes:
        return hashlib.sha256(f"{self._options.seed}:{article}".encode()).digest()


_SHARED = f"SELECT key FROM band WHERE key IN ({', '.join('?' * BANDS)})"  # noqa: S608 - question marks alone
_CANDIDATES = "SELECT article.root, article.sketch FROM band JOIN article ON article.id = band.article WHERE key = ?"
_STRATA = "SELECT name, SUM(number) FROM stratum JOIN article ON article = id WHERE group_of = ? GROUP BY name"
_AS_BEFORE = "UPDATE article SET split = COALESCE((SELECT split FROM earlier WHERE earlier.id = article.id), '')"
_LIKE_THE_FIRST = """
UPDATE article SET split = COALESCE(
    (
        SELECT known.split FROM earlier JOIN article AS known USING (id) WHERE known.group_of = article.group_of
        ORDER BY id LIMIT 1
    ),
    ''
)
WHERE split = ''
"""
_HELD = (
    "SELECT split, name, SUM(number) FROM stratum JOIN article ON article = id WHERE split != '' GROUP BY split, name"
)


def read_splits(path: Path) -> Iterator[tuple[str, str]]:
    """Yield article and split; nothing where the file is missing.

    Raises:
        UsageError: the file is damaged.
    """
    if not path.is_file():
        return
    import ijson
    from ijson.common import JSONError

    try:
        with path.open("rb") as stream:
            yield from ((str(article), str(split)) for article, split in ijson.kvitems(stream, "articles"))
    except JSONError as error:
        raise UsageError(f"{path}: {error}", hint="move the old dataset away") from error


def write_splits(path: Path, splits: Splits, options: SplitOptions) -> None:
    """Write the splits, and which articles are near-duplicates of which other one."""
    head = json.dumps({"seed": options.seed, "shares": dict(options.shares), "keep_together": options.keep_together})[
        :-1
    ]
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        with json_members(stream.write, f'{head}, "articles": {{', "}") as append:
            for article, split, _ in splits.assigned():
                append(_member(article, split))
        with json_members(stream.write, ', "near_duplicates": {', "}}\n") as append:
            for article, _, root in splits.assigned():
                if article != root:
                    append(_member(article, root))


def _member(name: str, value: str) -> str:
    return f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(value)}"
