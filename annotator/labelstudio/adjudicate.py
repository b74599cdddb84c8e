"""Units on which people differ go to somebody who sees what all of them said, and come back with a verdict.

The free Label Studio has no review. A project of its own does: the form of the annotators, their answers beside the
unit without their names, and a reason that must be given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from types import MappingProxyType
from typing import Any

from annotator import guidelines
from annotator.errors import UsageError
from annotator.failures import LOST
from annotator.labelstudio import form, own_marks, wire
from annotator.labelstudio.client import Client, Project
from annotator.labelstudio.delivery import Delivery
from annotator.labelstudio.form import REASON, REASONS, VOTES
from annotator.labelstudio.interface import Interface, interface
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.project import DEFAULT_INTERFACE, made
from annotator.labelstudio.shown import Place, shown
from annotator.labelstudio.task_inventory import PackedTask
from annotator.labelstudio.wire import Origin
from annotator.models import Annotation, Failure, Record, RecordStatus, TaskMeta, Vote
from annotator.team import OwnMark

_NO_REASON = "no_reason"
_NO_SUGGESTION = {"suggested_label": "", "suggested_score": "", "suggestion_reasons": ""}
_SETTINGS = {
    "description": "Units on which people differ, with what they said.",
    "show_instruction": False,
    "sampling": "Sequential sampling",
    "show_skip_button": False,
    "show_collab_predictions": False,
    "maximum_annotations": 1,
}


@dataclass
class DisputedReport:
    """What went into the project of disputed units."""

    project: int
    disputed: int
    already_there: int
    sent: int
    failures: list[Failure]

    def counts(self) -> dict[str, int]:
        """Return what `--json` prints."""
        counts = {name: getattr(self, name) for name in ("project", "disputed", "already_there", "sent")}
        return counts | {"refused": len(self.failures)}


@dataclass
class Verdicts:
    """What came back: verdicts, and what of it cannot be used."""

    project: Project
    annotations: list[Annotation] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def unprocessed(self) -> int:
        """How many verdicts were given and cannot be used."""
        return sum(failure.reason in LOST for failure in self.failures)


def push_disputed(  # noqa: PLR0913 - what a new project is made with comes last
    records: Iterable[Record],
    *,
    project: str,
    client: Client,
    notes: PushNotes,
    marks: Mapping[str, OwnMark] = MappingProxyType({}),
    language: str = "",
) -> DisputedReport:
    """Send the undecided units that the project does not have; a new title makes a project.

    Its form speaks one of `interface.languages()`: that of an existing project, English where nobody asks for another.

    Raises:
        UsageError: there is nothing to decide, or the project is another one.
    """
    disputed = [record for record in records if _is_disputed(record)]
    existing = client.find_project(project)
    if not disputed and existing is None:
        raise UsageError("no unit is undecided", hint="annotator agreement SOURCE shows how far the annotators agree")
    target = _checked(existing) if existing else _created(client, project, language or DEFAULT_INTERFACE, marks)
    ui = interface(form.language_of(target.config))
    delivery = Delivery(client, notes, target.id, source=project)
    by_id = {record.data.unit_id: record for record in disputed}
    ui = replace(ui, names={**ui.names, **own_marks.titles(ui.language, marks)})
    missing = delivery.send_absent(by_id, lambda unit_id: _row(by_id[unit_id], ui))
    sent = len(missing) - len(delivery.refused)
    return DisputedReport(target.id, len(disputed), len(disputed) - len(missing), sent, delivery.refused)


def pull_verdicts(*, project: str, client: Client) -> Verdicts:
    """Return the verdicts that stand in the project, as annotations with a reason.

    Raises:
        UsageError: there is no such project, or it is another one.
    """
    source = client.find_project(project)
    if source is None:
        raise UsageError(f"{client.url} has no project {project!r}", hint="annotator adjudicate push creates one")
    verdicts = Verdicts(client.with_server(_checked(source)))
    origin = Origin(source.id, source.title, server=verdicts.project.server)
    for window in client.answer_windows(source.id):
        for row in window:
            _add(row, origin, verdicts)
    return verdicts


def _is_disputed(record: Record) -> bool:
    """Of a unit whose answer was known beforehand there is nothing to decide."""
    return record.status is RecordStatus.UNDECIDED and bool(record.data.source_text) and record.gold is None


def _created(client: Client, title: str, language: str, marks: Mapping[str, OwnMark]) -> Project:
    """Make a project with the instructions that the annotators have too."""
    config = own_marks.labelling_config(language, marks, adjudication=True)
    settings = {**_SETTINGS, "expert_instruction": guidelines.html(language)}
    return made(client, title, config=config, settings=settings)


def _row(record: Record, ui: Interface) -> PackedTask:
    task = adjudication_task(record)
    task["data"] = shown(task["data"], ui, Place()) | {"shown_votes": _votes_html(record, ui)}
    packed = json.dumps(task, ensure_ascii=False).encode()
    return PackedTask(record.data.unit_id, record.data.article_id, packed)


def adjudication_task(record: Record) -> dict[str, Any]:
    """Return the record as a task that shows what each annotator said, without saying who, and no suggestion."""
    data = record.data.model_dump(mode="json") | _NO_SUGGESTION | {VOTES: _votes_shown(record)}
    identity = TaskMeta(unit_id=record.data.unit_id, revision=record.revision, quote=record.quote)
    meta = identity.model_dump(mode="json", exclude_none=True)
    sample = {"sample": record.sample.model_dump(mode="json")} if record.sample else {}
    return {"data": data, "meta": meta | sample, "predictions": []}


def _shuffled(record: Record) -> Iterator[tuple[str, Vote]]:
    """Yield the answers, each under a letter, in an order that says nothing of who gave them."""
    unit_id = record.data.unit_id
    votes = [vote for vote in record.votes if vote.answer and not vote.adjudication]
    shuffled = sorted(votes, key=lambda vote: hashlib.sha256(f"{unit_id} {vote.annotator}".encode()).digest())
    return ((chr(ord("A") + at), vote) for at, vote in enumerate(shuffled))


def _votes_shown(record: Record) -> str:
    """One plain line per annotator, for a form that is older than what this version shows."""
    return "\n".join(f"{letter}: {_line(vote)}" for letter, vote in _shuffled(record))


def _votes_html(record: Record, ui: Interface) -> str:
    votes = "".join(_vote_html(letter, vote, record, ui) for letter, vote in _shuffled(record))
    return f'<div class="cu-said">{votes}</div>'


def _vote_html(letter: str, vote: Vote, record: Record, ui: Interface) -> str:
    marks = "".join(f' <span class="cu-kind">{escape(ui.called(mark))}</span>' for mark in vote.marks)
    comment = f' <i dir="auto">{escape(" ".join(vote.comment.split()))}</i>' if vote.comment else ""
    answer = f"<p>{letter} <b>{escape(ui.called(vote.answer))}</b>{marks}{comment}</p>"
    return f"<div>{answer}{_marked(record, vote) if vote.mentions else ''}</div>"


def _marked(record: Record, vote: Vote) -> str:
    """Return the unit with the words that somebody marked as a source."""
    text, language = record.data.source_text, record.data.source_lang
    parts, end = [], 0
    for mention in sorted(vote.mentions, key=lambda mention: mention.start):
        start = max(end, mention.start)
        parts.append(f"{escape(text[end:start])}<mark>{escape(text[start : mention.end])}</mark>")
        end = max(end, mention.end)
    return f'<p class="cu-mentions" lang="{escape(language)}" dir="auto">{"".join(parts)}{escape(text[end:])}</p>'


def _line(vote: Vote) -> str:
    marks = f" ({', '.join(vote.marks)})" if vote.marks else ""
    mentions = "".join(f" [{mention.text}]" for mention in vote.mentions)
    return f"{vote.answer}{marks}{mentions}" + (f" — {' '.join(vote.comment.split())}" if vote.comment else "")


def _checked(project: Project) -> Project:
    controls = form.parse(project.config).controls
    if REASON not in controls:
        raise UsageError(
            f"project {project.title!r} is not one of disputed units", hint="choose another --project for the verdicts"
        )
    return project


def _add(row: dict[str, Any], origin: Origin, verdicts: Verdicts) -> None:
    """A verdict is an answer with a reason; the answers that were shown with it are not part of the unit."""
    reasons = {answer.get("id"): _reason(answer) for answer in row.get("annotations") or ()}
    data = {name: value for name, value in row["data"].items() if name != VOTES}
    bare = [
        {**answer, "result": [item for item in _items(answer) if not _is_reason(item)]}
        for answer in row.get("annotations") or ()
    ]
    annotations, failures = wire.read_task({**row, "data": data, "annotations": bare}, origin)
    verdicts.failures += failures
    for annotation in annotations:
        if reason := reasons.get(annotation.annotation, ""):
            verdicts.annotations.append(annotation.model_copy(update={"adjudication": reason}))
        elif annotation.answer:
            verdicts.failures.append(_without_reason(annotation, origin))


def _items(answer: Mapping[str, Any]) -> list[Any]:
    result = answer.get("result")
    return result if isinstance(result, list) else []


def _is_reason(item: object) -> bool:
    return isinstance(item, Mapping) and item.get("from_name") == REASON


def _reason(answer: Mapping[str, Any]) -> str:
    """The server takes any value from a script: one that is not ours does not count as a reason."""
    values = (item.get("value") for item in _items(answer) if _is_reason(item))
    listed = (value.get("choices") for value in values if isinstance(value, Mapping))
    chosen = (choice for choices in listed if isinstance(choices, list) for choice in choices)
    return next((choice for choice in chosen if choice in REASONS), "")


def _without_reason(annotation: Annotation, origin: Origin) -> Failure:
    return Failure(
        step="pull",
        source=origin.name,
        task=annotation.task,
        article_id=annotation.data.article_id,
        unit_id=annotation.data.unit_id,
        reason=_NO_REASON,
        message=f"task {annotation.task}, annotation {annotation.annotation}: a verdict without a reason",
    )
