"""Answers out of a project, in windows, each line complete in itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from annotator.errors import UsageError
from annotator.failures import failure_file
from annotator.labels import GUIDELINES_VERSION
from annotator.labelstudio import payload
from annotator.labelstudio.client import Client, Project
from annotator.labelstudio.payload import Origin
from annotator.models import Annotation, AnnotationStatus, Failure
from annotator.sync import project as projects
from annotator.sync.ahead import ahead
from annotator.sync.aside import drop, noted, notes_of

_OTHER_OUT = "choose another --out, or move the file away"
_SERVER_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
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

    def counts(self) -> dict[str, int]:
        """Return what `--json` prints."""
        return {"annotations": self.annotations, "skipped": self.skipped, "set_aside": self.set_aside}

    @property
    def unprocessed(self) -> int:
        """How many answers somebody gave and no line has; an item that was set aside costs no answer."""
        return sum(number for reason, number in self.reasons.items() if reason in payload.LOST)

    def take(self, lines: Iterable[Annotation | Failure]) -> None:
        """Count lines."""
        for line in lines:
            if isinstance(line, Failure):
                self.set_aside += 1
                self.reasons[line.reason] = self.reasons.get(line.reason, 0) + 1
            elif line.status is AnnotationStatus.SKIPPED:
                self.skipped += 1
            else:
                self.annotations += 1


def pull(
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
        UsageError: there is no such project, nothing to resume, or answers in `out` would be lost for none.
        ServerError: the server is gone; `OUT.part` keeps what came so far.
    """
    found = client.with_server(projects.existing(client, project))
    report = PullReport()
    with (
        _opened(out, found, options) as (stream, after, notes),
        failure_file(options.failures) as listed,
        noted(notes, after, listed) as (known, note),
    ):
        report.take(known)
        report.take(_so_far(Path(stream.name), found) if notes else ())
        for lines in ahead(windows(client, found, options, after=after)):
            note(line for line in lines if isinstance(line, Failure))
            stream.writelines(line.json_line().encode() for line in lines if isinstance(line, Annotation))
            report.take(lines)
            progress(report)
    return report


def windows(
    client: Client, project: Project, options: PullOptions, *, after: int = 0
) -> Iterator[list[Annotation | Failure]]:
    """Yield the project's lines, a window of tasks at a time, in the order of the tasks behind the task `after`."""
    since = server_time(options.since) if options.since else ""
    asked = server_time(options.since, earlier=_SLACK) if options.since else ""
    origin = Origin(
        project.id,
        project.title,
        server=project.server,
        preselect=project.preselect,
        guidelines_version=_guidelines(project),
    )
    for window in client.answers(project.id, after=after, since=asked, unlabelled=options.unlabelled):
        lines: list[Annotation | Failure] = []
        for row in window:
            if row.get("draft_exists"):
                row["drafts"] = client.drafts(row["id"])
            lines += _lines(row, origin, options, since)
        yield lines


def server_time(since: str, *, earlier: timedelta = timedelta()) -> str:
    """Return a date or time, or a moment that much earlier, in the one form that the server's filter takes.

    Raises:
        UsageError: it is neither.
    """
    try:
        moment = datetime.fromisoformat(since)
    except ValueError as error:
        raise UsageError(f"--since {since!r} is no date or time", hint="like 2025-01-31 or 2025-01-31T18:00") from error
    moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return (moment - earlier if moment.year > 1 else moment).strftime(_SERVER_TIME)


def _lines(row: dict[str, Any], origin: Origin, options: PullOptions, since: str) -> list[Annotation | Failure]:
    given = row["annotations"]
    recent = [answer for answer in given if answer["updated_at"] >= since]
    kept, aside = payload.answers({**row, "annotations": recent}, origin)
    if options.unlabelled and not given and (line := payload.unlabelled(row, origin)):
        kept.append(line)
    return [*kept, *aside]


@contextmanager
def _opened(out: str, project: Project, options: PullOptions) -> Iterator[tuple[IO[bytes], int, Path | None]]:
    """Give what `answer_file` gives, and where to keep notes beside it: they last as long as `OUT.part`."""
    notes = None
    try:
        with answer_file(out, project, since=options.since, resume=options.resume) as (stream, after):
            notes = notes_of(stream)
            yield stream, after, notes
    finally:
        drop(notes)


def _so_far(part: Path, project: Project) -> Iterator[Annotation]:
    """Yield the answers that an earlier pull has left in `OUT.part`."""
    for line in _answers_in(part):
        if not _is_of(line, project):
            raise UsageError(f"{part}: {_holds_another(line, project)}", hint="leave out --resume")
        yield line


def _guidelines(project: Project) -> str:
    """The version that stands in the description which push wrote."""
    _, found, rest = project.description.partition("Guidelines version ")
    return rest.split()[0].rstrip(".") if found and rest.split() else GUIDELINES_VERSION


@contextmanager
def answer_file(
    out: str, project: Project, *, since: str = "", resume: bool = False
) -> Iterator[tuple[IO[bytes], int]]:
    """Give the stream to write a project's answers to, and the task behind which to begin.

    Raises:
        UsageError: it cannot be written, or answers that stand in it would be lost.
    """
    if out == "-":
        yield sys.stdout.buffer, 0
        sys.stdout.buffer.flush()
        return
    path = Path(out)
    _check_owner(path, project)
    _keep_older(path, since)
    part = path.with_name(f"{path.name}.part")
    after = _cut_to_whole_tasks(part) if resume else 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = part.open("ab" if resume else "wb")
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}", hint="choose another --out") from error
    with stream:
        yield stream, after
    if not part.stat().st_size and path.exists() and path.stat().st_size:
        part.unlink()
        raise UsageError(f"{out}: the project has no such answers, and the file's own are kept", hint=_OTHER_OUT)
    part.replace(path)


def _answers_in(path: Path) -> Iterator[Annotation]:
    try:
        with path.open("rb") as lines:
            yield from map(Annotation.model_validate_json, lines)
    except ValidationError as error:
        raise UsageError(f"{path}: holds something else than answers", hint=_OTHER_OUT) from error


def _check_owner(path: Path, project: Project) -> None:
    """Keep the answers of another project that stand in the file."""
    if not path.is_file():
        return
    owner = next(_answers_in(path), None)
    if owner and not _is_of(owner, project):
        raise UsageError(f"{path}: {_holds_another(owner, project)}", hint=_OTHER_OUT)


def _is_of(line: Annotation, project: Project) -> bool:
    """Tell whether the project gave the line, as far as both say on which server they are."""
    known = line.project_server and project.server
    return line.project == project.id and (not known or line.project_server == project.server)


def _holds_another(line: Annotation, project: Project) -> str:
    same = " of another server" if line.project == project.id else ""
    return f"holds the answers of project {line.project}{same}, not of {project.id}"


def _keep_older(path: Path, since: str) -> None:
    """Keep answers in the file that a pull since some time would not fetch again."""
    if not since or not path.is_file():
        return
    begin = server_time(since)
    older = sum(line.updated_at < begin for line in _answers_in(path))
    if older:
        hint = "choose another --out for what is new, or leave out --since"
        raise UsageError(f"{path}: holds {older} answers from before {since}, which would be gone", hint=hint)


def _cut_to_whole_tasks(part: Path) -> int:
    """Cut off the last task, whose lines may not all be there, and return the task before it."""
    if not part.exists():
        raise UsageError(f"{part}: nothing to go on from", hint="leave out --resume")
    keep, keep_after, after = 0, 0, 0
    with part.open("rb+") as stream:
        while line := stream.readline():
            try:
                task = Annotation.model_validate_json(line).task
            except ValidationError:
                break
            if task != after:
                keep, keep_after, after = stream.tell() - len(line), after, task
        stream.truncate(keep)
    return keep_after
