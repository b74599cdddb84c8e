"""Mended cuts of a run: kept in `mends.jsonl` of its folder, and obeyed by every `prepare` into it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from annotator.assemble import Say
from annotator.errors import UsageError
from annotator.models import Article, Language, Mend, Unit
from annotator.pipeline import Pipeline
from annotator.preparation.run_folder import RunFolder
from annotator.preparation.run_status import articles_of, read_noted
from annotator.preparation.work import packed
from annotator.segmentation.mending import mended, mended_count, problem_of

MENDS = "mends.jsonl"
_HINT = "annotator units split RUN UNIT --at WORDS, or annotator units merge RUN UNIT"


class Noted(NamedTuple):
    """A mend that waits for the next `prepare`, and the unit as it is until then."""

    mend: Mend
    unit: Unit


def read_mends(folder: Path) -> tuple[Mend, ...]:
    """Return the mends of a run, in their order; none where the folder has no such file.

    Raises:
        UsageError: a line of the file is none.
    """
    return read_noted(folder / MENDS, Mend, "mended cut", hint=f"remove the line; {_HINT}")


def note_split(folder: Path, unit_id: str, *, before: str) -> Noted:
    """Note that a unit is cut in two before these words.

    Raises:
        UsageError: the run has no such unit, or the words do not stand in it once, behind others.
    """
    article, unit = _unit_in(folder, unit_id)
    if not before.strip() or unit.text.count(before) != 1:
        times = unit.text.count(before) if before.strip() else 0
        hint = "name the first words of the second part as they stand there, enough of them to be found once"
        raise UsageError(f"--at {before!r}: stands {times} times in {unit.text!r}", hint=hint)
    return _noted(folder, article, unit, at=unit.text.index(before))


def note_merge(folder: Path, unit_id: str) -> Noted:
    """Note that a unit and the one after it are one.

    Raises:
        UsageError: the run has no such unit, or none of the same block follows it.
    """
    return _noted(folder, *_unit_in(folder, unit_id), at=None)


def mend_articles(
    folder: RunFolder, mends: Iterable[Mend], make: Callable[[], Pipeline], *, sketched: bool, say: Say
) -> None:
    """Make the articles again whose mends are not in the run yet, from what the run holds of them.

    They come last in its files. One that a kill takes out on the way is made again from its input.
    """
    by_article: dict[str, list[Mend]] = {}
    for mend in mends:
        by_article.setdefault(mend.article_id, []).append(mend)
    waiting = [article for article in articles_of(folder.path, by_article) if _lacks(article, by_article)]
    if not waiting:
        return
    pipeline = make()
    identify = _as_before if pipeline.language else pipeline.identifier.unit
    made = [mended(article, by_article[article.article_id], identify) for article in waiting]
    translated = pipeline.translate([unit for article in made for unit in article.units])
    done = [packed(pipeline.finish(article, translated), sketched=sketched) for article in made]
    folder.replace(done)
    say(f"{len(done)} articles in {folder.path} are made again with the cuts that were mended")


def _as_before(_text: str, prior: Language) -> Language:
    """Return the language that the user named for the whole run."""
    return prior


def _lacks(article: Article, by_article: dict[str, list[Mend]]) -> bool:
    return mended_count(article) < len(by_article[article.article_id])


def _unit_in(folder: Path, unit_id: str) -> tuple[Article, Unit]:
    if not (folder / "run.json").is_file():
        raise UsageError(f"{folder}: not a run folder", hint="annotator prepare INPUT... --out RUN makes one")
    article_id = unit_id.rpartition(":")[0]
    for article in articles_of(folder, {article_id}):
        for unit in article.units:
            if unit.unit_id == unit_id:
                return article, unit
    hint = "unit_id stands in its tasks.jsonl, and in every answer"
    raise UsageError(f"{folder} has no unit {unit_id!r}", hint=hint)


def _noted(folder: Path, article: Article, unit: Unit, *, at: int | None) -> Noted:
    mend = Mend(article_id=article.article_id, unit_id=unit.unit_id, at=at)
    if any(earlier.unit_id == unit.unit_id for earlier in read_mends(folder)):
        raise UsageError(f"{unit.unit_id}: is mended already", hint="annotator prepare into the folder carries it out")
    if problem := problem_of(article, mend):
        raise UsageError(f"{unit.unit_id}: {problem}", hint=_HINT)
    with (folder / MENDS).open("ab") as stream:
        stream.write(mend.json_line().encode())
    return Noted(mend, unit)
