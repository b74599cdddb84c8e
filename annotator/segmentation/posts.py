"""Find social posts in plain text, where only their last words tell them: the picture's or the platform's address.

A post ends in `pic.twitter.com/…`, `pic.x.com/…` or `https://t.co/…`, in a byline with handle and date, or in a line
with nothing but date and hour if a line above names its author. It begins at the line that names its author, or with
the paragraphs before it that are not in the article's language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from annotator.models import Aside, Block, BlockKind, Post
from annotator.segmentation.patterns import may_hold_link

PLATFORM = "X (Twitter)"
BYLINE = "byline"

_PARAGRAPHS = 6
_LENGTH = 1500
_OWN_LENGTH = 600
"""How far back a post may begin: paragraphs, characters, characters in the article's own language."""
# A signature is a line: an author of at most 60 characters, a handle of 30, a date.
_SIGNATURE_LENGTH = 160
_TAIL = re.compile(r"(?:pic\.(?:twitter|x)\.com/\w+|https?://t\.co/\w+)\s*\Z")
_TAIL_LENGTH = 100
# "10:42 AM · May 6, 2024", "6 mai 2024", "6 de mayo de 2024", "2024-05-06", "06.05.24"
_DATE = (
    r"(?:\d{1,2}[:h]\d{2}(?:\s?[AaPp]\.?[Mm]\.?)?\s*[·,|-]\s*)?(?:[^\W\d_]+\.?\s\d{1,2},\s\d{4}"
    r"|\d{1,2}(?:er|\.)?\s(?:de\s)?[^\W\d_]+\.?\s(?:de\s)?\d{4}|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d\d))"
)
_BYLINE = (
    r"(?P<author>[^@()\n.!?]{0,60}?)\s{0,3}\(?(?P<handle>@\w{1,30})\)?"
    rf"(?:\s{{0,3}}[·,|–—-]?\s{{0,3}}(?P<date>{_DATE}))?\s*\Z"
)
# "Ville de Varonne (@varonne) · 6 mai 2024" as a line, or behind a dash at the end of the post's text.
_HANDLE_LINE = re.compile(rf"(?P<dash>[–—-]\s{{0,3}})?{_BYLINE}")
_SIGNED = re.compile(rf"(?<=\s)[–—-]\s{{0,3}}{_BYLINE}")

_CLOCK = r"\d{1,2}\s?[:hH.]\s?\d{2}(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s?Uhr)?"
_DAY = (
    r"(?:[^\W\d_]+\.?\s\d{1,2}(?:,\s\d{4})?|\d{1,2}(?:er|\.)?\s(?:de\s)?[^\W\d_]{3,10}\.?(?:\s(?:de\s)?\d{4})?"
    r"|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d\d))"
)
_BETWEEN = r"\s*(?:[·•,|–—-]|\bà|\bat|\bum|\ba las|\balle|\bom|\bàs|\ble|\bam|\bel|\bil|\bop|\s)\s*"
_TIME_LINE = re.compile(
    rf"\s*(?P<date>{_CLOCK}{_BETWEEN}{_DAY}|{_DAY}{_BETWEEN}{_CLOCK}|{_DATE})(?:\s*[·•|]\s*[^\n]{{1,40}})?\s*\Z"
)
"""The last line of a post that was copied from its page: "17:05 · 3 mars 2025", "10:42 AM · May 6, 2024 · 3K Views"."""

IdentifyTag = Callable[[str], str]


def join_posts(
    text: str, blocks: Sequence[Block], article_tag: str, identify_tag: IdentifyTag
) -> tuple[list[Block], list[Aside]]:
    """Return the blocks, those of a post joined, and the bylines in them. `identify_tag` names a text's language."""
    joined: list[Block] = []
    asides: list[Aside] = []
    next_index = 0
    for index in range(len(blocks)):
        if index < next_index or not _ends_post(text, blocks, index):
            continue
        first = _first_block(text, blocks[next_index : index + 1], article_tag, identify_tag) + next_index
        last = index + 1 if _signature_line(text, blocks, index + 1) else index
        byline = _byline(text, blocks[first], blocks[last])
        time = _time_line(text, blocks[last]) if byline else None
        joined += [*blocks[next_index:first], _post_block(blocks[first].start, blocks[last].end, byline, time)]
        asides += [Aside(start=part.start(), end=part.end(), reason=BYLINE) for part in (byline, time) if part]
        next_index = last + 1
    return [*joined, *blocks[next_index:]], asides


def _ends_post(text: str, blocks: Sequence[Block], index: int) -> bool:
    block = blocks[index]
    if block.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
        return False
    tail = text[max(block.start, block.end - _TAIL_LENGTH) : block.end]
    if may_hold_link(tail) and _TAIL.search(tail):
        return True
    signature = _signature_line(text, blocks, index + 1) or _inline_signature(text, block)
    if signature is not None:
        return bool(signature["date"])
    return _time_line(text, block) is not None and _names_author(text, blocks[max(0, index - _PARAGRAPHS) : index + 1])


def _names_author(text: str, blocks: Sequence[Block]) -> bool:
    """Tell whether the last of the blocks begins with a line that names its author, or one near above is it."""
    last = blocks[-1]
    if _leading_lines(text, last):
        return True
    near = [
        block for block in blocks[:-1] if last.end - block.start <= _OWN_LENGTH and block.kind is not BlockKind.TITLE
    ]
    return len(near) > 1 and any(_handle_line(text, block) for block in near[:-1])


def _time_line(text: str, block: Block) -> re.Match[str] | None:
    """Return the match of a block's last line if it says when and nothing else."""
    start = max(text.rfind("\n", block.start, block.end) + 1, block.start)
    may_match = block.end - start <= _SIGNATURE_LENGTH and text[start : start + 1].isalnum()
    return _TIME_LINE.match(text, start, block.end) if may_match else None


def _first_block(text: str, blocks: Sequence[Block], article_tag: str, identify_tag: IdentifyTag) -> int:
    """Return where the post begins that ends with the last of the blocks."""
    end = blocks[-1].end
    if _leading_lines(text, blocks[-1]):
        return len(blocks) - 1
    post_tag = identify_tag(text[blocks[-1].start : end])
    if post_tag == "und" and len(blocks) > 1:  # nothing but the address: the text stands in the paragraph above
        post_tag = identify_tag(text[blocks[-2].start : blocks[-2].end])
    first = len(blocks) - 1
    for index in range(first - 1, max(-1, first - 1 - _PARAGRAPHS), -1):
        block = blocks[index]
        if block.kind is BlockKind.TITLE or end - block.start > _LENGTH:
            break
        if _handle_line(text, block):
            return index
        is_foreign = post_tag not in (article_tag, "und") and identify_tag(text[block.start : block.end]) == post_tag
        # Paragraphs directly above in the post's own language are the post; one further up is something else again.
        if is_foreign and first == index + 1:
            first = index
        elif is_foreign or end - block.start > _OWN_LENGTH:
            break
    return first


def _byline(text: str, first: Block, last: Block) -> re.Match[str] | None:
    return (
        _handle_line(text, first)
        or _leading_lines(text, first)
        or _handle_line(text, last)
        or _inline_signature(text, last)
    )


def _post_block(start: int, end: int, byline: re.Match[str] | None, time: re.Match[str] | None) -> Block:
    post = Post(platform=PLATFORM)
    if byline:
        post = Post(
            platform=PLATFORM,
            author=byline["author"].strip(" \u00a0·,|–—-"),
            handle=byline["handle"],
            date=byline["date"] or (time["date"] if time else ""),
        )
    return Block(kind=BlockKind.POST, start=start, end=end, post=post)


def _handle_line(text: str, block: Block) -> re.Match[str] | None:
    may_match = block.end - block.start <= _SIGNATURE_LENGTH and text.find("@", block.start, block.end) >= 0
    return _HANDLE_LINE.match(text, block.start, block.end) if may_match else None


def _leading_lines(text: str, block: Block) -> re.Match[str] | None:
    """Return the match of a handle line, or of a name above a handle, that the post's text follows directly."""
    line_end = text.find("\n", block.start, block.end)
    for end in (line_end, text.find("\n", line_end + 1, block.end)):
        match = _HANDLE_LINE.match(text, block.start, end) if 0 < end - block.start <= _SIGNATURE_LENGTH else None
        if match:
            return match
    return None


def _signature_line(text: str, blocks: Sequence[Block], index: int) -> re.Match[str] | None:
    """Return the match of a line that signs the post above it: like a handle line, behind a dash."""
    line = _handle_line(text, blocks[index]) if index < len(blocks) else None
    return line if line and line["dash"] else None


def _inline_signature(text: str, block: Block) -> re.Match[str] | None:
    start = max(block.start, block.end - _SIGNATURE_LENGTH)
    match = _SIGNED.search(text, start, block.end) if text.find("@", start, block.end) >= 0 else None
    return match if match and match["date"] else None
