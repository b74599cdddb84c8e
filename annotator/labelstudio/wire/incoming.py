"""A task as the server gives it becomes annotations.

Nothing is dropped silently. An annotation, or one item of it, that cannot be used becomes a `Failure` whose
`reason` is one of `REASONS`; only a broken claim costs the answer. A skipped annotation is kept, with that status.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from annotator.labels import CLAIM, COMMENT, GUIDELINES_VERSION, MARKS, MENTIONS, Label
from annotator.labelstudio.guideline_versions import Version, version_at
from annotator.labelstudio.wire.controls import (
    as_list,
    by_control,
    claim_of,
    excerpt,
    is_text,
    mentions_of,
    text_of,
    words_of,
)
from annotator.models import DISPLAY_FIELDS, Annotation, AnnotationStatus, Failure, Gold, Quote, Sample, TaskData, Vote
from annotator.models.values import moment, seconds
from annotator.tasks import HIDDEN_SUGGESTION, RESTORED, VOTE

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

_BLANK = {name: None if field.is_required() else field.get_default() for name, field in Annotation.model_fields.items()}
"""Every field of an annotation in its order."""
_UNLABELLED = AnnotationStatus.UNLABELLED
_NUMBERS = 2**63
"""What the id columns of its databases, and ours in a dataset, can hold. A file that somebody wrote can hold more."""


@dataclass(frozen=True)
class Origin:
    """The project an answer comes from, its server's stable id where it is known, and how it showed suggestions."""

    project: int
    name: str
    server: str = ""
    preselect: bool = False
    guidelines: Sequence[Version] = (Version(GUIDELINES_VERSION),)
    """The versions that the project had, the newest first."""


def read_task(row: Mapping[str, Any], origin: Origin) -> tuple[list[Annotation], list[Failure]]:
    """Return a task's annotations as the server gives them, and what of it had to be set aside.

    An answer that was exported and imported again comes back as that of who gave it, when it was given.
    """
    try:
        data = task_data(_with_hidden(row))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "data"
        return [], [_AnsweredTask(row, origin).failure("foreign_task", f"{where} is missing or wrong")]
    task = _AnsweredTask(row, origin, data)
    identity = _identity(task)
    annotations: list[Annotation] = []
    failures = [_draft(task, draft) for draft in as_list(row.get("drafts")) if not _submitted(draft)]
    for answer in as_list(row.get("annotations")):
        annotation, set_aside = _annotation(task, identity, answer)
        annotations += [annotation] if annotation else []
        failures += set_aside
    return annotations, failures


def _with_hidden(row: Mapping[str, Any]) -> object:
    """Return the task's data, with the suggestion that it does not show where it is one that could have been shown."""
    data, hidden = row.get("data"), _hidden(row)
    if not (hidden and isinstance(data, dict)) or hidden.get("suggested_label") not in list(Label):
        return data
    score = hidden.get("suggested_score")
    given = {"suggested_label": hidden["suggested_label"], "suggested_score": score if _is_share(score) else ""}
    reasons = hidden.get("suggestion_reasons")
    return {**data, **given, "suggestion_reasons": reasons if isinstance(reasons, str) else ""}


def _hidden(row: Mapping[str, Any]) -> dict[str, Any]:
    meta = row.get("meta")
    hidden = meta.get(HIDDEN_SUGGESTION) if isinstance(meta, dict) else None
    return hidden if isinstance(hidden, dict) else {}


def _is_share(value: object) -> bool:
    return isinstance(value, float | int) and 0 <= value <= 1


def unlabelled(row: Mapping[str, Any], origin: Origin) -> Annotation | None:
    """Return a line for a task that nobody has answered, or none for a task that is not ours."""
    try:
        data = task_data(_with_hidden(row))
    except ValidationError:
        return None
    identity = _identity(_AnsweredTask(row, origin, data))
    version = origin.guidelines[0].name
    unanswered = {"guidelines_version": version, "annotation": 0, "annotator": "", "status": _UNLABELLED}
    return Annotation.of_checked({**identity, **unanswered})


def task_data(given: object) -> TaskData:
    """Return a task's own data, without what was added for the screen.

    Raises:
        ValidationError: it is not a task of ours.
    """
    if not isinstance(given, Mapping):
        return TaskData.model_validate(given)
    if not DISPLAY_FIELDS.isdisjoint(given):
        given = {name: value for name, value in given.items() if name not in DISPLAY_FIELDS}
    return TaskData.model_validate(given)


def number(value: object) -> int:
    """Return a number of the server's; 0 for what is not one, or is larger than a database counts."""
    try:
        whole = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        return 0
    return whole if abs(whole) < _NUMBERS else 0


class _AnsweredTask(NamedTuple):
    """A task as the server gives it, and the project that it is of."""

    row: Mapping[str, Any]
    origin: Origin
    data: TaskData | None = None

    def failure(self, reason: str, seen: str, *, within: str = "") -> Failure:
        """Return what is listed: the reason, what was seen, and in which part of the task."""
        where = f"task {excerpt(self.row.get('id'))}" + (f", {within}" if within else "")
        return Failure(
            step="pull",
            source=self.origin.name,
            task=number(self.row.get("id")) or None,
            article_id=self.data.article_id if self.data else "",
            unit_id=self.data.unit_id if self.data else "",
            reason=reason,
            message=f"{where}: {seen} ({REASONS[reason]})" if seen else f"{where} ({REASONS[reason]})",
        )


def _annotation(
    task: _AnsweredTask, identity: dict[str, Any], answer: object
) -> tuple[Annotation | None, list[Failure]]:
    if not isinstance(answer, dict):
        return None, [task.failure("malformed", excerpt(answer), within="an annotation")]
    values, unusable = by_control(answer.get("result"))
    claim = claim_of(values[CLAIM], cancelled=bool(answer.get("was_cancelled")))
    if claim.refused:
        return None, [task.failure(*claim.refused, within=_within(answer))]
    created, updated = answer.get("created_at") or "", answer.get("updated_at") or ""
    fields = {
        **identity,
        "annotation": number(answer.get("id")),
        "annotator": _annotator(answer),
        "server": task.origin.server,
        "status": claim.status,
        "label": claim.label,
        "mentions": mentions_of(values[MENTIONS], identity["data"], unusable),
        "marks": words_of(values[MARKS], MARKS, "choices", unusable),
        "comment": "\n".join(words_of(values[COMMENT], COMMENT, "text", unusable)),
        "lead_time": seconds(answer.get("lead_time")),
        "created_at": moment(created),
        "updated_at": moment(updated),
        "ground_truth": bool(answer.get("ground_truth")),
        "suggestion": _suggestion(task, answer),
        "guidelines_version": version_at(task.origin.guidelines, str(updated or created)),
    }
    annotation = _restored(Annotation.of_checked(fields), answer)  # each field is checked above
    return annotation, [task.failure(reason, seen, within=_within(answer)) for reason, seen in dict.fromkeys(unusable)]


def _within(answer: Mapping[str, Any]) -> str:
    return f"annotation {excerpt(answer.get('id'))}"


def _identity(task: _AnsweredTask) -> dict[str, Any]:
    given = task.row.get("meta")
    meta = given if isinstance(given, dict) else {}
    revision = meta.get("revision")
    return {
        **_BLANK,
        "data": task.data,
        "revision": text_of(revision) if isinstance(revision, str) else "",
        "sample": sample_in(meta),
        "gold": _gold_in(meta),
        "quote": _quote_in(meta),
        "project_server": task.origin.server,
        "project": task.origin.project,
        "task": number(task.row.get("id")),
    }


def sample_in(meta: Mapping[str, Any]) -> Sample | None:
    """Return how the task's unit was drawn, from its `meta`; none where it was not, or somebody changed that."""
    if "sample" not in meta:
        return None
    try:
        sample = Sample.model_validate(meta["sample"])
    except ValidationError:
        return None
    texts = (sample.stratum, sample.where, *sample.by)
    return sample if all(map(is_text, texts)) else None


def _gold_in(meta: Mapping[str, Any]) -> Gold | None:
    """Return the known answer of the task's unit; none where there is none, or somebody changed it."""
    if "gold" not in meta:
        return None
    try:
        gold = Gold.model_validate(meta["gold"])
    except ValidationError:
        return None
    return gold.model_copy(update={"reason": text_of(gold.reason)})


def _quote_in(meta: Mapping[str, Any]) -> Quote | None:
    """Return the unit among its neighbours; none where the task does not tell, or somebody changed that."""
    given = meta.get("quote")
    texts = given.values() if isinstance(given, dict) else ()
    if not texts or not all(map(is_text, texts)):
        return None
    return Quote.model_validate(given)


def _annotator(answer: Mapping[str, Any]) -> str:
    """The server gives a number in lists and exports, a mapping for a single task, and nothing for a deleted login.

    Two people who are both gone must not become one.
    """
    user = answer.get("completed_by")
    user_id = user.get("id") if isinstance(user, dict) else user
    return text_of(str(user_id or f"unknown-{answer.get('id')}"))


def _suggestion(task: _AnsweredTask, answer: Mapping[str, Any]) -> Literal["none", "text", "preselected", "hidden"]:
    """`annotation.prediction` is filled even where none was shown; only `parent_prediction` tells that one was used."""
    if not (task.data and task.data.suggested_label):
        return "none"
    if _hidden(task.row):
        return "hidden"
    return "preselected" if task.origin.preselect or answer.get("parent_prediction") else "text"


def _restored(annotation: Annotation, answer: Mapping[str, Any]) -> Annotation:
    """Give an imported answer back to who gave it; one that was changed since is that of whoever changed it."""
    exported = _exported(answer)
    if exported is None:
        return annotation
    current = {"status": annotation.status, "label": annotation.label}
    if any(exported.get(name, now) != now for name, now in current.items()):
        return annotation
    try:
        vote = Vote.model_validate({**annotation.model_dump(include=set(Vote.model_fields)), "server": "", **exported})
    except ValidationError:
        return annotation
    restored = {name: getattr(vote, name) for name in RESTORED}
    return annotation.model_copy(update=restored | {"annotator": vote.annotator.removesuffix(f"@{vote.server}")})


def _exported(answer: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the vote that the answer was exported as; none where it was given here."""
    for item in as_list(answer.get("result")):
        meta = item.get("meta") if isinstance(item, dict) else None
        if isinstance(meta, dict) and isinstance(meta.get(VOTE), dict):
            return dict(meta[VOTE])
    return None


def _draft(task: _AnsweredTask, draft: object) -> Failure:
    """Without its author, whom the server gives as an e-mail address."""
    return task.failure("draft", "", within=f"draft {excerpt(draft.get('id') if isinstance(draft, dict) else None)}")


def _submitted(draft: object) -> bool:
    """A draft of a later change belongs to an annotation that counts as it stands."""
    return isinstance(draft, dict) and bool(draft.get("annotation"))
