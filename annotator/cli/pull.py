"""`annotator pull`: answers out of Label Studio."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer, partial_if
from annotator.cli.console import counting, say, say_counts
from annotator.cli.out_names import answers_file


def pull(
    project: Annotated[str, typer.Option(help="Title or id of the project.")],
    out: Annotated[str, typer.Option(help="FILE.jsonl, or - for standard output.", callback=answers_file)],
    since: Annotated[
        str,
        typer.Option(help="Only answers that were given or changed since this date or time (UTC).", show_default="all"),
    ] = "",
    unlabelled: Annotated[
        bool, typer.Option("--unlabelled", help="Also write a line for each unit that nobody has answered.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Continue an interrupted pull from OUT.part.")] = False,
    failures: Annotated[
        Path | None,
        typer.Option(help="File in which to list what cannot be used, with the reasons."),
    ] = None,
) -> Answer[shapes.Pulled]:
    """Write every answer of a project to a file, each line complete in itself.

    Exits with 3 if an answer that somebody gave cannot be used. Drafts and empty answers do not count, nor does an
    answer of which only one item is set aside (a relation, or a mention that does not fit): its label is in the file.
    """
    from annotator import settings
    from annotator.labelstudio.client import connect
    from annotator.labelstudio.pull import PullOptions, pull_annotations
    from annotator.labelstudio.wire import REASONS
    from annotator.output import keep_apart

    for ending in ("", ".part", ".part.failures"):
        keep_apart({"--out": f"{Path(out).resolve()}{ending}" if ending else out, "--failures": failures})
    options = PullOptions(since=since, unlabelled=unlabelled, resume=resume, failures=failures)
    chosen = settings.load({})
    with closing(connect(chosen)) as client, counting("answers") as advance:
        report = pull_annotations(
            project=project,
            client=client,
            out=out,
            options=options,
            progress=lambda report: advance(report.annotations),
        )
    for reason, number in report.reasons.items():
        say(f"set aside: {number} {reason} ({REASONS[reason]})")
    unknown = report.unknown_marks(chosen.marks)
    for mark, number in unknown.items():
        say(f"kept: {number} answers with the mark {mark!r}, which [marks] in annotator.toml does not have")
    say_counts(report.counts())
    counts = report.counts() | ({"unknown_marks": unknown} if unknown else {})
    return Answer.of(counts, shapes.Pulled, partial_if(report.unprocessed))
