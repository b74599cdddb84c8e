"""Every example of the README and of every page in docs/ runs, in the order of its page."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from commands import annotator
from pages import PAGES, ROOT, Example, Reader, examples, missing, why_not_run
from typer.main import get_command

from annotator.cli import app
from annotator.labelstudio.client import Client
from annotator.labelstudio.server import Server, ServerPaths

README = ROOT / "README.md"
BIN = Path(sys.executable).parent
EXAMPLES = {page.relative_to(ROOT).as_posix(): examples(page) for page in PAGES}
NOT_RUN = [
    ("docs/bulk.md", "needs an archive of a crawl"),
    ("docs/bulk.md", "takes most of a minute; a test of its own runs it"),
    ("docs/formats.md", "a test of its own runs it"),
    ("docs/how-to/nightly-pull.md", "cron is not part of a test machine"),
    ("docs/how-to/offline.md", "needs a network"),
    ("docs/how-to/offline.md", "needs a stick that was filled"),
    ("docs/how-to/offline.md", "needs a stick that was filled"),
    ("docs/how-to/own-label-studio.md", "needs a server of yours"),
    ("docs/how-to/own-label-studio.md", "needs a server of yours"),
    ("docs/how-to/own-marks.md", "somebody has to answer first"),
    *[("docs/how-to/publish.md", "needs an account of the Hub")] * 2,
    *[("docs/how-to/train-a-model.md", "needs a labelled dataset")] * 4,
    ("docs/index.md", "builds the environment that runs this test"),
    *[("docs/release.md", "belongs to a release")] * 4,
    ("docs/scale.md", "needs a Ray cluster"),
    ("docs/scale.md", "does not end"),
    *[("docs/teams.md", "needs a container engine")] * 9,
    ("docs/teams.md", "needs nginx"),
    *[("docs/teams.md", "needs a server of yours")] * 3,
    ("docs/translation.md", "needs a network"),
    ("docs/translation.md", "needs a GPU"),
    ("docs/translation.md", "needs a server of yours"),
    ("docs/tutorial.md", "an example of the README starts and stops it"),
]
"""What cannot run in a test, and why. It is listed so that nobody takes an example out of the test unseen."""

SERVES = re.compile("annotator (demo|serve)")
People = Callable[[str], None]


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, label_studio: Server) -> Reader:
    """Somebody in a folder with what a checkout has, on the machine where `annotator serve` runs."""
    for name in ("fixtures", "schemas"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    server = label_studio.credentials
    variables = {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "ANNOTATOR_DATA_DIR": str(label_studio.paths.data_dir),
        "ARGOS_PACKAGES_DIR": str(tmp_path / "argos"),
        **dict.fromkeys(("OLD_URL", "NEW_URL"), server.url),
        **dict.fromkeys(("OLD_KEY", "NEW_KEY"), server.token),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Reader(tmp_path, dict(os.environ))


@pytest.fixture
def people(client: Client, annotator_login: Callable[[str], Client], answer: Callable[..., int]) -> People:
    """Two people who label a project's first units alike, but for the very first."""

    def label_first(title: str) -> None:
        project = client.find_project(title)
        assert project
        tasks = sorted(present.task for present in client.pushed_tasks(project.id))
        for who, first in (("ann", "sourced"), ("ben", "opinion")):
            for task, label in zip(tasks, (first, "rhetoric", "unsourced", "sourced"), strict=False):
                answer(annotator_login(who), task, label)

    return label_first


@pytest.fixture(autouse=True)
def project_titles(request: pytest.FixtureRequest) -> Iterator[set[str]]:
    """The projects of a page; none of them is there for the next one."""
    titles: set[str] = set()
    yield titles
    if titles:
        client = request.getfixturevalue("client")
        for title in titles:
            for project in client.titled(title):
                client.delete_project(project)


@pytest.mark.parametrize("page", [page for page, listed in EXAMPLES.items() if not all(map(why_not_run, listed))])
def test_examples_of_the_page_run_in_their_order(
    page: str,
    reader: Reader,
    people: People,
    project_titles: set[str],
    new_server_paths: Callable[[], ServerPaths],
) -> None:
    project_titles |= {title for example in EXAMPLES[page] for title in _projects(example.text)}
    for example in EXAMPLES[page]:
        if example.language == "people label":
            people(example.text)
        elif SERVES.search(example.text) and not why_not_run(example):
            own_data = {"ANNOTATOR_DATA_DIR": str(new_server_paths().data_dir)}
            _serve(example, reader.folder, {**reader.environment, **own_data})
        else:
            reader.follow(example)


def _serve(example: Example, folder: Path, environment: Mapping[str, str]) -> None:
    """Run what has a server of its own until it ends, or until it says what ends it."""
    with subprocess.Popen(
        ["sh", "-euc", f"exec {example.text}"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        said = []
        for line in process.stdout or ():
            said.append(line)
            if example.how == "until-ready" and "press Ctrl-C" in line:
                process.send_signal(signal.SIGINT)
    assert process.returncode == 0, "".join(said)


def _projects(text: str) -> list[str]:
    return re.findall(r"""project[= ]"([^"]+)\"""", text)


def test_examples_that_cannot_run_are_these() -> None:
    found = [(page, why) for page, listed in EXAMPLES.items() for example in listed if (why := why_not_run(example))]
    assert found == NOT_RUN


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_fence_of_the_page_is_an_example_or_a_drawing(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    fences = [line for line in text.splitlines() if line.lstrip().startswith("```")]
    assert len(fences) == 2 * sum(example.language != "people label" for example in examples(page))


def test_a_line_that_was_not_printed_is_found_missing() -> None:
    said = "articles 1, units 4\nproject 7, sent 4\n"
    assert missing("articles 1, units 4\nproject ..., sent 4\n", said) == []
    assert missing("project 7, sent 4\narticles 1, units 4\n", said) == ["articles 1, units 4"]
    assert missing("articles 1\n", said) == ["articles 1"]


def test_every_command_has_an_example_and_help() -> None:
    names = sorted(get_command(app).commands)  # type: ignore[attr-defined]
    shown = "\n".join(example.text for example in EXAMPLES["README.md"])
    assert [name for name in names if f"annotator {name}" not in shown] == []
    for name in names:
        said = annotator(name, "--help").stdout.decode()
        assert "Usage: annotator" in said
        assert len(said.splitlines()) > 5


def test_links_and_pictures_of_the_readme_are_there() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text(encoding="utf-8"))
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
