"""The form's own texts, one file per language. What is stored is the same in every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from annotator.labels import Choice
from annotator.package_data import languages_in, read_table


@dataclass(frozen=True)
class Interface:
    """Every word of the form that is not data. `names` and `hints` are keyed by the stored value."""

    language: str
    original: str
    translation: str
    label: str
    marks: str
    comment: str
    choose: str
    suggested: str
    because: str
    post: str
    unit: str
    article: str
    whole_article: str
    votes: str
    differ: str
    say_why: str
    separator: str
    percent: str
    """The sign behind a number, with the blank before it."""
    dates: Mapping[str, Any]
    """`months`, and how a day and a month are written."""
    kinds: Mapping[str, str]
    """What a unit is, by its kind or that of its block; a sentence of a paragraph needs no word."""
    verdicts: Mapping[str, str]
    """What each reason of a disagreement means."""
    warnings: Mapping[str, str]
    """Reasons to doubt a translation, by code; `{expected}`, `{found}` and `{words}` are filled in."""
    verdict_names: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Names of rules that led to a suggestion; one without an entry is shown in English."""
    names: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)

    def name(self, choice: Choice) -> str:
        """Return what the choice is called on the screen."""
        return self.called(choice.value)

    def called(self, value: str) -> str:
        """Return what a stored value is called on the screen."""
        return self.names.get(value) or self.verdict_names.get(value, value)

    def date(self, date: str) -> str:
        """Return an ISO date, a partial one too, as people write it."""
        year, month, day = (*date.split("-"), "", "")[:3]
        if not month:
            return year
        name = self.dates["months"][int(month) - 1]
        if not day:
            return str(self.dates["month"]).format(month=name, year=year)
        day = self.dates["first"] if int(day) == 1 else str(int(day))
        return str(self.dates["day"]).format(day=day, month=name, year=year)

    def hint(self, choice: Choice) -> str:
        """Return what is shown when the pointer rests on the choice."""
        return self.hints.get(choice.value, choice.hint)


def languages() -> tuple[str, ...]:
    """Return the languages that the form speaks."""
    return languages_in(__name__, ".toml")


@cache
def interface(language: str) -> Interface:
    """Return the texts in one of `languages()`."""
    return Interface(language=language, **read_table(__name__, f"{language}.toml"))
