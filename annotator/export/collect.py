"""Sources, several and untidy, become annotations grouped by unit, and a count of what is set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from annotator.errors import UsageError
from annotator.export import studio
from annotator.export.grouping import Grouping
from annotator.export.naming import separated, source_names
from annotator.export.sources import REASONS, UNPROCESSED, Line, read_annotations
from annotator.export.studio import Orphan
from annotator.models import Annotation, Failure, TaskData

_KEPT_FAILURES = 1000
_SHOWN = 3
_WRITES = "annotator pull writes files that export reads"


@dataclass
class Collected:
    """How many annotations there are, and what was set aside, with its reasons."""

    lines: int = 0
    """Annotations, and units that nobody has answered."""
    annotations: int = 0
    matched: int = 0
    """Rows without unit id that fit exactly one known unit."""
    set_aside: Counter[str] = field(default_factory=Counter)
    servers: set[str] = field(default_factory=set)
    """On which people answered; an empty name stands for one that is not named."""
    unnamed: int = 0
    """Answers that neither say on which server they were given nor stand in another line that does."""
    separate: bool = False
    """Whether the answers of a source that do not say it are those of a server of its own."""
    failures: list[Failure] = field(default_factory=list)
    """The first thousand."""
    on_failure: Callable[[Failure], object] = lambda _failure: None

    @property
    def unprocessed(self) -> int:
        """How many answers are not in the dataset though somebody gave them."""
        return sum(number for reason, number in self.set_aside.items() if reason in UNPROCESSED)

    def refuse(self, failure: Failure) -> None:
        """Count and keep what is set aside."""
        self.set_aside[failure.reason] += 1
        self.on_failure(failure)
        if len(self.failures) < _KEPT_FAILURES:
            self.failures.append(failure)


def collect(sources: Sequence[Path], grouping: Grouping, collected: Collected) -> None:
    """Read every source into `grouping`. Rows without unit id come last, when all units are known.

    Raises:
        UsageError: a source does not exist, or nothing in the sources can be used.
    """
    named = source_names(sources) if collected.separate else {}
    read = (line for path in sources for line in _of_server(read_annotations(path), named.get(path, "")))
    grouping.add(_counted(_placed(read, grouping), collected))
    adopted = (line for text in grouping.put_off_lines() for line in _adopted(Orphan.load(text), grouping))
    grouping.add(_matched(_counted(adopted, collected), collected))
    collected.servers, collected.unnamed = grouping.settle_servers()
    if collected.unprocessed and not collected.lines:
        raise _nothing(collected)


def _of_server(lines: Iterable[Line], server: str) -> Iterable[Line]:
    return separated(lines, server) if server else lines


def _nothing(collected: Collected) -> UsageError:
    shown = [f"{one.source}: {one.message}" for one in collected.failures[:_SHOWN]]
    more = collected.set_aside.total() - len(shown)
    told = "; ".join([*shown, *([f"and {more} more"] if more else [])])
    return UsageError(f"the sources hold nothing that can be used: {told}", hint=collected.failures[0].hint or _WRITES)


def _placed(lines: Iterable[Line], grouping: Grouping) -> Iterator[Annotation | Failure]:
    for line in lines:
        if isinstance(line, Orphan):
            grouping.put_off(line.dump())
        else:
            yield line


def _counted(lines: Iterable[Annotation | Failure], collected: Collected) -> Iterator[Annotation]:
    for line in lines:
        if isinstance(line, Failure):
            collected.refuse(line)
        else:
            collected.lines += 1
            collected.annotations += bool(line.annotator)
            yield line


def _matched(lines: Iterable[Annotation], collected: Collected) -> Iterator[Annotation]:
    for line in lines:
        collected.matched += 1
        yield line


def _adopted(orphan: Orphan, grouping: Grouping) -> Iterator[Annotation | Failure]:
    data = orphan.row.get("data") or {}
    start, text = data.get("start"), data.get("source_text") or data.get("text") or ""
    known = (
        grouping.find(start=start, text=text, article=data.get("article_id") or "") if isinstance(start, int) else []
    )
    if len(known) != 1:
        yield _unmatched(orphan, f"{len(known)} known units with this text at {start}")
        return
    yield from _with_unit(orphan, known[0])


def _with_unit(orphan: Orphan, unit: TaskData) -> Iterator[Annotation | Failure]:
    row: dict[str, Any] = {**orphan.row, "data": unit.model_dump(mode="json")}
    if "annotator" not in row:
        yield from studio.answers(row, orphan.origin)
        return
    try:
        yield Annotation.model_validate({"server": orphan.origin.server, **row})
    except ValidationError as error:
        yield _unmatched(orphan, str(error).splitlines()[0])


def _unmatched(orphan: Orphan, seen: str) -> Failure:
    return Failure(
        step="export",
        source=orphan.origin.name,
        reason="no_unit_id",
        message=f"{orphan.place}: {seen} ({REASONS['no_unit_id']})",
        hint="give the tasks.jsonl of the run as a further source",
    )
