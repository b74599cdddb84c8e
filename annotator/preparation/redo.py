"""Making translations, predictions and tasks of a run again, from its own articles, without reading or cutting them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import NoReturn

from annotator.assemble import worker_pipeline
from annotator.errors import AnnotatorError
from annotator.models import Article, Translation
from annotator.pipeline import Pipeline
from annotator.preparation.work import BATCH_ARTICLES, BATCH_CHARACTERS, engines_of, lacks, lines_of
from annotator.translation.cache import Row
from annotator.translation.none import ENGINE_FAILED


@dataclass(frozen=True)
class Stored:
    """An article's line in a run, and those of its translations where they stay."""

    article: bytes
    translations: tuple[bytes, ...] | None


@dataclass(frozen=True)
class Redone:
    """The lines that take the place of an article's old ones."""

    lines: Mapping[str, bytes]
    engines: Mapping[str, str]
    article_id: str
    lacks: str
    """As of `Packed`."""
    fresh: tuple[Row, ...] = ()
    """As of `Packed`."""


def stored_batches(folder: Path, done: int, *, files: Sequence[str]) -> Iterator[list[Stored]]:
    """Yield the articles of a run from number `done` on, in batches of about the size that they were made in."""
    batch: list[Stored] = []
    size = 0
    for stored in islice(_stored(folder, with_translations="translations.jsonl" not in files), done, None):
        batch.append(stored)
        size += len(stored.article) // 4  # the units stand in it once more
        if len(batch) == BATCH_ARTICLES or size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _stored(folder: Path, *, with_translations: bool) -> Iterator[Stored]:
    with (folder / "articles.jsonl").open("rb") as articles, (folder / "translations.jsonl").open("rb") as translations:
        for line in articles:
            if not with_translations:
                yield Stored(line, None)
                continue
            units = Article.model_validate_json(line).units
            yield Stored(line, tuple(islice(translations, len(units))))


def works_again(folder: Path, article_id: str, pipeline: Pipeline) -> bool:
    """Tell whether an article that an engine failed on gets more translations now."""
    with (folder / "articles.jsonl").open("rb") as lines:
        near = (Article.model_validate_json(line) for line in lines if article_id.encode() in line)
        article = next((article for article in near if article.article_id == article_id), None)
    with (folder / "translations.jsonl").open("rb") as lines:
        near_lines = (Translation.model_validate_json(line) for line in lines if article_id.encode() in line)
        failed = {line.unit_id for line in near_lines if _failed(line)}
    units = [unit for unit in article.units if unit.unit_id in failed] if article else []
    return not all(map(_failed, pipeline.translate(units).values()))


def _failed(translation: Translation) -> bool:
    return any(warning.code == ENGINE_FAILED for warning in translation.warnings)


def remake(files: Sequence[str], pipeline: Pipeline, batch: Sequence[Stored]) -> list[Redone]:
    """Return the new lines of each article. Units of all of them are translated together."""
    articles = [Article.model_validate_json(stored.article) for stored in batch]
    kept = [line for stored in batch for line in stored.translations or ()]
    if "translations.jsonl" in files:
        translated = pipeline.translate([unit for article in articles for unit in article.units])
    else:
        translated = {line.unit_id: line for line in map(Translation.model_validate_json, kept)}
    finished = [pipeline.finish(article, translated) for article in articles]
    return [
        Redone({name: lines_of(done, name) for name in files}, engines_of(done), done.article.article_id, lacks(done))
        for done in finished
    ]


def redo_in_worker(
    files: Sequence[str], settings: str, pins: tuple[tuple[str, str], ...], batch: Sequence[Stored]
) -> list[Redone]:
    """Do the same with the pipeline of this process."""
    pipeline, collected = worker_pipeline(settings, pins)
    redone = remake(files, pipeline, batch)
    return [replace(done, fresh=collected.take()) for done in redone]


def lost(stored: Stored, how: str) -> NoReturn:
    """End the run: what was made of the article before would be left without its counterpart.

    Raises:
        AnnotatorError: always.
    """
    name = Article.model_validate_json(stored.article).article_id
    hint = "the folder is as it was; go on with its own settings"
    raise AnnotatorError(f"{name}: cannot be made again: it killed the worker ({how})", hint=hint)
