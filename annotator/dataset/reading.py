"""Records for a measurement: of a dataset folder, or made from annotation files on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from annotator.dataset.collect import PlaceRow, Source, SourceReport, collect
from annotator.dataset.formats.jsonl import RECORDS
from annotator.dataset.grouping import Grouping
from annotator.dataset.records import make_record, renaming
from annotator.errors import InputError, UsageError
from annotator.models import Record
from annotator.readers.json_rows import rows
from annotator.readers.packed import opened

Progress = Callable[[int], None]

_AGAIN = "export the dataset again: without all of its records, it measures something else"


@dataclass(frozen=True)
class RecordStream:
    """Records as a stream, and what was set aside."""

    records: Iterator[Record]
    collected: SourceReport = field(default_factory=SourceReport)


def counted(records: Iterable[Record], progress: Progress) -> Iterator[Record]:
    """Hand on each record and say how many there were so far."""
    for number, record in enumerate(records, start=1):
        progress(number)
        yield record


@contextmanager
def of_sources(sources: Sequence[Source], *, place: PlaceRow) -> Iterator[RecordStream]:
    """Give the records that the answers make.

    Raises:
        UsageError: a source cannot be read, or nothing in the sources can be used.
    """
    with Grouping() as grouping:
        collected = SourceReport()
        collect(sources, grouping, collected, place)
        rename = renaming(collected.servers)
        yield RecordStream((make_record(annotations, rename=rename) for annotations in grouping.units()), collected)


def of_dataset(folder: Path) -> Iterator[Record]:
    """Return the records of a dataset folder; what is none is refused at once, before anything is written.

    Raises:
        UsageError: it is not a dataset, or, while they are read, its records are damaged.
    """
    path = folder / RECORDS
    if not path.is_file():
        raise UsageError(
            f"{folder}: not a dataset, for {RECORDS} is not in it", hint="annotator export SOURCE --out FOLDER"
        )
    return _records(path)


def _records(path: Path) -> Iterator[Record]:
    number = 0
    try:
        with opened(path) as stream:
            for row in rows(stream):
                number = row.number
                if isinstance(value := row.value(), InputError):
                    raise value
                yield Record.model_validate(value)
    except InputError as error:
        raise UsageError(f"{path}:{number}: {error.message}", hint=_AGAIN) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        seen = f"not a record: {'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise UsageError(f"{path}:{number}: {seen}", hint=_AGAIN) from error
