"""Label Studio JSON: tasks with everybody's answers, to be imported again.

The server credits imported answers to whoever imports them. Who gave each, and when, therefore also stands in the
`meta` of its first result item, which the server keeps, and reading its export restores it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from annotator.agreement.review import answer
from annotator.labels import SOURCE_MENTION
from annotator.labelstudio.form import CLAIM, COMMENT, MARKS, MENTIONS, UNIT
from annotator.labelstudio.payload import RESTORED, VOTE
from annotator.models import SCHEMA_VERSION, AnnotationStatus, Record, Vote

FILE = "label-studio.json"
_KEPT = {*RESTORED, "status", "label"}
"""What was said stands there too: an answer that was changed after the import is somebody else's."""


@contextmanager
def label_studio(folder: Path) -> Iterator[Callable[[Record], object]]:
    """Write `label-studio.json`, one array. A unit whose text does not leave is no task: nobody could label it."""
    between = "[\n"
    with (folder / FILE).open("w", encoding="utf-8", newline="\n") as stream:

        def write(record: Record) -> None:
            nonlocal between
            if not record.data.source_text:
                return
            stream.write(between + json.dumps(task(record), ensure_ascii=False))
            between = ",\n"

        yield write
        stream.write("[]\n" if between == "[\n" else "\n]\n")


def task(record: Record) -> dict[str, Any]:
    """Return the record as a task."""
    meta = {"unit_id": record.data.unit_id, "schema_version": SCHEMA_VERSION, "revision": record.revision}
    return {
        "data": record.data.model_dump(mode="json"),
        "meta": {**meta, "split": record.split},
        "annotations": [_annotation(vote) for vote in record.votes],
        "predictions": [],
    }


def _annotation(vote: Vote) -> dict[str, Any]:
    first, *rest = _items(vote)
    return {
        "result": [{**first, "meta": {VOTE: vote.model_dump(mode="json", include=_KEPT)}}, *rest],
        "was_cancelled": vote.status is AnnotationStatus.SKIPPED,
        "ground_truth": vote.ground_truth,
        "lead_time": vote.lead_time,
    }


def _items(vote: Vote) -> Iterator[dict[str, Any]]:
    said = answer(vote)
    yield _item(CLAIM, "choices", {"choices": [said] if said else []})
    if vote.marks:
        yield _item(MARKS, "choices", {"choices": list(vote.marks)})
    for number, mention in enumerate(vote.mentions, start=1):
        span = {"start": mention.start, "end": mention.end, "text": mention.text, "labels": [SOURCE_MENTION.value]}
        yield {**_item(MENTIONS, "labels", span), "id": f"{MENTIONS}-{number}"}
    if vote.comment:
        yield _item(COMMENT, "textarea", {"text": [vote.comment]})


def _item(name: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "from_name": name, "to_name": UNIT, "type": kind, "value": value}
