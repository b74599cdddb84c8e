"""What is counted while a dataset is made: for `--json`, the manifest and the card."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from annotator.export.collect import Collected
from annotator.models import Failure, Record, RecordStatus


@dataclass
class Report:
    """What went into the dataset, and what was set aside with its reasons."""

    collected: Collected = field(default_factory=Collected)
    statuses: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    retention: Counter[str] = field(default_factory=Counter)
    guidelines: Counter[str] = field(default_factory=Counter)
    articles: int = 0

    @property
    def records(self) -> int:
        """The number of records."""
        return self.statuses.total()

    @property
    def failures(self) -> list[Failure]:
        """What was set aside, the first thousand."""
        return self.collected.failures

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
        self.statuses[record.status] += 1
        self.languages[record.data.source_lang] += 1
        self.splits[record.split] += 1
        self.retention[record.retention] += 1
        self.guidelines.update(vote.guidelines_version for vote in record.votes)
        if record.label:
            self.labels[record.label] += 1
        if record.decision:
            self.decisions[record.decision] += 1
