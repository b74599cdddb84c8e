"""`annotator status`: what a run folder holds so far."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer
from annotator.cli.console import say_counts


def status(
    run: Annotated[Path, typer.Argument(help="A folder that annotator prepare wrote.")],
    verify: Annotated[
        bool, typer.Option("--verify", help="Hash every file and compare it with what was written.")
    ] = False,
) -> Answer[shapes.RunStatus]:
    """Count what a run folder holds so far."""
    from annotator.preparation import run_status

    counts = run_status.status(run)
    if verify:
        counts |= {"verified_bytes": sum(run_status.verify(run).values())}
    say_counts(counts)
    return Answer.of(counts, shapes.RunStatus)
