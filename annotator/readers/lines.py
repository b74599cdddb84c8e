"""Streams with limits: lines that cannot fill the memory, packed files that cannot unpack into a flood."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from annotator.errors import InputError

MAX_ARTICLE_BYTES = 50 * 1024 * 1024
PACKED = {".gz", ".zst"}
_MOST_RATIO = 200
"""Text packs 3 to 20 times, a file of one repeated line up to about 100 times."""
_FREE_BYTES = 2 * MAX_ARTICLE_BYTES
_WINDOW = 2**27
_CHUNK = 2**20
_PACKED_CHUNK = 2**8
"""Four packed bytes can stand for 128 kB, so this much can become 8 MB and no more."""


def too_large(line: int | None = None) -> InputError:
    """Return the error for an article above the limit."""
    limit = MAX_ARTICLE_BYTES // 2**20
    return InputError(f"more than {limit} MB in one article", reason="too_large", hint="split the file", line=line)


def read_limited(stream: BinaryIO) -> bytes:
    """Return the whole stream.

    Raises:
        InputError: it is more than one article may be.
    """
    parts = []
    left = MAX_ARTICLE_BYTES + 1
    while left > 0 and (chunk := stream.read(min(left, _CHUNK))):
        parts.append(chunk)
        left -= len(chunk)
    if left <= 0:
        raise too_large()
    return b"".join(parts)


def limited_lines(stream: BinaryIO) -> Iterator[bytes | InputError]:
    """Yield the lines; in the place of one above the limit, the error."""
    number = 0
    while line := stream.readline(MAX_ARTICLE_BYTES + 1):
        number += 1
        if len(line) <= MAX_ARTICLE_BYTES:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(_CHUNK)
        yield too_large(number)


def joined(start: bytes, rest: BinaryIO) -> BinaryIO:
    """Return the stream of the bytes already read, and then the rest."""
    return cast("BinaryIO", io.BufferedReader(_Joined(start, rest)))


class _Joined(io.RawIOBase):
    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start = io.BytesIO(start)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._start.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, unpacked while it is read.

    Raises:
        InputError: while reading, the packed file is damaged or unpacks into a flood.
    """
    with ExitStack() as stack:
        stream: BinaryIO = stack.enter_context(path.open("rb"))
        if path.suffix.lower() in PACKED:
            stream = cast("BinaryIO", io.BufferedReader(_Unpacked(stream, path), _CHUNK))
        yield stream


class _Unpacked(io.RawIOBase):
    """The unpacked bytes of a file, counted."""

    def __init__(self, packed: BinaryIO, path: Path) -> None:
        self._size = max(1, path.stat().st_size)
        self._count = 0
        self._pieces = _gunzipped(packed) if path.suffix.lower() == ".gz" else _zstd_unpacked(packed)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = self._next()
        data, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)

    def _next(self) -> bytes:
        try:
            piece = next(self._pieces, b"")
        except (OSError, EOFError, ValueError, zlib.error) as error:
            message = f"the packed file is damaged: {error}"
            raise InputError(message, reason="damaged", hint="copy it again from its source") from error
        self._count += len(piece)
        if self._count > _FREE_BYTES and self._count > _MOST_RATIO * self._size:
            message = f"unpacks to more than {_MOST_RATIO} times its size"
            raise InputError(message, reason="bomb", hint="unpack it yourself and look at what is in it")
        return piece


def _gunzipped(packed: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=packed, mode="rb") as stream:
        while piece := stream.read(_CHUNK):
            yield piece


def _zstd_unpacked(packed: BinaryIO) -> Iterator[bytes]:
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
            raise ValueError(str(error)) from error
        if piece:
            yield piece
        chunk, is_open = frame.unused_data, not frame.eof
        if frame.eof:
            frame = unpacker.decompressobj()
        chunk = chunk or packed.read(_PACKED_CHUNK)
    if is_open:
        raise EOFError("the last frame is not complete")
