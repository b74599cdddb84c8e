"""The one place where an article gets its canonical text, its id and its revision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from annotator.errors import InputError
from annotator.models import Article, Aside, Block, BlockKind
from annotator.text import canonical, digest, one_line, twice_encoded, unstorable

VERSION = "7"
_LINE = re.compile(r".+")
_BLANK = re.compile(r"\s")
_WINDOW = 500_000
"""A million characters without a blank always hold such a window, and looking at whole windows is fast."""
S = TypeVar("S", Block, Aside)


@dataclass(frozen=True)
class SourceMetadata:
    """What the source says about an article; an empty string where it says nothing."""

    article_id: str = ""
    title: str = ""
    url: str = ""
    site: str = ""
    author: str = ""
    section: str = ""
    published: str = ""
    declared_language: str = ""
    rights: str = ""
    retention: str = ""


def make_article(  # noqa: PLR0913
    raw: str,
    metadata: SourceMetadata,
    *,
    source: str,
    notes: Sequence[str] = (),
    blocks: Sequence[Block] = (),
    asides: Sequence[Aside] = (),
    left_out: int = 0,
    step: str = f"text-{VERSION}",
) -> Article:
    """Return the article. A title that is not the text's first lines is put in front of it, as its first block.

    `blocks` and `asides` are spans of the canonical form of `raw`; `step` is the reader's part of the signature.

    Raises:
        InputError: nothing but white space is left, or a string of it cannot be stored.
    """
    body, changed = canonical(raw)
    _check(body)
    _check_names(metadata, blocks)
    title, _ = canonical(one_line(metadata.title))
    in_front = bool(title) and not _starts_with_lines(body, title)
    shift = len(title) + 2 if in_front else 0
    text = f"{title}\n\n{body}" if in_front else body
    front = [Block(kind=BlockKind.TITLE, start=0, end=len(title))] if in_front else []
    revision = digest(text, 16)
    return Article(
        article_id=metadata.article_id or metadata.url or revision,
        revision=revision,
        text=text,
        title=title,
        title_origin="metadata" if in_front else "text" if title else "",
        url=metadata.url,
        site=metadata.site,
        author=metadata.author,
        section=metadata.section,
        published=metadata.published,
        declared_language=metadata.declared_language,
        source_file=source,
        signature=f"read {step}",
        rights=metadata.rights,
        retention=metadata.retention,
        notes=(*notes, *filter(None, (twice_encoded(body),)), *_nfc_notes(changed)),
        blocks=(*front, *(_shifted(block, shift) for block in blocks)),
        asides=tuple(_shifted(aside, shift) for aside in asides),
        left_out=left_out,
    )


def _nfc_notes(changed: int) -> list[str]:
    return [f"Unicode NFC changed {changed} characters"] if changed else []


def _starts_with_lines(body: str, title: str) -> bool:
    """Tell whether the first lines are the title: one that only begins the first sentence has no line of its own."""
    rest = title
    for match in _LINE.finditer(body):
        line = one_line(match[0])
        if rest == line:
            return True
        if line and not rest.startswith(f"{line} "):
            return False
        rest = rest[len(line) + 1 :] if line else rest
    return False


def _shifted(part: S, shift: int) -> S:
    return part.model_copy(update={"start": part.start + shift, "end": part.end + shift}) if shift else part


def not_storable(what: str, wrong: str) -> InputError:
    """Return the error for a text that holds a NUL character or half of another one."""
    if "NUL" in wrong:
        return InputError(f"{what} holds {wrong}", reason="binary", hint="hand in plain text")
    return InputError(f"{what} holds {wrong}", reason="surrogate", hint="export the text again from its source")


def _check_names(metadata: SourceMetadata, blocks: Sequence[Block]) -> None:
    posts = (block.post.model_dump().items() for block in blocks if block.post)
    for name, value in (*asdict(metadata).items(), *(item for items in posts for item in items)):
        if wrong := unstorable(value):
            raise not_storable(f"field {name.removeprefix('article_')!r}", wrong)


def _check(body: str) -> None:
    if not body.strip():
        raise InputError("nothing but white space", reason="empty")
    if wrong := unstorable(body):
        raise not_storable("the text", wrong)
    starts = range(0, len(body) - _WINDOW + 1, _WINDOW)
    if any(_BLANK.search(body, start, start + _WINDOW) is None for start in starts):
        message = f"more than {_WINDOW:,} characters without a blank: data, not running text"
        raise InputError(message, reason="no_blanks", hint="take out what is encoded in it, or split its lines")
