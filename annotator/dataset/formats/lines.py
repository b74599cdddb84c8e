"""JSONL, the reference: every field of every record, unknown ones too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.models import Record

RECORDS = "records.jsonl"


@contextmanager
def jsonl(folder: Path) -> Iterator[Callable[[Record], object]]:
    """Write `records.jsonl`."""
    with (folder / RECORDS).open("wb") as stream:
        yield lambda record: stream.write(record.json_line().encode())
