"""Translations that are there already come before those of an engine: text by text, not pair by pair."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.models import Translation
from annotator.protocols import Translator
from annotator.translation import checks
from annotator.translation.checks import TextPair
from annotator.translation.memory import Found, Memory


class RememberingTranslator:
    """Answers from its memories, the first that knows a text; the other texts go to the translator behind them.

    Name and version are those of that translator, so that a memory changes nothing of the units it does not know.
    """

    def __init__(self, memories: Sequence[Memory], otherwise: Translator) -> None:
        self.name = otherwise.name
        self.version = otherwise.version
        self._memories = memories
        self._otherwise = otherwise

    def serves(self, source: str, target: str) -> bool:
        """Tell whether the translator behind the memories serves the pair: of any text only that can be said."""
        return self._otherwise.serves(source, target)

    def engine(self, source: str, target: str) -> str:
        """Return what translates the texts that no memory knows."""
        return self._otherwise.engine(source, target)

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[Translation]:
        """Translate the texts, in their order."""
        known: dict[str, Translation] = {}
        for memory in self._memories:
            wanted = [text for text in dict.fromkeys(texts) if text not in known]
            found = memory.find(wanted, source=source, target=target)
            known |= {text: _checked(memory, text, found[text], source, target) for text in found}
        rest = [text for text in texts if text not in known]
        translated = iter(self._otherwise.translate(rest, source=source, target=target) if rest else ())
        return [known[text] if text in known else next(translated) for text in texts]

    def close(self) -> None:
        """Close the memories and the translator."""
        for memory in self._memories:
            memory.close()
        self._otherwise.close()


def _checked(memory: Memory, text: str, found: Found, source: str, target: str) -> Translation:
    """Return what the memory says, unchanged, with the warnings it deserves; people translate more freely."""
    return Translation(
        text=found.translation,
        source=source,
        target=target,
        engine=memory.engine,
        model=memory.digest,
        options=f"checks {checks.VERSION}",
        warnings=checks.check(TextPair(text, found.translation, source, target, by_people=True)),
    )
