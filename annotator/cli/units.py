"""`annotator units`: mends a cut that annotators marked as bad."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer
from annotator.cli.console import say, show
from annotator.cli.registration import add_command

if TYPE_CHECKING:
    from annotator.preparation.mending import Noted

app = typer.Typer(rich_markup_mode=None, help="Mend cuts that annotators marked as bad.", no_args_is_help=True)

_Run = Annotated[Path, typer.Argument(help="A run folder.", metavar="RUN")]
_Unit = Annotated[str, typer.Argument(help="Its unit_id.", metavar="UNIT")]
_Project = Annotated[str, typer.Option(help="Title or id of a project: the unit's answers in it are listed.")]


@app.callback()
def units() -> None:
    """Mend cuts that annotators marked as bad."""


def split(
    run: _Run,
    unit: _Unit,
    at: Annotated[str, typer.Option(metavar="WORDS", help="The first words of the second part.")],
    project: _Project = "",
) -> Answer[shapes.Mended]:
    """Cut a unit in two; the next `annotator prepare` into the folder carries it out."""
    from annotator.preparation.mending import note_split

    return _answer(note_split(run, unit, before=at), project)


def merge(run: _Run, unit: _Unit, project: _Project = "") -> Answer[shapes.Mended]:
    """Join a unit and the one after it; the next `annotator prepare` into the folder carries it out."""
    from annotator.preparation.mending import note_merge

    return _answer(note_merge(run, unit), project)


def _answer(noted: Noted, project: str) -> Answer[shapes.Mended]:
    answers = _answers(noted.unit.unit_id, project) if project else []
    for answer in answers:
        show(f"annotator {answer['annotator']}\t{answer['answer']}\t{answer['comment']}")
    say(f"noted for {noted.unit.text!r}: run annotator prepare into the folder again, then annotator push")
    if answers:
        say(f"{len(answers)} answers are to the unit as it was: they stay, and the new ones wait for theirs")
    return Answer({"unit_id": noted.unit.unit_id, "text": noted.unit.text, "answers": answers})


def _answers(unit_id: str, title: str) -> list[shapes.OldAnswer]:
    from annotator import settings
    from annotator.labelstudio import project as projects
    from annotator.labelstudio.client import connect
    from annotator.labelstudio.pull import answers_to

    with closing(connect(settings.load({}))) as client:
        lines = answers_to(unit_id, client=client, project=projects.existing(client, title))
    return [{"annotator": line.annotator, "answer": line.answer, "comment": line.comment} for line in lines]


add_command(app, split, example='annotator units split run 3de483e6b032040c:ee8296f941ff --at "no plan B"')
add_command(app, merge, example="annotator units merge run 3de483e6b032040c:42d33ccdd0ca")
