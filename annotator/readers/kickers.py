"""Kickers: the section, the place or the theme that stands inside a headline and is not of its sentence."""

from __future__ import annotations

from collections.abc import Sequence
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
    for heading in root.iter("h1"):
        for part in _parts(heading):
            if is_named_kicker(part) or _rest(heading, part) in names:
                part.tag = "div"
                part.set("class", _NAME)


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
