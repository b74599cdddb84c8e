"""Sends batches so that every unit arrives once, whatever happens on the way.

One import request is atomic on the server, and its answer may be lost although it was stored. So after every doubt
the server is asked what it has, and given time to finish, before anything is sent again. What arrives later still
is found by the next listing, which keeps one copy of each unit: an answered one before an unanswered one, then
the lowest task id, so that two machines choose the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_before_delay

from annotator.labelstudio.client import Client, ServerTask
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.refusals import BusyError, DoubtError, InvalidRequestError
from annotator.labelstudio.task_inventory import PackedTask
from annotator.models import Failure

Copies = dict[str, list[ServerTask]]
T = TypeVar("T")

_REPORTED_AT = 2
"""The failed attempt from which people read of it: a hiccup is nothing to read about."""
_CRASHES = 2
"""How often a server may fail on the same rows before they are taken for the cause, and halved."""
_AFTER_CRASH = 2.0
"""A 500 is the server's own answer: its transaction is already rolled back."""
_BROKEN_AFTER = 5
"""Rows refused one after another for a crash: one poisoned row is likely, six are a broken server."""
_LONGEST_PAUSE = 3.0
"""Seconds between two questions whether a batch has arrived, once the first have found nothing."""
_LONGEST_BACK_OFF = 30.0
"""Seconds between two attempts: ten of them fit into the default patience."""


@dataclass(frozen=True)
class Pace:
    """How long to wait, in seconds, and how much to send at once."""

    batch_units: int = 1_000
    """Of 10,000 tasks the server took 238 a second by 1,000 and 174 by 500; larger ones cost it memory."""
    batch_bytes: int = 8_000_000
    """Bounds what long units take in memory; the server's own limit for a request is 250 MB. With whole articles the
    server took a fifth fewer units by 4 MB."""
    late: float = 20
    """How long a request whose answer was lost may still be at work on the server."""
    patience: float = 300
    """How long to try again when nobody answers."""
    first_wait: float = 0.5


DEFAULT_PACE = Pace()


@dataclass
class Delivery:
    """One push into one project."""

    client: Client
    notes: PushNotes
    project: int
    source: str
    pace: Pace = DEFAULT_PACE
    say: Callable[[str], None] = lambda _line: None
    foreign: int = 0
    """How many tasks that are not ours the last listing saw."""
    expected: int = 0
    """How many tasks the project had before anything was sent, by that listing: a count a moment later would take in
    what another machine sends meanwhile, and hide as many copies."""
    sent: int = 0
    made: dict[str, int] = field(default_factory=dict)
    """Units that were sent, and the task that each became."""
    doubtful: set[str] = field(default_factory=set)
    """Units that may have been sent twice."""
    in_doubt: bool = False
    doubtful_until: float = 0
    """When a request that was given up and sent again can no longer arrive as well (monotonic seconds)."""
    refused_in_a_row: int = 0
    refused: list[Failure] = field(default_factory=list)

    @property
    def target(self) -> str:
        """The server and the project, as the notes and their locks call them."""
        return f"{self.client.url} {self.project}"

    def listing(self) -> Copies:
        """Ask the server for everything it has of ours."""
        ours, self.foreign = self._patiently(lambda: self.client.pushed_and_other_tasks(self.project))
        return _grouped(ours)

    def expect(self, copies: Copies, *, removed: int = 0) -> None:
        """Take the last listing, less what was removed since, for what is there before anything is sent."""
        self.expected = self.foreign + sum(map(len, copies.values())) - removed

    def count(self) -> int:
        """Ask the server how many tasks the project has: much cheaper than a listing."""
        return self._patiently(lambda: self.client.project(self.project).tasks)

    def listing_after_doubt(self) -> Copies:
        """List once nothing that was given up can still arrive."""
        time.sleep(max(0.0, self.doubtful_until - time.monotonic()))
        return self.listing()

    def await_earlier(self, copies: Copies) -> Copies:
        """Wait for what an earlier push that died had on its way, and return the listing after that."""
        in_flight = self.notes.in_flight(self.target)
        missing = {unit_id: when for unit_id, when in in_flight.items() if unit_id not in copies}
        if missing:
            self.in_doubt = True
            self._await(list(missing), until=max(missing.values()) + self.pace.late - time.time())
            copies = self.listing()
        self.notes.confirm(self.target, in_flight)
        return copies

    def send(self, batch: Sequence[PackedTask]) -> None:
        """Send a batch. A row that the server refuses is found by halving; the others go in."""
        unit_ids = [row.unit_id for row in batch]
        self.notes.note(self.target, unit_ids)
        try:
            self._send_until_answered(batch)
        except InvalidRequestError as error:
            if len(batch) == 1:
                self._refuse(batch[0], error)
            else:
                middle = len(batch) // 2
                self.send(batch[:middle])
                self.send(batch[middle:])
        else:
            self.refused_in_a_row = 0
        self.notes.confirm(self.target, unit_ids)

    def send_absent(self, unit_ids: Iterable[str], packed: Callable[[str], PackedTask]) -> list[str]:
        """Send the units that a small project does not have, each once whatever happens on the way; return which."""
        with self.notes.exclusive(self.target):
            copies = self.await_earlier(self.listing())
            self.remove_extras(copies)
            absent = [unit_id for unit_id in unit_ids if unit_id not in copies]
            for batch in batches(map(packed, absent), self.pace):
                self.send(batch)
            if self.in_doubt:
                self.remove_extras(self.listing_after_doubt())
        return absent

    def remove_extras(self, copies: Copies) -> int:
        """Delete all but one copy of each unit, never one that somebody worked on. Return how many went."""
        extras = [copy.task for several in copies.values() for copy in _extras(several)]
        return self.delete(extras)

    def sent_by_others(self, copies: Copies) -> int:
        """Return of how many units that were sent the copy that stays is another machine's."""
        sure = self.made.keys() & copies.keys() - self.doubtful
        stay = {unit_id: _best(copies[unit_id]).task for unit_id in sure}
        return sum(task != self.made[unit_id] for unit_id, task in stay.items())

    def delete(self, task_ids: Sequence[int]) -> int:
        """Delete tasks, except those with an unsubmitted answer. Return how many went."""
        if not task_ids:
            return 0
        drafts = self._patiently(lambda: self.client.tasks_with_drafts(self.project))
        deletable = [task for task in task_ids if task not in drafts]
        for start in range(0, len(deletable), self.pace.batch_units):
            self._patiently(
                partial(self.client.delete_tasks, self.project, deletable[start : start + self.pace.batch_units])
            )
        return len(deletable)

    def _send_until_answered(self, batch: Sequence[PackedTask]) -> None:
        rest = list(batch)
        crashes = 0
        for attempt in self._attempts():
            with attempt:
                try:
                    tasks = self.client.import_tasks(self.project, [row.json for row in rest])
                except DoubtError as error:
                    rest = self._settle(rest, crashed=error.crashed)
                    crashes += error.crashed
                    if rest and crashes == _CRASHES:
                        raise InvalidRequestError(error.message, hint=error.hint) from error
                    if rest:
                        raise
                else:
                    self.sent += len(rest)
                    self.made |= zip((row.unit_id for row in rest), tasks, strict=False)

    def _settle(self, batch: Sequence[PackedTask], *, crashed: bool) -> list[PackedTask]:
        """After a doubt: wait, and return what has to be sent again."""
        self.in_doubt = True
        self.doubtful |= {row.unit_id for row in batch}
        late = min(self.pace.late, _AFTER_CRASH) if crashed else self.pace.late
        arrived = self._await([row.unit_id for row in batch], until=late)
        missing = [row for row in batch if row.unit_id not in arrived]
        self.sent += len(batch) - len(missing)
        if missing and not crashed:
            self.doubtful_until = time.monotonic() + self.pace.late
        return missing

    def _await(self, unit_ids: Sequence[str], *, until: float) -> set[str]:
        """Return which units the server has, after waiting up to `until` seconds for all of them."""
        deadline = time.monotonic() + until
        pause = self.pace.first_wait
        while True:
            copies = self._patiently(lambda: list(self.client.tasks_of_units(self.project, unit_ids)))
            arrived = {copy.unit_id for copy in copies}
            if len(arrived) == len(set(unit_ids)) or time.monotonic() >= deadline:
                return arrived
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def _patiently(self, ask: Callable[[], T]) -> T:
        """Ask something that can be asked twice, until it is answered."""
        return self._attempts()(ask)

    def _attempts(self) -> Retrying:
        return Retrying(
            retry=retry_if_exception_type((BusyError, DoubtError)),
            wait=self._pause,
            stop=stop_before_delay(self.pace.patience),  # a server may ask to come back tomorrow
            before_sleep=self._report,
            reraise=True,
        )

    def _report(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if state.attempt_number == _REPORTED_AT and isinstance(error, BusyError | DoubtError):
            self.say(f"{error.message}; trying again for up to {self.pace.patience:.0f} s")

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        retry_after = error.retry_after if isinstance(error, BusyError) else 0.0
        doubling = self.pace.first_wait * 2.0 ** (state.attempt_number - 1)
        return max(retry_after, min(doubling, _LONGEST_BACK_OFF))

    def _refuse(self, row: PackedTask, error: InvalidRequestError) -> None:
        """A server that refuses row after row is itself broken; going on would refuse everything."""
        self.refused_in_a_row += 1
        if isinstance(error.__cause__, DoubtError) and self.refused_in_a_row > _BROKEN_AFTER:
            raise error.__cause__
        self.refused.append(self._failure(row, error))

    def _failure(self, row: PackedTask, error: InvalidRequestError) -> Failure:
        return Failure(
            step="push",
            source=self.source,
            article_id=row.article_id,
            unit_id=row.unit_id,
            reason="refused",
            message=error.message,
        )


def batches(rows: Iterable[PackedTask], pace: Pace) -> Iterator[list[PackedTask]]:
    """Cut rows into batches by number and by bytes."""
    batch: list[PackedTask] = []
    size = 0
    for row in rows:
        if batch and (len(batch) >= pace.batch_units or size + len(row.json) > pace.batch_bytes):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += len(row.json)
    if batch:
        yield batch


def _grouped(copies: Iterable[ServerTask]) -> Copies:
    grouped: Copies = {}
    for copy in copies:
        grouped.setdefault(copy.unit_id, []).append(copy)
    return grouped


def _best(copies: Sequence[ServerTask]) -> ServerTask:
    return min(copies, key=lambda copy: (not copy.answered, copy.task))


def _extras(copies: Sequence[ServerTask]) -> list[ServerTask]:
    best = _best(copies)
    return [copy for copy in copies if copy is not best and not copy.answered]


def prefetched(stream: Iterable[T]) -> Iterator[T]:
    """Yield the stream's values; a thread makes one ahead, so that the server and we work at the same time."""
    end = object()
    values = iter(stream)
    with ThreadPoolExecutor(max_workers=1) as pool:
        coming = pool.submit(next, values, end)
        while (value := coming.result()) is not end:
            coming = pool.submit(next, values, end)
            yield value  # type: ignore[misc]
