"""Annotation files become annotation values. Every line that cannot be read is listed, never dropped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from annotator.errors import UsageError
from annotator.models import Annotation, Failure


def read_annotations(path: Path) -> Iterator[Annotation | Failure]:
    """Yield the file's annotations and the lines that are none.

    Raises:
        UsageError: the file does not exist.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such file", hint="annotator pull --project TITLE --out annotations.jsonl")
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _annotation(line, path, number)


def _annotation(line: bytes, path: Path, number: int) -> Annotation | Failure:
    try:
        return Annotation.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the line"
        return Failure(
            step="export",
            source=str(path),
            line=number,
            reason="no_annotation",
            message=f"{place}: {first['msg']}",
            hint="export reads the lines that annotator pull writes",
        )
