"""Inputs (files, folders, standard input) become articles with canonical text."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

from annotator.errors import InputError, UsageError
from annotator.failures import internal_error
from annotator.models import Article, Failure
from annotator.readers.input_formats import find_in_file, find_in_stream
from annotator.readers.packed import PACKED
from annotator.readers.unread import Unread as Unread
from annotator.readers.unread import failure as failure
from annotator.settings import Fields
from annotator.text import shown_name

STDIN = "-"

ReadOutcome = Article | Failure
_FIELDS = Fields()


def read(inputs: Sequence[str | Path], *, fields: Fields = _FIELDS) -> Iterator[ReadOutcome]:
    """Read articles from files and folders (.txt, .html, .jsonl, .csv, .tsv, packed or not), in a stable order.

    The inputs are looked up at once and read one by one; `-` is standard input. `fields` says which field of a row
    holds what. An article that cannot be read comes as a `Failure` in its place.

    Raises:
        UsageError: an input does not exist, or a folder holds no file or is a run folder.
    """
    found = find(inputs, fields=fields)
    return (item.outcome() if isinstance(item, Unread) else item for item in found)


def find(inputs: Sequence[str | Path], *, fields: Fields = _FIELDS) -> Iterator[Unread | Failure]:
    """Find the same articles without reading them, which can then be done elsewhere.

    Raises:
        UsageError: as `read`.
    """
    paths = [path for name in inputs for path in _expand(str(name))]
    return (item for path in paths for item in _guarded(path, fields))


def total_size(inputs: Sequence[str | Path]) -> int:
    """Return how many bytes the inputs have, 0 where that is not known: of standard input, of a packed file."""
    paths = [Path(path) for name in inputs if str(name) != STDIN for path in _expand(str(name))]
    if any(str(name) == STDIN for name in inputs) or any(path.suffix.lower() in PACKED for path in paths):
        return 0
    return sum(path.stat().st_size for path in paths if path.is_file())


def _expand(name: str) -> list[str]:
    """A folder stands for all its files, sorted by path; hidden files and folders are not looked at."""
    path = Path(name)
    if name == STDIN or path.is_file():
        return [name]
    if not path.is_dir():
        raise UsageError(f"{name}: no such file or folder", hint="check the path; - reads standard input")
    files = sorted(_below(path))
    if runs := [file.parent for file in files if file.name == "run.json" and (file.parent / "tasks.jsonl").exists()]:
        hint = f"give the articles' own files; {runs[0] / 'articles.jsonl'} holds those of the run"
        raise UsageError(f"{runs[0]}: a run folder that annotator prepare made, not articles", hint=hint)
    if not files:
        raise UsageError(f"{name}: the folder holds no file", hint="put .txt, .html, .jsonl or .csv files in it")
    return [str(file) for file in files]


def _below(folder: Path) -> Iterator[Path]:
    """Return the files below a folder, and what may hide some: a folder that does not open, a link, a pipe."""
    shut: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=shut.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        linked = [name for name in folders if Path(parent, name).is_symlink()]
        yield from (Path(parent, name) for name in (*files, *linked) if not name.startswith("."))
    yield from (Path(error.filename) for error in shut)


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


def _guarded(name: str, fields: Fields) -> Iterator[Unread | Failure]:
    source = shown_name(name)
    try:
        if name != STDIN:
            _check_is_file(Path(name))
        found = (
            find_in_stream(cast("io.BufferedReader", sys.stdin.buffer), fields, source=source)
            if name == STDIN
            else find_in_file(Path(name), fields, source=source)
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
