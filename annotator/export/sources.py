"""Annotation files become annotation values. Everything that cannot be read is listed, never dropped.

A file is lines (what `pull` writes, or tasks) or one JSON array (Label Studio's own export, of any size: it is read
as a stream). What is whole in a file that breaks off is used, and the cut is reported.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from pydantic import ValidationError

from annotator.export.files import Peeked, Stream, streams
from annotator.export.studio import Orphan, is_row, lines
from annotator.labelstudio.payload import LOST, Origin
from annotator.models import Annotation, Failure

Line = Annotation | Failure | Orphan

_LIMIT = 2**63
_MOST_WAITING = 1000
_BEGINNING = 60

REASONS = {
    "no_annotation": "a line, or a whole file, that is neither an annotation nor a row of Label Studio's",
    "truncated": "the file breaks off; what is whole before the cut is used",
    "archive": "a damaged archive, or one without a file of JSON",
    "record": "a line of a dataset: its votes are no annotations any more",
    "no_unit_id": "a row without unit id whose text and offsets fit no known unit, or several",
}
UNPROCESSED = frozenset({*REASONS, *LOST})
"""Reasons that mean an answer is not in the dataset; a draft or an empty result is none."""


def read_annotations(path: Path) -> Iterator[Line]:
    """Yield the file's annotations and what in it is none.

    Raises:
        UsageError: the file does not exist.
    """
    try:
        for stream in streams(path):
            yield from _contents(stream)
    except BadZipFile as error:
        yield _failure("archive", str(path), str(error), hint="save the export again, or unpack it and give the .json")


def _contents(stream: Stream) -> Iterator[Line]:
    try:
        peeked = Peeked(stream.bytes)
        found = _array(stream.name, peeked) if peeked.first == b"[" else _lines(stream.name, peeked)
        yield from (_of_64_bits(line, stream.name) if isinstance(line, Annotation) else line for line in found)
    except (EOFError, OSError) as error:
        yield _failure("truncated", stream.name, str(error), hint="save the export again")


def _of_64_bits(line: Annotation, name: str) -> Line:
    largest = max(line.project, line.annotation, line.data.position, line.data.start)
    return line if largest < _LIMIT else _failure("malformed", name, f"{largest} has more than 64 bits")


def _array(name: str, peeked: Peeked) -> Iterator[Line]:
    import ijson
    from ijson.common import JSONError

    read = 0
    try:
        for row in ijson.items(peeked, "item", use_float=True):
            read += 1
            if isinstance(row, dict) and is_row(row):
                yield from lines(row, name)
            else:
                yield _failure("no_annotation", name, f"row {read} is no row of Label Studio's")
    except (JSONError, UnicodeDecodeError) as error:
        seen = str(error).splitlines()[0]
        yield _failure("truncated", name, f"after {read} whole rows: {seen}", hint="save the export again")


def _lines(name: str, peeked: Peeked) -> Iterator[Line]:
    """A file without a single JSON object is one failure, not one a line; a long one goes on line by line."""
    waiting: list[Line] = []
    begins, known = b"", False
    try:
        for number, line in enumerate(peeked.lines(), start=1):
            if not line.strip():
                continue
            begins = begins or line.strip()[: 4 * _BEGINNING]
            known = known or _object(line) is not None or len(waiting) == _MOST_WAITING
            if known:
                yield from waiting
                waiting.clear()
                yield from _line(line, name, number)
            else:
                waiting += _line(line, name, number)
    except (EOFError, OSError):
        yield from waiting
        raise
    if waiting:
        yield _no_json(name, begins)


def _line(line: bytes, name: str, number: int) -> Iterator[Line]:
    try:
        yield Annotation.model_validate_json(line)
    except ValidationError as error:
        row = _object(line) or {}
        if "votes" in row:
            hint = "give the files that the dataset was made from"
            yield _failure("record", name, REASONS["record"], hint=hint, line=number)
        elif "annotator" not in row and is_row(row):
            yield from lines(row, name)
        elif _misses_unit_id_alone(error):
            yield Orphan(row, Origin(project=row.get("project") or 0, name=name), f"line {number}")
        else:
            yield _no_annotation(error, name, number)


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def _misses_unit_id_alone(error: ValidationError) -> bool:
    return [one["loc"] for one in error.errors(include_url=False)] == [("data", "unit_id")]


def _no_annotation(error: ValidationError, name: str, number: int) -> Failure:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "the line"
    hint = "export reads what annotator pull writes, and JSON saved from Label Studio's page"
    return _failure("no_annotation", name, f"{place}: {first['msg']}", hint=hint, line=number)


def _no_json(name: str, begins: bytes) -> Failure:
    text = begins.decode("utf-8", errors="replace")
    shown = "".join(sign if sign.isprintable() else " " for sign in text).strip()[:_BEGINNING]
    hint = "save it as JSON on Label Studio's page, or give what annotator pull writes"
    return _failure("no_annotation", name, f"no line of it is a JSON object; it begins {shown!r}", hint=hint)


def _failure(reason: str, source: str, message: str, *, hint: str = "", line: int | None = None) -> Failure:
    return Failure(step="export", source=source, line=line, reason=reason, message=message, hint=hint)
