"""What is to be read: names of files, folders with all that is in them, and lists of names.

A folder's files are handed on while it is gone through, sorted by path, so that a million of them need no list of them
all, but for the names of one folder at a time.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from annotator.errors import InputError, UsageError
from annotator.output import standard_input

STDIN = "-"
_CHUNK = 2**16
_LONGEST = 2**16
"""Bytes of a line in a list; no system takes a path of more than 4,096."""
_RUN = ("run.json", "tasks.jsonl")


def paths(names: Sequence[str], files_from: str = "") -> Iterator[str | InputError]:
    """Return the paths of all files, in order, looked up while they are read; what is named is looked up at once.

    `files_from` is a file with a further path on each line, or with a NUL behind each; `-` is standard input.

    Raises:
        UsageError: an input does not exist, a folder holds no file or is a run folder, or nothing is named.
    """
    if files_from == STDIN and STDIN in names:
        raise UsageError("standard input is both a list of files and an article", hint="save one of them in a file")
    if not names and not files_from:
        raise UsageError("there is no input", hint="name files or folders, or - for standard input")
    for name in names:
        _check_input(name)
    return _all_paths(names, _listed(files_from) if files_from else iter(()))


def _all_paths(names: Sequence[str], listed: Iterator[str | InputError]) -> Iterator[str | InputError]:
    for name in names:
        yield from (STDIN,) if name == STDIN else _expanded(name)
    for named in listed:
        if isinstance(named, InputError):
            yield named
        else:
            yield from _expanded(str(Path(os.curdir) / named) if named == STDIN else named)


def _check_input(name: str) -> None:
    path = Path(name)
    if name == STDIN or path.is_file():
        return
    if not path.is_dir():
        raise UsageError(f"{name}: no such file or folder", hint="check the path; - reads standard input")
    is_empty = True
    for found in map(Path, below(str(path))):
        is_empty = False
        folder = found.parent
        if found.name == _RUN[0] and (folder / _RUN[1]).exists():
            hint = f"give the articles' own files; {folder / 'articles.jsonl'} holds those of the run"
            raise UsageError(f"{folder}: a run folder that annotator prepare made, not articles", hint=hint)
    if is_empty:
        raise UsageError(f"{name}: the folder holds no file", hint="put .txt, .html, .jsonl or .csv files in it")


def _expanded(name: str) -> Iterator[str]:
    return below(str(Path(name))) if Path(name).is_dir() else iter((name,))


def below(folder: str) -> Iterator[str]:
    """Yield the files below a folder, sorted by path, hidden ones left out.

    Among them stands what may hide some: a folder that does not open, a link, a pipe.
    """
    waiting = [_content(folder)]
    while waiting:
        path, is_folder = next(waiting[-1], ("", False))
        if not path:
            waiting.pop()
        elif is_folder:
            waiting.append(_content(path))
        else:
            yield path


def _content(folder: str) -> Iterator[tuple[str, bool]]:
    """Yield what is in a folder, and whether it is a folder too; the folder itself where it does not open.

    Of a million files their names take 90 MB, and their paths as objects 500.
    """
    folders = set()
    names = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    names.append(entry.name)
                    if entry.is_dir(follow_symlinks=False):
                        folders.add(entry.name)
    except OSError:
        yield folder, False
        return
    names.sort()
    before = "" if folder == os.curdir else folder.rstrip(os.sep) + os.sep
    yield from ((before + name, name in folders) for name in names)


def _listed(name: str) -> Iterator[str | InputError]:
    if name == STDIN:
        return _names(standard_input())
    if not Path(name).exists() or Path(name).is_dir():
        raise UsageError(f"--files-from {name}: no such file", hint="- reads the list from standard input")
    return _of_file(name)


def _of_file(name: str) -> Iterator[str | InputError]:
    try:
        with Path(name).open("rb") as stream:
            yield from _names(stream)
    except OSError as error:
        yield InputError(f"cannot be read: {error.strerror}", reason="unreadable")


def _names(stream: io.BufferedReader) -> Iterator[str | InputError]:
    """Yield the names of a list as they arrive. A NUL in the first piece says that one stands behind each of them."""
    piece = stream.read1(_CHUNK)
    end = b"\0" if b"\0" in piece else b"\n"
    rest, number = b"", 0
    while piece or rest:
        *whole, rest = (rest + piece).split(end) if piece else (rest, b"")
        if len(rest) > _LONGEST:
            whole, rest = [*whole, rest], b""
        for name in whole:
            number += 1
            if len(name) > _LONGEST:
                yield InputError("longer than a path can be", reason="unreadable", line=number)
            elif path := name if end == b"\0" else name.strip(b"\r"):
                yield os.fsdecode(path)
        piece = stream.read1(_CHUNK) if piece else b""
