"""Rows of Label Studio's own files become annotations: its JSON, its JSON_MIN, and tasks as pushed.

JSON_MIN has one row per annotation, leaves skipped ones out and keeps no `meta`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from annotator.labelstudio import payload
from annotator.labelstudio.form import CLAIM, COMMENT, MARKS, MENTIONS
from annotator.labelstudio.payload import Origin
from annotator.models import Annotation, Failure, Vote

VOTE = "vote"
"""In the `meta` of a result item that we wrote: who gave the answer, for the server knows only who imported it."""

_MIN_FIELDS = ("annotator", "annotation_id", "lead_time", "created_at", "updated_at")
RESTORED = (
    "annotator",
    "created_at",
    "updated_at",
    "suggestion",
    "guidelines_version",
    "lead_time",
    "ground_truth",
    "adjudication",
)


class Orphan(NamedTuple):
    """A row whose task has no unit id: it may still be a known unit, by its text and offsets."""

    row: dict[str, Any]
    origin: Origin
    place: str

    def dump(self) -> str:
        """Return the row as one line of JSON."""
        return json.dumps([self.row, self.origin.project, self.origin.name, self.place])

    @classmethod
    def load(cls, text: str) -> Orphan:
        """Undo `dump`."""
        row, project, name, place = json.loads(text)
        return cls(row, Origin(project=project, name=name), place)


def is_row(row: Mapping[str, Any]) -> bool:
    """Tell whether the mapping is a row of Label Studio's or a task."""
    return isinstance(row.get("data"), Mapping) or "annotation_id" in row


def lines(row: dict[str, Any], name: str) -> Iterator[Annotation | Failure | Orphan]:
    """Yield what one row holds: its answers, what of it must be set aside, or the row itself if it names no unit."""
    try:
        task = row if isinstance(row.get("data"), Mapping) else task_of_min(row)
    except TypeError as error:
        yield _malformed(row, name, error)
        return
    origin = Origin(project=task.get("project") or 0, name=name)
    if not task["data"].get("unit_id"):
        yield Orphan(task, origin, f"task {row.get('id')}")
        return
    yield from answers(task, origin)


def answers(task: dict[str, Any], origin: Origin) -> Iterator[Annotation | Failure]:
    """Yield the task's answers and what must be set aside; a line of its own for a task without a usable answer.

    A task that is not of the server's making may have any value anywhere: it is set aside whole.
    """
    try:
        yield from list(_answers(task, origin))
    except (AttributeError, TypeError, ValidationError) as error:
        yield _malformed(task, origin.name, error)


def _answers(task: dict[str, Any], origin: Origin) -> Iterator[Annotation | Failure]:
    kept, aside = payload.answers(task, origin)
    yield from restored(task, kept)
    yield from aside
    if not kept and (line := payload.unlabelled(task, origin)):
        yield line


def _malformed(row: Mapping[str, Any], name: str, error: Exception) -> Failure:
    seen = f"{type(error).__name__} {str(error).splitlines()[0]}"
    told = f"task {row.get('id')}: {seen} ({payload.REASONS['malformed']})"
    return Failure(step="export", source=name, reason="malformed", message=told)


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


def _item(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"from_name": name, "to_name": "unit", "value": value}


def _values(name: str, value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a string, a list or a mapping
    """A single choice is a bare string, several are a mapping, spans a list of mappings."""
    if value in (None, "", []):
        return []
    if name == MENTIONS:
        return list(value)
    if name == COMMENT:
        return [{"text": value if isinstance(value, list) else [value]}]
    return [value if isinstance(value, dict) else {"choices": value if isinstance(value, list) else [value]}]


def restored(task: Mapping[str, Any], kept: Iterable[Annotation]) -> Iterator[Annotation]:
    """Give answers that were exported and imported again back to who gave them, and when."""
    given = {answer.get("id"): answer for answer in task.get("annotations") or () if isinstance(answer, Mapping)}
    return (_restored(annotation, given.get(annotation.annotation)) for annotation in kept)


def _restored(annotation: Annotation, answer: Mapping[str, Any] | None) -> Annotation:
    kept = next((meta[VOTE] for meta in _metas(answer) if isinstance(meta.get(VOTE), dict)), None)
    if kept is None:
        return annotation
    try:
        vote = Vote.model_validate({**annotation.model_dump(include=set(Vote.model_fields)), **kept})
    except ValidationError:
        return annotation
    return annotation.model_copy(update={name: getattr(vote, name) for name in RESTORED})


def _metas(answer: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    for item in (answer or {}).get("result") or ():
        if isinstance(item, Mapping) and isinstance(item.get("meta"), Mapping):
            yield item["meta"]
