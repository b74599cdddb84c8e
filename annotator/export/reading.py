"""Records for a measurement: of a dataset folder, or made from annotation files on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from annotator.errors import InputError, UsageError
from annotator.export.collect import Collected, collect
from annotator.export.formats.lines import RECORDS
from annotator.export.grouping import Grouping
from annotator.export.naming import names
from annotator.export.records import make_record
from annotator.models import Record
from annotator.readers.json_rows import rows
from annotator.readers.packed import opened

Progress = Callable[[int], None]
_AGAIN = "export the dataset again: without all of its records, it measures something else"


@dataclass(frozen=True)
class Found:
    """Records as a stream, and what was set aside."""

    records: Iterator[Record]
    collected: Collected = field(default_factory=Collected)


@contextmanager
def records(sources: Sequence[Path], *, progress: Progress, separate_servers: bool = False) -> Iterator[Found]:
    """Give the records of a dataset folder, or of annotation files.

    Raises:
        UsageError: a source does not exist, or a dataset folder stands beside other sources.
    """
    if any(path.is_dir() for path in sources):
        if len(sources) > 1:
            raise UsageError("a dataset folder is a source by itself", hint="give the folder alone")
        yield Found(_counted(of_dataset(sources[0]), progress))
        return
    with Grouping() as grouping:
        collected = Collected(separate=separate_servers)
        collect(sources, grouping, collected)
        rename = names(collected.servers)
        made = (make_record(annotations, rename=rename) for annotations in grouping.units())
        yield Found(_counted(made, progress), collected)


def of_dataset(folder: Path) -> Iterator[Record]:
    """Yield the records of a dataset folder.

    Raises:
        UsageError: it is not a dataset, or its records are damaged.
    """
    path = folder / RECORDS
    if not path.is_file():
        raise UsageError(
            f"{folder}: not a dataset, for {RECORDS} is not in it", hint="annotator export SOURCE --out FOLDER"
        )
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


def _counted(records: Iterator[Record], progress: Progress) -> Iterator[Record]:
    for done, record in enumerate(records, start=1):
        progress(done)
        yield record
