"""How good suggestions are, as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from annotator.cli.console import printable, show, show_table

if TYPE_CHECKING:
    from rich.table import Table

    from annotator.prediction.evaluation import Measure, Measured

_PIPED_WIDTH = 200


def show_measured(groups: Mapping[str, Mapping[str, Measured]]) -> None:
    """Print a line for each predictor, under the title of its group."""
    table = _table("", ("macro-F1", "coverage", "right", "ECE"), ("suggested", "units", "articles"))
    for title, rows in groups.items():
        if title and rows:
            table.add_row(printable(title))
        for name, one in rows.items():
            error = "" if one.calibration_error is None else f"{one.calibration_error:.3f}"
            shares = map(cell, (one.macro_f1, one.coverage, one.right))
            counts = map(str, (one.given, one.units, one.articles))
            table.add_row(printable(f"  {name}" if title else name), *shares, error, *counts)
    show_table(table, piped_width=_PIPED_WIDTH)


def show_labels(measured: Mapping[str, Measured]) -> None:
    """Print how each label does with each predictor."""
    table = _table("", ("precision", "recall", "F1"), ("suggested", "units"))
    for name, one in measured.items():
        table.add_row(printable(name))
        for label, score in one.by_label.items():
            shares = map(cell, (score.precision, score.recall, score.f1))
            table.add_row(f"  {label}", *shares, str(score.given), str(score.units))
    show_table(table, piped_width=_PIPED_WIDTH)


def show_reliability(measured: Mapping[str, Measured]) -> None:
    """Print, for each tenth of scores, what they promise and how many are right."""
    table = _table("", ("mean score", "right"), ("suggested",))
    for name, one in measured.items():
        table.add_row(printable(name))
        for held in one.reliability:
            table.add_row("", f"{held.score:.3f}", f"{held.right:.3f}", str(held.units))
    show_table(table, piped_width=_PIPED_WIDTH)


def show_not_used(not_used: Mapping[str, int], seen: int, units: int) -> None:
    """Say which units took no part, and what leans to a suggestion."""
    if not_used:
        show("not used: " + ", ".join(f"{number} {reason}" for reason, number in sorted(not_used.items())))
    if seen:
        show(f"{seen} of {units} units were labelled in sight of a suggestion: their labels lean to it")


def cell(measure: Measure) -> str:
    """Return a share with its interval."""
    if measure.value is None:
        return "-"
    if measure.interval is None:
        return f"{measure.value:.3f}"
    low, high = measure.interval
    return f"{measure.value:.3f} [{low:.2f}, {high:.2f}]"


def _table(first: str, texts: Iterable[str], numbers: Iterable[str]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in (first, *texts):
        table.add_column(name, justify="left")
    for name in numbers:
        table.add_column(name, justify="right")
    return table
