"""The form's own texts, one file per language. What is stored is the same in every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

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
    names: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)

    def name(self, choice: Choice) -> str:
        """Return what the choice is called on the screen."""
        return self.names.get(choice.value, choice.value)

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
