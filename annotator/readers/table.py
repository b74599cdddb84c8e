"""CSV and TSV: one article a row, its columns named by the settings as the fields of JSONL are.

A row that cannot be read is listed with its line, and reading goes on at the next line: a quotation mark that nothing
closes costs one row, not the rest of the file.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from annotator.errors import InputError
from annotator.models import Article
from annotator.readers.decode import encoding_of
from annotator.readers.lines import MAX_ARTICLE_BYTES, too_large
from annotator.readers.packed import joined
from annotator.readers.rows import key_of, row_article, text_hint
from annotator.readers.unread import Unread
from annotator.settings import Fields

_SAMPLE = 2**18
_DELIMITERS = ",;\t|"
_DECLARED = re.compile(r"""\ufeff?"?sep=([^\w\s"]|\t)"?""", re.IGNORECASE)
"""Excel writes such a line in front of the header."""
_ESCAPED = re.compile("[\udc80-\udcff]")
_QUOTE_HINT = 'put a field with quotation marks or line ends between "…", and double the marks in it'


def find_table_rows(
    stream: io.BufferedReader, fields: Fields, *, source: str, is_tsv: bool, encoding: str = ""
) -> Iterator[Unread | InputError]:
    """Yield each row, or the error that says what is wrong with it.

    Raises:
        InputError: no header, none that names the text's column, or one that names a column that counts twice.
    """
    table = open_table(stream, is_tsv=is_tsv, encoding=encoding)
    names, notes = table.names, table.notes
    _check(names, fields)
    for row in table.rows:
        if isinstance(row, InputError):
            yield row
        elif any(cell.strip() for cell in row.cells):
            reading = partial(_article, names=names, fields=fields, source=source, notes=notes)
            yield Unread(source, tuple(row.cells), reading, line=row.line, header=names)
            notes = ()


@dataclass(frozen=True)
class TableRow:
    """The cells of a row, and the line of the file on which it begins."""

    line: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table of any columns: their names, what had to be guessed, and its rows, read while they are asked for."""

    names: Sequence[str]
    notes: tuple[str, ...]
    rows: Iterator[TableRow | InputError]


def open_table(stream: io.BufferedReader, *, is_tsv: bool, encoding: str = "") -> Table:
    """Read the header of a table.

    Raises:
        InputError: it has none, or its encoding cannot be told.
    """
    # The csv module knows no other way to lift its limit of 128 kB a field than for the whole process.
    csv.field_size_limit(MAX_ARTICLE_BYTES)
    first, text, notes = _opened(stream, encoding)
    lines = _Lines(text)
    declared = _DECLARED.fullmatch(first.strip("\r\n"))
    if declared:
        next(lines)
    delimiter = declared[1] if declared else "\t" if is_tsv else _delimiter(first)
    if delimiter != _DELIMITERS[0] and not is_tsv and not declared:
        notes = (*notes, f"columns separated by {delimiter!r}, a guess")
    rows = _rows(lines, delimiter)
    header = next(rows, None)
    if header is None or isinstance(header, InputError):
        raise header or InputError("the file is empty", reason="empty", hint="remove it from the input")
    return Table([name.strip() for name in header.cells], notes, rows)


def check_utf8(cells: Sequence[str]) -> None:
    """Refuse a row of other bytes than the first ones are.

    Raises:
        InputError: it is in another encoding than the beginning of its file.
    """
    if any(not cell.isascii() and _ESCAPED.search(cell) for cell in cells):
        raise InputError("in another encoding than the first rows", reason="encoding", hint="name it with --encoding")


def is_header(line: bytes, fields: Fields) -> bool:
    """Tell whether the line names columns: the text's, or two others that are known. In prose a comma has a blank."""
    text = line[:_SAMPLE].decode("utf-8-sig", "replace")
    if _DECLARED.fullmatch(text.strip("\r\n")):
        return True
    try:
        names = next(csv.reader([text], delimiter=_delimiter(text)), [])
    except csv.Error:  # 128 kB without a delimiter
        return False
    if len(names) == 1 or any(name != name.strip() for name in names):
        return False
    named = {name for name in fields.model_dump().values() if name and key_of(names, name) is not None}
    return len(named) > 1 or bool(named & {fields.text, fields.html})


@dataclass
class _Lines:
    """The physical lines, numbered; those of a row that failed can be handed back."""

    text: io.TextIOWrapper
    number: int = 0
    waiting: deque[tuple[int, str]] = field(default_factory=deque)
    taken: list[tuple[int, str]] = field(default_factory=list)
    size: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.size > MAX_ARTICLE_BYTES:
            raise too_large(self.taken[0][0])
        numbered = self.waiting.popleft() if self.waiting else self._fresh()
        self.taken.append(numbered)
        self.size += len(numbered[1])
        return numbered[1]

    def _fresh(self) -> tuple[int, str]:
        line = self.text.readline(MAX_ARTICLE_BYTES + 1)
        if not line:
            raise StopIteration
        self.number += 1
        return self.number, line

    def start_row(self) -> None:
        self.taken, self.size = [], 0

    def hand_back(self) -> None:
        """Give up the row's first line only."""
        self.waiting.extendleft(reversed(self.taken[1:]))


def _rows(lines: _Lines, delimiter: str) -> Iterator[TableRow | InputError]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    width = 0
    while True:
        lines.start_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.hand_back()
            yield InputError(f"not valid CSV: {error}", reason="csv", hint=_QUOTE_HINT, line=lines.taken[0][0])
            continue
        except InputError as error:
            lines.hand_back()
            yield error
            continue
        width = width or len(cells)
        line = lines.taken[0][0]
        if cells and len(cells) != width:
            lines.hand_back()
            message = f"{len(cells)} columns, and {width} in the header"
            yield InputError(message, reason="csv", hint=_QUOTE_HINT, line=line)
        elif cells:
            yield TableRow(line, cells)


def _article(
    cells: Sequence[str], *, names: Sequence[str], fields: Fields, source: str, notes: Sequence[str]
) -> Article:
    check_utf8(cells)
    return row_article(dict(zip(names, cells, strict=True)), fields, source=source, notes=notes)


def _opened(stream: io.BufferedReader, named: str) -> tuple[str, io.TextIOWrapper, tuple[str, ...]]:
    """Return the first line, the whole as text, and what had to be guessed of the encoding from its beginning."""
    sample = stream.read(_SAMPLE)
    whole_lines = sample if len(sample) < _SAMPLE else sample[: sample.rfind(b"\n") + 1] or sample
    encoding, notes = encoding_of(whole_lines, encoding=named)
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    first = whole_lines.decode(encoding, "replace").partition("\n")[0]
    text = io.TextIOWrapper(joined(sample, stream), encoding=encoding, errors="surrogateescape", newline="")
    return first, text, notes


def _delimiter(header: str) -> str:
    """Return the one of `,` `;` tab and `|` that the header holds most of, outside quotation marks."""
    unquoted = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=unquoted.count)


def _check(names: Sequence[str], fields: Fields) -> None:
    if key_of(names, fields.text) is None and (not fields.html or key_of(names, fields.html) is None):
        message = f"no column {fields.text!r} (columns: {', '.join(names)})"
        raise InputError(message, reason="no_text", hint=text_hint(names))
    used = {key_of(names, name) for name in fields.model_dump().values() if name}
    if repeated := next((name for name in names if name in used and names.count(name) > 1), ""):
        message = f"{names.count(repeated)} columns are named {repeated!r}, and only one can be used"
        raise InputError(message, reason="duplicate_column", hint="give each column a name of its own")
