"""Plain implementations of our own protocols, for tests of what stands around them."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotator.errors import InputError
from annotator.models import Article, Block, BlockKind, Cue, Language, Prediction, Translation, Unit, UnitKind
from annotator.protocols import LanguageIdentifier


class OneLanguage:
    """Takes every text for the same language."""

    name, version = "one", "1"

    def __init__(self, tag: str = "fr") -> None:
        self.language = Language(tag=tag, confidence=1.0)

    def article(self, text: str, declared: str = "") -> Language:
        return self.language

    def unit(self, text: str, prior: Language) -> Language:
        return self.language


class Lines:
    """Every line of the text is a unit; a line that starts with `en:` is English."""

    name, version = "lines", "1"

    def segment(self, article: Article, identifier: LanguageIdentifier) -> Article:
        units: list[Unit] = []
        at = 0
        for line in article.text.split("\n"):
            if line.strip():
                units.append(_unit(article, len(units), at, line))
            at += len(line) + 1
        block = Block(kind=BlockKind.PARAGRAPH, start=0, end=len(article.text))
        return article.model_copy(update={"units": tuple(units), "blocks": (block,)})


def _unit(article: Article, position: int, start: int, text: str) -> Unit:
    return Unit(
        unit_id=f"{article.article_id}:{position}",
        position=position,
        kind=UnitKind.SENTENCE,
        block=BlockKind.PARAGRAPH,
        block_index=0,
        start=start,
        end=start + len(text),
        text=text,
        language=Language(tag="en") if text.startswith("en:") else article.language,
    )


class Fails:
    """Stands for any part: raises what it is given where an article's text holds `poison`, else does as the part."""

    def __init__(self, part: object, error: BaseException) -> None:
        self._part, self._error = part, error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._part, name)

    def segment(self, article: Article, identifier: LanguageIdentifier) -> Any:
        return self._unless_poisoned([article.text]).segment(article, identifier)

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> Any:
        return self._unless_poisoned(texts).translate(texts, source=source, target=target)

    def predict(self, article: Article) -> Any:
        return self._unless_poisoned([article.text]).predict(article)

    def _unless_poisoned(self, texts: Sequence[str]) -> Any:
        if any("poison" in text for text in texts):
            raise self._error
        return self._part


def process_ids(batch: Sequence[int]) -> list[int]:
    """The process that works on each."""
    return [os.getpid() for _ in batch]


def doubled(numbers: Sequence[int]) -> list[int]:
    """Work for a runner: one number ends the process, one fails, one ends the process the first time only."""
    for number in numbers:
        if number == KILLS or (number >= KILLS_ONCE and _is_first(number)):
            os.kill(os.getpid(), signal.SIGKILL)
        if number == RAISES:
            raise InputError("seven is too much", reason="odd", hint="take six")
    return [2 * number for number in numbers]


KILLS, RAISES, KILLS_ONCE = 13, 7, 1_000_000
"""A number from `KILLS_ONCE` on is a name for a file that tells whether it came before."""


def _is_first(number: int) -> bool:
    path = Path(tempfile.gettempdir()) / f"annotator-test-{number}"
    try:
        path.open("x").close()
    except FileExistsError:
        path.unlink()
        return False
    return True


class Upper:
    """Translates into capitals and remembers what it was asked."""

    name, version = "upper", "1"

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []

    def serves(self, source: str, target: str) -> bool:
        return True

    def engine(self, source: str, target: str) -> str:
        return "upper"

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[Translation]:
        self.calls.append(tuple(texts))
        return [Translation(text=text.upper(), source=source, target=target, engine="upper") for text in texts]

    def close(self) -> None:
        pass


class FirstWord:
    """Suggests a label for units that name one, with the word as its cue; the score is 0.9."""

    name, version = "first-word", "1"

    def predict(self, article: Article) -> list[Prediction]:
        return [self._one(unit) for unit in article.units]

    def _one(self, unit: Unit) -> Prediction:
        word = unit.text.split()[0]
        cue = Cue(start=0, end=len(word), name="word", text=word)
        label = word if word in ("sourced", "opinion") else None
        return Prediction.model_validate(
            {"unit_id": unit.unit_id, "label": label, "score": 0.9, "model_version": "first-word-1", "cues": [cue]}
        )
