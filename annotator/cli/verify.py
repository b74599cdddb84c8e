"""`annotator verify`: whether a dataset is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer
from annotator.cli.console import counting, say, say_counts, show
from annotator.errors import ExitCode


def verify(
    dataset: Annotated[Path, typer.Argument(help="A dataset folder.", metavar="DATASET")],
) -> Answer[shapes.DatasetVerified]:
    """Check a dataset folder: its files against the manifest, and each unit's words at their place in its article.

    Ends with 1 where anything is wrong, and names every fault with its file and line.
    """
    from annotator.dataset import verify as verification

    with counting("records") as advance:
        found = verification.verify(dataset, progress=advance)
    for fault in found.faults:
        show(f"{fault.file}{f':{fault.line}' if fault.line else ''}: {fault.message}")
    counts = {name: getattr(found, name) for name in ("files", "records", "articles", "checked")}
    if found.checked < found.records:
        say(f"{found.records - found.checked} records have no text here, or none to compare it with")
    say_counts({**counts, "faults": len(found.faults)})
    faults = [fault._asdict() for fault in found.faults]
    code = ExitCode.ERROR if found.faults else ExitCode.OK
    return Answer.of({**counts, "faults": faults}, shapes.DatasetVerified, code)
