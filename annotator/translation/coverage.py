"""What of a source text has a counterpart in its translation: content words by lexicon or by their look.

A word counts only where it can be judged: it has an entry in the lexicon, or looks like a name. Words of the
translation that belong to neither language count as one more gap each: something was there that they garble.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from math import ceil

from annotator.translation import lexicon, vocabulary
from annotator.translation.vocabulary import REMEMBERED_TEXTS

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
_FREE_WORD = re.compile(r"(?<![@#./_\w])(?<!\w['’])[^\W\d_]++(?![:/])")
_ROMAN = re.compile(r"[IVXLC]+(?:e|er|ème)?")
_SHORTEST, _SHORTEST_GARBLED, _SHORTEST_ALIKE = 3, 4, 5
_BEGINNING = _SHORTEST + 1
_ALIKE = 0.8
_LAST = chr(0x10FFFF)
REMEMBERED_WORDS = 1 << 14
"""Words whose forms are kept: an archive has no end of different ones, but the same few thousand come again."""
# The longest first; a stem keeps three letters.
_ENDINGS = ("ations", "ation", "ingly", "edly", "ments", "ment", "ness", "ings", "ing", "ied", "ies", "ers", "est",
            "ely", "ed", "er", "es", "ly", "s", "e", "y")  # fmt: skip
_PREFIXES = ("un", "re", "non", "over", "under", "micro", "anti", "super", "multi", "inter", "sub", "pre", "out")


@dataclass(frozen=True)
class Coverage:
    """The words of a text that could be judged, those without a counterpart, and words of no language."""

    judged: tuple[str, ...]
    missing: tuple[str, ...]
    garbled: tuple[str, ...]

    @property
    def gaps(self) -> int:
        """How much is missing or garbled."""
        return len(self.missing) + len(self.garbled)

    @property
    def size(self) -> int:
        """How much was judged."""
        return len(self.judged) + len(self.garbled)

    @property
    def share(self) -> float:
        """The gaps' share of all that was judged."""
        return self.gaps / max(1, self.size)


def cover(original: str, text: str, pair: tuple[str, str]) -> Coverage | None:
    """Return what has a counterpart, or nothing for a pair without a lexicon."""
    if not lexicon.has(pair):
        return None
    found = _Found.of(text)
    judged = _judged(original, pair)
    missing = tuple(word for word in judged if not _is_covered(word, found, pair))
    strange = {word for word in found.words if not _is_english(word, pair)}
    return Coverage(judged, missing, tuple(_garbled(original, text, strange)) if strange else ())


@dataclass(frozen=True)
class _Found:
    """The words of a translation: as they are, by their stems, by their first letters."""

    words: frozenset[str]

    @classmethod
    def of(cls, text: str) -> _Found:
        words = set(_WORD.findall(text.lower())) if text.isascii() else {fold(word) for word in _WORD.findall(text)}
        words |= {part for word in words if "-" in word for part in word.split("-")}
        return cls(frozenset(words))

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(map(stem, self.words))

    @cached_property
    def by_beginning(self) -> dict[str, list[str]]:
        by_beginning: dict[str, list[str]] = {}
        for word in self.words:
            by_beginning.setdefault(word[:_BEGINNING], []).append(word)
        return by_beginning


@lru_cache(maxsize=REMEMBERED_TEXTS)
def _judged(original: str, pair: tuple[str, str]) -> tuple[str, ...]:
    words = _WORD.findall(original)
    return tuple(word for place, word in enumerate(words) if _can_be_judged(word, pair, not place))


@lru_cache(maxsize=REMEMBERED_WORDS)
def _can_be_judged(word: str, pair: tuple[str, str], starts: bool) -> bool:
    if len(word) < _SHORTEST or word.lower() in vocabulary.common(pair[0]) or _ROMAN.fullmatch(word):
        return False
    return bool(lexicon.look_up(word.lower(), pair).translations) or (not starts and word[0].isupper())


def _is_covered(word: str, found: _Found, pair: tuple[str, str]) -> bool:
    counterparts, stems, folded = _counterparts(word, pair)
    if not counterparts.isdisjoint(found.words) or not stems.isdisjoint(found.stems):
        return True
    alike = found.by_beginning.get(folded[:_BEGINNING])
    return alike is not None and any(_is_alike(folded, other) for other in alike)


@lru_cache(maxsize=REMEMBERED_WORDS)
def _counterparts(word: str, pair: tuple[str, str]) -> tuple[frozenset[str], frozenset[str], str]:
    """Return the words that may stand for a word, their stems, and the word itself without its accents."""
    names = vocabulary.exonyms(*pair).get(word, ())
    translations = [*(fold(name) for name in names), *lexicon.look_up(word.lower(), pair).translations]
    words = frozenset(part for other in translations for part in _parts(other))
    return words, frozenset(map(stem, words)), fold(word)


def _parts(words: str) -> list[str]:
    """Return the words, and the longer parts of those with a hyphen."""
    parts = words.replace("-", " ").split(" ") if "-" in words or " " in words else ()
    return [words, *(part for part in parts if len(part) > _SHORTEST)]


def _garbled(original: str, text: str, strange: set[str]) -> list[str]:
    """Return words that are neither of the target language nor of the source text; names that nobody has too."""
    source = {fold(word) for word in _LETTERS.findall(original)}
    odd = strange - source
    found = [word for word in _FREE_WORD.findall(text) if fold(word) in odd] if odd else []
    return [word for word in found if word.islower() or not _is_like_any(word, source)]


def _is_like_any(name: str, words: set[str]) -> bool:
    folded = fold(name)
    return any(_is_alike(folded, word) for word in words)


@lru_cache(maxsize=REMEMBERED_WORDS)
def _is_english(word: str, pair: tuple[str, str]) -> bool:
    """Tell whether a word without accents is an English one, or too short to tell."""
    known = lexicon.english_words()
    if len(word) < _SHORTEST_GARBLED or word in known or _is_english_stem(stem(word)) or word in _exonyms(pair):
        return True
    return any(word.startswith(prefix) and word.removeprefix(prefix) in known for prefix in _PREFIXES)


@cache
def _exonyms(pair: tuple[str, str]) -> frozenset[str]:
    names = [name for names in vocabulary.exonyms(*pair).values() for name in names]
    return frozenset(fold(" ".join(names)).split())


def _is_alike(word: str, other: str) -> bool:
    """Tell whether two words begin alike, as cognates and names do: `analogique`, `analogue`."""
    if word[:_BEGINNING] != other[:_BEGINNING]:  # nearly all: a name is compared with every word
        return False
    alike = next(
        (place for place, (one, two) in enumerate(zip(word, other, strict=False)) if one != two),
        min(len(word), len(other)),
    )
    return word == other or (
        alike > _SHORTEST and alike >= 0.6 * min(len(word), len(other)) and 2 * alike >= max(len(word), len(other))
    )


def reads_as_english(word: str) -> bool:
    """Tell whether a word in lower case is an English one but for its ending: `regional`, `vigilants`, `clandestina`.

    Of 54 words that engines had left standing in 200 outputs 13 are such; in 2 of those outputs the meaning was lost.
    """
    if word in lexicon.english_words():
        return True
    folded = fold(word)
    begin = folded[: max(_SHORTEST_ALIKE, ceil(_ALIKE * len(folded)))]
    return len(folded) > _SHORTEST_ALIKE and any(len(other) <= len(folded) for other in _english_from(begin))


def _is_english_stem(bare: str) -> bool:
    """Tell whether it is the stem of an English word; the stems of all 50,000 would take a quarter of a second."""
    return any(stem(word) == bare for word in _english_from(bare))


def _english_from(begin: str) -> tuple[str, ...]:
    """Return the English words that begin so."""
    words = _english_sorted()
    return words[bisect_left(words, begin) : bisect_left(words, begin + _LAST)]


@cache
def _english_sorted() -> tuple[str, ...]:
    return tuple(sorted(lexicon.english_words()))


@lru_cache(maxsize=REMEMBERED_WORDS)
def stem(word: str) -> str:
    """Return an English word without its ending: publish, published, publishing."""
    ending = next((end for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= _SHORTEST), "")
    bare = word.removesuffix(ending)
    return bare[:-1] if len(bare) > _SHORTEST and bare[-1] == bare[-2] else bare


@lru_cache(maxsize=REMEMBERED_WORDS)
def fold(text: str) -> str:
    """Return the text in lower case without accents."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
