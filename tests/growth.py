"""How the cost of a step grows with its input: a guard against quadratic steps that holds on a busy machine."""

from __future__ import annotations

import time
from collections.abc import Callable

LINEAR = 6.0
"""What four times the input may cost: a linear step takes 4 times as much, a quadratic one 16 times."""

_TURNS = 5
_LEAST = 0.001


def growth(work: Callable[[str], object], text: Callable[[int], str], length: int) -> float:
    """Return how many times the CPU time of a text of `length` one of four times that takes.

    What else the machine does lengthens single turns: up to five are made until one is `LINEAR`. Less than a
    millisecond counts as a millisecond.
    """
    ratios: list[float] = []
    while not ratios or (min(ratios) > LINEAR and len(ratios) < _TURNS):
        small, large = _seconds(work, text(length)), _seconds(work, text(4 * length))
        ratios.append(large / max(small, _LEAST))
    return min(ratios)


def _seconds(work: Callable[[str], object], text: str) -> float:
    started = time.thread_time()
    work(text)
    return time.thread_time() - started
