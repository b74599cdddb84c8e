"""What a push would do, without doing any of it."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.labelstudio import project as projects
from annotator.labelstudio.client import Client, ServerTask
from annotator.labelstudio.push_changes import (
    no_longer_in_articles,
    outdated,
    say_no_longer_in_articles,
    say_outdated,
)
from annotator.labelstudio.push_options import PushOptions, PushReport
from annotator.labelstudio.selection import check_same_draw
from annotator.labelstudio.task_inventory import TaskInventory


def would_send(inventory: TaskInventory, project: str, client: Client, options: PushOptions) -> PushReport:
    """Compare the tasks with the project, where there is one, and report what would be sent."""
    target = client.find_project(project)
    copies: list[ServerTask] = []
    if target is None:
        options.say(f"would make the project {project!r}")
    else:
        projects.check_form(target, options.marks)
        copies = client.pushed_tasks(target.id)
        check_same_draw(copies, options.sample, where=options.where, say=options.say)
    stale, removable = outdated(copies, inventory), no_longer_in_articles(copies, inventory, options)
    if not options.update:
        say_outdated(stale, options)
    elif stale:
        options.say(f"would replace {_unanswered(stale)} by their new version")
    if not options.prune:
        say_no_longer_in_articles(removable, options)
    elif removable:
        options.say(f"would remove {_unanswered(removable)} that are no longer in these articles")
    replaced = {copy.unit_id for copy in stale if options.update and not copy.answered}
    already_there = len(inventory.units.keys() & {copy.unit_id for copy in copies} - replaced)
    return PushReport(
        project=target.id if target else 0,
        units=len(inventory.units),
        already_there=already_there,
        sent=len(inventory.units) - already_there,
        refused=len(inventory.refused),
        failures=tuple(inventory.refused),
        replaced=len(replaced),
        removed=sum(options.prune and not copy.answered for copy in removable),
        blind=inventory.blind(options.blind),
    )


def _unanswered(copies: Sequence[ServerTask]) -> str:
    answered = sum(copy.answered for copy in copies)
    return f"{len(copies) - answered} units, not {answered} with answers," if answered else f"{len(copies)} units"
