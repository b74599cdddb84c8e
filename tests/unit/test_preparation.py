"""One guarded batch, and the runner that survives its workers."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from typing import Any

import fakes
import pytest

from annotator.errors import InputError, TranslationError
from annotator.models import Article, Failure
from annotator.pipeline import Pipeline, Processed
from annotator.preparation.local import LocalRunner
from annotator.preparation.work import FILES, Packed, pack, process
from annotator.readers.article import SourceMetadata, make_article


def pipeline(**parts: Any) -> Pipeline:
    whole: dict[str, Any] = {
        "identifier": fakes.OneLanguage(),
        "segmenter": fakes.Lines(),
        "translator": fakes.Upper(),
        "predictor": fakes.FirstWord(),
        "target": "en",
    }
    return Pipeline(**{**whole, **parts})


def articles(*texts: str) -> list[Article]:
    return [make_article(text, SourceMetadata(article_id=f"a{at}"), source="t.jsonl") for at, text in enumerate(texts)]


PARTS = {"segment": ("segmenter", fakes.Lines), "translate": ("translator", fakes.Upper)}
PARTS |= {"predict": ("predictor", fakes.FirstWord)}


@pytest.mark.parametrize("error", [IndexError("string index out of range"), MemoryError(), RecursionError("deep")])
@pytest.mark.parametrize("step", ["segment", "translate", "predict"])
def test_what_goes_wrong_with_one_article_is_its_failure_and_the_others_go_on(step: str, error: Exception) -> None:
    name, part = PARTS[step]
    first, failure, last = process(
        pipeline(**{name: fakes.Fails(part(), error)}), articles("un", "deux\npoison", "trois")
    )
    assert isinstance(failure, Failure)
    assert (failure.step, failure.article_id, failure.source, failure.reason) == (step, "a1", "t.jsonl", "internal")
    assert failure.message == ": ".join(filter(None, (type(error).__name__, str(error))))
    assert "report" in failure.hint
    assert [done.article.text for done in (first, last) if isinstance(done, Processed)] == ["un", "trois"]


@pytest.mark.parametrize(
    "error", [TranslationError("the engine is gone"), OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()]
)
def test_what_no_article_would_survive_ends_the_run(error: BaseException) -> None:
    broken = pipeline(translator=fakes.Fails(fakes.Upper(), error))
    with pytest.raises(type(error)):
        process(broken, articles("un", "poison"))


def test_a_value_that_no_file_can_hold_is_the_failure_of_its_article() -> None:
    class Halves(fakes.Upper):
        def translate(self, texts: Sequence[str], *, source: str, target: str) -> Any:
            done = super().translate(texts, source=source, target=target)
            return [one.model_copy(update={"text": "\ud800" if one.text == "DEUX" else one.text}) for one in done]

    first, failure = pack(pipeline(translator=Halves()), articles("un", "deux"))
    assert isinstance(first, Packed)
    assert isinstance(failure, Failure)
    assert (failure.step, failure.article_id) == ("translate", "a1")
    assert set(first.lines) == set(FILES)


BATCHES = [[1, 2], [3, 4], [5, 6], [8, 9], [10, 11]]


def lost(number: int, how: str) -> int:
    assert "SIGKILL" in how
    return -number


def test_a_worker_that_did_its_number_of_batches_is_replaced_though_more_wait() -> None:
    runner = LocalRunner(1, isolated=True, batches_per_worker=2)
    workers = [pid for batch in runner.run([[1]] * 6, fakes.process_ids, lost=lost) for pid in batch]
    assert [workers.count(pid) for pid in dict.fromkeys(workers)] == [2, 2, 2]


@pytest.mark.posix
@pytest.mark.parametrize("runner", [LocalRunner(2), LocalRunner(1, isolated=True)], ids=["two", "isolated"])
def test_a_number_that_kills_its_worker_twice_is_lost_alone_and_the_order_stays(runner: LocalRunner) -> None:
    batches = [*BATCHES, [12, fakes.KILLS, 14], [15]]
    outcomes = list(runner.run(batches, fakes.doubled, lost=lost))
    assert outcomes == [[2 * number for number in batch] for batch in BATCHES] + [[24, -13, 28], [30]]


@pytest.mark.posix
def test_a_worker_that_dies_once_loses_nothing() -> None:
    once = fakes.KILLS_ONCE + os.getpid()
    outcomes = list(LocalRunner(2).run([*BATCHES, [once, 1]], fakes.doubled, lost=lost))
    assert outcomes[-1] == [2 * once, 2]


def test_what_the_work_raises_is_raised_in_the_driver_as_it_was() -> None:
    run = LocalRunner(2).run([[1], [fakes.RAISES], [2]], fakes.doubled, lost=lost)
    with pytest.raises((InputError, RuntimeError), match="seven is too much"):
        list(run)


def test_no_more_batches_are_read_ahead_than_the_workers_need() -> None:
    read = 0

    def batches() -> Any:
        nonlocal read
        for read in range(100, 200):
            yield [read]

    run = LocalRunner(2).run(batches(), fakes.doubled, lost=lambda number, _how: -number)
    for _ in range(10):
        next(run)
    run.close()
    assert read - 100 <= 10 + 2 * 2 + 2
