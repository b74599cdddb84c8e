"""Units as rows of numbers: the odds that the cues give, the cues themselves, and the encoder's sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.labels import Label
from annotator.models import Article, BlockKind, Prediction
from annotator.prediction.encoder import DIMENSIONS, embed
from annotator.prediction.predictor import CuePredictor, Reading, read_cues
from annotator.prediction.softmax import Matrix
from annotator.text import reading_form

LABELS = tuple(Label)
_CUE_SCALE, _SENTENCE_SCALE = 2.0, 4.0
"""With one ridge for all, how cheaply each is learned from. Half and double of both lose, by log-loss held out."""
_MOST_CUES = 3
_TOGETHER = 256
"""Texts that are given to the encoder at a time: more are no faster, and take more memory."""
_CUES = CuePredictor(min_score=0)
_NOT_SURE = 0.02
"""The least chance that odds leave to what they speak against."""


@dataclass(frozen=True)
class Rows:
    """Units in order: what the cues suggest at any score, their named columns, and the encoder's numbers."""

    suggested: tuple[Prediction, ...]
    named: tuple[Mapping[str, float], ...]
    """Column to number, without those that are 0; nothing at all in a language without cues."""
    sentences: Matrix
    """No columns where the encoder is not used."""

    def start(self) -> Matrix:
        """Return the log-odds of the labels by the cues; even ones where they say nothing."""
        return np.log([_shares(prediction) for prediction in self.suggested]).reshape(-1, len(LABELS))

    @property
    def has_cues(self) -> NDArray[np.bool_]:
        """Whether each unit is in a language with cues."""
        return np.array([bool(named) for named in self.named], dtype=bool)

    def names(self) -> tuple[str, ...]:
        """Return the names of the columns, sorted."""
        return tuple(sorted({name for row in self.named for name in row}))

    def matrix(self, names: Sequence[str], encoded: int) -> Matrix:
        """Return the named columns, of which others count nothing, and behind them the encoder's numbers."""
        at = {name: column for column, name in enumerate(names)}
        cues = np.zeros((len(self.named), len(names)))
        for number, row in enumerate(self.named):
            for name in row.keys() & at.keys():
                cues[number, at[name]] = row[name]
        return np.column_stack([_CUE_SCALE * cues, _SENTENCE_SCALE * self.sentences[:, :encoded]])

    def only(self, chosen: Iterable[int]) -> Rows:
        """Return some of the units."""
        numbers = list(chosen)
        named = tuple(self.named[number] for number in numbers)
        return Rows(tuple(self.suggested[number] for number in numbers), named, self.sentences[numbers])


def read_rows(articles: Sequence[Article], *, with_encoder: bool) -> Rows:
    """Return the units of the articles, in order."""
    readings = [reading for article in articles for reading in read_cues(article)]
    texts = [reading_form(reading.unit.text) for reading in readings]
    sentences = _sentences(texts) if with_encoder else np.zeros((len(texts), 0))
    return Rows(tuple(map(_CUES.prediction, readings)), tuple(map(_named, readings)), sentences)


def _sentences(texts: Sequence[str]) -> Matrix:
    parts = [embed(texts[at : at + _TOGETHER]).astype(np.float64) for at in range(0, len(texts), _TOGETHER)]
    return np.concatenate([np.zeros((0, DIMENSIONS)), *parts])


def _shares(prediction: Prediction) -> list[float]:
    if prediction.label is None or prediction.score is None:
        return [1 / len(LABELS)] * len(LABELS)
    score = min(max(prediction.score, _NOT_SURE), 1 - _NOT_SURE)
    rest = (1 - score) / (len(LABELS) - 1)
    return [score if label is prediction.label else rest for label in LABELS]


def _named(reading: Reading) -> dict[str, float]:
    features, rule = reading.features, reading.rule
    if features is None or rule is None:
        return {}
    columns = {f"rule {rule.name}": 1.0, "words": math.log1p(features.words) / 4}
    for family, count in features.cues.counts().items():
        if count:
            columns[f"cue {family}"] = 1.0
            columns[f"cues {family}"] = min(count, _MOST_CUES) / _MOST_CUES
    if features.ending:
        columns[f"ending {features.ending}"] = 1.0
    if features.block is not BlockKind.PARAGRAPH:
        columns[f"block {features.block}"] = 1.0
    said = {"names": features.names, "years_only": features.years_only, "verbless": features.verbless}
    said |= {"speech": features.speech, "in quotation": bool(features.awaited)}
    return columns | {name: 1.0 for name, is_so in said.items() if is_so}
