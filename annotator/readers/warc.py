"""Archives of the web (WARC, ISO 28500): each response that is a page becomes an article.

Records are cut here, with limits, for a header or a record of hostile length must not fill the memory; what a broken
record hides is passed over up to the next one. What HTTP did to a page is undone with warcio. Requests, redirects,
pages that were not found, pictures and the like are no articles and are not listed.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from annotator.environments import install_command
from annotator.errors import InputError
from annotator.failures import internal_error
from annotator.models import Article
from annotator.readers.article import SourceMetadata, make_article
from annotator.readers.decode import declared_encoding, decode
from annotator.readers.lines import MAX_ARTICLE_BYTES
from annotator.readers.selection import HTML_TYPES, PageSelection
from annotator.readers.unread import Unread

_VERSION = re.compile(rb"WARC/\d+\.\d+\s*\r?\n")
_MAX_HEADER = 2**16
"""Addresses of some kilobytes are real; crawlers write headers of about 1 kB."""
_CHUNK = 2**20
_HTTP_LINE = re.compile(r"HTTP/\d(?:\.\d)? +(?P<status>\d{3})\b")
_FOUND = range(200, 300)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_SHOWN = 120
_AGAIN = "copy it again from its source"


@dataclass(frozen=True)
class _Place:
    """What finds a record again."""

    name: str
    offset: int
    """In the unpacked file."""
    address: str

    def error(self, error: InputError) -> InputError:
        """Return what is wrong with the record, with its place."""
        address = f" ({self.address[:_SHOWN]})" if self.address else ""
        named = f"record {self.name or 'without an id'} at byte {self.offset:,}{address}"
        return InputError(f"{named}: {error.message}", reason=error.reason, hint=error.hint)


@dataclass(frozen=True)
class _Record:
    place: _Place
    headers: Mapping[str, str]
    content: bytes
    """All of it, or its beginning where it is longer than an article may be."""
    length: int


@dataclass(frozen=True)
class _Response:
    mime_type: str
    charset: str
    coding: str
    is_chunked: bool
    body: bytes


def find_pages(stream: io.BufferedReader, pages: PageSelection, *, source: str) -> Iterator[Unread | InputError]:
    """Yield each page that is meant, or what is wrong with it.

    Raises:
        InputError: the file breaks off, or holds no page that is meant; warcio is not installed.
    """
    _check_warcio()
    records = found = 0
    for record in _records(stream):
        records += 1
        item = record if isinstance(record, InputError) else _guarded(record, pages, source)
        if item is not None:
            found += 1
            yield item
    if not found:
        asked = ", ".join((*pages.types, *(f"--page-url {address}" for address in pages.addresses)))
        message = f"none of its {records:,} records is a page that is asked for ({asked})"
        raise InputError(message, reason="no_page", hint="look at what it holds, for instance with warcio index")


def _check_warcio() -> None:
    try:
        import warcio  # noqa: F401
    except ImportError as error:
        message = "an archive of the web needs warcio, which is not installed"
        raise InputError(message, reason="unsupported", hint=install_command("warc")) from error


def _guarded(record: _Record, pages: PageSelection, source: str) -> Unread | InputError | None:
    try:
        return _page(record, pages, source)
    except InputError as error:
        return record.place.error(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other records can be read
        return record.place.error(internal_error(error))


def _page(record: _Record, pages: PageSelection, source: str) -> Unread | None:
    """Return the record's page; none where it is none that is meant."""
    place = record.place
    if record.headers.get("warc-type") != "response" or not pages.takes_address(place.address):
        return None
    response = _response(record.content)
    if response is None or not pages.takes_type(response.mime_type):
        return None
    if record.length > MAX_ARTICLE_BYTES:
        raise _too_large()
    # The address is the article's id, so that it belongs to what tells two articles apart.
    raw = place.address.encode("utf-8", "surrogatepass") + b"\n" + record.content
    cut = record.headers.get("warc-truncated", "")[:_SHOWN]
    return Unread(source, raw, partial(_article, source=source, place=place, cut=cut))


def _article(raw: bytes, *, source: str, place: _Place, cut: str) -> Article:
    try:
        response = _response(raw.partition(b"\n")[2])
        if response is None:
            raise InputError("not a page", reason="http")
        body = _decoded(_dechunked(response), response.coding)
        notes = (f"the crawler cut the page off ({cut})",) if cut else ()
        return _read(body, response, SourceMetadata(url=place.address), f"{source}/{place.name}", notes)
    except InputError as error:
        raise place.error(error) from error
    except Exception as error:
        raise place.error(internal_error(error)) from error


def _read(raw: bytes, response: _Response, metadata: SourceMetadata, source: str, notes: tuple[str, ...]) -> Article:
    if response.mime_type not in HTML_TYPES:
        text, guesses = decode(raw, declared=response.charset)
        return make_article(text, metadata, source=source, notes=(*notes, *guesses))
    from annotator.readers.html import read_html

    text, guesses = decode(raw, declared=response.charset or declared_encoding(raw))
    return read_html(text, metadata, source=source, notes=(*notes, *guesses))


def _response(answer: bytes) -> _Response | None:
    """Take the answer of a server apart; none where it did not give the page."""
    from warcio.statusandheaders import StatusAndHeadersParser

    content = io.BytesIO(answer)
    first = content.readline(_MAX_HEADER).decode("latin-1")
    status = _HTTP_LINE.match(first)
    if status is None:
        raise InputError(f"not an answer of HTTP: {first[:_SHOWN].strip()!r}", reason="http", hint=_AGAIN)
    if int(status["status"]) not in _FOUND:
        return None
    headers = StatusAndHeadersParser([], verify=False).parse(content, first)
    content_type = headers.get_header("content-type") or ""
    charset = _CHARSET.search(content_type)
    return _Response(
        mime_type=content_type.partition(";")[0].strip().lower(),
        charset=charset[1] if charset else "",
        coding=(headers.get_header("content-encoding") or "").strip().lower(),
        is_chunked="chunked" in (headers.get_header("transfer-encoding") or "").lower(),
        body=content.read(),
    )


def _dechunked(response: _Response) -> bytes:
    """Some crawlers store the body without its chunks under a header that still names them, which warcio sees."""
    if not response.is_chunked:
        return response.body
    from warcio.bufferedreaders import ChunkedDataReader

    return bytes(ChunkedDataReader(io.BytesIO(response.body)).read())


def _decoded(body: bytes, coding: str) -> bytes:
    """Unpack a body, with a limit. warcio gives out what comes before damage as if it were all.

    Raises:
        InputError: it is damaged, unpacks into a flood, or is packed in a way that nothing here unpacks.
    """
    if coding in ("", "identity") or not body:
        return body
    if coding not in ("gzip", "x-gzip", "deflate"):
        message = f"its body is packed as {coding[:_SHOWN]!r}, which is not supported"
        raise InputError(message, reason="unsupported", hint="crawl with Accept-Encoding: gzip, or unpack the bodies")
    for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS) if coding == "deflate" else (zlib.MAX_WBITS | 32,):
        unpacker = zlib.decompressobj(bits)
        try:
            content = unpacker.decompress(body, MAX_ARTICLE_BYTES + 1)
        except zlib.error:
            continue
        if len(content) > MAX_ARTICLE_BYTES:
            raise _too_large()
        if not unpacker.eof:
            raise InputError("its packed body breaks off", reason="truncated", hint=_AGAIN)
        return content
    if body.startswith(b"\x1f\x8b"):
        raise InputError("its packed body is damaged", reason="damaged", hint=_AGAIN)
    return body  # stored unpacked under a header that still says otherwise


def _too_large() -> InputError:
    return InputError(f"a page of more than {MAX_ARTICLE_BYTES // 2**20} MB", reason="too_large", hint="leave it out")


class _Counted:
    """A stream that knows how far it has been read."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self.offset = 0

    def read(self, size: int) -> bytes:
        return self._count(self._stream.read(size))

    def line(self, most: int = _MAX_HEADER) -> bytes:
        return self._count(self._stream.readline(most))

    def skip(self, size: int) -> int:
        """Return how many bytes were there to skip."""
        skipped = 0
        while skipped < size and (piece := self.read(min(_CHUNK, size - skipped))):
            skipped += len(piece)
        return skipped

    def _count(self, read: bytes) -> bytes:
        self.offset += len(read)
        return read


def _records(stream: io.BufferedReader) -> Iterator[_Record | InputError]:
    """Cut the file into records; in the place of what is none, one error, and reading goes on at the next record."""
    counted = _Counted(stream)
    is_lost = False
    while line := counted.line():
        start = counted.offset - len(line)
        if _VERSION.fullmatch(line):
            is_lost = False
            try:
                yield _record(counted, start)
            except _NoRecordError as error:
                is_lost = True
                yield InputError(f"at byte {start:,}: {error.message}", reason="damaged", hint=_AGAIN)
        elif line.strip() and not is_lost:
            is_lost = True
            yield InputError(f"at byte {start:,}: no record begins where one should", reason="damaged", hint=_AGAIN)


class _NoRecordError(InputError):
    pass


def _record(counted: _Counted, start: int) -> _Record:
    """Read the record whose first line has been read.

    Raises:
        _NoRecordError: its header is none.
        InputError: the file breaks off in it.
    """
    headers = _headers(counted)
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdecimal()):
        raise _NoRecordError(f"a record whose length is {length[:_SHOWN]!r}", reason="damaged")
    size = int(length)
    kept = min(size, MAX_ARTICLE_BYTES if size <= MAX_ARTICLE_BYTES else _MAX_HEADER)
    content = counted.read(kept) if headers.get("warc-type") == "response" else b""
    if len(content) + counted.skip(size - len(content)) < size:
        message = f"breaks off in the record at byte {start:,}; the pages before it are read"
        raise InputError(message, reason="truncated", hint=_AGAIN)
    name, address = (headers.get(header, "").strip("<>") for header in ("warc-record-id", "warc-target-uri"))
    return _Record(_Place(name, start, address), headers, content, size)


def _headers(counted: _Counted) -> dict[str, str]:
    headers: dict[str, str] = {}
    size, name = 0, ""
    while line := counted.line():
        size += len(line)
        if size >= _MAX_HEADER:
            raise _NoRecordError("a record's header of more than 64 kB", reason="damaged")
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if not text:
            return headers
        if text[0] in " \t" and name:
            headers[name] += f" {text.strip()}"
            continue
        name, _, value = text.partition(":")
        name = name.strip().lower()
        headers[name] = value.strip()
    raise InputError("breaks off in a record's header; the pages before it are read", reason="truncated", hint=_AGAIN)
