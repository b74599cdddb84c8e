"""The file that answers are pulled into: `OUT.part` grows until all have come, and becomes OUT then.

Beside it stands what was set aside on the way, so that going on from there tells of everything once.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, NamedTuple

from pydantic import ValidationError

from annotator import output
from annotator.errors import UsageError
from annotator.failures import failure_file, is_failure_list
from annotator.labelstudio.client import Project
from annotator.models import Annotation, Failure
from annotator.scratch import hold
from annotator.system import PLAIN, close_before_rename

_OTHER_OUT = "choose another --out, or move the file away"
_ANSWERS = output.Kind("answers", lambda _stream: True)
"""What a file of them holds is looked at line by line, with the project at hand."""
_OTHER_PART = "move it away, or choose another --out"
_FIRST = b'{"annotator":"'
"""How each of their lines begins."""
_SERVER_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_PART = ".part"

Note = Callable[[Iterable[Failure]], None]


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
        raise UsageError(f"--out {out}: there is no {out}.part to resume from", hint="leave out --resume")
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
                    f"{out}: the project has no such answers, so the file is kept as it is", hint=_OTHER_OUT
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
    for line in answers_in(path):
        if not _is_of(line, project):
            raise UsageError(f"{path}: {_holds_another(line, project)}", hint=_OTHER_OUT)
        older += bool(begin) and line.updated_at < begin
    if older:
        hint = "choose another --out for what is new, or leave out --since"
        raise UsageError(f"{path}: holds {older} answers from before {begin}, which would be lost", hint=hint)


def answers_in(path: Path) -> Iterator[Annotation]:
    """Yield the answers of a file that `pull` wrote; none where there is no file.

    Raises:
        UsageError: it holds something else.
    """
    if not path.exists():
        return
    try:
        with path.open("rb") as lines:
            yield from map(Annotation.model_validate_json, lines)
    except ValidationError as error:
        raise UsageError(f"{path}: holds something other than answers, and is kept", hint=_OTHER_OUT) from error


@contextmanager
def _part(file: Path, project: Project, *, resume: bool) -> Iterator[tuple[Path, IO[bytes], int]]:
    """Hold OUT.part: the answers that came so far, which stay there when the pull breaks off.

    One that broke off before the first came left none: going on from there begins anew.
    """
    part = file.with_name(f"{file.name}.part")
    with output.unwritable(part, _ANSWERS.flag):
        part.parent.mkdir(parents=True, exist_ok=True)
        stream = os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | PLAIN, 0o666), "r+b")
    with stream, ExitStack() as stack:
        _hold(stream, part, stack)
        whole, after = _whole_tasks(stream, part, project)
        stream.seek(whole if resume else 0)
        stream.truncate()
        try:
            yield part, stream, after if resume else 0
        except BaseException:
            is_empty = not stream.closed and not stream.tell()
            close_before_rename(stream)
            if is_empty:
                part.unlink(missing_ok=True)
            raise


def _is_of(line: Annotation, project: Project) -> bool:
    """Tell whether the project gave the line, as far as both say on which server they are."""
    both_name_a_server = line.project_server and project.server
    return line.project == project.id and (not both_name_a_server or line.project_server == project.server)


def _holds_another(line: Annotation, project: Project) -> str:
    same = " of another server" if line.project == project.id else ""
    return f"holds the answers of project {line.project}{same}, not of {project.id}"


def _hold(stream: IO[bytes], part: Path, stack: ExitStack) -> None:
    """Keep other pulls out; one that has just ended made its part the file itself, which must not be cut."""
    try:
        hold(part, stack, stream.fileno())
        if part.lstat().st_ino == os.fstat(stream.fileno()).st_ino:
            return
    except (BlockingIOError, FileNotFoundError):
        pass
    raise UsageError(f"{part}: another process is writing into it", hint="wait until it has finished")


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
    message = f"{part}: not left by a pull of this project, and is kept; a pull needs this name until it is complete"
    return UsageError(message, hint=_OTHER_PART)


def server_time(since: str, *, earlier: timedelta = timedelta()) -> str:
    """Return a date or time, or a moment that much earlier, in the one form that the server's filter takes.

    Raises:
        UsageError: it is neither.
    """
    try:
        moment = datetime.fromisoformat(since)
    except ValueError as error:
        raise UsageError(
            f"--since {since!r} is not a date or time", hint="write it like 2025-01-31 or 2025-01-31T18:00"
        ) from error
    moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return (moment - earlier if moment.year > 1 else moment).strftime(_SERVER_TIME)


@contextmanager
def notes_beside(out: str) -> Iterator[Path]:
    """Give where notes are kept while answers go into `OUT.part`; they end with it."""
    part = Path(f"{os.path.realpath(out)}{_PART}")
    notes = part.with_name(f"{part.name}.failures")
    try:
        yield notes
    finally:
        if not part.exists() and is_failure_list(notes):
            notes.unlink()


@contextmanager
def noted(notes: Path | None, after: int, listed: Callable[[Failure], object]) -> Iterator[tuple[list[Failure], Note]]:
    """Give what is known of the tasks up to `after`, and a function to list more, before the answers beside it.

    What that function was given is in the file when it returns: `OUT.part` has no answer without the failures of the
    tasks before it.
    """
    earlier = [failure for failure in _read(notes) if (failure.task or 0) <= after] if notes and after else []
    with failure_file(notes) as keep:  # whole or not at all: a kill here must not lose what is known
        for failure in earlier:
            listed(failure)
            keep(failure)
    with failure_file(notes, go_on=True) as keep:

        def note(failures: Iterable[Failure]) -> None:
            for failure in failures:
                listed(failure)
                keep(failure)

        yield earlier, note


def _read(notes: Path) -> Iterator[Failure]:
    if not notes.exists():
        return
    with notes.open("rb") as lines:
        for line in lines:
            try:
                yield Failure.model_validate_json(line)
            except ValidationError:  # a kill cut it; its task comes again
                return
