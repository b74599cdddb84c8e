"""The segmenter: blocks, asides and units of an article, by rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from annotator.models import Article, Aside, Block, BlockKind, Language, Unit, UnitKind
from annotator.protocols import LanguageIdentifier
from annotator.segmentation.attribution import attribute
from annotator.segmentation.blocks import sentence_spans
from annotator.segmentation.clauses import split_clauses
from annotator.segmentation.layout import asides_within, gaps, lay_out
from annotator.segmentation.long_sentences import LONGEST, split_long
from annotator.segmentation.patterns import EMOJI, LINK, may_hold_link
from annotator.segmentation.rules import LanguageRules, rules_for
from annotator.text import digest

_WORD_OR_EMOJI = re.compile(rf"[^\W_]|{EMOJI}")
_ADDRESS = re.compile(rf"{LINK}|[@#]\w+")
VERSION = "5"
_KINDS = {
    BlockKind.TITLE: UnitKind.TITLE,
    BlockKind.LIST_ITEM: UnitKind.LIST_ITEM,
    BlockKind.CAPTION: UnitKind.CAPTION,
}
_ID_LENGTH = 12
_UNIT_FIELDS = set(Unit.model_fields)
"""Shared by all units: a set of its own for each is 50 MB in an article of 5 M characters.

`model_construct` would take it as an argument and three times as long as a validated unit.
"""
# A single unit, or less than a tenth of them, is a name or a quotation: nothing to report of an article.
_MIXED_UNITS = 2
_MIXED_SHARE = 0.1


class Piece(NamedTuple):
    """A stretch of the article before it is a unit or an aside."""

    kind: UnitKind
    block_index: int
    start: int
    end: int
    language: Language
    is_part: bool


class RuleSegmenter:
    """Cuts by the rules of the block's language. Holds nothing but how fine to cut."""

    name = "rules"

    def __init__(self, *, split: Literal["sentence", "clause"] = "sentence") -> None:
        self.split = split
        self.version = f"{VERSION}/{split}"

    def segment(self, article: Article, identifier: LanguageIdentifier) -> Article:
        """Return the article with its blocks, asides and units; those that the reader set stay as they are."""

        def tag(text: str) -> str:
            return identifier.unit(text, article.language).tag

        laid_out = lay_out(article, tag)
        units: list[Unit] = []
        asides = list(laid_out.asides)
        counts: dict[str, int] = {}
        part_count = 0
        for piece in self._pieces(laid_out, identifier):
            text = laid_out.text[piece.start : piece.end]
            part_count += piece.is_part
            if reason := _aside_reason(text):
                asides.append(Aside(start=piece.start, end=piece.end, reason=reason))
            else:
                units.append(unit_of(laid_out, piece, counts, position=len(units)))
        return laid_out.model_copy(
            update={
                "asides": tuple(sorted(asides, key=lambda aside: aside.start)),
                "units": tuple(attribute(units, article.language.tag)),
                "notes": (*article.notes, *_language_notes(units, article.language.tag), *_part_notes(part_count)),
            }
        )

    def _pieces(self, article: Article, identifier: LanguageIdentifier) -> Iterator[Piece]:
        for index, block in enumerate(article.blocks):
            text = article.text[block.start : block.end]
            language = identifier.unit(text, article.language)
            prior = article.language if language.tag == "und" else language
            for kind, start, end, is_part in self._spans(article, block, rules_for(prior.tag)):
                is_whole = (start, end) == (block.start, block.end)
                piece_language = language if is_whole else identifier.unit(article.text[start:end], prior)
                yield Piece(kind, index, start, end, piece_language, is_part)

    def _spans(self, article: Article, block: Block, rules: LanguageRules) -> Iterator[tuple[UnitKind, int, int, bool]]:
        """Yield what the block's units are and where, around the asides in it, and whether one is part of a sentence.

        A title is one unit.
        """
        kind = _KINDS.get(block.kind, UnitKind.SENTENCE)
        asides = asides_within(article.asides, block.start, block.end)
        for start, end in gaps(article.text, block.start, block.end, asides):
            whole = [(start, end)]
            sentences = whole if kind is UnitKind.TITLE else sentence_spans(article.text, start, end, rules)
            for sentence in sentences:
                is_part = sentence[1] - sentence[0] > LONGEST
                for first, last in split_long(article.text, *sentence) if is_part else (sentence,):
                    spans = split_clauses(article.text[first:last], rules) if self._may_hold_clauses(kind) else []
                    if len(spans) > 1:
                        yield from ((UnitKind.CLAUSE, first + left, first + right, is_part) for left, right in spans)
                    else:
                        yield kind, first, last, is_part

    def _may_hold_clauses(self, kind: UnitKind) -> bool:
        return self.split == "clause" and kind is UnitKind.SENTENCE


def unit_of(article: Article, piece: Piece, counts: dict[str, int], *, position: int) -> Unit:
    """Return the unit of a piece; `counts` numbers those of an article that say the same."""
    block = article.blocks[piece.block_index]
    text = article.text[piece.start : piece.end]
    digits = digest(block.kind.value + text, _ID_LENGTH)
    count = counts[digits] = counts.get(digits, 0) + 1
    suffix = f".{count}" if count > 1 else ""
    unit = Unit(
        unit_id=f"{article.article_id}:{digits}{suffix}",
        position=position,
        kind=piece.kind,
        block=block.kind,
        block_index=piece.block_index,
        start=piece.start,
        end=piece.end,
        text=text,
        language=piece.language,
    )
    object.__setattr__(unit, "__pydantic_fields_set__", _UNIT_FIELDS)
    return unit


def _language_notes(units: Sequence[Unit], language: str) -> list[str]:
    """Report an article of which a good part, posts aside, is in another language."""
    tags = Counter(unit.language.tag for unit in units if unit.block is not BlockKind.POST)
    others = sum(count for tag, count in tags.items() if tag not in (language, "und"))
    if others < _MIXED_UNITS or others < _MIXED_SHARE * tags.total():
        return []
    return ["several languages: " + ", ".join(f"{tag} {count}" for tag, count in sorted(tags.items()))]


def _part_notes(count: int) -> list[str]:
    """Report units that are parts of what has no full stop for long."""
    return [f"{count} units are parts of sentences of more than {LONGEST:,} characters"] if count else []


def _aside_reason(text: str) -> str:
    """Return why there is nothing to label in the text, or an empty string."""
    if not _WORD_OR_EMOJI.search(text):
        return "separator"
    is_address = _may_hold_address(text) and not _WORD_OR_EMOJI.search(_ADDRESS.sub("", text))
    return "link or tag" if is_address else ""


def _may_hold_address(text: str) -> bool:
    return "@" in text or "#" in text or may_hold_link(text)
