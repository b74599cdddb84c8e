"""`annotator pull`: answers out of Label Studio."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from annotator.cli.console import counting, finish, say
from annotator.cli.out_names import answers_file


def pull(
    project: Annotated[str, typer.Option(help="Title or id.")],
    out: Annotated[str, typer.Option(help="FILE.jsonl, or - for stdout.", callback=answers_file)],
    since: Annotated[str, typer.Option(help="Only answers given or changed since this date or time (UTC).")] = "",
    unlabelled: Annotated[
        bool, typer.Option("--unlabelled", help="A line for each unit nobody answered, too.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with OUT.part of a pull that broke off.")] = False,
    failures: Annotated[Path | None, typer.Option(help="Where to list what is set aside, with its reason.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Write every answer, each line complete in itself.

    Ends with 3 where an answer that somebody gave could not be used. A draft or an empty answer is not one, and where
    only an item of an answer is set aside (a relation, a mention that does not fit), its label is there.
    """
    from annotator import settings
    from annotator.labelstudio.client import connect
    from annotator.labelstudio.pull import PullOptions, pull_annotations
    from annotator.labelstudio.wire import REASONS
    from annotator.output import is_stdout, keep_apart

    for ending in ("", ".part", ".part.failures"):
        keep_apart({"--out": f"{Path(out).resolve()}{ending}" if ending else out, "--failures": failures})
    options = PullOptions(since=since, unlabelled=unlabelled, resume=resume, failures=failures)
    with closing(connect(settings.load({}))) as client, counting("answers") as advance:
        report = pull_annotations(
            project=project,
            client=client,
            out=out,
            options=options,
            progress=lambda report: advance(report.annotations),
        )
    for reason, number in report.reasons.items():
        say(f"set aside: {number} {reason} ({REASONS[reason]})")
    finish(report.counts(), as_json=as_json, to_stderr=is_stdout(out), partial=bool(report.unprocessed))
