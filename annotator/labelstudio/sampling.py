"""A sample of units with known probabilities: the same one every time, and a larger one holds the smaller one.

Every unit (or article) has a number that depends on the seed and its id alone, and a stratum's sample is its lowest
numbers. Strata get equal shares, for whoever names them wants to know something of each; one with fewer units than its
share gives all, and the others share the rest. (A sample without strata is proportional by itself.) So a stratum's
share never shrinks when the sample grows, and while a file is read it only ever shrinks: two passes are enough, with
as many ids in memory as are drawn.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from annotator.errors import UsageError
from annotator.labelstudio.conditions import known_field
from annotator.models import Failure, Sample, Task

_SEED = "sample-1"
_MOST_STRATA = 10_000
"""What people tell apart has tens of values; a field of texts or ids has as many as there are units."""
_SLACK = 10_000
"""Candidates beyond twice the sample after which the superfluous ones go: sorting them then costs little."""

Number = tuple[int, str]
"""A drawn number and the id that it belongs to, which parts the unlikely equal ones."""


@dataclass(frozen=True)
class SampleOptions:
    """How many units to draw, or whole articles; `by` names fields whose values make strata with equal shares."""

    number: int
    seed: int = 1
    by: tuple[str, ...] = ()
    whole_articles: bool = False


def checked(options: SampleOptions) -> SampleOptions:
    """Return the options, each field once.

    Raises:
        UsageError: nothing is to be drawn, or a field does not exist.
    """
    if options.number < 1:
        raise UsageError(f"--sample {options.number}: draws nothing", hint="give a number from 1 on")
    by = tuple(dict.fromkeys(known_field(name, "--by") for name in options.by))
    return SampleOptions(options.number, options.seed, by, options.whole_articles)


def draw(tasks: Iterable[Task], options: SampleOptions, *, where: str = "") -> tuple[dict[str, Sample], dict[str, int]]:
    """Return what is drawn, by the id of unit or article, and how many each stratum has. `tasks` is read once.

    Raises:
        UsageError: there are too many strata.
    """
    candidates = _Candidates(options)
    for name, stratum in _members(tasks, options):
        candidates.add(name, stratum)
    return candidates.samples(where), dict(candidates.sizes)


def shares(sizes: Mapping[str, int], number: int, order: Callable[[str], int]) -> dict[str, int]:
    """Deal `number` out to strata in rounds, each of which gives one more to every stratum that has one left.

    In a last, incomplete round `order` says who comes first.
    """
    left, level = number, 0
    smallest_first = sorted(sizes.values())
    for at, size in enumerate(smallest_first):
        level = left // (len(smallest_first) - at)
        if size > level:
            break
        left -= size
    dealt = {stratum: min(size, level) for stratum, size in sizes.items()}
    left = number - sum(dealt.values())
    for stratum in sorted((name for name in sizes if sizes[name] > dealt[name]), key=order)[:left]:
        dealt[stratum] += 1
    return dealt


def with_sample(task: Task, sample: Sample) -> Task:
    """Return the task with how it was drawn."""
    meta = task.meta.model_copy(update={"sample": sample.model_dump(mode="json")})
    return task.model_copy(update={"meta": meta})


@dataclass
class _Candidates:
    """Of each stratum the lowest numbers so far: those that may still be drawn."""

    options: SampleOptions
    sizes: Counter[str] = field(default_factory=Counter)
    lowest: dict[str, set[Number]] = field(default_factory=dict)
    highest: dict[str, Number] = field(default_factory=dict)
    """Above it nothing of the stratum can be drawn any more."""
    kept: int = 0

    def add(self, name: str, stratum: str) -> None:
        self.sizes[stratum] += 1
        number = self._number(name), name
        if stratum in self.highest and number > self.highest[stratum]:
            return
        self.lowest.setdefault(stratum, set()).add(number)
        self.kept += 1
        if self.kept > 2 * self.options.number + _SLACK:
            self._cut()
        if len(self.sizes) > _MOST_STRATA:
            by = ", ".join(self.options.by)
            raise UsageError(f"--by {by}: more than {_MOST_STRATA:,} values", hint="name fields that have few values")

    def samples(self, where: str) -> dict[str, Sample]:
        """Return how each of those that are drawn came into the sample."""
        options = self.options
        made: dict[str, Sample] = {}
        for stratum, drawn in self._shares().items():
            size = self.sizes[stratum]
            sample = Sample(
                probability=drawn / size,
                drawn=drawn,
                of=size,
                stratum=stratum,
                where=where,
                seed=options.seed,
                by=options.by,
                whole_articles=options.whole_articles,
            )
            made |= dict.fromkeys((name for _, name in sorted(self.lowest[stratum])[:drawn]), sample)
        return made

    def _cut(self) -> None:
        """Forget what cannot be drawn. A later share may be the next larger one, where a round is incomplete."""
        for stratum, share in self._shares().items():
            keep = sorted(self.lowest[stratum])[: share + 1]
            self.lowest[stratum] = set(keep)
            if len(keep) > share:
                self.highest[stratum] = keep[-1]
        self.kept = sum(map(len, self.lowest.values()))

    def _shares(self) -> dict[str, int]:
        return shares(self.sizes, self.options.number, self._number)

    def _number(self, name: str) -> int:
        drawn = hashlib.sha256(f"{_SEED}:{self.options.seed}:{name}".encode("utf-8", "surrogatepass"))
        return int.from_bytes(drawn.digest()[:8], "big")


def _members(tasks: Iterable[Task], options: SampleOptions) -> Iterator[tuple[str, str]]:
    """Yield what can be drawn, and its stratum. An article is in that of most of its units, of equal ones the first."""
    if not options.whole_articles:
        yield from ((task.data.unit_id, _stratum(task, options.by)) for task in tasks)
        return
    for article, units in groupby(tasks, key=lambda task: task.data.article_id):
        yield article, Counter(_stratum(task, options.by) for task in units).most_common(1)[0][0]


def _stratum(task: Task, by: Sequence[str]) -> str:
    return ", ".join(f"{name}={_shown(getattr(task.data, name, ''))}" for name in by)


def _shown(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


def read(tasks: Iterable[Task | Failure]) -> Iterator[Task]:
    """Yield what is a task; the rows that are none are listed by whoever reads them to send them."""
    return (task for task in tasks if isinstance(task, Task))
