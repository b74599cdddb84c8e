"""`annotator doctor`: whether everything is there, and how to fix what is not."""

from __future__ import annotations

from typing import Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer
from annotator.cli.console import say, show
from annotator.errors import ExitCode

_SIGNS = {"ok": "ok     ", "warning": "warning", "failure": "FAILURE"}


def doctor(
    project: Annotated[str, typer.Option(help="Also compare this project's labelling form with ours.")] = "",
    trust: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Trust this server with its key, and text, even if a file in the folder names it.",
            show_default="none",
        ),
    ] = None,
) -> Answer[shapes.Findings]:
    """Check settings, packages, translation engines, disk and server, and say how to fix what is missing."""
    from annotator import settings
    from annotator.doctor import State, examine

    chosen = settings.load({})
    if trust is not None:
        from annotator import trust as confirmation

        server = confirmation.trust(chosen, trust)
        say(f"{server} gets the key from now on: it is listed in {chosen.own_data_dir / confirmation.TRUSTED_NAME}")
    findings = []
    for finding in examine(chosen, project=project):
        findings.append(finding)
        show(f"{_SIGNS[finding.state]}  {finding.name}: {finding.detail}")
        if finding.hint:
            show(f"         try: {finding.hint}")
    is_broken = any(finding.state is State.FAILURE for finding in findings)
    listed = {"findings": [finding.model_dump(mode="json") for finding in findings]}
    return Answer.of(listed, shapes.Findings, ExitCode.ERROR if is_broken else ExitCode.OK)
