"""`README.md`: the dataset card, whose head tells `datasets.load_dataset` what the files are.

The fields are those of Hugging Face's dataset card specification. The head is YAML; every value in it is written as
JSON, which YAML 1.2 takes as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from annotator import __version__
from annotator.dataset.collect import Report
from annotator.dataset.columns import COLUMNS, Column
from annotator.dataset.formats.huggingface import FOLDER
from annotator.dataset.formats.lines import RECORDS
from annotator.dataset.records import POLICIES
from annotator.labels import CLAIM_CHOICES
from annotator.models import RecordStatus, Retention

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGEST = "1M<n<10M"

_FILES = {
    RECORDS: "the reference: a unit per line with everybody's answers, in nested form",
    "records.csv": "a unit per row, for spreadsheets; a `'` stands before what one would run as a formula",
    "records.parquet": "a unit per row, typed",
    "data/": "the same rows by split, as `datasets.load_dataset` reads them",
    "annotations.jsonld": "W3C Web Annotations: a quote and a position in the article for each answer",
    "claims.jsonld": "schema.org `Claim` for the units that could be checked",
    "label-studio.json": "tasks with their answers, to be imported into Label Studio again",
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


def readme(facts: Report, about: About, folder: Path) -> str:
    """Return the card of the dataset whose files stand in `folder`."""
    return "\n".join((*_head(facts, about, folder), "", *_body(facts, about, folder), ""))


def _head(facts: Report, about: About, folder: Path) -> Iterator[str]:
    yield "---"
    yield f"pretty_name: {_json(about.title)}"
    yield f"license: {_json(about.license or 'unknown')}"
    yield f"language: {_json(_languages(facts))}"
    yield 'annotations_creators: ["other"]'
    yield 'task_categories: ["text-classification"]'
    yield 'tags: ["fact-checking", "claim-detection", "news"]'
    yield f"size_categories: {_json([_size(facts.records)])}"
    files = _data_files(facts, folder)
    if files:
        yield "configs:"
        yield "- config_name: default"
        yield "  data_files:"
        yield from (f"  - {_json({'split': split, 'path': path})}" for split, path in files)
        yield "dataset_info:"
        yield "  features:"
        yield from (line for column in COLUMNS for line in _feature(column, "  "))
    yield "---"


def _data_files(facts: Report, folder: Path) -> list[tuple[str, str]]:
    """The flat rows; a folder without them is opened by its Parquet or not at all."""
    found = [(split, f"{FOLDER}/{split}.jsonl") for split in facts.splits if (folder / FOLDER).is_dir()]
    if not found and (folder / "records.parquet").is_file() and facts.records:
        found = [("train", "records.parquet")]
    order = ("train", "validation", "test")
    return sorted(found, key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))


def _feature(column: Column, indent: str) -> Iterator[str]:
    yield f"{indent}- name: {column.name}"
    if column.fields:
        yield f"{indent}  list:"
        yield from (line for field in column.fields for line in _feature(field, f"{indent}  "))
    else:
        yield f"{indent}  list: string" if column.kind == "list" else f"{indent}  dtype: {column.kind}"


def _body(facts: Report, about: About, folder: Path) -> Iterator[str]:
    yield f"# {_plain(about.title)}"
    yield ""
    yield (
        f"{facts.records:,} claim units of {facts.articles:,} news articles, labelled by people for what each unit's "
        f"text does: {facts.collected.annotations:,} answers. A label says nothing about whether a unit is true."
    )
    yield from _table("Labels", ("label", "units", "meaning"), _label_rows(facts))
    yield from _table("How a unit's label was reached", ("", "units"), _decision_rows(facts))
    yield from (f"- {name.replace('_', ' ')}: {policy}" for name, policy in POLICIES.items())
    yield from _table("Languages", ("language", "units"), _rows(facts.languages))
    yield from _table("Splits", ("split", "units"), _rows(facts.splits))
    yield "An article is never divided, near-duplicates are in one split, and a split is kept when other articles come."
    yield from _table("Files", ("file", "holds"), ((f"`{n}`", t) for n, t in _FILES.items() if _is_there(folder, n)))
    yield from _table("Text that may be here", ("", "units"), _retention_rows(facts))
    yield from _table("Set aside", ("reason", "answers"), _rows(facts.collected.set_aside) or [("nothing", "0")])
    yield from _reading(facts)


def _reading(facts: Report) -> Iterator[str]:
    yield ""
    yield "## To know before use"
    yield ""
    yield "- Offsets are half-open and count code points of the article's canonical text (NFC, `\\n` line ends)."
    yield "- Translations are by machine and were shown to annotators; labels are of the original."
    yield from _servers(facts)
    yield "- Annotators are pseudonyms, unless whoever exported asked for names; who they are was not recorded."
    yield "- Suggested labels came from cue lists; each vote says whether one was shown (`suggestion`)."
    yield f"- Guidelines, version {', '.join(sorted(facts.guidelines)) or 'unknown'}: `guidelines.md`."
    yield f"- Made with annotator {__version__}; `signature` names the version of every step behind a unit."


def _servers(facts: Report) -> Iterator[str]:
    collected = facts.collected
    if len(collected.servers) > 1:
        yield f"- Annotators are users of {len(collected.servers)} servers of Label Studio; no two of them are one."
    if collected.separate:
        yield "- A source whose answers do not say on which server they were given was read as a server of its own."
    elif collected.unnamed:
        yield (
            f"- {collected.unnamed:,} answers do not say on which server they were given, and were read as those of "
            "one server: had there been several, people with the same number on two of them would count as one."
        )


def _table(
    title: str, heads: tuple[str, ...], rows: Iterator[tuple[str, ...]] | list[tuple[str, ...]]
) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _label_rows(facts: Report) -> Iterator[tuple[str, ...]]:
    for choice in CLAIM_CHOICES:
        number = facts.labels.get(choice.value, facts.statuses.get(choice.value, 0))
        yield choice.value, f"{number:,}", choice.hint


def _decision_rows(facts: Report) -> Iterator[tuple[str, ...]]:
    yield from ((name.replace("_", " "), f"{number:,}") for name, number in sorted(facts.decisions.items()))
    for status in (RecordStatus.UNDECIDED, RecordStatus.SKIPPED, RecordStatus.UNLABELLED):
        if facts.statuses.get(status):
            yield str(status), f"{facts.statuses[status]:,}"


def _retention_rows(facts: Report) -> Iterator[tuple[str, ...]]:
    told = {
        Retention.FULL: "unit, context and translations",
        Retention.UNITS: "unit and its translation, no context",
        Retention.OFFSETS: "no text: offsets and ids only",
    }
    yield from ((told[Retention(name)], f"{number:,}") for name, number in sorted(facts.retention.items()))


def _rows(counts: Mapping[str, int]) -> list[tuple[str, ...]]:
    return [(name, f"{number:,}") for name, number in sorted(counts.items())]


def _is_there(folder: Path, name: str) -> bool:
    described_later = {"croissant.json", "manifest.json"}
    return name in described_later or (folder / name).exists()


def _languages(facts: Report) -> list[str]:
    return sorted(tag for tag in facts.languages if tag and tag != "und")


def _size(records: int) -> str:
    return next((name for limit, name in _SIZES if records < limit), _LARGEST)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
