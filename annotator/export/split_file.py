"""`splits.json`: which article is in which split, so that the next export keeps it there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from annotator.errors import UsageError
from annotator.export.splits import SplitOptions, Splits

SPLITS = "splits.json"


def read_splits(path: Path) -> Iterator[tuple[str, str]]:
    """Yield article and split; nothing where there is no file.

    Raises:
        UsageError: the file is damaged.
    """
    if not path.is_file():
        return
    import ijson
    from ijson.common import JSONError

    try:
        with path.open("rb") as stream:
            yield from ((str(article), str(split)) for article, split in ijson.kvitems(stream, "articles"))
    except JSONError as error:
        raise UsageError(f"{path}: {error}", hint="move the old dataset away") from error


def write_splits(path: Path, splits: Splits, options: SplitOptions) -> None:
    """Write the splits, and which articles are near-duplicates of which other one."""
    head = json.dumps({"seed": options.seed, "shares": dict(options.shares)})[:-1]
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(f'{head}, "articles": {{')
        _members(stream.write, ((article, split) for article, split, _ in splits.assigned()))
        stream.write('\n}, "near_duplicates": {')
        _members(stream.write, ((article, root) for article, _, root in splits.assigned() if article != root))
        stream.write("\n}}\n")


def _members(write: Callable[[str], object], pairs: Iterator[tuple[str, str]]) -> None:
    for number, (name, value) in enumerate(pairs):
        write(("," if number else "") + f"\n{json.dumps(name, ensure_ascii=False)}: {json.dumps(value)}")
