"""A row, of JSONL or of a table, becomes an article: its fields are named by the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from annotator.errors import InputError
from annotator.models import Article
from annotator.readers.article import SourceMetadata, make_article, not_storable
from annotator.settings import Fields
from annotator.text import unstorable

_KINDS = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", dict: "an object"}


def row_article(row: Mapping[str, object], fields: Fields, *, source: str, notes: Sequence[str] = ()) -> Article:
    """Return the row's article, from its HTML where the settings name a field for that and the row fills it.

    Raises:
        InputError: no text, or a field that is none.
    """
    if fields.html and row.get(fields.html):
        from annotator.readers.html import read_html

        return read_html(_text(row, fields.html), _metadata(row, fields), source=source, notes=notes)
    return make_article(_text(row, fields.text), _metadata(row, fields), source=source, notes=notes)


def _text(row: Mapping[str, object], name: str) -> str:
    text = row.get(name)
    if name in row and not isinstance(text, str):
        raise _not_text(name, text)
    if not isinstance(text, str):
        names = ", ".join(map(str, row)) or "none"
        raise InputError(f"no text in field {name!r} (fields: {names})", reason="no_text", hint="--text-field NAME")
    if not text.strip():
        raise InputError(f"field {name!r} is empty", reason="empty")
    return _storable(name, text)


def _storable(name: str, text: str) -> str:
    """Name the field as the row does: the article itself knows only what the settings make of it."""
    if wrong := unstorable(text):
        raise not_storable(f"field {name!r}", wrong)
    return text


def _not_text(name: str, value: object) -> InputError:
    kind = _KINDS.get(type(value), f"a {type(value).__name__}")
    return InputError(
        f"field {name!r} is {kind}, not text", reason="field_type", hint="make it a string, or name another field"
    )


def _metadata(row: Mapping[str, object], fields: Fields) -> SourceMetadata:
    def field(name: str) -> str:
        value = row.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return _storable(name, value).strip()
        if isinstance(value, int) or (isinstance(value, float) and isfinite(value)):
            return str(value)
        raise _not_text(name, value)

    return SourceMetadata(
        article_id=field(fields.id),
        title=field(fields.title),
        url=field(fields.url),
        site=field(fields.site),
        published=field(fields.published),
        declared_language=field(fields.language),
        rights=field(fields.rights),
        retention=field(fields.retention),
    )
