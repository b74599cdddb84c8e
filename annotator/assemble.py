"""Settings -> Pipeline: the one place that chooses implementations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from annotator.langid import Identifier
from annotator.pipeline import Pipeline
from annotator.prediction import CuePredictor
from annotator.segmentation import RuleSegmenter
from annotator.settings import Settings
from annotator.translation import make_translator
from annotator.translation.cache import CACHE_FILE

Say = Callable[[str], None]


def make_pipeline(settings: Settings, *, pins: Mapping[str, str], say: Say) -> Pipeline:
    """Return the parts that the settings ask for.

    `pins` are the engines that an earlier part of the same run took ('fr>en' to 'argos fr_en-1.9').
    """
    return Pipeline(
        identifier=Identifier(languages=settings.candidate_languages),
        segmenter=RuleSegmenter(split=settings.split),
        translator=make_translator(
            settings.translator,
            packages_dir=settings.argos_packages_dir,
            beam=settings.beam,
            threads=settings.threads,
            pins=pins,
            say=say,
            cache=settings.data_dir / CACHE_FILE,
        ),
        predictor=CuePredictor(min_score=settings.min_score),
        target=settings.target_language,
        language=settings.source_language,
    )


@cache
def worker_pipeline(settings_json: str, pins: tuple[tuple[str, str], ...]) -> Pipeline:
    """Return this process's own pipeline, made once and kept for all its batches."""
    return make_pipeline(Settings.model_validate_json(settings_json), pins=dict(pins), say=lambda _message: None)
