"""What is still to do, in batches, and what became of every input, in the order of the inputs.

What the register knows is not read again. It keeps its place among the batches, so that files and lists come out the
same however often a run was stopped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from annotator.assemble import Say
from annotator.models import Failure
from annotator.preparation.near_duplicates import NEAR_DUPLICATE, Dedupe
from annotator.preparation.register import Register, StoredArticle
from annotator.preparation.report import DUPLICATE, SUPERSEDED, PreparationReport, repeat
from annotator.preparation.work import BATCH_ARTICLES, BATCH_CHARACTERS, FORGOTTEN, Item, Outcome, Packed
from annotator.readers import Unread
from annotator.readers.doubts import shortened


@dataclass(frozen=True)
class _Input:
    key: bytes
    source: str
    size: int = 0


Known = tuple[_Input, StoredArticle]
Settled = tuple[_Input, Outcome | StoredArticle]


class Plan:
    """Cuts the inputs into batches of those that are to be worked on, and joins what comes back with the others."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._handed_out: deque[list[tuple[_Input, Failure | StoredArticle | None]]] = deque()

    def batches(self, found: Iterable[Unread | Failure | None]) -> Iterator[list[Item]]:
        """Yield batches of what is not done yet; None among the inputs means that no other is there at the moment.

        The first article is a batch of its own, so that its tasks are there at once; the next batches double in size.
        Where a batch ends depends on the inputs alone, on what is done already as little as on the number of workers.
        """
        batch: list[Item] = []
        inputs: list[tuple[_Input, Failure | StoredArticle | None]] = []
        characters, most = 0, 1
        for item in found:
            if item is not None:
                slot = self._slot(item)
                inputs.append(slot)
                characters += slot[0].size
                if slot[1] is None and isinstance(item, Unread):
                    batch.append(item)
            if len(inputs) == most or characters >= BATCH_CHARACTERS or item is None:
                most = min(2 * most, BATCH_ARTICLES) if inputs else most
                self._handed_out.append(inputs)
                yield batch
                batch, inputs, characters = [], [], 0
        if inputs:
            self._handed_out.append(inputs)
            yield batch

    def joined(self, outcomes: Iterable[Outcome]) -> Iterator[Settled]:
        """Yield what became of each input of the next batch, and of those between."""
        worked = iter(outcomes)
        for place, known in self._handed_out.popleft():
            yield place, next(worked) if known is None else known

    def _slot(self, item: Unread | Failure) -> tuple[_Input, Failure | StoredArticle | None]:
        if isinstance(item, Failure):
            return _Input(b"", item.source), item
        key = item.key
        known = self._register.of_input(key) or self._register.near.skipped(key)
        return _Input(key, item.source, item.size), known


@dataclass(frozen=True)
class Settlement:
    """Decides what counts: a new article, one that an earlier start did, a repeat, a text that another replaces."""

    register: Register
    latest: Mapping[str, str]
    report: PreparationReport
    say: Say
    dedupe: Dedupe = ""
    is_strict: bool = False
    """Whether an article of which much is set aside is a failure."""

    def settle(self, settled: Iterable[Settled]) -> Iterator[Packed]:
        """Count and list everything; yield the articles that are new."""
        for place, outcome in settled:
            self.report.size += place.size
            if isinstance(outcome, Failure):
                is_left_out = outcome.reason in (NEAR_DUPLICATE, FORGOTTEN)
                (self.report.add_repeat if is_left_out else self.report.add_failure)(outcome)
            elif isinstance(outcome, Packed) and self.is_strict and (note := shortened(outcome.notes)):
                self.report.add_failure(_much_left_out(place.source, outcome, note))
            elif isinstance(outcome, Packed) and self._is_left_out(place, outcome):
                continue
            elif self._counts(place, outcome) and isinstance(outcome, Packed):
                self.register.add_input(place.key, outcome.article_id)
                if self.dedupe == "link":
                    self._link(place, outcome)
                self._count(self.register.add(outcome))
                self.report.add_work(place.size, outcome)
                self.report.say_notes(outcome, self.say)
                yield outcome

    def _count(self, article: StoredArticle) -> None:
        """Count an article; one that an engine failed on is kept, and listed too."""
        self.report.add_article(article)
        if article.lacks:
            self.report.add_failure(_without_translation(article))

    def _is_left_out(self, place: _Input, packed: Packed) -> bool:
        """Tell whether the article would be new and is a near-duplicate that is not wanted; count and list it."""
        is_new = self.register.of_article(packed.article_id) is None
        is_latest = self.latest.get(packed.article_id, packed.revision) == packed.revision
        if self.dedupe != "skip" or not is_new or not is_latest:
            return False
        line = self.register.near.meet(packed.article_id, place.source, packed.sketch)
        if line is None:
            return False
        self.register.near.skip(place.key, line)
        self.report.add_repeat(line)
        return True

    def _link(self, place: _Input, packed: Packed) -> None:
        if line := self.register.near.meet(packed.article_id, place.source, packed.sketch):
            self.register.near.link(line)
            self.report.add_repeat(line)

    def _counts(self, place: _Input, outcome: Packed | StoredArticle) -> bool:
        """Tell whether it is a new article; count and list it where it is not."""
        article_id, revision = outcome.article_id, outcome.revision
        stored = self.register.of_article(article_id)
        if self.latest.get(article_id, revision) != revision:
            message = "a later text of the article counts"
            self.report.add_repeat(repeat(place.source, article_id, SUPERSEDED, message))
        elif stored and stored.revision != revision:
            self.report.add_failure(_conflict(place.source, stored))
        elif self.register.meet(article_id):
            if stored:
                self.register.add_input(place.key if isinstance(outcome, Packed) else b"", article_id)
                self._count(stored)
                if line := self.register.near.link_of(article_id):
                    self.report.add_repeat(line)
            return stored is None
        elif stored:
            self.register.add_input(place.key if isinstance(outcome, Packed) else b"", article_id)
            message = f"the same article with the same text is in {stored.source}"
            self.report.add_repeat(repeat(place.source, article_id, DUPLICATE, message))
        return False


def _much_left_out(source: str, packed: Packed, note: str) -> Failure:
    return Failure(
        step="read",
        source=source,
        article_id=packed.article_id,
        reason="much_left_out",
        message=note,
        hint="hand in the article's text as .txt, or leave out --strict",
    )


def _without_translation(article: StoredArticle) -> Failure:
    return Failure(
        step="translate",
        source=article.source,
        article_id=article.article_id,
        reason="engine_failed",
        message=article.lacks,
        hint="mend the engine, then give the same command again",
    )


def _conflict(source: str, stored: StoredArticle) -> Failure:
    return Failure(
        step="read",
        source=source,
        article_id=stored.article_id,
        reason="conflicting_revision",
        message=f"id {stored.article_id!r} has another text in {stored.source or 'the run folder'}",
        hint="give each article an id of its own, or use --revisions latest",
    )
