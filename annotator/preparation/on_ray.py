"""Ray: the same batches on the machines of a cluster, each worker an actor that loads its models once."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from annotator.environments import install_command
from annotator.errors import UsageError
from annotator.preparation.crew import Crew, Worker, WorkerDiedError
from annotator.preparation.local import BATCHES_PER_WORKER, Work, attempt

T = TypeVar("T")
R = TypeVar("R")

_TRIES = 3
"""A machine of a cluster may go at any time, which is not the fault of the article that it worked on."""
_READY: tuple[()] = ()


@dataclass(frozen=True)
class RayRunner:
    """Runs batches in `workers` actors of a Ray cluster, or of a Ray that is started here when there is no address."""

    workers: int = 0
    """As many as the cluster has cores where no number is given."""
    address: str = ""
    threads: int = 1
    """Processor cores that each worker asks the cluster for."""
    batches_per_worker: int = BATCHES_PER_WORKER
    name: str = "ray"
    version: str = "1"
    has_processes: bool = True

    def run(
        self, batches: Iterable[Sequence[T]], work: Work[T, R], *, lost: Callable[[T, str], R]
    ) -> Generator[list[R], None, None]:
        """Yield `work(batch)` for every batch, in order; the driver alone writes, so no machine needs the files.

        Raises:
            UsageError: Ray is not installed, or no cluster is at the address.
            AnnotatorError: no worker can start.
            Exception: what `work` itself raised.
        """
        with _connected(self.address, self.workers * self.threads) as ray:
            workers = self.workers or max(1, int(ray.cluster_resources().get("CPU", 1)) // self.threads)
            crew: Crew[T, R] = Crew(_Actors(ray, replace(self, workers=workers), work, lost))
            try:
                yield from crew.run(batches)
            finally:
                crew.close()


@contextmanager
def _connected(address: str, cores: int) -> Iterator[Any]:
    """Connect to a cluster, or start one of this machine alone that ends with the run. It talks to nobody."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if not address:
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # else it listens to the network
    try:
        import ray
    except ImportError as error:
        raise UsageError("--runner ray needs the package ray", hint=install_command("ray")) from error
    own: dict[str, Any] = {} if address else {"num_cpus": cores or None, "include_dashboard": False}
    try:
        ray.init(address or "local", log_to_driver=False, logging_level=logging.ERROR, **own)
    except (ConnectionError, RuntimeError, ValueError) as error:
        first = str(error).partition("\n")[0]
        message = f"no Ray cluster answers at {address!r}: {first}" if address else f"Ray does not start: {first}"
        hint = "ray start --head, or leave --address away" if address else "annotator prepare without --runner"
        raise UsageError(message, hint=hint) from error
    try:
        # It prints what happens in the cluster to standard output, where tasks may stand.
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
            yield ray
    finally:
        ray.shutdown()


class _Actors(Generic[T, R]):
    tries = _TRIES

    def __init__(self, ray: Any, runner: RayRunner, work: Work[T, R], lost: Callable[[T, str], R]) -> None:  # noqa: ANN401
        self.workers = runner.workers
        self.batches_per_worker = runner.batches_per_worker
        self.lost = lost
        self._ray = ray
        self._work = ray.put(work)
        # Where a cluster has fewer cores than workers, those that fit do all of it.
        self._actor = ray.remote(num_cpus=runner.threads, max_restarts=0, max_task_retries=0)(_Attempts)

    def start(self) -> _Actor[T, R]:
        return _Actor(self._ray, self._actor.remote(self._work))

    def answered(self, workers: Sequence[Worker[T, R]]) -> list[Worker[T, R]]:
        by_answer = {worker.asked[0]: worker for worker in workers if isinstance(worker, _Actor)}
        ready, _waiting = self._ray.wait(list(by_answer), num_returns=1, fetch_local=False)
        return [by_answer[answer] for answer in ready]


class _Attempts:
    """What runs on the machines of the cluster."""

    def __init__(self, work: Work[Any, Any]) -> None:
        self._work = work

    def ready(self) -> tuple[()]:
        return _READY

    def attempt(self, batch: Sequence[Any]) -> object:
        return attempt(self._work, batch)


class _Actor(Generic[T, R]):
    def __init__(self, ray: Any, handle: Any) -> None:  # noqa: ANN401 - Ray's own
        self._ray = ray
        self._handle = handle
        self.asked: deque[Any] = deque([handle.ready.remote()])

    def ask(self, batch: Sequence[T]) -> None:
        self.asked.append(self._handle.attempt.remote(batch))

    def answer(self) -> Sequence[R]:
        from ray.exceptions import RayError

        try:
            answer: Sequence[R] | Exception = self._ray.get(self.asked.popleft())
        except RayError as error:
            raise WorkerDiedError(_cause(error)) from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        with suppress(Exception):  # it is gone
            self._ray.kill(self._handle)


def _cause(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else ''}"
