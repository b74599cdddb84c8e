"""Annotations of one unit become one record: the latest word of each annotator counts, then how far they agree.

An annotator is a user of a server. The same number on another server is somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from operator import attrgetter, itemgetter
from typing import NamedTuple

from annotator.labels import ANSWERS, Label
from annotator.models import Annotation, AnnotationStatus, Decision, Record, RecordStatus, Vote

POLICIES = {
    "annotators": "a user of a server: the same number on another server is somebody else",
    "annotations": "the latest of each annotator counts",
    "ground_truth": "an annotation marked as ground truth decides alone",
    "adjudicated": "a verdict on what others said decides, unless there is a ground truth",
    "majority": "more than half of the annotators; ties stay undecided",
    "not_a_unit": "a status that takes part in the decision and is never a label",
    "skipped": "kept in the votes, without a say",
}
_UNLABELLED = AnnotationStatus.UNLABELLED
_HAVE_A_SAY = {status: RecordStatus(status) for status in (AnnotationStatus.LABELLED, AnnotationStatus.NOT_A_UNIT)}
"""What an answer says that takes part in the decision, and what then stands for the unit."""
_NO_COUNTS = dict.fromkeys(ANSWERS, 0)
_VOTE_FIELDS = tuple(Vote.model_fields)
_OF_VOTE = itemgetter(*_VOTE_FIELDS)
_BLANK = {
    name: None if field.is_required() else field.get_default(call_default_factory=True)
    for name, field in Record.model_fields.items()
}

Rename = Callable[[str, str], str]
"""From an annotator and the server whose user that is to a name that nobody else in the dataset has."""

PSEUDONYM_DIGITS = 10
_PSEUDONYM = re.compile(rf"a-[0-9a-f]{{{PSEUDONYM_DIGITS}}}")


def is_pseudonym(annotator: str) -> bool:
    """Tell whether the name is a pseudonym of ours, which nobody else has on any server."""
    return bool(_PSEUDONYM.fullmatch(annotator))


def qualified(annotator: str, server: str) -> str:
    """Return a name that holds on all servers."""
    return f"{annotator}@{server}" if server and not is_pseudonym(annotator) else annotator


def renaming(servers: Collection[str]) -> Rename:
    """Return what keeps the names of annotators as on their servers: NUMBER, of several servers NUMBER@SERVER."""
    return qualified if len(servers) > 1 else lambda annotator, _server: annotator


class Outcome(NamedTuple):
    """What stands for a unit, and how it was reached."""

    status: RecordStatus
    label: Label | None = None
    decision: Decision | None = None


def make_record(annotations: Sequence[Annotation], *, rename: Rename = qualified, split: str = "") -> Record:
    """Return the record of one unit from all its annotations, at least one, its votes in the order of the new names."""
    votes = [_vote(line, rename) for line in _in_order(annotations) if line.status is not _UNLABELLED]
    latest = tuple(_latest(votes))
    outcome = decide(latest)
    newest = newest_of(annotations)
    return Record.of_checked(
        {
            **_BLANK,
            "data": newest.data,
            "revision": newest.revision,
            "sample": newest.sample,
            "gold": newest.gold,
            "quote": newest.quote,
            "project": newest.project,
            "task": newest.task,
            "label": outcome.label,
            "status": outcome.status,
            "decision": outcome.decision,
            "label_counts": label_counts(latest),
            "votes": latest,
            "split": split,
        }
    )


def newest_of(annotations: Sequence[Annotation]) -> Annotation:
    """Return the annotation whose data stand for the unit."""
    if len(annotations) == 1:
        return annotations[0]
    return max(annotations, key=lambda line: (not line.adjudication, line.updated_at, line.annotation))


def _vote(line: Annotation, rename: Rename) -> Vote:
    fields = dict(zip(_VOTE_FIELDS, _OF_VOTE(line.__dict__), strict=True))
    fields["annotator"] = rename(line.annotator, line.server)
    return Vote.of_checked(fields)


def decide(votes: Sequence[Vote]) -> Outcome:
    """Return what stands after the votes, one per annotator."""
    deciding = with_a_say(votes)
    if not deciding:
        return Outcome(RecordStatus.SKIPPED if votes else RecordStatus.UNLABELLED)
    first = deciding[0]
    choices = [(vote.status, vote.label) for vote in deciding]
    status, label = chosen = max(choices, key=choices.count) if len(choices) > 1 else choices[0]
    settled_by = Decision.GROUND_TRUTH if first.ground_truth else Decision.ADJUDICATED if first.adjudication else None
    decision = _decision(choices.count(chosen), len(choices), settled_by)
    return Outcome(_HAVE_A_SAY[status], label, decision) if decision else Outcome(RecordStatus.UNDECIDED)


def label_counts(votes: Iterable[Vote]) -> dict[str, int]:
    """Return how many people gave each answer, for those who train on all of them: no skips, no verdicts."""
    counts = _NO_COUNTS.copy()
    for vote in votes:
        if not vote.adjudication and (answer := vote.answer):
            counts[answer] += 1
    return counts


def with_a_say(votes: Sequence[Vote]) -> list[Vote]:
    """Return the answers that decide: the ground truth, else the verdicts, else everybody's; no skips."""
    given = [vote for vote in votes if vote.status in _HAVE_A_SAY]
    gold = [vote for vote in given if vote.ground_truth]
    return gold or [vote for vote in given if vote.adjudication] or given


def _decision(count: int, total: int, settled_by: Decision | None) -> Decision | None:
    if settled_by:
        return settled_by if count == total else None
    if count == total:
        return Decision.SINGLE if total == 1 else Decision.UNANIMOUS
    return Decision.MAJORITY if 2 * count > total else None


def _in_order(annotations: Sequence[Annotation]) -> Sequence[Annotation]:
    if len(annotations) == 1:
        return annotations
    return sorted(annotations, key=lambda line: (line.updated_at, line.annotation))


def _latest(votes: Sequence[Vote]) -> list[Vote]:
    """Each annotator's last word, in the order of their names; a verdict takes no answer's place.

    By the names of the record: somebody whose answers were imported from a dataset has a pseudonym there already.
    """
    if len(votes) < 2:  # noqa: PLR2004 - most units have one answer, and nothing to put in order
        return [*votes]
    latest = {(vote.annotator, bool(vote.adjudication)): vote for vote in votes}
    return sorted(latest.values(), key=attrgetter("annotator"))
