"""What the flow asks of an engine: texts in, texts out, for one pair of languages. A digest names its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

_DIGEST_LENGTH = 8


class Engine(Protocol):
    """One route between two languages."""

    name: str
    """As it stands in `Translation.engine`: 'argos fr_en-1.9', 'apertium fr-es+spa-eng'."""
    via: str
    """The pivot language, or nothing."""

    @property
    def model(self) -> str:
        """Digest of the files it works with."""

    @property
    def options(self) -> str:
        """Every option that can change its output, for the key of the cache."""

    @property
    def differs(self) -> str:
        """Those options that are no default, for the signature: 'beam 2, cuda float16'."""

    def run(self, texts: Sequence[str], *, careful: bool = False) -> list[str | None]:
        """Translate the texts in order; None where it failed on a text.

        A character of `protection.MARKS` stands for something that must come back as it is;
        `protection.UNKNOWN` in an answer stands before a word that the engine does not know.
        `careful` asks for another way through the same model, for a text whose first translation was doubtful.

        Raises:
            TranslationError: the engine as a whole is broken.
        """

    def close(self) -> None:
        """End its processes, free its memory."""


def files_digest(files: Iterable[Path]) -> str:
    """Return the first hex digits of one SHA-256 over the contents of the files, in the order given.

    It stands for the model in records and in the cache: the same bytes mean the same translations.
    """
    total = hashlib.sha256()
    for path in files:
        with path.open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()[:_DIGEST_LENGTH]
