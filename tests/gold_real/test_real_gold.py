"""Suggestions on real sentences: pinned floors, a little under what was measured. Not in the sdist, so only here."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
from suggestions import Outcome, macro_f1, share_given

from annotator.labels import NOT_A_UNIT, Label
from annotator.prediction.encoder_predictor import EncoderPredictor

HERE = Path(__file__).parent


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"gold_real_{name}", HERE / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def found() -> dict[str, list[Outcome]]:
    score = loaded("score")
    return {language: score.real(language) for language in ("fr", "en", "de")}


@pytest.mark.parametrize(("language", "floor", "given"), [("fr", 0.83, 0.85), ("en", 0.80, 0.83), ("de", 0.80, 0.86)])
def test_suggestions_on_real_sentences_reach_the_floor(
    language: str, floor: float, given: float, found: dict[str, list[Outcome]]
) -> None:
    assert macro_f1(found[language]) >= floor
    assert share_given(found[language]) >= given


@pytest.mark.parametrize(("language", "floor", "given"), [("fr", 0.81, 0.87), ("en", 0.79, 0.84), ("de", 0.83, 0.84)])
def test_suggestions_with_the_encoder_reach_the_floor(language: str, floor: float, given: float) -> None:
    found = loaded("score").real(language, EncoderPredictor())
    assert macro_f1(found) >= floor
    assert share_given(found) >= given


def test_every_line_has_both_passes_and_a_reason_where_they_differ() -> None:
    rows = list(map(json.loads, (HERE / "gold.jsonl").read_text(encoding="utf-8").splitlines()))
    assert [row["id"] for row in rows if {row["first"], row["second"], row["label"]} - {*Label, NOT_A_UNIT}] == []
    assert [row["id"] for row in rows if (row["first"] != row["second"]) != ("why" in row)] == []
    assert len({row["id"] for row in rows}) == len(rows) == 1000
