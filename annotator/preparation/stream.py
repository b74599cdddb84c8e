"""Articles in, what becomes of each out, one after the other: `annotator.prepare` of the public face."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing

from annotator import settings as configuration
from annotator.assemble import make_pipeline
from annotator.errors import InputError, UsageError
from annotator.failures import internal_error
from annotator.models import Article, Failure
from annotator.pipeline import Pipeline, Processed
from annotator.preparation.work import batches, process
from annotator.readers import failure
from annotator.readers.article import SourceMetadata, make_article
from annotator.settings import Settings

_TEXT = "text"


def prepare(
    articles: Iterable[Article | Failure | str], *, to: str | None = None, settings: Settings | None = None
) -> Iterator[Processed | Failure]:
    """Segment, translate and suggest labels for articles, lazily and in their order.

    A string is the plain text of an article. A `Failure` that `annotator.read` gave is handed on in its place; an
    article whose processing fails becomes one. The first article is worked on alone, so that its tasks are there at
    once, and batches grow from there.

    `to` is the target language. `settings` stand for those that the command line would take from the environment and
    `annotator.toml`.

    Raises:
        UsageError: a setting does not fit.
        TranslationError: an engine is broken.
    """
    if settings is not None and to is not None:
        raise UsageError(f"both settings and to={to!r}", hint="name the target language in the settings")
    pipeline = make_pipeline(settings or configuration.load({"to": to}), pins={}, say=lambda _message: None)
    return _prepared(articles, pipeline)


def _prepared(articles: Iterable[Article | Failure | str], pipeline: Pipeline) -> Iterator[Processed | Failure]:
    read = (_article(text, number) if isinstance(text, str) else text for number, text in enumerate(articles, start=1))
    with closing(pipeline.translator):
        for batch in batches(read):
            processed = iter(process(pipeline, [outcome for outcome in batch if isinstance(outcome, Article)]))
            yield from (outcome if isinstance(outcome, Failure) else next(processed) for outcome in batch)


def _article(text: str, number: int) -> Article | Failure:
    source = f"{_TEXT} {number}"
    try:
        return make_article(text, SourceMetadata(), source=source)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other texts go on
        return failure(source, error if isinstance(error, InputError) else internal_error(error))
