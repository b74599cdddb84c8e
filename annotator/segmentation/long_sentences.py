"""Cut what is too long for a screen: a text without full stops, a transcript, a list in one line.

Nothing is cut inside a word: where no blank comes for long, the part is longer.
"""

from __future__ import annotations

import re
from itertools import pairwise

from annotator.segmentation.guards import Span, guarded_spans, is_guarded
from annotator.text import trim

LONGEST = 2_000
"""Code points. The longest of 4,172 sentences of news, encyclopedias and posts had 996."""

# Not a no-break blank, and not before a sign that French sets behind a blank ("le vote ; la suite").
_BLANK = r"[^\S\u00a0\u2007\u202f]+(?![;:!?»”,.)\]\s])"
_PAUSES = [
    re.compile(pause) for pause in (rf"(?<=[;:؛：；]){_BLANK}", rf"(?<=[,،，、]){_BLANK}", r"[^\S\n]*\n\s*", _BLANK)
]
"""Best first. A line end is no better than a comma: most texts with both are wrapped anywhere."""


def split_long(text: str, start: int, end: int) -> list[Span]:
    """Return the span as it is, or in parts of about the same length, none above `LONGEST`, cut at pauses."""
    if end - start <= LONGEST:
        return [(start, end)]
    guards = [(start + left, start + right) for left, right in guarded_spans(text[start:end])]
    cuts = [start]
    while end - cuts[-1] > LONGEST:
        cuts.append(_next_cut(text, cuts[-1], end, guards))
    spans = (trim(text, left, right) for left, right in pairwise([*cuts, end]))
    return [span for span in spans if span[0] < span[1]]


def _next_cut(text: str, start: int, end: int, guards: list[Span]) -> int:
    """Return where the part that begins at `start` ends."""
    count = -(-(end - start) // LONGEST)
    aim = (end - start) // count
    # From half the aim on: an earlier pause would leave parts too small to be about the same length.
    low, high = start + aim // 2, start + LONGEST
    for pause in _PAUSES:
        cuts = (match.end() for match in pause.finditer(text, low, high))
        free = [cut for cut in cuts if cut < high and not is_guarded(guards, cut)]
        if free:
            return min(free, key=lambda cut: abs(cut - start - aim))
    later = _PAUSES[-1].search(text, low)
    return min(later.end(), end) if later else end
