"""Which runs of a page are the article's: trafilatura chooses, a few rules of our own correct its choice.

A mark is set before every run, trafilatura extracts the page, and the marks in its output name the runs it kept. So
their text, order and surroundings are the page's own, whatever the extraction did to them.
"""

from __future__ import annotations

import importlib.metadata
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count as count_from
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from annotator.models import BlockKind
from annotator.readers import weighing
from annotator.readers.boilerplate import worded_reason
from annotator.readers.text_runs import TABLE, TextRun, link_share, run_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MARKS = (("\u2801", "\u28ff"), ("\u4dc0", "\u4dff"), ("\U0001d801", "\U0001d9ff"), ("\U0001d000", "\U0001d0f5"))
"""First and last sign of ranges that hardly any text uses: Braille, hexagrams, SignWriting, Byzantine notes. They are
no letters, so an extractor sees the same words, and two of them are a number. Marks with digits and brackets, six
characters each, made short pages look long: it then kept other text on 1 page in 40."""
_LEADS = re.compile(
    r"(?:^|[\s_-])(?:chap[oô]|chapeau|stand-?first|lead|lede|intro\w*|dek|excerpt|summary|sub-?(?:title|head|headline)"
    r"|sous-?titre|subt[ií]tulo|entradilla|bajada|vorspann|teaser-?text|accroche|desc(?:ription)?)(?:$|[\s_-]|__)",
    re.IGNORECASE,
)
_COMMENTARY = re.compile(r"live[-_]?(?:blog[-_]?)?comment|comment[-_]?live|commentary", re.IGNORECASE)
_LEAST_TEXT = 40
"""Characters of a paragraph that counts as prose by itself. On the gate's pages 15 let page furniture in (noise 0.005
instead of 0), and 90 lost paragraphs (0.977 of them found instead of all)."""
_LEVELS = 4
"""How far above the text that follows it a heading may stand, as some sites wrap each part of an article. With 1 the
gate's pages lost headings (0.988 of the paragraphs found)."""
_LINKS = 0.5
"""More links than other words make a menu or a list of teasers."""
_FEW = 3
"""So many links under a heading are a list of links."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@cache
def tool() -> str:
    """Return the extractor's name and version."""
    return f"trafilatura-{importlib.metadata.version('trafilatura')}"


@dataclass(frozen=True)
class Kept:
    """What is the article's on a page: the indices of its runs, in order, the title left out."""

    indices: Sequence[int]
    extracted: int = 0
    """Characters that the extractor keeps, of what people see, tables not counted: they are asides."""
    overruled: int = 0
    """Sentences that names in the page's code would have set aside."""


def kept_runs(root: HtmlElement, runs: Sequence[TextRun], *, posts: frozenset[int], title: int | None) -> Kept:
    """Return the article's runs. The tree and the runs are changed.

    `posts` are the indices of the markers that stand for embedded posts.
    """
    _show_commentary(runs)
    kept = _extracted(root, runs)
    unseen = weighing.unseen(runs, kept)
    kept -= {title, *unseen}
    extracted = sum(len(run_text(runs[index])[0]) for index in kept - posts if runs[index].reason != TABLE)
    if not kept - posts:
        kept = _fallback(runs) - {title}
    overruled = weighing.overrule(runs, kept - posts)
    if title is not None:
        kept = {index for index in kept if index > title or _is_prose(runs[index])}
    if kept:
        kept = _around(runs, kept, posts, title) - {title, *unseen}
        overruled += weighing.overrule(runs, kept - posts)
    return Kept(sorted(kept), extracted, overruled)


def _around(runs: Sequence[TextRun], kept: set[int], posts: frozenset[int], title: int | None) -> set[int]:
    """Return what the extractor drops between, before and beside the runs that it keeps."""
    first, last = min(kept), max(kept)
    kept = kept | {index for index in range(first, last) if index in posts or _is_figure_text(runs[index])}
    after = _after(runs, kept, posts)
    kept |= _among_siblings(runs, kept, range(first if title is None else min(first, title + 1), after))
    kept |= _lead(runs, first, title)
    kept |= _captions_above(runs, first, title)
    kept |= _headings(runs, kept, min(kept) if title is None else title)
    kept |= _quoted_whole(runs, kept)
    kept |= _edge_posts(runs, posts, kept)
    return {index for index in kept if not _heads_links(runs, kept, index)}


def whole_fragment(runs: Sequence[TextRun], title: int | None) -> Kept:
    """Return all runs: a fragment is all article."""
    indices = [index for index, run in enumerate(runs) if index != title and run.holder is None]
    size = sum(len(run_text(runs[index])[0]) for index in indices)
    return Kept(indices, size, weighing.overrule(runs, indices))


def _extracted(root: HtmlElement, runs: Sequence[TextRun]) -> set[int]:
    import trafilatura
    from lxml.etree import LxmlError

    # It warns of every page it finds nothing in; that is ours to say.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    marks = _Marks.not_in("".join(root.itertext()), len(runs))
    for index, run in enumerate(runs):
        for element, where in run.anchors:
            setattr(element, where, f"{marks.of(index)}{(getattr(element, where) or '').lstrip()}")
    # `deduplicate` would keep what it has seen for the next page of the process.
    try:
        extracted = trafilatura.bare_extraction(root, include_comments=False, deduplicate=False, with_metadata=False)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, LxmlError):
        return set()  # a page it stumbles over is read by `_fallback`
    text = "".join(extracted.body.itertext()) if isinstance(extracted, trafilatura.settings.Document) else ""
    return marks.found_in(text) & set(range(len(runs)))


@dataclass(frozen=True)
class _Marks:
    """Numbers of a fixed width, in signs of one range."""

    first: str
    last: str
    width: int

    @classmethod
    def not_in(cls, text: str, count: int) -> _Marks:
        """Return marks whose signs the text does not use, wide enough for that many runs."""
        first, last = next((ends for ends in _MARKS if not re.search(f"[{ends[0]}-{ends[1]}]", text)), _MARKS[0])
        base = ord(last) - ord(first) + 1
        return cls(first, last, next(width for width in count_from(2) if base**width >= count))

    def of(self, index: int) -> str:
        """Return the mark of one run."""
        signs = []
        for _place in range(self.width):
            index, digit = divmod(index, ord(self.last) - ord(self.first) + 1)
            signs.append(chr(ord(self.first) + digit))
        return "".join(reversed(signs))

    def found_in(self, text: str) -> set[int]:
        """Return the numbers of the marks in a text."""
        return {self._number(mark) for mark in re.findall(f"[{self.first}-{self.last}]{{{self.width}}}", text)}

    def _number(self, mark: str) -> int:
        number = 0
        for sign in mark:
            number = number * (ord(self.last) - ord(self.first) + 1) + ord(sign) - ord(self.first)
        return number


def _show_commentary(runs: Sequence[TextRun]) -> None:
    """Take their names from a live report's lines: to the extractor what is called `comment` is the readers'."""
    for named in {run.named for run in runs if run.named is not None and run.holder is None}:
        if _COMMENTARY.search(named.get("class", "") + named.get("id", "")):
            for element in named.iter():
                element.attrib.pop("class", None)
                element.attrib.pop("id", None)


def _fallback(runs: Sequence[TextRun]) -> set[int]:
    """Return what reads like prose, within the page's `article` or `main` where there is one."""
    prose = {index for index, run in enumerate(runs) if _is_prose(run)}
    prose = prose or {index for index, run in enumerate(runs) if run.holder is None and weighing.is_sentence(run)}
    inside = {index for index in prose if next(runs[index].element.iterancestors("article", "main"), None) is not None}
    return inside or prose or {index for index, run in enumerate(runs) if not run.reason and link_share(run) < _LINKS}


def _is_prose(run: TextRun) -> bool:
    if run.reason or run.element.tag in _HEADINGS or link_share(run) > _LINKS:
        return False
    text, _ = run_text(run)
    return len(text) >= _LEAST_TEXT and not worded_reason(text)


def _is_figure_text(run: TextRun) -> bool:
    """Tell a caption or a pull quote: trafilatura drops figures with all that is in them."""
    return run.is_pull_quote or (run.kind is BlockKind.CAPTION and link_share(run) <= _LINKS)


def _among_siblings(runs: Sequence[TextRun], kept: set[int], inside: range) -> set[int]:
    """Return what was dropped from among paragraphs that were kept: prose, for its class name say, headings, lists."""
    parents = {runs[index].element.getparent() for index in kept if runs[index].element.tag in ("p", "li", "h2", "h3")}
    return {index for index in inside if index not in kept and _belongs(runs[index], parents)}


def _after(runs: Sequence[TextRun], kept: set[int], posts: frozenset[int]) -> int:
    """Return the index behind the body: behind paragraphs and posts that follow the last one that was kept."""
    last = runs[max(kept - posts, default=max(kept))].element
    after = max(kept) + 1
    for index in range(after, len(runs)):
        if index in posts:
            continue
        if not (last.tag == "p" and _belongs(runs[index], {last.getparent()})):
            break
        after = index + 1
    return after


def _belongs(run: TextRun, parents: set[HtmlElement]) -> bool:
    parent = run.element.getparent()
    if run.element.tag == "li" and parent is not None:
        return (parent in parents or parent.getparent() in parents) and _is_short_text(run)
    is_named_text = run.named is run.element and not link_share(run) and weighing.is_sentence(run)
    return run.element.tag in ("p", "li", "blockquote") and parent in parents and (is_named_text or _is_prose(run))


def _is_short_text(run: TextRun) -> bool:
    return not run.reason and link_share(run) <= _LINKS


def _headings(runs: Sequence[TextRun], kept: set[int], start: int) -> set[int]:
    """Return the headings behind `start` whose own part of the page holds the text that follows.

    Before the first text that was kept, one counts only where headings of its level stand further down, too: the first
    entry of a live report has one like the others.
    """
    headings: set[int] = set()
    following: TextRun | None = None
    for index in range(max(kept), start, -1):
        if index in kept:
            following = runs[index]
        elif runs[index].element.tag in _HEADINGS[1:4] and following is not None and _is_short_text(runs[index]):
            around = islice(following.element.iterancestors(), _LEVELS)
            if runs[index].element.getparent() in around:
                headings.add(index)
    first = min(kept)
    below = {runs[index].element.tag for index in kept | headings if index > first}
    return {index for index in headings if index > first or runs[index].element.tag in below}


def _heads_links(runs: Sequence[TextRun], kept: set[int], index: int) -> bool:
    """Tell the heading of a box that holds a list of links and nothing that was kept."""
    if runs[index].element.tag not in _HEADINGS[1:] or (box := runs[index].element.getparent()) is None:
        return False
    rest = list(takewhile(lambda place: box in runs[place].element.iterancestors(), range(index + 1, len(runs))))
    return len(rest) >= _FEW and kept.isdisjoint(rest) and all(link_share(runs[place]) > _LINKS for place in rest)


def _quoted_whole(runs: Sequence[TextRun], kept: set[int]) -> set[int]:
    """Return the rest of each block quote that was kept in part: who said it stands in its `footer`."""
    quotes = {quote for index in kept for quote in runs[index].element.iterancestors("blockquote")}
    return {
        index
        for index, run in enumerate(runs)
        if quotes and not run.reason and any(quote in quotes for quote in run.element.iterancestors("blockquote"))
    }


def _lead(runs: Sequence[TextRun], first: int, title: int | None) -> set[int]:
    """Return the standfirst between the title and the body: it stands beside the title, or its name says so."""
    start = 0 if title is None else title + 1
    beside = None if title is None else runs[title].element.getparent()
    return {index for index in range(start, first) if _is_lead(runs[index], beside)}


def _captions_above(runs: Sequence[TextRun], first: int, title: int | None) -> set[int]:
    """Return the captions between the title and the body, in the part of the page that holds both."""
    if title is None:
        return set()
    around = set(runs[first].element.iterancestors()) & set(runs[title].element.iterancestors())
    held = {"nav", "aside", "footer", "body", "html"}
    return {
        index
        for index in range(title + 1, first)
        if _is_figure_text(runs[index])
        and next((above.tag for above in runs[index].element.iterancestors() if above in around), "body") not in held
        and not any(above.tag in held - {"body", "html"} for above in runs[index].element.iterancestors())
    }


def _is_lead(run: TextRun, beside: HtmlElement | None) -> bool:
    above = run.element.getparent()
    if run.element.tag == "li" and above is not None:
        above = above.getparent()
    is_beside = beside is not None and above is beside and run.element.tag in ("p", "li", "h2")
    is_long = len(run_text(run)[0]) >= _LEAST_TEXT
    return is_long and _is_short_text(run) and (is_beside or _named_lead(run))


def _named_lead(run: TextRun) -> bool:
    around = (run.element, *(element for element in (run.element.getparent(),) if element is not None))
    return any(_LEADS.search(element.get("class", "") or element.get("itemprop", "")) for element in around)


def _edge_posts(runs: Sequence[TextRun], posts: frozenset[int], kept: set[int]) -> set[int]:
    """Return the posts directly before the first or after the last run that was kept, in the same part of the page."""
    parents = {runs[index].element.getparent() for index in kept}
    at_the_edges = set()
    for start, step in ((min(kept) - 1, -1), (max(kept) + 1, 1)):
        index = start
        while index in posts and runs[index].element.getparent() in parents:
            at_the_edges.add(index)
            index += step
    return at_the_edges
