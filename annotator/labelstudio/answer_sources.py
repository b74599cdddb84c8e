"""Annotation files become annotation values. Everything that cannot be read is listed, never dropped.

A file is lines (what `pull` writes, or tasks) or one JSON array (Label Studio's own export, of any size: it is read
as a stream). What is whole in a file that breaks off is used, and the cut is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from annotator.errors import InputError, UsageError
from annotator.labelstudio.wire import is_row, number, read_row
from annotator.models import Annotation, Answer, Failure, Mention, TaskData, Unplaced
from annotator.readers.json_rows import Row, rows
from annotator.readers.packed import Stream, streams
from annotator.text import shown_name

ENDINGS = (".json", ".jsonl")
_MOST_WAITING = 1000
"""Lines without JSON after which each is listed: until then the file may be of another kind, which is one failure."""
_BEGINNING = 60

REASONS = {
    "no_annotation": "a line, or a whole file, that is neither an annotation nor a row of Label Studio's",
    "truncated": "an array that breaks off; what is whole before the cut is used",
    "damaged": "a packed file whose bytes are damaged, or that breaks off; what is whole before the cut is used",
    "archive": "a damaged or encrypted archive, or one without a file of JSON",
    "bomb": "a packed file that unpacks to hundreds of times its size",
    "too_large": "a row of more than 8 MB, or of more values than memory should hold",
    "encoding": "bytes that are not UTF-8",
    "surrogate": "half a character, which no file can hold",
    "nesting": "JSON nested hundreds deep",
    "unreadable": "a file that the system does not give out",
    "record": "a line of a dataset: its votes are not annotations any more",
}


def read_answers(path: Path) -> Iterator[Answer]:
    """Yield the file's annotations and what in it is none.

    Raises:
        UsageError: the file does not exist, or is a folder.
    """
    _check(path)
    name = shown_name(str(path))
    try:
        for stream in streams(path, ENDINGS):
            if isinstance(stream, InputError):
                yield _failure(name, stream)
            else:
                yield from _contents(stream)
    except OSError as error:
        yield _failure(name, InputError(f"cannot be read: {error.strerror}", reason="unreadable"))


def _check(path: Path) -> None:
    if path.is_dir():
        raise _folder(path)
    if not path.is_file():
        raise UsageError(f"{path}: no such file", hint="annotator pull --project TITLE --out annotations.jsonl")


def _folder(path: Path) -> UsageError:
    """Say what the folder is: a run of prepare holds units without answers, a dataset is what export makes."""
    pull = "annotator pull --project TITLE --out annotations.jsonl, and export that"
    if (path / "run.json").is_file():
        hint = f"{pull}; {path / 'tasks.jsonl'} gives the units without answers"
        return UsageError(f"{path}: a run folder of annotator prepare, which holds no answers", hint=hint)
    if (path / "manifest.json").is_file():
        hint = f"{pull}; annotator report {path} shows the dataset"
        return UsageError(f"{path}: a dataset folder, which export makes and does not read", hint=hint)
    return UsageError(f"{path}: a folder, and export reads files", hint=f"name the files: {path / '*.jsonl'}")


def _contents(stream: Stream) -> Iterator[Answer]:
    """A file without a single JSON object is one failure, not one a line; a long one goes on line by line."""
    waiting: list[Answer] = []
    begins, is_rows = b"", False
    try:
        for row in rows(stream.bytes):
            value = row.value()
            if not is_rows:
                begins = begins or (row.json.strip()[: 4 * _BEGINNING] if isinstance(row.json, bytes) else b"")
                is_json = isinstance(value, dict) or value.reason not in {"json", "encoding"}
                is_rows = row.in_array or is_json or len(waiting) == _MOST_WAITING
            found = [_failure(stream.name, value, row)] if isinstance(value, InputError) else _read(value, stream, row)
            if is_rows:
                yield from waiting
                yield from found
                waiting.clear()
            else:
                waiting += found
    except InputError as error:
        yield from waiting
        yield _failure(stream.name, error)
        return
    if waiting:
        yield _no_json(stream.name, begins)


def _read(value: dict[str, Any], stream: Stream, row: Row) -> Sequence[Answer]:
    if isinstance(value.get("votes"), list):
        error = InputError(REASONS["record"], reason="record", hint="give the files that the dataset was made from")
        return [_failure(stream.name, error, row)]
    if is_row(value) and ("annotator" not in value or "annotation_id" in value):
        found = read_row(value, stream.name)
    else:
        found = [_annotation(value, stream, row)]
    return found if all(map(_is_sound, found)) else [part for line in found for part in _sound(line, stream.name)]


def _annotation(value: dict[str, Any], stream: Stream, row: Row) -> Answer:
    try:
        return Annotation.model_validate(value)
    except ValidationError as error:
        first, *others = error.errors(include_url=False, include_context=False, include_input=False)
        if first["loc"] == ("data", "unit_id") and not others:
            project = number(value.get("project"))
            return Unplaced(row=value, source=stream.name, project=project, place=row.place)
        message = f"not an annotation: {'.'.join(map(str, first['loc']))}: {first['msg']}"
        hint = "export reads what annotator pull writes, and JSON saved from Label Studio's page"
        return _failure(stream.name, InputError(message, reason="no_annotation", hint=hint), row)


def _is_sound(line: Answer) -> bool:
    if not isinstance(line, Annotation):
        return True
    data = line.data
    return data.end - data.start == len(data.source_text) and all(_holds(mention, data) for mention in line.mentions)


def _sound(line: Answer, name: str) -> Iterator[Answer]:
    """Set aside what says of its place in the article what cannot be: the unit, or one of its mentions."""
    if not isinstance(line, Annotation) or _is_sound(line):
        yield line
        return
    data = line.data
    if data.end - data.start != len(data.source_text):
        message = (
            f"{data.start}-{data.end} cannot be where the {len(data.source_text)} characters of {data.unit_id} stand"
        )
        yield _failure(name, InputError(message, reason="malformed"))
        return
    wrong = [mention for mention in line.mentions if not _holds(mention, data)]
    yield line.model_copy(update={"mentions": tuple(mention for mention in line.mentions if mention not in wrong)})
    for mention in wrong:
        message = f"{data.unit_id}: mention {mention.text!r} is not at {mention.start}-{mention.end}"
        yield _failure(name, InputError(message, reason="span"))


def _holds(mention: Mention, data: TaskData) -> bool:
    in_article = (mention.article_start - data.start, mention.article_end - data.start)
    return data.source_text[mention.start : mention.end] == mention.text and in_article == (mention.start, mention.end)


def _no_json(name: str, begins: bytes) -> Failure:
    text = begins.decode("utf-8", errors="replace")
    beginning = "".join(sign if sign.isprintable() else " " for sign in text).strip()[:_BEGINNING]
    message = f"no line of it is a JSON object; it begins {beginning!r}"
    hint = "save it as JSON on Label Studio's page, or give what annotator pull writes"
    return _failure(name, InputError(message, reason="no_annotation", hint=hint))


def _failure(name: str, error: InputError, row: Row | None = None) -> Failure:
    reason = "no_annotation" if error.reason == "json" else error.reason
    message = f"{row.place}: {error.message}" if row and row.in_array else error.message
    line = row.line if row else error.line
    return Failure(step="export", source=name, line=line, reason=reason, message=message, hint=error.hint)
