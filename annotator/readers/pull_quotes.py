"""Find quotes that only repeat the article's own words, in time that grows with the article and no faster."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_LEAST_WORDS = 4
_MOST_PLACES = 20


class Repeats:
    """Holds the words of the body and where each run of four of them begins."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.words: list[str] = []
        self.places: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for text in texts:
            self._add(_words(text))

    def holds(self, text: str) -> bool:
        """Tell whether the body says the text word for word, whatever the quotation marks and the case."""
        words = _words(text)
        return len(words) >= _LEAST_WORDS and any(
            self.words[place : place + len(words)] == words
            for place in self.places.get(tuple(words[:_LEAST_WORDS]), ())
        )

    def _add(self, words: list[str]) -> None:
        start = len(self.words)
        self.words += [*words, ""]
        for index in range(len(words) - _LEAST_WORDS + 1):
            places = self.places[tuple(words[index : index + _LEAST_WORDS])]
            if len(places) < _MOST_PLACES:
                places.append(start + index)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
