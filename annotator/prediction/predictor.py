"""The cue-based predictor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from annotator.labels import Label
from annotator.models import Article, BlockKind, Prediction, Unit
from annotator.prediction.decision import Rule, decide, reasons
from annotator.prediction.features import Features, extract_features
from annotator.prediction.lexicon import languages, load_lexicon
from annotator.prediction.quotations import awaited_closers

VERSION = "3"

UnitFeatures = tuple[Unit, Features | None]


class CuePredictor:
    """Predicts labels from cue lists; a unit in a language without cues gets none.

    `min_score` is the least score that a label needs. A score is the share of predictions of its kind that were right
    on real sentences.
    """

    name = "cues"
    version = VERSION

    def __init__(self, *, min_score: float = 0.6) -> None:
        self.min_score = min_score
        self.model_version = f"{self.name}-{self.version}"

    def predict(self, article: Article) -> list[Prediction]:
        """Return one prediction per unit, in order. Below `min_score` the label is none; score and cues stay."""
        return [self.prediction(reading) for reading in read_cues(article)]

    def prediction(self, reading: Reading) -> Prediction:
        """Return the prediction for one unit."""
        features, rule = reading.features, reading.rule
        if features is None or rule is None:
            return Prediction(unit_id=reading.unit.unit_id, model_version=self.model_version)
        return Prediction(
            unit_id=reading.unit.unit_id,
            label=rule.label if rule.score >= self.min_score else None,
            score=rule.score,
            model_version=self.model_version,
            cues=reasons(rule, features),
        )


class Reading(NamedTuple):
    """A unit, what is found in it, and the rule that decides; neither in a language without cues."""

    unit: Unit
    features: Features | None
    rule: Rule | None


def read_cues(article: Article) -> Iterator[Reading]:
    """Yield what the cues say of each unit, in order."""
    under_sourced = False
    for unit, features in _without_topics(list(_unit_features(article))):
        if features is None:
            yield Reading(unit, None, None)
            continue
        is_item = unit.block is BlockKind.LIST_ITEM
        rule = decide(replace(features, under_sourced=True) if is_item and under_sourced else features)
        if not is_item:
            under_sourced = features.ending == ":" and rule.label is Label.SOURCED
        yield Reading(unit, features, rule)


def _unit_features(article: Article) -> Iterator[UnitFeatures]:
    """Yield each unit with its features, or with none where its language has no cues."""
    for _, block in groupby(article.units, key=lambda unit: unit.block_index):
        for language, run in groupby(block, key=lambda unit: _cue_language(unit, article)):
            units = list(run)
            if not language:
                yield from ((unit, None) for unit in units)
                continue
            lexicon = load_lexicon(language)
            closers = awaited_closers([unit.text for unit in units], lexicon)
            for unit, closer in zip(units, closers, strict=True):
                yield unit, extract_features(unit, lexicon, awaited=closer)


def _without_topics(unit_features: Sequence[UnitFeatures]) -> list[UnitFeatures]:
    """Take away figures that several units share: an article on wolves means wolves."""
    figures = (cue for _, features in unit_features if features for cue in features.cues["figure"])
    counts = Counter(cue.text.lower() for cue in figures)
    topics = {text for text, count in counts.items() if count > 1}
    if not topics:
        return list(unit_features)
    return [(unit, features and features.without("figure", topics)) for unit, features in unit_features]


def _cue_language(unit: Unit, article: Article) -> str:
    """Return the language whose cues are read, or an empty string."""
    primary = language_in(unit, article)
    return primary if primary in languages() else ""


def language_in(unit: Unit, article: Article) -> str:
    """Return the language of a unit, `fr` of `fr-CA`, or nothing. Too little text to tell goes with the article."""
    tags: Iterable[str] = (unit.language.tag, article.language.tag, article.declared_language)
    tag = next((tag for tag in tags if tag not in {"", "und"}), "")
    return tag.partition("-")[0].lower()
