"""Models that are fetched: how far a download is, and whether to begin one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from annotator.cli.console import say

if TYPE_CHECKING:
    from annotator.preparation import Job
    from annotator.settings import Settings

Offline = Annotated[
    bool, typer.Option("--offline", help="Fetch no translation model. ANNOTATOR_OFFLINE=1 says the same.")
]


@contextmanager
def download_progress() -> Iterator[Callable[[int, int | None], None]]:
    """Give a function that draws how far a download is, on stderr; nothing stands there before it begins."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task("", total=None, visible=False)
        yield lambda done, total: bars.update(bar, completed=done, total=total, visible=True)


def fetch_model(settings: Settings, source: str = "fr", target: str = "en") -> None:
    """Fetch the model of a pair that only a rougher engine serves, if there is a network. It never fails."""
    from annotator.translation import better_model

    if not settings.offline and better_model.is_wanted(source, target, settings):
        with download_progress() as progress:
            better_model.fetch(source, target, settings, progress=progress, say=say)


def offer_model(job: Job) -> None:
    """Ask once, on a terminal, whether to fetch a model for the first article's language, where nothing serves it."""
    from annotator import preparation

    if job.settings.offline or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    source, target = preparation.unserved_pair(job)
    if source and typer.confirm(f"nothing here translates {source} to {target}: fetch a model?", err=True):
        fetch_model(job.settings, source, target)
