"""Inputs as they arrive: what an endless pipe has brought so far is worked on before the next article comes."""

from __future__ import annotations

import queue
from collections.abc import Iterable, Iterator
from itertools import islice
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

_AHEAD = 128
_PATIENCE = 0.2
"""Seconds after which what is there is handed out, and what is done is written, though nothing new came."""


def arriving(found: Iterable[T]) -> Iterator[T | None]:
    """Yield what is found, and None whenever nothing is there at the moment.

    Raises:
        BaseException: what finding raised.
    """
    arrived: queue.Queue[T | BaseException | None] = queue.Queue(maxsize=_AHEAD)
    Thread(target=_find, args=(found, arrived), daemon=True).start()
    while True:
        try:
            item = arrived.get_nowait()
        except queue.Empty:
            yield None
            try:
                item = arrived.get(timeout=_PATIENCE)
            except queue.Empty:
                continue
        if item is None:
            return
        if isinstance(item, BaseException):
            raise item
        yield item


def _find(found: Iterable[T], arrived: queue.Queue[T | BaseException | None]) -> None:
    try:
        for item in found:
            arrived.put(item)
    except BaseException as error:  # noqa: BLE001 - raised again where the inputs are worked on
        arrived.put(error)
    arrived.put(None)


def trial(found: Iterable[T], limit: int) -> Iterator[T]:
    """Yield the first inputs alone; no limit is 0."""
    return iter(found) if limit == 0 else islice(found, limit)
