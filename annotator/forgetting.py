"""Taking an article out everywhere, when its publisher asks: of runs, of projects, and of datasets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from annotator.dataset import forgetting as of_datasets
from annotator.errors import UsageError
from annotator.labelstudio import forgetting as of_projects
from annotator.labelstudio.client import Client
from annotator.preparation import forgetting as of_runs


@dataclass(frozen=True)
class Places:
    """Where to look."""

    runs: Sequence[Path] = ()
    projects: Sequence[str] = ()
    datasets: Sequence[Path] = ()


class Held(NamedTuple):
    """What one place holds of the article, or held."""

    place: str
    """run, project or dataset."""
    name: str
    units: int
    """Units, tasks or records."""
    answers: int = 0
    is_forgotten: bool = False
    """Whether the place knows that the article was taken out before."""


def look(article_id: str, places: Places, client: Client | None) -> list[Held]:
    """Return what each place holds. Nothing is changed.

    Raises:
        UsageError: one of the places is not what it is given for, or none of them has the article.
    """
    held = [*_looks(article_id, places, client)]
    if not any(one.units or one.is_forgotten for one in held):
        hint = "article_id stands in every line of answers, tasks and records"
        raise UsageError(f"nothing that was given holds article {article_id!r}", hint=hint)
    return held


def _looks(article_id: str, places: Places, client: Client | None) -> Iterator[Held]:
    for run in places.runs:
        in_run = of_runs.look(run, article_id)
        yield Held("run", str(run), in_run.units, is_forgotten=in_run.is_forgotten)
    for dataset in places.datasets:
        in_dataset = of_datasets.look(dataset, article_id)
        yield Held("dataset", str(dataset), in_dataset.records, in_dataset.answers, in_dataset.is_forgotten)
    if client:
        for project in places.projects:
            in_project = of_projects.look(client, project, article_id)
            yield Held("project", in_project.title, len(in_project.tasks), in_project.answers)


def forget(article_id: str, places: Places, client: Client | None, *, cache: Path) -> int:
    """Take the article out of each place; return how many translations the cache lost.

    Runs come first: once they know it, no start brings the article back. What a kill leaves, the same call finishes.

    Raises:
        UsageError: a place cannot be changed now, or is not as it was left.
    """
    cached = sum(of_runs.forget(run, article_id, cache=cache) for run in places.runs)
    if client:
        for project in places.projects:
            of_projects.forget(client, of_projects.look(client, project, article_id))
    for dataset in places.datasets:
        of_datasets.forget(dataset, article_id)
    return cached
