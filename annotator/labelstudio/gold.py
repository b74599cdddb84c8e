"""Units whose answer is known: read from a file, made into tasks, and mixed among those that a push sends.

The known answer stands in the `meta` of a task, which no column of the project's table shows, and comes back with
every answer to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from annotator import __version__
from annotator.errors import InputError, UsageError
from annotator.labels import ANSWERS
from annotator.labelstudio.given_file import given_path, read_given
from annotator.labelstudio.task_source import ENDINGS
from annotator.models import BlockKind, Decision, Gold, Record, ShownTaskData, Task, TaskData, TaskMeta, UnitKind
from annotator.readers.json_rows import Row, rows
from annotator.readers.packed import Stream
from annotator.text import canonical, digest, reading_form, shown_name

_OPTION = "--gold"
_HINT = 'a line is {"text": "...", "source_lang": "fr", "label": "sourced", "reason": "..."}, or a record of a dataset'
_NEEDED = ("text", "source_lang", "label", "reason")
_GIVEN = frozenset(TaskData.model_fields) - {"unit_id", "start", "end", "source_text", "signature"}
"""Fields of a task that a line may give beside the text: a translation, a title, what stands before and after."""
_MOST = 0.5
_SIGNATURE = f"annotator {__version__}|given"


def read_gold(path: Path) -> list[Task]:
    """Return the units of a file of JSON lines, or of a dataset folder those records that have a ground truth.

    Raises:
        UsageError: the file cannot be read, a line is not what it should be, or there is no unit with a known answer.
    """
    path = given_path(path, _OPTION, hint=_HINT)
    name = shown_name(str(path))

    def read(stream: Stream) -> Iterator[Task]:
        return (task for row in rows(stream.bytes) for task in _of_row(row, name))

    known = read_given(path, _OPTION, read, endings=ENDINGS, hint=_HINT)
    tasks = {task.data.unit_id: task for task in known}
    if not tasks:
        raise UsageError(f"{_OPTION} {path}: no unit in it has a known answer", hint=_HINT)
    return list(tasks.values())


def gold_task(given: Mapping[str, Any]) -> Task:
    """Return the task of a line: its text with a known answer, under the id that its text gives.

    Raises:
        ValueError: something that it needs is missing, or has another form.
    """
    if missing := [name for name in _NEEDED if not (isinstance(given.get(name), str) and given[name].strip())]:
        raise ValueError(f"{missing[0]} is missing or is no text")
    if given["label"] not in ANSWERS:
        raise ValueError(f"label {given['label'][:60]!r} is none of {', '.join(ANSWERS)}")
    text = reading_form(canonical(given["text"].strip())[0])
    article = digest(text, 16)
    unit_id = f"{article}:{digest(f'gold {text}', 12)}"
    fields: dict[str, Any] = dict.fromkeys(TaskData.model_fields, "")
    fields |= {"kind": UnitKind.SENTENCE, "block": BlockKind.PARAGRAPH, "position": 0, "signature": _SIGNATURE}
    fields |= {"article_id": article} | {name: value for name, value in given.items() if name in _GIVEN}
    fields |= {"unit_id": unit_id, "start": 0, "end": len(text), "source_text": text, "article_units": 1}
    gold = Gold(label=given["label"], reason=given["reason"])
    return with_gold(
        Task(data=ShownTaskData.model_validate(fields), meta=TaskMeta(unit_id=unit_id, revision=article)), gold
    )


def with_gold(task: Task, gold: Gold) -> Task:
    """Return the task with its known answer."""
    meta = task.meta.model_copy(update={"gold": gold.model_dump(mode="json")})
    return task.model_copy(update={"meta": meta})


def chosen(gold: Iterable[Task], *, among: Mapping[str, object], share: float) -> list[Task]:
    """Return as many known units as make up the share of all, `among` those of the push; the same ones every time.

    A unit that is pushed anyway stays an ordinary one. When the push grows, those that were chosen before stay.
    """
    number = round(len(among) * share / (1 - share))
    others = (task for task in gold if task.data.unit_id not in among)
    return sorted(others, key=lambda task: digest(task.data.unit_id, 16))[:number]


def checked_share(share: float) -> float:
    """Return the share.

    Raises:
        UsageError: nothing, or more than half, would be known units.
    """
    if not 0 < share <= _MOST:
        raise UsageError(f"--gold-share {share:g}: known units are a part of all", hint="a share such as 0.05")
    return share


def spread(ordinary: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return both in one order, the known ones at even distances, so that people meet them all the way."""
    places = [(number + 0.5) / len(ordinary) for number in range(len(ordinary))]
    places += [(number + 0.5) / len(known) for number in range(len(known))]
    return [unit_id for _, unit_id in sorted(zip(places, (*ordinary, *known), strict=True), key=lambda pair: pair[0])]


def _of_row(row: Row, name: str) -> Iterator[Task]:
    value = row.value()
    place = f"{_OPTION} {name}, {row.place}"
    if not isinstance(value, dict):
        message = value.message if isinstance(value, InputError) else "not an object"
        raise UsageError(f"{place}: {message}", hint=_HINT)
    try:
        if "votes" in value:
            yield from _of_record(Record.model_validate(value))
        else:
            yield gold_task(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        name = ".".join(map(str, first["loc"])) or "line"
        raise UsageError(f"{place}: {name}: {first['msg']} (got {str(first['input'])[:80]!r})", hint=_HINT) from error
    except ValueError as error:
        raise UsageError(f"{place}: {error}", hint=_HINT) from error


def _of_record(record: Record) -> Iterator[Task]:
    """Give the unit of a record that somebody marked as the right answer, if its text is there."""
    if record.decision is not Decision.GROUND_TRUTH or not record.data.source_text:
        return
    reason = next((vote.comment for vote in record.votes if vote.ground_truth and vote.comment), "")
    meta = TaskMeta(unit_id=record.data.unit_id, revision=record.revision)
    known = Gold.model_validate({"label": record.label or record.status, "reason": reason})
    yield with_gold(Task(data=ShownTaskData.model_validate(record.data.model_dump()), meta=meta), known)
