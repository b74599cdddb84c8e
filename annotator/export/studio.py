"""Rows of Label Studio's own files become annotations: its JSON, its JSON_MIN, and tasks as pushed.

JSON_MIN has one row per annotation, leaves skipped ones out and keeps no `meta`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from annotator.labelstudio import payload
from annotator.labelstudio.form import CLAIM, COMMENT, MARKS, MENTIONS
from annotator.labelstudio.payload import Origin
from annotator.models import Annotation, Failure

_MIN_FIELDS = ("annotator", "annotation_id", "lead_time", "created_at", "updated_at")


class Orphan(NamedTuple):
    """A row whose task has no unit id: it may still be a known unit, by its text and offsets."""

    row: dict[str, Any]
    origin: Origin
    place: str

    def dump(self) -> str:
        """Return the row as one line of JSON."""
        return json.dumps([self.row, asdict(self.origin), self.place])

    @classmethod
    def load(cls, text: str) -> Orphan:
        """Undo `dump`."""
        row, origin, place = json.loads(text)
        return cls(row, Origin(**origin), place)


def is_row(row: Mapping[str, Any]) -> bool:
    """Tell whether the mapping is a row of Label Studio's or a task."""
    return isinstance(row.get("data"), Mapping) or "annotation_id" in row


def lines(row: dict[str, Any], name: str) -> Iterator[Annotation | Failure | Orphan]:
    """Yield what one row holds: its answers, what of it must be set aside, or the row itself if it names no unit."""
    task = row if isinstance(row.get("data"), Mapping) else task_of_min(row)
    origin = Origin(project=payload.number(task.get("project")), name=name)
    if not task["data"].get("unit_id"):
        yield Orphan(task, origin, f"task {row.get('id')}")
        return
    yield from answers(task, origin)


def answers(task: dict[str, Any], origin: Origin) -> Iterator[Annotation | Failure]:
    """Yield the task's answers and what must be set aside; a line of its own for a task without a usable answer."""
    kept, aside = payload.answers(task, origin)
    yield from kept
    yield from aside
    if not kept and (line := payload.unlabelled(task, origin)):
        yield line


def task_of_min(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON_MIN row as a task with at most one annotation."""
    controls = {CLAIM, MARKS, MENTIONS, COMMENT}
    data = {key: value for key, value in row.items() if key not in {*controls, *_MIN_FIELDS, "id"}}
    if row.get("annotation_id") is None:
        return {"id": row.get("id"), "data": data, "annotations": []}
    annotation = {
        "id": row["annotation_id"],
        "completed_by": row.get("annotator"),
        "result": [_item(name, value) for name in sorted(controls) for value in _values(name, row.get(name))],
        **{name: row.get(name) for name in ("lead_time", "created_at", "updated_at")},
    }
    return {"id": row.get("id"), "data": data, "annotations": [annotation]}


def _item(name: str, value: object) -> dict[str, Any]:
    return {"from_name": name, "to_name": "unit", "value": value}


def _values(name: str, value: Any) -> list[Any]:  # noqa: ANN401 - a string, a list or a mapping
    """A single choice is a bare string, several are a mapping, spans a list of mappings."""
    if value in (None, "", []):
        return []
    if name == MENTIONS:
        return value if isinstance(value, list) else [value]
    if name == COMMENT:
        return [{"text": value if isinstance(value, list) else [value]}]
    return [value if isinstance(value, dict) else {"choices": value if isinstance(value, list) else [value]}]
