"""`croissant.json`: the dataset for machines, in MLCommons' Croissant 1.0 with its RAI vocabulary 1.0."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from annotator.dataset import card, citation, shown
from annotator.dataset.about import About, Author
from annotator.dataset.collect import ExportReport
from annotator.dataset.columns import COLUMNS, Column
from annotator.dataset.formats.jsonl import FOLDER
from annotator.dataset.meanings import MEANINGS
from annotator.licences import address

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {"string": "sc:Text", "int64": "sc:Integer", "float64": "sc:Float", "bool": "sc:Boolean", "list": "sc:Text"}
_ENCODINGS = {
    ".jsonl": "application/jsonlines",
    ".csv": "text/csv",
    ".parquet": "application/x-parquet",
    ".jsonld": "application/ld+json",
    ".json": "application/json",
    ".md": "text/markdown",
}
_TABLES = ("records.csv", "records.parquet")


def text(report: ExportReport, about: About, folder: Path, files: Mapping[str, str]) -> str:
    """Return the description of the files in `folder`, given as name and SHA-256. What nobody has said is not in it."""
    described = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": about.title,
        "description": " ".join(filter(None, (about.description, _sentence(report)))),
        "license": _licences(report, about),
        "citeAs": citation.bibtex(about),
        **_given(
            creator=[_person(author) for author in about.authors],
            datePublished=about.date,
            version=about.version,
            url=about.url or (f"https://doi.org/{about.doi}" if about.doi else ""),
        ),
        "inLanguage": sorted(tag for tag in report.languages if tag),
        "keywords": ["fact-checking", "claim detection", "news"],
        **_responsible(report, about),
        "distribution": [_file(folder / name, name, digest) for name, digest in files.items()],
        "recordSet": list(_record_sets(list(files))),
    }
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def _given(**told: object) -> dict[str, object]:
    return {name: value for name, value in told.items() if value}


def _sentence(report: ExportReport) -> str:
    return (
        f"{report.records} claim units of {report.articles} news articles, labelled sourced, unsourced, opinion or "
        "rhetoric, with every annotator's answer."
    )


def _licences(report: ExportReport, about: About) -> list[dict[str, str]]:
    """The licence of the labels and that of the texts, which Croissant knows no words to tell apart but their names."""
    labels = {"name": f"Labels: {about.license}"} if about.license else {"name": "Labels: no licence is stated"}
    standings = ", ".join(f"{standing} {number}" for standing, number in sorted(report.tally.rights.items()))
    return [
        _work(**labels, url=address(about.license)),
        _work(
            name="Texts: rights of their publishers",
            description="The licence of the labels does not hold for them. Each record says in `rights` what its "
            f"source says. Articles by rights: {standings or 'none'}. {about.texts}".strip(),
        ),
    ]


def _work(**told: str) -> dict[str, str]:
    return {"@type": "sc:CreativeWork", **{name: value for name, value in told.items() if value}}


def _person(author: Author) -> dict[str, str]:
    orcid = {"url": f"https://orcid.org/{author.orcid}"} if author.orcid else {}
    return {"@type": "sc:Organization" if author.group else "sc:Person", "name": author.name, **orcid}


def _responsible(report: ExportReport, about: About) -> dict[str, Any]:
    """The RAI vocabulary: what is not known is said to be unknown."""
    tally = report.tally
    per_unit = report.answers / report.records if report.records else 0
    translated = card.share(tally.beside_translation, report.answers)
    return {
        "rai:dataCollection": about.selection or "News articles chosen by whoever loaded them; the tool chooses none.",
        "rai:dataPreprocessingProtocol": [
            "canonical text (NFC), cut into claim units with exact offsets",
            "language identified per unit",
            f"translated by machine on the same computer: {', '.join(sorted(tally.engines)) or 'nothing'}",
        ],
        "rai:dataAnnotationProtocol": [
            "one label per unit and annotator, and side marks",
            f"guidelines: {shown.told(report.guidelines, report.guidelines_held)}",
            *filter(None, (about.procedure,)),
            f"verdicts on what others said: {tally.verdicts}, by {len(tally.adjudicators)}",
        ],
        "rai:dataAnnotationPlatform": ["Label Studio"],
        "rai:dataAnnotationAnalysis": [
            *_agreement(report),
            *(f"{n}: {policy}" for n, policy in report.policies.items()),
        ],
        "rai:annotationsPerItem": f"{per_unit:.2f} on average, no skips, no verdicts; every answer is in the records",
        "rai:annotatorDemographics": [f"{len(tally.annotators)} annotators", about.annotators or "not recorded"],
        "rai:machineAnnotationTools": [f"suggestions: {card.suggestions(tally)}"],
        "rai:dataUseCases": list(about.uses)
        or ["training and testing of claim detection", "study of disagreement between annotators"],
        "rai:dataLimitations": [
            *about.limits,
            *card.limits(report),
            f"answers given beside a translation by machine: {translated}",
        ],
        "rai:dataBiases": ["the choice of articles and outlets is that of whoever loaded them"],
        "rai:personalSensitiveInformation": ["names of people in the news; handles of quoted posts unless masked"],
        **_given(**{"rai:dataReleaseMaintenancePlan": f"Contact: {about.contact}" if about.contact else ""}),
    }


def _agreement(report: ExportReport) -> list[str]:
    agreement = report.tally.agreement
    if "alpha" not in agreement.values:
        return [f"agreement cannot be told: {agreement.no_interval or agreement.undefined.get('alpha', '')}"]
    low_high = agreement.intervals.get("alpha")
    interval = f", 95 % interval {low_high[0]:.2f} to {low_high[1]:.2f} over articles" if low_high else ""
    return [f"Krippendorff's alpha {agreement.values['alpha']:.3f}{interval}, n = {agreement.units} units"]


def _file(path: Path, name: str, digest: str) -> dict[str, str]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{path.stat().st_size} B",
        "encodingFormat": _ENCODINGS.get(path.suffix, "text/plain"),
        "sha256": digest,
    }


def _record_sets(names: list[str]) -> Iterator[dict[str, Any]]:
    """The rows of each split, or of the one table that there is; of lists those of texts, where a row has them."""
    for name in [name for name in names if name.startswith(f"{FOLDER}/")] or [n for n in names if n in _TABLES][:1]:
        record_set = Path(name).stem
        yield {
            "@type": "cr:RecordSet",
            "@id": record_set,
            "name": record_set,
            "description": f"A row is a claim unit; {name}.",
            "key": {"@id": f"{record_set}/unit_id"},
            "field": [_field(column, record_set, name) for column in COLUMNS if _is_described(column, name)],
        }


def _is_described(column: Column, file: str) -> bool:
    return column.kind != "list" or (not column.fields and file.startswith(f"{FOLDER}/"))


def _field(column: Column, record_set: str, file: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{record_set}/{column.name}",
        "name": column.name,
        "description": MEANINGS[column.name],
        "dataType": _TYPES[column.kind],
        **({"repeated": True} if column.kind == "list" else {}),
        "source": {"fileObject": {"@id": file}, "extract": {"column": column.name}},
    }
