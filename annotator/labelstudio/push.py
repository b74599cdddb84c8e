"""Tasks into a project: each unit once, whatever was there before and whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from annotator.errors import ServerError, UsageError
from annotator.labelstudio import form, wire
from annotator.labelstudio import project as projects
from annotator.labelstudio.client import Client, Project, ServerTask
from annotator.labelstudio.delivery import DEFAULT_PACE, Copies, Delivery, Pace, PackedTask, ahead, batches
from annotator.labelstudio.notes import PushNotes
from annotator.models import Failure, Task

Order = Literal["reading", "uncertain"]

_ROUNDS = 3


@dataclass(frozen=True)
class PushOptions:
    """What a push does beside sending. None leaves an existing project as it is."""

    overlap: int | None = None
    preselect: bool | None = None
    instructions: str = ""
    interface: str | None = None
    update_form: bool = False
    blind: float = 0
    """Share of the units that carry no suggestion; the same ones every time."""
    order: Order = "reading"
    prune: bool = False
    update: bool = False
    """Replace units whose text, translation or suggestion is another now, where nobody has answered."""
    dry_run: bool = False
    pace: Pace = DEFAULT_PACE
    say: Callable[[str], None] = lambda _line: None
    """Told what people should know on the way."""


_DEFAULTS = PushOptions()


@dataclass(frozen=True)
class PushReport:
    """What a push did, or would do. `sent` counts what went in for good, `refused` the rows that did not."""

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

    def counts(self) -> dict[str, int]:
        """Return what `--json` prints."""
        counts = {name: getattr(self, name) for name in ("project", "units", "already_there", "sent", "refused")}
        return counts | {name: number for name in ("replaced", "removed") if (number := getattr(self, name))}


@dataclass
class Survey:
    """What a first reading of the tasks found: which units are good, which rows are not."""

    unit_ids: dict[str, float] = field(default_factory=dict)
    """With the suggestion's score, or -1 where there is none."""
    contents: dict[str, str] = field(default_factory=dict)
    """Digests of what the units show."""
    articles: set[str] = field(default_factory=set)
    refused: list[Failure] = field(default_factory=list)


def push_tasks(
    tasks: Iterable[Task | Failure],
    *,
    project: str,
    client: Client,
    notes: PushNotes,
    options: PushOptions = _DEFAULTS,
) -> PushReport:
    """Send the tasks that the project does not have. A second push sends nothing.

    `tasks` is read more than once: everything is checked against the form before the first byte leaves.

    Raises:
        UsageError: the project's title or form does not fit. Nothing was sent.
        ServerError: the server is gone or broken. What was sent is not sent again by the next push.
    """
    project = projects.checked_name(project)
    survey = inspect_tasks(tasks)
    if not survey.unit_ids:
        raise _no_task(survey.refused)
    if options.dry_run:
        return _would_send(survey, project, client, options)
    with notes.exclusive(f"{client.url} {project}"):
        found = _open(client, project, options)
    delivery = Delivery(client, notes, found.id, source=project, pace=options.pace, say=options.say)
    with notes.exclusive(delivery.target):
        copies, replaced = _up_to_date(_what_is_there(delivery, found), survey, delivery, options)
        there = len(survey.unit_ids.keys() & copies.keys())
        _deliver(tasks, survey, delivery, copies, options)
        _make_sure(tasks, survey, delivery, options)
        removed = _prune(_gone(_flat(copies), survey), delivery, options)
    failures = (*survey.refused, *delivery.refused)
    sent = len(survey.unit_ids) - there - len(delivery.refused)
    return PushReport(found.id, len(survey.unit_ids), there, sent, len(failures), failures, replaced, removed)


def _no_task(refused: Sequence[Failure]) -> UsageError:
    if not refused:
        return UsageError("there is no task in it", hint="annotator prepare INPUT... --out RUN makes tasks of articles")
    first = refused[0]
    place = f"{first.source}:{first.line}" if first.line else first.source
    return UsageError(f"none of the {len(refused)} rows is a task; {place}: {first.message}", hint=first.hint)


def inspect_tasks(tasks: Iterable[Task | Failure]) -> Survey:
    """Check every task against the form. A row that repeats a unit counts once."""
    ours = form.parse(form.labelling_config())
    survey = Survey()
    for task in tasks:
        if isinstance(task, Failure):
            survey.refused.append(task)
        elif task.data.unit_id not in survey.unit_ids:
            if wrong := wire.problems(task, ours):
                survey.refused.append(_failure(task, wrong))
            else:
                survey.unit_ids[task.data.unit_id] = _score(task)
                survey.contents[task.data.unit_id] = wire.content(task)
                survey.articles.add(task.data.article_id)
    return survey


def _would_send(survey: Survey, project: str, client: Client, options: PushOptions) -> PushReport:
    found = client.find_project(project)
    copies: list[ServerTask] = []
    if found is None:
        options.say(f"would make the project {project!r}")
    else:
        projects.check_form(found)
        copies = client.pushed_tasks(found.id)
    older, gone = _older(copies, survey), _gone(copies, survey)
    if not options.update:
        _tell_older(older, options)
    elif older:
        options.say(f"would replace {_unanswered(older)} by their new version")
    if not options.prune:
        _tell_gone(gone, options)
    elif gone:
        options.say(f"would remove {_unanswered(gone)} that are no longer in these articles")
    there = len(survey.unit_ids.keys() & {copy.unit_id for copy in copies})
    units = len(survey.unit_ids)
    refused = tuple(survey.refused)
    return PushReport(found.id if found else 0, units, there, units - there, len(refused), refused)


def _unanswered(copies: Sequence[ServerTask]) -> str:
    answered = sum(copy.answered for copy in copies)
    return f"{len(copies) - answered} units, not {answered} with answers," if answered else f"{len(copies)} units"


def _open(client: Client, project: str, options: PushOptions) -> Project:
    found = client.find_project(project)
    if found is None:
        made = projects.create(client, project, options)
        options.say(f"made project {made.id} {made.title!r}: {client.url}/projects/{made.id}/data?labeling=1")
        return made
    projects.adapt(client, found, options, options.say)
    return found


def _what_is_there(delivery: Delivery, project: Project) -> Copies:
    """List the project, and heal what an earlier push left behind: late arrivals, and copies that came twice."""
    copies = delivery.await_earlier(delivery.listing() if project.tasks else {})
    removed = delivery.remove_extras(copies)
    delivery.in_doubt = False
    delivery.expect(copies, removed=removed)
    return copies


def _up_to_date(copies: Copies, survey: Survey, delivery: Delivery, options: PushOptions) -> tuple[Copies, int]:
    """Tell of units that show something else than the tasks; where wished, take the unanswered ones out.

    Return what is there then, and how many were taken out.
    """
    older = _older(_flat(copies), survey)
    if not older or not options.update:
        _tell_older(older, options)
        return copies, 0
    removed = delivery.delete([copy.task for copy in older if not copy.answered])
    options.say(f"{removed} units replaced by their new version, {len(older) - removed} kept with their answers")
    if not removed:
        return copies, 0
    copies = delivery.listing()
    delivery.expect(copies)
    return copies, removed


def _flat(copies: Copies) -> Iterator[ServerTask]:
    return (copy for several in copies.values() for copy in several)


def _older(copies: Iterable[ServerTask], survey: Survey) -> list[ServerTask]:
    return [copy for copy in copies if copy.content not in ("", survey.contents.get(copy.unit_id, copy.content))]


def _tell_older(older: Sequence[ServerTask], options: PushOptions) -> None:
    if older:
        options.say(f"{len(older)} units in the project show an older version; --update replaces the unanswered ones")


def _deliver(
    tasks: Iterable[Task | Failure], survey: Survey, delivery: Delivery, copies: Copies, options: PushOptions
) -> None:
    missing = _missing(survey, delivery, copies)
    if not missing:
        return
    wanted = _in_order(tasks, survey, missing, options)
    stamped = (wire.stamped(task, survey.contents[task.data.unit_id]) for task in wanted)
    shown = (wire.blinded(task) if wire.is_blind(task.data.unit_id, options.blind) else task for task in stamped)
    for batch in ahead(batches(map(PackedTask.of, shown), options.pace)):
        delivery.send(batch)


def _make_sure(tasks: Iterable[Task | Failure], survey: Survey, delivery: Delivery, options: PushOptions) -> None:
    """Compare the project's number of tasks with what was sent; where it differs, list, clean and send again."""
    for _ in range(_ROUNDS):
        if not delivery.in_doubt and (not delivery.sent or delivery.count() == delivery.expected + delivery.sent):
            return
        copies = delivery.listing_after_doubt()
        delivery.remove_extras(copies)
        delivery.in_doubt = False
        if not _missing(survey, delivery, copies):
            return
        _deliver(tasks, survey, delivery, copies, options)
    lost = len(_missing(survey, delivery, delivery.listing()))
    if lost:
        raise ServerError(f"{lost} units do not stay in project {delivery.project}", hint="does somebody delete them?")


def _missing(survey: Survey, delivery: Delivery, copies: Copies) -> set[str]:
    refused = {failure.unit_id for failure in delivery.refused}
    return survey.unit_ids.keys() - copies.keys() - refused


def _in_order(
    tasks: Iterable[Task | Failure], survey: Survey, missing: set[str], options: PushOptions
) -> Iterator[Task]:
    """The tasks to send, each once. The most uncertain first: those without a suggestion, then by rising score."""
    left = set(missing)
    if options.order == "reading":
        for task in tasks:
            if isinstance(task, Task) and task.data.unit_id in left:
                left.discard(task.data.unit_id)
                yield task
        return
    packed = {t.data.unit_id: t.model_dump_json() for t in tasks if isinstance(t, Task) and t.data.unit_id in left}
    for unit_id in sorted(packed, key=survey.unit_ids.__getitem__):
        yield Task.model_validate_json(packed[unit_id])


def _gone(copies: Iterable[ServerTask], survey: Survey) -> list[ServerTask]:
    """Units of the same articles that the run no longer has: the article was corrected."""
    known = survey.unit_ids.keys() | {failure.unit_id for failure in survey.refused}
    return [copy for copy in copies if copy.unit_id not in known and _article(copy.unit_id) in survey.articles]


def _tell_gone(gone: Sequence[ServerTask], options: PushOptions) -> None:
    if gone:
        message = "units in the project are no longer in these articles; --prune removes the unanswered ones"
        options.say(f"{len(gone)} {message}")


def _prune(gone: Sequence[ServerTask], delivery: Delivery, options: PushOptions) -> int:
    if not gone or not options.prune:
        _tell_gone(gone, options)
        return 0
    removed = delivery.delete([copy.task for copy in gone if not copy.answered])
    options.say(
        f"{removed} units that are no longer in these articles removed, {len(gone) - removed} kept with their answers"
    )
    return removed


def _article(unit_id: str) -> str:
    return unit_id.rpartition(":")[0]


def _score(task: Task) -> float:
    score = task.data.suggested_score
    return -1.0 if score == "" else score


def _failure(task: Task, wrong: list[str]) -> Failure:
    return Failure(
        step="push",
        source=task.data.article_id,
        article_id=task.data.article_id,
        unit_id=task.data.unit_id,
        reason="form",
        message="; ".join(wrong),
        hint="annotator prepare makes tasks that fit",
    )
