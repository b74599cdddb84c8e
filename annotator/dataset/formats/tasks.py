"""Label Studio JSON: tasks with everybody's answers, to be imported again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.models import Record
from annotator.tasks import answered_task

FILE = "label-studio.json"


@contextmanager
def label_studio(folder: Path) -> Iterator[Callable[[Record], object]]:
    """Write `label-studio.json`, one array. A unit whose text does not leave is no task: nobody could label it."""
    between = "[\n"
    with (folder / FILE).open("w", encoding="utf-8", newline="\n") as stream:

        def write(record: Record) -> None:
            nonlocal between
            if not record.data.source_text:
                return
            stream.write(between + json.dumps(answered_task(record), ensure_ascii=False))
            between = ",\n"

        yield write
        stream.write("[]\n" if between == "[\n" else "\n]\n")
