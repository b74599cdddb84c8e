"""No translation, because nobody asked for one; and the empty translations of other translators."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.models import Translation, TranslationWarning

NO_ENGINE = "none"
ENGINE_FAILED = "engine_failed"
"""The warning of a text whose engine is broken, or gave no answer."""


def empty_translations(texts: Sequence[str], code: str, detail: str, *, source: str, target: str) -> list[Translation]:
    """Return one empty translation per text, each with the warning that says why it is empty."""
    warning = TranslationWarning(code=code, detail=detail)
    return [Translation(text="", source=source, target=target, engine=NO_ENGINE, warnings=(warning,)) for _ in texts]


class NoTranslator:
    """Leaves every text as it is."""

    name = "none"
    version = "1"

    def serves(self, source: str, target: str) -> bool:  # noqa: ARG002
        """Tell that no pair is translated."""
        return False

    def engine(self, source: str, target: str) -> str:  # noqa: ARG002
        """Return `none`."""
        return NO_ENGINE

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[Translation]:
        """Return an empty translation for each text."""
        return empty_translations(texts, "not_asked", "translation is switched off", source=source, target=target)

    def close(self) -> None:
        """Do nothing."""
