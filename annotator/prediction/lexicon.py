"""Cue lists, one TOML file per language in `cues/`.

A list holds regular expressions, one a line or several parted by " / " (a line that begins with | goes on), matched
on whole words of the folded text: lower case, straight apostrophes, plain blanks. `<name>` stands for a list of
`[terms]`; alternatives stand in parentheses. The tables under `[cues.<family>]` are what the decision looks at; the
name of a list is the reason an annotator reads.

An entry is compiled when a unit first has a word that it needs: most never are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from heapq import merge
from itertools import count
from typing import NamedTuple

from annotator.package_data import languages_in, read_table
from annotator.prediction.first_words import (
    ANY_END,
    ANY_START,
    DIGIT,
    LONGEST_BEGINNING,
    LONGEST_ENDING,
    Words,
    beginning,
    key_of,
)

_CUES = "annotator.prediction.cues"
_TERM = re.compile(r"<([a-z_]+)>")
_ENTRY_BREAK = re.compile(r"\n(?!\|)| / ")
_WORD = re.compile(r"\w+")
# One character for one: a fold that changed the length would move every cue's span.
_FOLDED = str.maketrans({"’": "'", "ʼ": "'", "\u00a0": " ", "\u202f": " ", "\n": " ", "\t": " "})
_DOUBLED = re.compile(r"(?<!')''(?:(?=(\w))|(?!'))")
# Words whose entries are kept at hand: the vocabulary of some hundred articles.
_KEPT_WORDS = 20_000


@dataclass(frozen=True, eq=False)
class Entry:
    """One entry of a list."""

    list_number: int
    place: int
    """Where it stands among the entries of its list, the order in which they are tried."""
    text: str
    terms: Mapping[str, str]
    ahead: int | None
    """How many characters before the word it is looked up by it begins; None: the unit has to be searched for it."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The regular expression, with its terms."""
        before, after = _edges(self.text)
        return re.compile(f"{before}(?:{_spelled_out(self.text, self.terms)}){after}")


class Hits(NamedTuple):
    """Where words stand that point at entries of one list, and for each the entries.

    Two lists and no pairs: 60,000 small tuples are what Python's garbage collector takes longest over.
    """

    at: list[int]
    entries: list[Sequence[Entry]]


NO_HITS = Hits([], [])


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The cues of one language."""

    closer_of: Mapping[str, str]
    """The closing quotation mark of each opening one."""
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
    entries_of: Callable[[str], Mapping[int, Sequence[Entry]]]
    """The entries that a word makes worth a try, by list number."""
    anywhere: Mapping[int, Sequence[Entry]]
    """The entries that are worth a try whatever the words are."""

    def hits(self, text: str) -> dict[int, Hits]:
        """Return by list number what the words of the folded text point at."""
        found = {number: Hits([0], [entries]) for number, entries in self.anywhere.items()}
        for word in _WORD.finditer(text):
            at = word.start()
            for number, entries in self.entries_of(word[0]).items():
                hits = found.get(number)
                if hits is None:
                    hits = found[number] = Hits([], [])
                hits.at.append(at)
                hits.entries.append(entries)
        return found


def matches(text: str, hits: Hits) -> Iterable[re.Match[str]]:
    """Return what the entries of one list match, as all of them joined by | would: leftmost, and there the first."""
    places, searched = _apart(hits)
    if searched:
        return _merged(text, places, searched)
    found, end = [], 0
    for start, _, entry in places:
        if start >= end and (match := entry.pattern.match(text, start)):
            found.append(match)
            end = match.end()
    return found


def any_match(text: str, hits: Hits) -> bool:
    """Tell whether one of the entries matches; what a word points at is tried before what has to be searched."""
    places, searched = _apart(hits)
    return any(start >= 0 and entry.pattern.match(text, start) for start, _, entry in places) or any(
        entry.pattern.search(text) for entry in searched
    )


def _apart(hits: Hits) -> tuple[list[tuple[int, int, Entry]], set[Entry]]:
    """Return where entries may begin, in the order in which they are tried, and the entries to search for."""
    places: list[tuple[int, int, Entry]] = []
    searched: set[Entry] = set()
    for at, entries in zip(*hits, strict=True):
        for entry in entries:
            if entry.ahead is None:
                searched.add(entry)
            else:
                places.append((at - entry.ahead, entry.place, entry))
    places.sort()
    return places, searched


def _merged(text: str, places: list[tuple[int, int, Entry]], searched: Iterable[Entry]) -> Iterator[re.Match[str]]:
    end = 0

    def matching() -> Iterator[tuple[int, int, re.Match[str]]]:
        for start, place, entry in places:
            if start >= end and (match := entry.pattern.match(text, start)):
                yield start, place, match

    def searching(entry: Entry) -> Iterator[tuple[int, int, re.Match[str]]]:
        while match := entry.pattern.search(text, end):
            yield match.start(), entry.place, match

    for start, _, match in merge(matching(), *map(searching, searched)):
        if start >= end:
            end = match.end()
            yield match


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
    entries, anywhere = _looked_up(list(_lists(table["cues"])), terms)
    return Lexicon(
        closer_of=dict(table["quotes"]),
        mark=re.compile(f"[{''.join(table['quotes'])}]"),
        closing=re.compile(f"[{''.join(pair[1] for pair in table['quotes'])}]"),
        clause=_compiled(table["subject"]["clause"], terms),
        nobody=_compiled(table["subject"]["nobody"], terms),
        author=_compiled(table["subject"]["author"], terms),
        origin=_compiled(table["subject"]["origin"], terms) if "origin" in table["subject"] else None,
        speaker=_compiled(table["subject"]["speaker"], terms) if "speaker" in table["subject"] else None,
        families=families,
        entries_of=lru_cache(_KEPT_WORDS)(partial(_entries_of, entries)),
        anywhere=anywhere,
    )


def folded(text: str) -> str:
    """Return the text as the cue lists are written, one character for one, so that spans hold."""
    plain = text.translate(_FOLDED)
    if "''" in plain:  # a quotation mark on old typewriters and in treebanks
        plain = _DOUBLED.sub(lambda mark: '" ' if mark[1] else ' "', plain)
    lower = plain.lower()
    if len(lower) == len(plain):
        return lower
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in plain)


def _looked_up(lists: Sequence[str], terms: Mapping[str, str]) -> tuple[dict[str, list[Entry]], dict[int, list[Entry]]]:
    """Return the entries of all lists by the words they are looked up by, and those that no word tells apart."""
    by_word: dict[str, list[Entry]] = {}
    anywhere: dict[int, list[Entry]] = {}

    @cache
    def begins_with(term: str) -> Words:
        return beginning(_split(terms[term]), begins_with)

    for number, entries in enumerate(lists):
        for place, text in enumerate(_in_order(_split(entries))):
            before, after = _edges(text)
            key = key_of(text, begins_with, opened=bool(before), closed=bool(after))
            if key:
                entry = Entry(number, place, text, terms, key.ahead)
                for word in key.words:
                    by_word.setdefault(word, []).append(entry)
            else:
                at_the_beginning = 0 if text[0] == "^" else None
                anywhere.setdefault(number, []).append(Entry(number, place, text, terms, at_the_beginning))
    return by_word, anywhere


def _entries_of(by_word: Mapping[str, Sequence[Entry]], word: str) -> Mapping[int, Sequence[Entry]]:
    beginnings = (word[:length] + ANY_END for length in range(1, LONGEST_BEGINNING + 1))
    ends = (ANY_START + word[-length:] for length in range(1, LONGEST_ENDING + 1))
    keys = dict.fromkeys((word, *beginnings, *ends, *((DIGIT,) if word[0].isdigit() else ())))
    entries: dict[int, dict[Entry, None]] = {}
    for entry in (entry for key in keys for entry in by_word.get(key, ())):
        entries.setdefault(entry.list_number, {})[entry] = None
    return {number: tuple(found) for number, found in entries.items()}


def _lists(families: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for lists in families.values():
        yield from lists.values()


def _in_order(entries: Sequence[str]) -> list[str]:
    """Return the entries as they are tried: those with the same edges together."""
    edges = list(dict.fromkeys(map(_edges, entries)))
    return sorted(entries, key=lambda entry: edges.index(_edges(entry)))


def _compiled(entries: str, terms: Mapping[str, str]) -> re.Pattern[str]:
    ends = ((*_edges(entry), _spelled_out(entry, terms)) for entry in _in_order(_split(entries)))
    return re.compile("|".join(f"{before}(?:{entry}){after}" for before, after, entry in ends))


def _split(entries: str) -> list[str]:
    return [entry.strip().replace("\n", "") for entry in _ENTRY_BREAK.split(entries) if entry.strip()]


def _spelled_out(entry: str, terms: Mapping[str, str]) -> str:
    """Put the terms in; a term may use others."""
    return _TERM.sub(lambda match: _spelled_out(f"(?:{'|'.join(_split(terms[match[1]]))})", terms), entry)


def _edges(entry: str) -> tuple[str, str]:
    """Return what has to stand before an entry and behind it, so that it matches whole words."""
    before = r"(?<!\w)" if entry[0] in "(\\<" or entry[0].isalnum() else ""
    return before, "" if entry[-1] in "]'/" else r"(?!\w)"
