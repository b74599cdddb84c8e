"""What a page says about its article: JSON-LD first, then Open Graph and other `meta` elements, then what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from annotator.readers.authors import shown_names, told_names
from annotator.readers.dates import date_in_address, iso_date, local_day
from annotator.readers.linked_data import Node, article_node, names, nodes, site_names, words
from annotator.readers.page_dates import page_date
from annotator.readers.rights import read_rights
from annotator.text import one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_DATES = (
    "article:published_time", "og:article:published_time", "article:published", "date", "pubdate", "publish-date",
    "publication_date", "publish_date", "dc.date", "dc.date.issued", "dcterms.date", "dcterms.created",
    "dcterms.issued", "sailthru.date", "parsely-pub-date", "cxenseparse:recs:publishtime", "datepublished",
    "article.published",
)  # fmt: skip
_AUTHORS = (
    "author", "article:author", "og:article:author", "dc.creator", "dcterms.creator", "parsely-author",
    "sailthru.author", "byl", "citation_author", "authors", "creator",
)  # fmt: skip
_SECTIONS = ("article:section", "og:article:section", "parsely-section", "cxenseparse:recs:section", "section")
_SITES = ("og:site_name", "application-name", "dc.publisher", "publisher", "apple-mobile-web-app-title")
_OWNERS = (*_SITES, "twitter:site", "copyright", "dc.rights", "article:publisher")
_TITLES = ("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title")
_SEPARATED = re.compile(r"\s+[|·•–—-]\s+|\s*\|\s*|\s+:\s+")
_PIPE = re.compile(r"\s+[|]\s+")
_MOST_LINKS = 20
"""Links to the front page that are compared with the title: the logo's is among the first."""
HOME = ("/", "./", "index.html", "/index.html")
_NO_WORD = re.compile(r"[\W_]+")


Meta = dict[str, list[str]]


@dataclass(frozen=True)
class PageMetadata:
    """What the page says; an empty string where it says nothing. Dates and the language are as given."""

    titles: tuple[str, ...] = ()
    """Headlines in the order of trust, the site's name not yet cut."""
    published: str = ""
    author: str = ""
    section: str = ""
    site: str = ""
    url: str = ""
    language: str = ""
    rights: str = ""


def read_metadata(root: HtmlElement) -> PageMetadata:
    """Return what the page says about its article. Never raises: a broken part is a part that says nothing."""
    found = nodes(root)
    linked = article_node(found)
    meta = _meta(root)
    url = _url(root, linked)
    title = one_line(root.findtext(".//title") or "")
    site = ", ".join(names(linked.get("publisher"))) or _first(meta, _SITES) or _home_name(root, title)
    sites = _site_keys((site, *site_names(found), *_each(meta, _OWNERS)), url)
    return PageMetadata(
        titles=tuple(filter(None, (words(linked.get("headline")), *_each(meta, _TITLES), title))),
        published=_published(root, meta, linked, url),
        author=", ".join(_authors(root, linked, meta, sites)),
        section=", ".join(names(linked.get("articleSection"))) or _first(meta, _SECTIONS),
        site=site,
        url=url,
        language=_language(root, meta, linked),
        rights=read_rights(root, linked, meta),
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


def _published(root: HtmlElement, meta: Meta, linked: Node, url: str) -> str:
    told = (words(linked.get("datePublished")), *_each(meta, _DATES))
    date = next(filter(None, map(iso_date, told)), "")
    if not date:
        return page_date(root, url)
    return local_day(date, date_in_address(url)) or date


def _authors(root: HtmlElement, linked: Node, meta: Meta, sites: frozenset[str]) -> list[str]:
    """Return who wrote it. A single word in a `meta` is mostly an account: a name on the page comes before it."""
    if told := told_names(names(linked.get("author")), sites):
        return told
    shown = shown_names(root, sites)
    groups = list(filter(None, (told_names(meta.get(name, ()), sites) for name in _AUTHORS)))
    seen = set(map(same, shown))
    in_meta = next((group for group in groups if seen.intersection(map(same, group))), next(iter(groups), []))
    return in_meta if any(" " in name or not name.isascii() for name in in_meta) else shown or in_meta


def _site_keys(named: Iterable[str], url: str) -> frozenset[str]:
    """Return all that the site is called, as `same` has it, with and without what its host's name ends with."""
    host = (urlsplit(url).hostname or "").removeprefix("www.") if _is_address(url) else ""
    hosts = (host, host.partition(".")[0], host.rpartition(".")[0])
    return frozenset(filter(None, map(same, (*named, *hosts))))


def _meta(root: HtmlElement) -> Meta:
    contents: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv")
        content = words(meta.get("content"))
        if name and content:
            contents.setdefault(name.strip().lower(), []).append(content)
    return contents


def _each(meta: Meta, wanted: Sequence[str]) -> list[str]:
    """Return the first value of each name that the page has."""
    return [meta[name][0] for name in wanted if name in meta]


def _first(meta: Meta, wanted: Sequence[str]) -> str:
    return next(iter(_each(meta, wanted)), "")


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


def _url(root: HtmlElement, linked: Node) -> str:
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
        words(linked.get("url")),
        words(page),
    ]
    return next(filter(_is_address, candidates), "")


def _language(root: HtmlElement, meta: Meta, linked: Node) -> str:
    declared = root.get("lang") or root.get("xml:lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    other = _first(meta, ("content-language",)) or words(linked.get("inLanguage")) or _first(meta, ("og:locale",))
    return (declared.strip() or other).replace("_", "-")
