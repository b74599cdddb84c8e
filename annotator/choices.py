"""What a setting of few values can be, and its default: apart from `settings`, for `--help` loads no pydantic."""

from __future__ import annotations

from typing import Literal

TranslatorName = Literal["auto", "argos", "apertium", "none"]
SplitName = Literal["sentence", "clause"]

DEFAULT_TRANSLATOR: TranslatorName = "auto"
DEFAULT_SPLIT: SplitName = "sentence"
DEFAULT_TARGET = "en"
