"""Batches to workers and back in order, wherever the workers are: the part that every runner shares.

A worker has a batch to work on and one that waits, so that it never waits for the driver; the driver writes while they
work. A worker that dies takes nothing with it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from annotator.errors import AnnotatorError

T = TypeVar("T")
R = TypeVar("R")
T_contra = TypeVar("T_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)

_QUEUED = 2
_AHEAD = 4
"""Batches per worker that wait or are done out of turn, so that memory does not grow with the corpus."""
_MOST_STARTS_THAT_FAIL = 3


class WorkerDiedError(Exception):
    """A worker ended without an answer; the message says how."""


class Worker(Protocol[T_contra, R_co]):
    """A process somewhere that answers batches in their order. Before the first it answers that it is ready."""

    def ask(self, batch: Sequence[T_contra]) -> None:
        """Send a batch; does not wait."""

    def answer(self) -> Sequence[R_co]:
        """Return the next answer, which is there.

        Raises:
            WorkerDiedError: the process is gone.
            Exception: what the work raised.
        """

    def close(self) -> None:
        """End the process, whatever it is doing."""


class Workshop(Protocol[T, R]):
    """Where workers come from."""

    @property
    def workers(self) -> int:
        """How many there are at most."""

    @property
    def tries(self) -> int:
        """How often an item that is alone may end its worker before it is lost."""

    @property
    def batches_per_worker(self) -> int:
        """After so many a worker is replaced, so that what leaks in it does not add up."""

    def start(self) -> Worker[T, R]:
        """Start a worker; does not wait for it."""

    def answered(self, workers: Sequence[Worker[T, R]]) -> list[Worker[T, R]]:
        """Wait until one of the workers has an answer or is gone, and return all that have."""

    def lost(self, item: T, how: str, /) -> R:
        """Return what becomes of an item that ended its workers."""


@dataclass
class _Job(Generic[T]):
    """A batch, or one item of a batch that ended its worker."""

    number: int
    items: Sequence[T]
    place: int = -1
    """Of a single item in its batch."""
    deaths: int = 0


@dataclass
class _Hand(Generic[T, R]):
    """A worker and what it was asked, the first of which it works on."""

    worker: Worker[T, R]
    jobs: deque[_Job[T]] = field(default_factory=deque)
    is_ready: bool = False
    done: int = 0


class Crew(Generic[T, R]):
    """The workers of one run. Close it to end them."""

    def __init__(self, workshop: Workshop[T, R]) -> None:
        self._workshop = workshop
        self._hands: list[_Hand[T, R]] = []
        self._again: deque[_Job[T]] = deque()
        self._done: dict[int, list[R]] = {}
        self._parts: dict[int, dict[int, R]] = {}
        self._sizes: dict[int, int] = {}
        self._failed_starts = 0

    def run(self, batches: Iterable[Sequence[T]]) -> Generator[list[R], None, None]:
        """Yield what becomes of each batch, in order."""
        waiting = enumerate(batches)
        due, last, exhausted = 0, -1, False
        while not exhausted or due <= last:
            while (hand := self._free_hand()) is not None:
                job = self._again.popleft() if self._again else None
                if job is None and (exhausted or last - due >= _AHEAD * self._workshop.workers):
                    break
                if job is None:
                    number, items = next(waiting, (-1, ()))
                    if exhausted := number < 0:
                        break
                    last, job = number, _Job(number, items)
                hand.jobs.append(job)
                hand.worker.ask(job.items)
            if due <= last:
                self._collect()
            while due in self._done:
                yield self._done.pop(due)
                due += 1

    def close(self) -> None:
        """End all workers."""
        while self._hands:
            self._hands.pop().worker.close()

    def _free_hand(self) -> _Hand[T, R] | None:
        """Return the ready worker that has least to do; start those that are missing."""
        while len(self._hands) < self._workshop.workers:
            self._hands.append(_Hand(self._workshop.start()))
        most = self._workshop.batches_per_worker
        free = [hand for hand in self._hands if hand.is_ready and len(hand.jobs) < min(_QUEUED, most - hand.done)]
        if not free and not any(hand.is_ready for hand in self._hands):
            self._collect()
            return self._free_hand()
        return min(free, key=lambda hand: len(hand.jobs), default=None)

    def _collect(self) -> None:
        busy = {id(hand.worker): hand for hand in self._hands if hand.jobs or not hand.is_ready}
        for worker in self._workshop.answered([hand.worker for hand in busy.values()]):
            self._take_answer(busy[id(worker)])

    def _take_answer(self, hand: _Hand[T, R]) -> None:
        try:
            outcomes = hand.worker.answer()
        except WorkerDiedError as error:
            self._bury(hand, str(error))
            return
        if not hand.is_ready:
            hand.is_ready, self._failed_starts = True, 0
            return
        self._settle(hand.jobs.popleft(), outcomes)
        hand.done += 1
        if hand.done >= self._workshop.batches_per_worker and not hand.jobs:
            self._dismiss(hand)

    def _settle(self, job: _Job[T], outcomes: Sequence[R]) -> None:
        if job.place < 0:
            self._done[job.number] = list(outcomes)
            return
        parts = self._parts[job.number]
        parts[job.place] = outcomes[0]
        if len(parts) == self._sizes[job.number]:
            self._done[job.number] = [outcome for _, outcome in sorted(self._parts.pop(job.number).items())]

    def _bury(self, hand: _Hand[T, R], how: str) -> None:
        """Try the items of what a dead worker worked on one by one, and the batch that waited as it is."""
        self._dismiss(hand)
        if not hand.is_ready:
            self._failed_starts += 1
            if self._failed_starts >= _MOST_STARTS_THAT_FAIL * self._workshop.workers:
                hint = "annotator prepare without --workers and --runner works in one process"
                raise AnnotatorError(f"a worker process failed to start: {how}", hint=hint)
        elif hand.jobs:
            self._again.extendleft([*list(hand.jobs)[:0:-1], *reversed(list(self._singles(hand.jobs[0], how)))])

    def _singles(self, job: _Job[T], how: str) -> Iterator[_Job[T]]:
        if job.place >= 0:
            if job.deaths + 1 >= self._workshop.tries:
                self._settle(job, [self._workshop.lost(job.items[0], how)])
            else:
                yield _Job(job.number, job.items, job.place, job.deaths + 1)
            return
        self._parts[job.number], self._sizes[job.number] = {}, len(job.items)
        if not job.items:
            self._done[job.number] = []
        yield from (_Job(job.number, [item], place) for place, item in enumerate(job.items))

    def _dismiss(self, hand: _Hand[T, R]) -> None:
        hand.worker.close()
        self._hands.remove(hand)
