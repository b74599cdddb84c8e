"""Annotation files -> dataset folder. The same input gives the same bytes."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from annotator import __version__
from annotator.errors import UsageError
from annotator.export.grouping import Grouping
from annotator.export.records import POLICIES, make_record
from annotator.export.sources import read_annotations
from annotator.export.table import RecordTable
from annotator.models import Failure, Manifest, RecordStatus

MANIFEST = "manifest.json"


@dataclass
class Report:
    """What went into the dataset, and what was set aside with its reasons."""

    annotations: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    set_aside: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return what `--json` prints."""
        return {
            "records": self.statuses.total(),
            "labelled": self.statuses[RecordStatus.LABELLED],
            "undecided": self.statuses[RecordStatus.UNDECIDED],
            "set_aside": self.set_aside.total(),
        }


def export(sources: Sequence[Path], out: Path, *, progress: Callable[[int], None]) -> Report:
    """Write the dataset folder. It appears under its name only when it is complete.

    Raises:
        UsageError: a source does not exist, or `out` holds something that is no dataset.
    """
    _check_target(out)
    report = Report()
    out.parent.mkdir(parents=True, exist_ok=True)
    with Grouping() as grouping, TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as temporary:
        _collect(sources, grouping, report)
        folder = Path(temporary) / "dataset"
        folder.mkdir()
        _write_records(folder, grouping, report, progress)
        _write_manifest(folder, sources, report)
        if out.exists():
            shutil.rmtree(out)
        folder.rename(out)
    return report


def _check_target(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: a file, and a dataset is a folder", hint="--out FOLDER")
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise UsageError(f"{out}: a folder with other files in it", hint="choose a new folder for the dataset")


def _collect(sources: Sequence[Path], grouping: Grouping, report: Report) -> None:
    for line in (line for path in sources for line in read_annotations(path)):
        if isinstance(line, Failure):
            report.failures.append(line)
            report.set_aside[line.reason] += 1
        else:
            report.annotations += 1
            grouping.add(line)


def _write_records(folder: Path, grouping: Grouping, report: Report, progress: Callable[[int], None]) -> None:
    with ExitStack() as stack:
        lines = stack.enter_context((folder / "records.jsonl").open("w", encoding="utf-8", newline="\n"))
        table = RecordTable(stack.enter_context((folder / "records.csv").open("w", encoding="utf-8", newline="")))
        for done, annotations in enumerate(grouping.units(), start=1):
            record = make_record(annotations)
            lines.write(record.model_dump_json() + "\n")
            table.write(record)
            report.statuses[record.status] += 1
            if record.label:
                report.labels[record.label] += 1
            progress(done)


def _write_manifest(folder: Path, sources: Sequence[Path], report: Report) -> None:
    counts = {"annotations": report.annotations, "records": report.statuses.total(), **report.statuses}
    manifest = Manifest(
        annotator=__version__,
        sources={path.name: _sha256(path) for path in sorted(sources)},
        policies=POLICIES,
        counts=dict(sorted(counts.items())),
        labels=dict(sorted(report.labels.items())),
        set_aside=dict(sorted(report.set_aside.items())),
        files={path.name: _sha256(path) for path in sorted(folder.iterdir())},
    )
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8", newline="\n")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
