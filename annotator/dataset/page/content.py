"""What the report shows beside the agreement, counted while the records pass."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from annotator.models import Record, TaskData, Vote

_DAY = 10
"""Length of an ISO date."""
_NO_ENGINE = ("", "none", "same-language")
WITHOUT_CODE = "without a code (older lines)"


@dataclass(frozen=True)
class UnitView:
    """A unit as the page shows it."""

    data: TaskData
    answer: str
    """The label that stands, or the status."""
    votes: str
    """Who answered what, on one line, verdicts behind the answers."""


@dataclass
class PageContent:
    """Counts of the records that have passed, and the first articles whole."""

    article_limit: int = 30
    warned_limit: int = 40
    languages: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    kinds: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    annotators: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Their answers and skips; no verdicts."""
    disputed: int = 0
    """Units on which people differ."""
    verdicts: Counter[str] = field(default_factory=Counter)
    days: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """On which each annotator answered."""
    outcomes: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    untranslated: int = 0
    """Units with a warning and without a translation."""
    warned: int = 0
    """Translated units with a warning, of which the first are kept."""
    warned_units: list[UnitView] = field(default_factory=list)
    articles: dict[str, list[UnitView]] = field(default_factory=dict)
    article_count: int = 0
    translated: int = 0
    _last_article: str = ""

    def collect(self, records: Iterable[Record]) -> Iterator[Record]:
        """Count each record and hand it on."""
        for record in records:
            self._count(record)
            yield record

    def _count(self, record: Record) -> None:
        data, outcome = record.data, str(record.label or record.status)
        self.outcomes[outcome] += 1
        self.languages[data.source_lang or "und"][outcome] += 1
        self.kinds["post" if data.post else str(data.kind)][outcome] += 1
        self.translated += _is_translated(data)
        self.disputed += len({vote.answer for vote in record.votes if vote.answer and not vote.adjudication}) > 1
        for vote in record.votes:
            if vote.adjudication:
                self.verdicts[vote.annotator] += 1
                continue
            self.annotators[vote.annotator][vote.answer or "skipped"] += 1
            self.days[vote.annotator].add((vote.updated_at or vote.created_at)[:_DAY])
        self._keep(record, UnitView(data, outcome, "; ".join(_said(vote) for vote in record.votes)))

    def _keep(self, record: Record, view: UnitView) -> None:
        article = record.data.article_id
        self.article_count += article != self._last_article
        self._last_article = article
        if article in self.articles or len(self.articles) < self.article_limit:
            self.articles.setdefault(article, []).append(view)
        codes = _warnings(record.data)
        if not _is_translated(record.data):
            self.untranslated += bool(codes)
            return
        self.warnings.update(codes)
        self.warned += bool(codes)
        if codes and len(self.warned_units) < self.warned_limit:
            self.warned_units.append(view)


def _is_translated(data: TaskData) -> bool:
    """Of a unit whose text was kept back the engine tells."""
    return bool(data.translated_text or (not data.source_text and data.translation_engine not in _NO_ENGINE))


def _said(vote: Vote) -> str:
    said = f"{vote.annotator}: {vote.answer or vote.status}"
    return f"verdict of {said}, {vote.adjudication}" if vote.adjudication else said


def _warnings(data: TaskData) -> Sequence[str]:
    """The codes. Lines of version 1 have prose alone, in which warnings cannot be told apart: a quotation holds `;`."""
    return data.translation_warning_codes or ((WITHOUT_CODE,) if data.translation_warnings else ())
