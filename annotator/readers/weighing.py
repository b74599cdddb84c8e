"""What names in a page's code say, weighed against what the extraction keeps: a name alone takes no text away.

Themes call a whole body `has-paywall`, a post `tag-bridge`, a live report's lines `live-comment`; whole bodies stand in
elements that a script shows later. So names count for lines and small boxes, and lose where they would take more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from annotator.readers.boilerplate import worded_reason
from annotator.readers.text_runs import TextRun, link_share, run_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LEAST_PROSE = 20
"""Characters of a sentence: less is a line such as a name, a date or a button's words."""
_SENTENCE_END = re.compile(r"[.!?…。！？؟。।]['’\"”»)\]]*\s*$")
_LINKS = 0.5
_MOST_OF_ONE_NAME = 0.15
"""A share of the text that elements of one name hold beyond which the name does not set them aside."""
_MOST_OF_ONE_REASON = 0.3
_MOST_LINES = 0.5
"""A share of the text, sentences or not, that no byline, date or box reaches."""
_LEAST_HIDDEN = 0.7
"""A share of the text from which on a hidden element is taken for one that a script shows."""
_PARAGRAPHS = ("p", "li", "blockquote", "h2", "h3", "h4", "dd")


class Name(NamedTuple):
    """What an element is called and what that says of it: elements of one name are weighed together."""

    reason: str
    tag: str
    words: str


def is_sentence(run: TextRun) -> bool:
    """Tell running text from a line of names, links or buttons."""
    text, _ = run_text(run)
    is_long = len(text) >= _LEAST_PROSE and _SENTENCE_END.search(text) is not None
    return is_long and link_share(run) <= _LINKS and not worded_reason(text)


def unseen(runs: Sequence[TextRun], kept: Collection[int]) -> set[int]:
    """Return the runs in hidden elements that hold too little of the kept text to be the article's body."""
    sizes: Counter[HtmlElement | None] = Counter()
    for index in kept:
        sizes[runs[index].holder] += len(run_text(runs[index])[0])
    total = sizes.total()
    shown = {holder for holder, size in sizes.items() if size >= _LEAST_HIDDEN * total} | {None}
    return {index for index, run in enumerate(runs) if run.holder not in shown}


def overrule(runs: Sequence[TextRun], kept: Collection[int]) -> int:
    """Take from the kept runs the reasons that rest on a name alone and would cost article text.

    Returns how many sentences got their text back.
    """
    named = {index: names for index in kept if (names := list(_names(runs[index])))}
    sentences = {index for index in named if is_sentence(runs[index])}
    void = _void(runs, kept, named, sentences)
    count = 0
    for index, names in named.items():
        is_paragraph = index in sentences and any(name.tag in _PARAGRAPHS for name in names)
        if is_paragraph or not void.isdisjoint(names):
            _clear(runs[index])
            count += index in sentences
    return count


def _void(
    runs: Sequence[TextRun], kept: Collection[int], named: Mapping[int, Sequence[Name]], sentences: Collection[int]
) -> set[Name]:
    """Return the names that would set aside more than a box beside the article holds."""
    total = sum(len(run_text(runs[index])[0]) for index in kept)
    sizes: Counter[Name] = Counter()
    spoken: Counter[Name] = Counter()
    for index, names in named.items():
        size = len(run_text(runs[index])[0])
        sizes.update(dict.fromkeys(names, size))
        spoken.update(dict.fromkeys(names, size if index in sentences else 0))
    by_reason: Counter[str] = Counter()
    for name, size in spoken.items():
        by_reason[name.reason] += size
    return {
        name
        for name, size in sizes.items()
        if size > _MOST_LINES * total
        or spoken[name] > _MOST_OF_ONE_NAME * total
        or by_reason[name.reason] > _MOST_OF_ONE_REASON * total
    }


def _names(run: TextRun) -> Iterator[Name]:
    """Yield what names say of a run, with the element that has the name: its own, one around it, or one inside."""
    if run.reason and run.named is not None:
        yield Name(run.reason, str(run.named.tag), run.named.get("class") or run.named.get("id", ""))
    inner = {part.reason for part in run.parts if part.text.strip()}
    if len(inner) == 1 and "" not in inner:
        yield Name(inner.pop(), "p", "")


def _clear(run: TextRun) -> None:
    run.reason = ""
    run.named = None
    if all(part.reason for part in run.parts if part.text.strip()):
        run.parts = [replace(part, reason="") for part in run.parts]
