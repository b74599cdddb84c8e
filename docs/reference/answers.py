"""The page of what `--json` prints, from the types that each command declares."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

from typer.main import get_command

from annotator.cli import app, shapes
from annotator.cli.registration import shapes_of
from annotator.errors import ErrorReason
from reference.commands import leaves, plain

_HEAD = """# What `--json` prints

Every command takes `--json` and then prints one JSON object at its end, on standard output, whatever happens. Where
standard output holds data (`--out -`), the object is the last line of standard error. `serve` and `demo` run on until
Ctrl-C; they print theirs as soon as they are ready. A member in brackets is there only where it says something.

## Errors

A command that ends with [1, 2 or 130](scripts.md#exit-codes) prints this instead:
"""
_NAMES: Mapping[object, str] = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}


def page() -> str:
    """Return the page."""
    commands = dict(leaves(get_command(app)))
    of_commands = [(name, shape) for name, command in commands.items() for shape in shapes_of(command.callback)]
    inner = [kind for kind in _all_shapes() if kind not in {shapes.Error, *(shape for _, shape in of_commands)}]
    return "\n".join(
        (
            _HEAD,
            *_table(shapes.Error),
            *_reasons(),
            *(line for name in commands for line in _command(name, [shape for of, shape in of_commands if of == name])),
            "## Values inside\n",
            *(line for kind in inner for line in (f"### {kind.__name__}\n", f"{kind.__doc__}\n", *_table(kind))),
        )
    )


def _all_shapes() -> list[type]:
    return [kind for kind in vars(shapes).values() if is_typeddict(kind)]


def _reasons() -> Iterator[str]:
    yield "| reason | meaning |\n|---|---|"
    yield from (f"| `{reason.value}` | {plain(reason.meaning)} |" for reason in ErrorReason)
    yield ""


def _command(name: str, of_command: list[type]) -> Iterator[str]:
    yield f"## {name}\n"
    for shape in of_command:
        text = inspect.getdoc(shape) or ""
        yield from ("" if text == f"`{name}`." else f"{text}\n", *_table(shape))


def _table(shape: type) -> Iterator[str]:
    meanings = _meanings(shape)
    optional: frozenset[str] = getattr(shape, "__optional_keys__", frozenset())
    yield "| member | type | meaning |\n|---|---|---|"
    for name, kind in get_type_hints(shape).items():
        called = f"[`{name}`]" if name in optional else f"`{name}`"
        yield f"| {called} | {_type(kind)} | {meanings.get(name, '')} |"
    yield ""


def _meanings(shape: type) -> dict[str, str]:
    """The strings below the members, which Python itself keeps nowhere."""
    (definition,) = ast.parse(inspect.getsource(shape)).body
    found = {}
    for pair in pairwise(definition.body):  # type: ignore[attr-defined]
        match pair:
            case (ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(meaning)))):
                found[name] = inspect.cleandoc(meaning)
    return found


def _type(kind: Any) -> str:  # noqa: ANN401 - a type, or what typing makes of one
    if is_typeddict(kind):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    if isinstance(kind, UnionType):
        return " or ".join(map(_type, get_args(kind)))
    if get_origin(kind) in {list, dict}:
        return f"{'list' if get_origin(kind) is list else 'object'} of {_type(get_args(kind)[-1])}"
    return _NAMES[kind]
