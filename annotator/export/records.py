"""Annotations of one unit become one record: the latest word of each annotator counts, then how far they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from annotator.labels import Label
from annotator.models import Annotation, AnnotationStatus, Decision, Record, RecordStatus, Vote

POLICIES = {
    "annotations": "the latest of each annotator counts",
    "ground_truth": "an annotation marked as ground truth decides alone",
    "adjudicated": "a verdict on what others said decides, unless there is a ground truth",
    "majority": "more than half of the annotators; ties stay undecided",
    "not_a_unit": "a status that takes part in the decision and is never a label",
    "skipped": "kept in the votes, without a say",
}
_VOTE_FIELDS = tuple(Vote.model_fields)


class Verdict(NamedTuple):
    """What stands for a unit, and how it was reached."""

    status: RecordStatus
    label: Label | None = None
    decision: Decision | None = None


def make_record(annotations: Sequence[Annotation], *, rename: Callable[[str], str] = str) -> Record:
    """Return the record of one unit from all its annotations, at least one, its votes in the order of the new names."""
    latest = (_vote(line, rename(line.annotator)) for line in _latest(annotations) if _is_vote(line))
    votes = tuple(sorted(latest, key=lambda vote: vote.annotator))
    verdict = decide(votes)
    newest = max(annotations, key=lambda line: (not line.adjudication, line.updated_at, line.annotation))
    return Record(
        data=newest.data,
        revision=newest.revision,
        label=verdict.label,
        status=verdict.status,
        decision=verdict.decision,
        votes=votes,
    )


def _vote(line: Annotation, annotator: str) -> Vote:
    values = {name: getattr(line, name) for name in _VOTE_FIELDS}
    return Vote(**{**values, "annotator": annotator})


def decide(votes: Iterable[Vote]) -> Verdict:
    """Return the verdict of the votes, one per annotator."""
    votes = list(votes)
    heard = [vote for vote in votes if _has_say(vote)]
    gold = [vote for vote in heard if vote.ground_truth]
    verdicts = [vote for vote in heard if vote.adjudication]
    choices = Counter((vote.status, vote.label) for vote in gold or verdicts or heard)
    if not choices:
        return Verdict(RecordStatus.SKIPPED if votes else RecordStatus.UNLABELLED)
    (status, label), count = choices.most_common(1)[0]
    alone = Decision.GROUND_TRUTH if gold else Decision.ADJUDICATED if verdicts else None
    decision = _decision(count, choices.total(), alone)
    return Verdict(RecordStatus(status), label, decision) if decision else Verdict(RecordStatus.UNDECIDED)


def _decision(count: int, total: int, alone: Decision | None) -> Decision | None:
    if alone:
        return alone if count == total else None
    if count == total:
        return Decision.SINGLE if total == 1 else Decision.UNANIMOUS
    return Decision.MAJORITY if 2 * count > total else None


def _latest(annotations: Sequence[Annotation]) -> Iterator[Annotation]:
    """Each annotator's last word, in the order of the annotators' ids; a verdict takes no answer's place."""
    ordered = sorted(annotations, key=lambda line: (line.annotator, line.updated_at, line.annotation))
    return iter({(line.annotator, bool(line.adjudication)): line for line in ordered}.values())


def _is_vote(line: Annotation) -> bool:
    return line.status is not AnnotationStatus.UNLABELLED


def _has_say(vote: Vote) -> bool:
    return vote.status in (AnnotationStatus.LABELLED, AnnotationStatus.NOT_A_UNIT)
