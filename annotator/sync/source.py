"""Reads tasks: a run folder, a JSONL file, the array form that Label Studio imports, or standard input."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from annotator.errors import UsageError
from annotator.models import Failure, Task


class TaskFile:
    """Tasks that can be read more than once; a row that is no task comes as a `Failure`."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name

    def __iter__(self) -> Iterator[Task | Failure]:
        for line, row in self._rows():
            try:
                yield Task.model_validate_json(row)
            except ValidationError as error:
                yield self._failure(line, row, error)

    def _rows(self) -> Iterator[tuple[int, bytes]]:
        with self._path.open("rb") as stream:
            first = stream.read(1)
            while first.isspace():
                first = stream.read(1)
            stream.seek(0)
            if first == b"[":
                yield from enumerate(self._array(stream.read()), start=1)
            else:
                yield from ((line, row) for line, row in enumerate(stream, start=1) if row.strip())

    def _array(self, text: bytes) -> Iterator[bytes]:
        try:
            rows = json.loads(text)
        except ValueError as error:
            hint = "an array must be complete; annotator prepare writes JSONL as well"
            raise UsageError(f"{self._name}: not valid JSON: {error}", hint=hint) from error
        yield from (json.dumps(row).encode() for row in rows)

    def _failure(self, line: int, row: bytes, error: ValidationError) -> Failure:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "row"
        shown = "" if isinstance(first["input"], dict | bytes) else f" (got {str(first['input'])[:80]!r})"
        reason = "json" if first["type"] == "json_invalid" else "task"
        seen = row[:60].decode("utf-8", "replace").strip() if reason == "json" else ""
        message = f"{where}: {first['msg']}{shown}" + (f" in {seen!r}" if seen else "")
        hint = "tasks are what annotator prepare writes"
        return Failure(step="push", source=self._name, line=line, reason=reason, message=message, hint=hint)


@contextmanager
def open_tasks(source: str) -> Iterator[TaskFile]:
    """Give the tasks of a run folder, a file or standard input (`-`, kept in a temporary file meanwhile).

    Raises:
        UsageError: there is no such file, or the folder is no run.
    """
    if source == "-":
        with tempfile.NamedTemporaryFile(prefix="annotator-", suffix=".jsonl") as spool:
            shutil.copyfileobj(sys.stdin.buffer, spool)
            spool.flush()
            yield TaskFile(Path(spool.name), source)
        return
    path = Path(source)
    if path.is_dir():
        path /= "tasks.jsonl"
        if not path.exists():
            hint = "annotator prepare INPUT --out RUN makes one"
            raise UsageError(f"{source}: no run folder, it has no tasks.jsonl", hint=hint)
    if not path.exists():
        raise UsageError(f"{source}: no such file", hint="annotator prepare INPUT --out TASKS.jsonl makes one")
    yield TaskFile(path, str(path))
