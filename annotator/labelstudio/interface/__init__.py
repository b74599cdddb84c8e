"""The form's own texts, one file per language. What is stored is the same in every language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from annotator.guidelines import LANGUAGES
from annotator.labels import Choice

__all__ = ["LANGUAGES", "Interface", "interface"]


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


@cache
def interface(language: str) -> Interface:
    """Return the texts in one of `LANGUAGES`."""
    text = files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return Interface(language=language, **tomllib.loads(text))
