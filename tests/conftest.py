"""A real Label Studio for the session, tasks to put into it, and people who answer them through its API."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from filelock import FileLock

from annotator.labelstudio import credentials, installation, people, server
from annotator.labelstudio.client import Client, connect
from annotator.labelstudio.notes import PushNotes
from annotator.langid import identifier
from annotator.models import Task
from annotator.settings import Settings

BUILD = Path(__file__).parent.parent / "build"
SENTENCES = (
    "Selon l’Insee, les prix ont augmenté de 2 % en un an.",
    "Le pont a été fermé mardi.",
    "C’est une décision honteuse 👩‍👩‍👧 pour la région.",
    "Qui paiera la note ?",
    "Drapeau 🇫🇷 et cafe\u0301 : la loi a été votée.",
)
LABELS = ("sourced", "unsourced", "opinion", "rhetoric", "sourced")

MakeTasks = Callable[..., list[Task]]
Answer = Callable[..., int]


# A busy machine is no failure: Hypothesis times every example, and how long it takes to make one.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")

# A shell without job control starts what runs in the background with Ctrl-C ignored, and every process under test would
# inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def no_litter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Commands that tests start keep their things in a folder of the session, not in the home directory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANNOTATOR_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        # What is installed in the home directory would change what tests see, and a network how long they take.
        patch.setenv("ARGOS_PACKAGES_DIR", str(tmp_path_factory.mktemp("argos") / "packages"))
        patch.setenv("ANNOTATOR_OFFLINE", "1")
        # Loading the encoder costs every command a second; the tests of it ask for it.
        patch.setenv("ANNOTATOR_PREDICTOR", "cues")
        yield


@pytest.fixture(scope="session", autouse=True)
def engines_loaded_once() -> Iterator[None]:
    """Every command loads the language engines anew, in half a second; nothing is written to them after loading."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("load_py3langid", "load_langdetect"):
            patch.setattr(identifier, name, cache(getattr(identifier, name)))
        yield


@pytest.fixture(scope="session")
def new_server_paths(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], server.ServerPaths]:
    """Copies of a data folder whose first start, with its minute of migrations, is paid once per version."""
    template = BUILD / f"label-studio-{installation.version(installation.program())}"
    BUILD.mkdir(exist_ok=True)
    with FileLock(f"{template}.lock"):
        if not (template / "complete").exists():
            shutil.rmtree(template, ignore_errors=True)
            with server.running(server.ServerPaths(template), port=free_port(), say=print):
                pass
            (template / "complete").touch()

    def copy() -> server.ServerPaths:
        folder = tmp_path_factory.mktemp("server") / "data"
        shutil.copytree(template, folder, ignore=shutil.ignore_patterns("*.log", "*.lock"))
        found = credentials.read(folder)
        assert found
        # copies share the template's token: at the same port one would take the other's server for its own
        credentials.write(folder, replace(found, url=f"http://127.0.0.1:{free_port()}"))
        return server.ServerPaths(folder)

    return copy


@pytest.fixture(scope="session")
def server_paths(new_server_paths: Callable[[], server.ServerPaths]) -> server.ServerPaths:
    """The data folder of the session's server."""
    return new_server_paths()


@pytest.fixture(scope="session")
def label_studio(server_paths: server.ServerPaths) -> Iterator[server.Server]:
    """The session's server."""
    with server.running(server_paths, port=free_port(), say=print) as running:
        yield running


@pytest.fixture(scope="session")
def client(label_studio: server.Server) -> Iterator[Client]:
    """A connection as the server's owner, found by way of the credentials file."""
    with closing(connect(Settings(data_dir=label_studio.paths.data_dir))) as connection:
        yield connection


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[PushNotes]:
    """Notes of no push yet."""
    with closing(PushNotes(tmp_path / "notes")) as empty:
        yield empty


@pytest.fixture(scope="session")
def new_title() -> Callable[[], str]:
    """Titles that no project has yet."""
    numbers = itertools.count(1)
    return lambda: f"Test project {next(numbers)}"


@pytest.fixture(scope="session")
def make_tasks() -> MakeTasks:
    """Tasks of one article: `make_tasks(5, article="a1")`."""
    return tasks_of


@pytest.fixture(scope="session")
def annotator_login(client: Client) -> Callable[[str], Client]:
    """A connection as somebody else: `annotator_login("ann")`. The same name is the same person."""
    known: dict[str, Client] = {}

    def login(name: str) -> Client:
        if name not in known:
            found = people.add(client, name)
            known[name] = Client(found.url, found.token)
        return known[name]

    return login


@pytest.fixture(scope="session")
def answer() -> Answer:
    """Answer a task: `answer(ann, task_id, "sourced", marks=["hedged"])`; returns the annotation's id."""
    return give_answer


def free_port() -> int:
    """A port of the loopback address that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def tasks_of(number: int, *, article: str = "article", start: int = 0, **fields: Any) -> list[Task]:
    return [_task(article, position, fields) for position in range(start, start + number)]


def give_answer(
    who: Client,
    task_id: int,
    label: str | None,
    *,
    marks: Sequence[str] = (),
    mentions: Sequence[tuple[int, int, str]] = (),
    **fields: Any,
) -> int:
    result: list[dict[str, Any]] = list(fields.pop("more", []))
    if label:
        result.append(_item("claim", "choices", {"choices": [label]}))
    if marks:
        result.append(_item("marks", "choices", {"choices": list(marks)}))
    for start, end, text in mentions:
        value = {"start": start, "end": end, "text": text, "labels": ["source mention"]}
        result.append(_item("mentions", "labels", value))
    if comment := fields.pop("comment", ""):
        result.append(_item("comment", "textarea", {"text": [comment]}))
    sdk = who.connection.sdk
    return int(sdk.annotations.create(id=task_id, **{"result": result, "lead_time": 4.5, **fields}).id)


def _item(control: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"r-{control}", "from_name": control, "to_name": "unit", "type": kind, "value": value}


def _task(article: str, position: int, fields: dict[str, Any]) -> Task:
    text = SENTENCES[position % len(SENTENCES)]
    label = LABELS[position % len(LABELS)]
    unit_id = f"{article}:{position:012x}"
    data = {
        "unit_id": unit_id,
        "article_id": article,
        "article_title": "Un titre",
        "article_title_translated": "A title",
        "source_line": "Le Journal · 2025-01",
        "position": position,
        "kind": "sentence",
        "block": "paragraph",
        "start": 100 * position,
        "end": 100 * position + len(text),
        "source_text": text,
        "source_lang": "fr",
        "source_lang_confidence": 0.99,
        "target_lang": "en",
        "translated_text": "A translation.",
        "translation_engine": "argos fr_en-1.9",
        "translation_warnings": "",
        "before": "",
        "before_translated": "",
        "after": "",
        "after_translated": "",
        "post": "",
        "suggested_label": label,
        "suggested_score": round(0.5 + position % 50 / 100, 2),
        "suggestion_reasons": "selon",
        "signature": "annotator test",
    } | fields
    predictions = [
        {
            "model_version": "cues-1",
            "score": data["suggested_score"],
            "result": [{"value": {"choices": [data["suggested_label"]]}}],
        }
    ]
    return Task.model_validate(
        {
            "data": data,
            "meta": {"unit_id": unit_id, "revision": "0123456789abcdef"},
            "predictions": predictions if data["suggested_label"] else [],
        }
    )


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A skipped test is a failure, unless ALLOW_SKIPS=1."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped") and not os.environ.get("ALLOW_SKIPS") and not exitstatus:
        reporter.write_line("a test was skipped; install what it asks for, or set ALLOW_SKIPS=1", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
