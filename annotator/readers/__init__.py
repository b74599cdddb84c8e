"""Inputs (files, folders, standard input) become articles with canonical text."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from annotator.errors import InputError, UsageError
from annotator.failures import internal_error
from annotator.models import Article, Failure
from annotator.output import standard_input
from annotator.readers.input_formats import find_in_file, find_in_stream
from annotator.readers.inputs import STDIN as STDIN
from annotator.readers.inputs import paths
from annotator.readers.packed import PACKED
from annotator.readers.selection import ALL_PAGES as ALL_PAGES
from annotator.readers.selection import PageSelection as PageSelection
from annotator.readers.unread import Unread as Unread
from annotator.readers.unread import failure as failure
from annotator.settings import Fields
from annotator.text import known_encoding, shown_name

ReadOutcome = Article | Failure
_FIELDS = Fields()


def read(
    inputs: str | Path | Sequence[str | Path],
    *,
    fields: Fields = _FIELDS,
    files_from: str | Path = "",
    pages: PageSelection = ALL_PAGES,
    encoding: str = "",
) -> Iterator[ReadOutcome]:
    """Read articles from files and folders, in a stable order: text, pages, rows, feeds and archives, packed or not.

    The inputs, one or several, are looked up at once and read one by one; `-` is standard input. `files_from` is a file
    that names further ones, or `-`. `fields` says which field of a row holds what, `pages` which pages of an archive of
    the web are meant, `encoding` what text files, pages and tables are in. An article that cannot be read comes as a
    `Failure` in its place.

    Raises:
        UsageError: an input does not exist, a folder holds no file or is a run folder, or the encoding is unknown.
    """
    found = find(inputs, fields=fields, files_from=files_from, pages=pages, encoding=encoding)
    return (item.outcome() if isinstance(item, Unread) else item for item in found)


def find(
    inputs: str | Path | Sequence[str | Path],
    *,
    fields: Fields = _FIELDS,
    files_from: str | Path = "",
    pages: PageSelection = ALL_PAGES,
    encoding: str = "",
) -> Iterator[Unread | Failure]:
    """Find the same articles without reading them, which can then be done elsewhere.

    Raises:
        UsageError: as `read`.
    """
    named = (inputs,) if isinstance(inputs, str | Path) else inputs
    try:
        encoding = known_encoding(encoding) if encoding else ""
    except ValueError as error:
        raise UsageError(f"encoding {encoding!r} {error}") from error
    found = paths(tuple(map(str, named)), str(files_from))
    listed_in = str(files_from)
    return (item for path in found for item in _found_in(path, fields, pages, listed_in=listed_in, encoding=encoding))


def total_size(inputs: Sequence[str | Path]) -> int:
    """Return how many bytes the inputs have, 0 where that is not known: of standard input, of a packed file."""
    size = 0
    for path in paths(tuple(map(str, inputs))) if inputs else ():
        if not isinstance(path, str) or path == STDIN or Path(path).suffix.lower() in PACKED:
            return 0
        size += Path(path).stat().st_size if Path(path).is_file() else 0
    return size


def _found_in(
    path: str | InputError, fields: Fields, pages: PageSelection, *, listed_in: str, encoding: str
) -> Iterator[Unread | Failure]:
    if isinstance(path, InputError):
        yield failure(listed_in, path)
    else:
        yield from _guarded(path, fields, pages, encoding)


def _check_is_file(path: Path) -> None:
    """Refuse what stands among files and is not one, before it is opened: a pipe would wait for ever."""
    if path.is_file() or not os.path.lexists(path):
        return
    hint = "remove it from the input"
    if path.is_dir() and path.is_symlink():
        what, hint = "a link to a folder, which is not followed", "give that folder as an input of its own"
    elif path.is_dir():
        what, hint = "a folder that cannot be opened", "let yourself read it"
    else:
        what = "a link to a file that is not there" if path.is_symlink() else "not a file but a pipe or a device"
    raise InputError(what, reason="unreadable", hint=hint)


def _guarded(name: str, fields: Fields, pages: PageSelection, encoding: str) -> Iterator[Unread | Failure]:
    source = shown_name(name)
    try:
        if name != STDIN:
            _check_is_file(Path(name))
        found = (
            find_in_stream(standard_input(), fields, source=source, pages=pages, encoding=encoding)
            if name == STDIN
            else find_in_file(Path(name), fields, source=source, pages=pages, encoding=encoding)
        )
        for item in found:
            yield failure(source, item) if isinstance(item, InputError) else item
    except InputError as error:
        yield failure(source, error)
    except OSError as error:
        unreadable = InputError(f"cannot be read: {error.strerror or error}", reason="unreadable")
        yield failure(source, unreadable)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other inputs can be read
        yield failure(source, internal_error(error))
