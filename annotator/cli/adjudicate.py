"""`annotator adjudicate`: verdicts on the units on which people differ."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.console import SeparateServers, counting, finish, show_failures, show_unnamed
from annotator.cli.out_names import answers_file

app = typer.Typer(help="Decide the units on which people differ.", no_args_is_help=True)


@app.command()
def push(
    sources: Annotated[list[Path], typer.Argument(help="Annotation files, or a dataset folder.", metavar="SOURCE...")],
    project: Annotated[str, typer.Option(help="Title or id. A new title makes a project.")],
    separate_servers: SeparateServers = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Send the undecided units, with everybody's answers beside them, without names."""
    from annotator import settings
    from annotator.answers import records_of
    from annotator.labelstudio import adjudicate
    from annotator.labelstudio.client import connect
    from annotator.labelstudio.notes import PushNotes

    known = settings.load({})
    with (
        closing(connect(known)) as client,
        closing(PushNotes(known.data_dir)) as notes,
        counting("units") as advance,
        records_of(sources, progress=advance, separate_servers=separate_servers) as found,
    ):
        aside = found.collected
        show_failures(aside.failures, aside.set_aside.total(), "")
        show_unnamed(aside.unnamed)
        sent = adjudicate.push_disputed(found.records, project=project, client=client, notes=notes)
    show_failures(sent.failures, len(sent.failures), "")
    finish(sent.counts(), as_json=as_json, partial=bool(sent.failures or aside.unprocessed))


@app.command()
def pull(
    project: Annotated[str, typer.Option(help="Title or id.")],
    out: Annotated[str, typer.Option(help="FILE.jsonl: a further source of annotator export.", callback=answers_file)],
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Write the verdicts, each with its reason. Ends with 3 where one that somebody gave cannot be used."""
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
