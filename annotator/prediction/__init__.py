"""Suggestions: cues per language as data, and the small engine that reads them."""

from annotator.prediction.predictor import CuePredictor

__all__ = ["CuePredictor"]
