"""The page of all commands, from what `--help` itself is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from inspect import cleandoc
from typing import Any

import typer
from typer.main import get_command

from annotator.cli import app

_HEAD = """# Commands

What `annotator COMMAND --help` says, made from the same source. `-` stands for standard input or output.
Every command ends with one of the [exit codes](scripts.md#exit-codes), and [what `--json` prints](json.md) has a
page of its own.
"""
_BRACKETS = re.compile(r"\s*\[([^\[\]]*)\]$")
"""What click puts behind the text of an option: `[default: 1; 1<=x<=64]`, `[required]`."""
_KINDS = {"str": "TEXT", "path": "PATH", "int": "NUMBER", "int range": "NUMBER", "float range": "NUMBER"}
_KIND = re.compile(rf"<({'|'.join(_KINDS)})>$")
_CHOICES = re.compile(r" <([^<>|]+(?:\|[^<>|]+)+)>$")
_EXAMPLE = re.compile(r"(?:Examples?:\s*)?(?:\$ )?(annotator .*)")


def page() -> str:
    """Return the page."""
    return "\n".join((_HEAD, *_sections("annotator", get_command(app), level=1)))


def leaves(group: Any, *path: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - typer's own copy of click
    """Yield the commands by their names, in the order of the alphabet: `annotators add`."""
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from leaves(command, *path, name)
        else:
            yield " ".join((*path, name)), command


def _sections(name: str, command: Any, *, level: int) -> Iterator[str]:  # noqa: ANN401 - typer's own copy of click
    context = typer.Context(command, info_name=name)
    if level > 1:
        yield f"{'#' * level} {name.removeprefix('annotator ')}\n"
    yield from _prose(command.help)
    inner = getattr(command, "commands", {})
    if not inner:
        yield f"```sh\n{_usage(name, command, context)}\n```\n"
    yield from _table(command, context)
    yield from _prose(command.epilog)
    for inner_name in sorted(inner):
        yield from _sections(f"{name} {inner_name}", inner[inner_name], level=level + 1)


def _usage(name: str, command: Any, context: typer.Context) -> str:  # noqa: ANN401
    """Return how the command is called: with what it cannot do without."""
    required = [_split(parameter.get_help_record(context)[0])[0] for parameter in command.params if parameter.required]
    return " ".join((name, *required, "[OPTIONS]"))


def _prose(text: str | None) -> Iterator[str]:
    """The paragraphs of a help text; a line that begins with a command is an example."""
    for paragraph in cleandoc(text or "").replace("\b\n", "").split("\n\n"):
        examples = [match[1] for line in paragraph.splitlines() if (match := _EXAMPLE.fullmatch(line.strip()))]
        rest = [line for line in paragraph.splitlines() if not _EXAMPLE.fullmatch(line.strip())]
        if rest:
            yield plain("\n".join(rest)) + "\n"
        if examples:
            yield "\n".join(("```sh", *examples, "```\n"))


def _table(command: Any, context: typer.Context) -> Iterator[str]:  # noqa: ANN401
    records = [record for parameter in command.params if (record := parameter.get_help_record(context))]
    if not records:
        return
    yield "| argument or option | meaning | default |\n|---|---|---|"
    for declared, text in records:
        brackets = _BRACKETS.search(text)
        called, choices = _split(declared)
        default = re.sub(r"^default: \(?([^;)]*)\)?", r"\1", brackets[1]) if brackets else ""
        meaning = plain(_BRACKETS.sub("", text)) + (f" One of {', '.join(choices)}." if choices else "")
        yield f"| `{called}` | {meaning} | {plain(default)} |"
    yield ""


def _split(declared: str) -> tuple[str, list[str]]:
    """Return `--out PATH` for `--out <path>`, `INPUT...` for `INPUT... <list[str]>`, and `--split` with its choices."""
    if choices := _CHOICES.search(declared):
        return _CHOICES.sub("", declared), [f"`{choice}`" for choice in choices[1].split("|")]
    called = _KIND.sub(lambda kind: _KINDS[kind[1]], declared)
    return (called if called.startswith("-") else called.partition(" ")[0]), []


def plain(text: str) -> str:
    """Return text that Markdown shows as it stands."""
    return re.sub(r"([\\`*_|\[\]])", r"\\\1", escape(text, quote=False))
