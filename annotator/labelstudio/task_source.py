"""Reads tasks: a run folder, a file of lines or the array form that Label Studio imports, or standard input."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from annotator.errors import InputError, UsageError
from annotator.labelstudio.article_pages import ArticlePages
from annotator.models import Failure, Task
from annotator.readers.json_rows import Row, rows
from annotator.readers.packed import streams
from annotator.text import shown_name

ENDINGS = (".json", ".jsonl")
_HINT = "tasks are what annotator prepare writes"


class TaskFile:
    """Tasks that can be read more than once; a row that is not a task comes as a `Failure`."""

    def __init__(self, path: Path, name: str, pages: ArticlePages | None = None) -> None:
        self._path = path
        self.name = name
        self.pages = pages
        """The whole articles, where the tasks stand in a run folder."""

    def __iter__(self) -> Iterator[Task | Failure]:
        for stream in streams(self._path, ENDINGS):
            if isinstance(stream, InputError):
                yield _failure(self.name, stream)
            else:
                name = stream.name.replace(shown_name(str(self._path)), self.name, 1)
                yield from _tasks(stream.bytes, name)


def _tasks(stream: BufferedReader, name: str) -> Iterator[Task | Failure]:
    try:
        for row in rows(stream):
            yield _task(row, name)
    except InputError as error:
        yield _failure(name, error)


def _task(row: Row, name: str) -> Task | Failure:
    value = row.value()
    if isinstance(value, InputError):
        return _failure(name, value, row)
    try:
        return Task.model_validate(value)
    except ValidationError as error:
        return _failure(name, _not_a_task(error), row)


def _failure(name: str, error: InputError, row: Row | None = None) -> Failure:
    line, hint = row.number if row else error.line, error.hint or _HINT
    return Failure(step="push", source=name, line=line, reason=error.reason, message=error.message, hint=hint)


def _not_a_task(error: ValidationError) -> InputError:
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(map(str, first["loc"])) or "row"
    value: Any = first["input"]
    got = "" if isinstance(value, dict) else f" (got {str(value)[:80]!r})"
    return InputError(f"{where}: {first['msg']}{got}", reason="task", hint=_HINT)


@contextmanager
def open_tasks(source: str) -> Iterator[TaskFile]:
    """Give the tasks of a run folder, a file or standard input (`-`, kept in a temporary file meanwhile).

    Raises:
        UsageError: there is no such file, or the folder is not a run.
    """
    if source == "-":
        with tempfile.TemporaryDirectory(prefix="annotator-") as folder:
            spool = Path(folder, "tasks.jsonl")
            with spool.open("wb") as stream:
                shutil.copyfileobj(sys.stdin.buffer, stream)
            yield TaskFile(spool, source)
        return
    path, pages = Path(source), None
    if path.is_dir():
        pages = ArticlePages(path)
        path /= "tasks.jsonl"
        if not path.exists():
            hint = "annotator prepare INPUT --out RUN makes one"
            raise UsageError(f"{source}: not a run folder, for it has no tasks.jsonl", hint=hint)
    if not path.exists():
        raise UsageError(f"{source}: no such file", hint="annotator prepare INPUT --out TASKS.jsonl makes one")
    yield TaskFile(path, shown_name(str(path)), pages)
