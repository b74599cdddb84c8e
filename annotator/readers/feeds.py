"""Feeds saved as files (RSS, Atom): an entry with its full text becomes an article, one with a summary is named."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from lxml import etree

from annotator.errors import InputError
from annotator.models import Article
from annotator.readers.article import SourceMetadata, make_article
from annotator.readers.dates import iso_date
from annotator.readers.html import read_html
from annotator.readers.lines import read_limited
from annotator.readers.unread import Unread
from annotator.text import one_line

_ROOTS = frozenset({"rss", "RDF", "feed"})
_ATOM = "http://www.w3.org/2005/Atom"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"
_RIGHTS = ("license", "licence", "rights", "copyright")
_ADDRESSES = ("resource", "href")
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_HINT = "save the pages that the feed links to, and hand those in"


@dataclass(frozen=True)
class _Feed:
    site: str = ""
    language: str = ""
    rights: str = ""


def find_entries(stream: io.BufferedReader, *, source: str) -> Iterator[Unread | InputError]:
    """Yield each entry, or what is wrong with it: one with a summary alone has no text of an article.

    Raises:
        InputError: it is no feed, is not well-formed (what comes before the fault is read), or holds no entry.
    """
    number = 0
    feed = _Feed()
    try:
        for element in _elements(read_limited(stream)):
            if _name(element) in ("item", "entry"):
                number += 1
                yield _entry(element, feed, source)
                element.clear(keep_tail=False)
            else:
                feed = _described(feed, element)
    except etree.XMLSyntaxError as error:
        line = error.lineno or None
        message = f"not well-formed XML: {error.msg}; the {number} entries before it are read"
        raise InputError(message, reason="xml", hint="save the feed again", line=line) from error
    if not number:
        raise InputError("a feed without an entry", reason="empty", hint="remove it from the input")


def _elements(raw: bytes) -> Iterator[etree._Element]:
    """Yield entries, and what describes the feed itself.

    Nothing is fetched and no entity is put in: what an entity of the file's own stands for would be its author's way
    to the files of this machine, or to a flood.
    """
    events = etree.iterparse(
        io.BytesIO(raw), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False
    )
    _, root = next(events)
    if _name(root) not in _ROOTS:
        message = f"an XML file that is no feed: it begins with <{_name(root)}>"
        raise InputError(message, reason="unsupported", hint="feeds are RSS or Atom; convert other XML to .jsonl")
    yield root
    for event, element in events:
        parent = element.getparent()
        if event == "end" and parent is not None and _name(parent) in (*_ROOTS, "channel"):
            yield element


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def _described(feed: _Feed, element: etree._Element) -> _Feed:
    language = element.get(_LANG) or ""
    if _name(element) == "language":
        language = _text(element)
    site = _text(element) if _name(element) == "title" else ""
    rights = _rights_in(element) if _name(element) in _RIGHTS else ""
    if _name(element) == "channel":  # RSS 1.0: entries stand behind it
        site = _text(_child(element, "title"))
        rights = _rights_of(element)
    return _Feed(feed.site or site, feed.language or language, feed.rights or rights)


def _entry(entry: etree._Element, feed: _Feed, source: str) -> Unread | InputError:
    metadata = SourceMetadata(
        title=_plain(_child(entry, "title")),
        url=_link(entry),
        site=feed.site,
        author=_author(entry),
        published=iso_date(_text(_first(entry, "pubDate", "published", f"{{{_DC}}}date", "updated"))),
        declared_language=entry.get(_LANG) or feed.language,
        rights=_rights_of(entry) or feed.rights,
    )
    content = _first(entry, f"{{{_CONTENT}}}encoded", "content")
    kind = (content.get("type") or "text") if content is not None and _is_atom(content) else "html"
    text = _inside(content) if kind == "xhtml" else _text(content)
    if not text.strip():
        return _without_text(entry, metadata)
    raw = (kind, text, metadata.title, metadata.url)
    return Unread(source, raw, partial(_article, metadata=metadata, source=source), line=entry.sourceline)


def _article(raw: tuple[str, ...], *, metadata: SourceMetadata, source: str) -> Article:
    kind, text, *_ = raw
    read = make_article if kind == "text" else read_html
    return read(text, metadata, source=source)


def _without_text(entry: etree._Element, metadata: SourceMetadata) -> InputError:
    summary = _text(_first(entry, "description", "summary")).strip()
    what = "a summary alone" if summary else "no text"
    named = metadata.title or metadata.url or _text(_first(entry, "guid", "id")) or "without a name"
    message = f"the entry {named!r} has {what}"
    return InputError(message, reason="summary_only" if summary else "empty", hint=_HINT, line=entry.sourceline)


def _first(entry: etree._Element, *names: str) -> etree._Element | None:
    return next((child for name in names if (child := _child(entry, name)) is not None), None)


def _child(element: etree._Element, name: str) -> etree._Element | None:
    """Return the child of this name; a bare one is of any namespace but for those of extensions."""
    for child in element:
        if child.tag == name or (_name(child) == name and not name.startswith("{") and not _is_extension(child)):
            return child
    return None


def _is_extension(element: etree._Element) -> bool:
    """Tell what extensions put beside a feed's own elements: pictures have titles, and their `content` is no text."""
    namespace = etree.QName(element).namespace or ""
    return "purl.org/rss/1.0/modules" in namespace or "media" in namespace or "itunes" in namespace


def _is_atom(element: etree._Element) -> bool:
    return bool(etree.QName(element).namespace == _ATOM)


def _text(element: etree._Element | None) -> str:
    """Return an element's text. An entity of the file's own stays as it is written, for nothing is put in for it."""
    return "" if element is None else "".join(element.itertext()).strip()


def _inside(element: etree._Element | None) -> str:
    return "" if element is None else "".join(etree.tostring(child, encoding="unicode") for child in element)


def _plain(element: etree._Element | None) -> str:
    """Return a title without tags: in feeds it may be HTML, escaped once more."""
    from lxml.html import fragment_fromstring

    text = _text(element)
    if "<" not in text and "&" not in text:
        return text
    return str(fragment_fromstring(text, create_parent="div").text_content()).strip()


def _link(entry: etree._Element) -> str:
    """Return the entry's address: Atom's `alternate` link, RSS's `link`, or a `guid` that is one."""
    for child in entry:
        if _name(child) == "link" and _is_atom(child) and child.get("rel", "alternate") == "alternate":
            return (child.get("href") or "").strip()
    link = next((child for child in entry if _name(child) == "link" and not _is_atom(child)), None)
    if text := _text(link):
        return text
    guid = _text(_child(entry, "guid"))
    return guid if guid.startswith(("http://", "https://")) else ""


def _rights_of(element: etree._Element) -> str:
    """Return what stands in the element's own children: a licence before the name of an owner."""
    found = [child for child in element if _name(child) in _RIGHTS and not _is_of_media(child)]
    found.sort(key=lambda child: _RIGHTS.index(_name(child)))
    return "; ".join(dict.fromkeys(filter(None, map(_rights_in, found))))


def _is_of_media(element: etree._Element) -> bool:
    namespace = etree.QName(element).namespace or ""
    return "mrss" in namespace or "itunes" in namespace


def _rights_in(element: etree._Element) -> str:
    """Return the element's text, or the address of a licence that it names."""
    return one_line(_text(element)) or next((value for name, value in element.items() if name.endswith(_ADDRESSES)), "")


def _author(entry: etree._Element) -> str:
    author = _first(entry, f"{{{_DC}}}creator", "author")
    name = _child(author, "name") if author is not None else None
    return _text(name if name is not None else author)
