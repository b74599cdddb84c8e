"""One pass over the records of a dataset: everything `annotator agreement` prints."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from annotator.agreement import review
from annotator.agreement.comparison import Agreement, Weights, compare, resamples
from annotator.agreement.known import AgainstGold
from annotator.agreement.marking import Marking
from annotator.agreement.ratings import Ratings, natural_order, rating_matrix
from annotator.agreement.review import DisputedUnit, Verdict, answers_of, confused_pairs, disagreement, independent
from annotator.agreement.suggestions import Followed, way_of
from annotator.labels import NOT_A_UNIT, Label
from annotator.models import AnnotationStatus, Record

POLICY = {
    "unit": "comparable with two labels or more; n counts those",
    "not_a_unit": "a status, not a label: such votes are counted and take no part in a coefficient",
    "verdict": "an adjudicator has seen the other answers: left out",
    "gold": "a unit whose answer was known measures people one by one: left out of every other measure",
    "skipped": "no answer: counted and left out",
    "label": "one label against the other three",
    "chance": "alpha and kappa take it from comparable units; Fleiss and AC1 from all units that somebody labelled, as "
    "Gwet (2014) and his irrCAC do",
    "suggestion": "same: the answer is what was suggested, or would have been where that was hidden",
    "kappa": "Cohen's; of more than two annotators the mean over their pairs",
    "original against translation": "each pair of an original and a translation reader is one comparison",
    "mark": "set against not set, by those who labelled the unit; without intervals",
    "interval": "95 %, percentiles of resampled articles",
}
CHECKABLE = {"checkable": (Label.SOURCED, Label.UNSOURCED), "not checkable": (Label.OPINION, Label.RHETORIC)}
ORIGINAL, TRANSLATION, ACROSS = "original readers", "translation readers", "original against translation"
NO_READERS_NAMED = "nothing in the data says who reads the original: name those people with --original-readers"
_LABELS = tuple(str(label) for label in Label)


@dataclass(frozen=True)
class AgreementOptions:
    """How to measure."""

    resamples: int = 1000
    seed: int = 1
    disputed: int = 20
    original_readers: frozenset[str] = frozenset()
    """Annotators who read the original; everybody else reads the translation."""


_DEFAULTS = AgreementOptions()


@dataclass(frozen=True)
class AgreementReport:
    """How far the annotators of a dataset agree, and where they differ."""

    overall: Agreement
    by_label: dict[str, Agreement]
    by_mark: dict[str, Agreement]
    by_language: dict[str, Agreement]
    by_kind: dict[str, Agreement]
    by_pair: dict[str, Agreement]
    checkable: Agreement
    by_suggestion: dict[str, Agreement]
    by_translation: dict[str, Agreement]
    by_reader: dict[str, Agreement]
    reader_note: str
    followed: dict[str, int]
    suggestions: dict[str, dict[str, Any]]
    """Share of answers that are the suggestion: shown, hidden, and the difference."""
    confusion: dict[str, dict[str, int]]
    drift: list[dict[str, Any]]
    lead_times: dict[str, dict[str, Any]]
    against_gold: dict[str, dict[str, Any]]
    disputed: list[DisputedUnit]
    excluded: dict[str, int]
    bootstrap: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        plain = {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}
        return {**plain, "policy": POLICY}


def measure_agreement(records: Iterable[Record], options: AgreementOptions = _DEFAULTS) -> AgreementReport:
    """Measure how far the annotators of the records agree."""
    tally = _Tally(limit=options.disputed)
    table = rating_matrix(tally.units(records), _LABELS)
    weights = resamples(int(table.articles.max(initial=-1)) + 1, times=options.resamples, seed=options.seed)
    readers = _by_reader(table, tally, options.original_readers, weights)
    return AgreementReport(
        overall=compare(table, weights),
        by_label=_by_label(table, weights),
        by_mark=tally.marking.by_mark(),
        by_language=_by_group(table, tally.languages, weights),
        by_kind=_by_group(table, tally.kinds, weights),
        by_pair=_by_pair(table, weights),
        checkable=compare(table.recoded(CHECKABLE), weights),
        by_suggestion=_by_group(table, tally.suggestions, weights),
        by_translation=_by_group(table, tally.translations, weights),
        by_reader=readers,
        reader_note="" if readers else NO_READERS_NAMED,
        followed=tally.followed.seen(),
        suggestions=tally.followed.as_json(times=options.resamples, seed=options.seed),
        confusion=review.confusion(tally.confusion),
        drift=tally.timeline.as_json(),
        lead_times=review.lead_times(tally.seconds, natural_order),
        against_gold=tally.against_gold.as_json(),
        disputed=tally.disputed(),
        excluded=dict(sorted(tally.excluded.items())),
        bootstrap={"articles": weights.shape[1], "resamples": options.resamples, "seed": options.seed},
    )


@dataclass
class _Tally:
    """What is counted and kept of the records while they pass."""

    limit: int
    languages: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    translations: list[str] = field(default_factory=list)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    followed: Followed = field(default_factory=Followed)
    excluded: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float | None]] = field(default_factory=lambda: defaultdict(list))
    against_gold: AgainstGold = field(default_factory=AgainstGold)
    marking: Marking = field(default_factory=Marking)
    timeline: review.Timeline = field(default_factory=review.Timeline)
    _disputed: list[tuple[float, int, int, DisputedUnit]] = field(default_factory=list)

    def units(self, records: Iterable[Record]) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Yield each unit that has a label, as its article and its labels."""
        for number, record in enumerate(records):
            answers = answers_of(record)
            if record.gold:
                self._measure(answers, str(record.gold.label))
                continue
            self._review(record, answers, number)
            labels = {annotator: label for annotator, label in answers.items() if label != NOT_A_UNIT}
            if labels:
                self._group(record)
                yield record.data.article_id, labels

    def _measure(self, answers: Mapping[str, str], known: str) -> None:
        self.excluded["gold_units"] += 1
        for annotator, said in answers.items():
            self.against_gold.add(annotator, said, known)

    def disputed(self) -> list[DisputedUnit]:
        """Return the most disputed units, the most first, then in the order of the dataset."""
        return [unit for *_, unit in sorted(self._disputed, reverse=True)]

    def _group(self, record: Record) -> None:
        self.languages.append(record.data.source_lang)
        self.kinds.append("post" if record.data.post else str(record.data.kind))
        self.suggestions.append(way_of(record, independent(record)))
        self.translations.append("translated" if record.data.translated_text else "original only")

    def _review(self, record: Record, answers: Mapping[str, str], number: int) -> None:
        self.confusion += confused_pairs(answers.values())
        self.timeline.add(independent(record))
        self.marking.add(record.data.article_id, independent(record))
        self.followed.add(record, independent(record))
        self._exclude(record, answers)
        for vote in independent(record):
            if vote.answer:
                self.seconds[vote.annotator].append(vote.lead_time)
        share = disagreement(list(answers.values()))
        if share:
            entry = (share, len(answers), -number, _disputed(record, answers, share))
            (heapq.heappushpop if len(self._disputed) >= self.limit else heapq.heappush)(self._disputed, entry)

    def _exclude(self, record: Record, answers: Mapping[str, str]) -> None:
        statuses = Counter(vote.status for vote in independent(record))
        labels = statuses[AnnotationStatus.LABELLED]
        self.excluded["verdicts"] += len(record.votes) - statuses.total()
        self.excluded["skipped_votes"] += statuses[AnnotationStatus.SKIPPED]
        self.excluded["not_a_unit_votes"] += statuses[AnnotationStatus.NOT_A_UNIT]
        self.excluded["units_unit_or_not"] += 0 < labels < len(answers)
        self.excluded["units_one_label"] += labels == 1
        self.excluded["units_no_label"] += labels == 0


def _disputed(record: Record, answers: Mapping[str, str], share: float) -> DisputedUnit:
    data = record.data
    comments = {vote.annotator: vote.comment for vote in independent(record) if vote.comment}
    verdicts = [Verdict(vote.annotator, vote.answer, vote.adjudication) for vote in record.votes if vote.adjudication]
    return DisputedUnit(
        data.unit_id,
        round(share, 4),
        data.source_text,
        dict(answers),
        comments,
        data.translated_text,
        verdicts,
        record.project,
        record.task,
    )


def _by_label(table: Ratings, weights: Weights) -> dict[str, Agreement]:
    rest = {label: tuple(other for other in _LABELS if other != label) for label in _LABELS}
    return {label: compare(table.recoded({label: (label,), "other": rest[label]}), weights) for label in _LABELS}


def _by_group(table: Ratings, groups: Sequence[str], weights: Weights) -> dict[str, Agreement]:
    of_unit = np.array(groups, dtype=object)
    return {group: compare(table.rows(of_unit == group), weights) for group in sorted(set(groups))}


def _by_pair(table: Ratings, weights: Weights) -> dict[str, Agreement]:
    """Pairs without a common unit are left out: of fifty annotators there may be a thousand such pairs."""
    pairs = {pair: compare(table.columns(pair), weights) for pair in combinations(table.annotators, 2)}
    return {f"{first} & {second}": agreement for (first, second), agreement in pairs.items() if agreement.units}


def _by_reader(
    table: Ratings, tally: _Tally, original_readers: frozenset[str], weights: Weights
) -> dict[str, Agreement]:
    """Only units that were translated: of the others everybody reads the original."""
    if not original_readers:
        return {}
    translated = table.rows(np.array(tally.translations, dtype=object) == "translated")
    originals = [name for name in table.annotators if name in original_readers]
    others = [name for name in table.annotators if name not in original_readers]
    return {
        ORIGINAL: compare(translated.columns(originals), weights),
        TRANSLATION: compare(translated.columns(others), weights),
        ACROSS: compare(translated.across(originals, others), weights),
    }


def _plain(value: object) -> object:
    match value:
        case Agreement():
            return value.as_json()
        case dict():
            return {name: _plain(inner) for name, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case DisputedUnit():
            return value.as_json()
    return value
