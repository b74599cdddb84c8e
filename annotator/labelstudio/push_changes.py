"""What stands in a project otherwise than in the tasks: units with a newer version, and units that articles lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from annotator.labelstudio.client import ServerTask
from annotator.labelstudio.delivery import Copies, Delivery
from annotator.labelstudio.push_options import PushOptions
from annotator.labelstudio.task_inventory import TaskInventory


def flat(copies: Copies) -> Iterator[ServerTask]:
    """Yield every copy."""
    return (copy for several in copies.values() for copy in several)


def outdated(copies: Iterable[ServerTask], inventory: TaskInventory) -> list[ServerTask]:
    """Return the copies that show something else than the tasks.

    A copy without a digest was sent by a version of this tool that made none: nobody can tell whether it does.
    """
    return [
        copy
        for copy in copies
        if copy.content and (unit := inventory.units.get(copy.unit_id)) and unit.content != copy.content
    ]


def without_outdated(
    copies: Copies, inventory: TaskInventory, delivery: Delivery, options: PushOptions
) -> tuple[Copies, int]:
    """Say which units show something else than the tasks; with `update`, delete those that nobody has answered.

    Return the copies that remain, and how many were deleted.
    """
    found = outdated(flat(copies), inventory)
    if not found or not options.update:
        say_outdated(found, options)
        return copies, 0
    removed = delivery.delete([copy.task for copy in found if not copy.answered])
    options.say(f"{removed} units replaced by their new version, {len(found) - removed} kept with their answers")
    if not removed:
        return copies, 0
    copies = delivery.listing()
    delivery.expect(copies)
    return copies, removed


def no_longer_in_articles(
    copies: Iterable[ServerTask], inventory: TaskInventory, options: PushOptions
) -> list[ServerTask]:
    """Return units of the same articles that the run no longer has: the article was corrected.

    Of a selection of units nobody can tell.
    """
    if options.where or options.sample:
        return []
    refused = {failure.unit_id for failure in inventory.refused}
    return [
        copy
        for copy in copies
        if copy.unit_id not in inventory.units
        and copy.unit_id not in refused
        and _article(copy.unit_id) in inventory.article_ids
    ]


def prune(removable: Sequence[ServerTask], delivery: Delivery, options: PushOptions) -> int:
    """Delete those that nobody has answered, if that is asked for; return how many went."""
    if not removable or not options.prune:
        say_no_longer_in_articles(removable, options)
        return 0
    removed = delivery.delete([copy.task for copy in removable if not copy.answered])
    kept = len(removable) - removed
    options.say(f"{removed} units that are no longer in these articles removed, {kept} kept with their answers")
    return removed


def say_outdated(copies: Sequence[ServerTask], options: PushOptions) -> None:
    """Say how many units show an older version."""
    if copies:
        message = "units in the project show an older version; --update replaces the unanswered ones"
        options.say(f"{len(copies)} {message}")


def say_no_longer_in_articles(removable: Sequence[ServerTask], options: PushOptions) -> None:
    """Say how many units the articles lost."""
    if removable:
        message = "units in the project are no longer in these articles; --prune deletes the unanswered ones"
        options.say(f"{len(removable)} {message}")


def _article(unit_id: str) -> str:
    return unit_id.rpartition(":")[0]
