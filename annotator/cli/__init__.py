"""The command line. Data on stdout; progress, messages and errors on stderr.

One file per command. A command's heavy imports stand inside its function, so that `annotator --help` stays fast.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from typing import Annotated

import typer

from annotator import __version__
from annotator.cli import adjudicate, annotators, models, translations, units
from annotator.cli.agreement import agreement
from annotator.cli.answer import answering, give
from annotator.cli.console import say
from annotator.cli.demo import demo
from annotator.cli.doctor import doctor
from annotator.cli.empty_names import refuse_empty_names
from annotator.cli.evaluate import evaluate
from annotator.cli.export import export
from annotator.cli.forget import forget
from annotator.cli.labelling_progress import progress as labelling_progress
from annotator.cli.practice import practice
from annotator.cli.prepare import prepare
from annotator.cli.problems import Problem, noted_ctrl_c, problem_of, sigterm_as_ctrl_c
from annotator.cli.publish import publish
from annotator.cli.pull import pull
from annotator.cli.push import push
from annotator.cli.registration import Command, add_command
from annotator.cli.reopen import reopen
from annotator.cli.report import report
from annotator.cli.schema import schema
from annotator.cli.serve import serve
from annotator.cli.status import status
from annotator.cli.train import train
from annotator.cli.verify import verify
from annotator.errors import ErrorReason, ExitCode
from annotator.output import keep_standard_descriptors

app = typer.Typer(
    name="annotator",
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"annotator {__version__}")
        raise typer.Exit


@app.callback()
def annotator(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Turn articles into claim units, label them in Label Studio, export a dataset."""


_EXAMPLES: dict[Command, str] = {
    prepare: "annotator prepare articles/ --out run",
    serve: "annotator serve --port 8081",
    push: 'annotator push run --project "French articles" --overlap 2',
    pull: 'annotator pull --project "French articles" --out annotations.jsonl',
    labelling_progress: 'annotator progress --project "French articles"',
    practice: "annotator practice --project Practice",
    export: "annotator export annotations.jsonl --out dataset",
    reopen: 'annotator reopen --project "French articles" --guidelines-before 2 --out older.jsonl',
    agreement: "annotator agreement annotations.jsonl --disputed 50",
    report: "annotator report dataset",
    train: "annotator train labels.jsonl --out team.model",
    evaluate: "annotator evaluate dataset --predictor cues --predictor team.model",
    verify: "annotator verify dataset",
    publish: "annotator publish dataset --to hf:my-team/claims",
    forget: "annotator forget 3de483e6b032040c --run run --dataset dataset",
    status: "annotator status run --verify",
    demo: "annotator demo --once",
    doctor: 'annotator doctor --project "French articles"',
    schema: "annotator schema --dir schemas --check",
}
for _command, _example in _EXAMPLES.items():
    add_command(app, _command, example=_example)
app.add_typer(annotators.app, name="annotators")
app.add_typer(models.app, name="models")
app.add_typer(adjudicate.app, name="adjudicate")
app.add_typer(translations.app, name="translations")
app.add_typer(units.app, name="units")


def main(arguments: list[str] | None = None, *, begin: Callable[[], None] = lambda: None) -> None:
    """Run the command line and leave with its exit code. A user's mistake is one line and a hint, no traceback.

    `begin` is called first where Ctrl-C is answered.
    """
    keep_standard_descriptors()
    given = sys.argv[1:] if arguments is None else arguments
    with answering(given), sigterm_as_ctrl_c() as terminated:
        code = _run(given, begin)
        if code == ExitCode.INTERRUPTED:
            reason = ErrorReason.TERMINATED if terminated.is_set() else ErrorReason.INTERRUPTED
            give(Problem(reason, reason.meaning).for_script())
    if code == ExitCode.INTERRUPTED and terminated.is_set():
        signal.raise_signal(signal.SIGTERM)  # who sent it sees that it ended this; a shell says 143
    sys.exit(code)


def _run(arguments: list[str], begin: Callable[[], None]) -> int:
    interrupted = threading.Event()
    try:
        begin()
        with noted_ctrl_c(interrupted):
            refuse_empty_names(arguments)
            return app(args=arguments, prog_name="annotator", standalone_mode=False) or ExitCode.OK
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:
        if interrupted.is_set():
            return ExitCode.INTERRUPTED
        problem = problem_of(error)
        _tell(error, problem)
        give(problem.for_script())
        if problem.reason is ErrorReason.INTERNAL:
            raise
        return problem.code


def _tell(error: Exception, problem: Problem) -> None:
    if isinstance(error, typer.TyperException):
        error.show()  # type: ignore[attr-defined] # with the command's usage; all of Typer's own errors have it
    elif problem.reason is not ErrorReason.INTERNAL:
        say(f"annotator: {problem.message}")
        if problem.hint:
            say(f"  try: {problem.hint}")
