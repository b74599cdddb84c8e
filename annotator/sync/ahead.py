"""Makes the next value of a stream while the last one is worked on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(stream: Iterable[T]) -> Iterator[T]:
    """Yield the stream's values; a thread makes one ahead, so that the server and we work at the same time."""
    end = object()
    values = iter(stream)
    with ThreadPoolExecutor(max_workers=1) as pool:
        coming = pool.submit(next, values, end)
        while (value := coming.result()) is not end:
            coming = pool.submit(next, values, end)
            yield value  # type: ignore[misc]
