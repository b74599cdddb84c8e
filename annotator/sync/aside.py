"""What a pull sets aside, kept beside `OUT.part`, so that going on from there tells of everything once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from annotator.models import Failure

_PART = ".part"

Note = Callable[[Iterable[Failure]], None]


def notes_of(stream: IO[bytes]) -> Path | None:
    """Return where notes are kept while answers go into `OUT.part`; none where nothing can go on, as from a pipe."""
    name = str(stream.name)
    return Path(f"{name}.failures") if name.endswith(_PART) else None


def drop(notes: Path | None) -> None:
    """Remove notes whose `OUT.part` is there no more: it has become OUT, or was given up."""
    if notes and not notes.with_suffix("").exists():
        notes.unlink(missing_ok=True)


@contextmanager
def noted(notes: Path | None, after: int, listed: Callable[[Failure], object]) -> Iterator[tuple[list[Failure], Note]]:
    """Give what is known of the tasks up to `after`, and a function to list more, before the answers beside it.

    What that function was given is in the file when it returns: `OUT.part` has no answer without the failures of the
    tasks before it.
    """
    known = [failure for failure in _read(notes) if (failure.task or 0) <= after] if notes and after else []
    with notes.open("w", encoding="utf-8", newline="\n") if notes else nullcontext() as stream:

        def note(failures: Iterable[Failure]) -> None:
            for failure in failures:
                listed(failure)
                if stream:
                    stream.write(failure.json_line())
            if stream:
                stream.flush()

        note(known)
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
