"""Predictions: cues per language as data, and the rules that read them."""

from annotator.prediction.predictor import CuePredictor

__all__ = ["CuePredictor"]
