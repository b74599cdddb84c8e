"""Annotation files -> dataset folder. The same input gives the same bytes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from annotator import __version__, guidelines
from annotator.errors import UsageError
from annotator.export import card, croissant, formats, privacy
from annotator.export.collect import Collected, collect
from annotator.export.counts import Report
from annotator.export.digest import of_folder, sha256
from annotator.export.formats import FormatOptions
from annotator.export.grouping import Grouping
from annotator.export.naming import Rename, names, source_names
from annotator.export.records import POLICIES, make_record, newest_of
from annotator.export.split_file import SPLITS, read_splits, write_splits
from annotator.export.splits import SplitOptions, Splits
from annotator.models import Failure, Manifest, Record

MANIFEST = "manifest.json"
CROISSANT = "croissant.json"

Progress = Callable[[int], None]


@dataclass(frozen=True)
class ExportOptions:
    """How a dataset is made."""

    formats: FormatOptions = field(default_factory=FormatOptions)
    split: SplitOptions = field(default_factory=SplitOptions)
    rename: Rename | None = None
    """An annotator's published name; without it the one that the source has."""
    separate_servers: bool = False
    """Whether a source whose answers do not say on which server they were given is a server of its own."""
    mask_handles: bool = False
    about: card.About = field(default_factory=card.About)
    on_failure: Callable[[Failure], object] = lambda _failure: None


_DEFAULTS = ExportOptions()


def export(sources: Sequence[Path], out: Path, *, progress: Progress, options: ExportOptions = _DEFAULTS) -> Report:
    """Write the dataset folder. It appears under its name only when it is complete.

    An article that stood in the dataset that `out` holds already stays in its split.

    Raises:
        UsageError: a source or a format does not exist, or `out` holds something that is no dataset.
    """
    _check_target(out)
    formats.chosen(options.formats)
    report = Report(Collected(on_failure=options.on_failure, separate=options.separate_servers))
    out.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        grouping, splits = stack.enter_context(Grouping()), stack.enter_context(Splits(options.split))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent))) / "dataset"
        folder.mkdir()
        collect(sources, grouping, report.collected)
        splits.keep(read_splits(out / SPLITS))
        _split(grouping, splits, report)
        records = _records(grouping, splits, options, options.rename or names(report.collected.servers))
        _write_records(folder, records, report, options.formats, progress)
        if out.exists() and not report.statuses:
            hint = "check the sources; annotator pull writes such files"
            raise UsageError(f"the sources hold no answer, and {out} is left as it was", hint=hint)
        write_splits(folder / SPLITS, splits, options.split)
        _describe(folder, sources, report, options)
        if out.exists():
            shutil.rmtree(out)
        folder.rename(out)
    return report


def _check_target(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: a file, and a dataset is a folder", hint="--out FOLDER")
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise UsageError(f"{out}: a folder with other files in it", hint="choose a new folder for the dataset")


def _split(grouping: Grouping, splits: Splits, report: Report) -> None:
    for article, text, strata in grouping.articles():
        report.articles += 1
        splits.add(article, text, strata)
    splits.assign()


def _records(grouping: Grouping, splits: Splits, options: ExportOptions, rename: Rename) -> Iterator[Record]:
    for article, units in groupby(grouping.units(), key=lambda unit: newest_of(unit).data.article_id):
        split = splits.of(article)
        for unit in units:
            record = make_record(unit, rename=rename, split=split)
            hidden = privacy.needs_protection(record, mask=options.mask_handles)
            yield privacy.protect(record, mask=options.mask_handles) if hidden else record


def _write_records(
    folder: Path, records: Iterable[Record], report: Report, options: FormatOptions, progress: Progress
) -> None:
    with ExitStack() as stack:
        write = formats.opened(folder, options, stack)
        for done, record in enumerate(records, start=1):
            write(record)
            report.count(record)
            progress(done)


def _describe(folder: Path, sources: Sequence[Path], report: Report, options: ExportOptions) -> None:
    _text(folder / "guidelines.md", guidelines.markdown("en"))
    _text(folder / "README.md", card.readme(report, options.about, folder))
    files = of_folder(folder)
    _text(folder / CROISSANT, croissant.text(report, options.about, folder, files))
    files[CROISSANT] = sha256(folder / CROISSANT)
    _text(folder / MANIFEST, _manifest(files, sources, report).model_dump_json(indent=2) + "\n")


def _manifest(files: dict[str, str], sources: Sequence[Path], report: Report) -> Manifest:
    collected = report.collected
    counts = {"annotations": collected.annotations, "articles": report.articles, "matched": collected.matched}
    counts |= {"servers": len(collected.servers), "no_server": collected.unnamed}
    return Manifest(
        annotator=__version__,
        sources=_sources(sources),
        policies=POLICIES,
        counts=_sorted({**counts, "records": report.statuses.total(), **report.statuses}),
        labels=_sorted(report.labels),
        splits=_sorted(report.splits),
        retention=_sorted(report.retention),
        guidelines=_sorted(report.guidelines),
        set_aside=_sorted(collected.set_aside),
        files=dict(sorted(files.items())),
    )


def _sources(sources: Sequence[Path]) -> dict[str, str]:
    return {name: sha256(path) for path, name in source_names(sources).items()}


def _sorted(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
