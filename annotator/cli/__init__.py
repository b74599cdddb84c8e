"""The command line. Data on stdout; progress, messages and errors on stderr.

One file per command. A command's heavy imports stand inside its function, so that `annotator --help` stays fast.
"""

from __future__ import annotations

import errno
import sys
from typing import Annotated, NoReturn

import typer

from annotator import __version__
from annotator.cli import adjudicate, annotators, models
from annotator.cli.agreement import agreement
from annotator.cli.console import say
from annotator.cli.demo import demo
from annotator.cli.doctor import doctor
from annotator.cli.empty_names import refuse_empty_names
from annotator.cli.export import export
from annotator.cli.prepare import prepare
from annotator.cli.pull import pull
from annotator.cli.push import push
from annotator.cli.report import report
from annotator.cli.schema import schema
from annotator.cli.serve import serve
from annotator.cli.status import status
from annotator.errors import AnnotatorError, ExitCode
from annotator.output import keep_standard_descriptors

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

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


for command in (prepare, serve, push, pull, export, agreement, report, status, demo, doctor, schema):
    app.command()(command)
app.add_typer(annotators.app, name="annotators")
app.add_typer(models.app, name="models")
app.add_typer(adjudicate.app, name="adjudicate")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code. A user's mistake is one line and a hint, no traceback."""
    keep_standard_descriptors()
    try:
        refuse_empty_names(sys.argv[1:] if arguments is None else arguments)
        app(args=arguments, prog_name="annotator")
    except AnnotatorError as error:
        say(f"annotator: {error.message}")
        if error.hint:
            say(f"  try: {error.hint}")
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno in _NO_ROOM:
            _leave_without_room(error.filename, error.strerror)
        if error.filename is None and isinstance(error, FileNotFoundError):  # of os.getcwd()
            typer.echo("annotator: the folder that you are in is not there any more", err=True)
            typer.echo("  try: cd into one that is there, or give whole paths", err=True)
            sys.exit(ExitCode.USAGE)
        if error.filename is None:
            raise
        say(f"annotator: {error.filename}: {error.strerror}")
        sys.exit(ExitCode.USAGE)
    except Exception as error:
        if "disk is full" in str(error):  # SQLite's own words
            _leave_without_room("", str(error))
        raise


def _leave_without_room(name: str | None, reason: str | None) -> NoReturn:
    say(f"annotator: {name}: {reason}" if name else f"annotator: {reason}")
    say("  try: the same command again, once there is room; what stood there before is kept")
    sys.exit(ExitCode.ERROR)
