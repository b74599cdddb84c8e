"""Which words a unit has to hold for an entry of a cue list to match: what decides whether the entry is tried at all.

An entry begins with one of some words ("selon", every form of a reporting verb) and mostly holds one of some others
further on. It is looked up by the rarest of these, tried where its first word stands, and only in a unit that has the
others too. Where the words cannot be told, an entry is tried on every unit: that costs time and never a match.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from annotator.prediction.patterns import Step, Steps, alternatives, ends_word, is_word, lengths, parsed

DIGIT = "0"
"""Stands for every word that begins with a digit."""
ANY_END = "*"
"""Stands behind the beginning of a word of which no more is known."""
ANY_START = "*"
"""Stands before the end of a word of which no more is known."""
LONGEST_BEGINNING, LONGEST_ENDING = 4, 3
"""Letters of a beginning and of an end that are looked at."""

# Most entries are plain words: "sur le pied de guerre", "études?".
_PHRASE = re.compile(r"\w+(?:[ ',-]+\w+)*")
_PLAIN = re.compile(r"(\w+?)(\w\?)?(?=[ ',-](?![?*{])|$)")
_ENDING = re.compile(r"<w>\(\?:([\w|]+)\)$")
_WORD = re.compile(r"\w+")
# How often a word of one letter, two, three stands among a million of 50,000 sentences of newspapers, in the mean of
# those on the lists of the four languages; every word that begins with a digit; a beginning or an end of two letters.
_OFTEN = (0, 10_000, 7_000, 2_500, 450, 160, 90, 50, 33, 18)
_OFTEN_DIGIT, _OFTEN_PART = 20_000, 20_000
# Words so common that asking for them as well hardly ever saves a try.
_EVERYWHERE = 30_000
# Words so rare that nothing else need be asked for; and places of an entry that are looked at for words: later ones
# mostly tell no more.
_RARE = 600
_MOST_PLACES = 4
_NOTHING = frozenset({""})


class UnsureError(Exception):
    """The words cannot be told."""


class Words(NamedTuple):
    """What part of an entry can begin with. The empty string among the complete ones is a mark that ends a word."""

    complete: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset({""})
    """Beginnings of words that what follows goes on with; the empty string where the part can match nothing."""


Terms = Callable[[str], Words]


class Key(NamedTuple):
    """Words, one of which every match has at one place."""

    words: frozenset[str]
    ahead: frozenset[int]
    """How many characters before the word a match can begin; empty where that is not known."""

    @property
    def often(self) -> int:
        """How often one of the words is to be expected in a million."""
        return _often_one_of(self.words)

    @property
    def whole(self) -> bool:
        """Every word of it is known to its end."""
        return not any(word == DIGIT or "*" in word for word in self.words)


class Clue(NamedTuple):
    """What a unit has to hold for one alternative of an entry to match."""

    words: frozenset[str]
    """What it is looked up by."""
    ahead: tuple[int, ...] = ()
    """How many characters before the word a match can begin."""
    first: Key | None = None
    """Where that is not known: words of which it is. With neither, the unit has to be searched."""
    needs: frozenset[str] = frozenset()
    """Other words, one of which it has as well; empty where nothing is known."""
    marks: str = ""
    """Marks, one of which it has."""
    at_start: bool = False
    """Only the beginning of the unit will do."""

    @property
    def plain(self) -> bool:
        """Every match begins with the word, and nothing else is asked for."""
        return self.ahead == (0,) and not (self.needs or self.marks or self.at_start)


def clues_of(pattern: str, terms: Terms, *, opened: bool, closed: bool) -> list[Clue]:
    """Return a clue for every alternative of an entry, or none where one of them has no clue.

    A pattern that is opened begins where a word does; behind one that is not closed a word may go on.
    """
    if _PHRASE.fullmatch(pattern):
        rarest = min(_WORD.finditer(pattern), key=lambda word: _often(word[0]))
        return [Clue(frozenset({rarest[0]}), (rarest.start(),))]
    if (plain := _PLAIN.match(pattern)) and (plain.end() == len(pattern) or _often(plain[1]) < _RARE):
        return [Clue(frozenset(_forms(plain)), (0,))]
    if ending := _ENDING.match(pattern):
        return [Clue(frozenset(map(_ending, ending[1].split("|"))))]
    clues = [_clue(steps, _until_rare(_keys(steps, terms, opened, closed))) for steps in alternatives(pattern)]
    known = [clue for clue in clues if clue]
    return known if len(known) == len(clues) else []


def _until_rare(keys: Iterable[Key]) -> list[Key]:
    found: list[Key] = []
    for key in islice(keys, _MOST_PLACES):
        found.append(key)
        if key.ahead and key.often < _RARE:
            break
    return found


def _clue(steps: Steps, keys: Sequence[Key]) -> Clue | None:
    if not keys:
        return None
    by_rarity = sorted(keys, key=lambda key: key.often)
    rarest, *others = by_rarity
    needs = next((key.words for key in others if key.whole and key.often < _EVERYWHERE), frozenset[str]())
    marks = next((step.text for step in steps if step.kind == "set" and step.least and _is_mark(step.text)), "")
    first = next((key for key in others if key.ahead and key.whole), None)
    at_start = steps[0].kind == "start"
    return Clue(rarest.words, tuple(sorted(rarest.ahead)), None if rarest.ahead else first, needs, marks, at_start)


@lru_cache(1_000)
def _often_one_of(words: frozenset[str]) -> int:
    return sum(map(_often, words))


def _is_mark(characters: str) -> bool:
    return not any(char in " '-" or is_word(char) for char in characters)


def _often(word: str) -> int:
    if word == DIGIT:
        return _OFTEN_DIGIT
    if "*" in word:
        return _OFTEN_PART >> 2 * max(0, len(word) - 3)
    return _OFTEN[min(len(word), len(_OFTEN) - 1)]


def beginning(entries: Iterable[str], terms: Terms) -> Words:
    """Return what a list of entries can begin with, as the words of an entry that has the list in it need it."""
    complete: set[str] = set()
    begun: set[str] = set()
    for entry in entries:
        if plain := _PLAIN.match(entry):
            (begun if plain.end() == len(entry) else complete).update(_forms(plain))
            continue
        found = _any_of(parsed(entry), terms)
        complete |= found.complete
        begun |= found.begun
    return Words(frozenset(complete), frozenset(begun))


def _forms(plain: re.Match[str]) -> tuple[str, ...]:
    return (plain[1], plain[1] + plain[2][0]) if plain[2] else (plain[1],)


def _keys(steps: Steps, terms: Terms, opened: bool, closed: bool) -> Iterator[Key]:
    """Yield the words at each place where a word has to begin."""
    at_word_start = opened
    for index, step in enumerate(steps):
        if step.kind == "place":
            continue
        if at_word_start and step.kind != "start":
            with suppress(UnsureError):
                yield Key(_begins(steps[index:], terms, closed), lengths(steps[:index]))
        ends = ends_word(step)
        at_word_start = (at_word_start and ends) if step.least == 0 else ends


def _begins(steps: Steps, terms: Terms, closed: bool) -> frozenset[str]:
    if steps[0].kind == "letters" and steps[0].least:
        return frozenset(map(_ending, _begins_known(steps[1:], terms, closed)))
    return _begins_known(steps, terms, closed)


def _ending(word: str) -> str:
    if word.endswith(ANY_END):
        raise UnsureError
    return ANY_START + word[-LONGEST_ENDING:]


def _begins_known(steps: Steps, terms: Terms, closed: bool) -> frozenset[str]:
    found = _along(steps, terms)
    if "" in found.complete or "" in found.begun:
        raise UnsureError
    return found.complete | (found.begun if closed else _going_on(found.begun))


def _going_on(begun: frozenset[str]) -> frozenset[str]:
    return frozenset(head[:LONGEST_BEGINNING] + ANY_END for head in begun)


def _along(steps: Iterable[Step], terms: Terms) -> Words:
    complete: frozenset[str] = frozenset()
    begun = frozenset({""})
    for step in steps:
        if not begun:
            break
        if step.kind in {"place", "start"}:
            continue
        try:
            found = _beginning_of(step, terms)
        except UnsureError:
            if "" in begun:
                raise
            return Words(complete | _going_on(begun), frozenset())
        complete |= _joined(begun, found.complete)
        goes_on = _joined(begun, found.begun)
        begun = goes_on | begun if step.least == 0 else goes_on
    return Words(complete, begun)


def _joined(heads: frozenset[str], words: frozenset[str]) -> frozenset[str]:
    return words if heads == _NOTHING else frozenset(head + word for head in heads for word in words)


def _beginning_of(step: Step, terms: Terms) -> Words:
    if step.kind == "term":
        found = terms(step.text)
    elif step.kind == "choice":
        found = _any_of(step.choices, terms)
    elif step.kind == "runs":
        found = Words(begun=step.runs)
    elif step.kind == "digit":
        found = Words(frozenset({DIGIT}), frozenset())
    elif step.kind == "set":
        letters = frozenset(filter(is_word, step.text))
        found = Words(frozenset({""}) if len(letters) < len(step.text) else frozenset(), letters)
    else:
        raise UnsureError
    if step.most > 1 and found.begun - {""}:
        raise UnsureError
    return found


def _any_of(choices: Sequence[Steps], terms: Terms) -> Words:
    found = [_along(steps, terms) for steps in choices]
    return Words(
        frozenset().union(*(words.complete for words in found)), frozenset().union(*(words.begun for words in found))
    )
