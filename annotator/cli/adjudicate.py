"""`annotator adjudicate`: verdicts on the units on which annotators disagree."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.console import SeparateServers, counting, finish, show_failures, show_unnamed
from annotator.cli.out_names import answers_file

app = typer.Typer(help="Decide the units on which annotators disagree.", no_args_is_help=True)


@app.command()
def push(
    sources: Annotated[list[Path], typer.Argument(help="Annotation files, or a dataset folder.", metavar="SOURCE...")],
    project: Annotated[str, typer.Option(help="Title or id of the project. A new title creates one.")],
    separate_servers: SeparateServers = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
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
        report = adjudicate.push_disputed(stream.records, project=project, client=client, notes=notes)
    show_failures(report.failures, len(report.failures), "")
    finish(report.counts(), as_json=as_json, partial=bool(report.failures or collected.unprocessed))


@app.command()
def pull(
    project: Annotated[str, typer.Option(help="Title or id of the project.")],
    out: Annotated[str, typer.Option(help="FILE.jsonl, a further source for annotator export.", callback=answers_file)],
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Write the verdicts, each with its reason. Exits with 3 if a verdict that somebody gave cannot be used."""
    from annotator import settings
    from annotator.labelstudio import adjudicate
    from annotator.labelstudio.answer_file import answer_file
    from annotator.labelstudio.client import connect
    from annotator.output import is_stdout

    with closing(connect(settings.load({}))) as client:
        verdicts = adjudicate.pull_verdicts(project=project, client=client)
    with answer_file(out, verdicts.project) as (stream, *_):
        stream.writelines(line.json_line().encode() for line in verdicts.annotations)
    show_failures(verdicts.failures, len(verdicts.failures), "")
    counts = {"verdicts": len(verdicts.annotations), "set_aside": len(verdicts.failures)}
    finish(counts, as_json=as_json, to_stderr=is_stdout(out), partial=bool(verdicts.unprocessed))
