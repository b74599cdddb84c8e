"""What the flow asks of an engine: texts in, texts out, for one pair of languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


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

    def run(self, texts: Sequence[str], *, careful: bool = False) -> list[str | None]:
        """Translate the texts in order; None where it failed on a text.

        A character of `protect.MARKS` stands for something that must come back as it is;
        `protect.UNKNOWN` in an answer stands before a word that the engine does not know.
        `careful` asks for another way through the same model, for a text whose first translation was doubtful.

        Raises:
            TranslationError: the engine as a whole is broken.
        """

    def close(self) -> None:
        """End its processes, free its memory."""
