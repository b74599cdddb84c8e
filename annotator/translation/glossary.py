"""A glossary: terms that are always translated in one way. They go through an engine as marks and come out as said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from annotator.errors import InputError, UsageError
from annotator.models import TranslationEntry

_SHOWN = 60
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Terms:
    """The terms of one pair of languages, and what a translation says of them: `glossary desk:3fa2b1c4`."""

    label: str
    translations: Mapping[str, str]

    @cached_property
    def _by_word(self) -> dict[str, list[str]]:
        """Terms by their first word, so that a text is compared with few of them."""
        by_word: dict[str, list[str]] = {}
        for term in self.translations:
            by_word.setdefault(_first_word(term), []).append(term)
        return by_word

    def found(self, text: str) -> list[str]:
        """Return the terms that stand in the text as words of their own."""
        if not self.translations:
            return []
        candidates = (term for word in {"", *_WORD.findall(text)} for term in self._by_word.get(word, ()))
        return sorted(term for term in candidates if re.search(rf"(?<!\w){re.escape(term)}(?!\w)", text))

    def put_in(self, text: str) -> str:
        """Return the text with the translation of each term in its place."""
        if not (found := sorted(self.found(text), key=len, reverse=True)):
            return text
        either = "|".join(map(re.escape, found))
        return re.sub(rf"(?<!\w)(?:{either})(?!\w)", lambda term: self.translations[term[0]], text)


NO_TERMS = Terms("", {})


@dataclass(frozen=True)
class Glossary:
    """A file of terms. `problems` are the lines of it that are not used."""

    name: str
    digest: str
    entries: tuple[TranslationEntry, ...]
    problems: tuple[str, ...] = ()
    _made: dict[tuple[str, str], Terms] = field(default_factory=dict, compare=False, repr=False)

    @property
    def label(self) -> str:
        """Name and digest, as a run notes them: `desk:3fa2b1c4`."""
        return f"{self.name}:{self.digest}"

    def terms(self, source: str, target: str) -> Terms:
        """Return the terms of a pair. One in small letters is also found with a capital, as a sentence begins."""
        if (source, target) not in self._made:
            fitting = {
                entry.text: entry.translation
                for entry in self.entries
                if entry.source in ("", source) and entry.target in ("", target)
            }
            capitals = {_capital(text): _capital(translation) for text, translation in fitting.items()}
            self._made[source, target] = Terms(f"glossary {self.label}", capitals | fitting)
        return self._made[source, target]


def make_glossary(path: Path, name: str, digest: str, entries: Iterable[TranslationEntry | InputError]) -> Glossary:
    """Return the glossary of a file. Two translations of one term are both listed, and neither is used.

    Raises:
        UsageError: no line of it can be used, or the file itself is refused.
    """
    problems: list[tuple[int, str]] = []
    by_key: dict[tuple[str, str, str], list[TranslationEntry]] = {}
    for entry in entries:
        if isinstance(entry, InputError):
            problems.append((entry.line or 0, entry.message))
        else:
            by_key.setdefault(entry[:3], []).append(entry)
    for several in by_key.values():
        if len({entry.translation for entry in several}) > 1:
            lines = ", ".join(f"{entry.translation[:_SHOWN]!r} in line {entry.line}" for entry in several)
            message = f"{several[0].text[:_SHOWN]!r} is translated {lines}: none is used"
            problems += [(entry.line, message) for entry in several]
    usable = [several[0] for several in by_key.values() if len({entry.translation for entry in several}) == 1]
    said = tuple(f"{path}:{line}: {message}" for line, message in sorted(problems))
    if said and not usable:
        raise UsageError(said[0], hint="none of its lines can be used: correct the file")
    return Glossary(name, digest, tuple(usable), said)


def _first_word(term: str) -> str:
    word = _WORD.search(term)
    return word[0] if word else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
