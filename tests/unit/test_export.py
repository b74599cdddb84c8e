from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator import answers
from annotator.dataset.records import decide, make_record
from annotator.errors import UsageError
from annotator.labels import Label
from annotator.models import (
    Annotation,
    AnnotationStatus,
    BlockKind,
    Decision,
    Mention,
    Record,
    RecordStatus,
    TaskData,
    UnitKind,
    Vote,
)
from annotator.spreadsheet import neutral, original

SOURCED, UNSOURCED, OPINION = Label.SOURCED, Label.UNSOURCED, Label.OPINION


def data(unit: str = "a:1", position: int = 0, text: str = "Selon l’Insee, tout va.") -> TaskData:
    return TaskData(
        unit_id=unit,
        article_id=unit.partition(":")[0],
        article_title="",
        article_title_translated="",
        source_line="2025-01",
        position=position,
        kind=UnitKind.SENTENCE,
        block=BlockKind.PARAGRAPH,
        start=0,
        end=len(text),
        source_text=text,
        source_lang="fr",
        source_lang_confidence=0.99,
        target_lang="en",
        translated_text="",
        translation_engine="none",
        translation_warnings="",
        before="",
        before_translated="",
        after="",
        after_translated="",
        post="",
        suggested_label="",
        suggested_score="",
        suggestion_reasons="",
        signature="s",
    )


def vote(annotator: str, said: Label | AnnotationStatus, *, gold: bool = False) -> Vote:
    if isinstance(said, Label):
        return Vote(annotator=annotator, status=AnnotationStatus.LABELLED, label=said, ground_truth=gold)
    return Vote(annotator=annotator, status=said, ground_truth=gold)


def line(
    annotator: str, said: Label | AnnotationStatus, *, at: str = "", unit: str = "a:1", number: int = 1
) -> Annotation:
    base = vote(annotator, said)
    return Annotation(
        annotator=base.annotator,
        status=base.status,
        label=base.label,
        updated_at=at,
        data=data(unit),
        revision="r",
        project=1,
        task=1,
        annotation=number,
    )


NOT_A_UNIT, SKIPPED = AnnotationStatus.NOT_A_UNIT, AnnotationStatus.SKIPPED


@pytest.mark.parametrize(
    ("said", "status", "label", "decision"),
    [
        pytest.param([], RecordStatus.UNLABELLED, None, None, id="nobody"),
        pytest.param([SKIPPED], RecordStatus.SKIPPED, None, None, id="only-a-skip"),
        pytest.param([SOURCED], RecordStatus.LABELLED, SOURCED, Decision.SINGLE, id="one"),
        pytest.param([SOURCED, SKIPPED], RecordStatus.LABELLED, SOURCED, Decision.SINGLE, id="a-skip-has-no-say"),
        pytest.param([SOURCED, SOURCED], RecordStatus.LABELLED, SOURCED, Decision.UNANIMOUS, id="two-agree"),
        pytest.param([SOURCED, OPINION], RecordStatus.UNDECIDED, None, None, id="a-tie-stays-undecided"),
        pytest.param([SOURCED, OPINION, SOURCED], RecordStatus.LABELLED, SOURCED, Decision.MAJORITY, id="two-of-three"),
        pytest.param(
            [SOURCED, SOURCED, OPINION, UNSOURCED], RecordStatus.UNDECIDED, None, None, id="half-is-no-majority"
        ),
        pytest.param([NOT_A_UNIT, NOT_A_UNIT], RecordStatus.NOT_A_UNIT, None, Decision.UNANIMOUS, id="not-a-unit"),
        pytest.param([NOT_A_UNIT, SOURCED], RecordStatus.UNDECIDED, None, None, id="unit-or-not"),
    ],
)
def test_verdict_of_votes(
    said: Sequence[Label | AnnotationStatus], status: RecordStatus, label: Label | None, decision: Decision | None
) -> None:
    assert decide([vote(str(number), one) for number, one in enumerate(said)]) == (status, label, decision)


def test_ground_truth_decides_alone() -> None:
    votes = [vote("1", SOURCED), vote("2", SOURCED), vote("3", OPINION, gold=True)]
    assert decide(votes) == (RecordStatus.LABELLED, OPINION, Decision.GROUND_TRUTH)


def test_two_ground_truths_that_differ_stay_undecided() -> None:
    votes = [vote("1", SOURCED, gold=True), vote("2", OPINION, gold=True), vote("3", OPINION)]
    assert decide(votes).status is RecordStatus.UNDECIDED


def test_latest_annotation_of_each_annotator_counts() -> None:
    lines = [line("7", OPINION, at="2026-02-01", number=2), line("7", SOURCED, at="2026-01-01", number=1)]
    record = make_record(lines)
    assert [one.label for one in record.votes] == [OPINION]
    assert record.decision is Decision.SINGLE


def write(path: Path, lines: Sequence[Annotation]) -> Path:
    path.write_text("".join(one.model_dump_json() + "\n" for one in lines), encoding="utf-8")
    return path


def test_two_annotators_make_one_record_with_both_labels(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", [line("1", SOURCED), line("2", OPINION, number=2)])
    report = answers.export_files([source], tmp_path / "out", progress=lambda _: None)
    (text,) = (tmp_path / "out/records.jsonl").read_text(encoding="utf-8").splitlines()
    record = Record.model_validate_json(text)
    assert [(one.annotator, one.label) for one in record.votes] == [("1", SOURCED), ("2", OPINION)]
    assert report.counts() == {"records": 1, "labelled": 0, "undecided": 1, "set_aside": 0}


def test_same_input_in_another_order_gives_the_same_bytes(tmp_path: Path) -> None:
    lines = [line(str(who), SOURCED, unit=f"a:{unit}", number=who * 10 + unit) for who in (1, 2) for unit in range(3)]
    first = write(tmp_path / "a.jsonl", lines)
    answers.export_files([first], tmp_path / "one", progress=lambda _: None)
    write(first, lines[::-1])
    answers.export_files([first], tmp_path / "two", progress=lambda _: None)
    for name in ("records.jsonl", "records.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_line_in_two_files_counts_once(tmp_path: Path) -> None:
    first, second = (write(tmp_path / name, [line("1", SOURCED)]) for name in ("a.jsonl", "b.jsonl"))
    answers.export_files([first, second], tmp_path / "out", progress=lambda _: None)
    (text,) = (tmp_path / "out/records.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(json.loads(text)["votes"]) == 1


def test_broken_line_is_listed_with_its_place_and_the_rest_is_exported(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", [line("1", SOURCED)])
    with source.open("a", encoding="utf-8") as stream:
        stream.write('{"label": "sourced"}\n{"cut')
    report = answers.export_files([source], tmp_path / "out", progress=lambda _: None)
    assert [(failure.line, failure.reason) for failure in report.failures] == [
        (2, "no_annotation"),
        (3, "no_annotation"),
    ]
    assert report.counts()["records"] == 1
    manifest = json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))
    assert manifest["set_aside"] == {"no_annotation": 2}


def test_manifest_holds_the_sha256_of_every_file(tmp_path: Path) -> None:
    answers.export_files([write(tmp_path / "a.jsonl", [line("1", SOURCED)])], tmp_path / "out", progress=lambda _: None)
    manifest = json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))
    seen = {
        path.relative_to(tmp_path / "out").as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert manifest["files"] == seen
    assert manifest["counts"]["annotations"] == 1


def test_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.docx").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="other files"):
        answers.export_files([write(tmp_path / "a.jsonl", [])], tmp_path / "out", progress=lambda _: None)
    assert (tmp_path / "out/thesis.docx").read_text(encoding="utf-8") == "mine"


def test_older_dataset_is_replaced_whole(tmp_path: Path) -> None:
    for label in (SOURCED, OPINION):
        source = write(tmp_path / "a.jsonl", [line("1", label)])
        answers.export_files([source], tmp_path / "out", progress=lambda _: None)
    assert '"opinion"' in (tmp_path / "out/records.jsonl").read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "out"]


@pytest.mark.parametrize("start", ["=1+1", "+33 1", "-3 %", "@compte", "\tx", "'quoted"])
def test_formula_is_neutralised_in_csv_and_comes_back(tmp_path: Path, start: str) -> None:
    text = f'{start}; «a, b»\n"c"'
    annotation = line("1", SOURCED).model_copy(update={"data": data(text=text)})
    answers.export_files([write(tmp_path / "a.jsonl", [annotation])], tmp_path / "out", progress=lambda _: None)
    with (tmp_path / "out/records.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["source_text"][0] == "'"
    assert original(row["source_text"]) == text
    assert row["label"] == "sourced"


@given(st.text())
def test_neutral_cell_can_always_be_undone(text: str) -> None:
    (cell,) = neutral([text])
    assert original(str(cell)) == text


def test_mentions_and_marks_stay_with_their_annotator(tmp_path: Path) -> None:
    mention = Mention(start=6, end=13, article_start=6, article_end=13, text="l’Insee")
    annotation = line("1", SOURCED).model_copy(update={"mentions": (mention,), "marks": ("hedged",), "comment": "hm"})
    answers.export_files([write(tmp_path / "a.jsonl", [annotation])], tmp_path / "out", progress=lambda _: None)
    record = Record.model_validate_json((tmp_path / "out/records.jsonl").read_text(encoding="utf-8"))
    assert (record.votes[0].mentions, record.votes[0].marks, record.votes[0].comment) == ((mention,), ("hedged",), "hm")


def test_dataset_is_not_replaced_by_nothing(tmp_path: Path) -> None:
    answers.export_files([write(tmp_path / "a.jsonl", [line("1", SOURCED)])], tmp_path / "out", progress=lambda _: None)
    before = (tmp_path / "out/records.jsonl").read_bytes()
    (tmp_path / "b.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(UsageError, match="left as it was"):
        answers.export_files([tmp_path / "b.jsonl"], tmp_path / "out", progress=lambda _: None)
    assert (tmp_path / "out/records.jsonl").read_bytes() == before
