"""The predictor that a team trained: it starts from what the cues suggest and corrects that by what people said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from annotator.models import Article, Cue, ModelLayer, Prediction, TrainedModel
from annotator.prediction import encoder
from annotator.prediction.columns import LABELS, Rows, read_rows
from annotator.prediction.model_file import read_model, unpacked
from annotator.prediction.predictor import CuePredictor, language_in
from annotator.prediction.softmax import Matrix, odds, probabilities
from annotator.protocols import Predictor

LEARNED = "learned from labelled units"
"""The reason where no words of the unit speak for the label."""
_SPEAKS = 0.45
"""The least score of a rule that speaks for its label: one below says what a unit looks like, "perhaps not a unit"."""


@dataclass(frozen=True)
class Layer:
    """One softmax regression, ready to use."""

    cues: tuple[str, ...]
    encoded: int
    temperature: float
    weights: Matrix

    @classmethod
    def of(cls, layer: ModelLayer) -> Layer:
        """Return the layer that a file holds."""
        return cls(layer.cues, layer.encoded, layer.temperature, unpacked(layer))

    def odds(self, rows: Rows, *, from_cues: bool) -> Matrix:
        """Return the log-odds of the labels."""
        start = rows.start() if from_cues else np.zeros((len(rows.named), len(LABELS)))
        return odds(rows.matrix(self.cues, self.encoded), self.weights, start) / self.temperature


@dataclass(frozen=True)
class Layers:
    """The layer for units in a language with cues, and the one for all others."""

    with_cues: Layer | None
    without_cues: Layer | None

    def odds(self, rows: Rows) -> Matrix:
        """Return the log-odds of the labels for each unit; no numbers where there is no layer for it."""
        log_odds = np.full((len(rows.named), len(LABELS)), np.nan)
        for layer, has_cues in ((self.with_cues, True), (self.without_cues, False)):
            chosen = np.flatnonzero(rows.has_cues == has_cues)
            if layer and chosen.size:
                log_odds[chosen] = layer.odds(rows.only(chosen), from_cues=has_cues)
        return log_odds


class TrainedPredictor:
    """Predicts labels by a model that was trained on a team's own labels.

    By the encoder, what was learned in one language holds in others: trained on sentences of one and tried on those of
    another, of the same kind, it was never below the cues in 7 trials. In languages that the encoder does not know, and
    without it in all that the model was not trained on, it says what `others` says.
    """

    def __init__(self, model: TrainedModel, *, others: Predictor, min_score: float) -> None:
        self.name, _, self.version = model.name.partition("-")
        self.model = model
        self.min_score = min_score
        self.languages = {*model.card.languages, *(encoder.LANGUAGES if model.encoder else ())}
        self._layers = Layers(*(Layer.of(one) if one else None for one in (model.with_cues, model.without_cues)))
        self._others = others

    def predict(self, article: Article) -> list[Prediction]:
        """Return one prediction per unit, in order. Below `min_score` the label is none; score and cues stay."""
        rows = read_rows([article], with_encoder=bool(self.model.encoder))
        own = list(predictions(rows, self._layers.odds(rows), self.model.name, self.min_score))
        foreign = [language_in(unit, article) not in self.languages for unit in article.units]
        if not any(foreign):
            return own
        others = self._others.predict(article)
        return [other if is_foreign else mine for mine, other, is_foreign in zip(own, others, foreign, strict=True)]


def open_model(path: Path, *, others: Predictor | None = None, min_score: float | None = None) -> TrainedPredictor:
    """Open a trained model; without a `min_score` that of the model holds.

    Raises:
        UsageError: the file is no model that this version can use, or the encoder that it needs is not installed.
    """
    model = read_model(path)
    if model.encoder and not encoder.is_installed():
        encoder.open_encoder()  # says what to install
    least = model.min_score if min_score is None else min_score
    return TrainedPredictor(model, others=others or CuePredictor(min_score=least), min_score=least)


def predictions(rows: Rows, log_odds: Matrix, name: str, min_score: float) -> Iterator[Prediction]:
    """Yield a prediction for each unit: the likeliest label, with what the cues say for it."""
    for suggested, share in zip(rows.suggested, probabilities(log_odds), strict=True):
        if np.isnan(share[0]):
            yield Prediction(unit_id=suggested.unit_id, model_version=name)
            continue
        label = LABELS[int(share.argmax())]
        score = round(float(share.max()), 3)
        speaks = suggested.label is label and (suggested.score or 0) >= _SPEAKS
        cues: Sequence[Cue] = suggested.cues if speaks else ()
        yield Prediction(
            unit_id=suggested.unit_id,
            label=label if score >= min_score else None,
            score=score,
            model_version=name,
            cues=tuple(cues) or (Cue(start=0, end=0, name=LEARNED, text=""),),
        )
