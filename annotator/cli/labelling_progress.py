"""`annotator progress`: how far a project is, and who has answered how much."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer
from annotator.cli.console import show

if TYPE_CHECKING:
    from annotator.labelstudio.progress import PersonProgress, ProjectProgress


def progress(
    project: Annotated[str, typer.Option(help="Title or id of the project.")],
) -> Answer[shapes.LabellingProgress]:
    """Count who has answered how many units, how many are left, and say when the project is done at this rate."""
    from datetime import UTC, datetime

    from annotator import settings
    from annotator.labelstudio import progress as labelling
    from annotator.labelstudio import project as projects
    from annotator.labelstudio.client import connect

    with closing(connect(settings.load({}))) as client:
        found = labelling.progress(client, projects.existing(client, project), now=datetime.now(UTC))
    for person in found.people:
        show(_person(person))
    show(_overall(found))
    return Answer.of({**asdict(found), "people": [asdict(person) for person in found.people]}, shapes.LabellingProgress)


def _person(person: PersonProgress) -> str:
    rate = "-" if person.per_hour is None else f"{person.per_hour:g} per hour"
    seen = person.last_seen.replace("T", " ").replace("+00:00", " UTC") or "-"
    who = person.login or f"annotator {person.annotator}"
    return "\t".join((who, f"{person.done} done", f"{person.skipped} skipped", rate, f"last seen {seen}"))


def _overall(found: ProjectProgress) -> str:
    people = "one answer" if found.overlap == 1 else f"{found.overlap} answers"
    line = f"{found.done} of {found.units} units done ({people} each), {found.left} left"
    if not found.left:
        return line
    if found.answers_per_day is None:
        return f"{line}; nobody has answered in the last seven days"
    rate = f"{found.answers_left} answers at {found.answers_per_day:g} a day"
    return f"{line}: {rate}" + (f", done on {found.done_on}" if found.done_on else "")
