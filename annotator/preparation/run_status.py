"""What a run folder holds and how far it is, for whoever looks at it: a run that is at work is not disturbed."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from annotator.errors import AnnotatorError, UsageError
from annotator.models import Article, RunInfo, Value
from annotator.preparation.ledger import NEW, FileNotes, is_of_first_form, reading_ledger
from annotator.preparation.work import FILES
from annotator.text import one_json_line

V = TypeVar("V", bound=Value)


class Progress(NamedTuple):
    """How far a start is."""

    started: float
    updated: float
    """Seconds since the epoch."""
    articles: int
    """That this start processed."""
    size: int
    """Bytes of input that it processed."""
    rest: int | None
    """Bytes of input that are left; none where that is not known."""

    @property
    def rate(self) -> float:
        """Articles a second."""
        return self.articles / max(self.updated - self.started, 1e-3)

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take if it is like what was done; none where the size is not known."""
        if not self.size or self.rest is None:
            return None
        return (self.updated - self.started) * max(0, self.rest) / self.size


def read_info(path: Path) -> RunInfo:
    """Return what `run.json` says.

    Raises:
        UsageError: it says something else.
    """
    try:
        return RunInfo.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise UsageError(f"{path}: not a run this version can read", hint="use another folder") from error


def read_noted(path: Path, kind: type[V], what: str, *, hint: str) -> tuple[V, ...]:
    """Return the lines of a file in which a run keeps what people asked of it; none where there is no such file.

    Raises:
        UsageError: a line is not `what` it should be.
    """
    if not path.is_file():
        return ()
    noted = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            noted.append(kind.model_validate_json(line))
        except ValidationError as error:
            raise UsageError(f"{path}:{number}: is no {what}", hint=hint) from error
    return tuple(noted)


def articles_of(folder: Path, article_ids: Collection[str]) -> Iterator[Article]:
    """Yield the articles of a run that have these ids; only lines in which an id stands are read."""
    path = folder / "articles.jsonl"
    if not article_ids or not path.is_file():
        return
    needles = [one_json_line(json.dumps(name, ensure_ascii=False)).strip().encode() for name in article_ids]
    with path.open("rb") as lines:
        for line in lines:
            if any(needle in line for needle in needles):
                article = Article.model_validate_json(line)
                if article.article_id in article_ids:
                    yield article


def predictor_of(info: RunInfo) -> str:
    """Return what a run takes its suggestions from; runs of earlier versions, which had no choice, name none."""
    return str(info.settings.get("predictor", "cues"))


def pinned_predictor(path: Path) -> str:
    """Return what the run in this folder takes its suggestions from; nothing where there is none.

    Raises:
        UsageError: its `run.json` says something else.
    """
    return predictor_of(read_info(path / "run.json")) if (path / "run.json").is_file() else ""


def status(path: Path) -> dict[str, object]:
    """Return what a run folder holds so far; a run that is at work is not disturbed.

    Raises:
        AnnotatorError: a file of it is missing.
        UsageError: it is not a run folder, or a damaged one.
    """
    if not (path / "run.json").is_file() or not (path / "ledger.sqlite").is_file():
        can_be_one = path.is_dir() or not (path.exists() or path.suffix)
        hint = f"annotator prepare INPUT... --out {path if can_be_one else 'RUN'}"
        raise UsageError(f"{path}: not a run folder", hint=hint)
    info = read_info(path / "run.json")
    query = "SELECT count(*), coalesce(sum(units), 0), coalesce(sum(asides), 0) FROM article"
    with reading_ledger(path) as ledger:
        articles, units, asides = ledger.execute(query).fetchone()
        state = _state(ledger)
        progress = _progress_of(ledger) if state == "at work" else None
    missing = [name for name in FILES if articles and not (path / name).is_file()]
    if missing:
        hint = "put it back as it was, or prepare the articles again into another folder"
        raise AnnotatorError(
            f"{path / missing[0]}: is not there, though the folder holds {articles} articles", hint=hint
        )
    reasons = _failures_by_reason(path / "failures.jsonl")
    counts = {"articles": articles, "units": units, "asides": asides, "failed": reasons.total()}
    counted = {**counts, "failures": dict(reasons.most_common()), "state": state}
    made = {"engines": info.engines, "predictor": predictor_of(info), "annotator": info.annotator}
    return {**counted, **_progress(progress), **made}


def _failures_by_reason(path: Path) -> Counter[str]:
    if not path.is_file():
        return Counter()
    with path.open("rb") as stream:
        return Counter(str(json.loads(line)["reason"]) for line in stream if line.endswith(b"\n"))


def _progress(progress: Progress | None) -> dict[str, object]:
    """Say how fast a start is that is at work, and when it will end."""
    if progress is None:
        return {}
    left = progress.seconds_left
    known = {} if left is None else {"seconds_left": round(left)}
    return {"articles_per_second": round(progress.rate, 1), **known}


def _state(ledger: sqlite3.Connection) -> str:
    """Return what the run is doing: at work, killed, stopped, or done with all its inputs."""
    tables = {name for (name,) in ledger.execute("SELECT name FROM sqlite_master")}
    pids = [pid for (pid,) in ledger.execute("SELECT pid FROM working")] if "working" in tables else []
    if pids:
        return "at work" if any(Path(f"/proc/{pid}").exists() for pid in pids) else "killed"
    return "done" if "done" in tables and ledger.execute("SELECT count(*) FROM done").fetchone()[0] else "stopped"


def _progress_of(ledger: sqlite3.Connection) -> Progress | None:
    row = ledger.execute("SELECT * FROM progress").fetchone()
    return Progress(*row) if row else None


def verify(path: Path) -> dict[str, int]:
    """Hash every file of a run folder and return how many bytes each has.

    Raises:
        AnnotatorError: files are not as they were written, all of which are named.
        UsageError: it is not a run folder, or a start is at work in it or was killed.
    """
    status(path)
    sizes: dict[str, int] = {}
    changed: list[AnnotatorError] = []
    with reading_ledger(path) as ledger:
        notes = FileNotes(path, ledger)
        if is_of_first_form(ledger):
            hint = "start annotator prepare with the same arguments once, or use annotator status without --verify"
            raise UsageError(f"{path}: made by an earlier version, which noted no hashes", hint=hint)
        if ledger.execute("SELECT count(*) FROM appending").fetchone()[0] or notes.names(NEW):
            hint = "let annotator prepare with the same arguments finish it first"
            raise UsageError(f"{path}: a start is at work in it, or was killed on the way", hint=hint)
        for name in dict.fromkeys((*FILES, *notes.names())):
            try:
                sizes[name] = notes.verify(name)
            except UsageError as error:
                changed.append(error)
    if changed:
        raise AnnotatorError("; ".join(error.message for error in changed), hint=changed[0].hint)
    return sizes
