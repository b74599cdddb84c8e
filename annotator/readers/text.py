"""Plain text, with or without a metadata head.

The head stays in the canonical text, as asides; a title in it is a title block of its own.
"""

from __future__ import annotations

from dataclasses import replace

from annotator.models import Article, Aside, Block, BlockKind
from annotator.readers.article import SourceMetadata, make_article
from annotator.readers.heads import find_head
from annotator.text import canonical

HEAD = "metadata head"


def read_text(raw: str, notes: tuple[str, ...] = (), *, source: str) -> Article:
    """Return the article of one plain text file.

    Raises:
        InputError: nothing but white space is left, or the text cannot be stored as UTF-8.
    """
    text, _ = canonical(raw)
    head = find_head(text)
    metadata = SourceMetadata(**head.values)
    asides = [Aside(start=start, end=end, reason=HEAD) for start, end in head.asides]
    if head.title is None:
        return make_article(raw, metadata, source=source, notes=notes, asides=asides)
    article = make_article(raw, replace(metadata, title=""), source=source, notes=notes, asides=asides)
    start, end = head.title
    block = Block(kind=BlockKind.TITLE, start=start, end=end)
    return article.model_copy(update={"title": metadata.title, "title_origin": "text", "blocks": (block,)})
