"""Bytes become text: UTF-8 first, then what a byte order mark says, then a guess that is reported."""

from __future__ import annotations

import codecs
import re

from annotator.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What newsrooms' old files are in. A free choice among all code pages takes French for Mac Latin or cp1250.
_GUESSES = ["cp1252", "cp1250", "cp1251", "cp1256", "gb18030", "shift_jis", "big5"]
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""")
_HEAD = 4096
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_OTHERS = 20
"""In another encoding hardly any of the characters beyond ASCII reads as UTF-8 by chance."""
_UTF8_HINT = "convert it to UTF-8, for instance: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW"


def decode(raw: bytes, *, declared: str = "") -> tuple[str, tuple[str, ...]]:
    """Return the text and the notes on what had to be guessed. What is `declared` counts for bytes that are not UTF-8.

    Raises:
        InputError: the file is empty, binary, or in no encoding that can be told.
    """
    encoding, notes = encoding_of(raw, declared=declared)
    return raw.decode(encoding, "replace") if encoding == "utf-8" else _strict(raw, encoding), notes


def encoding_of(raw: bytes, *, declared: str = "") -> tuple[str, tuple[str, ...]]:
    """Return the encoding of the bytes, and the notes on what had to be guessed.

    Raises:
        InputError: the file is empty, binary, or in no encoding that can be told.
    """
    if not raw.strip():
        raise InputError("the file is empty", reason="empty", hint="remove it from the input")
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return encoding, () if encoding == "utf-8-sig" else (f"encoding {encoding}",)
    if b"\x00" in raw:
        return _with_nul(raw)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if broken := _few_broken(raw):
            return "utf-8", (f"{broken} bytes are not UTF-8, as the rest is: shown as \ufffd",)
        name = _as_browsers_do(declared)
        return (name, ()) if name and _fits(raw, name) else _guess(raw, error)
    return "utf-8", ()


def _few_broken(raw: bytes) -> int:
    """Return how many places are not UTF-8 if it is a few in a text that is; 0 if it is another encoding."""
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd") - raw.count("\ufffd".encode())
    others = sum(map(len, _NOT_ASCII.findall(text))) - broken
    return broken if others >= _OTHERS * broken else 0


def declared_encoding(raw: bytes) -> str:
    """Return the encoding that a page's `meta` element or its XML declaration names, or an empty string."""
    match = _DECLARED.search(raw, 0, _HEAD)
    return match[1].decode("ascii") if match else ""


def _as_browsers_do(declared: str) -> str:
    """What is declared as Latin-1 or ASCII is Windows-1252 (WHATWG Encoding Standard, section 4.2)."""
    try:
        name = codecs.lookup(declared).name if declared else ""
    except (LookupError, ValueError):
        return ""
    return "" if name.startswith("utf") else "cp1252" if name in ("iso8859-1", "ascii") else name


def _fits(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except (UnicodeError, LookupError):  # LookupError: a codec such as base64, which makes no text
        return False
    return True


def _strict(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"not valid {encoding}, as its first bytes announce: byte {error.start}"
        raise InputError(message, reason="encoding", hint=_UTF8_HINT) from error


def _with_nul(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """UTF-16 without a mark holds a NUL in nearly every second byte where the script is Latin; else it is binary."""
    sample = raw[:4096]
    for encoding, half in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if half.count(0) > 0.8 * len(half):
            return encoding, (f"no byte order mark; read as {encoding}, a guess",)
    raise InputError("a binary file (it holds NUL bytes)", reason="binary", hint="hand in plain text")


def _guess(raw: bytes, error: UnicodeDecodeError) -> tuple[str, tuple[str, ...]]:
    from charset_normalizer import from_bytes

    matches = list(from_bytes(raw, cp_isolation=_GUESSES))
    best = min(matches, key=lambda m: (round(m.chaos, 2), _GUESSES.index(m.encoding)), default=None)
    if best is None:
        message = f"not UTF-8 (byte {error.start} is {raw[error.start]:#04x}) and no other encoding fits"
        raise InputError(message, reason="encoding", hint=_UTF8_HINT)
    return best.encoding, (f"not UTF-8; read as {best.encoding}, a guess",)
