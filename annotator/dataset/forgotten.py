"""Articles that were taken out of a dataset: its manifest keeps a digest of each id, and no export brings them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from annotator.dataset.collect import Source
from annotator.models import Answer, Failure, Unplaced
from annotator.text import digest

FORGOTTEN = "forgotten"
_DIGITS = 32


def digest_of(article_id: str) -> str:
    """Return what a manifest keeps of an id: the dataset is published, and the id may be an address."""
    return digest(f"forgotten {article_id}", _DIGITS)


def without_forgotten(sources: Iterable[Source], forgotten: frozenset[str]) -> list[Source]:
    """Return the sources with a failure in the place of each answer to an article that was taken out."""
    return [source._replace(lines=_without(source, forgotten)) for source in sources]


def _without(source: Source, forgotten: frozenset[str]) -> Iterator[Answer]:
    known: dict[str, bool] = {}
    for line in source.lines:
        if isinstance(line, Failure | Unplaced):
            yield line
            continue
        article_id = line.data.article_id
        if article_id not in known:
            known = {article_id: digest_of(article_id) in forgotten}
        yield _set_aside(source, article_id) if known[article_id] else line


def _set_aside(source: Source, article_id: str) -> Failure:
    message = "annotator forget took the article out of the dataset; export into a new folder to have it again"
    return Failure(step="export", source=source.name, article_id=article_id, reason=FORGOTTEN, message=message)
