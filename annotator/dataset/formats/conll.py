"""CoNLL: a token and its tag a line, a blank line behind each unit, one file per split. Comments as in CoNLL-U."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from annotator.dataset.token_tags import tagged
from annotator.models import Record
from annotator.text import one_line

FOLDER = "conll"


@contextmanager
def conll(folder: Path) -> Iterator[Callable[[Record], object]]:
    """Write `conll/SPLIT.conll`: the source mentions of units that somebody has answered and whose text leaves."""
    with ExitStack() as stack:
        files: dict[str, TextIO] = {}

        def write(record: Record) -> None:
            if not (lines := list(zip(*tagged(record), strict=True))):
                return
            name = record.split or "train"
            if name not in files:
                (folder / FOLDER).mkdir(exist_ok=True)
                path = folder / FOLDER / f"{name}.conll"
                files[name] = stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
            data = record.data
            head = f"# unit_id = {one_line(data.unit_id)}\n# lang = {one_line(data.source_lang)}\n"
            files[name].write(head + "".join(f"{token}\t{tag}\n" for token, tag in lines) + "\n")

        yield write
