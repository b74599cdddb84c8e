"""The file that lists what was not processed, a `Failure` a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.errors import UsageError
from annotator.models import Failure

_OTHER = "choose another --failures"
_BEGINNING = re.compile(rb'{"schema_version":\d+,"step":"')
"""Of our lines: a kill may have cut the first one."""


@contextmanager
def failure_file(path: Path | None, *, go_on: bool = False) -> Iterator[Callable[[Failure], object]]:
    """Give a function that lists a failure in the file, if one is wanted; `go_on` keeps what it lists already.

    Raises:
        UsageError: the file cannot be written, or holds something else, which stays.
    """
    if path is None:
        yield lambda _failure: None
        return
    _keep_other_files(path)
    try:
        stream = path.open("a" if go_on else "w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}", hint=_OTHER) from error
    with stream:
        yield lambda failure: stream.write(failure.json_line())


def _keep_other_files(path: Path) -> None:
    if not path.is_file():
        return
    with path.open("rb") as stream:
        first = stream.readline()
    if first and not _BEGINNING.match(first):
        raise UsageError(f"{path}: holds something else than a list of failures", hint=_OTHER)
