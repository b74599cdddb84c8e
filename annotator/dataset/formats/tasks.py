"""Label Studio JSON: tasks with everybody's answers, to be imported again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.models import Record
from annotator.output import json_members
from annotator.tasks import answered_task

FILE = "label-studio.json"


@contextmanager
def label_studio(folder: Path) -> Iterator[Callable[[Record], object]]:
    """Write `label-studio.json`, one array. A unit whose text does not leave is left out: nobody could label it."""
    path = folder / FILE
    with path.open("w", encoding="utf-8", newline="\n") as stream, json_members(stream.write, "[", "]\n") as append:

        def write(record: Record) -> None:
            if record.data.source_text:
                append(json.dumps(answered_task(record), ensure_ascii=False))

        yield write
