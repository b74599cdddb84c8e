"""The predictor that reads the cues and asks the sentence encoder where they know too little."""

from __future__ import annotations

from annotator.models import Article, Prediction
from annotator.prediction.cascade import Verdict, as_cues, is_weighed, weighed, without_cues
from annotator.prediction.encoder import LANGUAGES, is_installed, open_encoder
from annotator.prediction.heads import Said, answers
from annotator.prediction.predictor import CuePredictor, Reading, language_in, read_cues
from annotator.text import reading_form

VERSION = "1"


class EncoderPredictor:
    """Predicts labels from cue lists and the encoder; in the encoder's languages without cues from the encoder alone.

    `min_score` is the least score that a label needs. The encoder reads all units of an article that it is asked for
    at once, so what is predicted does not depend on the articles beside it.

    Raises:
        UsageError: the encoder is not installed.
    """

    name = "encoder"
    version = f"{VERSION}+cues-{CuePredictor.version}"

    def __init__(self, *, min_score: float = 0.6) -> None:
        if not is_installed():
            open_encoder()  # says what to install
        self.min_score = min_score
        self.model_version = f"{self.name}-{self.version}"
        self._cues = CuePredictor(min_score=min_score)

    def predict(self, article: Article) -> list[Prediction]:
        """Return one prediction per unit, in order. Below `min_score` the label is none; score and cues stay.

        Raises:
            AnnotatorError: the encoder's weights are others than those that this version knows.
        """
        readings = list(read_cues(article))
        asked = [place for place, reading in enumerate(readings) if _is_asked(reading, article)]
        said = dict(zip(asked, answers([reading_form(readings[place].unit.text) for place in asked]), strict=True))
        return [self._prediction(reading, said.get(place)) for place, reading in enumerate(readings)]

    def _prediction(self, reading: Reading, said: Said | None) -> Prediction:
        by_cues = self._cues.prediction(reading).model_copy(update={"model_version": self.model_version})
        verdict = _verdict(reading, said) if said else None
        if verdict is None:
            return by_cues
        return by_cues.model_copy(
            update={
                "label": verdict.label if verdict.score >= self.min_score else None,
                "score": verdict.score,
                "cues": as_cues(verdict.reasons) or by_cues.cues,
            }
        )


def _is_asked(reading: Reading, article: Article) -> bool:
    if reading.rule is None:
        return language_in(reading.unit, article) in LANGUAGES
    return is_weighed(reading.rule)


def _verdict(reading: Reading, said: Said) -> Verdict | None:
    return weighed(reading.rule, said) if reading.rule else without_cues(reading.unit, said)
