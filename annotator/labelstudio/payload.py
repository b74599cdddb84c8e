"""What goes into Label Studio and what comes out of it, as pure functions: no connection, no SDK.

Nothing is dropped silently. An annotation, or one item of it, that cannot be used becomes a `Failure` whose
`reason` is one of `REASONS`; a skipped annotation is kept, with that status.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from annotator.labels import GUIDELINES_VERSION, NOT_A_UNIT, Label
from annotator.labelstudio.form import CLAIM, COMMENT, MARKS, MENTIONS, Form
from annotator.models import Annotation, AnnotationStatus, Failure, Mention, Task, TaskData
from annotator.text import digest

REASONS = {
    "foreign_task": "a task that this tool did not push",
    "malformed": "an annotation that is not in Label Studio's form",
    "no_label": "an annotation without a label",
    "several_labels": "an annotation with more than one label",
    "unknown_label": "a label that the scheme does not have, perhaps of an older form",
    "unknown_control": "an item of a control that the form does not have",
    "span": "a source mention that does not fit the unit's text",
    "draft": "an answer that was typed but never submitted",
}

_NO_TEXT = re.compile("[\\0\ud800-\udfff]")
_BLIND_SEED = "blind-1"
_SCHEME = (*Label, NOT_A_UNIT)


@dataclass(frozen=True)
class Origin:
    """The project an answer comes from, and how it showed suggestions."""

    project: int
    name: str
    preselect: bool = False
    guidelines_version: str = GUIDELINES_VERSION


def is_blind(unit_id: str, share: float) -> bool:
    """Tell whether the unit is one of the `share` that people label without seeing a suggestion.

    Depends on the unit alone, so that a second push or another machine chooses the same ones.
    """
    drawn = int.from_bytes(hashlib.sha256(f"{_BLIND_SEED}:{unit_id}".encode()).digest()[:8], "big")
    return drawn / 2**64 < share


def content(task: Task) -> str:
    """Return a digest of what the task shows: which versions of the steps made it does not matter."""
    return digest(task.data.model_dump_json(exclude={"signature"}), 12)


def stamped(task: Task, digest_of_content: str) -> Task:
    """Return the task with the digest by which a later push sees that there is a better version."""
    return task.model_copy(update={"meta": task.meta.model_copy(update={"content": digest_of_content})})


def blinded(task: Task) -> Task:
    """Return the task without any trace of a suggestion."""
    bare = {"suggested_label": "", "suggested_score": "", "suggestion_reasons": ""}
    return task.model_copy(update={"data": task.data.model_copy(update=bare), "predictions": ()})


def problems(task: Task, form: Form) -> list[str]:
    """Return why the server would refuse the task, or take it and show something else than meant."""
    row = task.model_dump(mode="json")
    return [*_data_problems(row["data"], form), *_identity_problems(task), *_prediction_problems(row, form)]


def answers(row: Mapping[str, Any], origin: Origin) -> tuple[list[Annotation], list[Failure]]:
    """Return a task's annotations as the server gives them, and what of it had to be set aside."""
    try:
        data = TaskData.model_validate(row.get("data"))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "data"
        return [], [_set_aside("foreign_task", f"task {row.get('id')}: {where} is missing or wrong", origin)]
    kept: list[Annotation] = []
    aside = [_draft(row, draft, data, origin) for draft in row.get("drafts") or () if not _submitted(draft)]
    for answer in row.get("annotations") or ():
        annotation, refused = _annotation(row, answer, data, origin)
        kept += [annotation] if annotation else []
        aside += refused
    return kept, aside


def unlabelled(row: Mapping[str, Any], origin: Origin) -> Annotation | None:
    """Return a line for a task that nobody has answered, or none for a task that is not ours."""
    try:
        data = TaskData.model_validate(row.get("data"))
    except ValidationError:
        return None
    return Annotation(**_identity(row, data, origin), annotation=0, annotator="", status=AnnotationStatus.UNLABELLED)


def _data_problems(data: Mapping[str, Any], form: Form) -> Iterator[str]:
    yield from (f"data.{name} is missing, which the form shows" for name in sorted(form.variables - data.keys()))
    yield from (f"data.{name} is null: use an empty string" for name, value in data.items() if value is None)
    for name, value in data.items():
        if isinstance(value, str):
            yield from _text_problems(name, value)


def _text_problems(name: str, text: str) -> Iterator[str]:
    if found := _NO_TEXT.search(text):
        what = (
            "a NUL character, which databases refuse" if found[0] == "\0" else "half a surrogate pair, which is no text"
        )
        yield f"data.{name} holds {what}"


def _identity_problems(task: Task) -> Iterator[str]:
    data = task.data
    if not data.unit_id:
        yield "data.unit_id is empty"
    if task.meta.unit_id != data.unit_id:
        yield f"meta.unit_id {task.meta.unit_id!r} is not data.unit_id {data.unit_id!r}"
    if data.end - data.start != len(data.source_text):
        yield f"data.start {data.start} and data.end {data.end} do not span the {len(data.source_text)} of source_text"


def _prediction_problems(row: Mapping[str, Any], form: Form) -> Iterator[str]:
    for prediction in row["predictions"]:
        for item in prediction["result"]:
            name = item["from_name"]
            control = form.controls.get(name)
            if control is None or control.to_name != item["to_name"] or control.tag.lower() != item["type"]:
                yield f"prediction for {name!r} on {item['to_name']!r}, which the form does not have"
                continue
            for choice in item["value"]["choices"]:
                if choice not in control.values:
                    yield f"prediction {choice!r}, which is none of {', '.join(control.values)}"


def _annotation(
    row: Mapping[str, Any], answer: Mapping[str, Any], data: TaskData, origin: Origin
) -> tuple[Annotation | None, list[Failure]]:
    place = f"task {row.get('id')}, annotation {answer.get('id')}"
    try:
        items = _by_control(answer.get("result") or ())
        said = _said(items, cancelled=bool(answer.get("was_cancelled")))
        mentions, misfits = _mentions(items.get(MENTIONS, ()), data)
        annotation = Annotation(
            **_identity(row, data, origin),
            annotation=answer["id"],
            annotator=str(_user_id(answer.get("completed_by"))),
            **said.fields,
            marks=tuple(mark for item in items.get(MARKS, ()) for mark in item["choices"]),
            mentions=mentions,
            comment="\n".join(text for item in items.get(COMMENT, ()) for text in _listed(item["text"])),
            lead_time=answer.get("lead_time"),
            created_at=answer.get("created_at") or "",
            updated_at=answer.get("updated_at") or "",
            ground_truth=bool(answer.get("ground_truth")),
            suggestion=_suggestion(data, answer, origin),
        )
    except (KeyError, TypeError, AttributeError, ValidationError) as error:
        return None, [_set_aside("malformed", f"{place}: {type(error).__name__} {_first_line(error)}", origin, data)]
    if said.refused:
        return None, [_set_aside(said.refused, f"{place}: {said.seen}", origin, data)]
    strange = sorted(items.keys() - {CLAIM, MARKS, MENTIONS, COMMENT})
    aside = [_set_aside("span", f"{place}: {misfit}", origin, data) for misfit in misfits]
    return annotation, aside + [_set_aside("unknown_control", f"{place}: {name}", origin, data) for name in strange]


@dataclass(frozen=True)
class _Said:
    status: AnnotationStatus = AnnotationStatus.SKIPPED
    label: Label | None = None
    refused: str = ""
    seen: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        return {"status": self.status, "label": self.label}


def _said(items: Mapping[str, Sequence[Mapping[str, Any]]], *, cancelled: bool) -> _Said:
    if cancelled:
        return _Said()
    chosen = list(dict.fromkeys(choice for item in items.get(CLAIM, ()) for choice in item["choices"]))
    if not chosen:
        return _Said(refused="no_label", seen="no choice of claim")
    if len(chosen) > 1:
        return _Said(refused="several_labels", seen=", ".join(map(str, chosen)))
    if chosen[0] not in _SCHEME:
        return _Said(refused="unknown_label", seen=repr(chosen[0]))
    if chosen[0] == NOT_A_UNIT:
        return _Said(status=AnnotationStatus.NOT_A_UNIT)
    return _Said(status=AnnotationStatus.LABELLED, label=Label(chosen[0]))


def _mentions(items: Iterable[Mapping[str, Any]], data: TaskData) -> tuple[tuple[Mention, ...], list[str]]:
    fitting, misfits = [], []
    for item in items:
        start, end, text = item["start"], item["end"], item.get("text", "")
        found = data.source_text[start:end] if 0 <= start < end <= len(data.source_text) else ""
        if not found or (text and text != found):
            misfits.append(f"{start}-{end} says {text!r} where the unit has {found!r}")
            continue
        fitting.append(
            Mention(start=start, end=end, article_start=data.start + start, article_end=data.start + end, text=found)
        )
    return tuple(sorted(fitting, key=lambda mention: (mention.start, mention.end))), misfits


def _by_control(result: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    items: dict[str, list[Mapping[str, Any]]] = {}
    for item in result:
        items.setdefault(item["from_name"], []).append(item["value"])
    return items


def _identity(row: Mapping[str, Any], data: TaskData, origin: Origin) -> dict[str, Any]:
    return {
        "data": data,
        "revision": (row.get("meta") or {}).get("revision") or "",
        "project": origin.project,
        "task": row.get("id") or 0,
        "guidelines_version": origin.guidelines_version,
    }


def _suggestion(data: TaskData, answer: Mapping[str, Any], origin: Origin) -> Literal["none", "text", "preselected"]:
    """`annotation.prediction` is filled even where none was shown; only `parent_prediction` tells that one was used."""
    if not data.suggested_label:
        return "none"
    return "preselected" if origin.preselect or answer.get("parent_prediction") else "text"


def _draft(row: Mapping[str, Any], draft: Mapping[str, Any], data: TaskData, origin: Origin) -> Failure:
    """Without its author, whom the server gives as an e-mail address."""
    return _set_aside("draft", f"task {row.get('id')}, draft {draft.get('id')}", origin, data)


def _submitted(draft: Mapping[str, Any]) -> bool:
    """A draft of a later change belongs to an annotation that counts as it stands."""
    return bool(draft.get("annotation"))


def _set_aside(reason: str, seen: str, origin: Origin, data: TaskData | None = None) -> Failure:
    return Failure(
        step="pull",
        source=origin.name,
        article_id=data.article_id if data else "",
        unit_id=data.unit_id if data else "",
        reason=reason,
        message=f"{seen} ({REASONS[reason]})",
    )


def _user_id(user: object) -> object:
    """The server gives a number in lists and exports, a mapping for a single task."""
    return user.get("id", "") if isinstance(user, Mapping) else user or ""


def _listed(text: str | Sequence[str]) -> Sequence[str]:
    return [text] if isinstance(text, str) else text


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
