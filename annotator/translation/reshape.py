"""A text in another shape for its engine: in halves, in parts that fit, a headline in capitals as a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from annotator.translation.protection import protect, restore
from annotator.translation.vocabulary import REMEMBERED_TEXTS

# Where a reader pauses, the best place first: behind a sentence, a clause, a comma, a word.
_PAUSES = (r"(?<=[.!?…])[»”\"')]*\s+(?=\S)", r"(?<=[;:])\s+|\s+(?=[–—]\s)", r"(?<=,)\s+", r"\s+")

_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[«“\"]?\s?[A-ZÀ-Þ])")
_CAPITALS = re.compile(r"[^\W\d_a-zà-öø-ÿ]{4}")  # no small letter of the West among them: nearly all texts stop here
_SHARE, _WORDS = 0.8, 2
"""From four letters of five in capitals on, in two words too long for an acronym, a text is shouted: engines trained on
running text read such words as unknown ones."""


def halves(text: str) -> tuple[str, str] | None:
    """Return the text in two parts cut at its best pause in the middle three fifths, or None if there is none."""
    low, high = len(text) // 5, len(text) - len(text) // 5
    for pause in _PAUSES:
        cuts = [match.end() for match in re.finditer(pause, text) if low <= match.end() <= high]
        if cuts:
            cut = min(cuts, key=lambda cut: abs(2 * cut - len(text)))
            return text[:cut].rstrip(), text[cut:]
    return None


def shorten(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Return the text in parts that fit: whole, else sentences, else cut at pauses, else in the middle of a word."""
    if fits(text) or len(text) < 2:  # noqa: PLR2004
        return [text]
    sentences = _SENTENCE.split(text)
    if len(sentences) > 1:
        return [part for sentence in sentences for part in shorten(sentence, fits)]
    middle = len(text) // 2
    return [part for half in halves(text) or (text[:middle], text[middle:]) for part in shorten(half, fits)]


@lru_cache(maxsize=REMEMBERED_TEXTS)
def is_shouted(text: str) -> bool:
    """Tell whether a text is written in capitals: four letters of five, and two words too long for an acronym."""
    if not _CAPITALS.search(text):
        return False
    plain = protect(text).template
    letters = [letter for letter in plain if letter.isalpha()]
    capitals = [letter for letter in letters if letter.isupper()]
    words = re.findall(r"[^\W\d_]{4,}", plain)
    shouted = sum(word.isupper() for word in words)
    return bool(letters) and len(capitals) >= _SHARE * len(letters) and shouted >= _WORDS


def lowered(text: str, names: Iterable[str] = ()) -> str:
    """Return the text as a sentence: lower case with a capital at its start, links, handles and known names as such."""
    marked = protect(text)
    spellings = {name.upper(): name for name in names}
    lower = re.sub(r"[^\W\d_]+(?:-[^\W\d_]+)*", lambda word: spellings.get(word[0], word[0].lower()), marked.template)
    lower = lower[:1].upper() + lower[1:]
    return restore(marked, lower) or text.lower()
