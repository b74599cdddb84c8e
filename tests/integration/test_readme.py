"""Every example of the README runs, in the order of the README, and every command stands in it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from commands import annotator
from typer.main import get_command

from annotator.cli import app
from annotator.labelstudio.server import Server, ServerPaths, running

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]


class Example(NamedTuple):
    """A block of the README; one that serves is run until it is ready."""

    serves: bool
    script: str


EXAMPLES = [Example("until-ready" in how, script) for how, script in re.findall(r"```sh(.*)\n((?s:.*?))```", README)]


@pytest.fixture(scope="module")
def paths(new_server_paths: Callable[[], ServerPaths]) -> ServerPaths:
    """A data folder whose server has made its first start."""
    return new_server_paths()


@pytest.fixture(scope="module")
def served(paths: ServerPaths) -> Iterator[Server]:
    """The server that stays on for the examples behind the one that starts it."""
    with running(paths, say=print) as server:
        yield server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a checkout has, in which the examples work one after the other."""
    made = tmp_path_factory.mktemp("readme")
    for name in ("fixtures", "schemas"):
        (made / name).symlink_to(ROOT / name)
    return made


@pytest.fixture
def start(paths: ServerPaths, folder: Path) -> Callable[[str], subprocess.Popen[str]]:
    """Start a script as somebody whose shell knows the commands."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("LABEL_STUDIO")}
    environment = known | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "ANNOTATOR_DATA_DIR": str(paths.data_dir)}

    def start_script(script: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["sh", "-euc", script],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start_script


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: " ".join(example.script.split()[:2]))
def test_example_runs(
    example: Example, request: pytest.FixtureRequest, start: Callable[[str], subprocess.Popen[str]]
) -> None:
    if re.search(r"annotator (push|doctor)", example.script):
        request.getfixturevalue("served")
    process = start(f"exec {example.script}" if example.serves else example.script)
    if example.serves:
        assert process.stdout
        for line in process.stdout:
            if "press Ctrl-C" in line:
                process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said


def test_every_command_has_an_example_and_help() -> None:
    examples = "\n".join(script for _, script in EXAMPLES)
    assert [name for name in COMMANDS if f"annotator {name}" not in examples] == []
    for name in COMMANDS:
        said = annotator(name, "--help").stdout.decode()
        assert "Usage: annotator" in said
        assert len(said.splitlines()) > 5


def test_links_and_pictures_of_the_readme_are_there() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
