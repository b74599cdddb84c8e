"""Annotations in any order and number, grouped by unit on disk, so that memory does not grow with the corpus."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import groupby
from operator import itemgetter
from types import TracebackType

from msgspec.json import decode

from annotator.dataset.draws import Draws
from annotator.labels import Label
from annotator.models import (
    Annotation,
    AnnotationStatus,
    BlockKind,
    Gold,
    Mention,
    Quote,
    Sample,
    TaskData,
    UnitKind,
    Unplaced,
)
from annotator.models.values import as_json

_KINDS, _BLOCKS, _STATUSES, _LABELS = (
    {str(member): member for member in kind} for kind in (UnitKind, BlockKind, AnnotationStatus, Label)
)

# What a task shows is kept once, however many people have answered it.
_TABLES = """
CREATE TABLE shown (json BLOB);
CREATE TABLE line (
    article TEXT, position INTEGER, unit TEXT, project INTEGER, annotation INTEGER, start INTEGER, text TEXT,
    stratum TEXT, server TEXT, answer TEXT, shown INTEGER, json BLOB
);
CREATE TABLE later (line TEXT);
"""
# A unit stands where it stood first, even if another revision of the article moved it. The lines themselves stay out of
# the sorting, which would carry each to a file and back.
_SORTING = """
CREATE TABLE sorted AS SELECT line.rowid AS line FROM line
JOIN (SELECT unit AS name, MIN(position) AS first FROM line GROUP BY unit) ON unit = name
ORDER BY article, first, unit
"""
_SORTED = """
SELECT unit, project, annotation, line.json, shown.json, server FROM sorted
CROSS JOIN line ON line.rowid = sorted.line CROSS JOIN shown ON shown.rowid = line.shown ORDER BY sorted.rowid
"""
# The same answer, fetched again by a version that names its server, says of which one the older copy is.
_TWINS = """
UPDATE line SET server = (SELECT MIN(server) FROM line AS twin WHERE twin.answer = line.answer AND twin.server != '')
WHERE server = '' AND answer IN (SELECT answer FROM line WHERE server != '' AND answer != '')
"""
_TEXTS = (
    "SELECT article, unit, text, stratum FROM line "
    "ORDER BY article, position, unit, stratum = '', project, annotation, stratum"
)
_SAME_PLACE = "SELECT MIN(shown.json) FROM line JOIN shown ON shown.rowid = shown WHERE start = ? GROUP BY unit"


class Grouping(AbstractContextManager["Grouping"]):
    """Takes annotations and gives them back unit by unit, articles by id and units in reading order."""

    def __init__(self) -> None:
        self.draws = Draws()
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA page_size=16384")  # of 4096, three lines fill a page
        self._database.executescript(_TABLES)
        self._database.execute("BEGIN")

    def add(self, lines: Iterable[Annotation]) -> None:
        """Take annotations. Those of one task that follow each other share its data, which is kept once."""
        self._database.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", self._rows(lines))

    def _rows(self, lines: Iterable[Annotation]) -> Iterator[tuple[str | int | bytes | None, ...]]:
        last, shown = None, 0
        for line in lines:
            self.draws.add(line)
            if line.data is not last:
                last = line.data
                shown = self._database.execute("INSERT INTO shown VALUES (?)", (as_json(last),)).lastrowid or 0
            yield _row(line, shown)

    def put_off(self, row: Unplaced) -> None:
        """Keep a row whose unit can only be found when all units are known."""
        self._database.execute("INSERT INTO later VALUES (?)", (row.model_dump_json(),))

    def put_off_rows(self) -> Iterator[Unplaced]:
        """Yield what was put off, in its order."""
        rows = self._database.execute("SELECT line FROM later ORDER BY rowid")
        return (Unplaced.model_validate_json(row) for (row,) in rows)

    def find(self, *, start: int, text: str, article: str) -> list[TaskData]:
        """Return the known units with this text at this place; of any article where none is named."""
        self._database.execute("CREATE INDEX IF NOT EXISTS place ON line (start)")
        rows = self._database.execute(_SAME_PLACE, (start,))
        units = (_stored_data(json) for (json,) in rows)
        return [unit for unit in units if unit.source_text == text and article in ("", unit.article_id)]

    def articles(self) -> Iterator[tuple[str, str, Counter[str]]]:
        """Yield each article's id, the text of its units, and how many of its units are of each language and label.

        A unit of several labels counts for the first one given.
        """
        for article, lines in groupby(self._database.execute(_TEXTS), key=lambda row: str(row[0])):
            units: dict[str, tuple[str, str]] = {}
            for _, unit, text, stratum in lines:
                units.setdefault(unit, (text, stratum))
            yield (
                article,
                "\n".join(text for text, _ in units.values()),
                Counter(stratum for _, stratum in units.values()),
            )

    def settle_servers(self) -> tuple[set[str], int]:
        """Decide on which server the answers were given that do not name one.

        It is the one that another line of the same answer names; all others were given on one server, which is the one
        that is named where only one is. Return the servers, an empty name among them for one that is not known, and of
        how many answers this is a guess.
        """
        if self._servers() > {""}:
            self._database.execute("CREATE INDEX IF NOT EXISTS answer ON line (answer)")
            self._database.execute(_TWINS)
        (unnamed,) = self._database.execute("SELECT COUNT(*) FROM line WHERE server = ''").fetchone()
        named = self._servers() - {""}
        if len(named) == 1:
            self._database.execute("UPDATE line SET server = ? WHERE server = ''", tuple(named))
        return self._servers(), int(unnamed)

    def _servers(self) -> set[str]:
        return {name for (name,) in self._database.execute("SELECT DISTINCT server FROM line") if name is not None}

    def units(self) -> Iterator[list[Annotation]]:
        """Yield the annotations of each unit. The same line in two files counts once."""
        self._database.execute("CREATE INDEX IF NOT EXISTS unit ON line (unit, position)")
        self._database.execute("DROP TABLE IF EXISTS sorted")
        self._database.execute(_SORTING)
        rows = self._database.execute(_SORTED)
        for _unit, group in groupby(rows, key=itemgetter(0)):
            rows_of_unit = list(group)
            if len(rows_of_unit) == 1:
                *_, json, data, server = rows_of_unit[0]
                yield [_on_server(_stored(json, _stored_data(data)), server)]
                continue
            rows_of_unit = sorted(set(rows_of_unit), key=itemgetter(slice(5)))
            shown = {json: _stored_data(json) for *_, json, _server in rows_of_unit}
            yield [_on_server(_stored(json, shown[data]), server) for *_, json, data, server in rows_of_unit]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop everything."""
        self._database.close()


def _row(line: Annotation, shown: int) -> tuple[str | int | bytes | None, ...]:
    data = line.data
    key = (data.article_id, data.position, data.unit_id, line.project, line.annotation, data.start)
    texts = (data.source_text, _stratum(line))
    fields = {**line.__dict__, "data": None, **(line.model_extra or {})}
    return (*key, *texts, line.server if line.annotator else None, _answer(line), shown, as_json(fields))


def _stored_data(json: bytes) -> TaskData:
    """Return the data whose JSON this is: they were validated when they were read."""
    data = decode(json)
    data["kind"] = _KINDS[data["kind"]]
    data["block"] = _BLOCKS[data["block"]]
    data["suggested_label"] = _LABELS.get(data["suggested_label"], "")
    data["translation_warning_codes"] = tuple(data["translation_warning_codes"])
    return TaskData.of_checked(data)


def _stored(json: bytes, data: TaskData) -> Annotation:
    """Return the annotation that stands in a row, which was validated when it was read."""
    fields = decode(json)
    fields["data"] = data
    fields["status"] = _STATUSES[fields["status"]]
    fields["label"] = _LABELS.get(fields["label"])
    fields["marks"] = tuple(fields["marks"])
    fields["mentions"] = tuple([Mention.of_checked(mention) for mention in fields["mentions"]])
    if fields["sample"]:
        fields["sample"] = Sample.model_validate(fields["sample"])
    if fields["gold"]:
        fields["gold"] = Gold.model_validate(fields["gold"])
    if fields["quote"]:
        fields["quote"] = Quote.of_checked(fields["quote"])
    return Annotation.of_checked(fields)


def _answer(line: Annotation) -> str:
    """What tells an answer from every other: two servers do not give the same numbers in the same microsecond."""
    return f"{line.project} {line.annotation} {line.annotator} {line.created_at}" if line.created_at else ""


def _on_server(line: Annotation, server: str | None) -> Annotation:
    return line.model_copy(update={"server": server}) if server and not line.server else line


def _stratum(line: Annotation) -> str:
    """What a unit is in even proportion of in every split; nothing for a unit without a label."""
    return f"{line.data.source_lang} {line.label}" if line.label else ""
