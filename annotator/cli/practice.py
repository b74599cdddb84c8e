"""`annotator practice`: units whose answers are known, to learn on, and how everybody did."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from typing import Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer
from annotator.cli.console import say, show
from annotator.cli.interface_language import InterfaceLanguage


def practice(
    project: Annotated[str, typer.Option(help="Title or id of the practice project. A new title creates one.")],
    interface: InterfaceLanguage = None,
) -> Answer[shapes.Practised]:
    """Make a project of 30 units with known answers, which it shows after each choice, and say how everybody did."""
    from annotator import settings
    from annotator.labelstudio.client import connect, labelling_address
    from annotator.labelstudio.notes import PushNotes
    from annotator.labelstudio.practice import practise

    chosen = settings.load({})
    with closing(connect(chosen)) as client, closing(PushNotes(chosen.data_dir)) as notes:
        done = practise(project, client=client, notes=notes, language=interface)
        address = labelling_address(client.url, done.project)
        say(f"{done.sent} units sent, {done.already_there} were there; practise at {address}")
    for person in done.people:
        labels = ", ".join(f"{name} {part['right']} of {part['answers']}" for name, part in person["by_label"].items())
        who = person["login"] or f"annotator {person['annotator']}"
        show(f"{who}\t{person['right']} of {person['answers']} right\t{labels}")
    return Answer.of({**asdict(done), "people": list(done.people)}, shapes.Practised)
