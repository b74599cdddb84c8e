"""Plots as inline SVG. Colours come from the page's style sheet, so that they follow light, dark and print."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import NamedTuple

from markupsafe import Markup

_WIDTH, _ROW, _NAME = 900, 26, 170
_NUMBER = 70
_BAR = _WIDTH - _NAME - _NUMBER
_CELL, _HEAD = 96, 110
_TICKS = 5
"""From 0 to 1."""
_FAINTEST = 0.06
"""Without it a cell with one pair of hundreds would look like an empty one."""


class _Box(NamedTuple):
    left: float
    top: float
    width: float
    height: float


class Interval(NamedTuple):
    """A row of a forest plot; without a value, `note` says why."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


def css_class(answer: str) -> str:
    """Return the style sheet's class of an answer or a status."""
    return answer.replace(" ", "-")


def stacked_bars(rows: Sequence[tuple[str, Mapping[str, float]]], order: Sequence[str], title: str) -> Markup:
    """Return one bar per row, cut in shares; the number of the row's total stands behind it."""
    return _figure(_WIDTH, len(rows) * _ROW + 4, title, _bars(rows, order))


def forest(rows: Sequence[Interval], title: str) -> Markup:
    """Return one value per row with its interval, on one axis that ends at 1."""
    lowest = min((row.low if row.low is not None else row.value or 0 for row in rows), default=0)
    below = math.ceil(-min(0.0, lowest) * _TICKS)
    return _figure(_WIDTH, len(rows) * _ROW + 30, title, _intervals(rows, below))


def heat_map(cells: Mapping[str, Mapping[str, int]], title: str) -> Markup:
    """Return a square of counts, each shaded by its share of its row."""
    names = list(cells)
    return _figure(_HEAD + _CELL * len(names), 40 + _CELL * len(names) // 2, title, _squares(cells, names))


def _figure(width: int, height: int, title: str, parts: Iterator[str]) -> Markup:
    figure = (
        f'<svg role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )
    return Markup(figure)  # noqa: S704 - every text in it was escaped where it was put in


def _bars(rows: Sequence[tuple[str, Mapping[str, float]]], order: Sequence[str]) -> Iterator[str]:
    for at, (name, parts) in enumerate(rows):
        top, total = at * _ROW + 2, sum(parts.values())
        yield _text(_NAME - 8, top + 15, name, "end")
        left = float(_NAME)
        for part in order:
            if number := parts.get(part, 0):
                width = _BAR * number / total
                tip = f"{name}: {part} {number:,.0f} of {total:,.0f} ({number / total:.0%})"
                yield _box(_Box(left, top, width, _ROW - 6), css_class(part), tip)
                left += width
        yield _text(_NAME + _BAR + 8, top + 15, f"{total:,.0f}", "start")


def _intervals(rows: Sequence[Interval], below: int) -> Iterator[str]:
    """Draw from as many ticks below zero up to 1."""
    least = -below / _TICKS

    def place(value: float) -> float:
        return _NAME + _BAR * (value - least) / (1 - least)

    bottom = len(rows) * _ROW + 4
    for tick in range(-below, _TICKS + 1):
        value = tick / _TICKS
        yield f'<line class="grid" x1="{place(value):.1f}" x2="{place(value):.1f}" y1="0" y2="{bottom}"/>'
        yield _text(place(value), bottom + 16, f"{value:.1f}", "middle")
    for at, row in enumerate(rows):
        middle = at * _ROW + 14
        yield _text(_NAME - 8, middle + 4, row.name, "end")
        if row.value is None:
            yield _text(_NAME + 8, middle + 4, row.note, "start", "quiet")
            continue
        if row.low is not None and row.high is not None:
            ends = f'x1="{place(row.low):.1f}" x2="{place(row.high):.1f}" y1="{middle}" y2="{middle}"'
            yield f'<line class="interval" {ends}/>'
        tip = f"{row.name}: {row.value:.3f} {row.note}"
        dot = f'<circle class="value" cx="{place(row.value):.1f}" cy="{middle}" r="5">'
        yield f"{dot}<title>{escape(tip)}</title></circle>"
        yield _text(_NAME + _BAR + 8, middle + 4, f"{row.value:.2f}", "start")


def _squares(cells: Mapping[str, Mapping[str, int]], names: Sequence[str]) -> Iterator[str]:
    height = _CELL // 2
    for at, name in enumerate(names):
        yield _text(_HEAD + at * _CELL + _CELL / 2, 22, name, "middle")
    for down, row in enumerate(names):
        total = sum(cells[row].values())
        top = 34 + down * height
        yield _text(_HEAD - 8, top + height / 2 + 4, row, "end")
        for across, column in enumerate(names):
            number, left = cells[row][column], _HEAD + across * _CELL
            share = number / total if total else 0
            tip = f"{row} and {column}: {number:,} pairs, {share:.0%} of the row"
            kind = "agree" if row == column else "differ"
            yield _box(_Box(left, top, _CELL - 3, height - 3), kind, tip, opacity=max(_FAINTEST, share))
            yield _text(left + _CELL / 2, top + height / 2 + 4, f"{number:,}", "middle")


def _box(box: _Box, kind: str, tip: str, opacity: float = 1) -> str:
    place = f'x="{box.left:.1f}" y="{box.top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
    faded = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
    return f'<rect class="{kind}" {place}{faded}><title>{escape(tip)}</title></rect>'


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
