"""`annotator forget`: an article leaves runs, projects and datasets."""

from __future__ import annotations

import sys
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer
from annotator.cli.console import say, show

_ANSWERS = "files of answers that were pulled, and of tasks, are not touched: remove its lines there, or pull again"


def forget(
    article: Annotated[str, typer.Argument(help="Its article_id.", metavar="ARTICLE")],
    run: Annotated[
        list[Path] | None, typer.Option(help="A run folder; can be given several times.", show_default="none")
    ] = None,
    project: Annotated[
        list[str] | None,
        typer.Option(help="Title or id of a project; can be given several times.", show_default="none"),
    ] = None,
    dataset: Annotated[
        list[Path] | None, typer.Option(help="A dataset folder; can be given several times.", show_default="none")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Delete tasks and answers of projects without a question.")
    ] = False,
) -> Answer[shapes.ArticleForgotten]:
    """Take an article out everywhere: out of runs with its translations, of projects with its answers, of datasets.

    No later prepare into the run, and no later export into the dataset, brings it back. What is found is listed first,
    and of a project nothing is deleted without --yes or a yes on the terminal. Killed on the way, run it again.
    """
    from annotator import forgetting, settings
    from annotator.dataset.verify import PAGE
    from annotator.errors import UsageError
    from annotator.labelstudio.client import connect
    from annotator.translation.cache import CACHE_FILE

    places = forgetting.Places(run or (), project or (), dataset or ())
    if not (run or project or dataset):
        raise UsageError("forget needs a place to forget it in", hint="--run RUN, --project TITLE or --dataset FOLDER")
    loaded = settings.load({})
    with closing(connect(loaded)) if project else nullcontext() as client:
        held = forgetting.look(article, places, client)
        for one in held:
            show(f"{one.place} {one.name}: {one.units} units, {one.answers} answers")
        if any(one.place == "project" and one.units for one in held) and not yes:
            _ask()
        pages = [folder / PAGE for folder in places.datasets if (folder / PAGE).exists()]
        cached = forgetting.forget(article, places, client, cache=loaded.data_dir / CACHE_FILE)
    say(f"{article} is taken out; the cache of translations lost {cached}")
    for page in pages:
        say(f"{page} showed it and is removed: annotator report {page.parent} makes it anew")
    say(_ANSWERS)
    found: list[shapes.Held] = [
        {"place": one.place, "name": one.name, "units": one.units, "answers": one.answers} for one in held
    ]
    return Answer({"article_id": article, "held": found, "cached_translations": cached})


def _ask() -> None:
    """Let somebody confirm, on a terminal, what cannot be undone."""
    from annotator.errors import UsageError

    is_asked = sys.stdin.isatty() and sys.stderr.isatty()
    if not (is_asked and typer.confirm("delete these tasks with all of their answers?", err=True)):
        raise UsageError("nothing was deleted, for nobody confirmed it", hint="annotator forget ARTICLE ... --yes")
