"""The documentation as a site: it builds without a warning, names everything there is, and fetches nothing."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_type_hints, is_typeddict

import pytest
from pages import ROOT
from typer.main import get_command

import annotator
from annotator import schemas, settings
from annotator.cli import app, shapes

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder


def text_of(page: Path) -> str:
    article = re.search(r"<article.*?</article>", page.read_text(encoding="utf-8"), re.DOTALL)
    assert article
    return html.unescape(re.sub(r"<[^>]*>", "", article[0]))


def test_every_command_and_option_is_on_the_page_of_commands(site: Path) -> None:
    text = text_of(site / "reference/commands.html")
    assert [name for name in _names(get_command(app), "") if name not in text] == []


def _names(command: Any, name: str) -> Iterator[str]:
    for inner_name, inner in getattr(command, "commands", {}).items():
        called = f"{name} {inner_name}".strip()
        yield called
        yield from (option for parameter in inner.params for option in parameter.opts if option.startswith("--"))
        yield from _names(inner, called)


def test_the_object_of_every_command_is_on_the_page_of_json(site: Path) -> None:
    text = text_of(site / "reference/json.html")
    shown = [kind for kind in vars(shapes).values() if is_typeddict(kind)]
    assert [name for kind in shown for name in get_type_hints(kind) if not re.search(rf"\b{name}\b", text)] == []
    headings = re.findall('<h2 id="([^"]*)"', (site / "reference/json.html").read_text(encoding="utf-8"))
    leaves = [name for name in _names(get_command(app), "") if not name.startswith("--")]
    groups = {name.split()[0] for name in leaves if " " in name}
    assert {name.replace(" ", "-") for name in leaves if name not in groups} <= set(headings)


def test_every_setting_is_on_the_page_of_settings(site: Path) -> None:
    text = text_of(site / "reference/settings.html")
    names = {*settings.FILE_KEYS, *settings.Fields.model_fields, *settings.ENVIRONMENT}
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", text)] == []


def test_the_file_on_the_page_of_settings_changes_nothing(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*settings.ENVIRONMENT, "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    page = (site / "reference/settings.html").read_text(encoding="utf-8")
    block = re.search(r"language-toml.*?<code>(.*?)</code>", page, re.DOTALL)
    assert block
    text = html.unescape(re.sub(r"<[^>]*>", "", block[1]))
    assert {*tomllib.loads(text), *re.findall("# (.*) is not set", text)} == settings.FILE_KEYS
    before = settings.load({}, directory=tmp_path)
    (tmp_path / settings.CONFIG_FILE).write_text(text, encoding="utf-8")
    assert settings.load({}, directory=tmp_path).model_dump() == before.model_dump()


def test_every_file_and_field_is_on_the_page_of_files(site: Path) -> None:
    text = text_of(site / "reference/files.html")
    assert [name for name in schemas.LINES if f"{name}.schema.json" not in text] == []
    fields = {field for model in schemas.LINES.values() for field in model.model_fields}
    assert [field for field in sorted(fields) if not re.search(rf"\b{field}\b", text)] == []


def test_every_public_name_is_on_the_page_of_names(site: Path) -> None:
    text = text_of(site / "reference/python-names.html")
    names = [name for name in annotator.__all__ if not name.startswith("__")]
    assert [name for name in names if f"annotator.{name}" not in text] == []


class Fetched(HTMLParser):
    """The addresses that a browser fetches by itself when it opens a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get(LOADED.get(tag, ""))
        if address:
            self.addresses.append(address)


def test_no_page_fetches_anything_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    outside = {address for page in pages for address in Fetched(page).addresses if re.match(r"(\w+:)?//", address)}
    styles = [path for path in site.rglob("*.css") if re.search(r"(url\(|@import)\W*(https?:)?//", path.read_text())]
    assert (outside, styles) == (set(), [])
