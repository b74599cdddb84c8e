"""Wheel and sdist are complete, and what a package index shows leads somewhere. `make proof` installs both."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDRESS = "https://host.example/a"


def build(folder: Path, address: str = "") -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    environment = {**os.environ, "ANNOTATOR_REPOSITORY_URL": address}
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as a release is, which knows where the repository stands."""
    return build(tmp_path_factory.mktemp("published"), f"{ADDRESS}/")


def in_wheel(folder: Path) -> set[str]:
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


def in_sdist(folder: Path) -> set[str]:
    with tarfile.open(next(folder.glob("*.tar.gz"))) as sdist:
        return {name.partition("/")[2] for name in sdist.getnames()}


def metadata(folder: Path) -> Message:
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith("/METADATA"))
        return Parser().parsestr(wheel.read(name).decode())


def source_files(*folders: str) -> set[str]:
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in found if path.suffix != ".pyc"}


def test_the_wheel_holds_the_package_and_the_demo_article_and_nothing_else(built: Path) -> None:
    ours = {name for name in in_wheel(built) if ".dist-info/" not in name}
    assert ours == source_files("annotator") | {"annotator/demo_article/deepseek.fr.txt"}
    assert "annotator/py.typed" in ours


def test_the_wheel_holds_the_licence_and_the_notice(built: Path) -> None:
    assert {name.rpartition("/")[2] for name in in_wheel(built) if "/licenses/" in name} == {"LICENSE", "NOTICE"}


def test_sentences_of_others_are_in_neither_wheel_nor_sdist(built: Path) -> None:
    assert [name for name in in_wheel(built) | in_sdist(built) if "gold_real" in name] == []


def test_the_sdist_holds_what_its_tests_and_make_need(built: Path) -> None:
    folders = (".ci", ".github", "annotator", "docs", "fixtures", "schemas", "tests")
    files = {"CITATION.cff", "CONTRIBUTING.md", "Makefile", "hatch_build.py", "pyproject.toml", "requirements.lock"}
    ours = {name for name in source_files(*folders) if not name.startswith("tests/gold_real/")}
    assert ours | files <= in_sdist(built)


@pytest.mark.parametrize(("folder", "links"), [("built", set()), ("published", {"Repository", "Issues", "Changelog"})])
def test_links_need_the_address_of_the_repository(folder: str, links: set[str], request: pytest.FixtureRequest) -> None:
    urls = dict(line.split(", ") for line in metadata(request.getfixturevalue(folder)).get_all("Project-URL", []))
    assert set(urls) == links
    assert all(url.startswith(ADDRESS) for url in urls.values())


def test_the_readme_of_a_release_has_no_relative_link(published: Path) -> None:
    shown = str(metadata(published).get_payload())
    targets = re.findall(r"\]\(([^)#\s]+)", shown)
    assert [target for target in targets if not target.startswith("https://")] == []
    pages = {target.removeprefix(ADDRESS) for target in targets if target.startswith(ADDRESS)}
    assert {"/raw/main/docs/screen.png", "/blob/main/LICENSE"} <= pages
    assert [page for page in pages if not (ROOT / page.split("/", 3)[3]).exists()] == []


def test_the_readme_stays_as_it_is_without_an_address(built: Path) -> None:
    assert metadata(built).get_payload() == (ROOT / "README.md").read_text(encoding="utf-8")
