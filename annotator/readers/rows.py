"""A row, of JSONL or of a table, becomes an article: its fields are named by the settings."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from math import isfinite

from annotator.errors import InputError
from annotator.models import Article
from annotator.readers.article import SourceMetadata, make_article, not_storable
from annotator.readers.dates import iso_date
from annotator.readers.json_rows import kind_of
from annotator.settings import Fields
from annotator.text import one_line, unstorable

_AMBIGUOUS = re.compile(r"(?:0?[1-9]|1[0-2])[./](?:0?[1-9]|1[0-2])[./]\d{4}")
_LIKELY = ("body", "content", "article", "full_text", "fulltext", "contenu", "texte", "texto", "inhalt")


def row_article(row: Mapping[str, object], fields: Fields, *, source: str, notes: Sequence[str] = ()) -> Article:
    """Return the row's article, from its HTML where the settings name a field for that and the row fills it.

    A field is looked up by its name, then in any case (`TEXT`), then by its path (`content.body` in `content`). What
    no setting names is carried along as the row's own.

    Raises:
        InputError: no text, or a field that is none.
    """
    html = _value(row, fields.html) if fields.html else None
    if html:
        from annotator.readers.html import read_html

        article = read_html(_text(row, fields.html), _metadata(row, fields), source=source, notes=notes)
    else:
        article = make_article(_text(row, fields.text), _metadata(row, fields), source=source, notes=notes)
    rest, lost = _rest(row, fields)
    told = (f"field {', '.join(map(repr, lost))}: holds what no file can hold, and is left out",) if lost else ()
    return article.model_copy(update={"source": rest, "notes": (*article.notes, *told)}) if rest or lost else article


def key_of(row: Collection[str], name: str) -> str | None:
    """Return under which name a row holds a field, whatever the case; None where it does not hold it itself."""
    if name in row:
        return name
    folded = name.casefold()
    return next((key for key in row if key.casefold() == folded), None)


def text_hint(names: Collection[str]) -> str:
    """Return the flag that names the text's field, with the field that is likely to be it."""
    likely = next((key for name in _LIKELY if (key := key_of(names, name)) is not None), "NAME")
    return f"--text-field {likely}"


def _value(row: Mapping[str, object], name: str) -> object:
    """Return the value of a field; None where there is none."""
    key = key_of(row, name)
    if key is not None:
        return row[key]
    first, _, below = name.partition(".")
    inner = row.get(first) if below else None
    return _value(inner, below) if isinstance(inner, dict) else None


def _rest(row: Mapping[str, object], fields: Fields) -> tuple[dict[str, object], list[str]]:
    """Return the row's fields that no setting names, as they are, and the names of those that no file can hold.

    A field of which the article holds something else, a date in another form or one name for several, is among them.
    """
    names = [name for name in fields.model_dump().values() if name]
    used = {key_of(row, name) or name.partition(".")[0] for name in names}
    used -= {key_of(row, name) for name in (fields.author, fields.section) if not _is_word(_value(row, name))}
    date = _value(row, fields.published)
    given = str(date).strip() if _is_word(date) and date is not None else ""
    used -= {key_of(row, fields.published)} if _date(given) != given else set()
    rest = {name: value for name, value in row.items() if name not in used and value not in ("", None)}
    kept = {name: value for name, value in rest.items() if not _is_unstorable((name, value))}
    return kept, [name.encode("ascii", "backslashreplace").decode() for name in rest if name not in kept]


def _is_word(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def _named(value: object) -> str:
    """Return the names of one or several people or sections: texts, objects with a name, or a list of those."""
    parts = value if isinstance(value, list) else [value]
    texts = [part.get("name") if isinstance(part, dict) else part for part in parts]
    return ", ".join(one_line(str(text)) for text in texts if isinstance(text, str | int) and not unstorable(str(text)))


def _date(given: str) -> str:
    """Return a date as ISO 8601; as it is given where day and month cannot be told apart, or it is none."""
    return given if _AMBIGUOUS.fullmatch(given) else iso_date(given) or given


def _is_unstorable(value: object) -> bool:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str) and unstorable(part):
            return True
        if isinstance(part, float) and not isfinite(part):
            return True
        waiting.extend(part.items() if isinstance(part, dict) else part if isinstance(part, list | tuple) else ())
    return False


def _text(row: Mapping[str, object], name: str) -> str:
    text = _value(row, name)
    if text is None and key_of(row, name) is None:
        names = ", ".join(map(str, row)) or "none"
        raise InputError(f"no text in field {name!r} (fields: {names})", reason="no_text", hint=text_hint(row))
    if not isinstance(text, str):
        raise _not_text(name, text)
    if not text.strip():
        raise InputError(f"field {name!r} is empty", reason="empty")
    return _storable(name, text)


def _storable(name: str, text: str) -> str:
    """Name the field as the row does: the article itself knows only what the settings make of it."""
    if wrong := unstorable(text):
        raise not_storable(f"field {name!r}", wrong)
    return text


def _not_text(name: str, value: object) -> InputError:
    kind = kind_of(value)
    return InputError(
        f"field {name!r} is {kind}, not text", reason="field_type", hint="make it a string, or name another field"
    )


def _metadata(row: Mapping[str, object], fields: Fields) -> SourceMetadata:
    def field(name: str) -> str:
        value = _value(row, name)
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
        author=_named(_value(row, fields.author)),
        section=_named(_value(row, fields.section)),
        published=_date(field(fields.published)),
        declared_language=field(fields.language),
        rights=field(fields.rights),
        retention=field(fields.retention),
    )
