"""Every cell of the table in docs/formats.md: what a format keeps comes back, and what it does not is not there."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from annotator import answers
from annotator.dataset import build
from annotator.dataset.columns import COUNTS, flat
from annotator.dataset.formats import FORMATS, FormatOptions, chosen, table
from annotator.dataset.records import make_record
from annotator.errors import UsageError
from annotator.labels import Label
from annotator.models import Annotation, AnnotationStatus, Gold, Mention, Quote, Record, Sample, TaskData
from annotator.spreadsheet import original

ROOT = Path(__file__).parents[2]
TEXT = "=Selon l’Insee 👩‍👩‍👧, « tout va »;\nou presque."
ABOUT = {"url": "https://x.example/ADDRESS", "published": "2025-01", "author": "Ana", "section": "Local"}
ABOUT |= {"article_language": "pt-BR"}
ROW = {"source": {"desk": "DESK", "tags": ["à", 3]}}
CODES = ["number_mismatch", "lost_name"]
SAID = {
    "a:1": (Label.SOURCED, Label.SOURCED, Label.OPINION, AnnotationStatus.SKIPPED),
    "a:2": (Label.UNSOURCED, Label.UNSOURCED),
    "b:1": (Label.OPINION, Label.RHETORIC),
    "b:2": (AnnotationStatus.NOT_A_UNIT, AnnotationStatus.NOT_A_UNIT),
}

Kept = dict[str, Any]


def task_data(unit: str) -> TaskData:
    blank = dict.fromkeys(TaskData.model_fields, "")
    article, _, number = unit.partition(":")
    known = {"unit_id": unit, "article_id": article, "kind": "sentence", "block": "paragraph", "source_lang": "fr"}
    place = {"position": int(number), "start": 10 * int(number), "end": 10 * int(number) + len(TEXT)}
    texts = {"source_text": TEXT, "translated_text": f"TRANSLATED {unit}", "before": f"BEFORE {unit}", "after": "AFTER"}
    warnings = {"translation_warnings": "WARNED; 2", "translation_warning_codes": CODES}
    numbers = {"source_lang_confidence": 0.75, "suggested_score": 0.123, "suggested_label": "rhetoric"}
    texts |= {"brand_new": f"UNKNOWN {unit}", "rights": "CC0-1.0", **ABOUT}
    return TaskData.model_validate({**blank, **known, **place, **texts, **warnings, **numbers, **ROW})


def answer(unit: str, who: int, said: Label | AnnotationStatus) -> Annotation:
    data = task_data(unit)
    mention = Mention(start=7, end=14, article_start=data.start + 7, article_end=data.start + 14, text=TEXT[7:14])
    labelled = isinstance(said, Label)
    return Annotation(
        annotator=f"a-{who}",
        status=AnnotationStatus.LABELLED if labelled else AnnotationStatus(str(said)),
        label=Label(str(said)) if labelled else None,
        marks=("hedged", "self-source") if who == 0 else (),
        mentions=(mention,) if who == 0 else (),
        comment=f"COMMENT {unit}; à voir" if who == 0 else "",
        lead_time=5.4321,
        created_at=f"2026-01-0{who + 1}T00:00:00Z",
        updated_at=f"2026-02-0{who + 1}T00:00:00Z",
        suggestion="preselected" if who else "text",
        guidelines_version="GUIDE-9",
        data=data,
        revision="REVISION-7",
        sample=Sample(probability=3 / 8, drawn=3, of=8, stratum="site=STRATUM", seed=1, by=("site",)),
        gold=Gold(label=Label.RHETORIC, reason="a known answer") if unit == "b:1" else None,
        quote=Quote(prefix=f"BEFORE {unit}\n\n", suffix=" AFTER"),
        project=1,
        task=1,
        annotation=who + 1,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset in every format."""
    made = tmp_path_factory.mktemp("formats")
    lines = [answer(unit, who, said) for unit, answers in SAID.items() for who, said in enumerate(answers)]
    (made / "a.jsonl").write_text("".join(line.model_dump_json() + "\n" for line in lines), encoding="utf-8")
    options = build.ExportOptions(formats=FormatOptions(names=["all"]))
    answers.export_files([made / "a.jsonl"], made / "out", progress=lambda _: None, options=options)
    return made / "out"


def records(folder: Path) -> list[Record]:
    lines = (folder / "records.jsonl").read_text(encoding="utf-8").splitlines()
    return [Record.model_validate_json(line) for line in lines]


def typed(value: Any, feature: Any) -> bool:
    """Whether `datasets` is told a type of everything in a value: it refuses a file with a field it has no type of."""
    kind = feature.get("_type")
    if kind == "List":
        return all(typed(item, feature["feature"]) for item in value)
    if value is None or kind:
        return kind == "Json" or not isinstance(value, dict | list)
    return value.keys() <= feature.keys() and all(typed(value[name], feature[name]) for name in value)


def test_every_field_of_a_record_has_a_type_for_datasets(folder: Path) -> None:
    features = json.loads((folder / "records.features.json").read_text(encoding="utf-8"))
    lines = (folder / "records.jsonl").read_text(encoding="utf-8").splitlines()
    assert "brand_new" in json.loads(lines[0])["data"]
    assert all(typed(json.loads(line), features) for line in lines)


def kept(row: Mapping[str, Any], votes: list[dict[str, Any]]) -> Kept:
    """What the table's rows stand for, of a flat row and its votes."""
    said = [vote for vote in votes if vote["status"] != "skipped"]
    return {
        "unit id": row["unit_id"],
        "text": row["source_text"],
        "offsets": (row["start"], row["end"]),
        "language": row["source_lang"],
        "translation": row["translated_text"],
        "translation warnings": (row["translation_warnings"], row["translation_warning_codes"]),
        "context": (row["before"], row["after"]),
        "suggestion": (row["suggested_label"], row["suggested_score"]),
        "article": {name: row[name] for name in ABOUT},
        "fields of the row": row["source"],
        "label counts": [row[name] for name in COUNTS],
        "label": row["label"],
        "known answer": row["gold"] or None,
        "decision": row["decision"],
        "status": row["status"],
        "answers": sorted((vote["annotator"], vote["label"] or vote["status"]) for vote in said),
        "skips": [vote["annotator"] for vote in votes if vote["status"] == "skipped"],
        "marks": {vote["annotator"]: list(vote["marks"]) for vote in votes if vote["marks"]},
        "mentions": [span for vote in votes for span in vote["mentions"]],
        "comments": {vote["annotator"]: vote["comment"] for vote in votes if vote["comment"]},
        "times": {vote["annotator"]: (vote["created_at"], vote["updated_at"]) for vote in said},
        "lead times": {vote["annotator"]: vote["lead_time"] for vote in votes},
        "guidelines": [(vote["guidelines_version"], vote["suggestion"], vote["ground_truth"]) for vote in votes],
        "split": row["split"],
        "revision": row["revision"],
        "sample": (row["inclusion_probability"], row["sample_stratum"], row["sample_stratum_size"]),
    }


def of_record(record: Record) -> Kept:
    row = flat(record)
    return kept(row, row["votes"]) | {"unknown fields": (record.data.model_extra or {})["brand_new"]}


def read_jsonl(folder: Path) -> Iterator[Kept]:
    return map(of_record, records(folder))


def read_parquet(folder: Path) -> Iterator[Kept]:
    table: Any = pq.read_table(folder / "records.parquet")  # type: ignore[no-untyped-call]
    yield from (kept(row, row["votes"]) for row in table.to_pylist())


def read_hf(folder: Path) -> Iterator[Kept]:
    for path in (folder / "data").iterdir():
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield kept(row, row["votes"])


def read_csv(folder: Path) -> Iterator[Kept]:
    with (folder / "records.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            cells = {name: original(cell) for name, cell in row.items()}
            said = dict(part.split(": ") for part in cells["votes"].split("; "))
            marks = dict(part.split(": ") for part in cells["marks"].split("; ") if part)
            yield {
                "unit id": cells["unit_id"],
                "text": cells["source_text"],
                "offsets": (int(cells["start"]), int(cells["end"])),
                "language": cells["source_lang"],
                "translation": cells["translated_text"],
                "translation warnings": (cells["translation_warnings"], cells["translation_warning_codes"].split()),
                "context": (cells["before"], cells["after"]),
                "suggestion": (cells["suggested_label"], float(cells["suggested_score"])),
                "article": {name: cells[name] for name in ABOUT},
                "fields of the row": cells["source"],
                "label counts": [int(cells[name]) for name in COUNTS],
                "label": cells["label"] or None,
                "known answer": cells["gold"] or None,
                "decision": cells["decision"] or None,
                "status": cells["status"],
                "answers": sorted(pair for pair in said.items() if pair[1] != "skipped"),
                "skips": [who for who, answered in said.items() if answered == "skipped"],
                "marks": {who: names.split(", ") for who, names in marks.items()},
                "split": cells["split"],
                "revision": cells["revision"],
                "sample": (
                    float(cells["inclusion_probability"]),
                    cells["sample_stratum"],
                    int(cells["sample_stratum_size"]),
                ),
            }


def read_web_annotation(folder: Path) -> Iterator[Kept]:
    page = json.loads((folder / "annotations.jsonld").read_text(encoding="utf-8"))
    by_unit: dict[str, list[dict[str, Any]]] = {}
    for item in page["items"]:
        by_unit.setdefault(unquote(item["id"].split(":")[2]), []).append(item)
    yield from (of_web_annotations(unit, items) for unit, items in by_unit.items())


def bodies(item: dict[str, Any], purpose: str) -> list[str]:
    return [body["value"] for body in item["body"] if body["purpose"] == purpose]


def of_web_annotations(unit: str, items: list[dict[str, Any]]) -> Kept:
    votes = {item["creator"]["nickname"]: item for item in items if ":x-annotator-vote:" in item["id"]}
    label = [item for item in items if ":x-annotator-label:" in item["id"]]
    spans = [item["target"]["selector"] for item in items if ":x-annotator-mention:" in item["id"]]
    quote, position = next(iter(votes.values()))["target"]["selector"]
    unit_start = position["start"]
    return {
        "unit id": unit,
        "text": quote["exact"],
        "offsets": (position["start"], position["end"]),
        "language": next(iter(votes.values()))["target"]["language"],
        "label": next((value for one in label for value in bodies(one, "classifying") if value in set(Label)), None),
        "decision": bodies(label[0], "describing")[0] if label else None,
        "answers": sorted((who, bodies(item, "classifying")[0]) for who, item in votes.items()),
        "marks": {who: bodies(item, "tagging") for who, item in votes.items() if bodies(item, "tagging")},
        "mentions": [
            {
                "start": place["start"] - unit_start,
                "end": place["end"] - unit_start,
                "article_start": place["start"],
                "article_end": place["end"],
                "text": words["exact"],
            }
            for words, place in spans
        ],
        "comments": {who: bodies(item, "commenting")[0] for who, item in votes.items() if bodies(item, "commenting")},
        "times": {who: (item["created"], item["modified"]) for who, item in votes.items()},
    }


def read_claims(folder: Path) -> Iterator[Kept]:
    for claim in json.loads((folder / "claims.jsonld").read_text(encoding="utf-8"))["@graph"]:
        yield {
            "unit id": claim["identifier"],
            "text": claim["text"],
            "language": claim["inLanguage"],
            "label": claim["keywords"],
        }


def read_label_studio(folder: Path) -> Iterator[Kept]:
    """As the server gives it back: with ids of its own, everything credited to whoever imported it."""
    tasks = json.loads((folder / "label-studio.json").read_text(encoding="utf-8"))
    for number, task in enumerate(tasks, start=1):
        task |= {"id": number, "project": 8}
        for at, given in enumerate(task["annotations"]):
            given |= {"id": 100 * number + at, "completed_by": 1, "updated_at": "2027-01-01T00:00:00Z"}
    source = folder.parent / "from-server.json"
    source.write_text(json.dumps(tasks), encoding="utf-8")
    answers.export_files([source], folder.parent / "again", progress=lambda _: None)
    splits = {task["data"]["unit_id"]: task["meta"]["split"] for task in tasks}
    yield from (
        of_record(record) | {"split": splits[record.data.unit_id]} for record in records(folder.parent / "again")
    )


def read_xlsx(folder: Path) -> Iterator[Kept]:
    """The rows are those of the CSV, cell for cell."""
    sheet = load_workbook(folder / "records.xlsx", read_only=True)["records"]
    with (folder / "records.csv").open(encoding="utf-8", newline="") as stream:
        for cells, row in zip(sheet.iter_rows(values_only=True), csv.reader(stream), strict=True):
            assert ["" if cell is None else str(cell) for cell in cells] == [original(cell) for cell in row]
    yield from read_csv(folder)


def read_conll(folder: Path) -> Iterator[Kept]:
    for path in (folder / "conll").iterdir():
        for unit in path.read_text(encoding="utf-8").split("\n\n")[:-1]:
            comments = dict(re.findall(r"^# (\w+) = (.*)$", unit, re.MULTILINE))
            yield {"unit id": comments["unit_id"], "language": comments["lang"]}


READERS: dict[str, Callable[[Path], Iterator[Kept]]] = {
    "jsonl": read_jsonl,
    "csv": read_csv,
    "xlsx": read_xlsx,
    "parquet": read_parquet,
    "hf": read_hf,
    "web-annotation": read_web_annotation,
    "claims": read_claims,
    "conll": read_conll,
    "label-studio": read_label_studio,
}
FILES = {
    "csv": "records.csv",
    "xlsx": "records.xlsx",
    "parquet": "records.parquet",
    "hf": "data/train.jsonl",
    "web-annotation": "annotations.jsonld",
    "claims": "claims.jsonld",
    "conll": "conll/train.conll",
}
# What would be in the file if the format kept it.
TRACES = {
    "offsets": '"start"',
    "translation": "TRANSLATED",
    "translation warnings": "number_mismatch",
    "context": "BEFORE",
    "suggestion": "0.123",
    "article": "ADDRESS",
    "fields of the row": "DESK",
    "label counts": "label_counts",
    "label": "unsourced",
    "decision": "majority",
    "status": "undecided",
    "answers": "a-1",
    "skips": "skipped",
    "marks": "self-source",
    "mentions": '"l’Insee"',
    "comments": "COMMENT",
    "times": "2026-02-0",
    "lead times": "5.4321",
    "guidelines": "GUIDE-9",
    "split": "train",
    "known answer": "a known answer",
    "revision": "REVISION-7",
    "sample": "site=STRATUM",
    "unknown fields": "UNKNOWN",
}


def cells() -> Iterator[tuple[str, str, str]]:
    """Yield row, format and cell of the table."""
    text = (ROOT / "docs/formats.md").read_text(encoding="utf-8").partition("## What each keeps")[2]
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\|.*\|$", text, re.MULTILINE)
    ]
    heads = lines[0][1:]
    for name, *row in lines[2 : next(at for at, line in enumerate(lines) if line[0] == "unknown fields") + 1]:
        yield from ((name, head, cell) for head, cell in zip(heads, row, strict=True))


CELLS = list(cells())


@pytest.mark.parametrize(
    ("row", "name"),
    [(row, name) for row, name, cell in CELLS if cell == "yes"],
    ids=lambda part: part.replace(" ", "-"),
)
def test_what_the_table_says_is_kept_comes_back(folder: Path, row: str, name: str) -> None:
    expected = {one["unit id"]: one[row] for one in read_jsonl(folder)}
    found = {one["unit id"]: one[row] for one in READERS[name](folder)}
    assert found
    assert found == {unit: value for unit, value in expected.items() if name != "claims" or unit in {"a:1", "a:2"}}


@pytest.mark.parametrize(
    ("row", "name"), [(row, name) for row, name, cell in CELLS if cell == "no"], ids=lambda part: part.replace(" ", "-")
)
def test_what_the_table_says_is_not_kept_is_not_there(folder: Path, row: str, name: str) -> None:
    assert TRACES[row].encode() not in (folder / FILES[name]).read_bytes()


def test_context_of_a_web_annotation_is_what_stands_around_it_in_the_article(folder: Path) -> None:
    page = json.loads((folder / "annotations.jsonld").read_text(encoding="utf-8"))
    (quote, _) = page["items"][0]["target"]["selector"]
    assert (quote["prefix"], quote["suffix"]) == ("BEFORE a:1\n\n", " AFTER")


def test_sheet_runs_nothing_and_has_a_sheet_that_says_what_each_column_is(folder: Path) -> None:
    book = load_workbook(folder / "records.xlsx")
    assert {cell.data_type for row in book["records"].iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    said = {row[0]: row[1] for row in book["columns"].iter_rows(min_row=2, values_only=True)}
    assert list(said) == list(table.COLUMNS)
    assert all(said.values())


def test_delimiter_and_byte_order_mark_are_those_asked_for(folder: Path, tmp_path: Path) -> None:
    options = build.ExportOptions(formats=FormatOptions(names=["csv"], bom=True, delimiter=";"))
    answers.export_files([folder.parent / "a.jsonl"], tmp_path / "out", progress=lambda _: None, options=options)
    assert (tmp_path / "out/records.csv").read_bytes().startswith(b"\xef\xbb\xbfunit_id;article_id;")


def test_same_records_give_the_same_sheet(folder: Path, tmp_path: Path) -> None:
    options = build.ExportOptions(formats=FormatOptions(names=["xlsx"]))
    answers.export_files([folder.parent / "a.jsonl"], tmp_path / "out", progress=lambda _: None, options=options)
    assert (tmp_path / "out/records.xlsx").read_bytes() == (folder / "records.xlsx").read_bytes()


def test_verdicts_of_a_csv_row_are_not_among_its_votes() -> None:
    own = answer("b:1", 0, Label.OPINION)
    verdict = answer("b:1", 1, Label.RHETORIC).model_copy(update={"adjudication": "a metaphor"})
    cells = dict(zip(table.COLUMNS, table.row(make_record([own, verdict])), strict=True))
    assert (cells["annotators"], cells["votes"]) == (1, "a-0: opinion")
    assert (cells["verdict"], cells["verdict_reason"]) == ("a-1: rhetoric", "a-1: a metaphor")


def test_comments_of_a_csv_row_can_be_read(folder: Path) -> None:
    with (folder / "records.csv").open(encoding="utf-8", newline="") as stream:
        assert next(csv.DictReader(stream))["comments"] == "a-0: COMMENT a:1; à voir"


def test_table_has_every_format_and_every_cell_is_yes_no_or_in_part() -> None:
    assert {name for _, name, _ in CELLS} == set(FORMATS) == set(READERS)
    assert {cell for *_, cell in CELLS} == {"yes", "no", "in part"}
    assert [(row, name) for row, name, cell in CELLS if cell == "in part"] == [
        ("text", "conll"),
        ("context", "web-annotation"),
        ("mentions", "conll"),
        ("comments", "csv"),
        ("comments", "xlsx"),
    ]


def test_parquet_is_typed(folder: Path) -> None:
    schema: Any = pq.read_schema(folder / "records.parquet")  # type: ignore[no-untyped-call]
    types = {name: str(schema.field(name).type) for name in ("start", "suggested_score", "label", "votes")}
    assert types["start"] == "int64"
    assert types["suggested_score"] == "double"
    assert types["label"].startswith("dictionary")
    assert types["votes"].startswith("list<element: struct<annotator: string")


def test_bom_is_written_on_request_and_read_by_a_spreadsheets_rules(folder: Path) -> None:
    options = build.ExportOptions(formats=FormatOptions(names=["csv"], bom=True))
    answers.export_files([folder.parent / "a.jsonl"], folder.parent / "bom", progress=lambda _: None, options=options)
    with_bom = (folder.parent / "bom/records.csv").read_bytes()
    assert with_bom == b"\xef\xbb\xbf" + (folder / "records.csv").read_bytes()


def test_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="sqlite"):
        chosen(["csv", "sqlite"])


def test_second_run_gives_the_same_bytes_in_every_format(folder: Path) -> None:
    options = build.ExportOptions(formats=FormatOptions(names=["all"]))
    answers.export_files(
        [folder.parent / "a.jsonl"], folder.parent / "second", progress=lambda _: None, options=options
    )
    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert len(names) >= 12
    assert [
        name for name in names if (folder / name).read_bytes() != (folder.parent / "second" / name).read_bytes()
    ] == []
