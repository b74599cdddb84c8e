"""The JSON Schema (draft 2020-12) of every file, made from the values in `models`."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from annotator import models
from annotator.output import Kind, replacing

LINES: dict[str, type[models.Value]] = {
    "annotation": models.Annotation,
    "article": models.Article,
    "failure": models.Failure,
    "manifest": models.Manifest,
    "prediction": models.Prediction,
    "record": models.Record,
    "run": models.RunInfo,
    "task": models.Task,
    "translation": models.Translation,
}


def text(name: str) -> str:
    """Return the schema file's text for one kind of line."""
    schema = LINES[name].model_json_schema(mode="serialization")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, **schema}
    return _shown(schema)


def _shown(schema: object) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def write(directory: Path) -> list[Path]:
    """Write every schema file, or none, and return their paths.

    Raises:
        UsageError: one of them is a file of another kind.
    """
    directory.mkdir(parents=True, exist_ok=True)
    paths = {name: directory / f"{name}.schema.json" for name in LINES}
    with ExitStack() as stack:
        streams = {name: stack.enter_context(replacing(path, _kind(name))) for name, path in paths.items()}
        for name, stream in streams.items():
            stream.write(text(name).encode())
    return list(paths.values())


def _kind(name: str) -> Kind:
    """A schema of an earlier version is in our form, and names the same kind of line."""

    def holds(stream: IO[bytes]) -> bool:
        found = stream.read()
        try:
            schema = json.loads(found)
            return _shown(schema).encode() == found and {"$schema": schema["$schema"], "title": schema["title"]} == head
        except (ValueError, LookupError, TypeError, RecursionError):
            return False

    made = json.loads(text(name))
    head = {"$schema": made["$schema"], "title": made["title"]}
    return Kind(f"the schema of {name}", holds, "--dir")


def stale(directory: Path) -> list[Path]:
    """Return the schema files that are missing or differ from the code."""
    wanted = {directory / f"{name}.schema.json": text(name) for name in LINES}
    return [path for path, now in wanted.items() if not path.is_file() or path.read_bytes() != now.encode()]
