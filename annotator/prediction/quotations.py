"""Where quotations open and close: in a unit, and from one unit of a block to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotator.prediction.lexicon import Lexicon

_STOPS = " .,;:!?…"


def awaited_closers(texts: Sequence[str], lexicon: Lexicon) -> list[str]:
    """Return for each unit of a block the mark that closes the quotation it begins in, or an empty string.

    A quotation that nothing in the block closes is a slip of the author, and ends with its unit.
    """
    if not any(mark in text for text in texts for mark in lexicon.marks):
        return [""] * len(texts)
    last_index = {mark: index for index, text in enumerate(texts) for mark in lexicon.closing.findall(text)}
    awaited, closer = [], ""
    for index, text in enumerate(texts):
        awaited.append(closer if last_index.get(closer, -1) >= index else "")
        closer = _open_at_end(text, lexicon, awaited[-1])
    return awaited


def quotations(text: str, lexicon: Lexicon, awaited: str) -> Iterator[tuple[int, int]]:
    """Yield where the quotations of a unit begin and end; one that it begins in is closed by the awaited mark."""
    start = 0 if awaited else -1
    for position, closer in (*_marks(text, lexicon, awaited), (len(text), "")):
        if closer:
            start = position
        elif start >= 0:
            yield start, position
            start = -1


def closes_a_quotation(text: str, lexicon: Lexicon) -> bool:
    """Tell whether a unit ends with a closing mark that nothing in it opens: it goes on with an earlier quotation."""
    bare = text.rstrip(_STOPS)
    openers = [opener for opener, closer in lexicon.closer_of.items() if closer == bare[-1:]]
    return bool(openers) and not any(opener in bare[:-1] for opener in openers)


def _open_at_end(text: str, lexicon: Lexicon, awaited: str) -> str:
    marks = [closer for _, closer in _marks(text, lexicon, awaited)]
    return marks[-1] if marks else awaited


def _marks(text: str, lexicon: Lexicon, awaited: str) -> Iterator[tuple[int, str]]:
    """Yield each place where a quotation opens or closes, with the mark that is awaited from there on."""
    for match in lexicon.mark.finditer(text):
        if match[0] == awaited:
            awaited = ""
        elif not awaited and match[0] in lexicon.closer_of:
            awaited = lexicon.closer_of[match[0]]
        else:
            continue
        yield match.start(), awaited
