"""A language is added by copying files: whatever has files per language finds them by itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import annotator

ROOT = Path(__file__).parents[2]
PACKAGE = Path(annotator.__file__).parent
COPIED = ("segmentation/rules/en.toml", "prediction/cues/en.toml", "labelstudio/interface/en.toml", "guidelines/en.md")
SEES_IT = """
from annotator import guidelines
from annotator.labelstudio import form, interface
from annotator.prediction import lexicon
from annotator.segmentation.rules import rules_for

assert "xx" in guidelines.languages() and guidelines.markdown("xx") == guidelines.markdown("en")
assert "xx" in interface.languages() and form.language_of(form.labelling_config("xx")) == "xx"
assert "xx" in lexicon.languages()
assert lexicon.load_lexicon("xx").families.keys() == lexicon.load_lexicon("en").families.keys()
assert rules_for("xx") == rules_for("en") != rules_for("yy")
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package with the files of a language xx beside those of English."""
    shutil.copytree(PACKAGE, tmp_path / "annotator", ignore=shutil.ignore_patterns("__pycache__"))
    for name in COPIED:
        path = tmp_path / "annotator" / name
        shutil.copyfile(path, path.with_name(path.name.replace("en.", "xx.")))
    return tmp_path


def test_a_copied_file_is_a_language_everywhere(copy: Path) -> None:
    seen = subprocess.run([sys.executable, "-c", SEES_IT], cwd=copy, capture_output=True, text=True, check=False)
    assert seen.returncode == 0, seen.stderr


def test_contributing_names_the_files_to_copy() -> None:
    said = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for name in COPIED:
        folder = name.rpartition("/")[0]
        assert f"annotator/{folder}/" in said, folder
