"""What the card says of the records beside their number, counted while they pass."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from annotator.agreement.comparison import Agreement, compare, resamples
from annotator.agreement.ratings import Collected
from annotator.dataset.privacy import known_standing
from annotator.labels import Label
from annotator.licences import Standing
from annotator.models import AnnotationStatus, Record, TaskData, Vote

_MOST_STATEMENTS = 1000
"""Ways to put rights, and sites, that are told apart: with thousands nobody reads them."""
OTHERS = "others"
_MONTH = re.compile(r"\d{4}(?:-\d{2})?")
_DAY = 10
_NO_ENGINE = frozenset({"", "none", "same-language"})
_STRICTNESS = (Standing.OPEN, Standing.UNKNOWN, Standing.RESERVED)
_LABELLED, _NOT_A_UNIT = AnnotationStatus.LABELLED, AnnotationStatus.NOT_A_UNIT
_RESAMPLES, _MOST_DRAWS, _SEED = 1000, 20_000_000, 1
"""As `annotator agreement` draws, but for fewer resamples of more than 20,000 articles, which take memory."""


@dataclass
class Site:
    """What is of one site."""

    articles: int = 0
    units: int = 0
    first: str = ""
    """The first and the last month of an article that has a date."""
    last: str = ""


@dataclass
class Tally:
    """Counts of the records that have passed, which come article by article."""

    rights: Counter[Standing] = field(default_factory=Counter)
    """Articles by what their rights let anybody do."""
    statements: Counter[tuple[Standing, str]] = field(default_factory=Counter)
    """Articles by the words of their rights."""
    sites: dict[str, Site] = field(default_factory=dict)
    months: Counter[str] = field(default_factory=Counter)
    """Articles by the month of their date, or its year where that is all; empty where there is no date."""
    overlap: Counter[int] = field(default_factory=Counter)
    """Units by how many answers they have, without verdicts and skips."""
    annotators: set[str] = field(default_factory=set)
    """Who gave an answer."""
    shown: Counter[str] = field(default_factory=Counter)
    """Answers by how the suggestion was shown."""
    beside_translation: int = 0
    """Answers to units that have a translation."""
    verdicts: int = 0
    adjudicators: set[str] = field(default_factory=set)
    skips: int = 0
    engines: Counter[str] = field(default_factory=Counter)
    """Units by what translated them."""
    targets: set[str] = field(default_factory=set)
    warnings: Counter[str] = field(default_factory=Counter)
    """Translated units by the codes of their warnings."""
    warned: int = 0
    mentions: int = 0
    first_day: str = ""
    last_day: str = ""
    """Of the answers."""
    _labels: Collected = field(default_factory=lambda: Collected([str(label) for label in Label]))
    _article: str | None = None
    _rights: str = ""
    _statement: tuple[Standing, str] | None = None
    """What counts for the article so far."""
    _site: Site = field(default_factory=Site)

    def add(self, record: Record) -> int:
        """Count one record and return how many answers it has, without verdicts and skips."""
        data = record.data
        if data.article_id != self._article:
            self._article = data.article_id
            self._add_article(record)
        elif record.rights != self._rights:
            self._add_rights(record.rights)
        self._site.units += 1
        is_translated = data.translation_engine not in _NO_ENGINE
        if is_translated:
            self._add_translation(data)
        labels: dict[str, str] = {}
        answers = 0
        for vote in record.votes:
            if vote.adjudication:
                self.verdicts += 1
                self.adjudicators.add(vote.annotator)
            elif vote.status is _LABELLED or vote.status is _NOT_A_UNIT:
                answers += 1
                self._add_answer(vote)
                if vote.label:
                    labels[vote.annotator] = vote.label
            else:
                self.skips += 1
        self.overlap[answers] += 1
        self.beside_translation += answers if is_translated else 0
        if labels and not record.gold:
            self._labels.add(data.article_id, labels)
        return answers

    @cached_property
    def agreement(self) -> Agreement:
        """How far people agree, as `annotator agreement` measures it, once all records have passed."""
        table = self._labels.matrix()
        articles = int(table.articles.max(initial=-1)) + 1
        times = min(_RESAMPLES, _MOST_DRAWS // max(articles, 1)) if self.overlap.keys() - {0, 1} else 0
        return compare(table, resamples(articles, times=times, seed=_SEED))

    def _add_article(self, record: Record) -> None:
        self._statement = None
        self._add_rights(record.rights)
        name = record.data.site if record.data.site in self.sites or len(self.sites) < _MOST_STATEMENTS else OTHERS
        month = match[0] if (match := _MONTH.match(record.data.published)) else ""
        self.months[month] += 1
        self._site = site = self.sites.setdefault(name, Site())
        site.articles += 1
        if month:
            site.first, site.last = min(site.first or month, month), max(site.last, month)

    def _add_rights(self, rights: str) -> None:
        """Count what the article's rights say; of its revisions the strictest counts, which keeps its text back."""
        self._rights, standing = rights, known_standing(rights)
        if self._statement and _STRICTNESS.index(standing) <= _STRICTNESS.index(self._statement[0]):
            return
        if self._statement:
            self.rights -= Counter([self._statement[0]])
            self.statements -= Counter([self._statement])
        is_known = (standing, rights) in self.statements or len(self.statements) < _MOST_STATEMENTS
        self._statement = (standing, rights if is_known else OTHERS)
        self.rights[standing] += 1
        self.statements[self._statement] += 1

    def _add_translation(self, data: TaskData) -> None:
        self.engines[data.translation_engine] += 1
        self.targets.add(data.target_lang)
        if data.translation_warning_codes:
            self.warned += 1
            self.warnings.update(data.translation_warning_codes)

    def _add_answer(self, vote: Vote) -> None:
        self.annotators.add(vote.annotator)
        self.shown[vote.suggestion] += 1
        self.mentions += len(vote.mentions)
        if day := (vote.updated_at or vote.created_at)[:_DAY]:
            self.first_day, self.last_day = min(self.first_day or day, day), max(self.last_day, day)
