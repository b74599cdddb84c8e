"""Which predictor is taken: the one that is named, or the best that is installed."""

from __future__ import annotations

from pathlib import Path

from annotator.choices import DEFAULT_PREDICTOR
from annotator.errors import UsageError
from annotator.prediction.encoder import is_installed
from annotator.prediction.predictor import CuePredictor
from annotator.protocols import Predictor

CUES, ENCODER = "cues", "encoder"


def chosen(name: str, *, pinned: str = "") -> str:
    """Return what a name stands for: `auto` is what a run has pinned, else the encoder where it is installed."""
    if name != DEFAULT_PREDICTOR:
        return name
    return pinned or (ENCODER if is_installed() else CUES)


def make_predictor(name: str, *, min_score: float) -> Predictor:
    """Return the predictor of this name.

    Raises:
        UsageError: it is none, or the encoder is not installed.
    """
    name = chosen(name)
    if name == CUES:
        return CuePredictor(min_score=min_score)
    if name == ENCODER:
        from annotator.prediction.encoder_predictor import EncoderPredictor

        return EncoderPredictor(min_score=min_score)
    return open_model(Path(name), min_score=min_score)


def open_model(path: Path, *, min_score: float) -> Predictor:  # noqa: ARG001 - of the models to come
    """Open a model that a team trained on labels of its own.

    Raises:
        UsageError: there is none.
    """
    raise UsageError(f"predictor {path}: neither auto, cues nor encoder, nor a trained model", hint="write one of them")
