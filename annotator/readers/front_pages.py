"""Front pages and sections: pages that list articles and are none."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.readers.text_runs import TextRun, link_share, run_text

NOTE = "looks like a list of articles: save the pages that it links to, and hand those in"
_FEWEST = 3
_LINKED = 0.9
_LONG = 120
"""Characters of a paragraph; a teaser has fewer, or stands in a link."""


def front_page_notes(kept: Sequence[TextRun]) -> tuple[str, ...]:
    """Return a note where several headings of what was kept lead elsewhere, with hardly a paragraph beside them."""
    linked = sum(run.element.tag in ("h2", "h3", "h4") and _leads_away(run) for run in kept)
    texts = sum(run.element.tag not in ("h1", "h2", "h3", "h4") and _is_text(run) for run in kept)
    return (NOTE,) if linked >= _FEWEST and texts * _FEWEST <= linked else ()


def _leads_away(run: TextRun) -> bool:
    return link_share(run) >= _LINKED or next(run.element.iterancestors("a"), None) is not None


def _is_text(run: TextRun) -> bool:
    return len(run_text(run)[0]) >= _LONG and link_share(run) < _LINKED
