"""JSONL: one article a row, its fields named by the settings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from annotator.errors import InputError
from annotator.models import Article
from annotator.readers.json_rows import check_values, too_deep
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
        raise InputError(f"a JSON {type(row).__name__}, not an object", reason="json", hint="one JSON object per line")
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
