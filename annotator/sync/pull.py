"""Answers out of a project, in windows, each line complete in itself."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, NamedTuple

from pydantic import ValidationError

from annotator import output
from annotator.errors import UsageError
from annotator.failures import failure_file
from annotator.labels import GUIDELINES_VERSION
from annotator.labelstudio import payload
from annotator.labelstudio.client import Client, Project
from annotator.labelstudio.payload import Origin
from annotator.models import Annotation, AnnotationStatus, Failure
from annotator.scratch import hold
from annotator.sync import project as projects
from annotator.sync.ahead import ahead
from annotator.sync.aside import noted, notes_beside

_OTHER_OUT = "choose another --out, or move the file away"
_OTHER_PART = "move it away, or choose another --out"
_ANSWERS = output.Kind("answers", lambda _stream: True)
"""What a file of them holds is looked at line by line, with the project at hand."""
_FIRST = b'{"annotator":"'
"""How each of their lines begins."""
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
        failure_file(options.failures) as listed,
        notes_beside(out) as notes,
        answer_file(out, found, since=options.since, resume=options.resume) as answers,
        noted(notes if answers.part else None, answers.after, listed) as (known, note),
    ):
        report.take(known)
        report.take(_answers_in(answers.part) if answers.part else ())
        for lines in ahead(windows(client, found, options, after=answers.after)):
            note(line for line in lines if isinstance(line, Failure))
            answers.stream.writelines(line.json_line().encode() for line in lines if isinstance(line, Annotation))
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
    recent = [answer for answer in given if str(answer.get("updated_at") or "") >= since]
    kept, aside = payload.answers({**row, "annotations": recent}, origin)
    if options.unlabelled and not given and (line := payload.unlabelled(row, origin)):
        kept.append(line)
    return [*kept, *aside]


def _guidelines(project: Project) -> str:
    """The version that stands in the description which push wrote."""
    _, found, rest = project.description.partition("Guidelines version ")
    return rest.split()[0].rstrip(".") if found and rest.split() else GUIDELINES_VERSION


class AnswerFile(NamedTuple):
    """Where answers go, the task behind which to begin, and `OUT.part` where there is one to go on from later."""

    stream: IO[bytes]
    after: int = 0
    part: Path | None = None


@contextmanager
def answer_file(out: str, project: Project, *, since: str = "", resume: bool = False) -> Iterator[AnswerFile]:
    """Give what a project's answers are written to.

    Raises:
        UsageError: it cannot be written, or answers that stand in it would be lost.
    """
    begin = server_time(since) if since else ""
    path = Path(out)
    file = None if out == output.STREAM else output.file_to_write(path, _ANSWERS)
    if file is None and resume:
        raise UsageError(f"--out {out}: there is no {out}.part to go on from", hint="leave out --resume")
    if out == output.STREAM:
        with output.standard_output() as stream:
            yield AnswerFile(stream)
    elif file is None:
        with output.through(path, _ANSWERS.flag) as stream:
            yield AnswerFile(stream)
    else:
        _check_answers(path, project, begin)
        before = _state(file)
        with _part(file, project, resume=resume) as (part, stream, after):
            yield AnswerFile(stream, after, part)
            if not stream.tell() and file.exists() and file.stat().st_size:
                raise UsageError(
                    f"{out}: the project has no such answers, and the file's own are kept", hint=_OTHER_OUT
                )
            if _state(file) != before:
                _check_answers(path, project, begin)
            output.put(stream, part, file)


def _state(file: Path) -> tuple[int, int, int] | None:
    if not file.exists():
        return None
    state = file.stat()
    return state.st_ino, state.st_size, state.st_mtime_ns


def _check_answers(path: Path, project: Project, begin: str) -> None:
    """Keep answers of another project, and those from before `begin`, which would not be fetched again."""
    older = 0
    for line in _answers_in(path):
        if not _is_of(line, project):
            raise UsageError(f"{path}: {_holds_another(line, project)}", hint=_OTHER_OUT)
        older += bool(begin) and line.updated_at < begin
    if older:
        hint = "choose another --out for what is new, or leave out --since"
        raise UsageError(f"{path}: holds {older} answers from before {begin}, which would be gone", hint=hint)


def _answers_in(path: Path) -> Iterator[Annotation]:
    if not path.exists():
        return
    try:
        with path.open("rb") as lines:
            yield from map(Annotation.model_validate_json, lines)
    except ValidationError as error:
        raise UsageError(f"{path}: holds something else than answers, and stays", hint=_OTHER_OUT) from error


@contextmanager
def _part(file: Path, project: Project, *, resume: bool) -> Iterator[tuple[Path, IO[bytes], int]]:
    """Hold OUT.part: the answers that came so far, which stay there when the pull breaks off."""
    part = file.with_name(f"{file.name}.part")
    with output.unwritable(part, _ANSWERS.flag):
        if resume and not os.path.lexists(part):
            raise UsageError(f"{part}: nothing to go on from", hint="leave out --resume")
        part.parent.mkdir(parents=True, exist_ok=True)
        stream = os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666), "r+b")
    with stream:
        _hold(stream, part)
        whole, after = _whole_tasks(stream, part, project)
        stream.seek(whole if resume else 0)
        stream.truncate()
        try:
            yield part, stream, after if resume else 0
        except BaseException:
            if not stream.tell():
                part.unlink(missing_ok=True)
            raise


def _is_of(line: Annotation, project: Project) -> bool:
    """Tell whether the project gave the line, as far as both say on which server they are."""
    known = line.project_server and project.server
    return line.project == project.id and (not known or line.project_server == project.server)


def _holds_another(line: Annotation, project: Project) -> str:
    same = " of another server" if line.project == project.id else ""
    return f"holds the answers of project {line.project}{same}, not of {project.id}"


def _hold(stream: IO[bytes], part: Path) -> None:
    """Keep other pulls out; one that has just ended made its part the file itself, which must not be cut."""
    try:
        hold(stream.fileno())
        if part.lstat().st_ino == os.fstat(stream.fileno()).st_ino:
            return
    except (BlockingIOError, FileNotFoundError):
        pass
    raise UsageError(f"{part}: another pull writes into it", hint="wait for it to end")


def _whole_tasks(stream: IO[bytes], part: Path, project: Project) -> tuple[int, int]:
    """Return where the last task begins, whose lines may not all be there, and the task before it.

    Raises:
        UsageError: it is not what a pull of this project left.
    """
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        raise _not_left_by_pull(part)
    keep, keep_after, after, end = 0, 0, 0, 0
    for line in stream:
        if not line.endswith(b"\n") and (line.startswith(_FIRST) or _FIRST.startswith(line)):
            break  # cut by a kill
        try:
            answer = Annotation.model_validate_json(line)
        except ValidationError as error:
            raise _not_left_by_pull(part) from error
        if not _is_of(answer, project):
            raise UsageError(f"{part}: {_holds_another(answer, project)}", hint=_OTHER_PART)
        if answer.task != after:
            keep, keep_after, after = end, after, answer.task
        end += len(line)
    return keep, keep_after


def _not_left_by_pull(part: Path) -> UsageError:
    message = f"{part}: not left by a pull of this project, and stays; answers gather there until all have come"
    return UsageError(message, hint=_OTHER_PART)
