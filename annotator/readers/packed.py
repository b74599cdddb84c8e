"""Opens every file that comes from outside, plain or packed.

What is packed is unpacked twice: first to be counted and checked, for the checksum stands behind the bytes. A flipped
bit lets the rest look like rows, and some of them like good ones; nothing of such a file is used.
"""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple, cast

from annotator.errors import InputError
from annotator.text import shown_name

GZIP, ZSTD, ZIP = ".gz", ".zst", ".zip"
PACKED = {GZIP, ZSTD}
_BEGINNINGS = ((b"PK\x03\x04", ZIP), (b"PK\x05\x06", ZIP), (b"\x1f\x8b", GZIP), (b"\x28\xb5\x2f\xfd", ZSTD))
_MAX_RATIO = 200
"""Text packs 3 to 20 times, a file of one repeated line up to about 100 times."""
_ALWAYS_ALLOWED_BYTES = 100 * 2**20
_MAX_UNPACKED_BYTES = 16 * 2**30
_WINDOW = 2**27
_CHUNK = 2**20
_PACKED_CHUNK = 2**8
"""Four packed bytes can stand for 128 kB, so this much can become 8 MB and no more."""
_TABLE = 4 * 2**20
"""About 40,000 names; the table of contents is read whole, and Python needs ten times its size for it."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""4 kB of bzip2 can unpack to 5 GB in one piece."""
_ENCRYPTED = 0x1
_DAMAGES = (
    OSError, EOFError, ValueError, RuntimeError, ArithmeticError, LookupError, struct.error, zlib.error, lzma.LZMAError,
    zipfile.BadZipFile,
)  # fmt: skip
"""What Python's own unpackers raise of bytes that somebody changed."""
_AGAIN = "copy it again from its source"
_UNPACK = "unpack it yourself and look at what is in it"


class Stream(NamedTuple):
    """One file's bytes, and what it is called: `export.zip/tasks.json` inside an archive."""

    name: str
    bytes: io.BufferedReader


def streams(path: Path, endings: tuple[str, ...]) -> Iterator[Stream | InputError]:
    """Yield the file, unpacked, or each file of a zip archive whose name ends so; an error in the place of a bad one.

    The first bytes tell what is packed, or else the name. Read a stream before you ask for
    the next one. The stream of a truncated file yields everything before the cut, then raises an `InputError`.

    Raises:
        OSError: the file cannot be opened.
    """
    name = shown_name(str(path))
    if _packing(path) == ZIP:
        yield from _members(path, name, endings)
        return
    with ExitStack() as stack:
        try:
            stream: Stream | InputError = Stream(name, stack.enter_context(opened(path)))
        except InputError as error:
            stream = error
        yield stream


@contextmanager
def opened(path: Path) -> Iterator[io.BufferedReader]:
    """Open a file, unpacked while it is read.

    Raises:
        InputError: a zip archive, or a packed file that is damaged or unpacks into a flood; while reading, one that
            breaks off.
        OSError: the file cannot be opened.
    """
    packing = _packing(path)
    if packing == ZIP:
        raise InputError("a zip archive", reason="unsupported", hint="unpack it and hand in the folder")
    with path.open("rb") as stream:
        if not packing:
            yield stream
            return
        unpack = _gunzipped if packing == GZIP else _zstd_unpacked
        yield _unpacked(lambda: _from_start(stream, unpack), _Budget(path.stat().st_size))


def _packing(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(4)
    recognised = next((packing for beginning, packing in _BEGINNINGS if start.startswith(beginning)), "")
    suffix = path.suffix.lower()
    return recognised or (suffix if start and suffix in PACKED else "")


def _from_start(stream: io.BufferedReader, unpack: Callable[[io.BufferedReader], Iterator[bytes]]) -> Iterator[bytes]:
    stream.seek(0)
    yield from unpack(stream)


class _Budget:
    """How much a packed file, an archive with all its members, may still unpack to."""

    def __init__(self, packed_size: int) -> None:
        self._all = self._left = min(max(_ALWAYS_ALLOWED_BYTES, _MAX_RATIO * packed_size), _MAX_UNPACKED_BYTES)
        self._packed_size = packed_size

    def spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            message = f"unpacks to more than {self._all // 10**6:,} MB (packed: {self._packed_size / 1000:,.0f} kB)"
            raise InputError(message, reason="bomb", hint=_UNPACK)


def _unpacked(unpack: Callable[[], Iterator[bytes]], budget: _Budget) -> io.BufferedReader:
    """Return the unpacked stream, once it is known to be sound as far as it goes.

    Raises:
        InputError: it is damaged, or unpacks into a flood.
    """
    try:
        for piece in unpack():
            budget.spend(len(piece))
    except _DAMAGES as error:
        if not _breaks_off(error):
            raise _damaged(error) from error
    return io.BufferedReader(_Pieces(_guarded(unpack())), _CHUNK)


def _breaks_off(error: Exception) -> bool:
    """Tell a cut, or something else behind the last whole part, from damage: what comes before is as it was packed."""
    return isinstance(error, EOFError) or (isinstance(error, gzip.BadGzipFile) and "Not a gzipped" in str(error))


def _damaged(error: Exception) -> InputError:
    message = f"the packed file is damaged: {error or type(error).__name__}"
    return InputError(message, reason="damaged", hint=_AGAIN)


def _guarded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from pieces
    except _DAMAGES as error:
        raise _damaged(error) from error


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def joined(start: bytes, rest: io.BufferedReader) -> io.BufferedReader:
    """Return the stream of the bytes already read, and then the rest."""
    return io.BufferedReader(_Pieces(_start_and_rest(start, rest)))


def _start_and_rest(start: bytes, rest: io.BufferedReader) -> Iterator[bytes]:
    yield start
    while piece := rest.read1(_CHUNK):
        yield piece


def _gunzipped(packed: io.BufferedReader) -> Iterator[bytes]:
    """Yield the content of all members. `read1`, for `read` would lose up to a chunk of what is whole before a cut."""
    with gzip.GzipFile(fileobj=packed, mode="rb") as stream:
        while piece := stream.read1(_CHUNK):
            yield piece


def _zstd_unpacked(packed: io.BufferedReader) -> Iterator[bytes]:
    """Yield the content of all frames. The library's own stream reader takes a file that was cut off for a whole one.

    Raises:
        ValueError: not in this format.
        EOFError: the last frame is not complete.
    """
    import zstandard

    # The window is what one frame may claim of the memory: 128 MB, as `zstd -d` allows without --long.
    unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    frame, chunk = unpacker.decompressobj(), packed.read(_PACKED_CHUNK)
    is_open = False
    while chunk:
        try:
            piece = frame.decompress(chunk)
        except zstandard.ZstdError as error:
            if "too much memory" in str(error):
                hint = "pack it again without --ultra or --long"
                raise InputError("needs more than 128 MB of memory to unpack", reason="bomb", hint=hint) from error
            raise ValueError(str(error)) from error
        if piece:
            yield piece
        chunk, is_open = frame.unused_data, not frame.eof
        if frame.eof:
            frame = unpacker.decompressobj()
        chunk = chunk or packed.read(_PACKED_CHUNK)
    if is_open:
        raise EOFError("the last frame is not complete")


class _SmallTable(io.BufferedReader):
    """A zip archive whose table of contents, which is read in one piece, cannot fill the memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _TABLE:
            message = f"its table of contents is larger than {_TABLE // 2**20} MB"
            raise InputError(message, reason="archive", hint=_UNPACK)
        return super().read(size)


def _members(path: Path, name: str, endings: tuple[str, ...]) -> Iterator[Stream | InputError]:
    with ExitStack() as stack:
        stream = stack.enter_context(_SmallTable(path.open("rb", buffering=0)))
        try:
            archive = stack.enter_context(zipfile.ZipFile(stream))
        except InputError as error:
            yield error
            return
        except _DAMAGES as error:
            yield InputError(f"the archive is damaged: {error}", reason="archive", hint=_AGAIN)
            return
        members = [member for member in archive.infolist() if _is_wanted(member, endings)]
        if not members:
            message = f"none of the archive's {len(archive.infolist())} files is a {' or '.join(endings)}"
            yield InputError(message, reason="archive", hint="unpack it and name its files")
        budget = _Budget(path.stat().st_size)
        for member in sorted(members, key=lambda member: member.filename):
            try:
                content: Stream | InputError = _member(archive, member, name, budget)
            except InputError as error:
                error.message = f"{shown_name(member.filename)}: {error.message}"
                content = error
            yield content


def _is_wanted(member: zipfile.ZipInfo, endings: tuple[str, ...]) -> bool:
    """Hidden files and what macOS puts beside each file are left alone."""
    parts = PurePosixPath(member.filename).parts
    is_hidden = any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in parts)
    return member.filename.lower().endswith(endings) and not is_hidden


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, budget: _Budget) -> Stream:
    if member.flag_bits & _ENCRYPTED:
        raise InputError("encrypted", reason="archive", hint="unpack it with its password and give the files")
    if member.compress_type not in _METHODS:
        message = f"compressed with an unusual method (number {member.compress_type})"
        raise InputError(message, reason="archive", hint="unpack it and give the files")
    stream = _unpacked(lambda: _unzipped(archive, member), budget)
    return Stream(f"{name}/{shown_name(member.filename)}", stream)


def _unzipped(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with cast("zipfile.ZipExtFile", archive.open(member)) as stream:
        while piece := stream.read1(_CHUNK):
            yield piece
