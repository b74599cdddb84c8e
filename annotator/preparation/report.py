"""What a run counts and lists on its way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from annotator.assemble import Say
from annotator.models import Failure
from annotator.preparation.near_duplicates import NEAR_DUPLICATE
from annotator.preparation.register import StoredArticle
from annotator.preparation.work import FORGOTTEN, Packed

SHOWN_FAILURES = 20
SHOWN_NOTES = 20
"""More would scroll the counts off a terminal; the files have all of them."""
T = TypeVar("T")
_RARE = ("without_units", "superseded", "near_duplicates", "forgotten", "not_used")
DUPLICATE, SUPERSEDED = "duplicate", "superseded"
"""Reasons why an article is set aside without a loss."""


@dataclass
class PreparationReport:
    """Counts of the whole run, the parts done by an earlier start included."""

    articles: int = 0
    duplicates: int = 0
    superseded: int = 0
    near_duplicates: int = 0
    forgotten: int = 0
    units: int = 0
    asides: int = 0
    failed: int = 0
    without_units: int = 0
    """Articles of which nothing is a unit: a list of addresses, say."""
    first_without_units: list[StoredArticle] = field(default_factory=list)
    not_used: int = 0
    """Lines of memories and of the glossary."""
    notes: int = 0
    size: int = 0
    """Bytes of input that are counted so far, about."""
    total: int = 0
    """Bytes of all input; 0 where that is not known."""
    seconds: float = 0.0
    """Since this start began."""
    rest: int = 0
    """Inputs behind the limit of a trial."""
    new_articles: int = 0
    new_size: int = 0
    new_bytes: int = 0
    """What this start processed: articles, bytes of input, bytes of output."""
    first_failures: list[Failure] = field(default_factory=list)
    list_failure: Callable[[Failure], object] = lambda _failure: None
    first_repeats: list[Failure] = field(default_factory=list)
    list_repeat: Callable[[Failure], object] = lambda _repeat: None
    tell: Callable[[str, Mapping[str, object]], object] = lambda _event, _details: None
    """Called with whatever happens: `article`, `failure`, `duplicate`, `superseded`, and what is known of it."""

    def counts(self) -> dict[str, int]:
        """Return what `--json` prints."""
        counts = {name: getattr(self, name) for name in ("articles", "duplicates", "units", "asides", "failed")}
        rare = {name: getattr(self, name) for name in _RARE}
        return counts | {name: number for name, number in rare.items() if number}

    def add_article(self, article: StoredArticle) -> None:
        """Count one processed article."""
        self.articles += 1
        self.units += article.units
        self.asides += article.asides
        if not article.units:
            self.without_units += 1
            _keep_first(article, self.first_without_units)

    def add_work(self, size: int, packed: Packed) -> None:
        """Count what this start processed."""
        self.new_articles += 1
        self.new_size += size
        self.new_bytes += sum(map(len, packed.lines.values()))
        details = {"source": packed.source_file, "article_id": packed.article_id, "units": packed.units}
        self.tell("article", {**details, "asides": packed.asides, "notes": packed.notes})

    def say_notes(self, packed: Packed, say: Say) -> None:
        """Say what reading and cutting had to guess or change; of very many articles only the first."""
        for note in packed.notes:
            self.notes += 1
            if self.notes <= SHOWN_NOTES:
                say(f"{packed.source_file}: {packed.article_id}: {note}")

    def add_failure(self, failure: Failure) -> None:
        """Count a failure and list it in the file, which every start writes anew."""
        self.failed += 1
        self.list_failure(failure)
        self.tell("failure", failure.model_dump(mode="json", exclude={"schema_version"}))
        _keep_first(failure, self.first_failures)

    def add_repeat(self, repeat: Failure) -> None:
        """Count and list an article that is there already, is like another one, or of which a later text counts."""
        if repeat.reason == SUPERSEDED:
            self.superseded += 1
        elif repeat.reason == NEAR_DUPLICATE:
            self.near_duplicates += 1
        elif repeat.reason == FORGOTTEN:
            self.forgotten += 1
        else:
            self.duplicates += 1
        self.list_repeat(repeat)
        self.tell(repeat.reason, {"source": repeat.source, "article_id": repeat.article_id})
        _keep_first(repeat, self.first_repeats)


def _keep_first(one: T, first: list[T]) -> None:
    if len(first) < SHOWN_FAILURES:
        first.append(one)


def repeat(source: str, article_id: str, reason: str, message: str) -> Failure:
    """Return the line that lists an article which is not processed, and is no failure."""
    return Failure(step="read", source=source, article_id=article_id, reason=reason, message=message)
