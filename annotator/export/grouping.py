"""Annotations in any order and number, grouped by unit on disk, so that memory does not grow with the corpus."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import groupby
from types import TracebackType

from annotator.models import Annotation

_TABLE = """
CREATE TABLE line (article TEXT, position INTEGER, unit TEXT, project INTEGER, annotation INTEGER, json BLOB)
"""
_ORDER = "SELECT unit, json FROM line ORDER BY article, position, unit, project, annotation, json"


class Grouping(AbstractContextManager["Grouping"]):
    """Takes annotations and gives them back unit by unit, articles by id and units in reading order."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute(_TABLE)
        self._database.execute("BEGIN")

    def add(self, line: Annotation) -> None:
        """Take one annotation."""
        key = (line.data.article_id, line.data.position, line.data.unit_id, line.project, line.annotation)
        self._database.execute("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?)", (*key, line.model_dump_json()))

    def units(self) -> Iterator[list[Annotation]]:
        """Yield the annotations of each unit. The same line in two files counts once."""
        rows = self._database.execute(_ORDER)
        for _unit, group in groupby(rows, key=lambda row: str(row[0])):
            yield [Annotation.model_validate_json(text) for text in dict.fromkeys(text for _, text in group)]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop everything."""
        self._database.close()
