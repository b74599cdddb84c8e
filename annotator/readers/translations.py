"""Translations that a user has: TMX, or a table or rows of JSON with `source` and `target`.

Languages stand in `source_lang` and `target_lang`, or nowhere: then an entry is for any pair of languages.
"""

from __future__ import annotations

import io
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from annotator.errors import InputError, UsageError
from annotator.models import TranslationEntry
from annotator.readers.json_rows import rows
from annotator.readers.packed import PACKED, opened
from annotator.readers.table import check_utf8, open_table
from annotator.readers.tmx import read_tmx
from annotator.spreadsheet import original
from annotator.text import canonical, reading_form, unstorable

ENDINGS = (".tmx", ".csv", ".tsv", ".jsonl")
TEXTS, LANGUAGES = ("source", "target"), ("source_lang", "target_lang")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})([-_][A-Za-z0-9]+)*")
_SHOWN = 60


def name_of(path: Path) -> str:
    """Return what a file is called in `memory:NAME`: its name without endings, of letters, digits, `.`, `_` and `-`."""
    return re.sub(r"[^\w.-]+", "-", _unpacked(path).stem)


def read_translations(path: Path) -> Iterator[TranslationEntry | InputError]:
    """Yield the entries in their order, texts in the form that units have; an error in the place of a bad one.

    An entry whose translation is empty waits to be translated, and is left out.

    Raises:
        UsageError: there is no such file, it is of no known kind, is damaged or breaks off, or lacks a column.
    """
    ending = _unpacked(path).suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(f"{path}: not a file of translations by its name", hint=f"NAME{', NAME'.join(ENDINGS)}")
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError(f"{path}: not a file", hint="name a file")
        with opened(path) as stream:
            for entry in _read(stream, ending):
                if isinstance(entry, InputError) or entry.translation.strip():
                    yield entry if isinstance(entry, InputError) else _sound(entry)
    except InputError as error:
        place = f"{path}:{error.line}" if error.line else str(path)
        raise UsageError(f"{place}: {error.message}", hint=error.hint) from error
    except FileNotFoundError as error:
        raise UsageError(f"{path}: there is no such file", hint="name one that is there") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", hint="name a file that can be read") from error


def _unpacked(path: Path) -> Path:
    return path.with_suffix("") if path.suffix.lower() in PACKED else path


def _read(stream: io.BufferedReader, ending: str) -> Iterator[TranslationEntry | InputError]:
    if ending == ".tmx":
        return read_tmx(stream)
    return _json_entries(stream) if ending == ".jsonl" else _table_entries(stream, is_tsv=ending == ".tsv")


def _table_entries(stream: io.BufferedReader, *, is_tsv: bool) -> Iterator[TranslationEntry | InputError]:
    table = open_table(stream, is_tsv=is_tsv)
    _check_columns(table.names)
    for row in table.rows:
        if isinstance(row, InputError):
            yield row
            continue
        try:
            check_utf8(row.cells)
        except InputError as error:
            error.line = row.line
            yield error
            continue
        cells = {name: original(cell) for name, cell in zip(table.names, row.cells, strict=True)}
        if any(map(str.strip, row.cells)):
            yield _entry(cells, row.line)


def _check_columns(names: Sequence[str]) -> None:
    hint = f"name the columns in the first line: {','.join((*TEXTS, *LANGUAGES))}; the last two may be left out"
    seen = ", ".join(names)[: 2 * _SHOWN]
    if missing := next((name for name in TEXTS if name not in names), ""):
        raise InputError(f"no column {missing!r} (columns: {seen})", reason="no_text", hint=hint, line=1)
    if doubled := next((name for name in (*TEXTS, *LANGUAGES) if names.count(name) > 1), ""):
        message = f"{names.count(doubled)} columns are named {doubled!r}, and only one can be used"
        raise InputError(message, reason="duplicate_column", hint=hint, line=1)


def _json_entries(stream: io.BufferedReader) -> Iterator[TranslationEntry | InputError]:
    for row in rows(stream):
        value = row.value()
        entry = value if isinstance(value, InputError) else _entry(value, row.number)
        if isinstance(entry, InputError):
            entry.line = row.number
        yield entry


def _entry(row: Mapping[str, object], line: int) -> TranslationEntry | InputError:
    fields = [row.get(name) for name in (*LANGUAGES, *TEXTS)]
    for name, value in zip((*LANGUAGES, *TEXTS), fields, strict=True):
        may_lack = name in LANGUAGES or (name == TEXTS[1] and name in row)  # a null waits to be translated
        if not isinstance(value, str) and not (value is None and may_lack):
            shown = f"is {str(value)[:_SHOWN]!r}, not text" if name in row else "is missing"
            hint = f"every row has {' and '.join(TEXTS)}"
            return InputError(f"field {name!r} {shown}", reason="field_type", hint=hint, line=line)
    source, target, text, translation = (str(value or "") for value in fields)
    return TranslationEntry(source, target, text, translation, line)


def _sound(entry: TranslationEntry) -> TranslationEntry | InputError:
    """Return the entry in the form that units have, or what is wrong with it."""
    problem = ""
    source, target = _code(entry.source), _code(entry.target)
    text, translation = _reading(entry.text), _reading(entry.translation)
    if source is None or target is None:
        wrong = entry.source if source is None else entry.target
        problem = f"{wrong[:_SHOWN]!r} is not a language code, like fr or fr-FR"
    elif not text:
        problem = f"a translation without a text: {translation[:_SHOWN]!r}"
    elif wrong := unstorable(text + translation):
        problem = f"{text[:_SHOWN]!r} holds {wrong}"
    if problem or source is None or target is None:
        return InputError(problem, reason="entry", hint="correct the line", line=entry.line)
    return TranslationEntry(source, target, text, translation, entry.line)


@lru_cache(maxsize=1000)
def _code(language: str) -> str | None:
    """Return the language of a tag (`fr` for `fr-FR`), nothing for nothing, and None where it is no tag."""
    match = _LANGUAGE.fullmatch(language.strip())
    return match[1].lower() if match else None if language.strip() else ""


def _reading(text: str) -> str:
    return reading_form(canonical(text)[0]).strip()
