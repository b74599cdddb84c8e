"""HTML source becomes a tree that can be walked without running out of stack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annotator.errors import InputError
from annotator.readers.article import not_storable
from annotator.text import unstorable

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_CHARACTERS = 20_000_000
"""A tree takes about 50 times the memory of its source, and trafilatura has the same limit."""
MAX_DEPTH = 200
"""Deeper elements are folded into the one at this depth: trafilatura recurses, and real pages reach about 60."""
_BARE = ("script", "style", "template", "svg", "noscript")
_NOT_XML = re.compile(
    "[^\t\n\f\r\x20-\x7e\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    r"|&#0*(?:[1-8]|1[1-24-9]|2\d|3[01]|6553[45])(?!\d);?"
    r"|&#[xX]0*(?:[1-8bceBCEfF]|1[\da-fA-F]|[fF]{3}[eEfF])(?![\da-fA-F]);?"
)
"""lxml refuses to set a text with such a character in it, so it is taken out before it gets into the tree."""
_WHOLE_PAGE = re.compile(r"<(?:html|body|head|!doctype)\b", re.IGNORECASE)
_LOOK_AT = 4096


def is_page(source: str) -> bool:
    """Tell a whole page from a fragment (the body of a feed entry, say), which is all article."""
    return _WHOLE_PAGE.search(source, 0, _LOOK_AT) is not None


def parse(source: str) -> HtmlElement:
    """Return the root of the page, scripts included (the metadata is in them), comments not.

    Raises:
        InputError: too long, NUL characters, half a surrogate pair, no element, or tags nested too deep.
    """
    from lxml import etree, html

    if len(source) > MAX_CHARACTERS:
        message = f"more than {MAX_CHARACTERS // 10**6} million characters in one page"
        raise InputError(message, reason="too_large", hint="hand in the article's text as .txt")
    if wrong := unstorable(source):
        raise not_storable("the page", wrong)
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(_NOT_XML.sub("", source).replace("\f", " ").encode(), parser=parser)
    except etree.ParserError as error:
        raise InputError("no text in the page", reason="empty") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        message = "tags nested more than 2048 deep: the parser gave up there"
        raise InputError(message, reason="nesting", hint="save the page again, or hand in its text as .txt")
    _fold(root)
    return root


def drop_bare(root: HtmlElement) -> None:
    """Take out what holds no text of the article, once the metadata has been read."""
    for element in list(root.iter(*_BARE)):
        if element.getparent() is not None:
            element.drop_tree()


def _fold(root: HtmlElement) -> None:
    from lxml import etree

    depth = 0
    deep: list[HtmlElement] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start" and depth == MAX_DEPTH and len(element):
            deep.append(element)
    for element in deep:
        for below in element.iterdescendants():
            below.tail = f" {below.tail or ''}"
        etree.strip_tags(element, "*")
