"""Units that say the same in several articles: what a model saw in one split, it is not to be tested on in another.

Two units are identical where their texts are. They are near-identical where their words are the same but for case,
marks and numbers, or where, of eight words and more, one stretch of at most an eighth of them is another. Then the
first four words are the same or the last four, by which such pairs are found. None is missed but among very many that
begin alike.

Numbers are kept as arrays, 48 bytes a unit, and words on disk.
"""

from __future__ import annotations

import re
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import pairwise
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

_WORD = re.compile(r"\w+|\n")
_ANY_NUMBER = 1
_EDGE = 4
_LEAST = 8
"""Words that a unit needs to be near-identical to one of other words."""
_SHARE = 8
_MOST_ALIKE = 20
"""Units with the same first or last words with which the next one is compared."""


@dataclass(frozen=True)
class Leakage:
    """Texts in more than one split."""

    identical_texts: int = 0
    identical_units: int = 0
    """Units with such a text."""
    near_identical_units: int = 0
    """Further units that have a near-identical one in another split."""

    @property
    def units(self) -> int:
        """All of them."""
        return self.identical_units + self.near_identical_units


class UnitTexts(AbstractContextManager["UnitTexts"]):
    """Takes the articles with their units, by numbers from 0, then tells which units say the same."""

    def __init__(self) -> None:
        self._articles, self._exact = array("q"), array("q")
        self._whole, self._first, self._last = array("q"), array("q"), array("q")
        self._ends = array("q", [0])
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._number = 0

    def add(self, text: str) -> None:
        """Take the next article, whose units are the lines of the text."""
        found = _WORD.findall(text.casefold())
        words = [_ANY_NUMBER if word.isdigit() else hash(word) for word in found]
        array("q", words).tofile(self._words)
        self._exact.extend(map(hash, text.split("\n")))
        begin, before = 0, self._ends[-1]
        for end in (*(at for at, word in enumerate(found) if word == "\n"), len(found)):
            unit = tuple(words[begin:end])
            self._whole.append(hash(unit) if unit else self._exact[len(self._whole)])
            self._first.append(hash(unit[:_EDGE]))
            self._last.append(hash(unit[-_EDGE:]))
            self._ends.append(before + end + 1)
            self._articles.append(self._number)
            begin = end + 1
        array("q", [0]).tofile(self._words)
        self._number += 1

    def together(self) -> Iterator[tuple[int, int]]:
        """Yield pairs of articles that have units that say the same, enough of them to join all that are."""
        articles = _array(self._articles)
        for group in _groups(self._alike(), articles) if self._exact else ():
            yield from pairwise(sorted(set(articles[group].tolist())))

    def leakage(self, splits: Sequence[int]) -> Leakage:
        """Count what is in more than one split; `splits` has the number of each article's split."""
        import numpy as np

        if not self._exact:
            return Leakage()
        split = _array(array("q", splits))[_array(self._articles)]
        identical = _groups(_array(self._exact), split)
        seen = np.zeros(len(split), dtype=bool)
        for group in identical:
            seen[group] = True
        units = int(seen.sum())
        for group in _groups(self._alike(), split):
            seen[group] = True
        return Leakage(len(identical), units, int(seen.sum()) - units)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop everything."""
        self._words.close()

    def _alike(self) -> Numbers:
        """Return a number for each unit, the same one for units that say the same."""
        import numpy as np

        _, firsts, alike = np.unique(_array(self._whole), return_index=True, return_inverse=True)
        long = np.flatnonzero((np.diff(_array(self._ends)) > _LEAST)[firsts])
        root = Joining(len(firsts))
        for keys in (self._first, self._last):
            for bucket in _buckets(_array(keys)[firsts[long]]):
                self._join_near(long[bucket], firsts, root)
        return np.array([root.of(number) for number in range(len(firsts))], dtype=np.int64)[alike]

    def _join_near(self, members: Numbers, firsts: Numbers, root: Joining) -> None:
        import numpy as np

        members = members[np.argsort(firsts[members])]  # hashes are others in each process, and so is their order
        texts = [self._words_of(int(firsts[member])) for member in members]
        for at, text in enumerate(texts):
            for before in range(max(0, at - _MOST_ALIKE), at):
                if _is_near(texts[before], text):
                    root.join(int(members[before]), int(members[at]))

    def _words_of(self, unit: int) -> array[int]:
        words = array("q")
        begin, end = self._ends[unit], self._ends[unit + 1] - 1
        self._words.seek(begin * words.itemsize)
        words.fromfile(self._words, end - begin)
        return words


class Joining:
    """Groups that are joined: each has the smallest of its numbers."""

    def __init__(self, size: int) -> None:
        self._root = list(range(size))

    def of(self, number: int) -> int:
        """Return the number of its group."""
        while self._root[number] != number:
            self._root[number] = self._root[self._root[number]]
            number = self._root[number]
        return number

    def join(self, one: int, other: int) -> None:
        """Make one group of two."""
        first, second = sorted((self.of(one), self.of(other)))
        self._root[second] = first


def _is_near(one: Sequence[int], other: Sequence[int]) -> bool:
    """Tell whether the words are the same but for one stretch of at most an eighth of them."""
    shorter, longer = sorted((one, other), key=len)
    same = next((at for at, word in enumerate(shorter) if word != longer[at]), len(shorter))
    rest = len(shorter) - same
    behind = next((at for at in range(rest) if shorter[-1 - at] != longer[-1 - at]), rest)
    return len(longer) - same - behind <= len(longer) // _SHARE


def _array(numbers: array[int]) -> Numbers:
    import numpy as np

    return np.frombuffer(numbers, dtype=np.int64) if numbers else np.zeros(0, dtype=np.int64)


def _buckets(keys: Numbers) -> Iterator[Numbers]:
    """Yield the places of each key that stands there more than once."""
    import numpy as np

    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=keys[order[:1]] - 1))
    ends = np.append(starts[1:], len(order))
    for start, end in zip(starts[ends - starts > 1], ends[ends - starts > 1], strict=True):
        yield order[start:end]


def _groups(keys: Numbers, kinds: Numbers) -> list[Numbers]:
    """Return the places of each key that stands there with more than one kind."""
    return [bucket for bucket in _buckets(keys) if (kinds[bucket] != kinds[bucket[0]]).any()]
