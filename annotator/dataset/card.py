"""`README.md`: the dataset card, whose head tells `datasets.load_dataset` what the files are.

The fields are those of Hugging Face's dataset card specification. The head is YAML; every value in it is written as
JSON, which YAML 1.2 takes as it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup

from annotator import __version__
from annotator.agreement import Agreement
from annotator.dataset import citation, features
from annotator.dataset.about import About
from annotator.dataset.collect import ExportReport
from annotator.dataset.columns import COLUMNS, Column
from annotator.dataset.formats.jsonl import FOLDER, RECORDS
from annotator.dataset.meanings import described
from annotator.dataset.splits import NAMES as _SPLITS
from annotator.dataset.tally import Tally
from annotator.labels import CLAIM_CHOICES
from annotator.licences import address, hub_name, licence_in
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
    Retention.UNITS: "unit and its translation, no context, no title",
    Retention.OFFSETS: "no text: offsets and ids only",
}
_COEFFICIENTS = {
    "alpha": "Krippendorff's alpha, nominal",
    "kappa": "Cohen's kappa, the mean over pairs of people",
    "fleiss": "Fleiss' kappa",
    "ac1": "Gwet's AC1",
    "raw": "share of pairs of answers that are the same",
}
_MOST_ROWS, _MOST_MONTHS = 30, 36
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufffe\uffff]")
"""JSON takes them as they are; a reader of YAML refuses them, or ends a line there."""
_MARKDOWN = re.compile(r"[\\`*_\[\]{}|~$]|^[#+\-=]|^(?=\d+[.)])|(?<=\s)#")
"""What Markdown, with GitHub's tables and formulas, reads as more than text."""

_FILES = {
    RECORDS: "the reference: a unit per line with everybody's answers, in nested form",
    features.FILE: "the types of its fields, for `datasets.Features.from_dict`",
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
    citation.FILE: "how to cite the dataset",
    "croissant.json": "this description for machines (Croissant 1.0 with its RAI vocabulary)",
    "manifest.json": "counts, policies, what was set aside, SHA-256 of every file",
}


class _Licence(NamedTuple):
    """What the hub is told: one licence for a folder, or that there are several."""

    hub: str
    hub_title: str
    address: str


def readme(report: ExportReport, about: About, folder: Path) -> str:
    """Return the card of the dataset whose files stand in `folder`."""
    template = load_template(__package__, "card.md.jinja", {"json": _json, "plain": _plain, "many": many})
    tally = report.tally
    agreement = tally.agreement
    return template.render(
        report=report,
        tally=tally,
        about=about,
        version=__version__,
        licence=_licence(report, about),
        facts=list(_facts(about)),
        languages_known=sorted(tag for tag in report.languages if tag and tag != "und"),
        size=next((name for limit, name in _SIZES if report.records < limit), _LARGEST),
        data_files=_data_files(report, folder),
        features=[_feature(column) for column in COLUMNS],
        columns=list(described()),
        labels=[(choice.value, report.answered(choice.value), choice.hint) for choice in CLAIM_CHOICES],
        decisions=list(_decisions(report)),
        policies=report.policies,
        files={name: content for name, content in _FILES.items() if name in _LATER or (folder / name).exists()},
        retention=[(_TEXT_OF_RETENTION[Retention(name)], number) for name, number in sorted(report.retention.items())],
        guidelines=sorted(report.guidelines),
        agreement=agreement,
        coefficients=list(_coefficients(agreement)),
        limits=list(limits(report)),
        suggestions=suggestions(tally),
        translated_answers=share(tally.beside_translation, report.answers) if tally.beside_translation else "",
        period=period(tally),
        bibtex=citation.bibtex(about),
        missing=about.missing,
        **_sources(tally),
    )


def limits(report: ExportReport) -> Iterator[str]:
    """Yield what the dataset cannot tell, in our own words."""
    collected = report.collected
    yield "A label says what a text does, not whether it is true."
    yield "Which articles are here is the choice of whoever loaded them: counts are of this choice."
    yield "Offsets are half-open and count code points of the article's canonical text (NFC, `\\n` line ends)."
    yield _checking(report)
    if report.tally.beside_translation:
        yield "Annotators who read a translation may have judged what the machine made of the text."
    if report.tally.overlap[1]:
        yield f"{many(report.tally.overlap[1], 'unit')} with one answer alone: nothing says how sure such a label is."
    if len(collected.servers) > 1:
        yield f"Annotators are users of {len(collected.servers)} servers of Label Studio; no two of them are one."
    if collected.separate_servers:
        yield "A source whose answers do not say on which server they were given was read as a server of its own."
    elif collected.unnamed:
        yield (
            f"{many(collected.unnamed, 'answer')} that do not say on which server they were given, read as those of "
            "one server: had there been several, people with the same number on two of them would count as one."
        )
    if report.gold:
        yield (
            f"{many(report.gold, 'unit')} to measure people, whose answer was known beforehand (`gold`): leave them "
            "out of what you count or train on."
        )


def _checking(report: ExportReport) -> str:
    known, all_of_them = report.joined.known, report.joined.revisions
    if known == all_of_them:
        return (
            "`articles.jsonl` has each article's text, or its SHA-256 and length where the text may not be here: "
            "`annotator verify` checks every offset for which there is a text."
        )
    which = f"{all_of_them - known:,} of {many(all_of_them, 'article')}" if known else "the articles"
    return f"The texts of {which} were not given to the export: their offsets cannot be checked with what is here."


def suggestions(tally: Tally) -> str:
    """Return to how many answers a suggestion was shown, and how."""
    shown = {"text": "beside the unit", "preselected": "selected beforehand", "hidden": "hidden (blind)"}
    with_one = sum(tally.shown[name] for name in shown)
    parts = [f"{tally.shown[name]:,} {words}" for name, words in shown.items() if tally.shown[name]]
    if not with_one:
        return "none was shown"
    blind = f", so {share(tally.shown['hidden'], with_one)} blind" if tally.shown["hidden"] else ""
    return f"at {many(with_one, 'answer')} there was one: {', '.join(parts)}{blind}"


def many(number: int, one: str, more: str = "") -> str:
    """Return a number with what it counts."""
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"


def share(part: int, whole: int) -> str:
    """Return a share in per cent."""
    return f"{part / whole:.0%}" if whole else "0%"


def period(tally: Tally) -> str:
    """Return from when to when people answered; nothing where the answers have no date."""
    same = tally.first_day == tally.last_day
    return tally.first_day if same else f"from {tally.first_day} to {tally.last_day}"


def _licence(report: ExportReport, about: About) -> _Licence:
    """The hub's one field is for everything in the folder: where texts are others', it says that there are several."""
    of_texts = {licence.name if (licence := licence_in(words)) else "" for _, words in report.tally.statements}
    is_ours = of_texts <= {about.license} or set(report.retention) <= {Retention.OFFSETS}
    hub = hub_name(about.license) if about.license else "unknown"
    if is_ours or not about.license:
        return _Licence(hub, about.license, address(about.license))
    return _Licence("other", f"labels {about.license}, texts of their publishers", address(about.license))


def _facts(about: About) -> Iterator[tuple[str, str]]:
    told = {
        "Authors": "; ".join(_author(author.name, author.affiliation, author.orcid) for author in about.authors),
        "Version": about.version,
        "Date": about.date,
        "Contact": about.contact,
        "Address": about.url,
        "DOI": about.doi,
        "Funding": about.funding,
    }
    yield from ((name, text) for name, text in told.items() if text)


def _author(name: str, affiliation: str, orcid: str) -> str:
    beside = ", ".join(filter(None, (affiliation, f"ORCID {orcid}" if orcid else "")))
    return f"{name} ({beside})" if beside else name


def _sources(tally: Tally) -> dict[str, Any]:
    """Return the tables of rights, sites and months, the largest rows of each."""
    statements = sorted(tally.statements.items(), key=lambda row: (-row[1], row[0]))
    sites = sorted(tally.sites.items(), key=lambda row: (-row[1].articles, row[0]))
    months = tally.months
    if len(months) > _MOST_MONTHS:
        months = type(months)()
        for month, number in tally.months.items():
            months[month[:4]] += number
    return {
        "statements": [(standing, words or "nothing said", number) for (standing, words), number in statements][
            :_MOST_ROWS
        ],
        "statements_left": max(0, len(statements) - _MOST_ROWS),
        "sites": sites[:_MOST_ROWS],
        "sites_left": max(0, len(sites) - _MOST_ROWS),
        "months": sorted(months.items()),
    }


def _coefficients(agreement: Agreement) -> Iterator[tuple[str, str, str]]:
    for name, words in _COEFFICIENTS.items():
        if name in agreement.values:
            low_high = agreement.intervals.get(name)
            interval = f"{low_high[0]:.2f} to {low_high[1]:.2f}" if low_high else agreement.no_interval or "none"
            yield words, f"{agreement.values[name]:.3f}", interval
        else:
            yield words, "not defined", agreement.undefined[name]


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
    """Return a text of data as it may stand in the body: one line, neither HTML nor Markdown.

    Quotation marks stay, for no attribute is in a card.
    """
    bare = _MARKDOWN.sub(lambda sign: f"\\{sign[0]}", one_line(text))
    bare = re.sub(r"^(\\)(\d+)([.)])", r"\2\\\3", bare)
    return Markup(escape(bare, quote=False))  # noqa: S704 - just escaped


def _json(value: object) -> Markup:
    text = json.dumps(value, ensure_ascii=False)
    escaped = _NOT_IN_YAML.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)
    return Markup(escaped)  # noqa: S704 - of YAML, which has no HTML
