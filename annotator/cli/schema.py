"""`annotator schema`: write the JSON Schema of every file, or check that the written ones are up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from annotator.errors import AnnotatorError


def schema(
    check: Annotated[bool, typer.Option("--check", help="Only compare; fail when a file differs.")] = False,
    directory: Annotated[Path, typer.Option("--dir", help="Where the schema files are.")] = Path("schemas"),
) -> None:
    """Write the JSON Schema of every file the tool reads and writes."""
    from annotator import schemas

    if not check:
        for path in schemas.write(directory):
            typer.echo(path)
        return
    stale = schemas.stale(directory)
    if stale:
        names = ", ".join(str(path) for path in stale)
        raise AnnotatorError(f"schema files differ from the code: {names}", hint="annotator schema")
    typer.echo(f"{directory}: up to date", err=True)
