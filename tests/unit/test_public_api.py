from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import annotator
from annotator import schemas

ROOT = Path(__file__).parents[2]


def test_public_names_are_sorted_and_there() -> None:
    assert annotator.__all__ == sorted(annotator.__all__)
    assert all(hasattr(annotator, name) for name in annotator.__all__)


def test_schema_files_equal_the_generated_text() -> None:
    assert schemas.stale(ROOT / "schemas") == []


def test_import_layers_hold() -> None:
    ran = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout


def test_help_loads_no_heavy_package() -> None:
    code = "import sys, annotator.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {
        "pydantic",
        "label_studio_sdk",
        "argostranslate",
        "ctranslate2",
        "langdetect",
        "py3langid",
        "httpx",
        "numpy",
    }
    assert heavy.isdisjoint(loaded)


def test_every_public_function_and_class_says_what_it_is() -> None:
    for name in set(annotator.__all__) - {"__version__"}:
        documented = getattr(annotator, name).__doc__ or ""
        assert documented.strip().endswith((".", "None.")) or "\n" in documented, name


def test_every_public_name_stands_on_the_page_about_python() -> None:
    page = (ROOT / "docs/python.md").read_text(encoding="utf-8")
    names = {"Annotation", "AnnotatorError", "Failure", "Settings", "connect", "export", "measure_agreement", "prepare"}
    assert [name for name in sorted(names | {"pull", "push", "read"}) if f"annotator.{name}" not in page] == []


def test_a_failure_is_handed_on_in_its_place_and_a_wrong_setting_is_said() -> None:
    failure = annotator.Failure(step="read", source="a.txt", reason="empty", message="the file is empty")
    first, second, third = annotator.prepare(["Un vote a eu lieu.", failure, " "], to="fr")
    assert isinstance(first, annotator.Processed)
    assert second is failure
    assert isinstance(third, annotator.Failure)
    assert third.reason == "empty"
    with pytest.raises(annotator.AnnotatorError, match="English"):
        annotator.prepare([], to="English")
