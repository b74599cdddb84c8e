"""The rules of each language as data: one TOML file per language, `neutral.toml` for all others."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("de", "en", "es", "fr")


@dataclass(frozen=True)
class Rules:
    """What the engine asks of a language. Words are in lower case, abbreviations without their last full stop."""

    never: frozenset[str]
    inner: frozenset[str]
    numbered: frozenset[str]
    timed: frozenset[str]
    continuers: frozenset[str]
    letters: frozenset[str]
    starters: frozenset[str]
    marks_inside: frozenset[str]
    openers: str
    closers: str
    ordinals: bool


def rules_for(language: str) -> Rules:
    """Return the rules of a language tag (`fr`, `fr-CA`, `und`)."""
    tag = language.split("-", maxsplit=1)[0].lower()
    return _load(tag if tag in LANGUAGES else "neutral")


@cache
def _load(name: str) -> Rules:
    table = tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    words = ("never", "inner", "numbered", "timed", "continuers", "letters", "starters", "marks_inside")
    return Rules(
        openers=table["openers"],
        closers=table["closers"],
        ordinals=table.get("ordinals", False),
        **{name: frozenset(table.get(name, "").split()) for name in words},
    )
