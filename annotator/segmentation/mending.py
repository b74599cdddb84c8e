"""Cuts that people have mended: a unit in two, or two into one. Everything else stays as the rules cut it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from annotator.models import Article, Language, Mend, Unit
from annotator.protocols import LanguageIdentifier, Segmenter
from annotator.segmentation.attribution import attribute
from annotator.segmentation.segmenter import Piece, unit_of
from annotator.text import trim

Identify = Callable[[str, Language], Language]
_NOTE = re.compile(r"(\d+) cuts? mended by hand")


class MendedSegmenter:
    """Cuts as another segmenter does, and then as people said."""

    def __init__(self, segmenter: Segmenter, mends: Sequence[Mend]) -> None:
        self._segmenter, self._mends = segmenter, mends
        self.name, self.version = segmenter.name, segmenter.version

    def segment(self, article: Article, identifier: LanguageIdentifier) -> Article:
        """Return the article with its blocks, asides and units."""
        segmented = self._segmenter.segment(article, identifier)
        own = [mend for mend in self._mends if mend.article_id == article.article_id]
        return mended(segmented, own, identifier.unit) if own else segmented


def mended(article: Article, mends: Sequence[Mend], identify: Identify) -> Article:
    """Return a segmented article with all of its mends, those that it has already left out.

    One whose unit is not there, because the text is another now, changes nothing.
    """
    pieces = [_piece(unit) for unit in article.units]
    for mend in mends[mended_count(article) :]:
        at = next((at for at, unit in enumerate(_units(article, pieces)) if unit.unit_id == mend.unit_id), None)
        if at is not None:
            pieces = _applied(article, pieces, at, mend, identify)
    count = len(mends)
    notes = [note for note in article.notes if not _NOTE.fullmatch(note)]
    notes += [f"{count} cut{'' if count == 1 else 's'} mended by hand"]
    units = tuple(attribute(_units(article, pieces), article.language.tag))
    return article.model_copy(update={"units": units, "notes": tuple(notes)})


def mended_count(article: Article) -> int:
    """Return how many mends the article has."""
    found = (_NOTE.fullmatch(note) for note in article.notes)
    return next((int(match[1]) for match in found if match), 0)


def problem_of(article: Article, mend: Mend) -> str:
    """Return why a mend cannot be done; nothing where it can."""
    at = next((at for at, unit in enumerate(article.units) if unit.unit_id == mend.unit_id), None)
    if at is None:
        return "the run has no such unit"
    unit = article.units[at]
    if mend.at is not None:
        parts = (unit.text[: mend.at], unit.text[mend.at :])
        return "" if all(re.search(r"\w", part) for part in parts) else "one part would hold no word"
    if at + 1 == len(article.units) or article.units[at + 1].block_index != unit.block_index:
        return "no unit of the same block follows it"
    return "something that is no unit stands between it and the next" if _gap(article, at).strip() else ""


def _gap(article: Article, at: int) -> str:
    return article.text[article.units[at].end : article.units[at + 1].start]


def _piece(unit: Unit) -> Piece:
    return Piece(unit.kind, unit.block_index, unit.start, unit.end, unit.language, is_part=False)


def _units(article: Article, pieces: Sequence[Piece]) -> list[Unit]:
    counts: dict[str, int] = {}
    return [unit_of(article, piece, counts, position=position) for position, piece in enumerate(pieces)]


def _applied(article: Article, pieces: list[Piece], at: int, mend: Mend, identify: Identify) -> list[Piece]:
    piece = pieces[at]
    if mend.at is None:
        following = pieces[at + 1 : at + 2]
        spans = [(piece.start, following[0].end if following else piece.end)]
        rest = pieces[at + 2 :]
    else:
        cut = piece.start + mend.at
        spans = [trim(article.text, piece.start, cut), trim(article.text, cut, piece.end)]
        rest = pieces[at + 1 :]
    new = [
        piece._replace(start=start, end=end, language=identify(article.text[start:end], piece.language))
        for start, end in spans
    ]
    return [*pieces[:at], *new, *rest]
