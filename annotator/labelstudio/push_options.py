"""What a push can be asked for, and what it reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from annotator import guidelines
from annotator.labelstudio.delivery import DEFAULT_PACE, Pace
from annotator.labelstudio.sampling import SampleOptions
from annotator.models import Failure, Task
from annotator.settings import Settings
from annotator.team import OwnMark

Order = Literal["reading", "uncertain"]


@dataclass(frozen=True)
class PushOptions:
    """What a push does beside sending. None leaves an existing project as it is."""

    overlap: int | None = None
    preselect: bool | None = None
    instructions: str = ""
    interface: str | None = None
    marks: Mapping[str, OwnMark] = field(default_factory=dict)
    """Side marks of the team's own."""
    guidelines_version: str = ""
    """Version of the team's own guidelines, which `instructions` then are."""
    update_form: bool = False
    blind: float = 0
    """Share of the units that carry no suggestion; the same ones every time."""
    order: Order = "reading"
    prune: bool = False
    update: bool = False
    """Replace units whose text, translation or suggestion is another now, where nobody has answered."""
    dry_run: bool = False
    where: str = ""
    """A condition on the fields of a task, as `conditions` reads it: only units that fulfil it are sent."""
    sample: SampleOptions | None = None
    """How many units, of those that fulfil the condition, to draw; without it all of them are sent."""
    gold: Sequence[Task] = ()
    """Units whose answer is known, to be mixed in: they measure people."""
    gold_share: float = 0.05
    """Which share of all units they should be."""
    pace: Pace = DEFAULT_PACE
    say: Callable[[str], None] = lambda _line: None
    """Told what people should know on the way."""


@dataclass(frozen=True)
class PushReport:
    """What a push did, or would do. `sent` counts what went in for good, `refused` the rows that did not.

    A unit that two machines push at once is in `sent` of the one whose copy stays, as far as the other one still sees
    it at its end, and in `already_there` of the other one.
    """

    project: int
    units: int
    already_there: int
    sent: int
    refused: int
    failures: tuple[Failure, ...] = ()
    replaced: int = 0
    """Of what was sent, units that took the place of their older version."""
    removed: int = 0
    """Units that the articles lost."""
    blind: int = 0
    """Units that carry no suggestion, so that it can be told how far one pulls."""
    gold: int = 0
    """Of the units, those whose answer is known."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many units were not meant, by what left them out: `left_out_by_where`, `left_out_by_sample`."""

    def counts(self) -> dict[str, int]:
        """Return what `--json` prints."""
        always = ("project", "units", "already_there", "sent", "refused", "blind")
        counts = {name: getattr(self, name) for name in always}
        changed = {name: number for name in ("replaced", "removed", "gold") if (number := getattr(self, name))}
        return {**counts, **changed, **self.left_out}


def with_team(options: PushOptions, settings: Settings) -> PushOptions:
    """Return the options with a team's own marks and guidelines, where they do not name others.

    Raises:
        UsageError: the guidelines cannot be read.
    """
    options = replace(options, marks=options.marks or settings.marks)
    own = settings.guidelines
    if own is None or options.instructions:
        return options
    return replace(options, instructions=guidelines.html_of(own.file, Path()), guidelines_version=own.version)
