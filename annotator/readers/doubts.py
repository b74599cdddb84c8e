"""What a reader of a page doubts, for the notes of its article: text set aside, or a page that is no article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from annotator.models import Aside, Block, BlockKind
from annotator.readers.extraction import Kept
from annotator.readers.text_runs import TextRun, link_share, run_text

SHORTER = "much shorter than what the extractor reads"
_SHORTER = re.compile(rf"{SHORTER}: [\d,]+ of [\d,]+ characters are text to label")
_LEAST_SHARE = 0.5
_LEAST_MISSING = 300
"""Characters: of a short page a byline and a date are half."""
_LEAST_HEADLINES = 3
_MOST_EACH = 400
"""Characters of text for each linked headline; an article that links its headings has more between them."""
_HEADINGS = ("h2", "h3", "h4")
_ALL_LINKS = 0.9


def shortened(notes: Iterable[str]) -> str:
    """Return the note that says that much of a page was set aside, or an empty string."""
    return next(filter(_SHORTER.match, notes), "")


def doubts(runs: Sequence[TextRun], kept: Kept, blocks: Sequence[Block], asides: Sequence[Aside]) -> Iterator[str]:
    """Yield a line for each thing about a page that somebody should look at."""
    if kept.overruled:
        yield f"{kept.overruled} sentence(s) kept that names in the page's code call something else than text"
    shown = sum(block.end - block.start for block in blocks if block.kind is not BlockKind.TITLE)
    inner = sum(
        aside.end - aside.start for aside in asides for block in blocks if block.start <= aside.start < block.end
    )
    if shown - inner < _LEAST_SHARE * kept.extracted and kept.extracted - shown + inner >= _LEAST_MISSING:
        yield f"{SHORTER}: {shown - inner:,} of {kept.extracted:,} characters are text to label"
    if headlines := _linked_headlines(runs, kept):
        yield f"looks like a list of articles ({headlines} linked headlines), hand in the articles' own pages"


def _linked_headlines(runs: Sequence[TextRun], kept: Kept) -> int:
    """Return how many headlines lead to other pages, where there is hardly more on this one.

    One directly before a text that was kept counts, too: of a front page the extractor may keep nothing but the lines
    below its headlines.
    """
    headlines = [
        index
        for index in sorted({*kept.indices, *(index - 1 for index in kept.indices if index)})
        if runs[index].element.tag in _HEADINGS and link_share(runs[index]) >= _ALL_LINKS and runs[index].holder is None
    ]
    if len(headlines) < _LEAST_HEADLINES:
        return 0
    rest = sum(len(run_text(runs[index])[0]) for index in set(kept.indices).difference(headlines))
    return len(headlines) if rest <= _MOST_EACH * len(headlines) else 0
