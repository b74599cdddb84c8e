"""Inputs (files, folders, standard input) become articles with canonical text."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from annotator.errors import InputError, UsageError
from annotator.models import Article, Failure
from annotator.readers.decode import decode
from annotator.readers.jsonl import read_rows
from annotator.readers.text import read_text
from annotator.settings import Fields

STDIN = "-"
TEXT_SUFFIXES = {"", ".txt", ".text", ".md"}
JSONL_SUFFIXES = {".jsonl", ".ndjson"}
MAX_ARTICLE_BYTES = 50 * 1024 * 1024
_INSTEAD = {
    ".pdf": "extract the text first, for instance with pdftotext, and hand in the .txt file",
    ".docx": "save the document as plain text (.txt)",
    ".doc": "save the document as plain text (.txt)",
    ".odt": "save the document as plain text (.txt)",
    ".eml": "save the message's body as plain text (.txt)",
}

Outcome = Article | Failure


def read(inputs: Sequence[str], *, fields: Fields) -> Iterator[Outcome]:
    """Yield every article of the inputs in a stable order, and a failure for each one that cannot be read.

    Raises:
        UsageError: an input does not exist, or a folder holds no file.
    """
    paths = [path for name in inputs for path in _expand(name)]
    for path in paths:
        yield from _guarded(path, fields)


def _expand(name: str) -> list[str]:
    """A folder stands for all its files, sorted by path; hidden files and folders are not looked at."""
    path = Path(name)
    if name == STDIN or path.is_file():
        return [name]
    if not path.is_dir():
        raise UsageError(f"{name}: no such file or folder", hint="check the path; - reads standard input")
    files = sorted(file for file in path.rglob("*") if file.is_file() and not _hidden(file.relative_to(path)))
    if not files:
        raise UsageError(f"{name}: the folder holds no file", hint="annotator prepare takes .txt and .jsonl files")
    return [str(file) for file in files]


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _guarded(name: str, fields: Fields) -> Iterator[Outcome]:
    try:
        if name == STDIN:
            yield from _read_stream(sys.stdin.buffer, name, fields)
        else:
            yield from _read_file(Path(name), name, fields)
    except InputError as error:
        yield failure(name, error)
    except OSError as error:
        unreadable = InputError(f"cannot be read: {error.strerror}", reason="unreadable")
        yield failure(name, unreadable)


def failure(name: str, error: InputError) -> Failure:
    """Return the line that lists an input that could not be read."""
    return Failure(
        step="read", source=name, line=error.line, reason=error.reason, message=error.message, hint=error.hint
    )


def _read_file(path: Path, name: str, fields: Fields) -> Iterator[Outcome]:
    suffix = path.suffix.lower()
    if suffix in JSONL_SUFFIXES:
        with path.open("rb") as lines:
            yield from _rows(lines, name, fields)
    elif suffix in TEXT_SUFFIXES:
        with path.open("rb") as stream:
            yield _text(stream, name)
    else:
        hint = _INSTEAD.get(suffix, "annotator prepare takes .txt and .jsonl files: rename or convert it")
        raise InputError(f"{suffix} files are not supported", reason="unsupported", hint=hint)


def _read_stream(stream: BinaryIO, name: str, fields: Fields) -> Iterator[Outcome]:
    """Standard input is JSONL when its first line is a JSON object, else one plain text."""
    first = stream.readline()
    if _is_object(first):
        yield from _rows(chain([first], stream), name, fields)
    else:
        yield _text(stream, name, first)


def _rows(lines: Iterable[bytes], name: str, fields: Fields) -> Iterator[Outcome]:
    for row in read_rows(lines, fields, source=name):
        yield failure(name, row) if isinstance(row, InputError) else row


def _text(stream: BinaryIO, name: str, first: bytes = b"") -> Article:
    raw = first + stream.read(MAX_ARTICLE_BYTES + 1)
    if len(raw) > MAX_ARTICLE_BYTES:
        limit = MAX_ARTICLE_BYTES // 2**20
        raise InputError(f"more than {limit} MB in one article", reason="too_large", hint="split the file")
    return read_text(*decode(raw), source=name)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line.decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        return False
