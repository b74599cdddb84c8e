"""What the entries of cue lists match in one unit: what all of a list joined by | would, leftmost, and there the first.

Written for speed: a unit costs less than cutting it out of its article and telling its language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from typing import NamedTuple

from annotator.prediction.entries import Entry
from annotator.prediction.first_words import Clue

_WORD = re.compile(r"\w+")

Span = tuple[int, int]
Try = tuple[int, int, Entry]
"""Where an entry may begin, its place in the list, and the entry."""
Pointer = tuple[Entry, Clue | None]
"""An entry, and what else has to hold; none where a match begins with the word, and that is all."""


class Pointed(NamedTuple):
    """What a word points at."""

    lists: Mapping[int, Sequence[Pointer]]
    """The entries of each list that it makes worth a try."""
    families: frozenset[str]
    """The families of these lists."""


class UnitWords:
    """The words of a unit, and what they point at.

    Few objects a unit: an article's units are all kept until its topics are known, and Python's garbage collector goes
    over them again and again.
    """

    __slots__ = ("_anywhere", "_at", "_pointed", "_text", "_words")

    def __init__(
        self, text: str, pointed_at: Callable[[str], Pointed | None], anywhere: Mapping[int, Sequence[Entry]]
    ) -> None:
        self._text = text
        self._anywhere = anywhere
        self._words: set[str] = set()
        self._at: list[int] = []
        self._pointed: list[Pointed] = []
        for found in _WORD.finditer(text):
            word = found[0]
            self._words.add(word)
            if pointed := pointed_at(word):
                self._at.append(found.start())
                self._pointed.append(pointed)

    @property
    def families(self) -> set[str]:
        """Families of the lists that its words point at."""
        return set().union(*[pointed.families for pointed in self._pointed])

    def matches(self, number: int) -> Iterable[Span]:
        """Return what the entries of a list match."""
        tries, searched = self._tries(number)
        if searched:
            return _merged(self._text, tries, searched)
        found, end = [], 0
        for start, _, entry in tries:
            if start >= end and (stop := entry.end_at(self._text, start)) >= 0:
                found.append((start, stop))
                end = stop
        return found

    def any_match(self, number: int) -> bool:
        """Tell whether one of the entries matches; what a word points at is tried before what has to be searched."""
        tries, searched = self._tries(number)
        return any(entry.end_at(self._text, start) >= 0 for start, _, entry in tries) or any(
            entry.pattern.search(self._text) for entry in searched
        )

    def _tries(self, number: int) -> tuple[list[Try], set[Entry]]:
        """Return where entries may begin, in the order in which they are tried, and the entries to search for."""
        tries: list[Try] = []
        searched = set(self._anywhere.get(number, ()))
        seen: set[tuple[int, Clue]] = set()
        for at, pointed in zip(self._at, self._pointed, strict=True):
            if number not in pointed.lists:
                continue
            for entry, clue in pointed.lists[number]:
                if clue is None:
                    tries.append((at, entry.place, entry))
                elif self._holds(clue):
                    if clue.first and not clue.ahead:  # the same places for every word: 10,000 characters took 4 s
                        if (entry.place, clue) in seen:
                            continue
                        seen.add((entry.place, clue))
                    starts = self._starts(clue, at)
                    if starts is None:
                        searched.add(entry)
                    else:
                        tries.extend((start, entry.place, entry) for start in starts)
        if len(tries) > 1:
            tries.sort()
        return tries, searched

    def _holds(self, clue: Clue) -> bool:
        return not (
            (clue.needs and clue.needs.isdisjoint(self._words))
            or (clue.marks and not any(map(self._text.__contains__, clue.marks)))
        )

    def _starts(self, clue: Clue, at: int) -> Iterable[int] | None:
        """Return where a match may begin that a word points at; none where that is not known."""
        if clue.at_start:
            return (0,) if not clue.ahead or at in clue.ahead else ()
        if clue.ahead:
            return [at - ahead for ahead in clue.ahead if ahead <= at]
        if clue.first:
            places = [found.start() for found in _WORD.finditer(self._text) if found[0] in clue.first.words]
            return [place - ahead for place in places for ahead in clue.first.ahead if ahead <= place]
        return None


def _merged(text: str, tries: Sequence[Try], searched: Iterable[Entry]) -> Iterator[Span]:
    end = 0

    def matching() -> Iterator[tuple[int, int, int]]:
        for start, place, entry in tries:
            if start >= end and (stop := entry.end_at(text, start)) >= 0:
                yield start, place, stop

    def searching(entry: Entry) -> Iterator[tuple[int, int, int]]:
        while match := entry.pattern.search(text, end):
            yield match.start(), entry.place, match.end()

    for start, _, stop in merge(matching(), *map(searching, searched)):
        if start >= end:
            end = stop
            yield start, stop
