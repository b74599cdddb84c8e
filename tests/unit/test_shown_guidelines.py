"""`guidelines.md` of a dataset: what its annotators read, as far as it is at hand, and the card says what is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotator import guidelines
from annotator.dataset import build, shown
from annotator.dataset.collect import Source
from annotator.dataset.forgetting import forget
from annotator.guidelines import OfTeam
from annotator.labels import GUIDELINES_VERSION
from annotator.models import Annotation, Manifest, TaskData

OURS = guidelines.markdown("en")
THEIRS = OfTeam("7", "# House rules\n")


def answer(article: str, version: str) -> Annotation:
    blank = dict.fromkeys(TaskData.model_fields, "")
    known = {"unit_id": f"{article}:1", "article_id": article, "kind": "sentence", "block": "paragraph"}
    place = {"position": 0, "start": 0, "end": 3, "source_text": f"Le {article}", "source_lang": "fr"}
    said = {"annotator": "1", "status": "labelled", "label": "opinion", "guidelines_version": version}
    numbers = {"revision": "r", "project": 1, "task": 1, "annotation": 1}
    return Annotation.model_validate({**said, **numbers, "data": {**blank, **known, **place}})


def export(out: Path, *versions: str, own: OfTeam | None = THEIRS) -> tuple[str, str, Manifest]:
    """Return guidelines, card and manifest of a dataset whose articles were answered under these versions."""
    lines = [answer(f"a{number}", version) for number, version in enumerate(versions)]
    options = build.ExportOptions(guidelines=own)
    build.export([Source(lines)], out, progress=lambda _: None, options=options)
    return held(out)


def held(out: Path) -> tuple[str, str, Manifest]:
    text = (out / shown.FILE).read_text(encoding="utf-8") if (out / shown.FILE).exists() else ""
    card = (out / "README.md").read_text(encoding="utf-8")
    return text, card, Manifest.model_validate_json((out / "manifest.json").read_bytes())


def test_dataset_holds_the_guidelines_of_the_team_whose_version_answers_carry(tmp_path: Path) -> None:
    text, card, manifest = export(tmp_path / "out", "7")
    assert text == THEIRS.text
    assert "Guidelines: version 7, in guidelines.md." in card
    assert manifest.guidelines_held == ("7",)


def test_answers_under_ours_have_ours_whatever_the_settings_name_today(tmp_path: Path) -> None:
    assert export(tmp_path / "out", GUIDELINES_VERSION)[0] == OURS


def test_answers_under_both_have_both_each_under_its_version(tmp_path: Path) -> None:
    text, _, _ = export(tmp_path / "out", GUIDELINES_VERSION, "7")
    ours, theirs = text.removeprefix("<!-- Guidelines, version 1 -->\n\n").split("\n<!-- Guidelines, version 7 -->\n\n")
    assert (ours.rstrip(), theirs) == (OURS.rstrip(), THEIRS.text)


def test_card_names_the_versions_that_were_not_at_hand(tmp_path: Path) -> None:
    _, card, _ = export(tmp_path / "out", "6", "7")
    said = "Guidelines: version 6, 7, in guidelines.md (version 7); whoever exported did not have version 6."
    assert said in card


def test_ours_do_not_stand_for_guidelines_that_nobody_here_has(tmp_path: Path) -> None:
    text, card, manifest = export(tmp_path / "out", "7", own=None)
    assert not text
    assert "Guidelines: version 7, which whoever exported did not have." in card
    assert "| `guidelines.md` |" not in card
    assert manifest.guidelines_held == ()


@pytest.mark.parametrize("own", [THEIRS, None], ids=["at-hand", "not-at-hand"])
def test_guidelines_stay_when_an_article_is_forgotten(tmp_path: Path, own: OfTeam | None) -> None:
    before = export(tmp_path / "out", "7", "7", own=own)
    forget(tmp_path / "out", "a1")
    after = held(tmp_path / "out")
    assert (after[0], after[2].guidelines_held) == (before[0], before[2].guidelines_held)


def test_dataset_of_an_earlier_version_keeps_ours_when_an_article_is_forgotten(tmp_path: Path) -> None:
    export(tmp_path / "out", GUIDELINES_VERSION, GUIDELINES_VERSION)
    path = tmp_path / "out/manifest.json"
    older = json.loads(path.read_text(encoding="utf-8"))
    del older["guidelines_held"]
    path.write_text(json.dumps(older), encoding="utf-8")
    forget(tmp_path / "out", "a1")
    assert held(tmp_path / "out")[0] == OURS
