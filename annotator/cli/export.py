"""`annotator export`: annotations in, a dataset folder out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.report import counting, finish, show_failures


def export(
    sources: Annotated[list[Path], typer.Argument(help="Files that annotator pull wrote.", metavar="SOURCE...")],
    out: Annotated[Path, typer.Option(help="The dataset folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Write the dataset: one record per unit, with everybody's labels and the one that stands."""
    from annotator.export import dataset

    with counting("records") as advance:
        report = dataset.export(sources, out, progress=advance)
    show_failures(report.failures, len(report.failures), "")
    finish(report.counts(), as_json=as_json, partial=bool(report.failures))
