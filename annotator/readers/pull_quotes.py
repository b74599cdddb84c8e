"""Find quotes that only repeat the article's own words, in time that grows with the article and no faster."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence

_WORD = re.compile(r"\w+")
_LEAST_WORDS = 4
_MOST_ALIKE = 50

Words = tuple[str, ...]


def repeated(quotes: Collection[str], body: Sequence[str]) -> frozenset[str]:
    """Return those of the quotes that a paragraph of the body says word for word, whatever the marks and the case."""
    waiting: dict[Words, dict[Words, list[str]]] = defaultdict(dict)
    for quote in quotes:
        words = _words(quote)
        alike = waiting[words[:_LEAST_WORDS]]
        if len(words) >= _LEAST_WORDS and (words in alike or len(alike) < _MOST_ALIKE):
            alike.setdefault(words, []).append(quote)
    found: set[str] = set()
    for text in body if waiting else ():
        words = _words(text)
        for index in range(len(words) - _LEAST_WORDS + 1):
            alike = waiting.get(words[index : index + _LEAST_WORDS], {})
            for said in [wanted for wanted in alike if words[index : index + len(wanted)] == wanted]:
                found.update(alike.pop(said))
    return frozenset(found)


def _words(text: str) -> Words:
    return tuple(word.casefold() for word in _WORD.findall(text))
