"""Labels that exist already, in a dataset's records or a table, become answers of a person who has a login.

Each says that no suggestion was seen, and comes back without a time: whatever the person says later counts.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from annotator.errors import InputError, UsageError
from annotator.labels import ANSWERS, NOT_A_UNIT
from annotator.labelstudio.client import Client, Project
from annotator.labelstudio.given_file import given_path, read_given
from annotator.models import AnnotationStatus, Failure, Record, Task, Vote
from annotator.readers.json_rows import rows
from annotator.readers.packed import Stream
from annotator.readers.table import open_table
from annotator.tasks import annotation_of
from annotator.text import canonical, reading_form, shown_name

_ENDINGS = (".json", ".jsonl", ".csv", ".tsv")
_OPTION = "--answers"
_HINT = "a row has unit_id or text, label, and perhaps comment; or it is a record of a dataset"
_UNKNOWN = "unknown"
"""Under which guidelines a row of a table was labelled nobody says."""


class Earlier(NamedTuple):
    """An answer that exists already: of the unit with this id, or of each unit with this text."""

    line: int | None
    unit_id: str
    text: str
    vote: Vote


@dataclass
class Brought:
    """What became of the answers."""

    answers: int = 0
    already_there: int = 0
    failures: list[Failure] = field(default_factory=list)


def read_earlier(path: Path) -> list[Earlier | Failure]:
    """Return the answers of a file or a dataset folder, and the rows that are none.

    Raises:
        UsageError: it cannot be read at all, or there is no answer in it.
    """
    path = given_path(path, _OPTION, hint=_HINT)
    name = shown_name(str(path))

    def read(stream: Stream) -> Iterator[Earlier | Failure]:
        answers = (_earlier(row, line, name) for line, row in _rows(stream.bytes, stream.name))
        return (answer for answer in answers if answer)

    found = list(read_given(path, _OPTION, read, endings=_ENDINGS, hint=_HINT))
    if not found:
        raise UsageError(f"{_OPTION} {name}: there is no answer in it", hint=_HINT)
    return found


def bring(
    found: Iterable[Earlier | Failure],
    tasks: Iterable[Task | Failure],
    *,
    client: Client,
    project: Project,
    person: int,
) -> Brought:
    """Give each answer to its unit in the project, unless the person has answered there already.

    `tasks` say which unit has which text. A second call gives nothing twice.

    Raises:
        ServerError: the server is gone; the same call later gives what is missing.
    """
    brought = Brought()
    of_text = _units_by_text(tasks)
    places = {copy.unit_id: copy.task for copy in client.pushed_tasks(project.id)}
    answered = _answered_by(client, project, person)
    given: set[str] = set()
    for answer in found:
        if isinstance(answer, Failure):
            brought.failures.append(answer)
            continue
        units = [answer.unit_id] if answer.unit_id else of_text.get(_key(answer.text), [])
        if problem := _problem(units, places, given):
            brought.failures.append(_failure(problem, answer.line, project.title, units))
            continue
        (unit_id,) = units
        given.add(unit_id)
        if places[unit_id] in answered:
            brought.already_there += 1
            continue
        vote = answer.vote.model_copy(update={"annotator": str(person), "server": project.server})
        client.answer(places[unit_id], {**annotation_of(vote), "completed_by": person})
        brought.answers += 1
    return brought


def _problem(units: list[str], places: Mapping[str, int], given: set[str]) -> str:
    if len(units) != 1:
        return f"{len(units) or 'no'} units have this text"
    if units[0] not in places:
        return "the project has no such unit"
    return "another row answers this unit" if units[0] in given else ""


def _units_by_text(tasks: Iterable[Task | Failure]) -> dict[str, list[str]]:
    of_text: dict[str, list[str]] = {}
    for task in tasks:
        if isinstance(task, Task):
            units = of_text.setdefault(_key(task.data.source_text), [])
            units += [] if task.data.unit_id in units else [task.data.unit_id]
    return of_text


def _answered_by(client: Client, project: Project, person: int) -> set[int]:
    rows = (row for window in client.answer_windows(project.id) for row in window)
    return {row["id"] for row in rows if any(answer.get("completed_by") == person for answer in row["annotations"])}


def _key(text: str) -> str:
    return " ".join(reading_form(canonical(text)[0]).split())


def _rows(stream: io.BufferedReader, name: str) -> Iterator[tuple[int | None, Mapping[str, Any] | InputError]]:
    if Path(name).suffix.lower() not in {".csv", ".tsv"}:
        for row in rows(stream):
            value = row.value()
            is_row = isinstance(value, dict | InputError)
            yield row.line, value if is_row else InputError("not an object", reason="answer", hint=_HINT)
        return
    table = open_table(stream, is_tsv=name.lower().endswith(".tsv"))
    for table_row in table.rows:
        if isinstance(table_row, InputError):
            yield table_row.line, table_row
        else:
            names = (column.strip().lower() for column in table.names)
            yield table_row.line, dict(zip(names, table_row.cells, strict=True))


def _earlier(row: Mapping[str, Any] | InputError, line: int | None, name: str) -> Earlier | Failure | None:
    """Return nothing for a record that nobody has decided."""
    if isinstance(row, InputError):
        return _failure(row.message, line, name)
    try:
        return _of_record(Record.model_validate(row), line) if "votes" in row else _of_row(row, line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        return _failure(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", line, name)
    except ValueError as error:
        return _failure(str(error), line, name)


def _of_record(record: Record, line: int | None) -> Earlier | None:
    """A single answer comes whole; of several, the label that stands."""
    said = str(record.label or "") or str(record.status)
    if said not in ANSWERS:
        return None
    votes = [vote for vote in record.votes if vote.answer == said]
    version = votes[0].guidelines_version if votes else _UNKNOWN
    only = votes[0].model_dump(include={"marks", "mentions", "comment"}) if len(record.votes) == 1 and votes else {}
    return Earlier(line, record.data.unit_id, "", _vote(said, guidelines_version=version, **only))


def _of_row(row: Mapping[str, Any], line: int | None) -> Earlier:
    unit_id, text, label, comment = (
        value if isinstance(value := row.get(name) or "", str) else str(value)
        for name in ("unit_id", "text", "label", "comment")
    )
    if not (unit_id.strip() or text.strip()):
        raise ValueError("neither unit_id nor text says which unit this is")
    if label.strip() not in ANSWERS:
        raise ValueError(f"label {label[:60]!r} is none of {', '.join(ANSWERS)}")
    return Earlier(line, unit_id.strip(), text, _vote(label.strip(), comment=comment, guidelines_version=_UNKNOWN))


def _vote(said: str, **fields: Any) -> Vote:  # noqa: ANN401 - of a vote
    status = AnnotationStatus.NOT_A_UNIT if said == NOT_A_UNIT else AnnotationStatus.LABELLED
    return Vote.model_validate(
        {"annotator": "", "status": status, "label": None if said == NOT_A_UNIT else said, "suggestion": "none"}
        | fields
    )


def _failure(message: str, line: int | None, source: str, units: Iterable[str] = ()) -> Failure:
    unit_id = next(iter(units), "")
    return Failure(step="push", source=source, line=line, unit_id=unit_id, reason="answer", message=message, hint=_HINT)
