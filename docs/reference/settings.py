"""The page of all settings: the keys of `annotator.toml`, variables of the environment, defaults."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic.fields import FieldInfo
from typer.main import get_command

from annotator import settings, team
from annotator.cli import app
from reference.commands import plain

_HEAD = """# Settings

A flag beats a variable of the environment, which beats `annotator.toml` in the folder that you work in, which beats the
default. `annotator doctor` shows which value counts and where it comes from.

## annotator.toml

All keys with their defaults; a file holds only those that you change.
"""
_TEAM = """## [marks] and [guidelines]

Side marks and guidelines of [a team's own](../how-to/own-marks.md).

```toml
[marks.satire]
key = "q"
title = { en = "satire", fr = "satire" }

[guidelines]
file = "guidelines.md"
version = "2"
```
"""
_TAIL = """
The key of a Label Studio is read from the environment and never from a file in your folder. A `label_studio_url` that
`annotator.toml` names gets it once you have run `annotator doctor --trust URL`.
"""


def page() -> str:
    """Return the page."""
    return "\n".join((_HEAD, "```toml", *_file(), "```\n", *_keys(), *_fields(), *_of_a_team(), *_environment()))


def file_keys() -> dict[str, FieldInfo]:
    """Return the keys that `annotator.toml` may hold."""
    fields = settings.Settings.model_fields
    return {key: fields[name] for key, name in settings.FIELD_OF_KEY.items() if key in settings.FILE_KEYS}


def _file() -> Iterator[str]:
    nested = {key: field for key, field in file_keys().items() if isinstance(field.default, settings.Fields)}
    for key, field in file_keys().items():
        if key not in nested:
            default = _default(key, field)
            yield f"# {key} is not set" if default is None or default == {} else f"{key} = {_toml(default)}"
    for key in nested:
        yield f"\n[{key}]"
        yield from (f"{name} = {_toml(field.default)}" for name, field in settings.Fields.model_fields.items())


def _keys() -> Iterator[str]:
    yield "| key | meaning | values | flag |\n|---|---|---|---|"
    for key, field in file_keys().items():
        yield f"| `{key}` | {_meaning(field)} | {_values(field)} | {', '.join(_flags(key))} |"
    yield ""


def _fields() -> Iterator[str]:
    yield "## [fields]\n\nWhich field of a JSON row, or column of a table, holds what.\n"
    yield "| key | meaning | default |\n|---|---|---|"
    for name, field in settings.Fields.model_fields.items():
        yield f"| `{name}` | {_meaning(field)} | {_code(field.default)} |"
    yield ""


def _of_a_team() -> Iterator[str]:
    yield _TEAM
    for model in (team.OwnMark, team.OwnGuidelines):
        yield f"| key of [{'marks.NAME' if model is team.OwnMark else 'guidelines'}] | meaning |\n|---|---|"
        yield from (f"| `{name}` | {_meaning(field)} |" for name, field in model.model_fields.items())
        yield ""


def _environment() -> Iterator[str]:
    fields = settings.Settings.model_fields
    yield "## Environment\n\n| variable | sets | meaning |\n|---|---|---|"
    for variable, name in settings.ENVIRONMENT.items():
        yield f"| `{variable}` | `{name}` | {_meaning(fields[name])} |"
    yield "| `XDG_DATA_HOME` | | The folder in which `data_dir` and `argos_packages_dir` are by default. |"
    yield _TAIL


def _default(key: str, field: FieldInfo) -> Any:  # noqa: ANN401 - whatever a setting holds
    return settings.default_folders({}).get(key, field.default)


def _toml(value: object) -> str:
    """Return a string, a number or a list in TOML, where they are written as in JSON."""
    return json.dumps(str(value) if isinstance(value, Path) else value)


def _meaning(field: FieldInfo) -> str:
    return plain(field.description or "–")


def _values(field: FieldInfo) -> str:
    """Return what a key may be set to: its words, the bounds of its number, or its kind."""
    if words := [word for word in get_args(field.annotation) if isinstance(word, str)]:
        return ", ".join(map(_code, words))
    bounds = {name: getattr(rule, name) for rule in field.metadata for name in ("ge", "le") if hasattr(rule, name)}
    if bounds:
        return f"{bounds['ge']} to {bounds['le']}"
    kinds: dict[object, str] = {
        str: "text",
        bool: "`true`, `false`",
        Path: "folder",
        Path | None: "file",
        settings.Fields: "table",
        Mapping[str, team.OwnMark]: "table",
        team.OwnGuidelines | None: "table",
    }
    return kinds.get(field.annotation, "list")


def _flags(key: str) -> Iterator[str]:
    commands: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        if any(parameter.name == key for parameter in command.params):
            yield f"[`{name} --{key.replace('_', '-')}`](commands.md#{name})"


def _code(value: object) -> str:
    return f"`{value}`" if value else "(empty)"
