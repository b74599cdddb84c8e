"""`annotator status`: what a run folder holds so far."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.report import finish


def status(
    run: Annotated[Path, typer.Argument(help="A folder that annotator prepare wrote.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Count what a run folder holds so far."""
    from annotator.preparation import run_folder

    finish(run_folder.status(run), as_json=as_json)
