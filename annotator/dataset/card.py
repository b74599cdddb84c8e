"""`README.md`: the dataset card, whose head tells `datasets.load_dataset` what the files are.

The fields are those of Hugging Face's dataset card specification. The head is YAML; every value in it is written as
JSON, which YAML 1.2 takes as it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from markupsafe import Markup

from annotator import __version__
from annotator.dataset.collect import ExportReport
from annotator.dataset.columns import COLUMNS, Column
from annotator.dataset.formats.jsonl import FOLDER, RECORDS
from annotator.dataset.splits import NAMES as _SPLITS
from annotator.labels import CLAIM_CHOICES
from annotator.models import RecordStatus, Retention
from annotator.templates import load_template
from annotator.text import one_line

# The classes that Hugging Face's hub knows.
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGEST = "1M<n<10M"
_LATER = ("croissant.json", "manifest.json")
"""Files that are written after the card."""
_TEXT_OF_RETENTION = {
    Retention.FULL: "unit, context and translations",
    Retention.UNITS: "unit and its translation, no context",
    Retention.OFFSETS: "no text: offsets and ids only",
}
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufffe\uffff]")
"""JSON takes them as they are; a reader of YAML refuses them, or ends a line there."""

_FILES = {
    RECORDS: "the reference: a unit per line with everybody's answers, in nested form",
    "records.csv": "a unit per row, for spreadsheets; a `'` stands before what one would run as a formula",
    "records.xlsx": "the same rows for Excel, and a sheet that says what each column is",
    "records.parquet": "a unit per row, typed",
    "data/": "the same rows by split, as `datasets.load_dataset` reads them",
    "annotations.jsonld": "W3C Web Annotations: a quote and a position in the article for each answer",
    "claims.jsonld": "schema.org `Claim` for the units that could be checked",
    "conll/": "the source mentions of the answered units as a token and a tag (BIO) a line, by split",
    "label-studio.json": "tasks with their answers, to be imported into Label Studio again",
    "articles.jsonl": "an article per line, once for each revision that units are of: what is known of it, its text",
    "splits.json": "the split of each article, and near-duplicates",
    "guidelines.md": "what the labels mean, as the annotators read it",
    "croissant.json": "this description for machines (Croissant 1.0 with its RAI vocabulary)",
    "manifest.json": "counts, policies, what was set aside, SHA-256 of every file",
}


@dataclass(frozen=True)
class About:
    """What only people know of a dataset."""

    title: str = "Annotated claim units"
    license: str = ""
    """Of the labels; empty where it is not said."""
    url: str = ""


def readme(report: ExportReport, about: About, folder: Path) -> str:
    """Return the card of the dataset whose files stand in `folder`."""
    template = load_template(__package__, "card.md.jinja", {"json": _json, "plain": _plain})
    return template.render(
        report=report,
        about=about,
        version=__version__,
        languages_known=sorted(tag for tag in report.languages if tag and tag != "und"),
        size=next((name for limit, name in _SIZES if report.records < limit), _LARGEST),
        data_files=_data_files(report, folder),
        features=[_feature(column) for column in COLUMNS],
        labels=[(choice.value, report.answered(choice.value), choice.hint) for choice in CLAIM_CHOICES],
        decisions=list(_decisions(report)),
        policies=report.policies,
        files={name: content for name, content in _FILES.items() if name in _LATER or (folder / name).exists()},
        retention=[(_TEXT_OF_RETENTION[Retention(name)], number) for name, number in sorted(report.retention.items())],
        guidelines=sorted(report.guidelines),
    )


def _data_files(report: ExportReport, folder: Path) -> list[tuple[str, str]]:
    """The flat rows; a folder without them is opened by its Parquet or not at all."""
    if (folder / FOLDER).is_dir():
        splits = sorted(report.splits, key=lambda split: _SPLITS.index(split) if split in _SPLITS else len(_SPLITS))
        return [(split, f"{FOLDER}/{split}.jsonl") for split in splits]
    return [("train", "records.parquet")] if report.records and (folder / "records.parquet").is_file() else []


def _feature(column: Column) -> dict[str, Any]:
    if column.fields:
        return {"name": column.name, "list": [_feature(field) for field in column.fields]}
    return {"name": column.name, **({"list": "string"} if column.kind == "list" else {"dtype": column.kind})}


def _decisions(report: ExportReport) -> Iterator[tuple[str, int]]:
    yield from sorted(report.decisions.items())
    for status in (RecordStatus.UNDECIDED, RecordStatus.SKIPPED, RecordStatus.UNLABELLED):
        if report.statuses.get(status):
            yield str(status), report.statuses[status]


def _plain(text: str) -> Markup:
    """Return a text of data as it may stand in the body: one line, no HTML, no end of a table's cell.

    Quotation marks stay, for no attribute is in a card.
    """
    return Markup(escape(one_line(text), quote=False).replace("|", r"\|"))  # noqa: S704 - just escaped


def _json(value: object) -> Markup:
    text = json.dumps(value, ensure_ascii=False)
    escaped = _NOT_IN_YAML.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)
    return Markup(escaped)  # noqa: S704 - of YAML, which has no HTML
