"""Cue lists, one TOML file per language in `cues/`.

A list holds regular expressions, one a line or several parted by " / " (a line that begins with | goes on), matched
on whole words of the folded text: lower case, straight apostrophes, plain blanks. `<name>` stands for a list of
`[terms]`; alternatives stand in parentheses. The tables under `[cues.<family>]` are what the decision looks at; the
name of a list is the reason an annotator reads.

An entry is compiled when a unit first has a word that it needs: most never are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import count

from annotator.package_data import languages_in, read_table
from annotator.prediction.entries import Entry, compiled, edges_of, in_order, split
from annotator.prediction.first_words import (
    ANY_END,
    ANY_START,
    DIGIT,
    LONGEST_BEGINNING,
    LONGEST_ENDING,
    Words,
    beginning,
    clues_of,
)
from annotator.prediction.matching import Pointed, Pointer, UnitWords

_CUES = "annotator.prediction.cues"
# One character for one: a fold that changed the length would move every cue's span.
_FOLDED = {"’": "'", "ʼ": "'", "\u00a0": " ", "\u202f": " ", "\n": " ", "\t": " "}
_DOUBLED = re.compile(r"(?<!')''(?:(?=(\w))|(?!'))")
# Words whose entries are kept at hand: the vocabulary of some hundred articles.
_KEPT_WORDS = 20_000


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The cues of one language."""

    closer_of: Mapping[str, str]
    """The closing quotation mark of each opening one."""
    marks: str
    """Quotation marks."""
    mark: re.Pattern[str]
    """Any quotation mark."""
    closing: re.Pattern[str]
    clause: re.Pattern[str]
    """Where the subject of a verb can begin at the earliest."""
    nobody: re.Pattern[str]
    """Subjects that name no source: "some", "experts", "one"."""
    author: re.Pattern[str]
    """Subjects that are the author: "I", "we"."""
    origin: re.Pattern[str] | None
    """Where "according to" also means "depending on": what makes it name a source."""
    speaker: re.Pattern[str] | None
    """Who can state something, where verbs of stating have other subjects too."""
    families: Mapping[str, Mapping[int, str]]
    """The lists of each family: their numbers and names."""
    pointed_at: Callable[[str], Pointed | None]
    """What a word points at."""
    anywhere: Mapping[int, Sequence[Entry]]
    """The entries that are worth a try whatever the words are."""
    everywhere: frozenset[str]
    """The families of these."""

    def read(self, text: str) -> UnitWords:
        """Return the words of a folded text, with what they point at."""
        return UnitWords(text, self.pointed_at, self.anywhere)


def languages() -> tuple[str, ...]:
    """Return the languages that have cues."""
    return languages_in(_CUES, ".toml")


@cache
def load_lexicon(language: str) -> Lexicon:
    """Return the cues of a language that `languages` names."""
    table = read_table(_CUES, f"{language}.toml")
    terms: dict[str, str] = table["terms"]
    numbers = count()
    families = {family: {next(numbers): name for name in lists} for family, lists in table["cues"].items()}
    family_of = [family for family, lists in families.items() for _ in lists]
    pointers, anywhere = _looked_up(list(_lists(table["cues"])), terms)
    return Lexicon(
        closer_of=dict(table["quotes"]),
        marks="".join(table["quotes"]),
        mark=re.compile(f"[{''.join(table['quotes'])}]"),
        closing=re.compile(f"[{''.join(pair[1] for pair in table['quotes'])}]"),
        clause=compiled(table["subject"]["clause"], terms),
        nobody=compiled(table["subject"]["nobody"], terms),
        author=compiled(table["subject"]["author"], terms),
        origin=compiled(table["subject"]["origin"], terms) if "origin" in table["subject"] else None,
        speaker=compiled(table["subject"]["speaker"], terms) if "speaker" in table["subject"] else None,
        families=families,
        pointed_at=lru_cache(_KEPT_WORDS)(partial(_pointed_at, pointers, family_of)),
        anywhere=anywhere,
        everywhere=frozenset(map(family_of.__getitem__, anywhere)),
    )


def folded(text: str) -> str:
    """Return the text as the cue lists are written, one character for one, so that spans hold."""
    plain = text
    for char, fold in _FOLDED.items():
        plain = plain.replace(char, fold)
    if "''" in plain:  # a quotation mark on old typewriters and in treebanks
        plain = _DOUBLED.sub(lambda mark: '" ' if mark[1] else ' "', plain)
    lower = plain.lower()
    if len(lower) == len(plain):
        return lower
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in plain)


def _looked_up(
    lists: Sequence[str], terms: Mapping[str, str]
) -> tuple[Mapping[str, Sequence[Pointer]], Mapping[int, Sequence[Entry]]]:
    """Return the entries of all lists by the words they are looked up by, and those that no word tells apart."""
    by_word: dict[str, list[Pointer]] = {}
    anywhere: dict[int, list[Entry]] = {}

    @cache
    def begins_with(term: str) -> Words:
        return beginning(split(terms[term]), begins_with)

    for number, entries in enumerate(lists):
        for place, text in enumerate(in_order(split(entries))):
            before, after = edges_of(text)
            entry = Entry(number, place, text, terms)
            clues = clues_of(text, begins_with, opened=bool(before), closed=bool(after))
            for clue in clues:
                pointer = (entry, None if clue.plain else clue)
                for word in clue.words:
                    by_word.setdefault(word, []).append(pointer)
            if not clues:
                anywhere.setdefault(number, []).append(entry)
    return by_word, anywhere


def _pointed_at(by_word: Mapping[str, Sequence[Pointer]], family_of: Sequence[str], word: str) -> Pointed | None:
    beginnings = (word[:length] + ANY_END for length in range(1, LONGEST_BEGINNING + 1))
    ends = (ANY_START + word[-length:] for length in range(1, LONGEST_ENDING + 1))
    keys = dict.fromkeys((word, *beginnings, *ends, *((DIGIT,) if word[0].isdigit() else ())))
    lists: dict[int, list[Pointer]] = {}
    for pointer in (pointer for key in keys for pointer in by_word.get(key, ())):
        lists.setdefault(pointer[0].list_number, []).append(pointer)
    return Pointed(lists, frozenset(map(family_of.__getitem__, lists))) if lists else None


def _lists(families: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for lists in families.values():
        yield from lists.values()
