"""The cue-based predictor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from annotator.labels import Label
from annotator.models import Article, BlockKind, Prediction, Unit
from annotator.prediction.decision import decide, reasons
from annotator.prediction.lexicon import languages, lexicon
from annotator.prediction.signs import Signs, awaited_marks, read_signs

VERSION = "1"

Reading = tuple[Unit, Signs | None]


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
        readings = _without_topics(list(_readings(article)))
        return list(self._predictions(readings))

    def _predictions(self, readings: Iterable[Reading]) -> Iterator[Prediction]:
        under_sourced = False
        for unit, signs in readings:
            if signs is None:
                yield Prediction(unit_id=unit.unit_id, model_version=self.model_version)
                continue
            is_item = unit.block is BlockKind.LIST_ITEM
            rule = decide(replace(signs, under_sourced=is_item and under_sourced))
            if not is_item:
                under_sourced = signs.ending == ":" and rule.label is Label.SOURCED
            yield Prediction(
                unit_id=unit.unit_id,
                label=rule.label if rule.score >= self.min_score else None,
                score=rule.score,
                model_version=self.model_version,
                cues=reasons(rule, signs),
            )


def _readings(article: Article) -> Iterator[Reading]:
    """Yield each unit with its signs, or with none where its language has no cues."""
    for _, block in groupby(article.units, key=lambda unit: unit.block_index):
        for language, run in groupby(block, key=lambda unit: _cue_language(unit, article)):
            units = list(run)
            if not language:
                yield from ((unit, None) for unit in units)
                continue
            cues = lexicon(language)
            awaited = awaited_marks([unit.text for unit in units], cues)
            yield from ((unit, read_signs(unit, cues, awaited=mark)) for unit, mark in zip(units, awaited, strict=True))


def _without_topics(readings: Sequence[Reading]) -> list[Reading]:
    """Take away figures that several units share: an article on wolves means wolves."""
    spoken = Counter(cue.text.lower() for _, signs in readings if signs for cue in signs.cues.get("figure", ()))
    topics = {text for text, count in spoken.items() if count > 1}
    return [(unit, signs and signs.without("figure", topics)) for unit, signs in readings]


def _cue_language(unit: Unit, article: Article) -> str:
    """Return the language whose cues are read, or an empty string. Too little text to tell goes with the article."""
    tags: Iterable[str] = (unit.language.tag, article.language.tag, article.declared_language)
    tag = next((tag for tag in tags if tag not in {"", "und"}), "")
    primary = tag.partition("-")[0].lower()
    return primary if primary in languages() else ""
