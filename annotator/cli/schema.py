"""`annotator schema`: write the JSON Schema of every file, or check that the written ones are up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer
from annotator.cli.console import say, show
from annotator.errors import AnnotatorError


def schema(
    check: Annotated[
        bool, typer.Option("--check", help="Only compare; fail when a file differs or is missing.")
    ] = False,
    directory: Annotated[Path, typer.Option("--dir", help="Where the schema files are.")] = Path("schemas"),
) -> Answer[shapes.Schemas]:
    """Write the JSON Schema of every file the tool reads and writes."""
    from annotator import schemas

    if not check:
        written = [str(path) for path in schemas.write(directory)]
        for path in written:
            show(path)
        return Answer({"files": written})
    stale = schemas.stale(directory)
    if stale:
        missing = [path.name for path in stale if not path.is_file()]
        differing = [path.name for path in stale if path.name not in missing]
        lacking = "all" if len(missing) == len(schemas.LINES) else ", ".join(missing)
        problems = {"missing": lacking, "differ": ", ".join(differing)}
        stated = "; ".join(f"{problem}: {names}" for problem, names in problems.items() if names)
        raise AnnotatorError(
            f"{directory}: not the schema files of this version; {stated}",
            hint=f"annotator schema --dir {directory} writes them; --check --dir FOLDER looks in another place",
        )
    say(f"{directory}: up to date")
    return Answer({"files": [str(path) for path in schemas.paths(directory).values()]})
