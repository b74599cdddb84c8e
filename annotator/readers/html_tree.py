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
_SCRIPTED = re.compile(
    r"<(?P<tag>script|style|textarea)\b.*?</(?P=tag)\s*>|<!--.*?-->|<noscript\b[^>]*>(?P<inner>.*?)</noscript\s*>",
    re.IGNORECASE | re.DOTALL,
)
_HELD_TEXT = 200
"""Characters in a `noscript` that are more than a request to turn scripts on."""
_MARKUP = re.compile(r"<[a-z]+[^<>]*>", re.IGNORECASE)
"""Text with tags in it is code that was escaped once more."""
_SELF_CLOSED = re.compile(r"(<(?:html|body|head)\b[^>]*?)/\s*>", re.IGNORECASE)
_STREAMED = re.compile(r"S:[\da-f]+$")
"""The id of what React sends hidden and a script then moves into the page."""
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
    if len(source) > MAX_CHARACTERS:
        message = f"more than {MAX_CHARACTERS // 10**6} million characters in one page"
        raise InputError(message, reason="too_large", hint="hand in the article's text as .txt")
    if wrong := unstorable(source):
        raise not_storable("the page", wrong)
    clean = _SELF_CLOSED.sub(r"\1>", _NOT_XML.sub("", source).replace("\f", " "))
    root = _tree(clean)
    if any(text_length(element) > _HELD_TEXT for element in root.iter("noscript")):
        root = _tree(_SCRIPTED.sub(_closed, clean))
    _show_streamed(root)
    _show_misplaced(root)
    _fold(root)
    return root


def text_length(element: HtmlElement) -> int:
    """Return how many characters of text stand in an element."""
    return sum(len(text.strip()) for text in element.itertext())


def _tree(source: str) -> HtmlElement:
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(source.encode(), parser=parser)
    except etree.ParserError as error:
        raise InputError("no text in the page", reason="empty") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        message = "tags nested more than 2048 deep: the parser gave up there"
        raise InputError(message, reason="nesting", hint="save the page again, or hand in its text as .txt")
    return root


def _closed(match: re.Match[str]) -> str:
    """Return a `noscript` with its tags closed: to a browser it ends where its end tag stands."""
    from lxml import etree, html

    if match["inner"] is None:
        return match[0]
    try:
        element = html.fragment_fromstring(match["inner"], create_parent="noscript")
    except etree.ParserError:
        return ""
    return str(html.tostring(element, encoding="unicode"))


def held_back(root: HtmlElement) -> list[HtmlElement]:
    """Return the elements with text for people without scripts, or for scripts, more than a request to turn them on."""
    found = [element for element in root.iter("noscript", "template") if text_length(element) > _HELD_TEXT]
    return [element for element in found if _MARKUP.search("".join(element.itertext())) is None]


def _show_streamed(root: HtmlElement) -> None:
    """Put what was streamed where the page's own script puts it."""
    for element in [element for element in root.iter("div") if _STREAMED.search(element.get("id", ""))]:
        if element.attrib.pop("hidden", None) is None:
            continue
        place = element.get("id", "").replace("S:", "B:")
        template = next((one for one in root.iter("template") if one.get("id") == place), None)
        if template is not None and not any(around is element for around in template.iterancestors()):
            tail = template.tail
            element.drop_tree()
            template.getparent().replace(template, element)
            element.tail = tail


def _show_misplaced(root: HtmlElement) -> None:
    """Make elements of a page of what holds some and is drawn with them: a drawing left open, a shadow tree."""
    for element in root.iter("svg", "template"):
        is_open = element.tag == "svg" and next(element.iter("p", "div", "article", "main"), None) is not None
        if is_open or element.get("shadowrootmode") == "open":
            element.tag = "div"


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
