"""Taking an article out of a run for good: out of its files, its ledger, its lists, and the cache of translations.

Its id stays in `forgotten.jsonl`, which every `prepare` into the run obeys: the same source does not bring it back.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NamedTuple

from annotator.errors import UsageError
from annotator.models import Forgotten, Translation
from annotator.preparation.ledger import reading_ledger
from annotator.preparation.mending import MENDS
from annotator.preparation.run_folder import RunFolder
from annotator.preparation.run_status import articles_of, read_info, read_noted
from annotator.preparation.work import FORGOTTEN_LIST
from annotator.translation.cache import Cache

LISTS = ("failures.jsonl", "duplicates.jsonl")
_HINT = "annotator prepare INPUT... --out RUN makes a run folder"


class InRun(NamedTuple):
    """What a run holds of an article."""

    units: int
    """Units of the article; 0 where the run does not have it."""
    is_forgotten: bool
    """Whether it was taken out before, perhaps by a start that was killed on the way."""


def read_forgotten(folder: Path) -> tuple[str, ...]:
    """Return the ids of the articles that were taken out of a run.

    Raises:
        UsageError: a line of the file is none.
    """
    forgotten = read_noted(folder / FORGOTTEN_LIST, Forgotten, "forgotten article", hint="remove the line")
    return tuple(dict.fromkeys(one.article_id for one in forgotten))


def look(folder: Path, article_id: str) -> InRun:
    """Return what a run holds of the article. Nothing is changed.

    Raises:
        UsageError: it is not a run folder.
    """
    if not (folder / "run.json").is_file() or not (folder / "ledger.sqlite").is_file():
        raise UsageError(f"--run {folder}: not a run folder; nothing was touched", hint=_HINT)
    read_info(folder / "run.json")
    units = sum(len(article.units) for article in articles_of(folder, {article_id}))
    return InRun(units, article_id in read_forgotten(folder))


def forget(folder: Path, article_id: str, *, cache: Path) -> int:
    """Take the article out of every file of the run; return how many of its translations the cache had.

    A kill on the way is finished by the same call. Its id is noted before anything else is done.

    Raises:
        UsageError: another process works in the folder, or a file of it is not as a start left it.
    """
    done = _done(folder)
    with RunFolder(folder, read_info(folder / "run.json")) as run:
        if article_id not in read_forgotten(folder):
            _append(folder / FORGOTTEN_LIST, Forgotten(article_id=article_id).json_bytes())
        cached = Cache(cache).forget(_translated(folder, article_id))  # while the run still tells what to look for
        run.forget(article_id)
        lists = [name for name in LISTS if (folder / name).is_file()]
        with run.lists(*lists):
            for name in lists:
                _rewrite(folder / name, article_id)
        if (folder / MENDS).is_file():
            _rewrite(folder / MENDS, article_id)
        if done is not None:
            run.end(done)
    return cached


def _translated(folder: Path, article_id: str) -> set[str]:
    """Return the translations of its units that the run holds."""
    units = {unit.unit_id for article in articles_of(folder, {article_id}) for unit in article.units}
    if not units:
        return set()
    with (folder / "translations.jsonl").open("rb") as lines:
        found = {line.text for line in map(Translation.model_validate_json, lines) if line.unit_id in units}
    return found - {""}


def _done(folder: Path) -> float | None:
    """Return when all inputs of the run were done; none where they are not."""
    with reading_ledger(folder) as ledger:
        tables = {name for (name,) in ledger.execute("SELECT name FROM sqlite_master")}
        row = ledger.execute("SELECT at FROM done").fetchone() if "done" in tables else None
    return float(row[0]) if row else None


def _append(path: Path, line: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(line)
        stream.flush()
        os.fsync(stream.fileno())


def _rewrite(path: Path, article_id: str) -> None:
    """Leave out the lines about the article, and those that call another one its near-duplicate."""
    new = path.with_name(f".{path.name}.new")
    with path.open("rb") as old, new.open("wb") as stream:
        for line in old:
            given = json.loads(line)
            if article_id not in (given.get("article_id"), given.get("duplicate_of")):
                stream.write(line)
    new.replace(path)
