"""How a command speaks to people: the one place that prints lines for them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from annotator.cli.answer import is_for_script

if TYPE_CHECKING:
    from rich.table import Table

    from annotator.models import Failure

SHOWN_FAILURES = 20
SeparateServers = Annotated[
    bool,
    typer.Option(
        "--separate-servers", help="Read each source as a server of its own where answers do not name their server."
    ),
]
_CLEAR_LINE = "\r\x1b[2K"
"""What rich itself clears the line with. Its own way of printing above it breaks long lines, commands to copy too."""
_OBEYED = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal obeys instead of showing it: colours, line ends, a turned reading order. Half a character it cannot
print at all. A tab parts columns; joiners and the marks of Arabic and Hebrew belong to the words that they stand in."""


def say(message: str) -> None:
    """Print a message for people, on stderr, in the place of a progress line that stands there."""
    typer.echo((_CLEAR_LINE if sys.stderr.isatty() else "") + printable(message), err=True)


def show(line: str) -> None:
    """Print a line of a command's answer for people, on stdout."""
    if not is_for_script():
        typer.echo(printable(line))


def show_table(table: Table, *, piped_width: int) -> None:
    """Print a table of a command's answer for people, as wide as the terminal or so wide for a file."""
    if is_for_script():
        return
    from rich.console import Console

    is_terminal = Console().is_terminal
    Console(width=None if is_terminal else piped_width, markup=False, highlight=False).print(table)


def printable(text: str) -> str:
    r"""Return text for a terminal: an id, a name or a message of the input may hold what it would obey (`\x1b[31m`)."""
    return _OBEYED.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int], None]]:
    """Give a function that shows how many are done so far; it draws only on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} {task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(what, total=None)
        yield lambda done: progress.update(bar, completed=done)


def say_counts(counts: Mapping[str, object]) -> None:
    """Print a command's counts for people."""
    if not is_for_script():
        say(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in counts.items()))


def show_failures(failures: Iterable[Failure], total: int, where: str) -> None:
    """Print the first failures, one line each, and where the rest can be read."""
    first = list(islice(failures, SHOWN_FAILURES))
    for failure in first:
        place = f"{failure.source}:{failure.line}" if failure.line else failure.source
        say(f"not processed: {place}: {failure.message}" + (f" ({failure.hint})" if failure.hint else ""))
    show_rest(total - len(first), where)


def show_unnamed(number: int) -> None:
    """Warn of answers that may be of several servers, on each of which a number is another person."""
    if number:
        problem = "do not say on which server they were given and are read as those of one server"
        say(f"warning: {number} answers {problem}; --separate-servers reads each source as a server of its own")


def show_repeats(repeats: Sequence[Failure], total: int, where: str) -> None:
    """Print the first articles that were there already, and where the rest can be read."""
    for repeat in repeats:
        say(f"{repeat.reason}: {repeat.source}: {repeat.article_id}: {repeat.message}")
    show_rest(total - len(repeats), where)


def show_rest(number: int, where: str) -> None:
    """Say how many more there are, and where they can be read."""
    if number > 0:
        say(f"... and {number} more" + (f", all listed in {where}" if where else ""))
