"""Rows of JSON with limits: the lines of a file, or the elements of an array, of which one alone is in memory."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic_core import from_json

from annotator.errors import InputError
from annotator.readers.lines import limited_lines, skip_mark, too_large
from annotator.text import unstorable

MAX_ROW_BYTES = 8 * 2**20
_MOST_COMMAS = 250_000
"""One stands between any two values, and the smallest ones take up to 240 bytes of memory each."""
_IN_ROW = re.compile(r" at line 1 column (\d+)$")
_SHOWN = 60
_KINDS = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", dict: "an object", str: "a string"}
_WHITE = b" \t\r\n"
_CHUNK = 2**18
# Possessive, so that a chunk that ends within a string costs one look at it.
_STRING = rb'(?:[^"\\]++|\\.)*+'
_IN_STRING = re.compile(_STRING, re.DOTALL)
_IN_OBJECT = re.compile(rb'(?:[^"{}]++|"%b")*+' % _STRING, re.DOTALL)
_IN_LIST = re.compile(rb'(?:[^"\[\]]++|"%b")*+' % _STRING, re.DOTALL)
_IN_ARRAY = re.compile(rb'(?:[^"\[\]{},]++|"%b")*+' % _STRING, re.DOTALL)
_BETWEEN_ARRAYS = re.compile(rb"[ \t\r\n]*+")
_ELEMENT = 2
"""The depth within an element of an array."""
_KEY, _SCALAR = rb'"[^"\\]*+"', rb'(?:[-+.\w]++|"[^"\\]*+")'
_BLANK, _COLON, _COMMA = (rb"[ \t\r\n]*+%b" % sign + rb"[ \t\r\n]*+" for sign in (b"", b":", b","))
_HEAD = re.compile(rb"\{%b(%b)%b%b%b(%b)%b" % (_BLANK, _KEY, _COLON, _SCALAR, _COMMA, _KEY, _COLON))
"""The first two names of an object."""
_NEXT = rb"\}%b(?=\{%b%%b%b%b%b%%b%b)" % (_COMMA, _BLANK, _COLON, _SCALAR, _COMMA, _COLON)
"""Where, by its first two names, the next one begins."""


class Row(NamedTuple):
    """One row: its bytes, or why it has none."""

    number: int
    """From 1; a count of elements in an array, else of lines."""
    json: bytes | InputError
    in_array: bool
    parsed: dict[str, Any] | None = None
    """Its object, where cutting the array gave that already."""

    @property
    def line(self) -> int | None:
        """The line it stands on, where that is known."""
        return None if self.in_array else self.number

    @property
    def place(self) -> str:
        """Where in its file it stands, in words."""
        return f"row {self.number}" if self.in_array else f"line {self.number}"

    def value(self) -> dict[str, Any] | InputError:
        """Return the row's object, or why there is none."""
        if self.parsed is not None:
            return self.parsed
        if isinstance(self.json, InputError):
            return self.json
        try:
            return parsed(self.json)
        except InputError as error:
            return error


def kind_of(value: object) -> str:
    """Return what JSON calls a value, for messages: "a list", "a number"."""
    return _KINDS.get(type(value), f"a {type(value).__name__}")


def rows(stream: io.BufferedReader) -> Iterator[Row]:
    """Yield the rows of a file that are not blank: it is an array if its first sign says so, else lines.

    Raises:
        InputError: the file is not UTF-8, its array breaks off, or it is packed and damaged.
    """
    skip_mark(stream)
    skipped = _skip_blanks(stream)
    if stream.peek(1).startswith(b"["):
        for number, (element, value) in enumerate(_Array(stream).elements(), start=1):
            yield Row(number, element, in_array=True, parsed=value)
        return
    lines = limited_lines(stream, most=MAX_ROW_BYTES, what="row")
    for number, line in enumerate(lines, start=skipped + 1):
        if isinstance(line, InputError) or line.strip():
            yield Row(number, line, in_array=False)


def starts_array(stream: io.BufferedReader) -> bool:
    """Tell whether the next sign that is not blank opens an array; nothing but blanks is read."""
    _skip_blanks(stream)
    return stream.peek(1).startswith(b"[")


def parsed(row: bytes) -> dict[str, Any]:
    """Return the object of a row.

    Raises:
        InputError: it is not JSON as RFC 8259 has it, not an object, nested more than 200 deep, of too many values, or
            holds half a character.
    """
    check_values(row)
    try:
        value = from_json(row.rstrip(), allow_inf_nan=False)
    except ValueError as error:
        raise _not_json(row, error) from error
    if not isinstance(value, dict):
        raise InputError(f"{kind_of(value)}, not an object", reason="json", hint="one JSON object per row")
    return value


def check_values(row: bytes) -> None:
    """Refuse a row that would take hundreds of times its size in memory.

    Raises:
        InputError: it has too many values.
    """
    if len(row) > _MOST_COMMAS and row.count(b",") > _MOST_COMMAS:
        raise InputError(f"more than {_MOST_COMMAS:,} commas in one row", reason="too_large", hint="split it")


def too_deep() -> InputError:
    """Return the error for JSON that no reader follows to its bottom."""
    hint = "no article or answer is nested like that: look at the row"
    return InputError("JSON nested hundreds deep", reason="nesting", hint=hint)


def _not_json(row: bytes, error: ValueError) -> InputError:
    if "recursion limit" in str(error):
        return too_deep()
    try:
        row.decode("utf-8")
        if half := next(_halves(json.loads(row), ""), ""):
            return InputError(half, reason="surrogate", hint="export it again from its source")
    except UnicodeDecodeError as wrong:
        message = f"not UTF-8: byte {wrong.start} of the row is {row[wrong.start]:#04x}"
        return InputError(message, reason="encoding", hint="JSON is UTF-8 by definition: convert the file")
    except (ValueError, RecursionError):
        pass
    begins = row[:_SHOWN].decode("utf-8", "replace").strip()
    problem = _IN_ROW.sub(r" at byte \1", str(error))
    return InputError(f"not valid JSON: {problem} of {begins!r}", reason="json", hint="one JSON object per row")


def _halves(value: object, name: str) -> Iterator[str]:
    if isinstance(value, str) and (wrong := unstorable(value.replace("\x00", ""))):
        yield f"field {name!r} holds {wrong}"
    for inner, below in _inside(value):
        yield from _halves(below, f"{name}.{inner}".lstrip("."))


def _inside(value: object) -> Iterator[tuple[object, object]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _skip_blanks(stream: io.BufferedReader) -> int:
    """Skip white space, and return how many line ends that were."""
    skipped = 0
    while blank := len(ahead := stream.peek(1)) - len(ahead.lstrip(_WHITE)):
        skipped += stream.read(blank).count(b"\n")
    return skipped


class _Array:
    """Cuts an array, or several one behind the other, into its elements, which stay the bytes they are.

    Rows of one export begin alike. Where the next one seems to begin, what stands before is parsed: JSON that is whole
    there is the element, for no object goes on behind its end. That takes a fifth of the time of looking at each sign,
    which is done for all the rest.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._buffer = b""
        self._begin = self._at = 0
        """In the buffer: where the element begins, and what has been looked at."""
        self._depth = 0
        """1 is the array's own. Within an object only braces count, within a list only brackets."""
        self._in_element = _IN_OBJECT
        self._in_string = False
        self._is_large = False
        self._next: re.Pattern[bytes] | None = None
        """Finds where the next element may begin, once one was seen."""
        self._is_guessing = True
        """Until a guess fails; then again with the next chunk, so that a guess is paid for once a chunk."""

    def elements(self) -> Iterator[tuple[bytes | InputError, dict[str, Any] | None]]:
        """Yield the elements that are not blank, with their objects where those were made on the way.

        Raises:
            InputError: the array breaks off, or something else stands behind it.
        """
        count = 0
        while sign := self._next_sign():
            if element := self._take(sign):
                count += 1
                yield element, None
                self._learn(element)
                while guessed := self._guess():
                    count += 1
                    yield guessed
        if self._depth == 0:
            return
        rest = self._buffer[self._begin :].rstrip(_WHITE)
        if self._depth == 1 and not self._in_string and rest.endswith(b"}"):
            count += 1
            yield rest, None
        raise InputError(f"the array breaks off after {count} whole rows", reason="truncated", hint="save it again")

    def _take(self, sign: bytes) -> bytes | InputError:
        """Return the element that the sign ends, if it ends one."""
        element: bytes | InputError = b""
        if sign == b'"':
            self._in_string = not self._in_string
        elif self._depth == 0 and sign != b"[":
            hint = "one array per file, or one object per line"
            raise InputError("something follows the end of the array", reason="json", hint=hint)
        elif sign in b"[{":
            self._depth += 1
            if self._depth == 1:
                self._begin = self._at
            elif self._depth == _ELEMENT:
                self._in_element = _IN_OBJECT if sign == b"{" else _IN_LIST
        elif self._depth == 1 and sign in b",]":
            element = self._element()
            self._depth -= sign == b"]"
        elif self._depth > 1:
            self._depth -= 1
        return element

    def _element(self) -> bytes | InputError:
        element = self._buffer[self._begin : self._at - 1].strip(_WHITE)
        is_large = self._is_large or len(element) > MAX_ROW_BYTES
        self._begin, self._is_large = self._at, False
        return too_large(most=MAX_ROW_BYTES, what="row") if is_large else element

    def _learn(self, element: bytes | InputError) -> None:
        if self._next is None and isinstance(element, bytes) and (head := _HEAD.match(element)):
            first, second = map(re.escape, head.groups())
            self._next = re.compile(_NEXT % (first, second))

    def _guess(self) -> tuple[bytes, dict[str, Any]] | None:
        """Return the next element with its object, or none where it has to be looked for sign by sign."""
        if not (self._next and self._is_guessing and self._depth == 1):
            return None
        end = self._next.search(self._buffer, self._begin)
        element = self._buffer[self._begin : end.start() + 1].strip(_WHITE) if end else b""
        if end and element.startswith(b"{") and len(element) <= _MOST_COMMAS:
            try:
                value = from_json(element, allow_inf_nan=False)
            except ValueError:
                pass
            else:
                self._begin = self._at = end.end()
                return element, value
        self._is_guessing = False
        return None

    def _next_sign(self) -> bytes:
        """Return the next sign that may mean something here; none at the end."""
        while True:
            if skipped := self._pattern().match(self._buffer, self._at):
                self._at = skipped.end()
            sign = self._buffer[self._at : self._at + 1]
            if sign and not (self._in_string and sign == b"\\"):  # the escaped sign is in the next chunk
                self._at += 1
                return sign
            if not self._read_on():
                return b""

    def _pattern(self) -> re.Pattern[bytes]:
        if self._in_string:
            return _IN_STRING
        if self._depth >= _ELEMENT:
            return self._in_element
        return _IN_ARRAY if self._depth else _BETWEEN_ARRAYS

    def _read_on(self) -> bool:
        chunk = self._stream.read1(_CHUNK)
        self._is_guessing = True
        self._is_large = self._is_large or self._at - self._begin > MAX_ROW_BYTES
        cut = self._at if self._is_large or self._depth == 0 else self._begin
        self._buffer = self._buffer[cut:] + chunk
        self._begin, self._at = 0, self._at - cut
        return bool(chunk)
