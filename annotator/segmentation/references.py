"""A list of references in one line: each entry is one unit, whatever full stops its names and titles have."""

from __future__ import annotations

import re
from itertools import pairwise

from annotator.segmentation.guards import Span

_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_NAME = rf"{_CAPITAL}[\w’'-]+(?:\s{_CAPITAL}[\w’'-]+)?"
_INITIALS = rf"(?:{_CAPITAL}\.[\s-]?){{1,3}}"
# "Dupont, J.", "Dupont J. (2010)", "Smith JA,", but not "George W. Bush" or "Louis XV".
_AUTHOR = (
    rf"{_NAME}(?:,\s{_INITIALS}|\s{_INITIALS}(?=[,(&:]|et al)|\s(?![IVX]+\b)(?:[A-Z]{{2}}(?=[,.]\s)|[A-Z](?=,\s)))"
)
# A sentence goes on in lower case behind it.
_NO_SENTENCE = rf"(?=\W*(?:{_CAPITAL}|\d|(?:et|and|und|y|e)\b))"
# "[1] ", "1. ", "↑ " or nothing, the author, and the year within a line or two.
_ENTRY = re.compile(
    rf"(?:(?:\[\d{{1,3}}\]|\d{{1,3}}[.)]|[↑^•])\s)?{_AUTHOR}{_NO_SENTENCE}[^\n]{{0,200}}?\b(?:1[5-9]|20)\d\d[a-z]?\b"
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
