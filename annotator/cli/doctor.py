"""`annotator doctor`: is everything there, and if not, what mends it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from annotator.cli.console import say, show
from annotator.errors import ExitCode

_SIGNS = {"ok": "ok     ", "warning": "warning", "failure": "FAILURE"}


def doctor(
    project: Annotated[str, typer.Option(help="Also compare this project's form with ours.")] = "",
    trust: Annotated[
        str | None, typer.Option(metavar="URL", help="Let this server get the key, though a file here names it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check settings, packages, translation engines, disk and server; say what mends what is missing."""
    from annotator import settings
    from annotator.doctor import State, examine

    known = settings.load({})
    if trust is not None:
        from annotator.labelstudio import credentials

        server, kept = credentials.trust(known, trust), known.own_data_dir / credentials.TRUSTED_NAME
        say(f"{server} gets the key from now on; {kept} says so")
    findings = []
    for finding in examine(known, project=project):
        findings.append(finding)
        if not as_json:
            hint = f"\n         try: {finding.hint}" if finding.hint else ""
            show(f"{_SIGNS[finding.state]}  {finding.name}: {finding.detail}{hint}")
    if as_json:
        typer.echo(json.dumps({"findings": [finding.model_dump(mode="json") for finding in findings]}))
    if any(finding.state is State.FAILURE for finding in findings):
        raise typer.Exit(ExitCode.ERROR)
