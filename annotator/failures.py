"""The file that lists what was not processed, a `Failure` a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.errors import UsageError
from annotator.models import Failure


@contextmanager
def failure_file(path: Path | None, *, go_on: bool = False) -> Iterator[Callable[[Failure], object]]:
    """Give a function that lists a failure in the file, if one is wanted; `go_on` keeps what it lists already.

    Raises:
        UsageError: the file cannot be written.
    """
    if path is None:
        yield lambda _failure: None
        return
    try:
        stream = path.open("a" if go_on else "w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}", hint="choose another --failures") from error
    with stream:
        yield lambda failure: stream.write(failure.model_dump_json() + "\n")
