"""JSONL: one article a row, its fields named by the settings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from annotator.errors import InputError
from annotator.models import Article
from annotator.readers.article import Known, make_article
from annotator.settings import Fields


def read_rows(lines: Iterable[bytes], fields: Fields, *, source: str) -> Iterator[Article | InputError]:
    """Yield each row's article, or the error that says what is wrong with it. Blank lines are no rows."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _article(line, fields, source)
            except InputError as error:
                error.line = number
                yield error


def _article(line: bytes, fields: Fields, source: str) -> Article:
    row = _object(line)
    text = row.get(fields.text)
    if not isinstance(text, str):
        names = ", ".join(map(str, row)) or "none"
        message = f"no text in field {fields.text!r} (fields: {names})"
        raise InputError(message, reason="no_text", hint="--text-field NAME")
    if not text.strip():
        raise InputError(f"field {fields.text!r} is empty", reason="empty")
    return make_article(text, _known(row, fields), source=source)


def _object(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        message = f"not UTF-8: byte {error.start} of the line is {line[error.start]:#04x}"
        raise InputError(message, reason="encoding", hint="JSONL is UTF-8 by definition: convert the file") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"not valid JSON: {error}", reason="json", hint="one JSON object a line") from error
    if not isinstance(row, dict):
        raise InputError(f"a JSON {type(row).__name__}, not an object", reason="json", hint="one JSON object a line")
    return row


def _known(row: dict[str, Any], fields: Fields) -> Known:
    def field(name: str) -> str:
        value = row.get(name)
        if value is None:
            return ""
        if isinstance(value, str | int | float):
            return str(value).strip()
        raise InputError(f"field {name!r} is a {type(value).__name__}, not text", reason="field_type")

    return Known(
        article_id=field(fields.id),
        title=field(fields.title),
        url=field(fields.url),
        site=field(fields.site),
        published=field(fields.published),
        declared_language=field(fields.language),
        rights=field(fields.rights),
    )
