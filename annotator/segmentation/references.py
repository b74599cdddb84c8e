"""A list of references in one line: each entry is one unit, whatever full stops its names and titles have."""

from __future__ import annotations

import re
from itertools import pairwise

from annotator.segmentation.guards import Span

_NAME = r"[^\W\d_a-zß-öø-ÿ][\w’'-]+(?:\s[^\W\d_a-zß-öø-ÿ][\w’'-]+)?"
_INITIALS = r"(?:[^\W\d_a-zß-öø-ÿ]\.[\s-]?){1,3}|[A-Z]{1,2}(?=[,.\s(])"
# "[1] ", "1. ", "↑ " or nothing, then "Dupont, J." or "Smith JA", and the year within a line or two.
_ENTRY = re.compile(
    rf"(?:(?:\[\d{{1,3}}\]|\d{{1,3}}[.)]|[↑^•])\s)?{_NAME},?\s(?:{_INITIALS})[^\n]{{0,200}}?\b(?:1[5-9]|20)\d\d[a-z]?\b"
)
_BETWEEN = re.compile(r"(?<=[.)\]»”])\s+(?=[\[↑^•\w])")
_LEAST_ENTRIES = 2


def reference_spans(text: str) -> list[Span]:
    """Return the spans of the references that the paragraph lists, or nothing where it is no such list."""
    entry = _ENTRY.match(text)
    if entry is None:
        return []
    cuts = [0]
    for blank in _BETWEEN.finditer(text, entry.end()):
        following = _ENTRY.match(text, blank.end()) if blank.start() >= entry.end() else None
        if following:
            cuts.append(blank.end())
            entry = following
    spans = [(start, start + len(text[start:end].rstrip())) for start, end in pairwise([*cuts, len(text)])]
    return spans if len(spans) >= _LEAST_ENTRIES else []
