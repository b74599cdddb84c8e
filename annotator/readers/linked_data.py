"""What a page says of itself in JSON-LD (schema.org)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import TYPE_CHECKING, Any

from annotator.text import one_line, unstorable

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Node = dict[str, Any]
_ARTICLE_TYPE = re.compile(r"(?:Article|BlogPosting|Report|NewsStory|ClaimReview)$")
_PAGE_TYPE = re.compile(r"WebPage$")
_SITE_TYPE = re.compile(r"(?:MediaOrganization|WebSite)$")
_MOST_SCRIPTS = 200_000
_BEFORE = re.compile(r"\s*(?:(?://|/\*)?\s*(?:<!--|<!\[CDATA\[)\s*(?:\*/)?\s*)?")
"""Some sites wrap the object in a comment or in CDATA; what follows its end is not looked at."""
_REFERRED = ("author", "publisher", "copyrightHolder")
_BELOW = ("@graph", "mainEntity", "itemReviewed")
_ENTITY = re.compile(r"&(?:#\d+|#[xX][\da-fA-F]+|[A-Za-z]\w*);")
"""With its semicolon: in an address, `&section=` and `&region=` are not `§` and `®`."""


def nodes(root: HtmlElement) -> list[Node]:
    """Return all that the page's scripts describe; a script that cannot be read describes nothing."""
    return [node for script in root.iter("script") for node in _nodes(script)]


def article_node(found: Sequence[Node]) -> Node:
    """Return the node of the article, else that of the page, with author and publisher looked up."""
    for pattern in (_ARTICLE_TYPE, _PAGE_TYPE):
        for node in found:
            if _is_of(node, pattern):
                return node | _resolved(node, found)
    return {}


def site_names(found: Sequence[Node]) -> list[str]:
    """Return what the site is called; a plain organisation may be the author."""
    return [name for node in found if _is_of(node, _SITE_TYPE) for name in names(node)]


def names(value: object) -> list[str]:
    """Return the names of one or several persons or organisations, which JSON-LD gives as text, node or list."""
    values = value if isinstance(value, list) else [value]
    found = (_name(entry) if isinstance(entry, dict) else words(entry) for entry in values)
    return [name for name in dict.fromkeys(found) if name and not name.startswith(("http://", "https://"))]


def words(value: object) -> str:
    """Return the words of a value. Many sites escape them once more than their form asks for."""
    if isinstance(value, list):
        value = next((text for text in value if isinstance(text, str)), "")
    if not isinstance(value, str) or unstorable(value):
        return ""
    return one_line(_ENTITY.sub(lambda entity: unescape(entity[0]), value))


def _name(node: Node) -> str:
    parts = (words(node.get(part)) for part in ("givenName", "familyName"))
    return words(node.get("name")) or " ".join(filter(None, parts))


def _is_of(node: Node, pattern: re.Pattern[str]) -> bool:
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and pattern.search(kind) for kind in listed)


def _resolved(node: Node, found: Sequence[Node]) -> Node:
    """Return author, publisher and owner that are given by reference only."""
    by_id = {other["@id"]: other for other in found if isinstance(other.get("@id"), str)}
    return {name: _referred(node[name], by_id) for name in _REFERRED if name in node}


def _referred(value: object, by_id: dict[str, Node]) -> object:
    if isinstance(value, list):
        return [_referred(entry, by_id) for entry in value if not isinstance(entry, list)]
    if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
        return by_id.get(value["@id"], value)
    return value


def _nodes(script: HtmlElement) -> Iterator[Node]:
    text = script.text or ""
    if "ld+json" not in script.get("type", "").lower() or len(text) > _MOST_SCRIPTS:
        return
    start = match.end() if (match := _BEFORE.match(text)) else 0
    try:
        waiting = [json.JSONDecoder(strict=False).raw_decode(text, start)[0]]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            yield value
            waiting.extend(value.get(name) for name in _BELOW if name in value)
