"""The floors of language identification, on own texts of the default languages.

A line of `data/langid.tsv`: kind, language, text. `in-fr` is a unit inside an article in French, `article` one in a
language that langdetect does not know. The baseline is langdetect alone, on the same texts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from annotator.langid import Identifier, identify
from annotator.models import Language

LINES = (Path(__file__).parent / "data" / "langid.tsv").read_text(encoding="utf-8").splitlines()
RECORDS = [tuple(line.split("\t")) for line in LINES]
FLOOR = {
    "sentence": 1.0,
    "short": 0.968,
    "tweet": 1.0,
    "none": 1.0,
    "article": 1.0,
    "in-fr": 0.93,
    "in-en": 0.75,
    "in-es": 1.0,
    "in-de": 1.0,
}
LANGDETECT_AT_MOST = {"short": 0.85, "tweet": 0.95, "none": 0.5, "article": 0.0}


@cache
def identifier() -> Identifier:
    return Identifier()


def ours(kind: str, text: str) -> str:
    if kind == "article":
        return identifier().article(text).tag
    if kind.startswith("in-"):
        return identifier().unit(text, Language(tag=kind.removeprefix("in-"), confidence=1.0)).tag
    return identify(text).tag


def langdetect_alone(_kind: str, text: str) -> str:
    package: Any = import_module("langdetect")
    package.DetectorFactory.seed = 0
    try:
        return str(package.detect(text)).split("-")[0]
    except package.LangDetectException:
        return "exception"


def accuracy(kind: str, identify_text: Callable[[str, str], str]) -> float:
    right = [identify_text(kind, text) == language for found, language, text in RECORDS if found == kind]
    return sum(right) / len(right)


@pytest.mark.parametrize("kind", FLOOR)
def test_accuracy_is_at_least_the_floor(kind: str) -> None:
    assert accuracy(kind, ours) >= FLOOR[kind]


@pytest.mark.parametrize("kind", LANGDETECT_AT_MOST)
def test_langdetect_alone_fails_the_floor(kind: str) -> None:
    assert accuracy(kind, langdetect_alone) <= LANGDETECT_AT_MOST[kind] < FLOOR[kind]
