"""The formats of a dataset. Each is a function of the folder that gives a function to write one record.

`docs/formats.md` says what each keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from annotator.dataset import features
from annotator.dataset.formats import claims, conll, jsonl, parquet, table, tasks, web_annotation, xlsx
from annotator.dataset.splits import NAMES as SPLITS
from annotator.errors import UsageError
from annotator.models import Record

Write = Callable[[Record], object]
Open = Callable[[Path], AbstractContextManager[Write]]
_DELIMITERS = {",": ",", ";": ";", "|": "|", "tab": "\t", "\t": "\t"}


@dataclass(frozen=True)
class FormatOptions:
    """Which formats, and how."""

    names: Sequence[str] = ("csv", "hf")
    """Beside JSONL, which is the reference and always there."""
    bom: bool = False
    """A byte order mark at the head of the CSV file: older spreadsheets need it to see UTF-8."""
    delimiter: str = ","
    """Between the cells of the CSV file: where people write 1,5 Excel takes `;` for it."""


FORMATS: dict[str, Open] = {
    "jsonl": jsonl.reference,
    "csv": table.csv_table,
    "xlsx": xlsx.xlsx,
    "parquet": parquet.parquet,
    "hf": jsonl.splits,
    "web-annotation": web_annotation.web_annotations,
    "claims": claims.claims,
    "conll": conll.conll,
    "label-studio": tasks.label_studio,
}


_FILES: dict[str, tuple[str, ...]] = {
    "jsonl": (jsonl.RECORDS, features.FILE),
    "csv": (table.FILE,),
    "xlsx": (xlsx.FILE,),
    "parquet": (parquet.FILE,),
    "hf": tuple(f"{jsonl.FOLDER}/{split}.jsonl" for split in SPLITS),
    "web-annotation": (web_annotation.FILE,),
    "claims": (claims.FILE,),
    "conll": tuple(f"{conll.FOLDER}/{split}.conll" for split in SPLITS),
    "label-studio": (tasks.FILE,),
}


def files(names: Sequence[str]) -> frozenset[str]:
    """Return the files that these formats may write, by their path in the dataset.

    Raises:
        UsageError: a format does not exist.
    """
    return frozenset(file for name in chosen(names) for file in _FILES[name])


def chosen(names: Sequence[str]) -> list[str]:
    """Return the formats' names in a fixed order, the reference first.

    Raises:
        UsageError: one of them does not exist.
    """
    wanted = {"jsonl", *(FORMATS if "all" in names else names)}
    if unknown := sorted(wanted - FORMATS.keys()):
        raise UsageError(f"--format {unknown[0]}: no such format", hint=f"one of {', '.join(FORMATS)}, all")
    return [name for name in FORMATS if name in wanted]


def opened(folder: Path, options: FormatOptions, stack: ExitStack) -> Write:
    """Open every chosen format in the folder; return a function that writes a record to each."""
    if options.delimiter not in _DELIMITERS:
        shown = ", ".join(map(repr, _DELIMITERS))
        raise UsageError(f"--delimiter {options.delimiter!r}: no such delimiter", hint=f"one of {shown}")
    csv = partial(table.csv_table, bom=options.bom, delimiter=_DELIMITERS[options.delimiter])
    openers: dict[str, Open] = {**FORMATS, "csv": csv}
    writers = [stack.enter_context(openers[name](folder)) for name in chosen(options.names)]

    def write(record: Record) -> None:
        for write_format in writers:
            write_format(record)

    return write
