"""The article's text as a page gives it to search engines, in JSON-LD: the only one where scripts write the page."""

from __future__ import annotations

import json
import re
from html import escape, unescape
from typing import TYPE_CHECKING

from annotator.text import unstorable

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_BODY = re.compile(r'"articleBody"\s*:\s*("(?:[^"\\]|\\.)*+")', re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z/][^>]*>")
_BREAK = re.compile(r"\s*\n\s*|</?(?:p|br|div|li|h\d)\b[^>]*>", re.IGNORECASE)
_MOST = 1_000_000


def linked_body(root: HtmlElement) -> str:
    """Return the longest `articleBody` of the page's JSON-LD as paragraphs in HTML; empty where there is none.

    It is looked for by its name, so that JSON with a fault elsewhere serves too.
    """
    longest = max((_value(text) for script in root.iter("script") for text in _found(script)), key=len, default="")
    pieces = (" ".join(_TAG.sub("", piece).split()) for piece in _BREAK.split(longest))
    return "".join(f"<p>{escape(piece)}</p>" for piece in pieces if piece)


def _found(script: HtmlElement) -> list[str]:
    text = script.text or ""
    if "ld+json" not in script.get("type", "").lower() or len(text) > _MOST:
        return []
    return _BODY.findall(text)


def _value(literal: str) -> str:
    try:
        value = str(json.loads(literal, strict=False))
    except ValueError:
        return ""
    return "" if unstorable(value) else unescape(value)
