"""What a pull sets aside, kept beside `OUT.part`, so that going on from there tells of everything once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from annotator.failures import failure_file, is_failure_list
from annotator.models import Failure

_PART = ".part"

Note = Callable[[Iterable[Failure]], None]


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
    known = [failure for failure in _read(notes) if (failure.task or 0) <= after] if notes and after else []
    with failure_file(notes) as keep:  # whole or not at all: a kill here must not lose what is known
        for failure in known:
            listed(failure)
            keep(failure)
    with failure_file(notes, go_on=True) as keep:

        def note(failures: Iterable[Failure]) -> None:
            for failure in failures:
                listed(failure)
                keep(failure)

        yield known, note


def _read(notes: Path) -> Iterator[Failure]:
    if not notes.exists():
        return
    with notes.open("rb") as lines:
        for line in lines:
            try:
                yield Failure.model_validate_json(line)
            except ValidationError:  # a kill cut it; its task comes again
                return
