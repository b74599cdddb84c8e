"""Files that a push takes beside its tasks: known units and answers that exist already, as lines or as a dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from annotator.errors import InputError, UsageError
from annotator.readers.packed import Stream, streams
from annotator.text import shown_name

T = TypeVar("T")

_RECORDS = "records.jsonl"


def given_path(path: Path, option: str, *, hint: str) -> Path:
    """Return the file that `option` names: of a dataset folder that of its records.

    Raises:
        UsageError: there is none.
    """
    path = path / _RECORDS if path.is_dir() else path
    if not path.exists():
        raise UsageError(f"{option} {path}: no such file", hint=hint)
    return path


def read_given(
    path: Path, option: str, read: Callable[[Stream], Iterator[T]], *, endings: tuple[str, ...], hint: str
) -> Iterator[T]:
    """Yield what `read` makes of the file, or of each file of an archive whose name ends so.

    Raises:
        UsageError: it cannot be read.
    """
    name = shown_name(str(path))
    for stream in streams(path, endings):
        if isinstance(stream, InputError):
            raise UsageError(f"{option} {name}: {stream.message}", hint=stream.hint)
        try:
            yield from read(stream)
        except InputError as error:
            raise UsageError(f"{option} {name}: {error.message}", hint=error.hint or hint) from error
