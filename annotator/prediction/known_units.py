"""Units whose label people know, and the articles that they make: what a model learns from and is measured by.

A record says no more of a unit's place than block, position and offsets, so the blocks of its article are put together
again: units of one kind of block with at most one character between them stand in one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from annotator.labels import Label
from annotator.models import Article, BlockKind, Language, Record, RecordStatus, Unit, UnitKind
from annotator.text import digest

SHOWN = frozenset({"text", "preselected"})
"""How a suggestion stands before somebody who answers in its sight."""
_APART = frozenset({BlockKind.TITLE, BlockKind.LIST_ITEM, BlockKind.CAPTION})
"""Each of them is a block by itself."""


@dataclass(frozen=True)
class KnownUnit:
    """A unit with the label that stands for it."""

    text: str
    label: Label
    language: str
    article_id: str
    position: int = 0
    block: BlockKind = BlockKind.PARAGRAPH
    kind: UnitKind = UnitKind.SENTENCE
    start: int = 0
    seen: bool = False
    """Whether somebody whose answer counts had a suggestion before their eyes."""

    @property
    def fingerprint(self) -> str:
        """16 hex digits that stand for its words, whatever the case, the blanks and the article."""
        return digest(" ".join(self.text.lower().split()), 16)


def of_record(record: Record) -> KnownUnit | str:
    """Return the unit of a record, or why it cannot be used."""
    if record.gold:
        return "known answer"
    if record.label is None:
        return "disputed" if record.status is RecordStatus.UNDECIDED else str(record.status)
    if not record.data.source_text.strip():
        return "text not kept"
    data = record.data
    return KnownUnit(
        text=data.source_text,
        label=record.label,
        language=data.source_lang,
        article_id=data.article_id,
        position=data.position,
        block=data.block,
        kind=data.kind,
        start=data.start,
        seen=any(vote.suggestion in SHOWN for vote in record.votes if vote.answer),
    )


def by_article(units: Iterable[KnownUnit]) -> list[list[KnownUnit]]:
    """Return the units of each article in reading order, and the articles in the order of their ids."""
    articles: dict[str, list[KnownUnit]] = defaultdict(list)
    for unit in units:
        articles[unit.article_id].append(unit)
    return [sorted(articles[name], key=lambda unit: (unit.position, unit.start)) for name in sorted(articles)]


def article_of(known: Sequence[KnownUnit]) -> Article:
    """Return the article that units of one article make, as a predictor takes it; its text is theirs alone."""
    units, at, blocks = [], 0, _blocks(known)
    for number, (unit, block) in enumerate(zip(known, blocks, strict=True)):
        place = Unit(
            unit_id=f"{unit.article_id}:{number}",
            position=number,
            kind=unit.kind,
            block=unit.block,
            block_index=block,
            start=at,
            end=at + len(unit.text),
            text=unit.text,
            language=Language(tag=unit.language or "und", confidence=1.0),
        )
        units.append(place)
        at = place.end + 1
    text = " ".join(unit.text for unit in known)
    return Article(article_id=known[0].article_id, revision=digest(text, 16), text=text, units=tuple(units))


def _blocks(known: Sequence[KnownUnit]) -> list[int]:
    """Return the number of the block that each unit stands in."""
    numbers = [0]
    for before, unit in pairwise(known):
        touches = 0 <= unit.start - (before.start + len(before.text)) <= 1
        together = touches and unit.block is before.block and unit.block not in _APART
        numbers.append(numbers[-1] + (not together))
    return numbers
