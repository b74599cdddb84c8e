"""`annotator publish`: a dataset onto the Hugging Face Hub."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer
from annotator.cli.console import counting, say, show


def publish(
    dataset: Annotated[Path, typer.Argument(help="A dataset folder.", metavar="DATASET")],
    to: Annotated[
        str, typer.Option(help="Where to: a dataset repository of the Hugging Face Hub.", metavar="hf:ORG/NAME")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Send it. Without this nothing leaves.")] = False,
    public: Annotated[
        bool, typer.Option("--public", help="Let everybody see a repository that is made new; without it nobody does.")
    ] = False,
) -> Answer[shapes.DatasetPublished]:
    """Show what would be sent of a dataset that is whole and what its card lacks; with --yes, send it.

    What is there already is not sent again. The token is the one of `hf auth login`, or HF_TOKEN.
    """
    from annotator import settings
    from annotator.dataset import publish as publishing

    repository = publishing.repository_of(to)
    with counting("records") as advance:
        package = publishing.package(dataset, progress=advance)
    for file in package.files:
        show(f"{file.bytes:>14,} bytes  {file.name}")
    show(f"{package.bytes:>14,} bytes in {len(package.files)} files; licence: {package.licence}")
    for lack in package.lacks:
        say(f"warning: the card lacks {lack}")
    known = {"repository": repository, "files": len(package.files), "bytes": package.bytes, "lacks": [*package.lacks]}
    if not yes:
        visible = "for everybody to see" if public else "private"
        say(f"nothing was sent; --yes sends it to {repository}, which is {visible} if it is new")
        nothing = {"url": "", "sent": 0, "already_there": 0, "private": not public}
        return Answer.of({**known, **nothing}, shapes.DatasetPublished)
    done = publishing.publish(
        package, repository, settings.load({}), is_public=public, environment=os.environ.get(publishing.ENDPOINT, "")
    )
    for name in done.others:
        say(f"{name}: stands there, is no part of this dataset, and stays")
    say(f"sent {len(done.sent)} files, {done.already_there} were there; {'private' if done.is_private else 'public'}")
    show(done.url)
    sent = {"url": done.url, "sent": len(done.sent), "already_there": done.already_there, "private": done.is_private}
    return Answer.of({**known, **sent}, shapes.DatasetPublished)
