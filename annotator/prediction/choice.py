"""Which predictor is taken: the one that is named, or the best that is installed."""

from __future__ import annotations

from pathlib import Path

from annotator.choices import DEFAULT_PREDICTOR
from annotator.errors import UsageError
from annotator.prediction.encoder import is_installed
from annotator.prediction.predictor import CuePredictor
from annotator.protocols import Predictor
from annotator.text import shown_name

CUES, ENCODER = "cues", "encoder"


def chosen(name: str, *, pinned: str = "") -> str:
    """Return what a name stands for: `auto` is what a run has pinned, else the encoder where it is installed.

    Raises:
        UsageError: the run has pinned a model that is not where it was.
    """
    if name != DEFAULT_PREDICTOR:
        return name
    if pinned not in ("", CUES, ENCODER) and not Path(pinned).is_file():
        message = f"{shown_name(pinned)}: no such model here, and the run takes its suggestions from it"
        raise UsageError(message, hint="name the file where it is now by --predictor FILE, or take --predictor cues")
    return pinned or (ENCODER if is_installed() else CUES)


def make_predictor(name: str, *, min_score: float) -> Predictor:
    """Return the predictor of this name; one that is no name is the path of a trained model.

    Raises:
        UsageError: the model cannot be used here, or the encoder is not installed.
    """
    name = chosen(name)
    if name == CUES:
        return CuePredictor(min_score=min_score)
    if name == ENCODER:
        from annotator.prediction.encoder_predictor import EncoderPredictor

        return EncoderPredictor(min_score=min_score)
    from annotator.prediction.trained import open_model

    return open_model(Path(name), min_score=min_score)


def own_min_score(name: str) -> float | None:
    """Return the least score that a trained model brings with it; none of another predictor.

    Raises:
        UsageError: the model cannot be used here.
    """
    if chosen(name) in (CUES, ENCODER):
        return None
    from annotator.prediction.trained import open_model

    return open_model(Path(name)).min_score
