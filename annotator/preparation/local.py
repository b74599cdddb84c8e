"""This machine: in this process, or in several that each load their models once and may die without loss."""

from __future__ import annotations

import os
import pickle
import queue
import signal
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any, Generic, TypeVar

from annotator.preparation.crew import Crew, Worker, WorkerDiedError
from annotator.system import without_interrupts

T = TypeVar("T")
R = TypeVar("R")

Work = Callable[[Sequence[T]], list[R]]

# Spawned, not forked: translation engines do not survive a fork (https://github.com/OpenNMT/CTranslate2/issues/1414).
_CONTEXT = get_context("spawn")
_READY: tuple[()] = ()
_SECONDS_TO_END = 5
"""After them a process that hangs is killed: nothing of it is needed any more."""
BATCHES_PER_WORKER = 1_000
"""Starting a process takes 2 s, so many batches 20 minutes."""


@dataclass(frozen=True)
class LocalRunner:
    """Runs batches one after the other in this process, or in `workers` processes.

    With `isolated` even a single worker is a process of its own, so that an article that kills it kills nothing else.
    """

    workers: int = 1
    isolated: bool = False
    batches_per_worker: int = BATCHES_PER_WORKER
    name: str = "local"
    version: str = "1"

    @property
    def has_processes(self) -> bool:
        """Whether batches are worked on in other processes than this one."""
        return self.workers > 1 or self.isolated

    def run(
        self, batches: Iterable[Sequence[T]], work: Work[T, R], *, lost: Callable[[T, str], R]
    ) -> Generator[list[R], None, None]:
        """Yield `work(batch)` for every batch, in order. In other processes `work` and what it returns are pickled.

        A worker that dies takes nothing with it: its batch is tried again one by one in fresh processes, and what ends
        its process alone too becomes `lost(item, how the process ended)`.

        Raises:
            AnnotatorError: no worker can start.
            Exception: what `work` itself raised.
        """
        if not self.has_processes:
            yield from map(work, batches)
            return
        crew: Crew[T, R] = Crew(_Processes(self.workers, self.batches_per_worker, work, lost))
        with closing(crew):
            yield from crew.run(batches)


@dataclass(frozen=True)
class _Processes(Generic[T, R]):
    workers: int
    batches_per_worker: int
    work: Work[T, R]
    lost: Callable[[T, str], R]
    tries: int = 1

    def start(self) -> _Process[T, R]:
        return _Process(self.work)

    def answered(self, workers: Sequence[Worker[T, R]]) -> list[Worker[T, R]]:
        by_connection: dict[object, Worker[T, R]] = {
            worker.connection: worker for worker in workers if isinstance(worker, _Process)
        }
        asked = [worker.connection for worker in workers if isinstance(worker, _Process)]
        return [by_connection[end] for end in connection.wait(asked)]


class _Process(Generic[T, R]):
    def __init__(self, work: Work[T, R]) -> None:
        self.connection, worker_end = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(worker_end, work), daemon=True)
        with without_interrupts():  # a worker that is only starting would print a traceback
            self._process.start()
        worker_end.close()  # or the end of the worker would never be noticed

    def ask(self, batch: Sequence[T]) -> None:
        with suppress(OSError):  # it is gone, which `answer` tells
            self.connection.send(batch)

    def answer(self) -> Sequence[R]:
        try:
            answer: Sequence[R] | Exception = self.connection.recv()
        except (EOFError, OSError) as error:
            raise WorkerDiedError(self._end()) from error
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
        self.connection.close()
        self._process.terminate()
        self._process.join(_SECONDS_TO_END)
        self._process.kill()
        self._process.join()


def _serve(ours: Connection, work: Work[Any, Any]) -> None:
    """The life of a worker: batches in, outcomes out, until the driver closes the connection or is gone."""
    Thread(target=_end_with_parent, daemon=True).start()
    batches: queue.SimpleQueue[Sequence[Any] | None] = queue.SimpleQueue()
    # The driver may send a batch while an answer larger than the pipe is on its way: neither waits for the other.
    Thread(target=_receive, args=(ours, batches), daemon=True).start()
    with suppress(ConnectionError):
        ours.send(_READY)
        while (batch := batches.get()) is not None:
            ours.send(attempt(work, batch))


def _receive(ours: Connection, batches: queue.SimpleQueue[Sequence[Any] | None]) -> None:
    with suppress(EOFError, OSError):
        while True:
            batches.put(ours.recv())
    batches.put(None)


def attempt(work: Work[Any, Any], batch: Sequence[Any]) -> object:
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
