"""This machine: in this process, or in several that each load their models once and may die without loss."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any, Generic, TypeVar

from annotator.errors import AnnotatorError
from annotator.system import without_interrupts

T = TypeVar("T")
R = TypeVar("R")

Work = Callable[[Sequence[T]], list[R]]

# Spawned, not forked: translation engines do not survive a fork (https://github.com/OpenNMT/CTranslate2/issues/1414).
_CONTEXT = get_context("spawn")
_READY = b"ready"
_AHEAD = 2
"""Batches per worker that wait or are done out of turn, so that memory does not grow with the corpus."""
_SECONDS_TO_END = 5
"""After them a process that hangs is killed: nothing of it is needed any more."""


@dataclass(frozen=True)
class LocalRunner:
    """Runs batches one after the other in this process, or in `workers` processes.

    With `isolated` even a single worker is a process of its own, so that an article that kills it kills nothing else.
    """

    workers: int = 1
    isolated: bool = False
    name: str = "local"

    @property
    def has_processes(self) -> bool:
        """Whether batches are worked on in other processes than this one."""
        return self.workers > 1 or self.isolated

    def run(
        self, batches: Iterable[Sequence[T]], work: Work[T, R], *, lost: Callable[[T, str], R]
    ) -> Generator[list[R], None, None]:
        """Yield `work(batch)` for every batch, in order. In other processes `work` and what it returns are pickled.

        A worker that dies takes nothing with it: its batch is tried again one by one in a fresh process, and what ends
        that one too becomes `lost(item, how the process ended)`.

        Raises:
            AnnotatorError: no worker can start.
            Exception: what `work` itself raised.
        """
        if not self.has_processes:
            yield from map(work, batches)
            return
        with ExitStack() as stack:
            yield from _Crew(work, lost, stack).run(batches, self.workers)


class _DiedError(Exception):
    """A worker ended without an answer."""


class _Worker(Generic[T, R]):
    def __init__(self, work: Work[T, R]) -> None:
        self.connection, worker_end = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(worker_end, work), daemon=True)
        with without_interrupts():  # a worker that is only starting would print a traceback
            self._process.start()
        worker_end.close()  # or the end of the worker would never be noticed
        try:
            self.answer()
        except _DiedError as error:
            hint = "annotator prepare without --workers works in one process"
            raise AnnotatorError(f"a worker process failed to start: {error}", hint=hint) from error

    def ask(self, batch: Sequence[T]) -> None:
        with suppress(OSError):  # it is gone, which `answer` tells
            self.connection.send(batch)

    def answer(self) -> list[R]:
        """Wait for the answer.

        Raises:
            _DiedError: the process is gone.
            Exception: what the work raised.
        """
        try:
            answer: list[R] | Exception = self.connection.recv()
        except (EOFError, OSError) as error:
            raise _DiedError(self._end()) from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _end(self) -> str:
        self._process.join(_SECONDS_TO_END)
        code = self._process.exitcode
        if code is None or code >= 0:
            return f"exit code {code}"
        name = signal.Signals(-code).name
        return f"{name}: the machine ran out of memory, or someone killed it" if name == "SIGKILL" else name

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self.connection.close()
        self._process.terminate()
        self._process.join(_SECONDS_TO_END)
        self._process.kill()
        self._process.join()


class _Crew(Generic[T, R]):
    def __init__(self, work: Work[T, R], lost: Callable[[T, str], R], stack: ExitStack) -> None:
        self._work = work
        self._lost = lost
        self._stack = stack
        self._idle: list[_Worker[T, R]] = []
        self._busy: dict[object, tuple[_Worker[T, R], int, Sequence[T]]] = {}
        self._done: dict[int, list[R]] = {}

    def run(self, batches: Iterable[Sequence[T]], workers: int) -> Iterator[list[R]]:
        waiting = enumerate(batches)
        due, last = 0, -1
        exhausted = False
        while not exhausted or self._busy:
            while not exhausted and len(self._busy) < workers and last - due < _AHEAD * workers:
                number, batch = next(waiting, (-1, ()))
                exhausted = number < 0
                if not exhausted:
                    last = number
                    self._hand_out(number, batch)
            self._collect()
            while due in self._done:
                yield self._done.pop(due)
                due += 1

    def _hand_out(self, number: int, batch: Sequence[T]) -> None:
        worker = self._idle.pop() if self._idle else self._start()
        self._busy[worker.connection] = (worker, number, batch)
        worker.ask(batch)

    def _collect(self) -> None:
        asked = [worker.connection for worker, _, _ in self._busy.values()]
        ready = set(connection.wait(asked)) if asked else set()
        for answered in filter(ready.__contains__, asked):
            worker, number, batch = self._busy.pop(answered)
            try:
                self._done[number] = worker.answer()
            except _DiedError:
                worker.close()
                self._done[number] = list(self._one_by_one(batch))
            else:
                self._idle.append(worker)

    def _one_by_one(self, batch: Sequence[T]) -> Iterator[R]:
        worker = self._start()
        for item in batch:
            worker.ask([item])
            try:
                (outcome,) = worker.answer()
            except _DiedError as error:
                outcome = self._lost(item, str(error))
                worker.close()
                worker = self._start()
            yield outcome
        self._idle.append(worker)

    def _start(self) -> _Worker[T, R]:
        worker: _Worker[T, R] = _Worker(self._work)
        self._stack.callback(worker.close)
        return worker


def _serve(ours: Connection, work: Work[Any, Any]) -> None:
    """The life of a worker: batches in, outcomes out, until the driver closes the connection or is gone."""
    Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, ConnectionError):
        ours.send(_READY)
        while True:
            ours.send(_attempt(work, ours.recv()))


def _attempt(work: Work[Any, Any], batch: Sequence[Any]) -> object:
    """Return the outcomes, or the exception for the driver to raise."""
    try:
        return work(batch)
    except Exception as error:  # noqa: BLE001 - raised again in the driver
        try:
            pickle.loads(pickle.dumps(error))  # noqa: S301 - our own; some exceptions cannot be made again
        except Exception:  # noqa: BLE001
            return RuntimeError(f"{type(error).__name__}: {error}")
        return error


def _end_with_parent() -> None:
    """A driver that was killed cannot say so; a worker in the midst of a long batch would go on for minutes."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
