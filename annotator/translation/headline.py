"""Headlines in capitals: engines trained on running text read them as unknown words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from annotator.translation.protect import protect, restore

_SHARE = 0.8
_WORDS = 2


def is_shouted(text: str) -> bool:
    """Tell whether a text is written in capitals: four letters of five, and two words too long for an acronym."""
    if 2 * sum(map(str.isupper, text)) < sum(map(str.isalpha, text)):
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
    spelt = {name.upper(): name for name in names}
    small = re.sub(r"[^\W\d_]+(?:-[^\W\d_]+)*", lambda word: spelt.get(word[0], word[0].lower()), marked.template)
    small = small[:1].upper() + small[1:]
    return restore(marked, small) or text.lower()
