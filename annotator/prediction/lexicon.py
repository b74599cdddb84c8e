"""Cue lists, one TOML file per language in `cues/`, compiled once.

A list holds regular expressions, one a line or several parted by " / " (a line that begins with | goes on), matched
on whole words of the folded text: lower case, straight apostrophes, plain blanks. `<name>` stands for a list of
`[terms]`. The tables under `[cues.<family>]` are what the decision looks at; the name of a list is the reason an
annotator reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from annotator.package_data import languages_in, read_table

_CUES = "annotator.prediction.cues"
_TERM = re.compile(r"<([a-z_]+)>")
_ENTRY_BREAK = re.compile(r"\n(?!\|)| / ")
# One character for one: a fold that changed the length would move every cue's span.
_FOLDED = str.maketrans({"’": "'", "ʼ": "'", "\u00a0": " ", "\u202f": " ", "\n": " ", "\t": " "})

CueList = tuple[str, re.Pattern[str]]


@dataclass(frozen=True)
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
    families: Mapping[str, tuple[CueList, ...]]


def languages() -> tuple[str, ...]:
    """Return the languages that have cues."""
    return languages_in(_CUES, ".toml")


@cache
def load_lexicon(language: str) -> Lexicon:
    """Return the cues of a language that `languages` names."""
    table = read_table(_CUES, f"{language}.toml")
    terms: dict[str, str] = table["terms"]
    return Lexicon(
        closer_of=dict(table["quotes"]),
        mark=re.compile(f"[{''.join(table['quotes'])}]"),
        closing=re.compile(f"[{''.join(pair[1] for pair in table['quotes'])}]"),
        clause=_compiled(table["subject"]["clause"], terms),
        nobody=_compiled(table["subject"]["nobody"], terms),
        author=_compiled(table["subject"]["author"], terms),
        families={family: _family(lists, terms) for family, lists in table["cues"].items()},
    )


def folded(text: str) -> str:
    """Return the text as the cue lists are written, one character for one, so that spans hold."""
    plain = text.translate(_FOLDED)
    lower = plain.lower()
    if len(lower) == len(plain):
        return lower
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in plain)


def _family(lists: Mapping[str, str], terms: Mapping[str, str]) -> tuple[CueList, ...]:
    return tuple((name, _compiled(entries, terms)) for name, entries in lists.items())


def _compiled(entries: str, terms: Mapping[str, str]) -> re.Pattern[str]:
    """Join the entries, those with the same edges under one check: that is what makes long lists fast."""
    by_edges: dict[tuple[str, str], list[str]] = {}
    for entry in _split(entries):
        pattern = _spelled_out(entry, terms)
        by_edges.setdefault((_edge_before(pattern), _edge_after(pattern)), []).append(pattern)
    return re.compile("|".join(f"{before}(?:{'|'.join(group)}){after}" for (before, after), group in by_edges.items()))


def _split(entries: str) -> list[str]:
    return [entry.strip().replace("\n", "") for entry in _ENTRY_BREAK.split(entries) if entry.strip()]


def _spelled_out(entry: str, terms: Mapping[str, str]) -> str:
    """Put the terms in; a term may use others."""
    return _TERM.sub(lambda match: _spelled_out(f"(?:{'|'.join(_split(terms[match[1]]))})", terms), entry)


def _edge_before(entry: str) -> str:
    return r"(?<!\w)" if entry[0] in "(\\" or entry[0].isalnum() else ""


def _edge_after(entry: str) -> str:
    return "" if entry[-1] in "]'/" else r"(?!\w)"
