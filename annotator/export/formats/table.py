"""Records as CSV: one row a record, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from annotator.models import Record, TaskData, Vote

COLUMNS = (
    *TaskData.model_fields,
    "revision",
    "label",
    "status",
    "decision",
    "split",
    "rights",
    "retention",
    "annotators",
    "votes",
    "marks",
    "comments",
)
# What a spreadsheet takes for a formula at the start of a cell (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


_DATA = tuple(TaskData.model_fields)

Write = Callable[[Record], object]


@contextmanager
def csv_table(folder: Path, encoding: str = "utf-8") -> Iterator[Write]:
    """Write `records.csv` (RFC 4180, UTF-8)."""
    with (folder / "records.csv").open("w", encoding=encoding, newline="") as stream:
        rows = csv.writer(stream, lineterminator="\r\n")
        rows.writerow(COLUMNS)
        yield lambda record: rows.writerow([neutral(value) for value in row(record).values()])


def csv_table_with_bom(folder: Path) -> AbstractContextManager[Write]:
    """Write `records.csv` with a byte order mark."""
    return csv_table(folder, "utf-8-sig")


def row(record: Record) -> Mapping[str, object]:
    """Return the record's cells. Several annotators stand in one cell, `;` between them, in the order of their ids."""
    data = record.data.__dict__
    return {
        **{name: data[name] for name in _DATA},
        "revision": record.revision,
        "label": record.label or "",
        "status": record.status,
        "decision": record.decision or "",
        "split": record.split,
        "rights": record.rights,
        "retention": record.retention,
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
