"""A bilingual lexicon built from free sentence pairs: what a word is translated with. Sources: data/SOURCES.md."""

from __future__ import annotations

import lzma
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from annotator.translation import vocabulary


@dataclass(frozen=True)
class Entry:
    """What a word is translated with."""

    substitute: str
    """Stands for a word that an engine left as it was; empty where no translation is sure enough."""
    others: tuple[str, ...]

    @property
    def translations(self) -> tuple[str, ...]:
        """Every word that may stand for it, the best first."""
        return (self.substitute, *self.others) if self.substitute else self.others


_NOTHING = Entry("", ())


def look_up(word: str, pair: tuple[str, str]) -> Entry:
    """Return the entry of a word in lower case, an empty one where there is none."""
    line = _entries(*pair).get(word)
    if line is None:
        return _NOTHING
    substitute, *others = line.split("\t")
    return Entry(substitute, tuple(others))


def has(pair: tuple[str, str]) -> bool:
    """Tell whether there is a lexicon for the pair."""
    return bool(_entries(*pair))


def is_kept(name: str, pair: tuple[str, str]) -> bool:
    """Tell whether a name in lower case has no other form in the target language, as far as is known: `allemagne`."""
    known = vocabulary.exonyms(*pair)
    if name in {exonym.lower() for exonym in known}:
        return False
    translations = look_up(name, pair).translations
    return not translations or name in translations


@cache
def senses(source: str, target: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return, by a rule-based engine's wrong word, the words of the source that it is wrong for and the right ones."""
    by_wrong: dict[str, tuple[tuple[str, str], ...]] = {}
    for line in vocabulary.lines(f"senses_{source}_{target}.txt"):
        word, wrong, right = line.split()
        by_wrong[wrong] = (*by_wrong.get(wrong, ()), (word, right))
    return by_wrong


@cache
def english_words() -> frozenset[str]:
    """Return English words: those of the lexicon, parts of those with a hyphen among them, and rarer ones."""
    translations = re.split(r"[\t\n -]", "\n".join(_entries("fr", "en").values()))
    return frozenset((*translations, *vocabulary.other_english())) - {""}


@cache
def _entries(source: str, target: str) -> dict[str, str]:
    """Return the lines by word, unsplit: 49,000 tuples would take a third of a second."""
    path = files("annotator.translation") / "data" / f"lexicon_{source}_{target}.tsv.xz"
    if not path.is_file():
        return {}
    lines = lzma.decompress(path.read_bytes()).decode("utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines)
