"""Records as CSV: one row a record, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import TextIO

from annotator.models import Record, TaskData, Vote

COLUMNS = (
    *TaskData.model_fields,
    "revision",
    "label",
    "status",
    "decision",
    "annotators",
    "votes",
    "marks",
    "comments",
)
# What a spreadsheet takes for a formula at the start of a cell (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


class RecordTable:
    """Writes records as CSV rows (RFC 4180, UTF-8)."""

    def __init__(self, stream: TextIO) -> None:
        self._rows = csv.DictWriter(stream, COLUMNS, lineterminator="\r\n")
        self._rows.writeheader()

    def write(self, record: Record) -> None:
        """Append the record's row."""
        self._rows.writerow({name: neutral(value) for name, value in row(record).items()})


def row(record: Record) -> Mapping[str, object]:
    """Return the record's cells. Several annotators stand in one cell, `;` between them, in the order of their ids."""
    return {
        **record.data.model_dump(mode="json", include=set(TaskData.model_fields)),
        "revision": record.revision,
        "label": record.label or "",
        "status": record.status,
        "decision": record.decision or "",
        "annotators": len(record.votes),
        "votes": "; ".join(f"{vote.annotator}: {_said(vote)}" for vote in record.votes),
        "marks": "; ".join(f"{vote.annotator}: {', '.join(vote.marks)}" for vote in record.votes if vote.marks),
        "comments": "; ".join(f"{vote.annotator}: {vote.comment}" for vote in record.votes if vote.comment),
    }


def _said(vote: Vote) -> str:
    return vote.label or vote.status


def neutral(value: object) -> object:
    """Return text that no spreadsheet runs: a `'` goes before what could start a formula (and before a `'`)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def original(cell: str) -> str:
    """Undo `neutral`."""
    return cell.removeprefix("'")
