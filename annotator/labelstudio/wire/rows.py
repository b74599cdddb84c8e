"""Rows of Label Studio's own files become annotations: its JSON, its JSON_MIN, and tasks as pushed.

JSON_MIN has one row per annotation, leaves skipped ones out and keeps no `meta`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annotator.labels import CLAIM, COMMENT, MARKS, MENTIONS
from annotator.labelstudio.wire import incoming
from annotator.labelstudio.wire.incoming import Origin
from annotator.models import Annotation, Answer, Failure, TaskData, Unplaced

_MIN_FIELDS = ("annotator", "annotation_id", "lead_time", "created_at", "updated_at")


def is_row(row: Mapping[str, Any]) -> bool:
    """Tell whether the mapping is a row of Label Studio's or a task."""
    return isinstance(row.get("data"), dict) or "annotation_id" in row


def read_row(row: dict[str, Any], name: str) -> Sequence[Answer]:
    """Return what one row holds: its answers, what of it must be set aside, or the row itself if it names no unit."""
    task = row if isinstance(row.get("data"), dict) else task_of_min(row)
    origin = Origin(project=incoming.number(task.get("project")), name=name)
    if not task["data"].get("unit_id"):
        return [Unplaced(row=task, source=name, project=origin.project, place=f"task {row.get('id')}")]
    return _lines(task, origin)


def place_row(unplaced: Unplaced, unit: TaskData) -> Sequence[Annotation | Failure]:
    """Return what a row without unit id holds, once it is known of which unit it is.

    Raises:
        ValueError: it is a line that names an annotator and is not an annotation all the same.
    """
    row: dict[str, Any] = {**unplaced.row, "data": unit.model_dump(mode="json")}
    if "annotator" in row:
        return [Annotation.model_validate({"server": unplaced.server, **row})]
    return _lines(row, Origin(project=unplaced.project, name=unplaced.source, server=unplaced.server))


def _lines(task: dict[str, Any], origin: Origin) -> Sequence[Annotation | Failure]:
    """Return the task's answers and what must be set aside; a line of its own for a task without a usable answer."""
    annotations, failures = incoming.read_task(task, origin)
    unanswered = None if annotations else incoming.unlabelled(task, origin)
    return [*annotations, *failures, *([unanswered] if unanswered else [])]


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
