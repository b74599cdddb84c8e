"""The page of all files and their fields, from the schemas in `schemas/`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from annotator import schemas
from reference.commands import plain

Schema = Mapping[str, Any]

_HEAD = """# Files and fields

Every file is JSON lines in UTF-8, one value a line, or one JSON object (`run.json`, `manifest.json`, a trained model).
The JSON Schema of each stands in the folder `schemas/` of the repository; `annotator schema --dir FOLDER` writes them
all. Fields that a newer version adds are kept by an older one. [Offsets](../explanation/units-and-offsets.md) are
half-open and count code points.

{described} of {total} fields have a description so far.
"""
_NO_DESCRIPTION = "–"


def page() -> str:
    """Return the page."""
    lines = {name: model.model_json_schema(mode="serialization") for name, model in schemas.LINES.items()}
    inner = {name: schema for line in lines.values() for name, schema in line.get("$defs", {}).items()}
    inner = {name: schema for name, schema in sorted(inner.items()) if not _is_line(name)}
    tables = [field for schema in (*lines.values(), *inner.values()) for field in schema.get("properties", {}).values()]
    described = sum("description" in field for field in tables)
    return "\n".join(
        (
            _HEAD.format(described=described, total=len(tables)),
            *(part for name, schema in lines.items() for part in _section(schema, f"{name}.schema.json")),
            "## Values inside the lines\n",
            *(part for name, schema in inner.items() for part in _section({**schema, "title": name})),
        )
    )


def _is_line(name: str) -> bool:
    return name in {model.__name__ for model in schemas.LINES.values()}


def _section(schema: Schema, file: str = "") -> Iterator[str]:
    yield f"{'##' if file else '###'} {schema['title']}\n"
    if text := schema.get("description", ""):
        yield plain(text.replace("\n\n", " ").replace("\n", " ")) + "\n"
    if file:
        yield f"Schema: `schemas/{file}`\n"
    if values := schema.get("enum"):
        yield f"One of {', '.join(f'`{value}`' for value in values)}.\n"
    if fields := schema.get("properties"):
        yield "| field | type | meaning |\n|---|---|---|"
        yield from (_row(name, field) for name, field in fields.items())
        yield ""


def _row(name: str, field: Schema) -> str:
    meaning = plain(field["description"]) if "description" in field else _NO_DESCRIPTION
    return f"| `{name}` | {_type(field)} | {meaning} |"


def _type(field: Schema) -> str:
    """Return a field's type in words, with a link to the value that it holds."""
    if reference := field.get("$ref"):
        return _link(reference.rpartition("/")[2])
    if options := field.get("anyOf"):
        return " or ".join(dict.fromkeys(_type(option) for option in options))
    if values := field.get("enum", [field["const"]] if "const" in field else []):
        return " or ".join(f"`{json.dumps(value)}`" for value in values)
    kind, inner = field.get("type", "any value"), field.get("items", field.get("additionalProperties"))
    return f"{'list' if kind == 'array' else 'object'} of {_type(inner)}" if isinstance(inner, dict) else str(kind)


def _link(name: str) -> str:
    line = next((line for line, model in schemas.LINES.items() if model.__name__ == name), name)
    return f"[{name}](#{line.lower()})"
