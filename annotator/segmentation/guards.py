"""Spans of a paragraph that no cut may fall into: brackets, and insertions between dashes."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator
from itertools import pairwise

from annotator.segmentation.patterns import DASH

Span = tuple[int, int]

_BRACKET = re.compile(r"[()\[\]](?<![:;=8].)")  # not the brackets of :) and ;(
# A bracket or dash that is not closed within this many characters was left open by mistake, and would keep the rest of
# the paragraph in one piece. Of 168 pairs of brackets in 151 French documents the longest had 160 characters.
_BRACKET_REACH = 400
_DASH_REACH = 250
_PAIRS = {")": "(", "]": "["}
# Between two dashes of one insertion stand exclamations ("– Un ! Deux ! –") but no finished statement, and the last
# exclamation closes it.
_STATEMENT_ENDS = re.compile(r"\w[»”“\")%]*\.\s")
_EXCLAIMS = re.compile(r"[!?]\s[«„“\"]?[^\W\d_a-z]")
# Behind the second dash the sentence goes on: a comma, a stop, a word without a capital.
_GOES_ON = re.compile(r"\s*(?:[,;:.)]|[^\W\d_])")


def guarded_spans(text: str) -> list[Span]:
    """Return the guarded spans in order, none inside another. A bracket left open guards nothing."""
    spans: list[Span] = []
    for span in sorted([*_brackets(text), *_insertions(text)]):
        if not spans or span[1] > spans[-1][1]:
            spans.append(span)
    return spans


def is_guarded(spans: list[Span], position: int) -> bool:
    """Tell whether a cut at the position would fall into one of the spans."""
    index = bisect_right(spans, (position, 0)) - 1
    return index >= 0 and spans[index][0] < position < spans[index][1]


def closed_at(spans: list[Span], start: int) -> int | None:
    """Return where the guarded span ends that begins at the offset."""
    index = bisect_left(spans, (start, 0))
    return spans[index][1] if index < len(spans) and spans[index][0] == start else None


def _brackets(text: str) -> Iterator[Span]:
    still_open: deque[re.Match[str]] = deque()
    for match in _BRACKET.finditer(text):
        while still_open and match.start() - still_open[0].start() > _BRACKET_REACH:
            still_open.popleft()
        if match.group() in "([":
            still_open.append(match)
        elif still_open and still_open[-1].group() == _PAIRS[match.group()]:
            yield still_open.pop().start(), match.end()


def _insertions(text: str) -> Iterator[Span]:
    """Pair the dashes of `… – qui l'eût cru ? – …`: the first one goes on with a sentence, and so does the second."""
    for first, second in pairwise(DASH.finditer(text)):
        if second.start() - first.end() > _DASH_REACH or text[first.start() - 1] in ".!?…:»":
            continue
        following = _GOES_ON.match(text, second.end())
        if following and not following.group()[-1].isupper() and not _is_finished(text, first.end(), second.start()):
            yield first.start(), second.end()


def _is_finished(text: str, start: int, end: int) -> bool:
    """Tell whether a sentence ends between two dashes that therefore hold no insertion."""
    if _STATEMENT_ENDS.search(text, start, end):
        return True
    return (
        text[start:end].rstrip()[-1:] not in ("!", "?", "…", "»", "”")
        and _EXCLAIMS.search(text, start, end) is not None
    )
