"""Markdown: what its marks say is read, and they are no text. It is made a page, so that one reader reads both."""

from __future__ import annotations

import re

from annotator.models import Article
from annotator.readers import html
from annotator.readers.article import SourceMetadata
from annotator.readers.heads import find_head
from annotator.text import canonical

VERSION = "1"
_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,20}\](?::[ \t]*)?")
"""CommonMark has no notes: their marks would be text."""


def read_markdown(raw: str, notes: tuple[str, ...] = (), *, source: str) -> Article:
    """Return the article of one Markdown file (CommonMark, with tables and strikethrough), with or without a head.

    Raises:
        InputError: no text is left, or it cannot be stored as UTF-8.
    """
    from markdown_it import MarkdownIt

    text, _ = canonical(raw)
    head = find_head(text)
    spans = [*head.asides, *((head.title,) if head.title else ())]
    body = _FOOTNOTE.sub("", text[max((end for _, end in spans), default=0) :])
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(body)
    given = SourceMetadata(**head.values)
    article = html.read_html(f"<div>{page}</div>", given, source=source, notes=notes)
    step = html.step().replace("html-", f"markdown-{VERSION}/html-", 1)
    return article.model_copy(update={"signature": article.signature.replace(html.step(), step)})
