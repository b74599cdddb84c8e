"""Find the blocks of plain text: paragraphs, list items and the title.

A blank line separates; a bullet, `1.`, `1/` or a dialogue dash at the start of a line opens a block. Any other single
newline is a wrapped line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from annotator.models import Block, BlockKind
from annotator.segmentation.guards import Span
from annotator.segmentation.rules import LanguageRules
from annotator.segmentation.sentences import split_sentences
from annotator.text import one_line, trim

_BLANK_LINE = re.compile(r"\n\s*\n")
# What opens a block at the start of a line: a bullet or `a)`, a dialogue dash, `1.`, `2)`, `3/5` or a keycap emoji. The
# dash needs no blank behind it ("–Oui."), a bullet and a number do: `-5 °C` and `3.5` go on with the line before.
_OPENER = re.compile(
    r"[^\S\n]*(?:(?P<bullet>[-•*·▪◦‣●○■►▶✓✔➜→]|[a-z]\))\s+(?=\S)|(?P<dash>[–—])(?:[^\S\n]+(?=\S)|(?=\w))"
    r"|(?P<number>\d{1,3})(?:\ufe0f?\u20e3|[.)]|/(?P<total>\d{1,3})?)[^\S\n]+(?=\S))"
)
_NEWLINE = re.compile(r"\n")
_BLANK_LINE_FOLLOWS = re.compile(r"[^\S\n]*\n[^\S\n]*\n")
_LINE_ENDS = frozenset('.!?…:;,»"”。！？')
# What a headline does not have: a closing mark (a sentence, a lead-in) or an address or handle (a post).
_TITLE_LENGTH = 150
_NOT_A_TITLE = re.compile(r"[.!?…:;,。！？]\W*$|https?://|pic\.(?:twitter|x)\.com/|@\w")
_LETTER = re.compile(r"[^\W\d_]")


def plain_blocks(text: str, start: int, end: int) -> list[Block]:
    """Return the blocks between two offsets, in order; together they cover everything that is not blank."""
    return [Block(kind=_kind(text, *span), start=span[0], end=span[1]) for span in _block_spans(text, start, end)]


def with_title(text: str, blocks: list[Block], title: str) -> list[Block]:
    """Return the blocks with the article's title as the first of them, if the first one shows it."""
    span = _title_span(text, blocks, title) if blocks else None
    if span is None:
        return blocks
    start, end = trim(text, span[1], blocks[0].end)
    rest = [Block(kind=BlockKind.PARAGRAPH, start=start, end=end)] if start < end else []
    return [Block(kind=BlockKind.TITLE, start=span[0], end=span[1]), *rest, *blocks[1:]]


def sentence_spans(text: str, start: int, end: int, rules: LanguageRules) -> Iterator[Span]:
    """Yield the spans of the sentences between two offsets, cut at blank lines and list items too."""
    for first, last in _block_spans(text, start, end):
        for left, right in split_sentences(text[first:last], rules):
            yield first + left, first + right


def _title_span(text: str, blocks: list[Block], title: str) -> Span | None:
    """A given title stands in the first lines; without one, it is a short line without a full stop above a text."""
    first = blocks[0]
    if title:
        words = re.compile(r"\s+".join(map(re.escape, title.split())))
        match = words.match(text, first.start, first.end)
        return match.span() if match and (match.end() == first.end or text[match.end()] == "\n") else None
    return (
        (first.start, first.end)
        if len(blocks) > 1 and _is_headline(text, first) and not _is_bare(text, blocks[1])
        else None
    )


def _is_headline(text: str, block: Block) -> bool:
    line = text[block.start : block.end]
    return (
        block.kind is BlockKind.PARAGRAPH
        and len(line) <= _TITLE_LENGTH
        and "\n" not in line
        and _BLANK_LINE_FOLLOWS.match(text, block.end) is not None
        and _LETTER.search(line) is not None
        and _NOT_A_TITLE.search(one_line(line)) is None
    )


def _is_bare(text: str, block: Block) -> bool:
    """Tell a block that is only the address of a post: the line above it is the post's text, no headline."""
    return text.startswith(("http", "pic."), block.start) and not re.search(r"\s", text[block.start : block.end])


def _block_spans(text: str, start: int, end: int) -> Iterator[Span]:
    for first, last in _paragraphs(text, start, end):
        cuts = [first, *_openers(text, first, last), last]
        for left, right in pairwise(cuts):
            yield trim(text, left, right)


def _paragraphs(text: str, start: int, end: int) -> Iterator[Span]:
    for gap in _BLANK_LINE.finditer(text, start, end):
        if text[start : gap.start()].strip():
            yield trim(text, start, gap.start())
            start = gap.end()
    if text[start:end].strip():
        yield trim(text, start, end)


def _openers(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the starts of the lines after the first that open a block of their own."""
    first = _OPENER.match(text, start, end)
    last_number = int(first["number"] or 0) if first else 0
    for newline in _NEWLINE.finditer(text, start, end):
        opener = _OPENER.match(text, newline.end(), end)
        if opener is None:
            continue
        item_number = int(opener["number"] or 0)
        # A wrapped line may begin with `3. Mai` or `1/3 des`: a number counts in its turn, or after a line that ended.
        in_turn = item_number in (1, last_number + 1) and (last_number or not opener["total"])
        if not item_number or in_turn or text[newline.start() - 1] in _LINE_ENDS:
            last_number = item_number or last_number
            yield newline.end()


def _kind(text: str, start: int, end: int) -> BlockKind:
    """Tell a list item from a paragraph. A dialogue dash opens a paragraph, unless it reads like an item."""
    opener = _OPENER.match(text, start, end)
    if opener is None:
        return BlockKind.PARAGRAPH
    is_speech = opener["dash"] and not (text[opener.end()].islower() or text[start:end].rstrip()[-1] in ";,")
    return BlockKind.PARAGRAPH if is_speech else BlockKind.LIST_ITEM
