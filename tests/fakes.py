"""Plain implementations of our own protocols, for tests of what stands around them."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.models import Article, Block, BlockKind, Cue, Language, Prediction, Translation, Unit, UnitKind
from annotator.protocols import LanguageIdentifier


class OneLanguage:
    """Takes every text for the same language."""

    name, version = "one", "1"

    def __init__(self, tag: str = "fr") -> None:
        self.language = Language(tag=tag, confidence=1.0)

    def article(self, text: str) -> Language:
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
