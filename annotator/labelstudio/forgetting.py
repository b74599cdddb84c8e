"""Taking an article out of a project for good: its tasks, with everything that people said of them."""

from __future__ import annotations

from typing import NamedTuple

from annotator.labelstudio import project as projects
from annotator.labelstudio.client import Client

_AT_ONCE = 500
"""Tasks that one request deletes."""


class InProject(NamedTuple):
    """What a project holds of an article."""

    project: int
    title: str
    tasks: tuple[int, ...]
    answers: int
    """Skips among them."""


def look(client: Client, project: str, article_id: str) -> InProject:
    """Return what a project holds of the article. Nothing is changed.

    Raises:
        UsageError: there is no such project.
    """
    found = projects.existing(client, project)
    listed = list(client.tasks_of_article(found.id, article_id))
    answers = sum((task.total_annotations or 0) + (task.cancelled_annotations or 0) for task in listed)
    return InProject(found.id, found.title, tuple(task.id for task in listed), answers)


def forget(client: Client, held: InProject) -> None:
    """Delete the tasks. What a kill leaves is found again by the next look."""
    for start in range(0, len(held.tasks), _AT_ONCE):
        client.delete_tasks(held.project, held.tasks[start : start + _AT_ONCE])
