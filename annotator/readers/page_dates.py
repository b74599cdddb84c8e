"""The date that a page shows without saying so in its metadata: htmldate looks for it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from annotator.readers.dates import date_in_address

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MOST_TEXT = 300_000
"""Characters of a page that is searched for dates in its words."""
_ONLY_YEAR = "-01-01"
"""htmldate makes the first of January of a year, which is that of the page's copyright line or of a source."""


def page_date(root: HtmlElement, url: str) -> str:
    """Return the day on which the page was published, partial where its address alone says it, or an empty string."""
    in_address = date_in_address(url)
    return _found(root, url, extensive=False) or in_address[:10] * (len(in_address) == 10) or _searched(root, url) or in_address


def _searched(root, url):
    date = _found(root, url, extensive=True)
    return "" if date.endswith(_ONLY_YEAR) else date


def _found(root: HtmlElement, url: str, *, extensive: bool) -> str:
    from htmldate import find_date
    from lxml.etree import LxmlError

    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    try:
        date = find_date(root, extensive_search=extensive, original_date=True, url=url or None, deferred_url_extractor=True)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, LxmlError):
        return ""
    return date or ""
