"""Whether a dataset is whole: its files are those of the manifest, and its offsets lead to its units' words.

Nothing of the tool's state is needed: whoever got the folder can check it.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from annotator.dataset.articles import ARTICLES
from annotator.dataset.folder import MANIFEST, earlier_manifest, sha256
from annotator.dataset.formats.jsonl import RECORDS
from annotator.dataset.reading import Progress
from annotator.errors import InputError, UsageError
from annotator.models import DatasetArticle, Manifest, Mention, Record, RecordStatus, Value
from annotator.readers.lines import limited_lines
from annotator.text import digest, reading_form

REASONS = {
    "missing": "a file that the manifest names is not there",
    "changed": "a file has other bytes than the export wrote",
    "unknown": "a file that the manifest does not name",
    "unfinished": "an export into the folder was killed on the way",
    "count": "there are more or fewer records, or of a label or a split, than the manifest says",
    "record": "a line of records.jsonl that is no record",
    "repeated": "a unit, or an article, that stands there twice",
    "article": "a line of articles.jsonl that is no article, or whose text is not that of its hash",
    "no_article": "a record of an article that articles.jsonl does not have",
    "offsets": "the words at a unit's offsets are not the unit's",
    "mention": "the words at a mention's offsets are not the mention's",
}
_LARGEST = 256 * 2**20
PAGE = "report.html"
"""What `annotator report` writes there."""
_NO_DATASET = "annotator export SOURCE --out FOLDER"
_SHOWN = 60
T = TypeVar("T", bound=Value)


class Fault(NamedTuple):
    """What is wrong, and where."""

    file: str
    line: int | None
    reason: str
    """One of REASONS."""
    message: str


@dataclass
class Verification:
    """What was looked at, and every fault."""

    files: int = 0
    records: int = 0
    articles: int = 0
    checked: int = 0
    """Records whose offsets were compared with the article's text."""
    faults: list[Fault] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Records by each list of the manifest, and name there."""


def verify(folder: Path, *, progress: Progress = lambda _records: None) -> Verification:
    """Check a dataset folder.

    Raises:
        UsageError: it is not one.
    """
    manifest = earlier_manifest(folder)
    if manifest is None:
        raise UsageError(f"{folder}: not a dataset, for it has no {MANIFEST} of one", hint=_NO_DATASET)
    found = Verification(files=len(manifest.files))
    found.faults += _of_files(folder, manifest)
    with closing(sqlite3.connect("", isolation_level=None)) as database:
        database.execute("CREATE TABLE article (id TEXT, revision TEXT, place INTEGER, PRIMARY KEY (id, revision))")
        database.execute("BEGIN")
        if ARTICLES in manifest.files and (folder / ARTICLES).is_file():  # no dataset of version 1 has them
            _read_articles(folder, database, found)
        _read_records(folder, database, found, progress)
    found.faults += _of_counts(manifest, found)
    return found


def _of_counts(manifest: Manifest, found: Verification) -> Iterator[Fault]:
    """Compare the manifest, which has no hash of its own, with the records; an older one lacks some of its lists."""
    stated = {"records": {"": manifest.counts.get("records", found.records)}}
    stated["status"] = {status: number for status, number in manifest.counts.items() if status in tuple(RecordStatus)}
    lists = {"label": manifest.labels, "split": manifest.splits, "retention": manifest.retention}
    stated |= {name: numbers for name, numbers in lists.items() if numbers or name == "label"}
    there = found.counts + Counter({("records", ""): found.records})
    for kind, name in sorted(there.keys() | {(kind, name) for kind, numbers in stated.items() for name in numbers}):
        said = stated.get(kind, {}).get(name, 0)
        if kind in stated and said != there[kind, name]:
            what = f"{there[kind, name]} records" + (f" of {kind} '{name}'" if kind != "records" else "")
            yield Fault(RECORDS, None, "count", f"{what}, and the manifest says {said}")


def _counted(record: Record) -> Iterator[tuple[str, str]]:
    yield "status", record.status
    yield "split", record.split
    yield "retention", record.retention
    if record.label:
        yield "label", record.label


def _of_files(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    if manifest.replacing:
        yield Fault(MANIFEST, None, "unfinished", "an export into the folder was killed on the way: export again")
    for name, noted in manifest.files.items():
        if ".." in PurePosixPath(name).parts or PurePosixPath(name).is_absolute() or not (folder / name).is_file():
            yield Fault(name, None, "missing", "is not there")
        elif sha256(folder / name) != noted:
            yield Fault(name, None, "changed", "was changed since the export that wrote it")
    known = {MANIFEST, PAGE, *manifest.files}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name not in known and not path.is_dir() and not _is_hidden(name):
            yield Fault(name, None, "unknown", f"is not in {MANIFEST}")


def _is_hidden(name: str) -> bool:
    """A folder that is a repository has `.git` and `.gitattributes`, which are no part of the dataset."""
    return any(part.startswith(".") for part in PurePosixPath(name).parts)


def _read_articles(folder: Path, database: sqlite3.Connection, found: Verification) -> None:
    place = 0
    with (folder / ARTICLES).open("rb") as stream:
        for number, line in enumerate(limited_lines(stream, most=_LARGEST), start=1):
            article = line if isinstance(line, InputError) else _parsed(line, DatasetArticle)
            if isinstance(article, DatasetArticle):
                found.articles += 1
                row = (article.article_id, article.revision, place)
                if not database.execute("INSERT OR IGNORE INTO article VALUES (?, ?, ?)", row).rowcount:
                    message = f"{article.article_id} stands there twice in revision {article.revision}"
                    found.faults.append(Fault(ARTICLES, number, "repeated", message))
            if problem := str(article) if not isinstance(article, DatasetArticle) else _problem_of(article):
                found.faults.append(Fault(ARTICLES, number, "article", problem))
            place = stream.tell()


def _problem_of(article: DatasetArticle) -> str:
    if article.text and article.length != len(article.text):
        return f"its text has {len(article.text)} characters, and the line says {article.length}"
    if article.text and not article.is_masked and digest(article.text, 64) != article.sha256:
        return "its text is not that of its SHA-256"
    if article.sha256 and not article.sha256.startswith(article.revision):
        return f"revision {article.revision} is not the beginning of its SHA-256"
    return ""


def _parsed(line: bytes, kind: type[T]) -> T | str:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc'])) or 'line'}: {first['msg']}"


class _Texts:
    """The articles of a dataset; the last one stays at hand, for the units of one stand together."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self._path = path
        self._database = database
        self._last: tuple[tuple[str, str], DatasetArticle | None] = (("", ""), None)

    def of(self, record: Record) -> DatasetArticle | None:
        """Return the record's article; none where the dataset has none."""
        key = (record.data.article_id, record.revision)
        if self._last[0] != key:
            self._last = (key, self._read(key))
        return self._last[1]

    def _read(self, key: tuple[str, str]) -> DatasetArticle | None:
        row = self._database.execute("SELECT place FROM article WHERE id = ? AND revision = ?", key).fetchone()
        if row is None:
            return None
        with self._path.open("rb") as stream:
            stream.seek(row[0])
            return DatasetArticle.model_validate_json(stream.readline())


def _read_records(folder: Path, database: sqlite3.Connection, found: Verification, progress: Progress) -> None:
    path, articles = folder / RECORDS, folder / ARTICLES
    if not path.is_file():
        return
    texts = _Texts(articles, database) if found.articles else None
    database.execute("CREATE TABLE unit (id TEXT PRIMARY KEY) WITHOUT ROWID")
    with path.open("rb") as stream:
        for number, line in enumerate(limited_lines(stream, most=_LARGEST), start=1):
            record = line if isinstance(line, InputError) else _parsed(line, Record)
            if not isinstance(record, Record):
                found.faults.append(Fault(RECORDS, number, "record", str(record)))
                continue
            found.records += 1
            found.counts.update(_counted(record))
            progress(found.records)
            if not database.execute("INSERT OR IGNORE INTO unit VALUES (?)", (record.data.unit_id,)).rowcount:
                found.faults.append(Fault(RECORDS, number, "repeated", f"{record.data.unit_id} stands there twice"))
            if texts:
                article = texts.of(record)
                found.checked += bool(article and article.text and record.data.source_text)
                found.faults += [Fault(RECORDS, number, *wrong) for wrong in _of_record(record, article)]


def _of_record(record: Record, article: DatasetArticle | None) -> Iterator[tuple[str, str]]:
    data = record.data
    if article is None:
        yield "no_article", f"{data.unit_id} is of {data.article_id}, revision {record.revision}, which is not there"
        return
    if article.length is not None and data.end > article.length:
        yield "offsets", f"{data.unit_id} ends at {data.end}, and its article at {article.length}"
        return
    if not (article.text and data.source_text):
        return
    there = article.text[data.start : data.end]
    if not _is_same(there, data.source_text):
        yield "offsets", f"{data.unit_id}: at {data.start}-{data.end} stands {_short(there)}, not its text"
    for mention in (mention for vote in record.votes for mention in vote.mentions if mention.text):
        if not _is_there(mention, record, article):
            yield "mention", f"{data.unit_id}: at {mention.article_start}-{mention.article_end} is not {mention.text!r}"


def _is_there(mention: Mention, record: Record, article: DatasetArticle) -> bool:
    in_article = article.text[mention.article_start : mention.article_end]
    in_unit = record.data.source_text[mention.start : mention.end]
    return _is_same(in_article, mention.text) and _is_same(in_unit, mention.text)


def _is_same(text: str, shown: str) -> bool:
    """A unit is shown without its line ends."""
    return text == shown or reading_form(text) == reading_form(shown)


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
