"""The entries of a cue list: how they are written, and where each ends in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from annotator.prediction.patterns import is_word

_TERM = re.compile(r"<([a-z_]+)>")
_BREAK = re.compile(r"\n(?!\|)| / ")
# Words as they stand, of which the last may lack its last letter: "pot de terre", "études?".
_PLAIN = re.compile(r"(\w+(?:[ ',-]+\w+)*?)(\w\?)?")


@dataclass(frozen=True, eq=False)
class Entry:
    """One entry of a list."""

    list_number: int
    place: int
    """Where it stands among the entries of its list, the order in which they are tried."""
    text: str
    terms: Mapping[str, str]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The regular expression, with its terms: compiled when a unit first has the words that it needs."""
        return re.compile(_whole_words(self.text, self.terms))

    @cached_property
    def end_at(self) -> Callable[[str, int], int]:
        """Where a match that begins at a character of a text ends; -1 where none does."""
        plain = _PLAIN.fullmatch(self.text)
        if not plain:
            return partial(_end_of_match, self.pattern.match)
        forms = (plain[1] + plain[2][0], plain[1]) if plain[2] else (plain[1],)
        return partial(_end_of_words, forms)


def _end_of_match(match: Callable[[str, int], re.Match[str] | None], text: str, start: int) -> int:
    found = match(text, start)
    return found.end() if found else -1


def _end_of_words(forms: Sequence[str], text: str, start: int) -> int:
    for form in forms:
        if text.startswith(form, start):
            end = start + len(form)
            if not (is_word(text[end : end + 1]) or (start and is_word(text[start - 1]))):
                return end
    return -1


def split(entries: str) -> list[str]:
    """Return the entries that a list is written as."""
    return [entry.strip().replace("\n", "") for entry in _BREAK.split(entries) if entry.strip()]


def in_order(entries: Sequence[str]) -> list[str]:
    """Return the entries as they are tried: those with the same edges together."""
    edges = list(dict.fromkeys(map(edges_of, entries)))
    return sorted(entries, key=lambda entry: edges.index(edges_of(entry)))


def compiled(entries: str, terms: Mapping[str, str]) -> re.Pattern[str]:
    """Return one regular expression for all entries of a list."""
    return re.compile("|".join(_whole_words(entry, terms) for entry in in_order(split(entries))))


def edges_of(entry: str) -> tuple[str, str]:
    """Return what has to stand before an entry and behind it, so that it matches whole words."""
    before = r"(?<!\w)" if entry[0] in "(\\<" or entry[0].isalnum() else ""
    return before, "" if entry[-1] in "]'/" else r"(?!\w)"


def _whole_words(entry: str, terms: Mapping[str, str]) -> str:
    before, after = edges_of(entry)
    return f"{before}(?:{_spelled_out(entry, terms)}){after}"


def _spelled_out(entry: str, terms: Mapping[str, str]) -> str:
    """Put the terms in; a term may use others."""
    return _TERM.sub(lambda match: _spelled_out(f"(?:{'|'.join(split(terms[match[1]]))})", terms), entry)
