"""`annotator doctor`: is everything there, and if not, what mends it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from annotator.errors import ExitCode

_SIGNS = {"ok": "ok     ", "warning": "warning", "failure": "FAILURE"}


def doctor(
    project: Annotated[str, typer.Option(help="Also compare this project's form with ours.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check packages, translation engines, disk and server; say what mends what is missing."""
    from annotator import settings
    from annotator.doctor import State, examine

    findings = []
    for finding in examine(settings.load({}), project=project):
        findings.append(finding)
        if not as_json:
            mend = f"\n         try: {finding.mend}" if finding.mend else ""
            typer.echo(f"{_SIGNS[finding.state]}  {finding.name}: {finding.detail}{mend}")
    if as_json:
        typer.echo(json.dumps({"findings": [finding.model_dump(mode="json") for finding in findings]}))
    if any(finding.state is State.FAILURE for finding in findings):
        raise typer.Exit(ExitCode.ERROR)
