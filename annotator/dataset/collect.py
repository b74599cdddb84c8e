"""Sources, several and untidy, become annotations grouped by unit, and a count of what is set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from annotator.dataset.articles import Joined
from annotator.dataset.grouping import Grouping
from annotator.dataset.leakage import Leakage
from annotator.dataset.tally import Tally
from annotator.errors import UsageError
from annotator.failures import LOST
from annotator.models import Annotation, Answer, Failure, Record, RecordStatus, TaskData, Unplaced

PlaceRow = Callable[[Unplaced, TaskData], Sequence[Annotation | Failure]]
"""Gives what a row holds once its unit is known. Raises ValueError where it holds nothing that can be used."""

NO_UNIT_ID = "no_unit_id"
_WITHOUT_UNIT = "a row without unit id whose text and offsets fit no known unit, or several"
_LISTED_FAILURES = 1000
_NAMED_FAILURES = 3
_PULL_FIRST = "annotator pull writes files that export reads"


class Source(NamedTuple):
    """Answers of one origin, and the file that they come from."""

    lines: Iterable[Answer]
    name: str = ""
    """As the manifest calls it."""
    path: Path | None = None


@dataclass
class SourceReport:
    """How many annotations the sources hold, and what was set aside, with its reasons."""

    lines: int = 0
    """Annotations, and units that nobody has answered."""
    annotations: int = 0
    """Answers of one's own."""
    verdicts: int = 0
    """Decisions on what others said, which are nobody's answers."""
    matched: int = 0
    """Rows without unit id that fit exactly one known unit."""
    set_aside: Counter[str] = field(default_factory=Counter)
    servers: set[str] = field(default_factory=set)
    """On which people answered; an empty name stands for one that is not named."""
    unnamed: int = 0
    """Answers that neither say on which server they were given nor stand in another line that does."""
    separate_servers: bool = False
    """Whether such answers of a source were taken for those of a server of its own."""
    failures: list[Failure] = field(default_factory=list)
    """The first thousand."""
    on_failure: Callable[[Failure], object] = lambda _failure: None

    @property
    def unprocessed(self) -> int:
        """How many answers are not in the dataset though somebody gave them."""
        return sum(number for reason, number in self.set_aside.items() if reason in LOST)

    def set_row_aside(self, failure: Failure) -> None:
        """Count and keep what is set aside."""
        self.set_aside[failure.reason] += 1
        self.on_failure(failure)
        if len(self.failures) < _LISTED_FAILURES:
            self.failures.append(failure)


def collect(sources: Iterable[Source], grouping: Grouping, collected: SourceReport, place: PlaceRow) -> None:
    """Read every source into `grouping`. Rows whose unit is not known come last, when all units are.

    Raises:
        UsageError: a source cannot be read, or nothing in the sources can be used.
    """
    lines = (line for source in sources for line in source.lines)
    grouping.add(_annotations(_with_unit(lines, grouping), collected))
    placed = (line for unplaced in grouping.put_off_rows() for line in _placed(unplaced, grouping, place))
    grouping.add(_matched(_annotations(placed, collected), collected))
    collected.servers, collected.unnamed = grouping.settle_servers()
    if collected.unprocessed and not collected.lines:
        raise _nothing_usable(collected)


def _nothing_usable(collected: SourceReport) -> UsageError:
    named = [f"{failure.source}: {failure.message}" for failure in collected.failures[:_NAMED_FAILURES]]
    more = collected.set_aside.total() - len(named)
    listed = "; ".join([*named, *([f"and {more} more"] if more else [])])
    hint = collected.failures[0].hint or _PULL_FIRST
    return UsageError(f"the sources hold nothing that can be used: {listed}", hint=hint)


def _with_unit(lines: Iterable[Answer], grouping: Grouping) -> Iterator[Annotation | Failure]:
    for line in lines:
        if isinstance(line, Unplaced):
            grouping.put_off(line)
        else:
            yield line


def _annotations(lines: Iterable[Annotation | Failure], collected: SourceReport) -> Iterator[Annotation]:
    for line in lines:
        if isinstance(line, Failure):
            collected.set_row_aside(line)
        else:
            collected.lines += 1
            collected.verdicts += bool(line.adjudication)
            collected.annotations += bool(line.annotator and not line.adjudication)
            yield line


def _matched(lines: Iterable[Annotation], collected: SourceReport) -> Iterator[Annotation]:
    for line in lines:
        collected.matched += 1
        yield line


def _placed(unplaced: Unplaced, grouping: Grouping, place: PlaceRow) -> Iterator[Annotation | Failure]:
    data = unplaced.row.get("data") or {}
    start, text = data.get("start"), data.get("source_text") or data.get("text") or ""
    article = data.get("article_id") or ""
    units = grouping.find(start=start, text=text, article=article) if isinstance(start, int) else []
    if len(units) != 1:
        yield _unmatched(unplaced, f"{len(units)} known units with this text at {start}")
        return
    try:
        yield from place(unplaced, units[0])
    except ValueError as error:
        yield _unmatched(unplaced, str(error).splitlines()[0])


def _unmatched(unplaced: Unplaced, reason: str) -> Failure:
    return Failure(
        step="export",
        source=unplaced.source,
        reason=NO_UNIT_ID,
        message=f"{unplaced.place}: {reason} ({_WITHOUT_UNIT})",
        hint="give the tasks.jsonl of the run as a further source",
    )


@dataclass
class ExportReport:
    """What went into the dataset, and what was set aside with its reasons."""

    collected: SourceReport = field(default_factory=SourceReport)
    policies: Mapping[str, str] = field(default_factory=dict)
    """How labels were decided and what was kept back, in words."""
    crossed_out: int = 0
    """E-mail addresses and phone numbers in comments."""
    statuses: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    retention: Counter[str] = field(default_factory=Counter)
    guidelines: Counter[str] = field(default_factory=Counter)
    guidelines_held: tuple[str, ...] = ()
    """The versions whose text is in the dataset."""
    marks: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    """Votes in the records, without skips and verdicts."""
    articles: int = 0
    leakage: Leakage = field(default_factory=Leakage)
    groups: int = 0
    """Groups of articles that no split divides."""
    empty_splits: tuple[str, ...] = ()
    """Those that should have records and have none: there are too few articles, or groups of them."""
    joined: Joined = field(default_factory=Joined)
    """Of how many articles the texts are known."""
    gold: int = 0
    """Records of units whose answer was known beforehand."""
    tally: Tally = field(default_factory=Tally)

    @property
    def records(self) -> int:
        """The number of records."""
        return self.statuses.total()

    @property
    def failures(self) -> list[Failure]:
        """What was set aside, the first thousand."""
        return self.collected.failures

    def answered(self, answer: str) -> int:
        """Return of how many records this label, or this status, stands."""
        return self.labels.get(answer, self.statuses.get(answer, 0))

    def counts(self) -> dict[str, int]:
        """Return what `--json` prints."""
        return {
            "records": self.statuses.total(),
            "labelled": self.statuses[RecordStatus.LABELLED],
            "undecided": self.statuses[RecordStatus.UNDECIDED],
            "set_aside": self.collected.set_aside.total(),
        }

    def count(self, record: Record) -> None:
        """Count one record."""
        self.answers += self.tally.add(record)
        self.statuses[record.status] += 1
        self.languages[record.data.source_lang] += 1
        self.splits[record.split] += 1
        self.retention[record.retention] += 1
        self.gold += record.gold is not None
        for vote in record.votes:
            if not vote.adjudication:
                self.guidelines[vote.guidelines_version] += 1
                if vote.marks:
                    self.marks.update(set(vote.marks))
        if record.label:
            self.labels[record.label] += 1
        if record.decision:
            self.decisions[record.decision] += 1
