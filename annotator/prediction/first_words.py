"""Which word a match of a cue list's entry has to hold: what decides whether the entry is tried on a unit at all.

An entry begins with one of some words ("selon", every form of a reporting verb), or holds one of some words further
on; only where a unit has such a word is the entry compiled and matched. Where the words cannot be told, an entry is
tried on every unit: that costs time and never a match.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

DIGIT = "0"
"""Stands for every word that begins with a digit."""
ANY_END = "*"
"""Stands behind the beginning of a word of which no more is known."""
ANY_START = "*"
"""Stands before the end of a word of which no more is known."""
LONGEST_BEGINNING, LONGEST_ENDING = 4, 3
"""Letters of a beginning and of an end that are looked at."""

# Most entries begin with a whole word, whatever follows: "sur le pied de guerre", "études?".
_PLAIN = re.compile(r"(\w+?)(\w\?)?(?=[ ',-](?![?*{])|$)")
_PHRASE = re.compile(r"(?:\w+[ ',-]+)+\w+(?=[ ',-](?![?*{])|$)")
_ENDING = re.compile(r"(?:\\w\+|<w>)\(\?:([\w|]+)\)$")
_QUANTIFIER = re.compile(r"\{(\d+)(?:(,)(\d*))?\}\??|[?*+]\??")
_LOOKAROUND = re.compile(r"\(\?<?[=!]")
_TERM = re.compile(r"<([a-z_]+)>")
_WORD = re.compile(r"\w+")
_RUN = re.compile(r"\w+(?![?*+{\w])")
_RUNS = re.compile(r"\(\?:([\w|]+)\)")
_MANY = 99
_LARGEST_SET = 8
# Up to so many letters a word is mostly a common one. A list that has a few of them still tells units apart.
_COMMON = 3
_FEW = 0.1


class UnsureError(Exception):
    """The words cannot be told."""


@dataclass(frozen=True, slots=True)
class Words:
    """What part of an entry can begin with. The empty string among the complete ones is a mark that ends a word."""

    complete: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset({""})
    """Beginnings of words that what follows goes on with; the empty string where the part can match nothing."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an entry, with how often it may stand.

    `kind` is "runs" (letters one behind the other, in `runs` the alternatives), "set" (one of the characters `text`),
    "digit", "term", "choice", "place" (takes no character), or "any".
    """

    kind: str
    least: int
    most: int
    text: str = ""
    runs: frozenset[str] = frozenset()
    choices: tuple[Steps, ...] = ()


Steps = tuple[Step, ...]
Terms = Callable[[str], Words]


@dataclass(frozen=True, slots=True)
class Key:
    """The words that an entry is looked up by."""

    words: frozenset[str]
    ahead: int | None
    """How many characters before the word found every match begins; None where that is not fixed."""

    @property
    def common(self) -> bool:
        """Tell whether many of the words are common ones, with which the entry would often be tried in vain."""
        return sum(len(word) <= _COMMON for word in self.words) > len(self.words) * _FEW


def key_of(pattern: str, terms: Terms, *, opened: bool, closed: bool) -> Key | None:
    """Return what an entry is looked up by, or None.

    A pattern that is opened begins where a word does; behind one that is not closed a word may go on.
    """
    if phrase := _PHRASE.match(pattern):
        longest = max(_WORD.finditer(phrase[0]), key=lambda word: len(word[0]))
        return Key(frozenset({longest[0]}), longest.start())
    if plain := _PLAIN.match(pattern):
        return Key(frozenset(_forms(plain)), 0)
    if ending := _ENDING.match(pattern):
        return Key(frozenset(ANY_START + end[-LONGEST_ENDING:] for end in ending[1].split("|")), None)
    keys = [_best(_keys(steps, terms, opened, closed)) for steps in _parsed(pattern)]
    known = [key for key in keys if key]
    if len(known) < len(keys):
        return None
    fixed = all(key.ahead == 0 for key in known)
    return Key(frozenset().union(*(key.words for key in known)), 0 if fixed else None)


def _best(keys: Iterable[Key]) -> Key | None:
    """Return the key with which an entry is least often tried in vain; the first of several that are alike."""
    return min(keys, key=lambda key: key.common, default=None)


def beginning(entries: Iterable[str], terms: Terms) -> Words:
    """Return what a list of entries can begin with, as the words of an entry that has the list in it need it."""
    complete: set[str] = set()
    begun: set[str] = set()
    for entry in entries:
        if plain := _PLAIN.match(entry):
            (begun if plain.end() == len(entry) else complete).update(_forms(plain))
            continue
        found = _any_of(_parsed(entry), terms)
        complete |= found.complete
        begun |= found.begun
    return Words(frozenset(complete), frozenset(begun))


def _forms(plain: re.Match[str]) -> tuple[str, ...]:
    return (plain[1], plain[1] + plain[2][0]) if plain[2] else (plain[1],)


def _keys(steps: Steps, terms: Terms, opened: bool, closed: bool) -> Iterator[Key]:
    """Yield the words at each place where a word has to begin."""
    at_word_start = opened
    for index, step in enumerate(steps):
        if at_word_start:
            with suppress(UnsureError):
                yield Key(_begins(steps[index:], terms, closed), None if index else 0)
        ends = _ends_outside_a_word(step)
        at_word_start = (at_word_start and ends) if step.least == 0 else ends


def _begins(steps: Steps, terms: Terms, closed: bool) -> frozenset[str]:
    found = _along(steps, terms)
    if "" in found.complete or "" in found.begun:
        raise UnsureError
    return found.complete | (found.begun if closed else _going_on(found.begun))


def _going_on(begun: frozenset[str]) -> frozenset[str]:
    return frozenset(head[:LONGEST_BEGINNING] + ANY_END for head in begun)


def _ends_outside_a_word(step: Step) -> bool:
    if step.kind == "choice":
        return all(choice and choice[-1].least > 0 and _ends_outside_a_word(choice[-1]) for choice in step.choices)
    return step.kind == "set" and not any(map(_is_word, step.text))


def _along(steps: Iterable[Step], terms: Terms) -> Words:
    complete: frozenset[str] = frozenset()
    begun = frozenset({""})
    for step in steps:
        if not begun:
            break
        if step.kind == "place":
            continue
        try:
            found = _beginning_of(step, terms)
        except UnsureError:
            if "" in begun:
                raise
            return Words(complete | _going_on(begun), frozenset())
        complete |= {head + word for head in begun for word in found.complete}
        goes_on = frozenset(head + word for head in begun for word in found.begun)
        begun = goes_on | begun if step.least == 0 else goes_on
    return Words(complete, begun)


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
        letters = frozenset(filter(_is_word, step.text))
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


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _parsed(pattern: str) -> tuple[Steps, ...]:
    return _choices(pattern, 0)[0]


def _choices(pattern: str, start: int) -> tuple[tuple[Steps, ...], int]:
    """Return the alternatives that begin here, and where they end: at a parenthesis or with the pattern."""
    choices: list[Steps] = []
    steps: list[Step] = []
    while start < len(pattern) and pattern[start] != ")":
        if pattern[start] == "|":
            choices.append(tuple(steps))
            steps, start = [], start + 1
            continue
        step, start = _step(pattern, start)
        steps.append(step)
    return (*choices, tuple(steps)), start


def _step(pattern: str, start: int) -> tuple[Step, int]:
    if run := _RUN.match(pattern, start):
        return Step("runs", 1, 1, runs=frozenset({run[0]})), run.end()
    kind, text, runs = "any", "", frozenset[str]()
    choices: tuple[Steps, ...] = ()
    char, end = pattern[start], start + 1
    if term := _TERM.match(pattern, start):
        kind, text, end = "term", term[1], term.end()
    elif words := _RUNS.match(pattern, start):
        kind, runs, end = "runs", frozenset(words[1].split("|")), words.end()
    elif look := _LOOKAROUND.match(pattern, start):
        kind, end = "place", _choices(pattern, look.end())[1] + 1
    elif pattern.startswith("(?:", start):
        choices, end = _choices(pattern, start + 3)
        kind, end = "choice", end + 1
    elif char == "[":
        end = pattern.index("]", start + 1) + 1
        kind, text = _set(pattern[start + 1 : end - 1])
    elif char == "\\":
        text, end = pattern[start + 1], start + 2
        kind = {"b": "place", "d": "digit"}.get(text, "any" if text.isalnum() else "set")
    elif char == "^":
        kind = "place"
    elif char not in ".($":
        kind, text = "set", char
    least, most, end = _how_often(pattern, end)
    return Step(kind, least, most, text, runs, choices), end


def _set(inside: str) -> tuple[str, str]:
    if inside == "0-9":
        return "digit", ""
    simple = len(inside) <= _LARGEST_SET and not any(char in inside for char in "^-\\")
    return ("set", inside) if simple else ("any", "")


def _how_often(pattern: str, start: int) -> tuple[int, int, int]:
    found = _QUANTIFIER.match(pattern, start)
    if not found:
        return 1, 1, start
    if found[0][0] != "{":
        return *{"?": (0, 1), "*": (0, _MANY), "+": (1, _MANY)}[found[0][0]], found.end()
    least = int(found[1])
    return least, int(found[3] or _MANY) if found[2] else least, found.end()
