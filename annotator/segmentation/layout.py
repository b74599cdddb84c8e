"""Complete an article's blocks and asides: what the reader did not mark is read as plain text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

from annotator.credits import CREDIT, is_credit
from annotator.models import Article, Aside, Block, BlockKind
from annotator.segmentation.blocks import plain_blocks, with_title
from annotator.segmentation.guards import Span
from annotator.segmentation.posts import join_posts
from annotator.text import one_line, trim


def lay_out(article: Article, tag: Callable[[str], str]) -> Article:
    """Return the article with blocks and asides that cover its text. `tag` identifies the language of a short text."""
    blocks = list(article.blocks)
    asides = list(article.asides)
    title, title_origin = article.title, article.title_origin
    covered: list[Block | Aside] = sorted([*blocks, *asides], key=lambda part: part.start)
    for start, end in gaps(article.text, 0, len(article.text), covered):
        gap_blocks, credit_asides = _without_credits(article.text, plain_blocks(article.text, start, end))
        if not blocks:
            gap_blocks = with_title(article.text, gap_blocks, title)
        joined, bylines = join_posts(article.text, gap_blocks, article.language.tag, tag)
        blocks += joined
        asides += [*bylines, *credit_asides]
    blocks.sort(key=lambda block: block.start)
    asides.sort(key=lambda aside: aside.start)
    if blocks and blocks[0].kind is BlockKind.TITLE and not title:
        title, title_origin = one_line(article.text[blocks[0].start : blocks[0].end]), "text"
    changes = {"blocks": tuple(blocks), "asides": tuple(asides), "title": title, "title_origin": title_origin}
    return article.model_copy(update=changes)


def _without_credits(text: str, blocks: Sequence[Block]) -> tuple[list[Block], list[Aside]]:
    """Set aside the paragraphs that only name who made a picture; one at the very top is not the title either."""
    others: list[Block] = []
    credit_asides: list[Aside] = []
    for block in blocks:
        if block.kind is BlockKind.PARAGRAPH and is_credit(text[block.start : block.end]):
            credit_asides.append(Aside(start=block.start, end=block.end, reason=CREDIT))
        else:
            others.append(block)
    return others, credit_asides


def gaps(text: str, start: int, end: int, covered: Sequence[Block | Aside]) -> Iterator[Span]:
    """Yield the spans between two offsets that none of the taken parts (in order) covers and that are not blank."""
    for part in covered:
        if text[start : min(part.start, end)].strip():
            yield trim(text, start, min(part.start, end))
        start = max(start, part.end)
    if text[start:end].strip():
        yield trim(text, start, end)


def asides_within(parts: Sequence[Aside], start: int, end: int) -> Sequence[Aside]:
    """Return those of the parts (in order, apart) that reach into the span."""
    first = bisect_right(parts, start, key=lambda part: part.end)
    return parts[first : bisect_left(parts, end, key=lambda part: part.start)]
