"""`croissant.json`: the dataset for machines, in MLCommons' Croissant 1.0 with its RAI vocabulary 1.0."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from annotator.dataset.card import About
from annotator.dataset.collect import ExportReport
from annotator.dataset.columns import COLUMNS, Column
from annotator.dataset.formats.jsonl import FOLDER

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
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {"string": "sc:Text", "int64": "sc:Integer", "float64": "sc:Float", "bool": "sc:Boolean"}
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
    """Return the description of the files in `folder`, given as name and SHA-256."""
    described = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": about.title,
        "description": f"{report.records} claim units of {report.articles} news articles, labelled sourced, "
        "unsourced, opinion or rhetoric, with every annotator's answer.",
        "license": about.license or "unknown",
        **({"url": about.url} if about.url else {}),
        "version": "1.0.0",
        "inLanguage": sorted(tag for tag in report.languages if tag),
        "keywords": ["fact-checking", "claim detection", "news"],
        **_responsible(report),
        "distribution": [_file(folder / name, name, digest) for name, digest in files.items()],
        "recordSet": list(_record_sets(list(files))),
    }
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def _responsible(report: ExportReport) -> dict[str, Any]:
    """The RAI vocabulary: what is not known is said to be unknown."""
    per_unit = report.answers / report.records if report.records else 0
    return {
        "rai:dataCollection": "News articles chosen by whoever loaded them; the tool chooses none.",
        "rai:dataPreprocessingProtocol": [
            "canonical text (NFC), cut into claim units with exact offsets",
            "language identified per unit; translated by machine on the same computer",
        ],
        "rai:dataAnnotationProtocol": "guidelines.md; one label per unit and annotator, and side marks",
        "rai:dataAnnotationPlatform": ["Label Studio"],
        "rai:dataAnnotationAnalysis": [f"{name}: {policy}" for name, policy in report.policies.items()],
        "rai:annotationsPerItem": f"{per_unit:.2f} on average, no skips, no verdicts; every answer is in the records",
        "rai:annotatorDemographics": ["not recorded"],
        "rai:machineAnnotationTools": ["cue lists; each vote says whether a suggestion was shown"],
        "rai:dataUseCases": ["training and testing of claim detection", "study of disagreement between annotators"],
        "rai:dataLimitations": [
            "a label says what a text does, not whether it is true",
            "annotators who read a translation may have judged what the machine made of the text",
        ],
        "rai:dataBiases": ["the choice of articles and outlets is that of whoever loaded them"],
        "rai:personalSensitiveInformation": ["names of people in the news; handles of quoted posts unless masked"],
    }


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
    """The rows of each split, or of the one table that there is."""
    for name in [name for name in names if name.startswith(f"{FOLDER}/")] or [n for n in names if n in _TABLES][:1]:
        record_set = Path(name).stem
        yield {
            "@type": "cr:RecordSet",
            "@id": record_set,
            "name": record_set,
            "key": {"@id": f"{record_set}/unit_id"},
            "field": [_field(column, record_set, name) for column in COLUMNS if column.kind != "list"],
        }


def _field(column: Column, record_set: str, file: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{record_set}/{column.name}",
        "name": column.name,
        "dataType": _TYPES[column.kind],
        "source": {"fileObject": {"@id": file}, "extract": {"column": column.name}},
    }
