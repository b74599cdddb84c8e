"""Cuts a text in two where a reader would pause: for texts that are too long, or that came out wrong in one piece."""

from __future__ import annotations

import re
from collections.abc import Callable

_PAUSES = (r"(?<=[.!?…])[»”\"')]*\s+(?=\S)", r"(?<=[;:])\s+|\s+(?=[–—]\s)", r"(?<=,)\s+", r"\s+")

_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[«“\"]?\s?[A-ZÀ-Þ])")


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
