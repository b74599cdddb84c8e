"""What stands on an article's page and is not its text: told by its element's name, or by its own words."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from annotator.credits import CREDIT, is_credit
from annotator.readers.dates import is_only_date

if TYPE_CHECKING:
    from lxml.html import HtmlElement

BYLINE = "byline"
ATTRIBUTION = "attribution"
READ_ALSO = "read also"
NEWSLETTER = "newsletter"
CONSENT = "consent text"
DATE = "publication date"
FURNITURE = "page furniture"

_NAME = r"(?:^|[\s_-])(?:%s)(?:$|[\s_-])"
_PULL_QUOTE = re.compile(
    _NAME % r"(?:wp-block-)?pull-?quote\w*|quote--pull|exergue\w*|mise-en-exergue|destacado|zitat-?box|highlight-quote",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    _NAME % r"(?:image-?|photo-?|wp-?)?caption(?:-text)?|l[ée]gende|bildunterschrift|pie-?(?:de-?)?foto", re.IGNORECASE
)
_HIDDEN_NAME = re.compile(_NAME % r"sr-only|visually-?hidden|screen-?reader(?:-text)?|a11y-hidden", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_WHOLE = frozenset(("html", "body", "main", "article"))
"""What holds the article: its names say what kind of page it is, not what to leave out."""
_BOX_LENGTH = 1500
"""A longer element is not a box beside the article, whatever its name: themes name the whole page `has-newsletter`."""

_BYLINE = re.compile(
    r"^(?:(?i:par|by|por|von|texte?|texto|propos recueillis par|avec|redacción|rédaction)\s*:?\s+)"
    r"[A-ZÀ-Þ][\w’'-]+(?:[\s,&]+(?:(?:et|and|y|und|de|du|von|la|le)\s+)*[A-ZÀ-Þ][\w’'.-]*)*(?:\s+(?:avec|with|con|mit)\s+\w+)?$"
)
_BYLINE_LENGTH = 100
_DATE_LENGTH = 60
"""Longer lines are sentences that begin with "Par" or "By", or that give a date."""
CREDIT_TAIL = re.compile(
    r"(?:\s*[|/–—-])?\s*(?:\(?\s*(?:©|(?i:crédits?(?: photos?)?|photos?|fotos?|bild|image)\s*:)[^()]{1,80}\)?"
    r"|\([^()]{0,60}\b(?:AFP|AP|EFE|dpa|DPA|Reuters|REUTERS|Getty Images|SIPA|MAXPPP)\b[^()]{0,20}\)"
    r"|/\s*(?:AFP|AP|EFE|dpa|Reuters))\.?\s*$"
)


@cache
def _rules() -> dict[str, list[dict[str, Any]]]:
    text = (resources.files("annotator.readers") / "boilerplate.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _named() -> list[tuple[str, re.Pattern[str]]]:
    return [(rule["reason"], re.compile(_NAME % "|".join(rule["words"]), re.IGNORECASE)) for rule in _rules()["names"]]


@cache
def _starts() -> list[tuple[str, int, re.Pattern[str]]]:
    return [
        (rule["reason"], rule["length"], re.compile(rf"[\s\W]*(?:{'|'.join(rule['words'])})", re.IGNORECASE))
        for rule in _rules()["starts"]
    ]


def named_reason(element: HtmlElement) -> str:
    """Return why a block element is not part of the article, told by its names, or an empty string."""
    return "" if element.tag in _WHOLE or not (reason := inline_reason(element)) or _is_long(element) else reason


def inline_reason(element: HtmlElement) -> str:
    """Return what an element's names say it is."""
    if element.get("rel") == "author":
        return BYLINE
    if element.tag == "time":
        return DATE
    names = _names(element)
    return next((reason for reason, pattern in _named() if pattern.search(names)), "") if names else ""


def is_pull_quote(element: HtmlElement) -> bool:
    """Tell an element that shows words of the article once more, large."""
    names = _names(element)
    return bool(names) and _PULL_QUOTE.search(names) is not None and not _is_long(element)


def is_caption(element: HtmlElement) -> bool:
    """Tell a picture's caption that stands in no `figcaption`: classic WordPress has `wp-caption-text`."""
    names = element.get("class", "")
    return bool(names) and _CAPTION.search(names) is not None and not _is_long(element)


def hidden(element: HtmlElement) -> bool:
    """Tell an element that people do not see."""
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or _HIDDEN_STYLE.search(element.get("style", "")) is not None
        or _HIDDEN_NAME.search(element.get("class", "")) is not None
    )


def worded_reason(text: str) -> str:
    """Return why a line is not part of the article, told by its words, or an empty string."""
    if len(text) <= _DATE_LENGTH and is_only_date(text):
        return DATE
    if is_credit(text):
        return CREDIT
    return next((reason for reason, length, words in _starts() if len(text) <= length and words.match(text)), "")


def is_byline(text: str) -> bool:
    """Tell a line like "Par la rédaction" or "By A. Name"."""
    return len(text) <= _BYLINE_LENGTH and _BYLINE.search(text) is not None


def text_up_to(element: HtmlElement, limit: int) -> int:
    """Return how much text is in the element, counted no further than the limit."""
    length = 0
    for text in element.itertext():
        length += len(text.strip())
        if length > limit:
            break
    return length


def _names(element: HtmlElement) -> str:
    return " ".join(filter(None, (element.get("class"), element.get("id"), element.get("itemprop"))))[:1000]


def _is_long(element: HtmlElement) -> bool:
    return text_up_to(element, _BOX_LENGTH) > _BOX_LENGTH
