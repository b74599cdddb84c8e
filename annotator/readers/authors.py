"""Who wrote the article, as its page says: in metadata, in elements marked as the author's, in a line "By A. Name"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from annotator.text import one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MOST_AUTHORS = 12
_LONGEST = 60
_BYLINE_LENGTH = 160
_BEFORE = re.compile(
    r"^(?:[\W_]*(?:(?:written|posted|published|story|words|text|texte?s?|texto|article|analysis|review|reporting"
    r"|(?:propos )?recueillis?|rédigé|écrit|publié|publicado|escrito|geschrieben|ein beitrag|eine analyse)\s+)?"
    r"(?:by|par|von|por)\s+(?:(?:the|la|le|der|dem|die)\s+(?=\w*(?:redaktion|rédaction|redacción|team|staff)))?|[\W_]*(?:authors?|auteure?s?|autor(?:a|e|es|in)?|text|texte?|texto|byline|piše"
    r"|автор\w*|редактор|作者|著者|文|記者|질문자)\s*[:：]?\s+|[\W_]*(?:author|auteur|autor\w*|text|texte?|作者|著者|文)\s*[:：]\s*)+",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"\(?\S+@\S+\.\w+\)?")
_BRACKETED = re.compile(r"\s*\([^()]*\)")
_AFTER = re.compile(
    r"\s*(?:[|•·–—(@\d]|\s-\s|\s/\s|\b(?:updated|published|posted|publié|mis à jour|actualizado|publicado|aktualisiert"
    r"|staff writer|senior|special to|correspondent)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
_AND = re.compile(r"\s*(?:[,;&、/]|\b(?:and|et|und|y|e|och|i|og|en)\b)\s*")
_SEVERAL = re.compile(r"\s*;\s*|\s*,\s*(?:and|et|und|y)\s+|\s*,\s*|\s+(?:and|et|und)\s+|\s*&\s*")
_PARTICLES = frozenset(
    (
        "af", "al", "av", "bin", "ben", "d'", "da", "dal", "das", "de", "del", "della", "den", "der", "des", "di", "do",
        "dos", "du", "el", "ibn", "la", "le", "les", "of", "san", "st", "ten", "ter", "’t", "'t", "van", "vom", "von",
        "y", "zu", "zum", "zur",
    )
)  # fmt: skip
_NO_NAME = re.compile(
    r"\b(?:about|author|auteur|autor|autora|avatar|bio|biograph\w*|comments?|contact|details?|e-?mail|follow|full|image"
    r"|lesedauer|log ?in|menu|more|photo\w*|picture|plus|posts?|read|reading|see|share|sign|subscribe|suivre|username"
    r"|view|last|notes|автор\w*|редактор|january|february|march|april|june|july|august|september|october|november|december"
    r"|voir|website|articles?|archive|min|minutes?|today|yesterday|hours?|ago|tags?|category|control|print)\b",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"author|auteur|autor|byline|by-line|byl\b|writer|journalist|redakteur|signature|firma\b|posted-?by|submitted-?by"
    r"|creator|contributor|zuozhe|bianji",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:author|auteur|autor|byline|writer|contributor|journalist)s?(?:[_-]{1,2}|\b)?(?:full-?|display-?)?names?\b",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"by-?line|\bbyl\b|(?:post|entry|article|story)[_-]{1,2}(?:author|auteur)|(?:posted|submitted)-?by|signature",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"comment|\brelated|sidebar|recommend|popular|most-?read|newsletter|\bpromo|teaser|\bnav\b|navigation|\bmenu|\bquote"
    r"|caption|figure|trending|next-?(?:article|post)|more-?(?:from|stories|news)|read-?more|disqus|is-hidden",
    re.IGNORECASE,
)
_SKIPPED = ("blockquote", "figure", "figcaption", "time", "script", "style", "form", "button", "svg")
_TO_PEOPLE = re.compile(
    r"/(?:authors?|bio|editors?|auteurs?|autor(?:es|en)?|profiles?|people|persons?|by|staff|contributors?|journalist\w*|redaktion|redacteur"
    r"|writers?|team|columnist\w*|signatures?|firmas?|users?|u)/|author=",
    re.IGNORECASE,
)
_TIERS = 4
_SHOWN_IN = ("a", "address", "author", "cite", "div", "h3", "h4", "li", "p", "span", "strong", "em", "b", "i")
_BY = re.compile(r"\s*(?:by|par|von|por)(?:\s|$)", re.IGNORECASE)
_NOBODY = re.compile(
    r"https?:|www\.|(?:[\w-]+\.)+(?:com|org|net|info|example|[a-z]{2})$|(?:developed|designed|created|powered) by\b",
    re.IGNORECASE,
)
_FOR = re.compile(r"^(\S+ \S+.*?) (?:for|via) .*$", re.IGNORECASE)
_TITLE = re.compile(r"[A-Z]{2,4}|Ph\.?D\.?|M\.?D\.?|(?:[A-Z]+ )?(?i:editor|reporter|correspondent|staff writer)[\w -]*")
"""What follows a name behind a comma: a degree, an agency, an office."""


def told_names(values: Sequence[str], sites: Collection[str]) -> list[str]:
    """Return the names among those that a page's metadata gives: no address, no e-mail address, not the site's own.

    `sites` are the names of the site as `same` has them.
    """
    return _distinct([name for value in values for name in _told(one_line(value), sites)])


def _told(value: str, sites: Collection[str]) -> list[str]:
    text = _BEFORE.sub("", _EMAIL.sub("", value)).partition(" | ")[0].strip(" ,;|-–—")
    if _NOBODY.match(text) or not any(map(str.isalpha, text)):
        return []
    parts = [_FOR.sub(r"\1", part) for part in _SEVERAL.split(text)]
    if not any(" " in part for part in parts):  # `Sample, Camille` is one
        parts = [text]
    first, *others = parts
    named = [first, *(part for part in others if not _TITLE.fullmatch(part))]
    return [part for part in named if part and not _is_site(part, sites)]


def shown_names(root: HtmlElement, sites: Collection[str]) -> list[str]:
    """Return the names that the page shows as the author's, in the order of trust of their marks."""
    heading = next(root.iter("h1"), None)
    around = frozenset(heading.iterancestors()) if heading is not None else frozenset()
    tiers: list[list[HtmlElement]] = [[] for _ in range(_TIERS)]
    for element in root.iter(*_SHOWN_IN):
        tier = _tier(element)
        if tier is not None and len(tiers[tier]) < _MOST_AUTHORS and not _is_beside(element, around):
            tiers[tier].append(element)
    for elements in tiers:
        for place, element in enumerate(elements):
            if names := _names_in(element, sites):
                return _distinct([*names, *_partners(element, elements[place + 1 :], sites)])[:_MOST_AUTHORS]
    return []


def _tier(element: HtmlElement) -> int | None:
    """Return how sure the marks of an element are that it is the author's; None without any."""
    attributes = element.attrib
    if not attributes:
        return 0 if element.tag == "author" else _worded_tier(element)
    rel, prop, name = attributes.get("rel", ""), attributes.get("itemprop", ""), attributes.get("class", "")
    others = f"{attributes.get('id', '')} {attributes.get('data-testid', '')} {attributes.get('data-component', '')}"
    if not _MARKED.search(f"{rel} {prop} {name} {others}"):
        return _worded_tier(element)
    if "author" in rel.split() or prop in ("author", "creator", "author name") or name == "author":
        return 0
    if _NAMED.search(f"{name} {others}"):
        return 0
    return 1 if _BYLINE.search(f"{name} {others}") else 2


def _worded_tier(element: HtmlElement) -> int | None:
    """Return the last tier where "By" stands in front, be it in an element of its own."""
    first = element.text if (element.text or "").strip() or not len(element) else element[0].text
    return _TIERS - 1 if _BY.match(first or "") else None


def _is_beside(element: HtmlElement, around: Collection[HtmlElement]) -> bool:
    """Tell what stands in a comment, a teaser or a quotation: it has an author of its own.

    What is `around` the headline is none of these, whatever its names.
    """
    for above in (element, *element.iterancestors()):
        if above in around or above.tag in ("body", "html", "main"):
            return False
        if above.tag in _SKIPPED or _BESIDE.search(f"{above.get('class', '')} {above.get('id', '')}"):
            return True
    return False


def _names_in(element: HtmlElement, sites: Collection[str]) -> list[str]:
    """Return the names of an element: those of its marked parts or links, else those that its text begins with."""
    named = [part for part in element.iter() if part is not element and part.get("itemprop") == "name"]
    links = [link for link in element.iter("a") if link is not element and _TO_PEOPLE.search(link.get("href", ""))]
    for parts in (named, links):
        if names := [name for part in parts[:_MOST_AUTHORS] for name in _first_names(part, sites)]:
            return names
    return _first_names(element, sites)


def _first_names(element: HtmlElement, sites: Collection[str]) -> list[str]:
    names: list[str] = []
    length = 0
    goes_on = True
    for piece in _pieces(element):
        length += len(piece)
        text = _BEFORE.sub("", piece)
        if length > _BYLINE_LENGTH or (names and not goes_on and not _AND.match(piece)):
            break
        if not text or _BEFORE.fullmatch(f"{piece} "):
            continue
        parts = list(filter(None, map(_clean, _AND.split(text))))
        found = [part for part in parts if is_name(part) and not _is_site(part, sites)]
        if names and len(found) < len(parts):
            break
        if not found and not _AND.fullmatch(piece) and any(map(str.isalpha, text)):
            break
        names += found
        goes_on = bool(re.search(r"(?:[,&、]|\b(?:and|et|und|y))\s*$", piece))
    return names


def _pieces(element: HtmlElement) -> Iterator[str]:
    for text in element.itertext():
        if piece := one_line(text):
            yield piece


def _clean(text: str) -> str:
    return _AFTER.sub("", _EMAIL.sub("", _BRACKETED.sub("", text))).strip(' .,;:|-–—•·*[]()"“”«»')


def is_name(text: str) -> bool:
    """Tell what can be a name: one to six words that begin with a capital, or a script without capitals."""
    parts = text.split()
    if not 0 < len(parts) <= 6 or not 1 < len(text) <= _LONGEST or _NO_NAME.search(text):  # noqa: PLR2004
        return False
    return all(part.lower() in _PARTICLES or not part[0].islower() for part in parts) and any(
        not part[0].islower() and part[0].isalpha() for part in parts
    )


def _partners(first: HtmlElement, others: Sequence[HtmlElement], sites: Collection[str]) -> Iterator[str]:
    """Yield the names of further elements with the same marks in the same box as the first."""
    box = first.getparent()
    for _level in range(2):
        if box is None or box.tag in ("body", "main", "article") or len("".join(box.itertext())) > _BYLINE_LENGTH * 2:
            return
        for other in others:
            if box in other.iterancestors() and first not in other.iterancestors():
                yield from _names_in(other, sites)
        box = box.getparent()


def _is_site(name: str, sites: Collection[str]) -> bool:
    return re.sub(r"[\W_]+", "", name).casefold() in sites


def _distinct(names: Sequence[str]) -> list[str]:
    """Return the names once each, whatever their case, and none that is a part of another."""
    by_key = {re.sub(r"[\W_]+", "", name).casefold(): name for name in reversed(names)}
    return [
        name for key, name in reversed(by_key.items()) if not any(key != other and key in other for other in by_key)
    ]
