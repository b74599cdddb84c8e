"""The worked example from end to end: prepare a French article, show its units, load them into a local Label Studio."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from annotator import preparation
from annotator.assemble import Say, make_pipeline
from annotator.environments import install_command
from annotator.errors import AnnotatorError
from annotator.labelstudio import installation, server
from annotator.labelstudio.client import Client, labelling_address
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.push import PushOptions, push_tasks
from annotator.models import Task
from annotator.settings import Settings

ARTICLE = "deepseek.fr.txt"
TITLE = "Demo: OpenAI and DeepSeek"
RIGHTS = "Apache-2.0"
"""The article is ours, so that a dataset of the demo holds it whole."""
_PLACES = (Path(__file__).parent / "demo_article", Path(__file__).parents[1] / "fixtures" / "articles")
"""In an installed package, and in a checkout."""
_MEMORY = Path(__file__).parent / "demo_article" / "demo.jsonl"
"""Its translations, made for the demo: the first screen reads well on a machine without a good engine."""


@dataclass(frozen=True)
class LoadedDemo:
    """Where the demo's units wait to be labelled."""

    url: str
    login: str
    password: str
    sent: int
    already_there: int


def prepare(settings: Settings, *, say: Say) -> list[Task]:
    """Return the tasks of the demo article, and say which engine another article would get.

    Raises:
        AnnotatorError: it could not be read.
    """
    article = next((folder / ARTICLE for folder in _PLACES if (folder / ARTICLE).is_file()), None)
    if article is None:
        raise AnnotatorError(f"{ARTICLE} is not installed", hint=install_command())
    with TemporaryDirectory() as folder:
        out = Path(folder) / "tasks.jsonl"
        remembering = settings.model_copy(update={"memories": (*settings.memories, _MEMORY)})
        job = preparation.Job(inputs=(str(article),), out=str(out), settings=remembering)
        preparation.run_job(job, say=say, progress=lambda _report: None)
        _say_engine(settings, say)
        tasks = [Task.model_validate_json(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return [task.model_copy(update={"data": task.data.model_copy(update={"rights": RIGHTS})}) for task in tasks]


def _say_engine(settings: Settings, say: Say) -> None:
    target = settings.target_language
    say("the article's translations were prepared for the demo; another article would get")
    with closing(make_pipeline(settings, pins={}, say=say).translator) as translator:
        translator.serves("fr", target)


def serve(
    tasks: Sequence[Task], settings: Settings, *, once: bool, say: Say, on_loaded: Callable[[LoadedDemo], None]
) -> None:
    """Load the tasks into the local server and keep it running until Ctrl-C, or stop at once."""
    paths = server.ServerPaths(settings.data_dir)
    program = installation.program(settings.own_data_dir)
    with server.stoppable(), server.running(paths, say=say, program=program) as running:
        login = running.credentials
        with closing(Client(login.url, login.token)) as client, closing(PushNotes(settings.data_dir)) as notes:
            report = push_tasks(tasks, project=TITLE, client=client, notes=notes, options=PushOptions(blind=1, say=say))
        on_loaded(
            LoadedDemo(
                url=labelling_address(login.url, report.project),
                login=login.login,
                password=login.password,
                sent=report.sent,
                already_there=report.already_there,
            )
        )
        if not once:
            running.wait()
