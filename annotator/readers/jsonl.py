"""JSONL, and JSON: one article a row, an element of an array or a file, its fields named by the settings."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from annotator.errors import InputError
from annotator.models import Article
from annotator.readers.json_rows import check_values, kind_of, rows, starts_array, too_deep
from annotator.readers.lines import read_limited, skip_mark
from annotator.readers.rows import row_article
from annotator.readers.unread import Unread
from annotator.settings import Fields


def find_rows(lines: Iterable[bytes | InputError], fields: Fields, *, source: str) -> Iterator[Unread | InputError]:
    """Yield each row, or the error that says why it is none. Blank lines are not rows."""
    reading = partial(_row_article, fields=fields, source=source)
    for number, line in enumerate(lines, start=1):
        if isinstance(line, InputError):
            yield line
        elif line.strip():
            yield Unread(source, line, reading, line=number)


def find_elements(stream: io.BufferedReader, fields: Fields, *, source: str) -> Iterator[Unread | InputError]:
    """Yield the elements of an array, the object that the file is, or its lines; or the error of each that is none.

    Raises:
        InputError: the file is empty or too large for one object, its array breaks off, or it is in UTF-16.
    """
    skip_mark(stream)
    reading = partial(_row_article, fields=fields, source=source)
    if starts_array(stream):
        for row in rows(stream):
            yield row.json if isinstance(row.json, InputError) else Unread(source, row.json, reading, line=row.line)
        return
    whole = read_limited(stream)
    if not whole.strip():
        raise InputError("the file is empty", reason="empty", hint="remove it from the input")
    try:
        json.loads(whole)
    except (ValueError, RecursionError):  # lines, or an error that names the first of them
        yield from find_rows(io.BytesIO(whole), fields, source=source)
    else:
        yield Unread(source, whole, reading)


def _row_article(line: bytes, fields: Fields, source: str) -> Article:
    row = _object(line)
    if isinstance(row, _Doubled) and (twice := row.names.intersection(fields.model_dump().values())):
        message = f"2 fields are named {min(twice)!r}, and one can count"
        raise InputError(message, reason="duplicate_column", hint="give each field a name of its own")
    return row_article(row, fields, source=source)


def _object(line: bytes) -> dict[str, Any]:
    """Half a character is left to the field that it stands in: most fields of a row are none of the article's."""
    check_values(line)
    try:
        row = json.loads(line.decode("utf-8-sig"), object_pairs_hook=_fields)
    except UnicodeDecodeError as error:
        message = f"not UTF-8: byte {error.start} of the line is {line[error.start]:#04x}"
        raise InputError(message, reason="encoding", hint="JSONL is UTF-8 by definition: convert the file") from error
    except RecursionError as error:
        raise too_deep() from error
    except ValueError as error:
        raise InputError(f"not valid JSON: {error}", reason="json", hint="one JSON object per line") from error
    if not isinstance(row, dict):
        raise InputError(f"{kind_of(row)}, not an object", reason="json", hint="one JSON object per article")
    return row


class _Doubled(dict[str, Any]):
    """An object with some names twice: of their values it holds the last."""

    names: frozenset[str] = frozenset()


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) == len(pairs):
        return fields
    doubled = _Doubled(fields)
    doubled.names = frozenset(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
    return doubled
