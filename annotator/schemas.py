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
    "dataset-article": models.DatasetArticle,
    "failure": models.Failure,
    "manifest": models.Manifest,
    "mend": models.Mend,
    "model": models.TrainedModel,
    "prediction": models.Prediction,
    "record": models.Record,
    "run": models.RunInfo,
    "task": models.Task,
    "translation": models.Translation,
}


def schema_text(name: str) -> str:
    """Return the schema file's text for one kind of line."""
    schema = LINES[name].model_json_schema(mode="serialization")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, **schema}
    return _formatted(schema)


def _formatted(schema: object) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def write(directory: Path) -> list[Path]:
    """Write every schema file, or none, and return their paths.

    Raises:
        UsageError: one of them is a file of another kind.
    """
    directory.mkdir(parents=True, exist_ok=True)
    files = paths(directory)
    with ExitStack() as stack:
        streams = {name: stack.enter_context(replacing(path, _kind(name))) for name, path in files.items()}
        for name, stream in streams.items():
            stream.write(schema_text(name).encode())
    return list(files.values())


def paths(directory: Path) -> dict[str, Path]:
    """Return where the schema file of each kind of line is."""
    return {name: directory / f"{name}.schema.json" for name in LINES}


def _kind(name: str) -> Kind:
    """Return the kind of file that may be replaced: a schema, of any version, of the same kind of line in our form."""

    def holds_schema(stream: IO[bytes]) -> bool:
        content = stream.read()
        try:
            schema = json.loads(content)
            is_ours = {"$schema": schema["$schema"], "title": schema["title"]} == head
            return is_ours and _formatted(schema).encode() == content
        except (ValueError, LookupError, TypeError, RecursionError):
            return False

    current = json.loads(schema_text(name))
    head = {"$schema": current["$schema"], "title": current["title"]}
    return Kind(f"the schema of {name}", holds_schema, "--dir")


def stale(directory: Path) -> list[Path]:
    """Return the schema files that are missing or differ from the code."""
    expected = {path: schema_text(name) for name, path in paths(directory).items()}
    return [path for path, text in expected.items() if not path.is_file() or path.read_bytes() != text.encode()]
