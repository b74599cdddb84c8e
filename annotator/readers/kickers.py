"""Kickers: the section, the place or the theme that stands inside a headline and is not of its sentence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from annotator.readers.boilerplate import is_named_kicker
from annotator.readers.metadata import same

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LENGTH = 60
_NAME = "kicker"


def set_kickers_apart(root: HtmlElement, titles: Sequence[str]) -> None:
    """Make each kicker in an `h1` a line of its own: its name says so, or the rest is a title from the metadata."""
    names = {same(title) for title in titles}
    for heading in list(root.iter("h1")):
        _wrap_words(heading, names)
        for part in _parts(heading):
            if is_named_kicker(part) or _rest(heading, part) in names:
                part.tag = "div"
                part.set("class", _NAME)


def _wrap_words(heading: HtmlElement, titles: Collection[str]) -> None:
    """Give the bare words with which a headline begins an element, if an element with the page's title follows."""
    from lxml import html

    words = (heading.text or "").strip()
    rest = same("".join(heading.itertext())).removeprefix(same(words))
    if words and len(words) <= _LENGTH and len(heading) and rest in titles:
        kicker = html.Element("div")
        kicker.text, heading.text = words, None
        kicker.set("class", _NAME)
        heading.insert(0, kicker)


def _parts(heading: HtmlElement) -> list[HtmlElement]:
    """Return the short inline elements with which the headline, or what wraps it, begins or ends."""
    around = heading
    while len(around) == 1 and not (around.text or "").strip() and not (around[0].tail or "").strip():
        around = around[0]
    filled = [part for part in around if isinstance(part.tag, str) and _text(part)]
    first = filled[:1] if not (around.text or "").strip() else []
    last = filled[-1:] if filled and not (filled[-1].tail or "").strip() else []
    whole = _text(heading)
    return [part for part in dict.fromkeys((*first, *last)) if len(_text(part)) <= _LENGTH and _text(part) != whole]


def _rest(heading: HtmlElement, part: HtmlElement) -> str:
    return same("".join(heading.itertext())).removeprefix(same(_text(part)))


def _text(element: HtmlElement) -> str:
    return "".join(element.itertext()).strip()
