"""`annotator reopen`: units answered under older guidelines go before people again."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from typing import Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer, partial_if
from annotator.cli.console import say, say_counts
from annotator.cli.out_names import answers_file


def reopen(
    project: Annotated[str, typer.Option(help="Title or id of the project.")],
    guidelines_before: Annotated[
        str, typer.Option(metavar="VERSION", help="Answers under guidelines before this version are asked for again.")
    ],
    out: Annotated[
        str,
        typer.Option(help="FILE.jsonl that keeps those answers, before they leave the project.", callback=answers_file),
    ],
) -> Answer[shapes.Reopened]:
    """Put units that were answered under older guidelines before people again; their answers are kept in a file."""
    from annotator import settings
    from annotator.labelstudio import reopen as reopening
    from annotator.labelstudio.client import connect

    with closing(connect(settings.load({}))) as client:
        done = reopening.reopen(project=project, client=client, before=guidelines_before, out=out)
    say_counts(asdict(done))
    if done.being_changed:
        say("they stay until what was typed is submitted or discarded; then run it again with another --out")
    return Answer.of(asdict(done), shapes.Reopened, partial_if(done.being_changed))
