"""The entries of cue lists taken apart into steps: as much of the syntax of patterns as tells words apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

_QUANTIFIER = re.compile(r"\{(\d+)(?:(,)(\d*))?\}\??|[?*+]\??")
_LOOKAROUND = re.compile(r"\(\?<?[=!]")
_TERM = re.compile(r"<([a-z_]+)>")
_RUN = re.compile(r"\w+(?![?*+{\w])")
_RUNS = re.compile(r"\(\?:([\w|]+)\)")
_MANY = 99
_LARGEST_SET = 8
# Alternatives that an entry is told apart by, and lengths of what stands before a word; above these it costs more to
# try them than to search.
_MOST_ALTERNATIVES, _MOST_LENGTHS = 40, 6


class Step(NamedTuple):
    """One step of an entry, with how often it may stand.

    `kind` is "runs" (letters one behind the other, in `runs` the alternatives), "set" (one of the characters `text`),
    "letters" (any), "digit", "term", "choice", "start" (of the unit), "place" (takes no character), or "any".
    """

    kind: str
    least: int
    most: int
    text: str = ""
    runs: frozenset[str] = frozenset()
    choices: tuple[Steps, ...] = ()

    @property
    def once(self) -> bool:
        """It stands exactly once."""
        return self.least == self.most == 1


Steps = tuple[Step, ...]


def parsed(pattern: str) -> tuple[Steps, ...]:
    """Return the alternatives of a pattern."""
    return _choices(pattern, 0)[0]


def alternatives(pattern: str) -> list[Steps]:
    """Return the alternatives of a pattern, with those of a phrase inside it spelled out: "(a la carte|by heart) x"."""
    found = list(islice(_spelled_out(parsed(pattern)), _MOST_ALTERNATIVES + 1))
    return found if len(found) <= _MOST_ALTERNATIVES else list(parsed(pattern))


def _spelled_out(sequences: Iterable[Steps]) -> Iterator[Steps]:
    for steps in sequences:
        at = next((at for at, step in enumerate(steps) if step.once and any(map(_is_phrase, step.choices))), None)
        if at is None:
            yield steps
        else:
            yield from _spelled_out((*steps[:at], *choice, *steps[at + 1 :]) for choice in steps[at].choices)


def _is_phrase(steps: Steps) -> bool:
    return any(step.least and ends_word(step) for step in steps)


def ends_word(step: Step) -> bool:
    """Tell whether no word goes on behind a step."""
    if step.kind == "choice":
        return all(choice and choice[-1].least > 0 and ends_word(choice[-1]) for choice in step.choices)
    return step.kind == "start" or (step.kind == "set" and not any(map(is_word, step.text)))


def lengths(steps: Iterable[Step]) -> frozenset[int]:
    """Return how many characters steps can take; nothing where that is not known, or too much varies."""
    found = frozenset({0})
    for step in steps:
        found = frozenset(length + more for length in found for more in _lengths(step))
    return found if len(found) <= _MOST_LENGTHS else frozenset()


def _lengths(step: Step) -> frozenset[int]:
    if step.kind in {"place", "start"}:
        return frozenset({0})
    if step.kind == "runs":
        once = frozenset(map(len, step.runs))
    elif step.kind == "choice":
        each = list(map(lengths, step.choices))
        once = frozenset().union(*each) if all(each) else frozenset[int]()
    else:
        once = frozenset({1} if step.kind in {"set", "digit"} else ())
    if not once or step.most > 1:
        return frozenset()
    return once if step.least else once | {0}


def is_word(char: str) -> bool:
    r"""Tell whether a character belongs to a word, as \w does."""
    return char.isalnum() or char == "_"


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
        kind = {"b": "place", "d": "digit", "w": "letters"}.get(text, "any" if text.isalnum() else "set")
    elif char == "^":
        kind = "start"
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
