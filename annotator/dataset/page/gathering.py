"""What the report shows beside the agreement, counted while the records pass."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from annotator.models import Record, TaskData

WITHOUT_CODE = "without a code (older lines)"


@dataclass(frozen=True)
class Shown:
    """A unit as the page shows it."""

    data: TaskData
    answer: str
    """The label that stands, or the status."""
    said: str
    """Who said what, on one line."""


@dataclass
class Gathered:
    """Counts, and the first articles whole."""

    articles_shown: int = 30
    warnings_shown: int = 40
    languages: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    kinds: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    people: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    standing: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    warned: list[Shown] = field(default_factory=list)
    articles: dict[str, list[Shown]] = field(default_factory=dict)
    article_count: int = 0
    translated: int = 0
    _last: str = ""

    def watch(self, records: Iterable[Record]) -> Iterator[Record]:
        """Count each record and hand it on."""
        for record in records:
            self._count(record)
            yield record

    def _count(self, record: Record) -> None:
        data, stands = record.data, str(record.label or record.status)
        self.standing[stands] += 1
        self.languages[data.source_lang or "und"][stands] += 1
        self.kinds["post" if data.post else str(data.kind)][stands] += 1
        self.translated += bool(data.translated_text)
        for vote in record.votes:
            self.people[vote.annotator][vote.answer or "skipped"] += 1
        self._keep(
            record, Shown(data, stands, "; ".join(f"{v.annotator}: {v.answer or v.status}" for v in record.votes))
        )

    def _keep(self, record: Record, shown: Shown) -> None:
        article = record.data.article_id
        self.article_count += article != self._last
        self._last = article
        if article in self.articles or len(self.articles) < self.articles_shown:
            self.articles.setdefault(article, []).append(shown)
        self.warnings.update(_warnings(record.data))
        if record.data.translation_warnings and len(self.warned) < self.warnings_shown:
            self.warned.append(shown)


def _warnings(data: TaskData) -> Sequence[str]:
    """The codes. Lines of version 1 have prose alone, in which warnings cannot be told apart: a quotation holds `;`."""
    return data.translation_warning_codes or ((WITHOUT_CODE,) if data.translation_warnings else ())
