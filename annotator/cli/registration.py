"""How a function becomes a command: with `--json`, defaults that are shown, and an example at the end of its help."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import typer

from annotator.cli.answer import Answer, for_script, give

EXAMPLE = "Example: "
_JSON = inspect.Parameter(
    "as_json",
    inspect.Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[bool, typer.Option("--json", help="Print one JSON object at the end, on errors too.")],
)

Command = Callable[..., Answer[Any]]


def add_command(app: typer.Typer, function: Command, *, example: str, name: str | None = None) -> None:
    """Make a function a command of `app`. What it returns is what `--json` prints, and how it ends."""
    app.command(name, epilog=f"\b\n{EXAMPLE}{example}")(_with_json(function))


def shapes_of(function: Command) -> tuple[type, ...]:
    """Return the types of what a command prints with `--json`: `serve --install` prints another object than `serve`."""
    returned = get_type_hints(inspect.unwrap(function))["return"]
    answers = (returned,) if get_origin(returned) is Answer else get_args(returned)
    return tuple(get_args(answer)[0] for answer in answers)


def _with_json(function: Command) -> Callable[..., None]:
    """Add the option to a function's parameters: Typer reads them off its signature."""
    signature = inspect.signature(function, eval_str=True)
    parameters = [*signature.parameters.values(), _JSON]
    for parameter in parameters:
        _show_default(parameter)

    @wraps(function)
    def command(*, as_json: bool, **given: object) -> None:
        for_script(wants_json=as_json)
        answer = function(**given)
        give(answer.value)
        raise typer.Exit(answer.code)

    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return command


def _show_default(parameter: inspect.Parameter) -> None:
    """Typer shows no default by itself where it is off, or nothing."""
    (option,) = parameter.annotation.__metadata__
    if parameter.default is False:
        option.show_default = "off"
    elif parameter.default in (None, "") and option.show_default is True:
        option.show_default = "none"
