"""What a page says about its article: JSON-LD first, then Open Graph and other `meta` elements, then heuristics."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from annotator.readers.dates import date_in_address, date_in_words
from annotator.text import one_line, unstorable

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARTICLE_TYPE = re.compile(r"(?:Article|BlogPosting|Report|NewsStory|ClaimReview)$")
_PAGE_TYPE = re.compile(r"WebPage$")
_MOST_SCRIPTS = 200_000
_DATES = (
    "article:published_time", "og:article:published_time", "article:published", "date", "pubdate", "publish-date",
    "publication_date", "publish_date", "dc.date", "dc.date.issued", "dcterms.date", "dcterms.created",
    "dcterms.issued", "sailthru.date", "parsely-pub-date", "cxenseparse:recs:publishtime", "datepublished",
    "article.published",
)  # fmt: skip
_AUTHORS = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl")
_SITES = ("og:site_name", "application-name", "dc.publisher", "publisher", "apple-mobile-web-app-title")
_TITLES = ("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title")
_SEPARATED = re.compile(r"\s+[|·•–—-]\s+|\s*\|\s*|\s+:\s+")
_PIPE = re.compile(r"\s+[|]\s+")
_DATED = re.compile(r"(?:publi|posté|posted|date|fecha|veröff|stand\s*:|created)", re.IGNORECASE)
_FEW = 3
"""Elements inside one that shows a date; with more it is a box of several things."""
_MOST_LINKS = 20
"""Links to the front page that are compared with the title: the logo's is among the first."""
HOME = ("/", "./", "index.html", "/index.html")
_NO_WORD = re.compile(r"[\W_]+")
_ENTITY = re.compile(r"&(?:#\d+|#[xX][\da-fA-F]+|[A-Za-z]\w*);")
"""With its semicolon: in an address, `&section=` and `&region=` are not `§` and `®`."""


@dataclass(frozen=True)
class PageMetadata:
    """What the page says; an empty string where it says nothing. Dates and the language are as given."""

    titles: tuple[str, ...] = ()
    """Headlines in the order of trust, the site's name not yet cut."""
    published: str = ""
    author: str = ""
    site: str = ""
    url: str = ""
    language: str = ""


def read_metadata(root: HtmlElement) -> PageMetadata:
    """Return what the page says about its article. Never raises: a broken part is a part that says nothing."""
    linked = _linked_article(root)
    meta = _meta(root)
    url = _url(root, linked)
    title = one_line(root.findtext(".//title") or "")
    return PageMetadata(
        titles=tuple(filter(None, (_text(linked.get("headline")), *(meta.get(name, "") for name in _TITLES), title))),
        published=_text(linked.get("datePublished"))
        or _first(meta, _DATES)
        or _shown_date(root)
        or date_in_address(url),
        author=_names(linked.get("author")) or _no_address(_first(meta, _AUTHORS)),
        site=_names(linked.get("publisher")) or _first(meta, _SITES) or _home_name(root, title),
        url=url,
        language=_language(root, meta, linked),
    )


def without_site(title: str, site: str, url: str) -> str:
    """Return the title without the site's name behind or before it. A bar always sets a name apart."""
    parts = [(match.start(), match.end()) for match in _SEPARATED.finditer(title)]
    if not parts:
        return title
    start, end = parts[-1]
    if is_site(title[end:], site, url) or (_PIPE.fullmatch(title[start:end]) and start > len(title) - end):
        return without_site(title[:start].rstrip(), site, url)
    start, end = parts[0]
    return title[end:].lstrip() if is_site(title[:start], site, url) else title


def is_site(text: str, site: str, url: str) -> bool:
    """Tell whether a text is the site's name, or its host with or without what stands around the name."""
    name = same(text)
    host = (urlsplit(url).hostname or "").removeprefix("www.") if _is_address(url) else ""
    labels = {same(host), same(host.partition(".")[0]), same(host.rpartition(".")[0])}
    return bool(name) and name in ({same(site)} | labels) - {""}


def same(text: str) -> str:
    """Return what two spellings of one title have in common: its letters and digits, case folded."""
    return _NO_WORD.sub("", text).casefold()


def _linked_article(root: HtmlElement) -> dict[str, Any]:
    """Return the JSON-LD node of the article, else that of the page."""
    nodes = [node for script in root.iter("script") for node in _nodes(script)]
    for pattern in (_ARTICLE_TYPE, _PAGE_TYPE):
        for node in nodes:
            kinds = node.get("@type")
            if any(
                isinstance(kind, str) and pattern.search(kind)
                for kind in (kinds if isinstance(kinds, list) else [kinds])
            ):
                return node | _resolved(node, nodes)
    return {}


def _resolved(node: dict[str, Any], nodes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return author and publisher that are given by reference only."""
    by_id = {other["@id"]: other for other in nodes if isinstance(other.get("@id"), str)}
    resolved = {}
    for name in ("author", "publisher"):
        value = node.get(name)
        if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
            resolved[name] = by_id.get(value["@id"], value)
    return resolved


def _nodes(script: HtmlElement) -> Iterator[dict[str, Any]]:
    text = script.text or ""
    if "ld+json" not in script.get("type", "").lower() or len(text) > _MOST_SCRIPTS:
        return
    try:
        waiting = [json.loads(text.strip().removeprefix("<!--").removesuffix("-->"), strict=False)]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            yield value
            waiting.extend(value.get(name) for name in ("@graph", "mainEntity", "itemReviewed") if name in value)


def _meta(root: HtmlElement) -> dict[str, str]:
    contents: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv")
        content = _text(meta.get("content"))
        if name and content:
            contents.setdefault(name.strip().lower(), content)
    return contents


def _text(value: object) -> str:
    """Return the words of a value. Many sites escape them once more than their form asks for."""
    if isinstance(value, list):
        value = next((text for text in value if isinstance(text, str)), "")
    if not isinstance(value, str) or unstorable(value):
        return ""
    return one_line(_ENTITY.sub(lambda entity: unescape(entity[0]), value))


def _first(meta: dict[str, str], names: Sequence[str]) -> str:
    return next((meta[name] for name in names if name in meta), "")


def _names(value: object) -> str:
    """Return the names of one or several persons or organisations, which JSON-LD gives as text, node or list."""
    values = value if isinstance(value, list) else [value]
    names = [_text(entry.get("name")) if isinstance(entry, dict) else _no_address(_text(entry)) for entry in values]
    return ", ".join(dict.fromkeys(filter(None, names)))


def _no_address(text: str) -> str:
    return "" if text.startswith(("http://", "https://")) else text


def _home_name(root: HtmlElement, title: str) -> str:
    """Return the words of a link to the front page that the page's title begins or ends with: the site's name."""
    links = [link for link in root.iter("a") if link.get("href", "").strip() in HOME][:_MOST_LINKS]
    for link in links:
        name = one_line("".join(link.itertext()))
        short, whole = same(name), same(title)
        if short and short != whole and (whole.startswith(short) or whole.endswith(short)):
            return name
    return ""


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _url(root: HtmlElement, linked: dict[str, Any]) -> str:
    canonical = (
        link.get("href", "").strip() for link in root.iter("link") if link.get("rel", "").lower() == "canonical"
    )
    entity = linked.get("mainEntityOfPage")
    page = entity.get("@id") or entity.get("url") if isinstance(entity, dict) else entity
    # As the parser gives it, which has unescaped it once: an address may hold `&copy;` itself.
    named = (meta for meta in root.iter("meta") if "og:url" in (meta.get("property"), meta.get("name")))
    candidates = [
        *canonical,
        *(meta.get("content", "").strip() for meta in named),
        _text(linked.get("url")),
        _text(page),
    ]
    return next(filter(_is_address, candidates), "")


def _shown_date(root: HtmlElement) -> str:
    """Return the date of a marked element: schema.org's property, `time`, or one whose name says date."""
    marked = [element for element in root.iter() if element.get("itemprop") == "datePublished"]
    for element in (*marked, *root.iter("time")):
        if value := (element.get("datetime") or element.get("content") or "").strip():
            return value
    for element in (*marked, *root.iter("time", "abbr", "small", "span", "p", "div")):
        if len(element) <= _FEW and _DATED.search(element.get("class", "") + (element.text or "")[:40]):
            words = one_line(f"{element.get('title', '')} {''.join(element.itertext())}"[:200])
            if date := date_in_words(words):
                return date
    return ""


def _language(root: HtmlElement, meta: dict[str, str], linked: dict[str, Any]) -> str:
    declared = root.get("lang") or root.get("xml:lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    other = meta.get("content-language") or _text(linked.get("inLanguage")) or meta.get("og:locale", "")
    return (declared.strip() or other).replace("_", "-")
