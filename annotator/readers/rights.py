"""What a page says of its rights: the licence that it names, and the line in which somebody keeps them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from annotator.licences import SIGN, Standing, licence_in, pattern_of, reserves_all, standing_of
from annotator.licences import words as words_of_rights
from annotator.readers.linked_data import Node, names, words
from annotator.text import one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LICENCES = ("dcterms.license", "dc.rights.license", "license", "cc:license")
_NOTICES = ("dc.rights", "dcterms.rights", "rights", "copyright", "dcterms.rightsholder", "dc.rightsholder")
_HOLDERS = ("rightsholder", "copyright")
_SIGN = re.compile(SIGN, re.IGNORECASE)
_DATED = re.compile(r"(?:[©ⓒ]|\(c\)|copyright)\D{0,60}?(?:19|20)\d\d|(?:19|20)\d\d\W{0,3}(?:[©ⓒ]|\(c\))", re.IGNORECASE)
_BLOCKS = frozenset((
    "html", "body", "div", "p", "li", "ul", "ol", "dl", "dd", "dt", "td", "th", "tr", "table", "section", "article",
    "main", "aside", "nav", "header", "footer", "address", "figure", "figcaption", "blockquote", "center", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "pre", "br", "hr",
))  # fmt: skip
_NO_TEXT = frozenset({"script", "style", "template", "noscript", "option", "svg", "head", "title"})
_PICTURES = frozenset({"figure", "figcaption", "picture", "blockquote"})
_OF_A_PICTURE = re.compile(
    r"caption|credits?\b|photo|image|\bimg|picture|gallery|slide|thumb|comment|tweet|legende|bild", re.IGNORECASE
)
_AT_THE_END = re.compile(r"foot|copyright|colophon|legal|contentinfo|copy-?right|bottom|mentions", re.IGNORECASE)
_FOOTER = re.compile(r"foot(?!note)|contentinfo", re.IGNORECASE)
_LOOK_UP = 4
"""Elements around a line whose names say what it belongs to; those further out name the whole page."""
_LINE_END = "\0"
_LONGEST = 240
_SHORT_LINE = 120
_OWNED = re.compile(r"(?:[©ⓒ]|\(c\)).*?[^\W\d_]{3}|[^\W\d_]{3}.*?(?:[©ⓒ]|\(c\))", re.IGNORECASE)

Rank = tuple[bool, ...]


class _Line(NamedTuple):
    text: str
    is_at_the_end: bool
    """Whether what it stands in is called a footer, or what such a thing is called."""


def read_rights(root: HtmlElement, linked: Node, meta: Mapping[str, Sequence[str]]) -> str:
    """Return one line: the licence if the page names one, then who keeps which rights; nothing where it says nothing.

    Licences of pictures are none of the article's, which is why what stands in a caption does not count.
    """
    lines = list(_lines(root))
    licence = _licence(root, linked, meta) or _best(lines, _licence_rank)
    told, shown = _told_notice(linked, meta), _best(lines, _notice_rank)
    is_needed = standing_of(told) is Standing.UNKNOWN or (licence and reserves_all(shown))
    parts = dict.fromkeys(map(_shortened, filter(None, (licence, told, shown if is_needed else ""))))
    return "; ".join(part for part in parts if not any(part in other for other in parts if other != part))


def _licence(root: HtmlElement, linked: Node, meta: Mapping[str, Sequence[str]]) -> str:
    told = (*_each(linked.get("license")), *(meta[name][0] for name in _LICENCES if name in meta))
    shown = (_link_text(link) for link in root.iter("link", "a") if _is_licence(link) and not _is_beside(link))
    found = [text for text in (*told, *shown) if text]
    return next((text for text in found if licence_in(text)), next(iter(found), ""))


def _is_licence(link: HtmlElement) -> bool:
    return "license" in link.get("rel", "").lower().split() and not link.get("href", "#").startswith("#")


def _link_text(link: HtmlElement) -> str:
    address, text = link.get("href", "").strip(), one_line("".join(link.itertext()))
    named = f"https:{address}" if address.startswith("//") else address
    return named if licence_in(named) or not text else f"{text} ({named})"


def _each(value: object) -> Iterator[str]:
    """Give a licence's addresses and names, which JSON-LD writes as text, node or list."""
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict):
            yield from (text for name in ("url", "@id", "name") if (text := words(entry.get(name))))
        elif text := words(entry):
            yield text


def _told_notice(linked: Node, meta: Mapping[str, Sequence[str]]) -> str:
    """Return what the page says of its owner for machines."""
    if told := words(linked.get("copyrightNotice")) or next(_each(linked.get("usageInfo")), ""):
        return told
    for name in _NOTICES:
        if name in meta and (text := meta[name][0]):
            is_bare = name.endswith(_HOLDERS) and not _SIGN.search(text) and not licence_in(text)
            return f"© {text}" if is_bare else text
    holders = names(linked.get("copyrightHolder"))
    if "copyrightHolder" in linked and not holders:
        holders = names(linked.get("publisher"))
    year = words(str(linked.get("copyrightYear") or ""))
    return one_line(f"© {year} {', '.join(holders)}") if holders else ""


@cache
def _any() -> re.Pattern[str]:
    return re.compile("|".join((pattern_of("reserved").pattern, SIGN, pattern_of("licensed").pattern)), re.IGNORECASE)


def _lines(root: HtmlElement) -> Iterator[_Line]:
    """Yield the lines that may speak of rights, in the order of the page."""
    texts = [(text, around) for element in root.iter() for text, around in _texts(element)]
    page = "\n".join(text for text, _ in texts).casefold()
    stems = [stem for stem in words_of_rights()["stems"] if stem in page]
    done: set[HtmlElement] = set()
    for text, around in texts:
        folded = text.casefold()
        if any(stem in folded for stem in stems):
            block = _block(around)
            if block not in done and not _is_beside(block):
                done.add(block)
                yield from _of_block(block)


def _texts(element: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    """Yield what stands in the element before its first child, and what follows it, each with what it stands in."""
    if element.text and element.tag not in _NO_TEXT:
        yield element.text, element
    if element.tail and (around := element.getparent()) is not None and around.tag not in _NO_TEXT:
        yield element.tail, around


def _of_block(block: HtmlElement) -> Iterator[_Line]:
    is_at_the_end = _is_at_the_end(block)
    linked = next((f" ({href})" for link in block.iter("a") if licence_in(href := link.get("href", ""))), "")
    for line in _inline(block).split(_LINE_END):
        text = one_line(line)
        if _any().search(text):
            names_none = pattern_of("licensed").search(text) and not licence_in(text)
            yield _Line(_shortened(text) + (linked if names_none else ""), is_at_the_end)


def _inline(block: HtmlElement) -> str:
    """Return the block's own text, without that of blocks in it; a `br` ends a line."""
    pieces = [block.text or ""]
    for child in block:
        if child.tag in _BLOCKS:
            pieces.append(_LINE_END)
        elif isinstance(child.tag, str) and child.tag not in _NO_TEXT:
            pieces.append(_inline(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _block(element: HtmlElement) -> HtmlElement:
    while element.tag not in _BLOCKS - {"br", "hr"} and element.getparent() is not None:
        element = element.getparent()
    return element


def _near(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the element and what stands around it, up to the whole page."""
    for _ in range(_LOOK_UP):
        if element is None or element.tag in {"body", "html", "main"}:
            return
        yield element
        element = element.getparent()


def _named(element: HtmlElement) -> str:
    return " ".join(element.get(name, "") for name in ("class", "id", "itemprop", "role"))


def _is_beside(element: HtmlElement) -> bool:
    near = list(_near(element))
    if any(one.tag in _PICTURES for one in near):
        return True
    is_footer = any(one.tag == "footer" or _FOOTER.search(_named(one)) for one in near)
    return not is_footer and any(_OF_A_PICTURE.search(_named(one)) for one in near)


def _is_at_the_end(element: HtmlElement) -> bool:
    return any(one.tag == "footer" or _AT_THE_END.search(_named(one)) for one in _near(element))


def _shortened(text: str) -> str:
    """Return a long line from the sentence on in which it speaks of rights."""
    match = _any().search(text) if len(text) > _LONGEST else None
    if match is None:
        return text[:_LONGEST]
    start = max(text.rfind(mark, 0, match.start()) + len(mark) for mark in (". ", "| "))
    start = start if start > 1 and match.start() - start < _LONGEST else match.start()
    return text[start : start + _LONGEST].rsplit(" ", 1)[0] if len(text) - start > _LONGEST else text[start:]


def _best(lines: Sequence[_Line], rank: Callable[[_Line], Rank | None]) -> str:
    """Return the line of the highest rank; of several the last, for a page ends with what holds for all of it."""
    ranked = [(place, line) for line in lines if (place := rank(line)) is not None]
    return max(reversed(ranked), key=itemgetter(0))[1].text if ranked else ""


def _licence_rank(line: _Line) -> Rank | None:
    """In the text itself somebody's licence is named often; the article's own is said of "this work", or at the end."""
    is_meant = line.is_at_the_end or pattern_of("of_the_page").search(line.text)
    return (line.is_at_the_end,) if is_meant and licence_in(line.text) else None


def _notice_rank(line: _Line) -> Rank | None:
    reserved, is_dated = reserves_all(line.text), bool(_DATED.search(line.text))
    is_owned = line.is_at_the_end and bool(_OWNED.search(line.text))
    if not (is_dated or is_owned or (reserved and (line.is_at_the_end or len(line.text) < _SHORT_LINE))):
        return None
    return (reserved, is_dated, line.is_at_the_end)
