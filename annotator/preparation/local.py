"""This machine: in this process, or in several that each load their models once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TypeVar

B = TypeVar("B")
R = TypeVar("R")


@dataclass(frozen=True)
class LocalRunner:
    """Runs batches one after the other, or in `workers` processes.

    Processes are spawned, not forked: translation engines do not survive a fork
    (https://github.com/OpenNMT/CTranslate2/issues/1414).
    """

    workers: int = 1
    name: str = "local"

    def run(self, batches: Iterable[B], process: Callable[[B], R]) -> Iterator[R]:
        """Yield `process(batch)` for every batch, in order. With workers, `process` must be picklable."""
        if self.workers == 1:
            yield from map(process, batches)
            return
        with ProcessPoolExecutor(self.workers, mp_context=get_context("spawn")) as pool:
            yield from _in_order(pool, batches, process, ahead=2 * self.workers)


def _in_order(pool: ProcessPoolExecutor, batches: Iterable[B], process: Callable[[B], R], *, ahead: int) -> Iterator[R]:
    """At most `ahead` batches wait or run at a time, so that memory does not grow with the corpus."""
    running: deque[Future[R]] = deque()
    for batch in batches:
        running.append(pool.submit(process, batch))
        if len(running) >= ahead:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()
