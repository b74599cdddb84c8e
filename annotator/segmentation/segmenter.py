"""The segmenter: blocks, asides and units of an article, by rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal

from annotator.models import Article, Aside, Block, BlockKind, Unit, UnitKind
from annotator.protocols import LanguageIdentifier
from annotator.segmentation.blocks import cut
from annotator.segmentation.guards import Span
from annotator.segmentation.layout import gaps, lay_out, within
from annotator.segmentation.marks import EMOJI, LINK
from annotator.segmentation.rules import rules_for
from annotator.text import digest, trim

_WORD_OR_EMOJI = re.compile(rf"[^\W_]|{EMOJI}")
_ADDRESS = re.compile(rf"{LINK}|[@#]\w+")
VERSION = "1"
_KINDS = {
    BlockKind.TITLE: UnitKind.TITLE,
    BlockKind.LIST_ITEM: UnitKind.LIST_ITEM,
    BlockKind.CAPTION: UnitKind.CAPTION,
}
_ID_LENGTH = 12


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
        units, asides = self._units(laid_out, identifier)
        asides = sorted([*laid_out.asides, *asides], key=lambda aside: aside.start)
        return laid_out.model_copy(update={"asides": tuple(asides), "units": tuple(units)})

    def _units(self, article: Article, identifier: LanguageIdentifier) -> tuple[list[Unit], list[Aside]]:
        units: list[Unit] = []
        asides: list[Aside] = []
        seen: Counter[str] = Counter()
        for block_index, block in enumerate(article.blocks):
            language = identifier.unit(article.text[block.start : block.end], article.language)
            whole = block.start, block.end
            prior = article.language if language.tag == "und" else language
            for start, end in _spans(article, block, prior.tag):
                text = article.text[start:end]
                if reason := _no_unit(text):
                    asides.append(Aside(start=start, end=end, reason=reason))
                    continue
                digits = digest(f"{block.kind}{text}", _ID_LENGTH)
                seen[digits] += 1
                units.append(
                    Unit(
                        unit_id=f"{article.article_id}:{digits}" + (f".{seen[digits]}" if seen[digits] > 1 else ""),
                        position=len(units),
                        kind=_KINDS.get(block.kind, UnitKind.SENTENCE),
                        block=block.kind,
                        block_index=block_index,
                        start=start,
                        end=end,
                        text=text,
                        language=language if whole == (start, end) else identifier.unit(text, prior),
                    )
                )
        return units, asides


def _spans(article: Article, block: Block, language: str) -> Iterator[Span]:
    """Yield the spans of the block's units, around the asides in it. A title is one unit."""
    rules = rules_for(language)
    for start, end in gaps(article.text, block.start, block.end, within(article.asides, block.start, block.end)):
        if block.kind is BlockKind.TITLE:
            yield trim(article.text, start, end)
        else:
            yield from cut(article.text, start, end, rules)


def _no_unit(text: str) -> str:
    """Return why there is nothing to label in the text, or an empty string."""
    if not _WORD_OR_EMOJI.search(text):
        return "separator"
    return "" if _WORD_OR_EMOJI.search(_ADDRESS.sub("", text)) else "link or tag"
