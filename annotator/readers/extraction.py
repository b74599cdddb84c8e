"""Which runs of a page are the article's: trafilatura chooses, a few rules of our own mend its choice.

A mark is set before every run, trafilatura extracts the page, and the marks in its output name the runs it kept. So
their text, order and surroundings are the page's own, whatever the extraction did to them.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from annotator.models import BlockKind
from annotator.readers.boilerplate import worded_reason
from annotator.readers.page import CONTROL
from annotator.readers.runs import Run, link_share, run_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_PAIRS = ("⟦⟧", "⦃⦄", "⧼⧽", "⟬⟭", "⦗⦘")
_LEADS = re.compile(
    r"(?:^|[\s_-])(?:chap[oô]|chapeau|stand-?first|lead|lede|intro\w*|dek|excerpt|summary|sub-?(?:title|head|headline)"
    r"|sous-?titre|subt[ií]tulo|entradilla|bajada|vorspann|teaser-?text|accroche|description)(?:$|[\s_-]|__)",
    re.IGNORECASE,
)
_LEAST_TEXT = 40
_LINKS = 0.5
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@cache
def tool() -> str:
    """Return the extractor's name and version."""
    return f"trafilatura-{importlib.metadata.version('trafilatura')}"


def kept_runs(root: HtmlElement, runs: Sequence[Run], *, posts: frozenset[int], title: int | None) -> list[int]:
    """Return the indices of the article's runs, in order, the title left out. The tree is changed.

    `posts` are the indices of the markers that stand for embedded posts.
    """
    kept = _extracted(root, runs) - {title}
    if not kept - posts:
        kept = _fallback(runs) - {title}
    if not kept:
        return []
    first, last = min(kept), max(kept)
    inside = range(first, last + 1)
    kept |= {index for index in inside if index in posts or _is_figure_text(runs[index])}
    kept |= _between_siblings(runs, kept, inside)
    kept |= _lead(runs, first, title)
    kept |= _edge_posts(runs, posts, kept)
    return sorted(kept - {title})


def whole_fragment(runs: Sequence[Run], title: int | None) -> list[int]:
    """Return the indices of all runs: a fragment is all article."""
    return [index for index in range(len(runs)) if index != title]


def _extracted(root: HtmlElement, runs: Sequence[Run]) -> set[int]:
    import trafilatura

    opening, closing = _free_pair(root)
    for index, run in enumerate(runs):
        element, where = run.anchor
        text = CONTROL.sub("", getattr(element, where) or "")
        setattr(element, where, f"{opening}{index}{closing} {text}")
    found = trafilatura.extract(
        root, output_format="xml", include_comments=False, include_formatting=False, deduplicate=False
    )
    return {int(index) for index in re.findall(rf"{opening}(\d+){closing}", found or "")} & set(range(len(runs)))


def _free_pair(root: HtmlElement) -> tuple[str, str]:
    text = "".join(root.itertext())
    pair = next((pair for pair in _PAIRS if pair[0] not in text), _PAIRS[-1])
    return pair[0], pair[1]


def _fallback(runs: Sequence[Run]) -> set[int]:
    """Return what reads like prose, within the page's `article` or `main` where there is one."""
    prose = {index for index, run in enumerate(runs) if _is_prose(run)}
    inside = {index for index in prose if next(runs[index].element.iterancestors("article", "main"), None) is not None}
    return inside or prose or {index for index, run in enumerate(runs) if not run.reason and link_share(run) < _LINKS}


def _is_prose(run: Run) -> bool:
    if run.reason or run.element.tag in _HEADINGS or link_share(run) > _LINKS:
        return False
    text, _ = run_text(run)
    return len(text) >= _LEAST_TEXT and not worded_reason(text)


def _is_figure_text(run: Run) -> bool:
    """Tell a caption or a pull quote: trafilatura drops figures with all that is in them."""
    return run.is_pull_quote or (run.kind is BlockKind.CAPTION and link_share(run) <= _LINKS)


def _between_siblings(runs: Sequence[Run], kept: set[int], inside: range) -> set[int]:
    """Return the prose that was dropped from among paragraphs that were kept, for its class name say."""
    parents = {runs[index].element.getparent() for index in kept if runs[index].element.tag in ("p", "li")}
    return {
        index
        for index in inside
        if index not in kept
        and runs[index].element.tag in ("p", "li", "blockquote")
        and runs[index].element.getparent() in parents
        and _is_prose(runs[index])
    }


def _lead(runs: Sequence[Run], first: int, title: int | None) -> set[int]:
    """Return the standfirst between the title and the body, told by its name."""
    start = 0 if title is None else title + 1
    return {index for index in range(start, first) if _is_prose_or_heading(runs[index]) and _named_lead(runs[index])}


def _is_prose_or_heading(run: Run) -> bool:
    return not run.reason and link_share(run) <= _LINKS and len(run_text(run)[0]) >= _LEAST_TEXT


def _named_lead(run: Run) -> bool:
    around = (run.element, *(element for element in (run.element.getparent(),) if element is not None))
    return any(_LEADS.search(element.get("class", "") or element.get("itemprop", "")) for element in around)


def _edge_posts(runs: Sequence[Run], posts: frozenset[int], kept: set[int]) -> set[int]:
    """Return the posts directly before the first or after the last run that was kept, in the same part of the page."""
    parents = {runs[index].element.getparent() for index in kept}
    found = set()
    for start, step in ((min(kept) - 1, -1), (max(kept) + 1, 1)):
        index = start
        while index in posts and runs[index].element.getparent() in parents:
            found.add(index)
            index += step
    return found
