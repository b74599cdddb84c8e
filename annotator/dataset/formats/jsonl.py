"""JSONL: the reference, with every field of every record, unknown ones too, and one file of flat rows per split.

`README.md` names the latter, with types, for `datasets.load_dataset(FOLDER)`. Those of the reference stand beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from annotator.dataset import features
from annotator.dataset.columns import flat
from annotator.models import Record
from annotator.text import one_json_line

RECORDS = "records.jsonl"
FOLDER = "data"


@contextmanager
def reference(folder: Path) -> Iterator[Callable[[Record], object]]:
    """Write `records.jsonl`, and the types of its fields."""
    unknown: set[str] = set()
    with (folder / RECORDS).open("wb") as stream:

        def write(record: Record) -> None:
            stream.write(record.json_bytes())
            unknown.update(features.unknown_fields(record.data))

        yield write
    (folder / features.FILE).write_text(features.text(unknown), encoding="utf-8", newline="\n")


@contextmanager
def splits(folder: Path) -> Iterator[Callable[[Record], object]]:
    """Write `data/SPLIT.jsonl`; a split without records has no file."""
    with ExitStack() as stack:
        files: dict[str, TextIO] = {}

        def write(record: Record) -> None:
            name = record.split or "train"
            if name not in files:
                (folder / FOLDER).mkdir(exist_ok=True)
                path = folder / FOLDER / f"{name}.jsonl"
                files[name] = stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
            files[name].write(one_json_line(json.dumps(flat(record), ensure_ascii=False)))

        yield write
