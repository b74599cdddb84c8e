"""The whole article as the screen shows it: HTML that is made once for all of its units. Each is marked in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape
from itertools import accumulate
from typing import NamedTuple, Self

ARTICLE_BYTES = 20_000
"""Of a whole article, original and translation together: as much again goes with each of its units."""
_PARAGRAPH = '</p><p dir="auto">'


class Piece(NamedTuple):
    """A stretch of an article: a unit, or what stands between units; `begins` where a new block does."""

    unit_id: str
    text: str
    translated: str
    begins: bool


@dataclass(frozen=True)
class Column:
    """One language of an article. `places` says where in the HTML each piece begins, where its text does, and ends."""

    html: str
    places: Sequence[tuple[int, int, int]]
    sizes: Sequence[int]
    """Bytes of each piece."""
    size: int

    @classmethod
    def of(cls, texts: Iterable[tuple[str, bool]], *, between: str = "") -> Self:
        """Write texts one after another, each with whether it begins a paragraph."""
        given = list(texts)
        written = [(_PARAGRAPH if begins else "", escape(text)) for text, begins in given]
        starts = accumulate((len(lead) + len(text) + len(between) for lead, text in written), initial=0)
        places = [
            (at, at + len(lead), at + len(lead) + len(text)) for at, (lead, text) in zip(starts, written, strict=False)
        ]
        sizes = [len(text.encode()) for text, _ in given]
        return cls("".join(lead + text + between for lead, text in written), places, sizes, sum(sizes))

    def around(self, at: int, *, room: int, language: str) -> str:
        """Return as much of it as there is room for, with the piece at this place marked."""
        start, end = (0, len(self.sizes)) if self.size <= room else _window(self.sizes, at, room)
        _, first, last = self.places[at]
        unit = self.html[first:last] if self.sizes[at] <= room else _beginning(self.html[first:last], room)
        before, after = self.html[self.places[start][0] : first], self.html[last : self.places[end - 1][2]]
        more_before, more_after = "…" if start else "", "…" if end < len(self.sizes) else ""
        body = f"{more_before}{before}<mark>{unit}</mark>{after}{more_after}"
        return f'<div lang="{escape(language)}" dir="auto"><p dir="auto">{body}</p></div>'


class ArticlePane:
    """An article in both languages, or in one where nothing of it is translated."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.units = {piece.unit_id: place for place, piece in enumerate(pieces) if piece.unit_id}
        self._columns = [Column.of((piece.text, piece.begins) for piece in pieces)]
        if any(piece.translated for piece in pieces):
            self._columns.append(Column.of(_translated(pieces), between=" "))

    def html(self, unit_id: str, languages: Sequence[str]) -> str:
        """Return the article with this unit marked, or nothing where it is none of the article's."""
        at = self.units.get(unit_id)
        if at is None:
            return ""
        room = ARTICLE_BYTES // len(self._columns)
        pairs = zip(self._columns, languages, strict=False)
        return "".join(column.around(at, room=room, language=language) for column, language in pairs)


def _translated(pieces: Iterable[Piece]) -> Iterator[tuple[str, bool]]:
    """Give what is not translated as it stands; blanks between units come with each translation."""
    for piece in pieces:
        yield piece.translated or (piece.text if piece.unit_id else ""), piece.begins


def _beginning(html: str, room: int) -> str:
    """Return the beginning of an escaped text."""
    return escape(unescape(html).encode()[:room].decode(errors="ignore"))


def _window(sizes: Sequence[int], at: int, room: int) -> tuple[int, int]:
    """Return the stretch around `at` that fits into the room: all of it, or as much after it as before it."""
    start, end, used = at, at + 1, sizes[at]
    while start > 0 or end < len(sizes):
        grown = False
        if start > 0 and used + sizes[start - 1] <= room:
            start, used, grown = start - 1, used + sizes[start - 1], True
        if end < len(sizes) and used + sizes[end] <= room:
            used, end, grown = used + sizes[end], end + 1, True
        if not grown:
            break
    return start, end
