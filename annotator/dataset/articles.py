"""`articles.jsonl` of a dataset: what its units were cut from, with as much of the text as may leave.

An answer names its article's revision, and so does a line here: of an article that was corrected while people labelled
it there are two. Everything is kept on disk, so that memory does not grow with the corpus.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from pydantic_core import from_json

from annotator.dataset.privacy import TextPolicy, known_standing, masked, strictest, without_texts
from annotator.errors import InputError, UsageError
from annotator.models import DatasetArticle, Record, Retention
from annotator.readers.lines import limited_lines
from annotator.readers.packed import opened

ARTICLES = "articles.jsonl"
_LARGEST = 256 * 2**20
"""Bytes of a line: an article of 50 MB stands in it once more as its units, and JSON may escape every character."""
_TABLE = "CREATE TABLE article (id TEXT, revision TEXT, line BLOB, PRIMARY KEY (id, revision)) WITHOUT ROWID"
_HINT = "--articles takes a run folder of annotator prepare, or its articles.jsonl"
_GIVEN = ("title", "url", "site", "author", "published", "section", "rights")
_NEEDED = ("article_id", "revision", "text")
_KINDS = {**dict.fromkeys((*_NEEDED, *_GIVEN), str), "source": dict, "language": dict, "units": list}


class Joined(NamedTuple):
    """What is known of the texts of a dataset's articles."""

    revisions: int = 0
    """Lines of `articles.jsonl`."""
    known: int = 0
    """Of them, those whose text was given: they have at least its hash and its length."""


def article_files(paths: Iterable[Path]) -> list[Path]:
    """Return the file of articles that each path names: a run folder has one.

    Raises:
        UsageError: there is none.
    """
    files = [path / ARTICLES if path.is_dir() else path for path in paths]
    if missing := next((path for path in files if not path.is_file()), None):
        raise UsageError(f"--articles: {missing}: no such file", hint=_HINT)
    return files


class Articles(AbstractContextManager["Articles"]):
    """Takes records, those of an article one after the other, then the articles; gives the lines back by id."""

    def __init__(self, policy: TextPolicy) -> None:
        self._policy = policy
        self._of_article: dict[str, DatasetArticle] = {}
        self._article = ""
        self._known = 0
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute(_TABLE)
        self._database.execute("BEGIN")

    def add(self, record: Record) -> None:
        """Take a record as it leaves: what it tells of its article is what may be told."""
        if record.data.article_id != self._article:
            self._store()
            self._article = record.data.article_id
        known = self._of_article.get(record.revision)
        if known is None:
            self._of_article[record.revision] = _of_record(record)
        elif record.retention is not known.retention:
            retention = strictest(known.retention, record.retention)
            self._of_article[record.revision] = known.model_copy(update={"retention": retention})

    def join(self, files: Sequence[Path]) -> None:
        """Add the texts of the articles that the records are of.

        Raises:
            UsageError: a file holds something else.
        """
        self._store()
        for path in files:
            for number, given in _lines(path):
                key = (given["article_id"], given["revision"])
                row = self._database.execute("SELECT line FROM article WHERE id = ? AND revision = ?", key).fetchone()
                if row is None:
                    continue
                article = DatasetArticle.model_validate_json(row[0])
                if article.length is None:
                    self._known += 1
                self._put(self._with_text(article, given, f"{path}:{number}"))

    def write(self, path: Path) -> Joined:
        """Write `articles.jsonl`."""
        self._store()
        revisions = 0
        with path.open("wb") as stream:
            for (line,) in self._database.execute("SELECT line FROM article ORDER BY id, revision"):
                stream.write(line)
                revisions += 1
        return Joined(revisions, self._known)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop everything."""
        self._database.close()

    def _store(self) -> None:
        for article in self._of_article.values():
            self._put(article)
        self._of_article = {}

    def _put(self, article: DatasetArticle) -> None:
        row = (article.article_id, article.revision, article.json_bytes())
        self._database.execute("INSERT OR REPLACE INTO article VALUES (?, ?, ?)", row)

    def _with_text(self, article: DatasetArticle, given: Mapping[str, Any], place: str) -> DatasetArticle:
        """Return the line with the text, or with its hash and length alone, as the stricter of both says."""
        text = given["text"]
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        if not sha256.startswith(article.revision):
            raise UsageError(f"--articles: {place}: the text is not that of revision {article.revision}", hint=_HINT)
        standing = known_standing(str(given.get("rights") or "") or article.rights)
        own = self._policy.of(str(given.get("retention") or ""), standing)
        retention = strictest(article.retention, own)
        is_masked = self._policy.mask_handles
        told = {name: given[name] for name in _GIVEN if given.get(name) and not getattr(article, name)}
        if is_masked:
            told = {name: masked(text) for name, text in told.items()}
        if retention is not Retention.FULL:
            told.pop("title", None)
        leaves = retention is Retention.FULL
        fields = {} if is_masked or retention is Retention.OFFSETS else given.get("source") or {}
        return article.model_copy(
            update={
                **told,
                "text": (_masked(text, given.get("units") or ()) if is_masked else text) if leaves else "",
                "sha256": sha256,
                "length": len(text),
                "language": article.language or (given.get("language") or {}).get("tag", ""),
                "source": fields if leaves else without_texts(fields, given.get("title") or ""),
                "retention": retention,
                "is_masked": is_masked and leaves,
            }
        )


def _of_record(record: Record) -> DatasetArticle:
    data = record.data
    return DatasetArticle(
        article_id=data.article_id,
        revision=record.revision,
        title=data.article_title,
        url=data.url,
        site=data.site,
        author=data.author,
        published=data.published,
        section=data.section,
        language=data.article_language,
        source=data.source,
        rights=record.rights,
        retention=record.retention,
    )


def _masked(text: str, units: Sequence[object]) -> str:
    """Return the text with handles crossed out as they are in its units, each of which was looked at alone."""
    ends = {unit.get(end) for unit in units if isinstance(unit, dict) for end in ("start", "end")}
    cuts = sorted({0, len(text), *(end for end in ends if isinstance(end, int) and 0 < end < len(text))})
    return "".join(masked(text[start:end]) for start, end in pairwise(cuts))


def _lines(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the number of each line that holds an article with its text, and what it holds."""
    try:
        with opened(path) as stream:
            for number, line in enumerate(limited_lines(stream, most=_LARGEST), start=1):
                if isinstance(line, InputError):
                    raise UsageError(f"--articles: {path}:{number}: {line.message}", hint=_HINT)
                if given := _article(line):
                    yield number, given
                elif line.strip():
                    raise UsageError(f"--articles: {path}:{number}: not an article", hint=_HINT)
    except InputError as error:
        raise UsageError(f"--articles: {path}: {error.message}", hint=_HINT) from error


def _article(line: bytes) -> Mapping[str, Any] | None:
    """Read the line without its units' values: they are most of it, and only their places count."""
    try:
        given = from_json(line)
    except ValueError:
        return None
    return given if isinstance(given, dict) and all(_is_right(given, name) for name in _KINDS) else None


def _is_right(given: Mapping[str, Any], name: str) -> bool:
    return isinstance(given.get(name), _KINDS[name]) or (name not in _NEEDED and not given.get(name))
