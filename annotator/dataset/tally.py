"""What the card says of the records beside their number, counted while they pass."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from annotator.dataset.privacy import known_standing
from annotator.licences import Standing
from annotator.models import Record

_MOST_STATEMENTS = 1000
"""Ways to put rights that are told apart: every site has one, which may name the year."""


@dataclass
class Tally:
    """Counts of the records that have passed, which come article by article."""

    rights: Counter[Standing] = field(default_factory=Counter)
    """Articles by what their rights let anybody do."""
    statements: Counter[tuple[Standing, str]] = field(default_factory=Counter)
    """Articles by the words of their rights."""
    _article: str | None = None

    def add(self, record: Record) -> None:
        """Count one record."""
        if record.data.article_id != self._article:
            self._article = record.data.article_id
            self._add_article(record)

    def _add_article(self, record: Record) -> None:
        standing = known_standing(record.rights)
        self.rights[standing] += 1
        statement = (standing, record.rights)
        if statement in self.statements or len(self.statements) < _MOST_STATEMENTS:
            self.statements[statement] += 1
