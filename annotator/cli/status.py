"""`annotator status`: what a run folder holds so far."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.console import finish


def status(
    run: Annotated[Path, typer.Argument(help="A folder that annotator prepare wrote.")],
    verify: Annotated[
        bool, typer.Option("--verify", help="Hash every file and compare it with what was written.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Count what a run folder holds so far."""
    from annotator.preparation import run_folder

    counts = run_folder.status(run)
    if verify:
        counts |= {"verified_bytes": sum(run_folder.verify(run).values())}
    finish(counts, as_json=as_json)
