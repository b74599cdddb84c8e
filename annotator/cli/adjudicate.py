"""`annotator adjudicate`: verdicts on the units on which annotators disagree."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer, partial_if
from annotator.cli.console import SeparateServers, counting, say_counts, show_failures, show_unnamed
from annotator.cli.interface_language import InterfaceLanguage
from annotator.cli.out_names import answers_file
from annotator.cli.registration import add_command

app = typer.Typer(rich_markup_mode=None, help="Decide the units on which annotators disagree.", no_args_is_help=True)


def push(
    sources: Annotated[list[Path], typer.Argument(help="Annotation files, or a dataset folder.", metavar="SOURCE...")],
    project: Annotated[str, typer.Option(help="Title or id of the project. A new title creates one.")],
    separate_servers: SeparateServers = False,
    interface: InterfaceLanguage = None,
) -> Answer[shapes.Disputed]:
    """Send the undecided units, each with everybody's answers, without names."""
    from annotator import settings
    from annotator.answers import records_of
    from annotator.labelstudio import adjudicate
    from annotator.labelstudio.client import connect
    from annotator.labelstudio.notes import PushNotes

    chosen = settings.load({})
    with (
        closing(connect(chosen)) as client,
        closing(PushNotes(chosen.data_dir)) as notes,
        counting("units") as advance,
        records_of(sources, progress=advance, separate_servers=separate_servers) as stream,
    ):
        collected = stream.collected
        show_failures(collected.failures, collected.set_aside.total(), "")
        show_unnamed(collected.unnamed)
        report = adjudicate.push_disputed(
            stream.records,
            project=project,
            client=client,
            notes=notes,
            marks=chosen.marks,
            language=interface or "",
        )
    show_failures(report.failures, len(report.failures), "")
    counts, code = report.counts(), partial_if(report.failures or collected.unprocessed)
    say_counts(counts)
    return Answer.of(counts, shapes.Disputed, code)


def pull(
    project: Annotated[str, typer.Option(help="Title or id of the project.")],
    out: Annotated[str, typer.Option(help="FILE.jsonl, a further source for annotator export.", callback=answers_file)],
) -> Answer[shapes.Verdicts]:
    """Write the verdicts, each with its reason. Exits with 3 if a verdict that somebody gave cannot be used."""
    from annotator import settings
    from annotator.labelstudio import adjudicate
    from annotator.labelstudio.answer_file import answer_file
    from annotator.labelstudio.client import connect

    with closing(connect(settings.load({}))) as client:
        verdicts = adjudicate.pull_verdicts(project=project, client=client)
    with answer_file(out, verdicts.project) as (stream, *_):
        stream.writelines(line.json_line().encode() for line in verdicts.annotations)
    show_failures(verdicts.failures, len(verdicts.failures), "")
    counts = {"verdicts": len(verdicts.annotations), "set_aside": len(verdicts.failures)}
    say_counts(counts)
    return Answer.of(counts, shapes.Verdicts, partial_if(verdicts.unprocessed))


add_command(app, push, example='annotator adjudicate push dataset --project "Disputed units"')
add_command(app, pull, example='annotator adjudicate pull --project "Disputed units" --out verdicts.jsonl')
