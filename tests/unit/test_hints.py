"""Every command that a message names is there, with the flags it names; how to install is said in one place."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.main import get_command

import annotator
from annotator.cli import app

ROOT = Path(__file__).parents[2]
PACKAGE = Path(annotator.__file__).parent
COMMANDS = get_command(app)
OF_OTHERS = {"--ultra", "--long", "--cu-", "--python", "--reinstall", "--head"}
"""Options of zstd, uv, apt and ray, and what begins a name in a style sheet."""
PROSE = re.compile("each annotator counts|annotator itself")
"""Where no command follows: an annotator is a person, or the program is spoken of."""


class Said(NamedTuple):
    """A text of the program, `{}` where something is filled in."""

    place: str
    text: str


def said_in(path: Path) -> Iterator[Said]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    formatted = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    parts = {id(part) for node in formatted for part in node.values}
    for node in formatted:
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        yield Said(f"{path.relative_to(PACKAGE)}:{node.lineno}", text)
    for constant in ast.walk(tree):
        if (
            isinstance(constant, ast.Constant)
            and isinstance(constant.value, str)
            and id(constant) not in docstrings | parts
        ):
            yield Said(f"{path.relative_to(PACKAGE)}:{constant.lineno}", constant.value)


TEXTS = [said for path in sorted(PACKAGE.rglob("*.py")) for said in said_in(path)]


def inner(command: Any) -> dict[str, Any]:
    """The commands of a group, by their names."""
    return getattr(command, "commands", {})


def flags(command: Any) -> set[str]:
    own = {flag for parameter in command.params for flag in parameter.opts} | {"--help"}
    return own.union(*map(flags, inner(command).values()))


def named_commands(text: str) -> Iterator[tuple[str, Any | None]]:
    """Yield what stands behind each `annotator`, up to the next one, and the command that it is."""
    for match in re.finditer(r"(?:\bannotator|\{\}) (?=[a-z]+\b)((?:(?!\bannotator ).)*)", text):
        words = match[1].split()
        command = inner(COMMANDS).get(words[0].strip("`,."))
        if inner(command) and len(words) > 1:
            command = inner(command).get(words[1].strip(",.|"))
        if match[0].startswith("{}") and command is None:  # "12 units loaded": a number, and no program
            continue
        yield match[1], command


USES = [(said, *use) for said in TEXTS if not PROSE.search(said.text) for use in named_commands(said.text)]


def test_every_command_that_a_text_names_is_there() -> None:
    assert len(USES) > 40
    assert [(said.place, rest) for said, rest, command in USES if command is None] == []


def test_every_flag_behind_a_command_is_one_of_its_own() -> None:
    strange = [
        (said.place, flag)
        for said, rest, command in USES
        if command
        for flag in re.findall(r"--[a-z][a-z-]+", rest)
        if flag not in flags(command)
    ]
    assert strange == []


def test_a_flag_without_a_command_is_one_of_some_command() -> None:
    advice = [said for said in TEXTS if " " in said.text and not re.search(r"\bannotator [a-z]", said.text)]
    named = [(said.place, flag) for said in advice for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]+", said.text)]
    assert len(named) > 20
    assert [use for use in named if use[1] not in flags(COMMANDS) | OF_OTHERS] == []


@pytest.mark.parametrize("word", ["pip install", "pip uninstall", "make setup", "apt install", "apt-get"])
def test_how_to_install_is_said_in_one_place(word: str) -> None:
    places = {said.place.partition(":")[0] for said in TEXTS if re.search(rf"\b{word}\b", said.text)}
    assert places <= {"environments.py"}


def test_every_extra_that_a_message_installs_is_declared() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    sources = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")]
    named = {extra for source in sources for extra in re.findall(r'install_command\("([a-z]+)"\)', source)}
    assert named
    assert named <= declared.keys()


def test_every_make_command_of_the_pages_is_one() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?m)^([a-z]+):", makefile))
    pages = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", *map(str, (ROOT / "docs").rglob("*.md")))]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    assert set(re.findall(r"(?:`|^    )make ([a-z]+)", text, re.MULTILINE)) <= targets
