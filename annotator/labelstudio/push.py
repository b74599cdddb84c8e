"""Tasks into a project: each unit once, whatever was there before and whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Literal

from annotator.errors import ServerError, UsageError
from annotator.labelstudio import form, gold, wire
from annotator.labelstudio import project as projects
from annotator.labelstudio.article_pages import ArticlePages
from annotator.labelstudio.client import Client, Project, ServerTask, labelling_address
from annotator.labelstudio.delivery import DEFAULT_PACE, Copies, Delivery, Pace, batches, prefetched
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.sampling import SampleOptions
from annotator.labelstudio.selection import check_same_draw, selection
from annotator.labelstudio.shown import for_screen
from annotator.labelstudio.task_inventory import TaskInventory, inspect_tasks
from annotator.labelstudio.task_source import TaskFile
from annotator.models import Failure, Task
from annotator.team import OwnMark

Order = Literal["reading", "uncertain"]

_ROUNDS = 3
"""How often to compare with the server and send again. One round heals what a fault left; that units go missing after
three is somebody deleting them, which a fourth would not outrun."""


@dataclass(frozen=True)
class PushOptions:
    """What a push does beside sending. None leaves an existing project as it is."""

    overlap: int | None = None
    preselect: bool | None = None
    instructions: str = ""
    interface: str | None = None
    marks: Mapping[str, OwnMark] = field(default_factory=dict)
    """Side marks of the team's own."""
    guidelines_version: str = ""
    """Version of the team's own guidelines, which `instructions` then are."""
    update_form: bool = False
    blind: float = 0
    """Share of the units that carry no suggestion; the same ones every time."""
    order: Order = "reading"
    prune: bool = False
    update: bool = False
    """Replace units whose text, translation or suggestion is another now, where nobody has answered."""
    dry_run: bool = False
    where: str = ""
    """A condition on the fields of a task, as `conditions` reads it: only units that fulfil it are sent."""
    sample: SampleOptions | None = None
    """How many units, of those that fulfil the condition, to draw; without it all of them are sent."""
    gold: Sequence[Task] = ()
    """Units whose answer is known, to be mixed in: they measure people."""
    gold_share: float = 0.05
    """Which share of all units they should be."""
    pace: Pace = DEFAULT_PACE
    pages: ArticlePages | None = None
    """The whole articles, to be shown beside their units."""
    say: Callable[[str], None] = lambda _line: None
    """Told what people should know on the way."""


_DEFAULTS = PushOptions()


@dataclass(frozen=True)
class PushReport:
    """What a push did, or would do. `sent` counts what went in for good, `refused` the rows that did not.

    A unit that two machines push at once is in `sent` of both: to tell whose copy stayed costs a listing.
    """

    project: int
    units: int
    already_there: int
    sent: int
    refused: int
    failures: tuple[Failure, ...] = ()
    replaced: int = 0
    """Of what was sent, units that took the place of their older version."""
    removed: int = 0
    """Units that the articles lost."""
    blind: int = 0
    """Units that carry no suggestion, so that it can be told how far one pulls."""
    gold: int = 0
    """Of the units, those whose answer is known."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many units were not meant, by what left them out: `left_out_by_where`, `left_out_by_sample`."""

    def counts(self) -> dict[str, int]:
        """Return what `--json` prints."""
        always = ("project", "units", "already_there", "sent", "refused", "blind")
        counts = {name: getattr(self, name) for name in always}
        changed = {name: number for name in ("replaced", "removed", "gold") if (number := getattr(self, name))}
        return {**counts, **changed, **self.left_out}


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
    options = replace(options, pages=tasks.pages) if isinstance(tasks, TaskFile) else options
    selected = selection(options.where, options.sample, options.say)
    if options.prune and (options.where or options.sample):
        hint = "prune in a push of all units, without --where and --sample"
        raise UsageError("--prune with --where or --sample would delete the units that these leave out", hint=hint)
    with closing(inspect_tasks(selected.of(tasks), blind=options.blind)) as inventory:
        if not inventory.units and not selected.left_out_by_where:
            raise _no_task(inventory.refused, tasks.name if isinstance(tasks, TaskFile) else "")
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
        return _would_send(inventory, project, client, options)
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


def _would_send(inventory: TaskInventory, project: str, client: Client, options: PushOptions) -> PushReport:
    target = client.find_project(project)
    copies: list[ServerTask] = []
    if target is None:
        options.say(f"would make the project {project!r}")
    else:
        projects.check_form(target, options.marks)
        copies = client.pushed_tasks(target.id)
        check_same_draw(copies, options.sample, where=options.where, say=options.say)
    outdated, removable = _outdated(copies, inventory), _no_longer_in_articles(copies, inventory, options)
    if not options.update:
        _say_outdated(outdated, options)
    elif outdated:
        options.say(f"would replace {_unanswered(outdated)} by their new version")
    if not options.prune:
        _say_no_longer_in_articles(removable, options)
    elif removable:
        options.say(f"would remove {_unanswered(removable)} that are no longer in these articles")
    replaced = {copy.unit_id for copy in outdated if options.update and not copy.answered}
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
        blind=_blind(inventory, options),
    )


def _blind(inventory: TaskInventory, options: PushOptions) -> int:
    return sum(wire.is_blind(unit_id, options.blind) for unit_id in inventory.units) if options.blind else 0


def _unanswered(copies: Sequence[ServerTask]) -> str:
    answered = sum(copy.answered for copy in copies)
    return f"{len(copies) - answered} units, not {answered} with answers," if answered else f"{len(copies)} units"


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
    check_same_draw(_flat(current), options.sample, where=options.where, say=options.say)
    copies, replaced = _without_outdated(current, inventory, delivery, options)
    already_there = len(inventory.units.keys() & copies.keys())
    if already_there < len(inventory.units):
        _say_for_whom(inventory, project, options)
    _say_unchanged(already_there, options)
    _deliver(inventory, delivery, copies, options)
    _make_sure(inventory, delivery, options)
    removed = _prune(_no_longer_in_articles(_flat(copies), inventory, options), delivery, options)
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
        blind=_blind(inventory, options),
    )


def _say_for_whom(inventory: TaskInventory, project: Project, options: PushOptions) -> None:
    overlap = options.overlap or project.overlap
    whom = "one person" if overlap == 1 else f"{overlap} people"
    blind = f"; {_blind(inventory, options)} of {len(inventory.units)} carry no suggestion" if options.blind else ""
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


def _without_outdated(
    copies: Copies, inventory: TaskInventory, delivery: Delivery, options: PushOptions
) -> tuple[Copies, int]:
    """Say which units show something else than the tasks; with `update`, delete those that nobody has answered.

    Return the copies that remain, and how many were deleted.
    """
    outdated = _outdated(_flat(copies), inventory)
    if not outdated or not options.update:
        _say_outdated(outdated, options)
        return copies, 0
    removed = delivery.delete([copy.task for copy in outdated if not copy.answered])
    options.say(f"{removed} units replaced by their new version, {len(outdated) - removed} kept with their answers")
    if not removed:
        return copies, 0
    copies = delivery.listing()
    delivery.expect(copies)
    return copies, removed


def _flat(copies: Copies) -> Iterator[ServerTask]:
    return (copy for several in copies.values() for copy in several)


def _outdated(copies: Iterable[ServerTask], inventory: TaskInventory) -> list[ServerTask]:
    """A copy without a digest was sent by a version of this tool that made none: nobody can tell whether it is."""
    return [
        copy
        for copy in copies
        if copy.content and (unit := inventory.units.get(copy.unit_id)) and unit.content != copy.content
    ]


def _say_outdated(outdated: Sequence[ServerTask], options: PushOptions) -> None:
    if outdated:
        message = "units in the project show an older version; --update replaces the unanswered ones"
        options.say(f"{len(outdated)} {message}")


def _deliver(inventory: TaskInventory, delivery: Delivery, copies: Copies, options: PushOptions) -> None:
    unit_ids = _in_order(_missing(inventory, delivery, copies), inventory, options)
    show = for_screen(options.interface or projects.DEFAULT_INTERFACE, options.pages)
    rows = inventory.packed(unit_ids, predictions=bool(options.preselect), show=show)
    for batch in prefetched(batches(rows, options.pace)):
        delivery.send(batch)


def _make_sure(inventory: TaskInventory, delivery: Delivery, options: PushOptions) -> None:
    """Compare the project's number of tasks with what was sent; where it differs, list, clean and send again."""
    for _ in range(_ROUNDS):
        if not delivery.in_doubt and (not delivery.sent or delivery.count() == delivery.expected + delivery.sent):
            return
        copies = delivery.listing_after_doubt()
        delivery.remove_extras(copies)
        delivery.in_doubt = False
        if not _missing(inventory, delivery, copies):
            return
        _deliver(inventory, delivery, copies, options)
    lost = len(_missing(inventory, delivery, delivery.listing()))
    if lost:
        hint = "make sure that nobody deletes tasks there meanwhile, then run it again"
        raise ServerError(f"{lost} units do not stay in project {delivery.project}", hint=hint)


def _missing(inventory: TaskInventory, delivery: Delivery, copies: Copies) -> list[str]:
    refused = {failure.unit_id for failure in delivery.refused}
    return [unit_id for unit_id in inventory.units if unit_id not in copies and unit_id not in refused]


def _in_order(unit_ids: list[str], inventory: TaskInventory, options: PushOptions) -> list[str]:
    """Reading order, or the most uncertain first: those without a suggestion, then by rising score."""
    ordinary = [unit_id for unit_id in unit_ids if unit_id not in inventory.gold]
    if options.order != "reading":
        ordinary.sort(key=lambda unit_id: inventory.units[unit_id].score)
    return gold.spread(ordinary, [unit_id for unit_id in unit_ids if unit_id in inventory.gold])


def _no_longer_in_articles(
    copies: Iterable[ServerTask], inventory: TaskInventory, options: PushOptions
) -> list[ServerTask]:
    """Units of the same articles that the run no longer has: the article was corrected. Of a selection nobody knows."""
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


def _say_no_longer_in_articles(removable: Sequence[ServerTask], options: PushOptions) -> None:
    if removable:
        message = "units in the project are no longer in these articles; --prune deletes the unanswered ones"
        options.say(f"{len(removable)} {message}")


def _prune(removable: Sequence[ServerTask], delivery: Delivery, options: PushOptions) -> int:
    if not removable or not options.prune:
        _say_no_longer_in_articles(removable, options)
        return 0
    removed = delivery.delete([copy.task for copy in removable if not copy.answered])
    kept = len(removable) - removed
    options.say(f"{removed} units that are no longer in these articles removed, {kept} kept with their answers")
    return removed


def _article(unit_id: str) -> str:
    return unit_id.rpartition(":")[0]
