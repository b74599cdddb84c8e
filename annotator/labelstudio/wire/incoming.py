"""A task as the server gives it becomes annotations.

Nothing is dropped silently. An annotation, or one item of it, that cannot be used becomes a `Failure` whose
`reason` is one of `REASONS`; only a broken claim costs the answer. A skipped annotation is kept, with that status.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from annotator.labels import CLAIM, COMMENT, GUIDELINES_VERSION, MARKS, MENTIONS, NOT_A_UNIT, Label
from annotator.models import Annotation, AnnotationStatus, Failure, Mention, TaskData, Vote
from annotator.tasks import RESTORED, VOTE

REASONS = {
    "foreign_task": "a task that this tool did not push",
    "malformed": "an annotation that is not in Label Studio's form",
    "no_label": "an annotation without a label",
    "several_labels": "an annotation with more than one label",
    "unknown_label": "a label that the scheme does not have, perhaps of an older form",
    "unknown_control": "an item of a control that the form does not have",
    "relation": "a relation between source mentions, which is not a part of an answer",
    "value": "an item whose value is not what its control gives",
    "span": "a source mention that does not fit the unit's text",
    "draft": "an answer that was typed but never submitted",
}

_HALF = re.compile("[\ud800-\udfff]")
_CONTROLS = (CLAIM, MARKS, MENTIONS, COMMENT)
_SHOWN = 60
_NUMBERS = 2**63
"""What the id columns of its databases, and ours in a dataset, can hold. A file that somebody wrote can hold more."""


@dataclass(frozen=True)
class Origin:
    """The project an answer comes from, its server's stable id where it is known, and how it showed suggestions."""

    project: int
    name: str
    server: str = ""
    preselect: bool = False
    guidelines_version: str = GUIDELINES_VERSION


def answers(row: Mapping[str, Any], origin: Origin) -> tuple[list[Annotation], list[Failure]]:
    """Return a task's annotations as the server gives them, and what of it had to be set aside.

    An answer that was exported and imported again comes back as that of who gave it, when it was given.
    """
    try:
        data = TaskData.model_validate(row.get("data"))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "data"
        return [], [_Place(row, origin).aside("foreign_task", f"{where} is missing or wrong")]
    place = _Place(row, origin, data)
    kept: list[Annotation] = []
    aside = [_draft(place, draft) for draft in _listed(row.get("drafts")) if not _submitted(draft)]
    for answer in _listed(row.get("annotations")):
        annotation, refused = _annotation(place, answer)
        kept += [annotation] if annotation else []
        aside += refused
    return kept, aside


def unlabelled(row: Mapping[str, Any], origin: Origin) -> Annotation | None:
    """Return a line for a task that nobody has answered, or none for a task that is not ours."""
    try:
        data = TaskData.model_validate(row.get("data"))
    except ValidationError:
        return None
    identity = _identity(_Place(row, origin, data))
    return Annotation(**identity, annotation=0, annotator="", status=AnnotationStatus.UNLABELLED)


def number(value: object) -> int:
    """Return a number of the server's; 0 for what is not one, or is larger than a database counts."""
    try:
        whole = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        return 0
    return whole if abs(whole) < _NUMBERS else 0


@dataclass(frozen=True)
class _Place:
    """A task of a project, to name it where something of it is set aside."""

    row: Mapping[str, Any]
    origin: Origin
    data: TaskData | None = None

    def aside(self, reason: str, seen: str, *, within: str = "") -> Failure:
        """Return what is listed: the reason, what was seen, and in which part of the task."""
        where = f"task {_shown(self.row.get('id'))}" + (f", {within}" if within else "")
        return Failure(
            step="pull",
            source=self.origin.name,
            task=number(self.row.get("id")) or None,
            article_id=self.data.article_id if self.data else "",
            unit_id=self.data.unit_id if self.data else "",
            reason=reason,
            message=f"{where}: {seen} ({REASONS[reason]})" if seen else f"{where} ({REASONS[reason]})",
        )


class _Aside(NamedTuple):
    """Why something is set aside, and what was seen."""

    reason: str
    seen: str


class _Said(NamedTuple):
    """The status and label of an answer, or why it has none."""

    status: AnnotationStatus = AnnotationStatus.SKIPPED
    label: Label | None = None
    refused: _Aside | None = None


def _annotation(place: _Place, answer: object) -> tuple[Annotation | None, list[Failure]]:
    if not isinstance(answer, Mapping):
        return None, [place.aside("malformed", _shown(answer), within="an annotation")]
    within = f"annotation {_shown(answer.get('id'))}"
    values, strange = _by_control(answer.get("result"))
    said = _said(values[CLAIM], cancelled=bool(answer.get("was_cancelled")))
    if said.refused:
        return None, [place.aside(*said.refused, within=within)]
    mentions = _mentions(values[MENTIONS], place, strange)
    annotation = Annotation(
        **_identity(place),
        annotation=number(answer.get("id")),
        annotator=_annotator(answer),
        server=place.origin.server,
        status=said.status,
        label=said.label,
        marks=_words(values[MARKS], MARKS, "choices", strange),
        mentions=mentions,
        comment="\n".join(_words(values[COMMENT], COMMENT, "text", strange)),
        lead_time=answer.get("lead_time"),
        created_at=answer.get("created_at") or "",
        updated_at=answer.get("updated_at") or "",
        ground_truth=bool(answer.get("ground_truth")),
        suggestion=_suggestion(place, answer),
    )
    aside = [place.aside(reason, seen, within=within) for reason, seen in dict.fromkeys(strange)]
    return _restored(annotation, answer), aside


def _by_control(result: object) -> tuple[dict[str, list[object]], list[_Aside]]:
    """Return the values of each control, and the items that are of none."""
    values: dict[str, list[object]] = {name: [] for name in _CONTROLS}
    strange: list[_Aside] = []
    for item in _listed(result):
        name = item.get("from_name") if isinstance(item, Mapping) else None
        if isinstance(item, Mapping) and name in _CONTROLS:
            values[name].append(item.get("value"))
        elif isinstance(item, Mapping) and item.get("type") == "relation":
            strange.append(_Aside("relation", f"from {_shown(item.get('from_id'))} to {_shown(item.get('to_id'))}"))
        else:
            strange.append(_Aside("unknown_control", _shown(name or item)))
    return values, strange


def _said(values: Sequence[object], *, cancelled: bool) -> _Said:
    if cancelled:
        return _Said()
    chosen: list[str] = []
    for value in values:
        choices = _strings(value, "choices")
        if choices is None:
            return _refused("malformed", f"{CLAIM} is {_shown(value)}")
        chosen += choices
    match list(dict.fromkeys(chosen)):
        case []:
            return _refused("no_label", f"no choice of {CLAIM}")
        case [choice]:
            return _label(choice)
        case several:
            return _refused("several_labels", _shown(", ".join(several)))


def _label(choice: str) -> _Said:
    if choice == NOT_A_UNIT:
        return _Said(status=AnnotationStatus.NOT_A_UNIT)
    if choice not in set(Label):
        return _refused("unknown_label", _shown(choice))
    return _Said(status=AnnotationStatus.LABELLED, label=Label(choice))


def _refused(reason: str, seen: str) -> _Said:
    return _Said(refused=_Aside(reason, seen))


def _words(values: Sequence[object], control: str, key: str, strange: list[_Aside]) -> tuple[str, ...]:
    """Return the words of a control's items, and note the items that hold something else."""
    words: list[str] = []
    for value in values:
        said = _strings(value, key)
        if said is None:
            strange.append(_Aside("value", f"{control} is {_shown(value)}"))
        words += said or ()
    return tuple(words)


def _mentions(values: Sequence[object], place: _Place, strange: list[_Aside]) -> tuple[Mention, ...]:
    """Return the spans that fit, in their order, and note those that do not."""
    data = place.data
    assert data  # noqa: S101 - a task that is not ours has no answers
    fitting = []
    for value in values:
        start, end = (value.get("start"), value.get("end")) if isinstance(value, Mapping) else (None, None)
        if not (isinstance(value, Mapping) and isinstance(start, int) and isinstance(end, int)):
            strange.append(_Aside("value", f"{MENTIONS} is {_shown(value)}"))
            continue
        text = value.get("text") or ""
        found = data.source_text[start:end] if 0 <= start < end <= len(data.source_text) else ""
        if not found or (text and text != found):
            strange.append(_Aside("span", f"{start}-{end} says {_shown(text)} where the unit has {found!r}"))
            continue
        fitting.append(
            Mention(start=start, end=end, article_start=data.start + start, article_end=data.start + end, text=found)
        )
    return tuple(sorted(fitting, key=lambda mention: (mention.start, mention.end)))


def _identity(place: _Place) -> dict[str, Any]:
    meta = place.row.get("meta")
    revision = meta.get("revision") if isinstance(meta, Mapping) else None
    return {
        "data": place.data,
        "revision": _HALF.sub("", revision) if isinstance(revision, str) else "",
        "project_server": place.origin.server,
        "project": place.origin.project,
        "task": number(place.row.get("id")),
        "guidelines_version": place.origin.guidelines_version,
    }


def _annotator(answer: Mapping[str, Any]) -> str:
    """The server gives a number in lists and exports, a mapping for a single task, and nothing for a deleted login.

    Two people who are both gone must not become one.
    """
    user = answer.get("completed_by")
    known = user.get("id") if isinstance(user, Mapping) else user
    return _HALF.sub("", str(known or f"unknown-{answer.get('id')}"))


def _suggestion(place: _Place, answer: Mapping[str, Any]) -> Literal["none", "text", "preselected"]:
    """`annotation.prediction` is filled even where none was shown; only `parent_prediction` tells that one was used."""
    if not (place.data and place.data.suggested_label):
        return "none"
    return "preselected" if place.origin.preselect or answer.get("parent_prediction") else "text"


def _restored(annotation: Annotation, answer: Mapping[str, Any]) -> Annotation:
    """Give an imported answer back to who gave it; one that was changed since is that of whoever changed it."""
    kept = next((meta[VOTE] for meta in _metas(answer) if isinstance(meta.get(VOTE), Mapping)), None)
    said = {"status": annotation.status, "label": annotation.label}
    if kept is None or any(kept.get(name, now) != now for name, now in said.items()):
        return annotation
    try:
        vote = Vote.model_validate({**annotation.model_dump(include=set(Vote.model_fields)), "server": "", **kept})
    except ValidationError:
        return annotation
    given = {name: getattr(vote, name) for name in RESTORED}
    return annotation.model_copy(update=given | {"annotator": vote.annotator.removesuffix(f"@{vote.server}")})


def _metas(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for item in _listed(answer.get("result")):
        if isinstance(item, Mapping) and isinstance(item.get("meta"), Mapping):
            yield item["meta"]


def _draft(place: _Place, draft: object) -> Failure:
    """Without its author, whom the server gives as an e-mail address."""
    return place.aside("draft", "", within=f"draft {_shown(draft.get('id') if isinstance(draft, Mapping) else None)}")


def _submitted(draft: object) -> bool:
    """A draft of a later change belongs to an annotation that counts as it stands."""
    return isinstance(draft, Mapping) and bool(draft.get("annotation"))


def _strings(value: object, key: str) -> list[str] | None:
    """Return the strings under the key, be it one or a list; none where there is something else."""
    said = value.get(key) if isinstance(value, Mapping) else None
    listed = [said] if isinstance(said, str) else said
    if not isinstance(listed, list) or not all(isinstance(one, str) and not _HALF.search(one) for one in listed):
        return None
    return listed


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else () if value is None else [value]


def _shown(value: object) -> str:
    seen = repr(value)
    return seen if len(seen) <= _SHOWN else f"{seen[:_SHOWN]}…"
