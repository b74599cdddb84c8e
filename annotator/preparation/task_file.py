"""Tasks in one file: JSON lines, the array that Label Studio's own import dialog takes, or lines on standard output."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO

from annotator.output import Kind, replacing, standard_output
from annotator.preparation.register import passing_register
from annotator.preparation.work import TASKS, Packed
from annotator.tasks import without_predictions

_OURS = re.compile(rb'\{"data":\{"unit_id":|\[$|\[?\]$')


class TaskLines(AbstractContextManager["TaskLines"]):
    """Writes tasks as they come. They become the file when all are there."""

    def __init__(self, path: Path | None) -> None:
        self.register = passing_register()
        self._array = path is not None and path.suffix.lower() == ".json"
        self._separator = b"[\n" if self._array else b""
        self._stack = ExitStack()
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        opened = replacing(path, _TASKS) if path else standard_output()
        self._stream = self._stack.enter_context(opened)
        self._stack.push(self._end_array)

    def write(self, batch: Sequence[Packed], progress: object = None) -> None:  # noqa: ARG002 - as a folder's
        """Append the batch's tasks."""
        for line in (line for packed in batch for line in packed.lines[TASKS].splitlines(keepends=True)):
            self._stream.write(self._separator + (without_predictions(line) if self._array else line))
            self._separator = b",\n" if self._array else b""
        self._stream.flush()
        self.register.write()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Complete the file, or leave what stood there before."""
        self._stack.__exit__(kind, error, trace)

    def _end_array(self, kind: type[BaseException] | None, *_error: object) -> None:
        if kind is None and self._array:
            self._stream.write(b"\n]\n" if self._separator == b",\n" else b"[]\n")


def _holds(stream: IO[bytes]) -> bool:
    return all(_OURS.match(line) for line in stream)


_TASKS = Kind("tasks", _holds)
