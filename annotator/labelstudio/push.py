"""Tasks into a project: each unit once, whatever was there before and whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace

from annotator.errors import ServerError, UsageError
from annotator.labelstudio import form, gold
from annotator.labelstudio import project as projects
from annotator.labelstudio.client import Client, Project, labelling_address
from annotator.labelstudio.delivery import Copies, Delivery, batches, prefetched
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.push_changes import flat, no_longer_in_articles, prune, without_outdated
from annotator.labelstudio.push_options import PushOptions, PushReport
from annotator.labelstudio.push_preview import would_send
from annotator.labelstudio.selection import check_same_draw, selection
from annotator.labelstudio.shown import for_screen
from annotator.labelstudio.task_inventory import TaskInventory, inspect_tasks
from annotator.labelstudio.task_source import TaskFile
from annotator.models import Failure, Task

__all__ = ["PushOptions", "PushReport", "push_tasks"]

_DEFAULTS = PushOptions()
_ROUNDS = 3
"""How often to compare with the server and send again. One round heals what a fault left; that units go missing after
three is somebody deleting them, which a fourth would not outrun."""


def push_tasks(
    tasks: Iterable[Task | Failure],
    *,
    project: str,
    client: Client,
    notes: PushNotes,
    options: PushOptions = _DEFAULTS,
) -> PushReport:
    """Send the tasks that the project does not have. A second push sends nothing.

    `tasks` is read to its end, once or for a sample twice, and checked against the form before the first byte leaves.

    Raises:
        UsageError: the project's title or form, the condition or the sample does not fit. Nothing was sent.
        ServerError: the server is gone or broken. What was sent is not sent again by the next push.
    """
    project = projects.checked_name(project)
    selected = selection(options.where, options.sample, options.say)
    if options.prune and (options.where or options.sample):
        hint = "prune in a push of all units, without --where and --sample"
        raise UsageError("--prune with --where or --sample would delete the units that these leave out", hint=hint)
    with closing(inspect_tasks(selected.of(tasks), blind=options.blind)) as inventory:
        if not inventory.units and not selected.left_out_by_where:
            raise _no_task(inventory.refused, tasks.name if isinstance(tasks, TaskFile) else "")
        inventory.pages = tasks.pages if isinstance(tasks, TaskFile) else None
        _mix_in_gold(inventory, options)
        send = _push if inventory.units else _send_nothing
        report = send(inventory, project=project, client=client, notes=notes, options=options)
        return replace(report, left_out=selected.counts(), gold=len(inventory.gold))


def _mix_in_gold(inventory: TaskInventory, options: PushOptions) -> None:
    if not options.gold:
        return
    wanted = inventory.mix_in(options.gold, share=gold.checked_share(options.gold_share), blind=options.blind)
    found = len(inventory.gold)
    fewer = f", {wanted - found} fewer than asked for: there are no more" if found < wanted else ""
    options.say(f"{found} units with a known answer are among them{fewer}")


def _push(
    inventory: TaskInventory, *, project: str, client: Client, notes: PushNotes, options: PushOptions
) -> PushReport:
    if options.dry_run:
        return would_send(inventory, project, client, options)
    while True:
        with notes.exclusive(f"{client.url} {project}"):
            target, is_new = _open(client, project, options)
        language = options.interface or form.language_of(target.config)
        options = replace(options, preselect=options.preselect or target.preselect, interface=language)
        delivery = Delivery(client, notes, target.id, source=project, pace=options.pace, say=options.say)
        with notes.exclusive(delivery.target):
            report = _send_missing(inventory, target, delivery, options)
        if not is_new or not _give_way(client, target, options):
            return report


def _give_way(client: Client, created: Project, options: PushOptions) -> int:
    """Return the id of the project of this title that another machine created first, and delete ours; 0 for none.

    Titles are not unique on the server, and it lists a new project a moment after it has numbered it, so that two
    machines may miss each other's. Ours stays where somebody has answered in it already.
    """
    first = min(client.titled(created.title), default=created.id)
    if first >= created.id or any(copy.answered for copy in client.pushed_tasks(created.id)):
        return 0
    options.say(f"another machine made project {first} of this title first: {created.id} is deleted, {first} is used")
    client.delete_project(created.id)
    return first


def _send_nothing(
    inventory: TaskInventory, *, project: str, client: Client, notes: PushNotes, options: PushOptions
) -> PushReport:
    """A condition that no unit fulfils, as in a loop over languages: nothing is sent, and no project made."""
    del notes
    options.say(f"no unit fulfils --where {options.where}: nothing to send")
    target, refused = client.find_project(project), tuple(inventory.refused)
    number = target.id if target else 0
    return PushReport(number, units=0, already_there=0, sent=0, refused=len(refused), failures=refused)


def _no_task(refused: Sequence[Failure], name: str) -> UsageError:
    if not refused:
        place = {"": "", "-": "standard input: "}.get(name, f"{name}: ")
        return UsageError(
            f"{place}there is no task in it", hint="annotator prepare INPUT... --out RUN makes tasks of articles"
        )
    first = refused[0]
    place = f"{first.source}:{first.line}" if first.line else first.source
    return UsageError(f"none of the {len(refused)} rows is a task; {place}: {first.message}", hint=first.hint)


def _open(client: Client, project: str, options: PushOptions) -> tuple[Project, bool]:
    """Return the project, and whether it was created for this push."""
    existing = client.find_project(project)
    if existing is None:
        created = projects.create(client, project, options)
        if first := _give_way(client, created, options):
            return client.project(first), False
        options.say(f"made project {created.id} {created.title!r}: {labelling_address(client.url, created.id)}")
        return created, True
    projects.adapt(client, existing, options, options.say)
    return existing, False


def _send_missing(inventory: TaskInventory, project: Project, delivery: Delivery, options: PushOptions) -> PushReport:
    current = _current_copies(delivery, project)
    check_same_draw(flat(current), options.sample, where=options.where, say=options.say)
    copies, replaced = without_outdated(current, inventory, delivery, options)
    already_there = len(inventory.units.keys() & copies.keys())
    if already_there < len(inventory.units):
        _say_for_whom(inventory, project, options)
    _say_unchanged(already_there, options)
    _deliver(inventory, delivery, copies, options)
    already_there += _make_sure(inventory, delivery, options)
    removed = prune(no_longer_in_articles(flat(copies), inventory, options), delivery, options)
    failures = (*inventory.refused, *delivery.refused)
    return PushReport(
        project=project.id,
        units=len(inventory.units),
        already_there=already_there,
        sent=len(inventory.units) - already_there - len(delivery.refused),
        refused=len(failures),
        failures=failures,
        replaced=replaced,
        removed=removed,
        blind=inventory.blind(options.blind),
    )


def _say_for_whom(inventory: TaskInventory, project: Project, options: PushOptions) -> None:
    overlap = options.overlap or project.overlap
    whom = "one person" if overlap == 1 else f"{overlap} people"
    blind = f"; {inventory.blind(options.blind)} of {len(inventory.units)} carry no suggestion" if options.blind else ""
    options.say(f"each unit is for {whom}{blind}")


def _say_unchanged(already_there: int, options: PushOptions) -> None:
    """What was pushed stays as it is, so that two options say nothing about it."""
    if not already_there:
        return
    if options.blind:
        options.say(f"{already_there} units are there already: --blind changes nothing for them")
    if options.order != "reading":
        options.say(f"{already_there} units are there already and keep their places: --order puts the new ones alone")


def _current_copies(delivery: Delivery, project: Project) -> Copies:
    """List the project, and heal what an earlier push left behind: late arrivals, and copies that came twice."""
    copies = delivery.await_earlier(delivery.listing() if project.tasks else {})
    removed = delivery.remove_extras(copies)
    delivery.in_doubt = False
    delivery.expect(copies, removed=removed)
    return copies


def _deliver(inventory: TaskInventory, delivery: Delivery, copies: Copies, options: PushOptions) -> None:
    unit_ids = _in_order(_missing(inventory, delivery, copies), inventory, options)
    show = for_screen(options.interface or projects.DEFAULT_INTERFACE, inventory.pages)
    rows = inventory.packed(unit_ids, predictions=bool(options.preselect), show=show)
    for batch in prefetched(batches(rows, options.pace)):
        delivery.send(batch)


def _make_sure(inventory: TaskInventory, delivery: Delivery, options: PushOptions) -> int:
    """Compare the project's number of tasks with what was sent; where it differs, list, clean and send again.

    Return how many of the units stay as another machine sent them meanwhile.
    """
    others = 0
    for _ in range(_ROUNDS):
        if not delivery.in_doubt and (not delivery.sent or delivery.count() == delivery.expected + delivery.sent):
            return others
        copies = delivery.listing_after_doubt()
        delivery.remove_extras(copies)
        delivery.in_doubt = False
        others = delivery.sent_by_others(copies)
        if not _missing(inventory, delivery, copies):
            return others
        _deliver(inventory, delivery, copies, options)
    lost = len(_missing(inventory, delivery, delivery.listing()))
    if lost:
        hint = "make sure that nobody deletes tasks there meanwhile, then run it again"
        raise ServerError(f"{lost} units do not stay in project {delivery.project}", hint=hint)
    return others


def _missing(inventory: TaskInventory, delivery: Delivery, copies: Copies) -> list[str]:
    refused = {failure.unit_id for failure in delivery.refused}
    return [unit_id for unit_id in inventory.units if unit_id not in copies and unit_id not in refused]


def _in_order(unit_ids: list[str], inventory: TaskInventory, options: PushOptions) -> list[str]:
    """Reading order, or the most uncertain first: those without a suggestion, then by rising score."""
    ordinary = [unit_id for unit_id in unit_ids if unit_id not in inventory.gold]
    if options.order != "reading":
        ordinary.sort(key=lambda unit_id: inventory.units[unit_id].score)
    return gold.spread(ordinary, [unit_id for unit_id in unit_ids if unit_id in inventory.gold])
