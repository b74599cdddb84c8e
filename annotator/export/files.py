"""The bytes of a source, whether plain, gzipped or zipped."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple, cast

from annotator.errors import UsageError

_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_WHITE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_NAMES = (".json", ".jsonl")


class Stream(NamedTuple):
    """One file's bytes, and what it is called: `export.zip/tasks.json` inside an archive."""

    name: str
    bytes: IO[bytes]


def streams(path: Path) -> Iterator[Stream]:
    """Yield the file, unpacked, or each JSON file of an archive. The bytes say what it is, not the name.

    Raises:
        UsageError: there is no such file, or it is a folder.
        BadZipFile: a damaged archive, whose table of contents stands at its end, or one without such a file.
    """
    if path.is_dir():
        raise _folder(path)
    if not path.is_file():
        raise UsageError(f"{path}: no such file", hint="annotator pull --project TITLE --out annotations.jsonl")
    with path.open("rb") as opened:
        magic = opened.read(len(_ZIP))
        opened.seek(0)
        if magic == _ZIP:
            yield from _members(path, opened)
        elif magic.startswith(_GZIP):
            with gzip.open(opened) as unpacked:
                yield Stream(str(path), cast("IO[bytes]", unpacked))
        else:
            yield Stream(str(path), opened)


def _folder(path: Path) -> UsageError:
    """Say what the folder is: a run of prepare holds units without answers, a dataset is what export makes."""
    pull = "annotator pull --project TITLE --out annotations.jsonl, and export that"
    if (path / "run.json").is_file():
        hint = f"{pull}; {path / 'tasks.jsonl'} gives the units without answers"
        return UsageError(f"{path}: a run folder of annotator prepare, which holds no answers", hint=hint)
    if (path / "manifest.json").is_file():
        hint = f"{pull}; annotator report {path} shows the dataset"
        return UsageError(f"{path}: a dataset folder, which export makes and does not read", hint=hint)
    return UsageError(f"{path}: a folder, and export reads files", hint=f"name the files: {path / '*.jsonl'}")


def _members(path: Path, opened: IO[bytes]) -> Iterator[Stream]:
    with zipfile.ZipFile(opened) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(_NAMES))
        if not names:
            raise zipfile.BadZipFile(f"none of its {len(archive.namelist())} files is a {' or '.join(_NAMES)}")
        for name in names:
            with archive.open(name) as member:
                yield Stream(f"{path}/{name}", member)


class Peeked:
    """A stream whose first bytes were looked at and are given all the same."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._ahead = stream.read(len(_BOM)).removeprefix(_BOM)
        while self._ahead.strip(_WHITE) == b"" and (more := stream.read(1)):
            self._ahead += more

    @property
    def first(self) -> bytes:
        """The first byte that is no white space; nothing in an empty file."""
        return self._ahead.lstrip(_WHITE)[:1]

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes."""
        if not self._ahead:
            return self._stream.read(size)
        cut = len(self._ahead) if size < 0 else size
        given, self._ahead = self._ahead[:cut], self._ahead[cut:]
        return given + self._stream.read() if size < 0 else given

    def lines(self) -> Iterator[bytes]:
        """Yield the lines."""
        ahead, self._ahead = self._ahead, b""
        *whole, rest = ahead.split(b"\n")
        yield from (line + b"\n" for line in whole)
        yield rest + self._stream.readline()
        yield from self._stream
