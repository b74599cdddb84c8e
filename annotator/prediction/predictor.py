"""The cue-based predictor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from annotator.labels import Label
from annotator.models import Article, BlockKind, Prediction, Unit
from annotator.prediction.decision import decide, reasons
from annotator.prediction.lexicon import languages, lexicon
from annotator.prediction.signs import awaited_marks, read_signs

VERSION = "1"


class CuePredictor:
    """Suggests labels from cue lists; a unit in a language without cues gets none.

    `min_score` is the least score that a suggestion needs. A score is the share of suggestions of its kind that were
    right on the development articles.
    """

    name = "cues"
    version = VERSION

    def __init__(self, *, min_score: float = 0.5) -> None:
        self.min_score = min_score
        self.model_version = f"{self.name}-{self.version}"

    def predict(self, article: Article) -> list[Prediction]:
        """Return one prediction per unit, in order. Below `min_score` the label is none; score and cues stay."""
        return list(self._predictions(article))

    def _predictions(self, article: Article) -> Iterator[Prediction]:
        lead_in_sourced = False
        for unit, language, awaited in _in_context(article):
            if not language:
                yield Prediction(unit_id=unit.unit_id, model_version=self.model_version)
                continue
            is_item = unit.block is BlockKind.LIST_ITEM
            signs = read_signs(unit, lexicon(language), awaited=awaited, under_sourced=is_item and lead_in_sourced)
            rule = decide(signs)
            if not is_item:
                lead_in_sourced = signs.ending == ":" and rule.label is Label.SOURCED
            yield Prediction(
                unit_id=unit.unit_id,
                label=rule.label if rule.score >= self.min_score else None,
                score=rule.score,
                model_version=self.model_version,
                cues=reasons(rule, signs),
            )


def _in_context(article: Article) -> Iterator[tuple[Unit, str, str]]:
    """Yield each unit with its language of cues and the quotation mark it waits for."""
    for _, block in groupby(article.units, key=lambda unit: unit.block_index):
        for language, run in groupby(block, key=lambda unit: _cue_language(unit, article)):
            units = list(run)
            texts = [unit.text for unit in units]
            awaited = awaited_marks(texts, lexicon(language)) if language else [""] * len(units)
            yield from zip(units, [language] * len(units), awaited, strict=True)


def _cue_language(unit: Unit, article: Article) -> str:
    """Return the language whose cues are read, or an empty string. Too little text to tell goes with the article."""
    tags: Iterable[str] = (unit.language.tag, article.language.tag, article.declared_language)
    tag = next((tag for tag in tags if tag not in {"", "und"}), "")
    primary = tag.partition("-")[0].lower()
    return primary if primary in languages() else ""
