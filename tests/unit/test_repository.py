"""What people expect around a repository says the same as the package."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml

import annotator

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_citation_names_this_version_and_licence() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["version"], citation["license"]) == (annotator.__version__, PROJECT["license"])
    assert citation["authors"] == PROJECT["authors"] == [{"name": "The annotator contributors"}]


def test_no_placeholder_of_the_licence_is_left() -> None:
    assert "Copyright 2026 The annotator contributors" in (ROOT / "LICENSE").read_text(encoding="utf-8")
