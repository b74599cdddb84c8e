"""The JSON Schema (draft 2020-12) of every file, made from the values in `models`."""

from __future__ import annotations

import json
from pathlib import Path

from annotator import models

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
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def write(directory: Path) -> list[Path]:
    """Write every schema file and return their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = [directory / f"{name}.schema.json" for name in LINES]
    for name, path in zip(LINES, paths, strict=True):
        path.write_text(text(name), encoding="utf-8", newline="\n")
    return paths


def stale(directory: Path) -> list[Path]:
    """Return the schema files that are missing or differ from the code."""
    wanted = {directory / f"{name}.schema.json": text(name) for name in LINES}
    return [path for path, now in wanted.items() if not path.is_file() or path.read_bytes() != now.encode()]
