"""Tasks in one file: JSON lines, the array that Label Studio's own import dialog takes, or lines on standard output."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from annotator.preparation.work import TASKS, Packed


class TaskLines(AbstractContextManager["TaskLines"]):
    """Writes tasks as they come. A file appears under its name only when it is complete."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._array = path is not None and path.suffix.lower() == ".json"
        self._part = path.with_name(f".{path.name}.part") if path else None
        if self._part:
            self._part.parent.mkdir(parents=True, exist_ok=True)
        self._stream = self._part.open("wb") if self._part else sys.stdout.buffer
        self._separator = b"[\n" if self._array else b""

    def write(self, batch: Sequence[Packed]) -> None:
        """Append the batch's tasks."""
        for line in (line.encode() for packed in batch for line in packed.lines[TASKS]):
            self._stream.write(self._separator + (line.rstrip() if self._array else line))
            self._separator = b",\n" if self._array else b""
        self._stream.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Complete the file, or remove what was written of it."""
        if not self._part or not self._path:
            return
        if kind is None and self._array:
            self._stream.write(b"\n]\n" if self._separator == b",\n" else b"[]\n")
        self._stream.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink()
