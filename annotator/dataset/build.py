"""Answers -> dataset folder. The same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from annotator import __version__
from annotator.dataset import card, citation, croissant, formats, privacy, shown
from annotator.dataset.about import About
from annotator.dataset.articles import ARTICLES, Articles, article_files
from annotator.dataset.collect import ExportReport, PlaceRow, Source, SourceReport, collect
from annotator.dataset.folder import MANIFEST, dataset_folder, earlier_manifest, of_folder, sha256
from annotator.dataset.forgotten import without_forgotten
from annotator.dataset.formats import FormatOptions
from annotator.dataset.grouping import Grouping
from annotator.dataset.personal import POLICY, POLICY_WITH_TIMES, impersonal
from annotator.dataset.reading import Progress, counted
from annotator.dataset.records import POLICIES, Rename, make_record, newest_of, renaming
from annotator.dataset.splits import SPLITS, SplitOptions, Splits, read_splits, write_splits
from annotator.errors import UsageError
from annotator.guidelines import OfTeam
from annotator.models import Failure, Manifest, Record
from annotator.output import keep_apart

CROISSANT, CARD = "croissant.json", "README.md"
_BESIDE = (ARTICLES, SPLITS, shown.FILE, citation.FILE, CARD, CROISSANT)
NAMES = frozenset({*formats.files(["all"]), *_BESIDE, MANIFEST})
"""Every file that an export may write. One that leaves this list stays in datasets that have it."""


@dataclass(frozen=True)
class ExportOptions:
    """How a dataset is made."""

    formats: FormatOptions = field(default_factory=FormatOptions)
    split: SplitOptions = field(default_factory=SplitOptions)
    rename: Rename | None = None
    """An annotator's published name; without it the one that the source has."""
    separate_servers: bool = False
    """Whether sources whose answers do not say on which server they were given were read as servers of their own."""
    texts: privacy.TextPolicy = field(default_factory=privacy.TextPolicy)
    times: bool = False
    """Keep the hour of each answer, not its day alone."""
    articles: Sequence[Path] = ()
    """Files, or run folders, that hold the articles: then the dataset has their texts, as far as they may leave."""
    about: About = field(default_factory=About)
    guidelines: OfTeam | None = None
    """Those that people saw instead of ours, where they are at hand."""
    force: bool = False
    """Replace files of these names in `out` that an earlier export did not write."""
    on_failure: Callable[[Failure], object] = lambda _failure: None
    place: PlaceRow = lambda _row, _unit: ()
    """What becomes of a row whose unit is found by its text."""


_DEFAULTS = ExportOptions()


def export(
    sources: Sequence[Source], out: Path, *, progress: Progress, options: ExportOptions = _DEFAULTS
) -> ExportReport:
    """Write the dataset folder. A new one appears under its name only when it is complete.

    Of a dataset that `out` holds already the files are replaced, and an article that stood in it stays in its split.

    Raises:
        UsageError: a source or a format does not exist, or something else in `out` would be lost.
    """
    policies = {**POLICIES, **(POLICY_WITH_TIMES if options.times else POLICY)}
    report = ExportReport(
        SourceReport(on_failure=options.on_failure, separate_servers=options.separate_servers), policies
    )
    given = article_files(options.articles)
    new = frozenset({*formats.files(options.formats.names), *_BESIDE})
    with ExitStack() as stack:
        folder = stack.enter_context(dataset_folder(out, NAMES, new, force=options.force))
        grouping, splits = stack.enter_context(Grouping()), stack.enter_context(Splits(options.split))
        articles = stack.enter_context(Articles(options.texts))
        earlier = earlier_manifest(folder.target)
        forgotten = earlier.forgotten if earlier else ()
        answered = without_forgotten(sources, frozenset(forgotten)) if forgotten else sources
        collect(answered, grouping, report.collected, options.place)
        splits.keep(read_splits(folder.target / SPLITS))
        _split(grouping, splits, report)
        records = _records(grouping, splits, options, report)
        write_records(folder.draft, _noted(records, articles), report, options.formats, progress)
        if not folder.is_new and not report.statuses:
            hint = "check the sources; annotator pull writes such files"
            raise UsageError(f"the sources hold no answer, and {out} is left as it was", hint=hint)
        wanted = (name for name, share in options.split.shares if share)
        report.empty_splits = tuple(name for name in wanted if not report.splits[name])
        articles.join(given)
        report.joined = articles.write(folder.draft / ARTICLES)
        write_splits(folder.draft / SPLITS, splits, options.split)
        report.guidelines_held = shown.write(folder.draft, report.guidelines, options.guidelines)
        named = {name: sha256(path) for _, name, path in sorted(sources, key=attrgetter("name")) if path}
        manifest = described(folder.draft, named, report, options.about)
        folder.publish(manifest.model_copy(update={"forgotten": forgotten}))
    return report


def check_names(out: Path, sources: Sequence[Path], failures: Path | None) -> None:
    """Refuse to write the list of failures, or a file of the dataset, over another one of them or over a source.

    Raises:
        UsageError: it would happen.
    """
    for name in ("", *sorted(NAMES)):
        keep_apart({"--out": out / name, "--failures": failures}, sources)


def _split(grouping: Grouping, splits: Splits, report: ExportReport) -> None:
    for article, text, strata in grouping.articles():
        report.articles += 1
        splits.add(article, text, strata)
    splits.assign()
    report.leakage, report.groups = splits.leakage(), splits.groups()


def _records(grouping: Grouping, splits: Splits, options: ExportOptions, report: ExportReport) -> Iterator[Record]:
    rename = options.rename or renaming(report.collected.servers)
    for article, units in groupby(grouping.units(), key=lambda unit: newest_of(unit).data.article_id):
        split = splits.of(article)
        for unit in units:
            record = make_record(unit, rename=rename, split=split)
            if record.sample:
                record = record.model_copy(update={"sample": grouping.draws.final(newest_of(unit))})
            kept = impersonal(privacy.protect(record, options.texts), times=options.times)
            report.crossed_out += kept.crossed_out
            yield kept.record


def _noted(records: Iterable[Record], articles: Articles) -> Iterator[Record]:
    for record in records:
        articles.add(record)
        yield record


def write_records(
    folder: Path, records: Iterable[Record], report: ExportReport, options: FormatOptions, progress: Progress
) -> None:
    """Write each record in each format, and count it."""
    with ExitStack() as stack:
        write = formats.opened(folder, options, stack)
        for record in counted(records, progress):
            write(record)
            report.count(record)


def described(folder: Path, sources: Mapping[str, str], report: ExportReport, about: About) -> Manifest:
    """Write what describes the files that are there; return the manifest of all. `sources` are names and SHA-256."""
    if cited := citation.cff(about):
        _text(folder / citation.FILE, cited)
    _text(folder / CARD, card.readme(report, about, folder))
    files = of_folder(folder)  # with the card: croissant.json names its SHA-256, and the manifest names both
    _text(folder / CROISSANT, croissant.text(report, about, folder, files))
    files |= {CROISSANT: sha256(folder / CROISSANT)}
    return _manifest(report).model_copy(
        update={
            "sources": sources,
            "about": about.model_dump(mode="json"),
            "files": dict(sorted(files.items())),
        }
    )


def _manifest(report: ExportReport) -> Manifest:
    collected = report.collected
    counts = {"annotations": collected.annotations, "articles": report.articles, "matched": collected.matched}
    counts |= {"article_revisions": report.joined.revisions, "article_texts": report.joined.known}
    counts |= {"crossed_out": report.crossed_out} if report.crossed_out else {}
    counts |= {"verdicts": collected.verdicts} if collected.verdicts else {}
    counts |= {"servers": len(collected.servers), "no_server": collected.unnamed}
    counts |= {"gold": report.gold} if report.gold else {}
    return Manifest(
        annotator=__version__,
        sources={},
        policies=dict(report.policies),
        counts=_sorted({**counts, "records": report.statuses.total(), **report.statuses}),
        labels=_sorted(report.labels),
        splits=_sorted(report.splits),
        leakage=asdict(report.leakage),
        rights=_sorted(report.tally.rights),
        retention=_sorted(report.retention),
        guidelines=_sorted(report.guidelines),
        guidelines_held=report.guidelines_held,
        set_aside=_sorted(collected.set_aside),
        files={},
    )


def _sorted(counts: Mapping[Any, int]) -> dict[str, int]:
    return {str(name): number for name, number in sorted(counts.items())}


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
