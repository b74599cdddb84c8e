"""Reads what Label Studio's own export page saves as JSON or JSON-MIN, as if it had been pulled.

JSON-MIN flattens the task and keeps neither skips nor the article's revision; one mark is a string there, several
are `{"choices": [...]}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from annotator.errors import UsageError
from annotator.labelstudio import payload
from annotator.labelstudio.form import CLAIM, COMMENT, MARKS, MENTIONS
from annotator.labelstudio.payload import Origin
from annotator.models import Annotation, Failure, TaskData


def is_export(head: bytes) -> bool:
    """Tell a saved export (an array) by the beginning of its file from the lines that `pull` writes."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"["


def read(path: Path) -> Iterator[Annotation | Failure]:
    """Yield every annotation of a saved export, and what of it had to be set aside.

    Raises:
        UsageError: the file is no export of Label Studio.
    """
    try:
        rows = json.loads(path.read_bytes())
    except (ValueError, UnicodeDecodeError) as error:
        hint = "export it again as JSON; a download that broke off is not complete"
        raise UsageError(f"{path}: not valid JSON: {error}", hint=hint) from error
    if not isinstance(rows, list):
        raise UsageError(f"{path}: no export of Label Studio", hint="choose JSON or JSON-MIN on its export page")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            raise UsageError(f"{path}: entry {number} is no task", hint="choose JSON or JSON-MIN on the export page")
        whole = row if "data" in row else _unfolded(row)
        kept, aside = payload.answers(whole, Origin(project=whole.get("project") or 0, name=str(path)))
        yield from kept
        yield from aside


def _unfolded(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a JSON-MIN export in the form of a JSON one."""
    answer = {
        "id": row.get("annotation_id"),
        "completed_by": row.get("annotator"),
        "result": list(_result(row)),
        **{name: row.get(name) for name in ("created_at", "updated_at", "lead_time")},
    }
    return {
        "id": row.get("id"),
        "data": {name: row[name] for name in TaskData.model_fields if name in row},
        "annotations": [answer] if row.get("annotation_id") is not None else [],
    }


def _result(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for control in (CLAIM, MARKS):
        if control in row:
            yield {"from_name": control, "value": {"choices": _choices(row[control])}}
    for mention in row.get(MENTIONS) or ():
        yield {"from_name": MENTIONS, "value": mention}
    if COMMENT in row:
        yield {"from_name": COMMENT, "value": {"text": _choices(row[COMMENT])}}


def _choices(cell: Any) -> list[str]:  # noqa: ANN401 - whatever JSON says
    if isinstance(cell, Mapping):
        cell = cell.get("choices") or cell.get("text") or ()
    return [cell] if isinstance(cell, str) else list(cell or ())
