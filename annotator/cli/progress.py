"""How far a long command is: a bar on a terminal, a line now and then in a file, every event in a log."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.cli.console import say

if TYPE_CHECKING:
    from annotator.preparation import PreparationReport

Tell = Callable[[str, Mapping[str, object]], object]
Follow = Callable[["PreparationReport"], None]
_SECONDS_BETWEEN_LINES = 30.0
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


@contextmanager
def event_log(path: Path | None, *, verbose: bool) -> Iterator[Tell]:
    """Give a function that writes what happens as a line of JSON with its time, and says each article if asked to."""
    stream = path.open("a", encoding="utf-8", newline="\n") if path else None

    def tell(event: str, details: Mapping[str, object]) -> None:
        if stream:
            line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **details}
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
            stream.flush()
        if verbose and event == "article":
            say(f"{details['source']}: {details['article_id']}: {details['units']} units")

    try:
        yield tell
    finally:
        if stream:
            stream.close()


@contextmanager
def following(*, quiet: bool) -> Iterator[Follow]:
    """Give a function that shows how many articles and units are done, how fast, and how long the rest will take."""
    if quiet:
        yield lambda _report: None
    elif sys.stderr.isatty():
        with _bar() as follow:
            yield follow
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Follow]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("0 articles", total=None)

        def follow(report: PreparationReport) -> None:
            progress.update(bar, description=state(report), completed=report.size, total=report.total or None)

        yield follow


def _lines() -> Follow:
    last = time.monotonic()

    def follow(report: PreparationReport) -> None:
        nonlocal last
        if time.monotonic() - last >= _SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            say(state(report))

    return follow


def state(report: PreparationReport) -> str:
    """Return how far a run is, on one line."""
    parts = [f"{report.articles:,} articles, {report.units:,} units"]
    if report.new_articles and report.seconds:
        parts.append(f"{report.new_articles / report.seconds:,.1f} articles/s")
    if report.total and report.new_size:
        parts.append(f"{duration(report.seconds * (report.total - report.size) / report.new_size)} left")
    return ", ".join(parts)


def trial_estimate(report: PreparationReport) -> str:
    """Return what the rest of a trial would take, measured on the trial; nothing where there is no rest."""
    if not report.rest or not report.new_articles:
        return ""
    articles = report.new_articles
    time_needed = duration(report.rest * report.seconds / articles)
    megabytes = report.rest * report.new_bytes / articles / 1e6
    return f"{report.rest:,} more would take about {time_needed} and {megabytes:,.0f} MB at the rate of this trial"


def duration(seconds: float) -> str:
    """Return a time in words that people use: 40 s, 12 min, 3 h 05 min, 2 days 4 h."""
    whole = max(0, round(seconds))
    if whole < 2 * _MINUTE:
        return f"{whole} s"
    if whole < 2 * _HOUR:
        return f"{round(whole / _MINUTE)} min"
    if whole < 2 * _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min"
    return f"{whole // _DAY} days {whole % _DAY // _HOUR} h"
