"""What a setting of few values can be, and its default: apart from `settings`, for `--help` loads no pydantic."""

from __future__ import annotations

from typing import Literal

TranslatorName = Literal["auto", "argos", "apertium", "libretranslate", "none"]
DeviceName = Literal["cpu", "cuda", "auto"]
ComputeType = Literal[
    "auto",
    "default",
    "int8",
    "int8_float32",
    "int8_float16",
    "int8_bfloat16",
    "int16",
    "float16",
    "bfloat16",
    "float32",
]
PredictorName = Literal["auto", "cues", "encoder"]
"""What a predictor is called; anything else is the path of a trained model."""
SplitName = Literal["sentence", "clause"]

DEFAULT_TRANSLATOR: TranslatorName = "auto"
DEFAULT_DEVICE: DeviceName = "cpu"
DEFAULT_COMPUTE_TYPE: ComputeType = "auto"
DEFAULT_PREDICTOR: PredictorName = "auto"
DEFAULT_SPLIT: SplitName = "sentence"
DEFAULT_TARGET = "en"
