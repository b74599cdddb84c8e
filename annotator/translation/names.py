"""Names by their look, and whether a translation still has them."""

from __future__ import annotations

import re
from functools import lru_cache

from annotator.translation import coverage, lexicon, vocabulary
from annotator.translation.coverage import fold
from annotator.translation.protection import without_kept
from annotator.translation.vocabulary import REMEMBERED_TEXTS

_WORD = re.compile(r"[^\W\d_][^\W_]*(?:-[^\W\d_][^\W_]*)*")
_PART = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")


def missing_names(original: str, text: str, pair: tuple[str, str]) -> list[str]:
    """Return the names of the source that the translation lacks."""
    if not (expected := names(original, pair[0])):
        return []
    have = {fold(word) for word in _PART.findall(text)}
    joined = [word for word in have if "-" in word or "." in word]
    have |= {part for word in joined for part in (*re.split("[-.]", word), word.replace("-", ""))}
    return [name for name in expected if not _is_kept(name, have, pair)]


@lru_cache(maxsize=REMEMBERED_TEXTS)
def names(original: str, language: str) -> tuple[str, ...]:
    """Return the words that are names by their look: a capital inside the sentence, or inside the word."""
    text = without_kept(original)
    plain = vocabulary.capitalised(language)
    found = []
    for match in _WORD.finditer(text):
        word = match[0]
        if word.islower():
            continue
        before = text[: match.start()].rstrip(" \u00a0\u202f")
        starts = not before or before[-1] in '.?!…:«»“”"–—(-•¿¡'
        striking = any(letter.isupper() for letter in word[1:]) and "-" not in word
        if len(word) < 2 or (not word[0].isupper() and not striking):  # noqa: PLR2004
            continue
        if striking and text[max(0, match.start() - 1)] == "(" and text[match.end() : match.end() + 1] == ")":
            continue  # (EN), the language or the party after a speaker
        if re.fullmatch("[IVXLC]+(?:e|er|ème)?", word):  # a century, a king
            continue
        if language in _NOUNS_HAVE_CAPITALS and not striking:
            continue
        if striking or not (starts or word.lower() in plain or word.split("-")[0].lower() in plain):
            found.append(word)
    is_shouted = found and sum(map(str.isupper, text)) > sum(map(str.islower, text))
    return () if is_shouted else tuple(dict.fromkeys(found))


_NOUNS_HAVE_CAPITALS = frozenset(("de", "lb"))
"""A capital says nothing of a noun there."""


def _is_kept(name: str, have: set[str], pair: tuple[str, str]) -> bool:
    exonyms = vocabulary.exonyms(*pair).get(name, ())
    if fold(name).replace("-", "") in have or any(
        fold(part) in have for other in (*exonyms, name) for part in other.split()
    ):
        return True
    plain = lexicon.look_up(name.lower(), pair).translations[:1]
    if any(word != fold(name) and coverage.stem(word) in map(coverage.stem, have) for word in plain):
        return True
    parts = [part for part in fold(name).split("-") if len(part) > 2]  # noqa: PLR2004
    return bool(parts) and not exonyms and all(part in have or _adapted(part, have) for part in parts)


def _adapted(name: str, have: set[str]) -> bool:
    """Tell whether a place's French ending became an English one: Somalie, Somalia; Sicile, Sicily."""
    endings = (("", "s"), ("s", ""), ("e", "a"), ("e", "y"), ("e", "o"), ("ie", "y"), ("eur", "or"), ("aire", "ary"))
    return any(name.endswith(old) and name.removesuffix(old) + new in have for old, new in endings if len(name) > 4)  # noqa: PLR2004
