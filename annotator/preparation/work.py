"""One guarded batch: whatever goes wrong with an article is that article's `Failure`, and the others go on."""

from __future__ import annotations

import errno
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar, cast

from annotator.assemble import worker_pipeline
from annotator.errors import AnnotatorError
from annotator.failures import internal_error
from annotator.models import Article, Failure, Value
from annotator.pipeline import SAME_LANGUAGE, Pipeline, Processed
from annotator.preparation.near_duplicates import sketch_of
from annotator.readers import Unread
from annotator.translation.cache import Row
from annotator.translation.memory import PREFIX as MEMORY_PREFIX
from annotator.translation.none import ENGINE_FAILED, NO_ENGINE

BATCH_ARTICLES = 64
BATCH_CHARACTERS = 200_000
"""Units of many articles are translated together, which is what makes an engine fast; more gains nothing."""
TASKS = "tasks.jsonl"
FORGOTTEN_LIST = "forgotten.jsonl"
FORGOTTEN = "forgotten"
"""The reason of an article that was taken out of the run, and stays out."""
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
KILLED = "killed"
"""The reason of an article that ended the process that worked on it."""
_KILLED = "prepare it alone to see what it needs; split it if it is very long"

_LINES: Mapping[str, tuple[str, Callable[[Processed], Iterable[Value]]]] = {
    "articles.jsonl": ("segment", lambda processed: [processed.article]),
    "translations.jsonl": ("translate", lambda processed: processed.translations),
    "predictions.jsonl": ("predict", lambda processed: processed.predictions),
    TASKS: ("predict", lambda processed: processed.tasks),
}
"""The files of a run: the step that makes the values in each, and those values."""
FILES = tuple(_LINES)


@dataclass(frozen=True)
class Packed:
    """What is kept of a processed article: its lines for each file of a run, and what is counted and said of it.

    Made where the article is processed, so that a value that cannot be written is that article's failure, and so that
    a worker sends finished bytes instead of thousands of values.
    """

    article_id: str
    revision: str
    source_file: str
    units: int
    asides: int
    notes: tuple[str, ...]
    engines: Mapping[str, str]
    """Pair ('fr>en') to the engine that translated it; `none` where no engine serves the pair."""
    lines: Mapping[str, bytes]
    fresh: tuple[Row, ...] = ()
    """Rows for the cache of translations, which the driver alone writes."""
    sketch: bytes = b""
    """By which near-duplicates are found, where they are asked for."""
    lacks: str = ""
    """How many units have no translation because an engine failed, and why."""


Item = Unread | Article
Outcome = Packed | Failure
R = TypeVar("R", Unread | Article | Failure, Article | Failure, Unread)


def batches(items: Iterable[R]) -> Iterator[list[R]]:
    """Cut articles, read or not, and failures between them, into batches.

    The first article is a batch of its own, so that its tasks are there at once; the next batches double in size.
    """
    batch: list[R] = []
    characters, most = 0, 1
    for item in items:
        batch.append(item)
        characters += size(item)
        if len(batch) == most or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters, most = [], 0, min(2 * most, BATCH_ARTICLES)
    if batch:
        yield batch


def size(item: Unread | Article | Failure) -> int:
    """Return about how many characters there are to work on."""
    return item.size if isinstance(item, Unread) else len(item.text) if isinstance(item, Article) else 0


def process(pipeline: Pipeline, batch: Sequence[Article]) -> list[Processed | Failure]:
    """Return what becomes of each article, in order: together if that goes well, else one by one.

    Raises:
        AnnotatorError, OSError: an engine is broken or the disk is full, which no other article would survive.
    """
    try:
        return list(pipeline.process(batch))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is one article's
        _raise_what_stops_a_run(error)
        return [_alone(pipeline, article) for article in batch]


def pack(pipeline: Pipeline, batch: Sequence[Item], *, sketched: bool = False) -> list[Outcome]:
    """Read and process a batch, and return what is kept of each article, in order, with sketches where asked for."""
    outcomes = (item.outcome() if isinstance(item, Unread) else item for item in batch)
    read = [_unless_forgotten(outcome, pipeline.forgotten) for outcome in outcomes]
    processed = iter(process(pipeline, [outcome for outcome in read if isinstance(outcome, Article)]))
    done = (outcome if isinstance(outcome, Failure) else next(processed) for outcome in read)
    make = partial(_packed_or_failure, sketched=sketched)
    return [outcome if isinstance(outcome, Failure) else make(outcome) for outcome in done]


def _unless_forgotten(outcome: Article | Failure, forgotten: Collection[str]) -> Article | Failure:
    if isinstance(outcome, Failure) or outcome.article_id not in forgotten:
        return outcome
    message = f"annotator forget took it out of the run; without its line in {FORGOTTEN_LIST} it comes back"
    return _failure(outcome, "read", FORGOTTEN, message, "")


def pack_in_worker(
    settings: str, pins: tuple[tuple[str, str], ...], batch: Sequence[Item], *, sketched: bool = False
) -> list[Outcome]:
    """Do the same with the pipeline of this process. What the cache is to store goes with the first article."""
    pipeline, collected = worker_pipeline(settings, pins)
    outcomes = pack(pipeline, batch, sketched=sketched)
    rows = collected.take()
    first = next((place for place, outcome in enumerate(outcomes) if isinstance(outcome, Packed)), None)
    if rows and first is not None:
        outcomes[first] = replace(cast("Packed", outcomes[first]), fresh=rows)
    return outcomes


def killed(item: Item, how: str) -> Failure:
    """Return the failure of an article that ended two processes, once among others and once alone."""
    message = f"processing it killed the worker twice ({how})"
    if isinstance(item, Article):
        return _failure(item, "segment", KILLED, message, _KILLED)
    return Failure(step="read", source=item.source, line=item.line, reason=KILLED, message=message, hint=_KILLED)


def _alone(pipeline: Pipeline, article: Article) -> Processed | Failure:
    step = "segment"
    try:
        segmented = pipeline.segment(article)
        step = "translate"
        translated = pipeline.translate(segmented.units)
        step = "predict"
        return pipeline.finish(segmented, translated)
    except Exception as error:  # noqa: BLE001 - listed with its class and message
        _raise_what_stops_a_run(error)
        return _fault(article, step, error)


def packed(processed: Processed, *, sketched: bool) -> Packed:
    """Return what is kept of an article of a run that is made again.

    Raises:
        AnnotatorError: it cannot be written.
    """
    outcome = _packed_or_failure(processed, sketched=sketched)
    if isinstance(outcome, Failure):
        raise AnnotatorError(f"{outcome.article_id}: {outcome.message}", hint=outcome.hint)
    return outcome


def _packed_or_failure(processed: Processed, *, sketched: bool) -> Outcome:
    lines: dict[str, bytes] = {}
    for name, (step, values) in _LINES.items():
        try:
            lines[name] = _joined(values(processed))
        except ValueError as error:  # half a surrogate pair, which is in no file
            return _fault(processed.article, step, error)
    article = processed.article
    return Packed(
        article_id=article.article_id,
        revision=article.revision,
        source_file=article.source_file,
        units=len(article.units),
        asides=len(article.asides),
        notes=article.notes,
        engines=engines_of(processed),
        lines=lines,
        sketch=sketch_of(article) if sketched else b"",
        lacks=lacks(processed),
    )


def lines_of(processed: Processed, name: str) -> bytes:
    """Return an article's lines for one file of a run."""
    return _joined(_LINES[name][1](processed))


def _joined(values: Iterable[Value]) -> bytes:
    return "".join(value.json_line() for value in values).encode()


def lacks(processed: Processed) -> str:
    """Say how many units have no translation because an engine failed, and why; nothing where none lacks it."""
    warnings = [warning for line in processed.translations for warning in line.warnings]
    details = [warning.detail for warning in warnings if warning.code == ENGINE_FAILED]
    return f"{len(details)} of {len(processed.translations)} units have no translation: {details[0]}" if details else ""


def engines_of(processed: Processed) -> dict[str, str]:
    """Return the engine of each pair that was translated, `none` where no engine serves it.

    A translation out of a memory says nothing of the other texts of its pair.
    """
    lacking = {
        f"{line.source}>{line.target}": NO_ENGINE
        for line in processed.translations
        if any(warning.code == "no_engine" for warning in line.warnings)
    }
    served = {
        f"{line.source}>{line.target}": line.engine
        for line in processed.translations
        if line.engine not in (SAME_LANGUAGE, NO_ENGINE) and not line.engine.startswith(MEMORY_PREFIX)
    }
    return lacking | served


def _raise_what_stops_a_run(error: Exception) -> None:
    """A broken engine or a full disk would fail every article alike: the run ends and can be resumed."""
    full = isinstance(error, OSError) and error.errno in NO_ROOM
    if full or isinstance(error, AnnotatorError):
        raise error


def _fault(article: Article, step: str, error: Exception) -> Failure:
    fault = internal_error(error)
    return _failure(article, step, fault.reason, fault.message, fault.hint)


def _failure(article: Article, step: str, reason: str, message: str, hint: str) -> Failure:
    return Failure.model_validate(
        {
            "step": step,
            "source": article.source_file,
            "article_id": article.article_id,
            "reason": reason,
            "message": message,
            "hint": hint,
        }
    )
