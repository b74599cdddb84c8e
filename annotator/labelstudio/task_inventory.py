"""The tasks of one push, read once: checked against the form, packed for the wire, and given out as often as it takes.

Which units the project lacks is known only after all have been checked, and some may have to go out again. So the rows
are kept, packed as they are sent: at 1 to 2 kB each those of 50,000 units
are up to 100 MB, too much for memory and little for a disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple, Self

from pydantic_core import from_json, to_json

from annotator.labelstudio import form, gold, wire
from annotator.labelstudio.article_pages import ArticlePages
from annotator.labelstudio.shown import Place
from annotator.models import Failure, Task
from annotator.text import digest

ROWS_IN_MEMORY = 16_000_000
"""Bytes of rows above which they go into a temporary file. A push of 50,000 units takes 101 MB without them, so that
the peak stays well below 200 MB however many there are; a run of fewer than 7,000 needs no file."""
_NO_SCORE = -1.0
"""Sorts a unit without a suggestion before all others: nothing is less certain."""


@dataclass(frozen=True)
class PackedTask:
    """A task as it goes over the wire."""

    unit_id: str
    article_id: str
    json: bytes

    @classmethod
    def of(cls, task: Task) -> Self:
        """Pack a task."""
        return cls(task.data.unit_id, task.data.article_id, task.model_dump_json().encode())


Show = Callable[[dict[str, Any], Place], dict[str, Any]]
"""Gives a task's data what the screen shows of it."""


class InspectedUnit(NamedTuple):
    """What a push has to know of a unit, and where its row is."""

    article_id: str
    score: float
    content: str
    """Digest of what it shows."""
    offset: int
    size: int


class TaskInventory:
    """The units that can be sent, each once, and the rows that cannot. Close it to free the rows."""

    def __init__(self) -> None:
        self.units: dict[str, InspectedUnit] = {}
        """By unit id, in the order in which they were read."""
        self.article_ids: dict[str, str] = {}
        self.refused: list[Failure] = []
        self.gold: set[str] = set()
        """Of the units, those whose answer is known."""
        self.pages: ArticlePages | None = None
        """The whole articles, to be shown beside their units."""
        self._rows = SpooledTemporaryFile(max_size=ROWS_IN_MEMORY)  # noqa: SIM115 - `close` closes it

    def close(self) -> None:
        """Free the rows."""
        self._rows.close()

    def add(self, task: Task, *, blind: float = 0) -> None:
        """Keep a task, without its suggestion where its unit is one of the `blind` share."""
        content = wire.content(task)
        stamped = wire.stamped(task, content)
        unit_id, score = task.data.unit_id, task.data.suggested_score
        packed = PackedTask.of(wire.blinded(stamped) if blind and wire.is_blind(unit_id, blind) else stamped)
        article_id = self.article_ids.setdefault(packed.article_id, packed.article_id)  # one string for all its units
        score = _NO_SCORE if score == "" else score
        self.units[unit_id] = InspectedUnit(article_id, score, content, self._rows.tell(), len(packed.json))
        self._rows.write(packed.json)

    def mix_in(self, known: Iterable[Task], *, share: float, blind: float = 0) -> int:
        """Add known units until they are this share of all; return how many there should be."""
        ordinary = len(self.units)
        for task in gold.chosen(known, among=self.units, share=share):
            self.add(task, blind=blind)
            self.gold.add(task.data.unit_id)
        return round(ordinary * share / (1 - share))

    def blind(self, share: float) -> int:
        """Return how many units carry no suggestion."""
        return sum(wire.is_blind(unit_id, share) for unit_id in self.units) if share else 0

    def _numbers(self) -> dict[str, int]:
        """Return the number of each article. A known unit has one of the others', by which nobody can tell it."""
        known = {self.units[unit_id].article_id for unit_id in self.gold}
        ordinary = [article_id for article_id in self.article_ids if article_id not in known]
        numbers = {article_id: number for number, article_id in enumerate(ordinary, start=1)}
        drawn = {article_id: 1 + int(digest(article_id, 8), 16) % max(1, len(ordinary)) for article_id in known}
        return {**drawn, **numbers}

    def packed(
        self, unit_ids: Iterable[str], *, predictions: bool = True, show: Show = lambda data, _place: data
    ) -> Iterator[PackedTask]:
        """Yield these units' rows as they are sent.

        They go with or without the predictions that the server selects beforehand, and with what `show` makes of their
        data for the screen.
        """
        numbers = self._numbers()
        articles = max(numbers.values(), default=0)
        for unit_id in unit_ids:
            unit = self.units[unit_id]
            self._rows.seek(unit.offset)
            row = from_json(self._rows.read(unit.size))
            row["data"] = show(row["data"], Place(numbers[unit.article_id], articles))
            if not predictions:
                row["predictions"] = []
            yield PackedTask(unit_id, unit.article_id, to_json(row))


def inspect_tasks(tasks: Iterable[Task | Failure], *, blind: float = 0) -> TaskInventory:
    """Read all tasks and check each against the form. A row that repeats a unit counts once."""
    labelling_form = form.parse(form.labelling_config())
    inventory = TaskInventory()
    try:
        for task in tasks:
            if isinstance(task, Failure):
                inventory.refused.append(task)
            elif task.data.unit_id in inventory.units:
                continue
            elif problems := wire.problems(task, labelling_form):
                inventory.refused.append(_failure(task, problems))
            else:
                inventory.add(task, blind=blind)
    except BaseException:
        inventory.close()
        raise
    return inventory


def _failure(task: Task, problems: list[str]) -> Failure:
    return Failure(
        step="push",
        source=task.data.article_id,
        article_id=task.data.article_id,
        unit_id=task.data.unit_id,
        reason="form",
        message="; ".join(problems),
        hint="annotator prepare makes tasks that fit",
    )
