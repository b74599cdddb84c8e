"""What stands on an article's page and is not its text: told by its element's name, or by its own words."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from annotator.credits import CREDIT, is_bare_credit, is_credit
from annotator.readers.dates import is_only_date

if TYPE_CHECKING:
    from lxml.html import HtmlElement

BYLINE = "byline"
ATTRIBUTION = "attribution"
READ_ALSO = "read also"
CONSENT = "consent text"
DATE = "publication date"
FURNITURE = "page furniture"
KICKER = "kicker"

_NAME = r"(?:^|[\s_-])(?:%s)(?:$|[\s_-])"
_BODY = re.compile(
    _NAME % r"(?:entry|article|post|story|page|main)[-_]?(?:content|body|text)|articlebody|e-content", re.IGNORECASE
)
"""What says that an element holds the article, whatever else it says."""
_PULL_QUOTE = re.compile(
    _NAME % r"(?:wp-block-)?pull-?quote\w*|quote--pull|exergue\w*|mise-en-exergue|destacado|zitat-?box|highlight-quote",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    _NAME % r"(?:image-?|photo-?|wp-?)?caption(?:-text)?|l[ée]gende|bildunterschrift|pie-?(?:de-?)?foto", re.IGNORECASE
)
_HIDDEN_NAME = re.compile(_NAME % r"sr-only|visually-?hidden|screen-?reader(?:-text)?|a11y-hidden", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]|clip-path\s*:\s*inset\(\s*(?:50|100)%",
    re.IGNORECASE,
)
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
_QUESTION = re.compile(r"[?？؟⸮]\W*$")
_FULL_STOP = re.compile(r"[^\W\d]{3,}.*(?<!\b[A-Za-z])[.!…]$")
"""Sentences end in one, dates do not; `p.m.` does."""
CREDIT_TAIL = re.compile(
    r"(?:\s*[|/–—-])?\s*(?:\(?\s*(?:©|(?i:crédits?(?: photos?)?|photos?|fotos?|bild|image)\s*:)[^()]{1,80}\)?"
    r"|\([^()]{0,60}\b(?:AFP|AP|EFE|dpa|DPA|Reuters|REUTERS|Getty Images|SIPA|MAXPPP)\b[^()]{0,20}\)"
    r"|/\s*(?:AFP|AP|EFE|dpa|Reuters))\.?\s*$"
)
_LONGEST_LINE = 500
_HELPER_LENGTH = 60
_HEADING_LENGTH = 60
_INLINE = ("span", "small", "em", "i", "b", "abbr", "sup")
_PLAIN_LETTERS = {
    code: unicodedata.normalize("NFD", chr(code))[0]
    for code in (*range(0xC0, 0x250), *range(0x386, 0x3CF), *range(0x400, 0x460), *range(0x1E00, 0x1F00))
} | {ord("ł"): "l", ord("ø"): "o", ord("đ"): "d"}


def plain(text: str) -> str:
    """Return the text without accents, one character for one: newsrooms write "A lire aussi" and "À lire aussi"."""
    return text.translate(_PLAIN_LETTERS)


@cache
def _rules() -> dict[str, Any]:
    text = (resources.files("annotator.readers") / "boilerplate.toml").read_text(encoding="utf-8")
    rules: dict[str, Any] = tomllib.loads(text)
    return rules


@cache
def _named() -> list[tuple[str, re.Pattern[str]]]:
    return [(rule["reason"], re.compile(_NAME % "|".join(rule["words"]), re.IGNORECASE)) for rule in _rules()["names"]]


@cache
def _starts() -> list[tuple[str, int, re.Pattern[str]]]:
    return [(rule["reason"], rule["length"], _pattern(r"[\s\W]*(?:%s)", rule["words"])) for rule in _rules()["starts"]]


@cache
def _read_also() -> tuple[int, re.Pattern[str]]:
    return next((length, words) for reason, length, words in _starts() if reason == READ_ALSO)


@cache
def _headings() -> list[tuple[str, re.Pattern[str]]]:
    return [(rule["reason"], _pattern(r"[\s\W]*(?:%s)[\s\W]*$", rule["words"])) for rule in _rules()["headings"]]


@cache
def _kicker() -> re.Pattern[str]:
    return re.compile(_NAME % "|".join(_rules()["kicker"]["words"]), re.IGNORECASE)


@cache
def _helper() -> re.Pattern[str]:
    return _pattern(r"[\s([–—-]*(?:%s)[\s)\].]*$", _rules()["helpers"]["words"])


def _pattern(around: str, words: list[str]) -> re.Pattern[str]:
    return re.compile(around % "|".join(map(plain, words)), re.IGNORECASE)


def named_reason(element: HtmlElement) -> str:
    """Return why a block element is not part of the article, told by its names, or an empty string."""
    if element.tag in _WHOLE or not (reason := inline_reason(element)):
        return ""
    return "" if _BODY.search(_names(element)) or _is_long(element) else reason


def is_read_also(text: str) -> bool:
    """Tell a line that begins as one that leads to another article."""
    length, words = _read_also()
    return len(text) <= length and words.match(plain(text)) is not None


def inline_reason(element: HtmlElement) -> str:
    """Return what an element's names say it is."""
    if element.get("rel") == "author":
        return BYLINE
    if element.tag == "time":
        return DATE
    names = _names(element)
    return _reason_of(names) if names else ""


@lru_cache(maxsize=4096)
def _reason_of(names: str) -> str:
    """Return the reason of an element's names; a page has few of them, each many times."""
    return next((reason for reason, pattern in _named() if pattern.search(names)), "")


def is_pull_quote(element: HtmlElement) -> bool:
    """Tell an element that shows words of the article once more, large."""
    names = _names(element)
    return bool(names) and _fits(_PULL_QUOTE, names) and not _is_long(element)


def is_caption(element: HtmlElement) -> bool:
    """Tell a picture's caption that stands in no `figcaption`: classic WordPress has `wp-caption-text`."""
    names = element.get("class", "")
    return bool(names) and _fits(_CAPTION, names) and not _is_long(element)


@lru_cache(maxsize=4096)
def _fits(pattern: re.Pattern[str], names: str) -> bool:
    return pattern.search(names) is not None


def hidden(element: HtmlElement) -> bool:
    """Tell an element that people do not see."""
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or _HIDDEN_STYLE.search(element.get("style", "")) is not None
        or _HIDDEN_NAME.search(element.get("class", "")) is not None
    )


def is_helper(element: HtmlElement) -> bool:
    """Tell words that screen readers say of a link and that nobody else sees: "(Nouvelle fenêtre)"."""
    if element.tag not in _INLINE or len(element) or not element.text or len(element.text) > _HELPER_LENGTH:
        return False
    return _helper().match(plain(element.text)) is not None


def without_helper(link_text: str) -> str:
    """Return a link's text without such words at its end."""
    start = max(0, len(link_text) - _HELPER_LENGTH)
    match = _helper().search(plain(link_text), start) if link_text.rstrip().endswith((")", "]")) else None
    return link_text[: match.start()] if match else link_text


def worded_reason(text: str) -> str:
    """Return why a line is not part of the article, told by its words, or an empty string."""
    return _worded_reason(text) if len(text) <= _LONGEST_LINE else ""


@lru_cache(maxsize=4096)
def _worded_reason(text: str) -> str:
    if len(text) <= _DATE_LENGTH and is_only_date(text) and not _FULL_STOP.search(text):
        return DATE
    if is_credit(text) or is_bare_credit(text):
        return CREDIT
    line = plain(text)
    return next((reason for reason, length, words in _starts() if len(text) <= length and words.match(line)), "")


def heading_reason(text: str) -> str:
    """Return why a box under such a heading is not part of the article, or an empty string."""
    line = plain(text) if len(text) <= _HEADING_LENGTH else ""
    return next((reason for reason, words in _headings() if words.match(line)), "") if line else ""


def is_named_kicker(element: HtmlElement) -> bool:
    """Tell a part of a headline that names the section or the place."""
    names = _names(element)
    return bool(names) and _kicker().search(names) is not None


@cache
def filler() -> tuple[re.Pattern[str], frozenset[str], frozenset[str]]:
    """Return how filler text begins, the words that it is made of, and those of them that say little."""
    rules = _rules()["filler"]
    starts = _pattern(r"[\s\W]*(?:%s)", rules["starts"])
    return starts, frozenset(rules["words"].split()), frozenset(rules["plain_words"].split())


def is_question(text: str) -> bool:
    """Tell a line that asks: the date or the hour below it answers."""
    return _QUESTION.search(text) is not None


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
