"""The file that lists what was not processed, a `Failure` a line, and what is a fault of this program."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from annotator.errors import InputError
from annotator.models import Failure
from annotator.output import Kind, file_to_write, replacing, through, unwritable

_OF_AN_ANSWER = ("foreign_task", "malformed", "several_labels", "unknown_label", "no_reason")
_OF_A_ROW = ("no_annotation", "record", "no_unit_id", "too_large", "encoding", "surrogate", "nesting")
_OF_A_FILE = ("truncated", "damaged", "archive", "bomb", "unreadable")
LOST = frozenset((*_OF_AN_ANSWER, *_OF_A_ROW, *_OF_A_FILE))
"""Reasons that mean an answer was given, or may have been, and is not among the results: a command that meets one ends
with 3. A draft and an empty result are not answers; of the other reasons the answer is there, without the item listed.
"""
INTERNAL = "internal"
"""The reason of a fault of this program, as opposed to one of the input."""
_REPORT = "this is a fault of annotator: please report it with the article; the other articles are not touched by it"
_BEGINNING = re.compile(rb'{"schema_version":\d+,"step":"')
_FIRST = b'{"schema_version":'


def internal_error(fault: Exception) -> InputError:
    """Return a fault of this program as the error of the one article that met it, so that the others go on."""
    lines = str(fault).splitlines()
    message = f"{type(fault).__name__}: {lines[0]}" if lines else type(fault).__name__
    return InputError(message, reason=INTERNAL, hint=_REPORT)


@contextmanager
def failure_file(path: Path | None, *, go_on: bool | None = None) -> Iterator[Callable[[Failure], object]]:
    """Give a function that lists a failure in the file, if one is wanted.

    The list takes the file's place when it is complete. Work that can be resumed says with `go_on` whether it goes on:
    its list grows in the file itself, behind what stands there or from the beginning.

    Raises:
        UsageError: the file cannot be written, or holds something else, which stays.
    """
    if path is None:
        yield lambda _failure: None
        return
    with replacing(path, _LIST) if go_on is None else _growing(path, go_on=go_on) as stream:

        def write(failure: Failure) -> None:
            stream.write(failure.json_line().encode())
            stream.flush()

        yield write


def is_failure_list(path: Path) -> bool:
    """Tell whether a file is there and lists failures and nothing else."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return _holds(stream)


@contextmanager
def _growing(path: Path, *, go_on: bool) -> Iterator[IO[bytes]]:
    file = file_to_write(path, _LIST)
    if file is None:
        with through(path, _LIST.flag) as stream:
            yield stream
        return
    with unwritable(path, _LIST.flag):
        stream = file.open("ab")
    with stream:
        stream.truncate(_whole_lines(file) if go_on else 0)
        yield stream


def _whole_lines(file: Path) -> int:
    """The size up to the last line that a kill did not cut."""
    with file.open("rb") as stream:
        return sum(len(line) for line in stream if line.endswith(b"\n"))


def _holds(stream: IO[bytes]) -> bool:
    return all(_BEGINNING.match(line) or _is_cut(line) for line in stream)


def _is_cut(line: bytes) -> bool:
    """Whether it is a last line that a kill left without its end."""
    return not line.endswith(b"\n") and (line.startswith(_FIRST) or _FIRST.startswith(line))


_LIST = Kind("a list of failures", _holds, "--failures")
