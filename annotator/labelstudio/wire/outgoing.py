"""Tasks on their way into Label Studio: what a push adds to them, and why the server would refuse one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from annotator.labelstudio.form import Form
from annotator.models import DISPLAY_FIELDS, Task
from annotator.tasks import HIDDEN_SUGGESTION, SUGGESTION
from annotator.text import digest

_NO_TEXT = re.compile("[\\0\ud800-\udfff]")
_ARTICLE = {"site", "url", "published", "author", "section", "article_language", "source"}
_NOT_COMPARED = {"signature", "translation_warning_codes", *_ARTICLE, *DISPLAY_FIELDS}
_BLIND_SEED = "blind-1"


def is_blind(unit_id: str, share: float) -> bool:
    """Tell whether the unit is one of the `share` that people label without seeing a suggestion.

    Depends on the unit alone, so that a second push or another machine chooses the same ones.
    """
    drawn = int.from_bytes(hashlib.sha256(f"{_BLIND_SEED}:{unit_id}".encode()).digest()[:8], "big")
    return drawn / 2**64 < share


def content(task: Task) -> str:
    """Return a digest of what the task shows: which versions of the steps made it does not matter.

    The codes of warnings and what tells of the article are not shown. With them, every task pushed by a version
    without them would look outdated. Nor do the fields count that are for the screen alone.
    """
    return digest(task.data.model_dump_json(exclude=_NOT_COMPARED), 12)


def stamped(task: Task, digest_of_content: str) -> Task:
    """Return the task with the digest by which a later push sees that there is a better version."""
    return task.model_copy(update={"meta": task.meta.model_copy(update={"content": digest_of_content})})


def blinded(task: Task) -> Task:
    """Return the task without a suggestion on any screen; its `meta`, which none shows, keeps it for measuring."""
    bare = task.data.model_copy(update=dict.fromkeys(SUGGESTION, ""))
    if not task.data.suggested_label:
        return task.model_copy(update={"data": bare, "predictions": ()})
    hidden = task.data.model_dump(mode="json", include=set(SUGGESTION))
    meta = task.meta.model_copy(update={HIDDEN_SUGGESTION: hidden})
    return task.model_copy(update={"data": bare, "meta": meta, "predictions": ()})


def problems(task: Task, form: Form) -> list[str]:
    """Return why the server would refuse the task, or take it and show something else than meant."""
    data = {**task.data.__dict__, **(task.data.model_extra or {})}
    return [*_data_problems(data, form), *_identity_problems(task), *_prediction_problems(task, form)]


def _data_problems(data: Mapping[str, Any], form: Form) -> Iterator[str]:
    yield from (f"data.{name} is missing, which the form shows" for name in sorted(form.variables - data.keys()))
    yield from (f"data.{name} is null: use an empty string" for name, value in data.items() if value is None)
    texts = {name: value for name, value in data.items() if isinstance(value, str)}
    if _NO_TEXT.search("\n".join(texts.values())):  # one search where there is nothing to find
        yield from (f"data.{name} holds {what}" for name, text in texts.items() if (what := _no_text(text)))


def _no_text(text: str) -> str:
    match = _NO_TEXT.search(text)
    if not match:
        return ""
    return "a NUL character, which databases refuse" if match[0] == "\0" else "half a surrogate pair, which is not text"


def _identity_problems(task: Task) -> Iterator[str]:
    data = task.data
    if not data.unit_id:
        yield "data.unit_id is empty"
    if task.meta.unit_id != data.unit_id:
        yield f"meta.unit_id {task.meta.unit_id!r} is not data.unit_id {data.unit_id!r}"
    if data.end - data.start != len(data.source_text):
        yield f"data.start {data.start} and data.end {data.end} do not span the {len(data.source_text)} of source_text"


def _prediction_problems(task: Task, form: Form) -> Iterator[str]:
    for item in (item for prediction in task.predictions for item in prediction.result):
        control = form.controls.get(item.from_name)
        if control is None or control.to_name != item.to_name or control.tag.lower() != item.type:
            yield f"prediction for {item.from_name!r} on {item.to_name!r}, which the form does not have"
            continue
        for choice in item.value.choices:
            if choice not in control.values:
                yield f"prediction {choice!r}, which is none of {', '.join(control.values)}"
