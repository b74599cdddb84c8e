"""What a command answers a script that asked with `--json`: one JSON object, the last thing that it prints.

It goes to stdout, and to stderr where stdout holds data (`--out -`, `--failures /dev/stdout`). There is exactly one,
whatever happens: a command that ends with an error answers `{"error": {"reason", "message", "hint"}}`. The two that run
on until Ctrl-C, `serve` and `demo`, answer when they are ready, and a later end of the server is told on stderr alone.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar, cast

import typer

from annotator.errors import ExitCode
from annotator.output import is_stdout

T = TypeVar("T", bound=Mapping[str, object])

_WRITING = ("--out", "--failures", "--log")
_UNSAFE = re.compile("[\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What a command found or did, in the form that `--json` prints, and how it ends."""

    value: T
    code: ExitCode = ExitCode.OK

    @classmethod
    def of(cls, value: Mapping[str, object], _shape: type[T], code: ExitCode = ExitCode.OK) -> Answer[T]:
        """Return what has that shape by construction, which a test compares, as an answer."""
        return Answer(cast("T", value), code)


def partial_if(is_partial: object) -> ExitCode:
    """Return 3 where something was not processed, else 0."""
    return ExitCode.PARTIAL if is_partial else ExitCode.OK


@dataclass
class _Script:
    """The one that waits for an answer, if any."""

    wants_json: bool
    reads_stderr: bool
    is_answered: bool = False


_script: ContextVar[_Script | None] = ContextVar("script", default=None)


@contextmanager
def answering(arguments: Sequence[str]) -> Iterator[None]:
    """Look through a command line for who waits for an answer, before it is parsed: that may fail."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    wants_json = "--json" in options
    token = _script.set(_Script(wants_json, reads_stderr=wants_json and _stdout_is_data(options)))
    try:
        yield
    finally:
        _script.reset(token)


def is_for_script() -> bool:
    """Tell whether a script waits for the answer, so that people do not."""
    script = _script.get()
    return script is not None and script.wants_json


def for_script(*, wants_json: bool) -> None:
    """Note what the parsed command line says: `--title --json` asks for a title."""
    if script := _script.get():
        script.wants_json = wants_json


def give(value: Mapping[str, object]) -> None:
    """Print the answer for a script that waits for one and has none yet."""
    script = _script.get()
    if script is None or not script.wants_json or script.is_answered:
        return
    script.is_answered = True
    try:
        typer.echo(json_text(value), err=script.reads_stderr)
    except BrokenPipeError:  # nobody reads on: https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def json_text(value: object) -> str:
    """Return one line of JSON without what a terminal would obey; JSON itself escapes only the signs below a blank."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _UNSAFE.sub(lambda sign: rf"\u{ord(sign[0]):04x}", text)


def _stdout_is_data(options: Sequence[str]) -> bool:
    joined = (option.partition("=")[::2] for option in options)
    with suppress(OSError):  # the name is too long, or the folder that one is in is gone: told later
        return any(option in _WRITING and is_stdout(name) for option, name in (*pairwise(options), *joined) if name)
    return False
