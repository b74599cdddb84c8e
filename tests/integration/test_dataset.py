"""A dataset folder in the hands of those who load it: Hugging Face's library, Croissant's validator, a spreadsheet."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commands import annotator

from annotator.models import TaskData

LABELS = ("sourced", "unsourced", "opinion", "rhetoric", "not a unit")
LANGUAGES = ("fr", "de", "es")
CODES = ["number_mismatch", "lost_name"]

Run = Callable[..., dict[str, Any]]


def annotation(article: int, unit: int, who: int) -> dict[str, Any]:
    words = " ".join(hashlib.sha256(f"{article} {unit} {at}".encode()).hexdigest()[:6] for at in range(8))
    text = f"Selon l’Insee, {words}, fin 👩‍👩‍👧."
    blank = dict.fromkeys(TaskData.model_fields, "")
    known = {"unit_id": f"art{article}:{unit}", "article_id": f"art{article}", "kind": "sentence", "block": "paragraph"}
    place = {"position": unit, "start": 100 * unit, "end": 100 * unit + len(text), "source_text": text}
    label = LABELS[(article + unit + (who == 2 and unit % 3 == 0)) % len(LABELS)]
    status = {"status": "not a unit"} if label == "not a unit" else {"status": "labelled", "label": label}
    span = {"start": 6, "end": 13, "article_start": 100 * unit + 6, "article_end": 100 * unit + 13, "text": text[6:13]}
    return {
        "annotator": str(who),
        **status,
        "marks": ["hedged"] if unit % 2 and who == 2 else [],
        "mentions": [span] if label == "sourced" else [],
        "comment": "à voir" if not unit else "",
        "updated_at": f"2026-0{1 + article % 3}-01T00:00:00Z",
        "lead_time": None if who == 2 else 3.5,
        "data": {**blank, **known, **place, "source_lang": LANGUAGES[article % 3], "translation_warning_codes": CODES},
        "revision": "r",
        "project": 1,
        "task": 10 * article + unit,
        "annotation": 100 * article + 10 * unit + who,
    }


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty articles of eight units, each answered by two people."""
    path = tmp_path_factory.mktemp("source") / "annotations.jsonl"
    lines = (json.dumps(annotation(a, u, who)) for a in range(40) for u in range(8) for who in (1, 2))
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a command with a data folder of its own; returns its JSON."""
    environment = {"ANNOTATOR_DATA_DIR": tmp_path_factory.mktemp("data")}

    def run_command(*arguments: str | Path, code: int = 0) -> dict[str, Any]:
        ran = annotator(*arguments, "--json", environment=environment)
        assert ran.returncode == code, ran.stderr.decode()
        counts: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
        return counts

    return run_command


@pytest.fixture(scope="module")
def folder(run: Run, source: Path) -> Path:
    """The dataset in every format."""
    out = source.parent / "dataset"
    assert run("export", source, "--out", out, "--format", "all")["records"] == 320
    return out


LOAD = """
import json, sys
from datasets import Features, load_dataset
folder, cache, chunk = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(f"{folder}/records.features.json", encoding="utf-8") as stream:
    features = Features.from_dict(json.load(stream))
file = f"{cache}/records.jsonl"
records = load_dataset("json", data_files=file, features=features, cache_dir=cache, chunksize=chunk)["train"]
loaded = load_dataset(folder, cache_dir=cache)
print(json.dumps({
    "splits": {name: part.num_rows for name, part in loaded.items()},
    "features": str(loaded["train"].features),
    "row": next(row for row in loaded["train"] if row["votes"][0]["mentions"]),
    "records": [records.num_rows, records[0], records[-1]],
}))
"""
SAMPLE = {"probability": 0.5, "drawn": 1, "of": 2, "stratum": "site=A", "where": "", "seed": 1, "by": ["site"]}
DRAWN = {
    "sample": {**SAMPLE, "whole_articles": False},
    "gold": {"label": "opinion", "reason": "Nobody is named."},
    "quote": {"prefix": "a", "exact": "", "suffix": "b"},
}


def opened(folder: Path, cache: Path, *, nulls: int, chunk: int) -> dict[str, Any]:
    """Open the folder, and its records, so often that they fill `nulls` bytes, with the only drawn one at the end."""
    lines = (folder / "records.jsonl").read_text(encoding="utf-8").splitlines()
    data = {"source": {"id": 7, "tags": [1, "a"]}, "suggested_score": 0.5, "suggested_label": "opinion"}
    last = json.loads(lines[-1])
    drawn = {**last, **DRAWN, "data": {**last["data"], **data}}
    times = nulls // len("\n".join(lines)) + 1
    cache.mkdir()
    (cache / "records.jsonl").write_text("\n".join([*lines * times, json.dumps(drawn)]), encoding="utf-8")
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(cache / "home")}
    command = [sys.executable, "-c", LOAD, str(folder), str(cache), str(chunk)]
    ran = subprocess.run(command, env=offline, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    loaded: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    assert loaded["records"] == [len(lines) * times + 1, with_hours(json.loads(lines[0])), with_hours(drawn)]
    return loaded


def with_hours(record: dict[str, Any]) -> dict[str, Any]:
    """`datasets` takes a day for a moment, and writes it out."""
    votes = [{**vote, "updated_at": f"{vote['updated_at']} 00:00:00"} for vote in record["votes"]]
    return {**record, "votes": votes}


@pytest.fixture(scope="module")
def loaded(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `datasets` says of folder and records; of the latter it sees 64 kB at a time."""
    return opened(folder, tmp_path_factory.mktemp("hub") / "cache", nulls=100_000, chunk=1 << 16)


def test_hugging_face_opens_the_folder_offline_with_its_types(folder: Path, loaded: dict[str, Any]) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert loaded["splits"] == manifest["splits"]
    assert set(loaded["splits"]) == {"train", "validation", "test"}
    row = loaded["row"]
    assert row["source_text"][slice(*(row["votes"][0]["mentions"][0][end] for end in ("start", "end")))] == "l’Insee"
    assert row["translation_warning_codes"] == CODES
    assert "'lead_time': Value('float64')" in loaded["features"]


def test_hugging_face_opens_records_of_which_only_the_last_was_drawn(loaded: dict[str, Any]) -> None:
    _, first, last = loaded["records"]
    assert first["sample"] is None
    assert {name: last[name] for name in DRAWN} == DRAWN
    assert last["data"]["source"] == {"id": 7, "tags": [1, "a"]}


@pytest.mark.proof
def test_hugging_face_opens_records_with_twelve_megabytes_of_nulls(folder: Path, tmp_path: Path) -> None:
    _, _, last = opened(folder, tmp_path / "cache", nulls=12_000_000, chunk=10 << 20)["records"]
    assert {name: last[name] for name in DRAWN} == DRAWN


def test_croissant_is_valid_and_its_records_can_be_read(folder: Path) -> None:
    import mlcroissant as mlc

    described = mlc.Dataset(jsonld=folder / "croissant.json")
    assert not described.metadata.ctx.issues.errors
    first = next(iter(described.records(record_set="test")))
    assert first["test/unit_id"].decode().startswith("art")
    assert first["test/start"] % 100 == 0
    assert first["test/translation_warning_codes"] == [code.encode() for code in CODES]


def test_croissant_says_what_each_field_is_and_under_which_licences_labels_and_texts_are(
    run: Run, source: Path, tmp_path: Path
) -> None:
    about = tmp_path / "about.toml"
    about.write_text('authors = ["Ana Ruiz"]\nversion = "2.0"\ncontact = "a@b.example"', encoding="utf-8")
    run("export", source, "--out", tmp_path / "out", "--about", about, "--license", "cc-by-4.0", "--title", "Claims")
    described = json.loads((tmp_path / "out/croissant.json").read_text(encoding="utf-8"))
    assert all(field["description"] for table in described["recordSet"] for field in table["field"])
    assert [licence["name"] for licence in described["license"]] == [
        "Labels: CC-BY-4.0",
        "Texts: rights of their publishers",
    ]
    assert "unknown 40" in described["license"][1]["description"]
    assert (described["name"], described["version"], described["creator"][0]["name"]) == ("Claims", "2.0", "Ana Ruiz")
    assert "datePublished" not in described
    assert (tmp_path / "out/CITATION.cff").is_file()


@pytest.mark.parametrize(
    ("flags", "context", "said"),
    [
        ((), "", "of 40 articles under no open licence the dataset holds single units alone"),
        (("--include-text",), "AVANT", "the dataset holds text of 40 articles under no open licence"),
    ],
)
def test_export_says_of_how_many_articles_it_keeps_text_back(
    source: Path, tmp_path: Path, flags: tuple[str, ...], context: str, said: str
) -> None:
    given, out = tmp_path / "a.jsonl", tmp_path / "out"
    given.write_text(source.read_text(encoding="utf-8").replace('"before": ""', '"before": "AVANT"'), encoding="utf-8")
    environment = {"ANNOTATOR_DATA_DIR": tmp_path}
    ran = annotator("export", given, "--out", out, "--format", "csv", *flags, environment=environment)
    assert said in " ".join(ran.stderr.decode().split())
    with (out / "records.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["before"] for row in csv.DictReader(stream)} == {context}
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["rights"] == {"unknown": 40}


def test_a_licence_that_is_none_is_refused_before_anything_is_written(run: Run, source: Path, tmp_path: Path) -> None:
    refused = run("export", source, "--out", tmp_path / "out", "--license", "cc by 4", code=2)
    assert "did you mean CC-BY-4.0?" in refused["error"]["hint"]
    assert not (tmp_path / "out").exists()


def test_croissant_tells_of_annotators_what_rai_asks_for(folder: Path) -> None:
    described = json.loads((folder / "croissant.json").read_text(encoding="utf-8"))
    assert described["rai:annotationsPerItem"].startswith("2.00")
    assert {"rai:dataAnnotationProtocol", "rai:annotatorDemographics", "rai:dataLimitations"} <= described.keys()


def test_article_is_in_one_split_alone(folder: Path) -> None:
    lines = (folder / "records.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    splits: dict[str, set[str]] = {}
    for record in records:
        splits.setdefault(record["data"]["article_id"], set()).add(record["split"])
    assert {len(of_article) for of_article in splits.values()} == {1}


def test_more_articles_leave_the_others_in_their_split(run: Run, source: Path, tmp_path: Path) -> None:
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    half = tmp_path / "half.jsonl"
    half.write_text("".join(lines[: len(lines) // 2]), encoding="utf-8")
    run("export", half, "--out", tmp_path / "out")
    before = json.loads((tmp_path / "out/splits.json").read_text(encoding="utf-8"))["articles"]
    run("export", source, "--out", tmp_path / "out")
    after = json.loads((tmp_path / "out/splits.json").read_text(encoding="utf-8"))["articles"]
    assert len(before) < len(after) == 40
    assert {article: after[article] for article in before} == before


def test_annotators_are_pseudonyms_unless_names_are_asked_for(run: Run, source: Path, tmp_path: Path) -> None:
    def annotators(out: Path) -> set[str]:
        lines = (out / "records.jsonl").read_text(encoding="utf-8").splitlines()
        return {vote["annotator"] for line in lines for vote in json.loads(line)["votes"]}

    for name in ("one", "two"):
        run("export", source, "--out", tmp_path / name, "--format", "csv")
    assert annotators(tmp_path / "one") == annotators(tmp_path / "two")
    assert all(name.startswith("a-") for name in annotators(tmp_path / "one"))
    run("export", source, "--out", tmp_path / "named", "--names", "--format", "csv")
    assert annotators(tmp_path / "named") == {"1", "2"}


def test_agreement_of_the_dataset_is_that_of_its_source(run: Run, source: Path, folder: Path) -> None:
    of_source, of_dataset = run("agreement", source), run("agreement", folder)
    assert of_source["overall"] == of_dataset["overall"]
    assert set(of_source["overall"]) >= {"alpha", "kappa", "ac1", "raw", "units", "annotators"}
    assert set(of_source["by_label"]) == set(LABELS[:4])
    assert of_source["overall"]["intervals"]["alpha"][0] < of_source["overall"]["alpha"] < 1


def test_cut_export_leaves_with_3_and_lists_what_is_missing(run: Run, source: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    lines = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()[:40]]
    rows = [{"id": line["task"], "data": line["data"], "annotations": []} for line in lines[::2]]
    cut.write_text(json.dumps(rows)[:-500], encoding="utf-8")
    counts = run("export", cut, "--out", tmp_path / "out", "--failures", tmp_path / "failures.jsonl", code=3)
    assert 0 < counts["records"] < 20
    (failure,) = (tmp_path / "failures.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(failure)["reason"] == "truncated"


def test_agreement_leaves_with_3_where_a_row_was_not_processed(run: Run, source: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.jsonl"
    torn.write_text(source.read_text(encoding="utf-8") + "{torn\n", encoding="utf-8")
    assert run("agreement", torn, "--resamples", "0", code=3)["overall"]["units"] > 0


def test_agreement_does_not_count_a_draft_as_not_processed(run: Run, source: Path, tmp_path: Path) -> None:
    line = json.loads(source.read_text(encoding="utf-8").splitlines()[0])
    drafted = tmp_path / "drafted.json"
    drafted.write_text(json.dumps([{"id": 1, "data": line["data"], "drafts": [{"id": 2}]}]), encoding="utf-8")
    assert run("agreement", drafted, "--resamples", "0", code=0)["overall"]["units"] == 0


def test_csv_opens_in_a_spreadsheet_without_a_formula(folder: Path) -> None:
    with (folder / "records.csv").open(encoding="utf-8", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_report_does_not_write_over_a_file_of_the_dataset(folder: Path) -> None:
    records = folder / "records.jsonl"
    before = records.read_bytes()
    ran = annotator("report", folder, "--out", records)
    assert (ran.returncode, records.read_bytes()) == (2, before)
    assert f"try: --out {records.with_suffix('.html')}" in ran.stderr.decode()


def test_votes_of_a_dataset_are_answers(folder: Path) -> None:
    from annotator.dataset.reading import of_dataset

    said = {vote.answer for record in of_dataset(folder) for vote in record.votes}
    assert said == set(LABELS)
