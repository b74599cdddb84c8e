"""An article that was found and not read yet. Reading a page takes longer than cutting it, so it is done by workers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from annotator.errors import InputError
from annotator.failures import internal_error
from annotator.models import Article, Failure

_KEY_BYTES = 16


@dataclass(frozen=True)
class Unread:
    """The bytes or the cells of one article, where they stand, and how they are read. It can be pickled."""

    source: str
    raw: bytes | tuple[str, ...]
    reading: partial[Article]
    """Takes `raw`. Its function belongs to a module and its other arguments are named."""
    line: int | None = None
    header: Sequence[str] = ()
    """The columns' names, where the raw row is cells."""

    @property
    def size(self) -> int:
        """About how many characters it has."""
        return len(self.raw) if isinstance(self.raw, bytes) else sum(map(len, self.raw))

    @property
    def key(self) -> bytes:
        """A digest of what decides id and text of the article: two with one key are the same article."""
        digest = hashlib.blake2b(self.reading.func.__name__.encode(), digest_size=_KEY_BYTES)
        cells = (self.raw,) if isinstance(self.raw, bytes) else map(_bytes, (*self.header, *self.raw))
        for cell in cells:
            digest.update(b"\x1f")
            digest.update(cell)
        return digest.digest()

    def outcome(self) -> Article | Failure:
        """Read it. A fault of this program costs the one article, not the rest."""
        try:
            return self.reading(self.raw)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others can be read
            wrong = error if isinstance(error, InputError) else internal_error(error)
            wrong.line = self.line
            return failure(self.source, wrong)


def failure(name: str, error: InputError) -> Failure:
    """Return the line that lists an input that could not be read."""
    # The message may show a part of the row that no file can hold.
    message = error.message.encode("utf-8", "backslashreplace").decode()
    return Failure(step="read", source=name, line=error.line, reason=error.reason, message=message, hint=error.hint)


def _bytes(cell: str) -> bytes:
    return cell.encode("utf-8", "surrogatepass")
