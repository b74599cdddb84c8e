"""The rules of each language as data: one TOML file per language, `neutral.toml` for all others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from annotator.package_data import languages_in, read_table


@dataclass(frozen=True)
class ClauseWords:
    """The words by which two coordinated clauses are told; an elided one ends in an apostrophe."""

    conjunctions: frozenset[str] = frozenset()
    pronouns: frozenset[str] = frozenset()
    determiners: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    subordinators: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()


@dataclass(frozen=True)
class AttributionWords:
    """The words by which a sentence says who speaks; `opens_with_verb` where a verb needs no pronoun."""

    pronouns: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    according: frozenset[str] = frozenset()
    opens_with_verb: bool = False


@dataclass(frozen=True)
class LanguageRules:
    """What the engine asks of a language. Abbreviations stand without their last full stop."""

    never: frozenset[str]
    inner: frozenset[str]
    numbered: frozenset[str]
    timed: frozenset[str]
    continuers: frozenset[str]
    closing: frozenset[str]
    dated: frozenset[str]
    letters: frozenset[str]
    starters: frozenset[str]
    lower_starters: frozenset[str]
    listed: frozenset[str]
    ordinals: frozenset[str]
    openers: str
    closers: str
    marks: str
    vowels: frozenset[str]
    endings: tuple[str, ...]
    capital_nouns: bool
    short_names: bool
    clauses: ClauseWords
    attribution: AttributionWords


_ABBREVIATIONS = ("never", "inner", "numbered", "timed", "closing", "dated")
_WORD_LISTS = (*_ABBREVIATIONS, "continuers", "letters", "starters", "lower_starters", "ordinals")


_SAME_RULES = {"nb": "no", "nn": "no"}
"""Tags of languages that share the file of another."""


def rules_for(language: str) -> LanguageRules:
    """Return the rules of a language tag (`fr`, `fr-CA`, `und`)."""
    tag = language.split("-", maxsplit=1)[0].lower()
    tag = _SAME_RULES.get(tag, tag)
    return _load(tag if tag in languages_in(__name__, ".toml") else "neutral")


@cache
def _load(name: str) -> LanguageRules:
    table = read_table(__name__, f"{name}.toml")
    lists = {key: _words(table, key) for key in _WORD_LISTS}
    return LanguageRules(
        listed=frozenset().union(*(lists[key] for key in _ABBREVIATIONS)),
        openers=table["openers"],
        closers=table["closers"],
        marks=table.get("marks", ""),
        vowels=frozenset(table.get("vowels", "")),
        endings=tuple(table.get("endings", "").split()),
        capital_nouns=table.get("capital_nouns", False),
        short_names=table.get("short_names", False),
        clauses=_clause_words(table.get("clauses", {})),
        attribution=_attribution_words(table.get("attribution", {})),
        **lists,
    )


def _clause_words(table: dict[str, Any]) -> ClauseWords:
    names = ("conjunctions", "pronouns", "determiners", "verbs", "subordinators")
    return ClauseWords(endings=tuple(table.get("endings", "").split()), **{key: _words(table, key) for key in names})


def _attribution_words(table: dict[str, Any]) -> AttributionWords:
    names = ("pronouns", "verbs", "according")
    words = {key: _words(table, key) for key in names}
    return AttributionWords(opens_with_verb=bool(table.get("opens_with_verb")), **words)


def _words(table: dict[str, Any], name: str) -> frozenset[str]:
    return frozenset(table.get(name, "").split())
