"""What is told by its place on a page: lists of links, teasers of other articles, repeated captions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from annotator.credits import credit_start
from annotator.models import BlockKind
from annotator.readers.boilerplate import READ_ALSO, filler, heading_reason, plain, text_up_to
from annotator.readers.dates import is_only_date
from annotator.readers.text_runs import TextRun, link_share

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LINKS = "list of links"
TEASER = "teaser of another article"
CAPTION = "repeated caption"
FILLER = "filler text"
_ALL_LINKS, _MOSTLY_LINKS = 0.9, 0.5
_FEW = 3
"""So many links under each other are a list, so many teasers a row of them."""
_LEAST_ARTICLE = 300
"""What is more than half of a page is the page. Only teasers may be more, beside an article of so many characters:
those for subscribers end after a paragraph or two, with dozens of others below."""
_BOX_LENGTH = 3000
_TEASER_LENGTH = 900
"""Characters of half of the teasers in a row at least; the sections of an article are longer."""
_LEVELS = 8
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SENTENCE_END = re.compile(r"[.!?…][\"'»”)\]]*$")
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_FILLER, _SHARE_OF_FILLER, _TELLING = 4, 0.85, 2
_LEAST_TEXT = 80
"""Characters of a text that goes on as filler for those who have not paid."""
_NO_WORD = re.compile(r"(.)\1+")


class PageAsides:
    """The runs of one page that were kept, looked at together."""

    def __init__(self, runs: Sequence[TextRun], texts: Sequence[str], kept: Sequence[int]) -> None:
        self.runs = runs
        self.texts = texts
        self.kept = kept

    @cached_property
    def reasons(self) -> dict[int, str]:
        """Why a run is no unit, by its index; what is one is not in it."""
        found: dict[int, str] = {}
        for rule, least in ((self._boxes, 0), (self._teasers, _LEAST_ARTICLE), (self._link_lists, 0)):
            proposed = {index: reason for index, reason in rule() if index not in found}
            rest = self._length(set(self.kept) - set(found) - set(proposed))
            if self._length(proposed) <= rest or (least and rest >= least):
                found |= proposed
        return found | dict(self._captions()) | dict(self._fillers())

    @cached_property
    def links(self) -> dict[int, str]:
        """Why a paragraph is no unit that is nothing but a link, if it is nothing else."""
        return dict(self._lone_links())

    def _length(self, indices: Iterable[int]) -> int:
        return sum(len(self.texts[index]) for index in indices)

    def _boxes(self) -> Iterator[tuple[int, str]]:
        """Yield the runs of boxes whose first line is a heading such as "Related articles"."""
        boxes: dict[HtmlElement, str] = {}
        for run, text in zip(self.runs, self.texts, strict=True):
            if run.kind is not BlockKind.POST and (reason := heading_reason(text)) and (box := _box(run)) is not None:
                boxes[box] = reason
        for index in self.kept if boxes else ():
            around = next((box for box in _around(self.runs[index].element) if box in boxes), None)
            if around is not None:
                yield index, boxes[around]

    def _teasers(self) -> Iterator[tuple[int, str]]:
        """Yield the runs of elements that stand in a row and each show a headline, linked, of another page."""
        known: dict[HtmlElement, bool] = {}
        for index in self.kept:
            for item in list(_around(self.runs[index].element))[:_LEVELS]:
                if (parent := item.getparent()) is None:
                    break
                if item not in known:
                    known |= _teasers_in([child for child in parent if _is_like(child, item)])
                if known[item]:
                    yield index, TEASER
                    break

    def _link_lists(self) -> Iterator[tuple[int, str]]:
        """Yield the runs that are nothing but links, three or more below each other, and the heading above them."""
        for is_links, group in groupby(enumerate(self.kept), key=lambda place: self._is_link(place[1])):
            places = list(group)
            ends = sum(bool(_SENTENCE_END.search(self.texts[index])) for _, index in places)
            if not is_links or len(places) < _FEW or ends * 2 > len(places):
                continue
            yield from ((index, LINKS) for _, index in places)
            before = places[0][0] - 1
            if before >= 0 and self._is_heading(self.kept[before]):
                yield self.kept[before], LINKS

    def _lone_links(self) -> Iterator[tuple[int, str]]:
        """Yield the paragraphs that are nothing but the linked headline of another article."""
        for index in self.kept:
            run, text = self.runs[index], self.texts[index]
            is_paragraph = run.kind is BlockKind.PARAGRAPH and run.element.tag not in (*_HEADINGS, "td", "th", "tr")
            is_headline = len(text.split()) > _FEW and not _SENTENCE_END.search(text) and text[0] not in '«“"„'
            if is_paragraph and is_headline and self._is_link(index):
                yield index, READ_ALSO

    def _is_link(self, index: int) -> bool:
        """Tell a run that is nothing but a link, a date or a number beside it left out."""
        run = self.runs[index]
        if run.kind is BlockKind.CAPTION or (share := link_share(run)) < _MOSTLY_LINKS:
            return False
        beside = " ".join(part.text.strip() for part in run.parts if not part.is_link)
        return share >= _ALL_LINKS or not any(map(str.isalpha, beside)) or is_only_date(beside)

    def _is_heading(self, index: int) -> bool:
        text = self.texts[index]
        return len(text) <= 80 and not _SENTENCE_END.search(text) and self.runs[index].kind is BlockKind.PARAGRAPH  # noqa: PLR2004

    def _captions(self) -> Iterator[tuple[int, str]]:
        """Yield the captions that repeat one above: pages show a picture once for each width of the screen."""
        seen: set[tuple[str, ...]] = set()
        for index in self.kept:
            if self.runs[index].kind is BlockKind.CAPTION:
                text = self.texts[index]
                words = tuple(_WORD.findall(text[: credit_start(text, in_caption=True)].casefold()))
                if words in seen:
                    yield index, CAPTION
                seen.add(words)

    def _fillers(self) -> Iterator[tuple[int, str]]:
        """Return the runs that only fill a place: they stand below text that the reader has to pay for."""
        fillers = {index for index in self.kept if is_filler(self.texts[index])}
        if not fillers:
            return iter(())
        above = [index for index in self.kept if index < min(fillers)]
        below = [index for index in self.kept if index > min(fillers) and index not in fillers]
        is_rest = (
            self._length(above) >= _LEAST_TEXT
            and max((len(self.texts[index]) for index in below), default=0) < _LEAST_TEXT
        )
        return ((index, FILLER) for index in sorted(fillers) if is_rest)


def is_filler(text: str) -> bool:
    """Tell text that fills a place: Lorem ipsum in any order, a few other well-known ones, words of one letter."""
    starts, vocabulary, little = filler()
    line = plain(text).casefold()
    words = _WORD.findall(line)
    has_no_words = len(words) >= _LEAST_FILLER and all(map(_NO_WORD.fullmatch, words))
    if has_no_words or starts.match(line):
        return True
    known = [word for word in words if word in vocabulary]
    is_made_of_it = len(words) >= _LEAST_FILLER and len(known) >= _SHARE_OF_FILLER * len(words)
    return is_made_of_it and len(set(known) - little) >= max(_TELLING, len(set(words)) // 2)


def _box(run: TextRun) -> HtmlElement | None:
    """Return the largest element around a heading that begins with it and is no more than a box."""
    box = None
    for element in _around(run.element):
        if element.tag in ("body", "html", "main") or text_up_to(element, _BOX_LENGTH) > _BOX_LENGTH:
            break
        if not _begins_with(element, run.element):
            break
        if element is not run.element:
            box = element
    return box


def _begins_with(element: HtmlElement, first: HtmlElement) -> bool:
    for below in element.iter():
        if below is first:
            return True
        if isinstance(below.tag, str) and (below.text or "").strip() and below.tag not in ("script", "style"):
            return False
    return False


def _around(element: HtmlElement) -> Iterator[HtmlElement]:
    yield element
    yield from element.iterancestors()


def _is_like(element: HtmlElement, other: HtmlElement) -> bool:
    return element.tag == other.tag and _first_name(element) == _first_name(other)


def _teasers_in(row: Sequence[HtmlElement]) -> dict[HtmlElement, bool]:
    """Return which of the elements in a row are teasers: those that are like most of the others and have a link too."""
    targets = {item: _headline_target(item) for item in row}
    found = set(filter(None, targets.values()))
    is_row = len(found) >= _FEW and _are_short(row)
    is_most = is_row and len(found) * 2 > len(row)
    return {item: is_row and bool(target or (is_most and _may_be_teaser(item))) for item, target in targets.items()}


def _may_be_teaser(item: HtmlElement) -> bool:
    is_plain = item.tag in ("p", "a", "span", "td", *_HEADINGS)
    if is_plain or text_up_to(item, _BOX_LENGTH) > _BOX_LENGTH or next(item.iter("h1"), None) is not None:
        return False
    return next(item.iter("a"), None) is not None


def _are_short(items: Iterable[HtmlElement]) -> bool:
    lengths = sorted(text_up_to(item, _BOX_LENGTH) for item in items)
    return lengths[len(lengths) // 2] <= _TEASER_LENGTH


def _first_name(element: HtmlElement) -> str:
    return str(next(iter(element.get("class", "").split()), ""))


def _headline_target(item: HtmlElement) -> str:
    """Return where the linked headline leads with which an element begins, or an empty string."""
    if not _may_be_teaser(item):
        return ""
    for link in item.iter("a"):
        words = "".join(link.itertext()).split()
        target = str(link.get("href", "")).strip()
        if len(words) > _FEW and target and not target.startswith(("#", "mailto:", "javascript:")):
            is_headline = any(True for _ in link.iter(*_HEADINGS, "strong", "b")) or any(
                above.tag in _HEADINGS for above in link.iterancestors(*_HEADINGS)
            )
            return target if is_headline else ""
    return ""
