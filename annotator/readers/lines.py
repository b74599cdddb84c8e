"""Lines and whole files with limits: neither can fill the memory."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator

from annotator.errors import InputError

MAX_ARTICLE_BYTES = 50 * 2**20
_CHUNK = 2**20
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
"""A file in UTF-32 that begins with its low byte begins as one in UTF-16 does."""


def too_large(line: int | None = None, *, most: int = MAX_ARTICLE_BYTES, what: str = "article") -> InputError:
    """Return the error for an article, or another row, above the limit."""
    message = f"more than {most // 2**20} MB in one {what}"
    return InputError(message, reason="too_large", hint="split it", line=line)


def read_limited(stream: io.BufferedReader) -> bytes:
    """Return the whole stream.

    Raises:
        InputError: it is more than one article may be.
    """
    parts = []
    room = MAX_ARTICLE_BYTES + 1
    while room > 0 and (chunk := stream.read(min(room, _CHUNK))):
        parts.append(chunk)
        room -= len(chunk)
    if room <= 0:
        raise too_large()
    return b"".join(parts)


def limited_lines(
    stream: io.BufferedReader, *, most: int = MAX_ARTICLE_BYTES, what: str = "article"
) -> Iterator[bytes | InputError]:
    """Yield the lines without a byte order mark; in the place of one above the limit, the error.

    Raises:
        InputError: the file is in UTF-16 or UTF-32, where a line end is more than one byte.
    """
    skip_mark(stream)
    number = 0
    while line := stream.readline(most + 1):
        number += 1
        if len(line) <= most:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(_CHUNK)
        yield too_large(number, most=most, what=what)


def skip_mark(stream: io.BufferedReader) -> None:
    """Skip the byte order mark of UTF-8.

    Raises:
        InputError: the first bytes are UTF-16 or UTF-32.
    """
    start = stream.peek(4)[:4]
    if start.startswith(_WIDE) or b"\x00" in start:
        raise InputError("in UTF-16 or UTF-32, or no text at all", reason="encoding", hint="convert it to UTF-8")
    if start.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
