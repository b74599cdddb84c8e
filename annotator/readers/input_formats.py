"""The kinds of input: what a file's name, or the first line of standard input, says it is."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from annotator.errors import InputError
from annotator.models import Article
from annotator.readers.decode import declared_encoding, decode
from annotator.readers.jsonl import find_elements, find_rows
from annotator.readers.lines import MAX_ARTICLE_BYTES, limited_lines, read_limited
from annotator.readers.packed import PACKED, joined, opened
from annotator.readers.selection import ALL_PAGES, PageSelection
from annotator.readers.text import read_text
from annotator.readers.unread import Unread
from annotator.settings import Fields

TEXT_SUFFIXES = {"", ".txt", ".text"}
MARKDOWN_SUFFIXES = {".md", ".markdown"}
HTML_SUFFIXES = {".html", ".htm", ".xhtml"}
JSONL_SUFFIXES = {".jsonl", ".ndjson"}
JSON = ".json"
TABLE_SUFFIXES = {".csv", ".tsv"}
FEED_SUFFIXES = {".xml", ".rss", ".atom"}
WARC = ".warc"
PDF, DOCX = ".pdf", ".docx"
_SUFFIXES = (
    TEXT_SUFFIXES
    | MARKDOWN_SUFFIXES
    | HTML_SUFFIXES
    | JSONL_SUFFIXES
    | TABLE_SUFFIXES
    | FEED_SUFFIXES
    | {JSON, WARC, PDF, DOCX}
)
_TAKEN = (
    "annotator prepare takes .txt, .md, .html, .jsonl, .json, .csv, .tsv, .warc, .pdf, .docx and feeds (.xml, .rss, "
    ".atom), also as .gz or .zst: rename or convert it"
)
_AS_TEXT = "save the document as plain text (.txt)"
_INSTEAD = {
    ".doc": _AS_TEXT,
    ".odt": _AS_TEXT,
    ".rtf": _AS_TEXT,
    ".epub": _AS_TEXT,
    ".eml": "save the message's body as plain text (.txt)",
    ".mht": "save the page as HTML only",
    ".mhtml": "save the page as HTML only",
    ".xlsx": "save the sheet as CSV",
    ".ods": "save the sheet as CSV",
} | dict.fromkeys((".zip", ".tar", ".tgz", ".7z", ".rar"), "unpack it and hand in the folder")
_RTF_START = rb"{\rtf"
_ABOUT = ("README", "LICENSE", "LICENCE", "CHANGELOG", "CONTRIBUTING", "NOTICE")
_JSON_START = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*(\[\s*\{|\{)\s*["}]""")
_FILLED, _LINES = 20, 1000
"""How many lines of standard input say what it is, without the blank ones and with them."""
_FEED_START = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml\b[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|rdf:RDF)\b", re.DOTALL
)
_PAGE_START = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml\b[^>]*>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)

_BEGINNINGS = (
    (_PAGE_START, ".html"),
    (_FEED_START, ".xml"),
    (re.compile(rb"WARC/"), WARC),
    (re.compile(rb"%PDF-"), PDF),
)


def find_in_file(
    path: Path, fields: Fields, *, source: str, pages: PageSelection = ALL_PAGES, encoding: str = ""
) -> Iterator[Unread | InputError]:
    """Yield what is one article each in the file, and the error of each row that is none.

    Raises:
        InputError: the file as a whole, or the rest of it, cannot be read.
        OSError: it cannot be opened.
    """
    packed = path.suffix.lower() in PACKED
    suffix = (path.with_suffix("") if packed else path).suffix.lower()
    if suffix not in _SUFFIXES:
        hint = _INSTEAD.get(suffix, _TAKEN)
        raise InputError(f"{suffix} files are not supported", reason="unsupported", hint=hint)
    # A .docx is a zip archive, which as such is none of the packed files.
    with path.open("rb") if suffix == DOCX and not packed else opened(path) as stream:
        yield from _find(stream, suffix, fields, source, pages, encoding)


def find_in_stream(
    stream: io.BufferedReader, fields: Fields, *, source: str, pages: PageSelection = ALL_PAGES, encoding: str = ""
) -> Iterator[Unread | InputError]:
    """Yield the same of standard input, whose first lines say what it is.

    It is JSON when it begins so, JSONL when one of them is a JSON object, a table when the first names columns, a
    page, a feed, an archive of the web, or one plain text.

    Raises:
        InputError: the whole, or the rest of it, cannot be read.
    """
    lines = _first_lines(stream)
    start = b"".join(lines)
    yield from _find(joined(start, stream), _suffix(lines, start, fields), fields, source, pages, encoding)


def _first_lines(stream: io.BufferedReader) -> list[bytes]:
    """Return the lines up to the first JSON object, or so many that none is to be expected."""
    lines: list[bytes] = []
    filled = size = 0
    while filled < _FILLED and len(lines) < _LINES and size <= MAX_ARTICLE_BYTES:
        line = stream.readline(MAX_ARTICLE_BYTES + 1)
        lines.append(line)
        if not line or _is_object(line):
            break
        filled += bool(line.strip())
        size += len(line)
    return lines


def _suffix(lines: list[bytes], start: bytes, fields: Fields) -> str:
    """Return how the name of such a file would end."""
    from annotator.readers.table import is_header

    if opening := _JSON_START.match(start):
        return ".jsonl" if opening[1] == b"{" and _is_object(lines[-1]) else JSON
    if _is_object(lines[-1]):
        return ".jsonl"
    for beginning, suffix in _BEGINNINGS:
        if beginning.match(start):
            return suffix
    return ".csv" if is_header(lines[0], fields) else ".txt"


def _find(  # noqa: PLR0913, PLR0917
    stream: io.BufferedReader, suffix: str, fields: Fields, source: str, pages: PageSelection, encoding: str
) -> Iterator[Unread | InputError]:
    if suffix == JSON:
        yield from find_elements(stream, fields, source=source)
    elif suffix in JSONL_SUFFIXES:
        yield from find_rows(limited_lines(stream), fields, source=source)
    elif suffix in TABLE_SUFFIXES:
        from annotator.readers.table import find_table_rows

        yield from find_table_rows(stream, fields, source=source, is_tsv=suffix == ".tsv", encoding=encoding)
    elif suffix == WARC:
        from annotator.readers.warc import find_pages

        yield from find_pages(stream, pages, source=source)
    elif suffix in FEED_SUFFIXES:
        from annotator.readers.feeds import find_entries

        yield from find_entries(stream, source=source)
    elif suffix in (PDF, DOCX):
        from annotator.readers.documents import read_docx, read_pdf

        yield Unread(source, read_limited(stream), partial(read_pdf if suffix == PDF else read_docx, source=source))
    elif suffix in HTML_SUFFIXES:
        yield Unread(source, read_limited(stream), partial(_page, source=source, encoding=encoding))
    elif suffix in MARKDOWN_SUFFIXES:
        yield Unread(source, read_limited(stream), partial(_markdown, source=source, encoding=encoding))
    else:
        yield Unread(source, read_limited(stream), partial(_text, source=source, encoding=encoding))


def _text(raw: bytes, *, source: str, encoding: str) -> Article:
    if raw.startswith(_RTF_START):
        raise InputError("an RTF document, which is not supported", reason="unsupported", hint=_INSTEAD[".rtf"])
    if _PAGE_START.match(raw):
        return _page(raw, source=source, encoding=encoding, notes=("begins as an HTML page; read as one",))
    if _FEED_START.match(raw):
        raise InputError("a feed, by its first lines", reason="unsupported", hint="let its name end with .xml")
    text, notes = decode(raw, declared=declared_encoding(raw), encoding=encoding)
    return read_text(text, (*notes, *_about(text, source)), source=source)


def _about(text: str, source: str) -> tuple[str, ...]:
    """Return a note where a text is likely to be no article: a list of addresses, or what describes the folder."""
    lines = text.split()
    if lines and all(line.startswith(("http://", "https://")) for line in lines):
        return ("a list of addresses: save the pages that it names, and hand those in",)
    name = Path(source).name.split(".")[0].upper()
    return (f"{Path(source).name} mostly describes its folder; read as an article",) if name in _ABOUT else ()


def _markdown(raw: bytes, *, source: str, encoding: str) -> Article:
    from annotator.readers.markdown import read_markdown

    text, notes = decode(raw, declared=declared_encoding(raw), encoding=encoding)
    return read_markdown(text, (*notes, *_about(text, source)), source=source)


def _page(raw: bytes, *, source: str, encoding: str, notes: tuple[str, ...] = ()) -> Article:
    from annotator.readers.html import read_html

    text, guesses = decode(raw, declared=declared_encoding(raw), encoding=encoding)
    return read_html(text, source=source, notes=(*notes, *guesses))


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line.decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        return False
