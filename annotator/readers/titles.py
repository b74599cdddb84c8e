"""Which heading of a page is the article's title: what the page says of itself decides between several."""

from __future__ import annotations

import re
from collections.abc import Sequence

from annotator.readers.metadata import HOME, PageMetadata, is_site, same, without_site
from annotator.readers.text_runs import TextRun

_LEAST = 3
"""A title that the metadata gives in full may begin the heading, if it has more letters than this."""
_WORD = re.compile(r"[^\W\d_]{4,}|\d+")
_WIDE = re.compile("[\u0e00-\u0eff\u1000-\u109f\u3040-\u9fff\uac00-\ud7af]")
"""Scripts that write no blanks between words, or few."""


def headline(runs: Sequence[TextRun], texts: Sequence[str], metadata: PageMetadata) -> int | None:
    """Return the index of the title's run: the heading that the metadata names, else the only `h1` that can be it."""
    first = [
        index
        for index, run in enumerate(runs)
        if run.element.tag == "h1" and not _is_masthead(run, texts[index], metadata)
    ]
    named = [same(title) for title in metadata.titles]
    for index in first:
        text = same(texts[index])
        if text and any(title.startswith(text) or (len(title) > _LEAST and text.startswith(title)) for title in named):
            return index
    told = [without_site(title, metadata.site, metadata.url) for title in metadata.titles]
    if len(first) == 1 and not _is_overruled(texts[first[0]], told):
        return first[0]
    whole = set(map(same, told)) - {""}
    lower = (index for index, run in enumerate(runs) if run.element.tag in ("h2", "h3"))
    return next((index for index in lower if same(texts[index]) in whole), None)


def _is_masthead(run: TextRun, text: str, metadata: PageMetadata) -> bool:
    """Tell the site's name, which many sites set as the `h1` of every page, most as a link to the front page."""
    leads_home = any(link.get("href", "").strip() in HOME for link in run.element.iter("a"))
    return leads_home or is_site(text, metadata.site, metadata.url)


def _is_overruled(heading: str, titles: Sequence[str]) -> bool:
    """Tell a heading without a word of any title, where two of these agree or one says more: the name of a site, say.

    A title that says less may be the site's name, or one for social media.
    """
    words = _words(heading)
    others = [_words(title) for title in titles]
    if not words or any(words & other for other in others):
        return False
    return len(set(map(same, titles))) < len(titles) or any(len(other) > len(words) for other in others[-1:])


def _words(text: str) -> set[str]:
    words = set(_WORD.findall(text.casefold()))
    wide = [word for word in words if _WIDE.search(word)]
    return words | {word[at : at + 2] for word in wide for at in range(len(word) - 1)}
