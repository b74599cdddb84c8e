"""`annotator demo`: the worked example from end to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer, give
from annotator.cli.console import say, show_table
from annotator.cli.fetching import Offline, fetch_model

if TYPE_CHECKING:
    from annotator.demo import LoadedDemo
    from annotator.models import Task

_PIPED_WIDTH = 160


def demo(
    once: Annotated[bool, typer.Option("--once", help="Stop the server once the units are loaded.")] = False,
    data_dir: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER", help="Folder for the server's data and its login.", show_default="that of the settings"
        ),
    ] = None,
    offline: Offline = False,
) -> Answer[shapes.DemoLoaded]:
    """Prepare a French article, show its units and load them into a local Label Studio, which keeps running."""
    from annotator import demo as worked_example
    from annotator import settings

    chosen = settings.load({"data_dir": data_dir, "offline": offline or None})
    fetch_model(chosen)
    say("1. preparing a French article on OpenAI and DeepSeek")
    tasks = worked_example.prepare(chosen, say=say)
    _show(tasks)
    say("2. starting a local Label Studio and loading the units (the first start takes about a minute)")
    answers: list[Answer[shapes.DemoLoaded]] = []

    def on_loaded(loaded: LoadedDemo) -> None:
        answers.append(Answer.of(asdict(loaded), shapes.DemoLoaded))
        if once:
            _say_loaded_and_stopped(loaded)
        else:
            _say_loaded(loaded)
            give(answers[0].value)

    worked_example.serve(tasks, chosen, once=once, say=say, on_loaded=on_loaded)
    say("stopped")
    if not answers:
        raise KeyboardInterrupt  # it came before there was anything to answer
    return answers[0]


def _show(tasks: Sequence[Task]) -> None:
    from rich.box import HORIZONTALS
    from rich.table import Table
    from rich.text import Text

    title = f"{len(tasks)} claim units"
    table = Table(title=title, show_lines=True, box=HORIZONTALS, padding=(0, 1, 0, 0), expand=True)
    for name in ("#", "kind"):
        table.add_column(name, no_wrap=True)
    for name in ("text", "translation"):
        table.add_column(name, ratio=1)
    for task in tasks:
        data = task.data
        cells = (str(data.position), _kind(task), data.source_text, data.translated_text)
        table.add_row(*map(Text, cells))
    show_table(table, piped_width=_PIPED_WIDTH)


def _kind(task: Task) -> str:
    """Language and kind below each other: beside each other they leave the text 18 of 80 columns."""
    language = f"{task.data.source_lang}, post" if task.data.post else task.data.source_lang
    return f"{language}\n{task.data.kind}"


def _say_loaded(loaded: LoadedDemo) -> None:
    from annotator.environments import program

    say(
        f"""3. ready: {loaded.sent} units loaded, {loaded.already_there} were there already

   open      {loaded.url}
   login     {loaded.login}
   password  {loaded.password}

   the guidelines open first; suggestions are kept back, so that the labels are your own
   press 1 sourced, 2 unsourced, 3 opinion, 4 rhetoric, 5 not a unit, then Ctrl+Enter for the next one
   then      {program()} pull --project "Demo: OpenAI and DeepSeek" --out demo.jsonl
             {program()} export demo.jsonl --out demo-dataset

   Ctrl-C stops the server; what you have labelled is kept"""
    )


def _say_loaded_and_stopped(loaded: LoadedDemo) -> None:
    from annotator.environments import program

    counts = f"{loaded.sent} units loaded, {loaded.already_there} were there already"
    say(f"3. {counts}; {program()} demo keeps the server running")
