"""The tasks of a push that are meant: those that fulfil a condition, and of them a sample."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from annotator.errors import UsageError
from annotator.labelstudio import conditions, sampling
from annotator.labelstudio.client import ServerTask
from annotator.labelstudio.conditions import Condition
from annotator.labelstudio.sampling import SampleOptions
from annotator.labelstudio.task_source import TaskFile
from annotator.models import Failure, Sample, Task

_SHOWN_STRATA = 10


@dataclass
class Selection:
    """What is asked for, and how many units it left out once the tasks have been read."""

    condition: Condition
    sample: SampleOptions | None
    say: Callable[[str], None]
    left_out_by_where: int = 0
    left_out_by_sample: int = 0

    def counts(self) -> dict[str, int]:
        """Return what was left out, of what was asked for."""
        by_where = {"left_out_by_where": self.left_out_by_where} if self.condition.comparisons else {}
        return by_where | ({"left_out_by_sample": self.left_out_by_sample} if self.sample else {})

    def of(self, tasks: Iterable[Task | Failure]) -> Iterator[Task | Failure]:
        """Yield the selected tasks, and the rows that are none, in their order. For a sample, `tasks` is read twice."""
        if self.sample is None:
            yield from self._fulfilling(tasks)
            return
        with _repeatable(tasks) as source:
            drawn = self._drawn(source, self.sample)
            for task in self._fulfilling(source):
                if isinstance(task, Failure):
                    yield task
                elif sample := drawn.get(task.data.article_id if self.sample.whole_articles else task.data.unit_id):
                    yield sampling.with_sample(task, sample)
                else:
                    self.left_out_by_sample += 1

    def _fulfilling(self, tasks: Iterable[Task | Failure]) -> Iterator[Task | Failure]:
        for task in tasks:
            if isinstance(task, Failure) or self.condition.holds(task):
                yield task
            else:
                self.left_out_by_where += 1

    def _drawn(self, tasks: Iterable[Task | Failure], options: SampleOptions) -> dict[str, Sample]:
        meant = (task for task in sampling.read(tasks) if self.condition.holds(task))
        drawn, sizes = sampling.draw(meant, options, where=str(self.condition))
        samples = {sample.stratum: sample for sample in drawn.values()}
        self._say_strata(sizes, samples, "articles" if options.whole_articles else "units")
        return drawn

    def _say_strata(self, sizes: dict[str, int], samples: dict[str, Sample], what: str) -> None:
        for stratum, size in sorted(sizes.items())[:_SHOWN_STRATA]:
            drawn = samples[stratum].drawn if stratum in samples else 0
            self.say(f"sample: {drawn:,} of {size:,} {what}" + (f" with {stratum}" if stratum else ""))
        if len(sizes) > _SHOWN_STRATA:
            self.say(f"sample: ... and {len(sizes) - _SHOWN_STRATA:,} more strata")
        if missing := len(sizes) - len(samples):
            self.say(f"sample: {missing:,} of {len(sizes):,} strata have no unit in it; a larger --sample reaches them")


def selection(where: str, sample: SampleOptions | None, say: Callable[[str], None]) -> Selection:
    """Return what is asked for.

    Raises:
        UsageError: the condition or the sample is not one.
    """
    return Selection(conditions.parse(where), sampling.checked(sample) if sample else None, say)


def check_same_draw(
    copies: Iterable[ServerTask], sample: SampleOptions | None, *, where: str, say: Callable[[str], None]
) -> None:
    """Keep two ways to draw out of one project: with which chance a unit came into both nobody could say.

    Units that are sent without a draw have no chance at all, which is said once.

    Raises:
        UsageError: units were drawn there in another way.
    """
    whole = str(conditions.parse(where))
    for other in dict.fromkeys(copy.sample for copy in copies if copy.sample):
        flags = _flags(other)
        if sample is None:
            rest = "units sent without --sample get no inclusion probability"
            say(f"warning: the project holds a sample ({flags}); {rest}")
            return
        asked = (sample.seed, sample.by, sample.whole_articles, whole)
        if (other.seed, other.by, other.whole_articles, other.where) != asked:
            flags += " and without --where" if whole and not other.where else ""
            message = f"the project holds a sample that was drawn with {flags}"
            raise UsageError(message, hint=f"draw with {flags} here too, or push this sample into another project")


def _flags(sample: Sample) -> str:
    by = f" --by {','.join(sample.by)}" if sample.by else ""
    where = f" --where {shlex.quote(sample.where)}" if sample.where else ""
    return f"--seed {sample.seed}{by}{' --whole-articles' if sample.whole_articles else ''}{where}"


@contextmanager
def _repeatable(tasks: Iterable[Task | Failure]) -> Iterator[Iterable[Task | Failure]]:
    """Give tasks that can be read twice: what can be read only once is kept in a temporary file meanwhile."""
    if iter(tasks) is not tasks:
        yield tasks
        return
    rest: list[Task | Failure] = []
    with tempfile.NamedTemporaryFile(prefix="annotator-", suffix=".jsonl") as spool:
        for task in tasks:
            try:
                spool.write(task.json_line().encode() if isinstance(task, Task) else b"")
            except ValueError:  # half a character, which the form's check will refuse
                rest.append(task)
            if isinstance(task, Failure):
                rest.append(task)
        spool.flush()
        yield _Kept(TaskFile(Path(spool.name), "the tasks"), rest)


@dataclass(frozen=True)
class _Kept:
    tasks: TaskFile
    rest: list[Task | Failure]

    def __iter__(self) -> Iterator[Task | Failure]:
        yield from self.rest
        yield from self.tasks
