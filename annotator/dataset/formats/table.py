"""Records as CSV: one row a record, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path

from annotator.dataset.columns import COUNTS, DATA_FIELDS, count_cells, sample_cells, source_cell
from annotator.models import Record
from annotator.spreadsheet import neutral

COLUMNS = (
    *DATA_FIELDS,
    "revision",
    "label",
    "status",
    "decision",
    "split",
    "rights",
    "retention",
    "inclusion_probability",
    "sample_stratum",
    "sample_stratum_size",
    "gold",
    *COUNTS,
    "source",
    "annotators",
    "votes",
    "marks",
    "comments",
    "verdict",
    "verdict_reason",
)
_CODES = DATA_FIELDS.index("translation_warning_codes")
_BEFORE_CODES, _BEHIND_CODES = itemgetter(*DATA_FIELDS[:_CODES]), itemgetter(*DATA_FIELDS[_CODES + 1 :])

FILE = "records.csv"
Write = Callable[[Record], object]


@contextmanager
def csv_table(folder: Path, *, bom: bool = False, delimiter: str = ",") -> Iterator[Write]:
    """Write `records.csv` (RFC 4180, UTF-8)."""
    with (folder / FILE).open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\r\n", delimiter=delimiter)
        rows.writerow(COLUMNS)
        yield lambda record: rows.writerow(neutral(row(record)))


def row(record: Record) -> tuple[object, ...]:
    """Return the record's cells.

    Several annotators stand in one cell, `;` between them, in the order of their ids; several codes with blanks
    between them, for a code has none. Verdicts have columns of their own.
    """
    votes = [vote for vote in record.votes if not vote.adjudication]
    verdicts = [vote for vote in record.votes if vote.adjudication]
    data = record.data.__dict__
    return (
        *_BEFORE_CODES(data),
        " ".join(data["translation_warning_codes"]),
        *_BEHIND_CODES(data),
        record.revision,
        record.label or "",
        record.status,
        record.decision or "",
        record.split,
        record.rights,
        record.retention,
        *("" if cell is None else cell for cell in sample_cells(record)),
        record.gold.label if record.gold else "",
        *count_cells(record),
        source_cell(record),
        len({vote.annotator for vote in votes}),
        "; ".join([f"{vote.annotator}: {vote.label or vote.status}" for vote in votes]),
        "; ".join([f"{vote.annotator}: {', '.join(vote.marks)}" for vote in votes if vote.marks]),
        "; ".join([f"{vote.annotator}: {vote.comment}" for vote in votes if vote.comment]),
        "; ".join([f"{vote.annotator}: {vote.label or vote.status}" for vote in verdicts]),
        "; ".join([f"{vote.annotator}: {vote.adjudication}" for vote in verdicts]),
    )
