"""The answers of a project, in windows of tasks, each line complete in itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from annotator.failures import LOST, failure_file
from annotator.labels import Mark
from annotator.labelstudio import project as projects
from annotator.labelstudio import wire
from annotator.labelstudio.answer_file import answer_file, answers_in, noted, notes_beside, server_time
from annotator.labelstudio.client import Client, Project
from annotator.labelstudio.delivery import prefetched
from annotator.labelstudio.guideline_versions import versions_in
from annotator.labelstudio.wire import Origin
from annotator.models import Annotation, AnnotationStatus, Failure

_SLACK = timedelta(hours=1)
"""An imported answer is a moment younger than its task, by whose time the server finds it: each is looked at again."""


@dataclass(frozen=True)
class PullOptions:
    """What to fetch. `since` is a date or time in ISO form; without a zone it is UTC."""

    since: str = ""
    unlabelled: bool = False
    resume: bool = False
    failures: Path | None = None
    """Where to list what is set aside."""


_DEFAULTS = PullOptions()


@dataclass
class PullReport:
    """How many lines were written and what was not."""

    annotations: int = 0
    """Lines with an answer (a label or "not a unit"), and lines of unlabelled units where those were asked for."""
    skipped: int = 0
    """Lines of units that somebody skipped."""
    set_aside: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    """How often each side mark was set."""

    def counts(self) -> dict[str, int]:
        """Return what `--json` prints."""
        return {"annotations": self.annotations, "skipped": self.skipped, "set_aside": self.set_aside}

    @property
    def unprocessed(self) -> int:
        """How many answers somebody gave and no line has; an item that was set aside costs no answer."""
        return sum(number for reason, number in self.reasons.items() if reason in LOST)

    def unknown_marks(self, own: Collection[str]) -> dict[str, int]:
        """Return the marks that neither we nor the settings have, and how often each was set: they are kept."""
        known = {*map(str, Mark), *own}
        return {mark: number for mark, number in sorted(self.marks.items()) if mark not in known}

    def take(self, lines: Iterable[Annotation | Failure]) -> None:
        """Count lines."""
        for line in lines:
            if isinstance(line, Failure):
                self.set_aside += 1
                self.reasons[line.reason] = self.reasons.get(line.reason, 0) + 1
                continue
            for mark in line.marks:
                self.marks[mark] = self.marks.get(mark, 0) + 1
            if line.status is AnnotationStatus.SKIPPED:
                self.skipped += 1
            else:
                self.annotations += 1


def pull_annotations(
    *,
    project: str,
    client: Client,
    out: str,
    options: PullOptions = _DEFAULTS,
    progress: Callable[[PullReport], None] = lambda _report: None,
) -> PullReport:
    """Write every answer of the project to `out`, a file or `-`; what is set aside to `options.failures`.

    A file appears under its name when it is complete. Until then it is `OUT.part`, from which `resume` goes on; the
    report, and what is listed in `options.failures`, are then of the whole.

    Raises:
        UsageError: there is no such project, or answers in `out` would be lost for none.
        ServerError: the server is gone; `OUT.part` keeps what came so far.
    """
    source = client.with_server(projects.existing(client, project))
    report = PullReport()
    with (
        failure_file(options.failures) as list_failure,
        notes_beside(out) as notes,
        answer_file(out, source, since=options.since, resume=options.resume) as answers,
        noted(notes if answers.part else None, answers.after, list_failure) as (earlier, note),
    ):
        report.take(earlier)
        report.take(answers_in(answers.part) if answers.part else ())
        for lines in prefetched(windows(client, source, options, after=answers.after)):
            note(line for line in lines if isinstance(line, Failure))
            answers.stream.writelines(line.json_line().encode() for line in lines if isinstance(line, Annotation))
            report.take(lines)
            progress(report)
    return report


def answers_to(unit_id: str, *, client: Client, project: Project) -> list[Annotation]:
    """Return what people said of one unit."""
    lines = (line for window in windows(client, project, _DEFAULTS) for line in window)
    return [line for line in lines if isinstance(line, Annotation) and line.data.unit_id == unit_id]


def windows(
    client: Client, project: Project, options: PullOptions, *, after: int = 0
) -> Iterator[list[Annotation | Failure]]:
    """Yield the project's lines, a window of tasks at a time, in the order of the tasks behind the task `after`."""
    since = server_time(options.since) if options.since else ""
    asked_since = server_time(options.since, earlier=_SLACK) if options.since else ""
    origin = Origin(
        project.id,
        project.title,
        server=project.server,
        preselect=project.preselect,
        guidelines=versions_in(project.description),
    )
    for window in client.answer_windows(project.id, after=after, since=asked_since, unlabelled=options.unlabelled):
        lines: list[Annotation | Failure] = []
        for row in window:
            if row.get("draft_exists"):
                row["drafts"] = client.drafts(row["id"])
            lines += _lines(row, origin, options, since)
        yield lines


def _lines(row: dict[str, Any], origin: Origin, options: PullOptions, since: str) -> list[Annotation | Failure]:
    answers = row["annotations"]
    recent = [answer for answer in answers if str(answer.get("updated_at") or "") >= since]
    annotations, failures = wire.read_task({**row, "annotations": recent}, origin)
    if options.unlabelled and not answers and (line := wire.unlabelled(row, origin)):
        annotations.append(line)
    return [*annotations, *failures]
