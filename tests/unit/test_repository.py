"""What people expect around a repository says the same as the package."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import annotator

ROOT = Path(annotator.__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_citation_names_this_version_and_licence() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["version"], citation["license"]) == (annotator.__version__, PROJECT["license"])
    assert citation["authors"] == PROJECT["authors"] == [{"name": "The annotator contributors"}]


def test_no_placeholder_of_the_licence_is_left() -> None:
    assert "Copyright 2026 The annotator contributors" in (ROOT / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("address", "links"), [("", {}), ("https://host.example/a/", {"Repository", "Issues", "Changelog"})]
)
def test_links_need_the_address_of_the_repository(address: str, links: set[str]) -> None:
    command = [sys.executable, "-m", "hatchling", "metadata", "urls"]
    environment = {**os.environ, "ANNOTATOR_REPOSITORY_URL": address}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    urls = yaml.safe_load(ran.stdout) or {}
    assert set(urls) == set(links)
    assert all(url.startswith("https://host.example/a") for url in urls.values())
