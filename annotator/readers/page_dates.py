"""The date that a page shows without saying so in its metadata: htmldate knows the marks, our own table the words."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from annotator.readers.dates import date_in_address, date_in_words
from annotator.text import one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LONGEST = 80
"""Characters of a line that gives the date of the page; in longer ones stands what the article is about."""
_SOON = 40
"""Lines behind the headline, its own left out."""
_TEXTS = 2
"""A standfirst may stand before the date; behind the first text of the article, dates are what it tells of."""
_LEVELS = 3
_SHORT_YEAR = re.compile(r"[^\w]*(\d{1,2}[./]\d{1,2}[./])(\d{2})[^\w]*")
_UNSEEN = frozenset(("script", "style", "noscript", "template", "title"))
_DAY = 10
"""Characters of a whole date."""


def page_date(root: HtmlElement, url: str) -> str:
    """Return the day on which the page was published, partial where its address alone says it, or an empty string."""
    in_address = date_in_address(url)
    told = in_address if len(in_address) == _DAY else ""
    return _marked(root) or told or _written(root) or in_address


def _marked(root: HtmlElement) -> str:
    """Return what htmldate finds without its extensive search, which takes ten seconds for 2,000 short lines."""
    from htmldate import find_date
    from lxml.etree import LxmlError

    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    try:
        # An address of its own would come before the page's marks.
        date = find_date(root, extensive_search=False, original_date=True, url="", deferred_url_extractor=True)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, LxmlError):
        return ""
    return date or ""


def _written(root: HtmlElement) -> str:
    """Return the date of a short line soon behind the headline, else the last one before it."""
    before = ""
    lines_behind, texts_behind = -1, 0
    for element, line in _lines(root):
        lines_behind += lines_behind >= 0 or element.tag == "h1" or any(above.tag == "h1" for above in _above(element))
        texts_behind += lines_behind > 0 and len(line) > _LONGEST
        is_answered = lines_behind > 0 and line.endswith("?")
        if lines_behind > _SOON or texts_behind >= _TEXTS or is_answered:
            break
        if len(line) <= _LONGEST and (date := date_in_words(line) or _short(line)):
            if lines_behind >= 0:
                return date
            before = date
    return before


def _short(line: str) -> str:
    """Return the date of a line that is `8.5.12` and a few signs: a short year alone is no year."""
    match = _SHORT_YEAR.fullmatch(line)
    return date_in_words(f"{match[1]}20{match[2]}") if match else ""


def _above(element: HtmlElement) -> Iterator[HtmlElement]:
    return islice(element.iterancestors(), _LEVELS)


def _lines(root: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the texts that a reader sees, each with the element it stands in."""
    for element in root.iter("*"):
        parent = element.getparent()
        text = "" if element.tag in _UNSEEN else one_line(element.text or "")
        if text:
            yield element, text
        if parent is not None and (tail := one_line(element.tail or "")):
            yield parent, tail
