"""schema.org `Claim` for the units that could be checked, each with the article it appears in.

No `ClaimReview`: that is a verdict, and a label here says what a text does, not whether it is true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from annotator.dataset.formats.jsonld import address, article_iri, document, iri
from annotator.labels import Label
from annotator.models import Record

FILE = "claims.jsonld"
_CHECKABLE = frozenset({Label.SOURCED, Label.UNSOURCED})


@contextmanager
def claims(folder: Path) -> Iterator[Callable[[Record], object]]:
    """Write `claims.jsonld`. A unit whose text does not leave has no claim to show."""
    with document(folder / FILE, {"@context": "https://schema.org"}, "@graph") as append:

        def write(record: Record) -> None:
            if record.label in _CHECKABLE and record.data.source_text:
                append(claim(record))

        yield write


def claim(record: Record) -> dict[str, Any]:
    """Return the unit as a claim."""
    data = record.data
    appearance = {
        "@type": "Article",
        "@id": article_iri(data.article_id),
        "headline": data.article_title,
        "url": address(data.article_id),
    }
    return {
        "@type": "Claim",
        "@id": iri("unit", data.unit_id),
        "identifier": data.unit_id,
        "text": data.source_text,
        "inLanguage": data.source_lang,
        "keywords": str(record.label),
        "appearance": {name: value for name, value in appearance.items() if value},
    }
