"""Untidy sources: what can be used is used, and the rest is listed."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from label_studio_sdk.converter.converter import Converter

from annotator import answers
from annotator.dataset import build
from annotator.dataset.collect import ExportReport
from annotator.errors import UsageError
from annotator.labelstudio.answer_sources import read_answers
from annotator.labelstudio.form import labelling_config
from annotator.models import Annotation, Failure, Record, TaskData

VERSIONS = Path(__file__).parents[2] / "fixtures" / "versions"
TEXT = "Selon l’Insee, tout va."


def data(unit: str = "a:1") -> dict[str, Any]:
    """A task's data."""
    known = {"unit_id": unit, "article_id": unit.partition(":")[0], "source_text": TEXT, "source_lang": "fr"}
    place = {"position": 0, "start": 0, "end": len(TEXT), "kind": "sentence", "block": "paragraph"}
    return {**dict.fromkeys(TaskData.model_fields, ""), **known, **place}


def row(unit: str = "a:1", *, number: int = 1, answers: Sequence[dict[str, Any]] = (), **more: Any) -> dict[str, Any]:
    """A task as Label Studio's JSON export has it."""
    return {
        "id": number,
        "data": data(unit),
        "meta": {"unit_id": unit, "revision": "r"},
        "project": 3,
        "annotations": list(answers),
        "drafts": [],
        **more,
    }


def said(who: int, label: str, *, number: int = 1, at: str = "2026-01-01T00:00:00Z", **more: Any) -> dict[str, Any]:
    """One person's answer in that row."""
    result = [{"from_name": "claim", "to_name": "unit", "type": "choices", "value": {"choices": [label]}}]
    return {
        "id": number,
        "completed_by": who,
        "result": result,
        "was_cancelled": False,
        "updated_at": at,
        "lead_time": 2.5,
        **more,
    }


Exported = Callable[..., tuple[ExportReport, list[Record]]]


@pytest.fixture
def exported(tmp_path: Path) -> Exported:
    """Export sources, each a list of rows, some text, or bytes; return the report and the records."""

    def export(*sources: list[dict[str, Any]] | str | bytes) -> tuple[ExportReport, list[Record]]:
        paths = []
        for number, source in enumerate(sources):
            content = json.dumps(source) if isinstance(source, list) else source
            paths.append(tmp_path / f"source{number}")
            paths[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
        report = answers.export_files(paths, tmp_path / "out", progress=lambda _: None)
        lines = (tmp_path / "out/records.jsonl").read_text(encoding="utf-8").splitlines()
        return report, [Record.model_validate_json(line) for line in lines]

    return export


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[bytes], list[Failure]]:
    """Export a source of which nothing can be used; return what is listed. No dataset is made of it."""

    def export(content: bytes) -> list[Failure]:
        listed: list[Failure] = []
        (tmp_path / "source").write_bytes(content)
        options = build.ExportOptions(on_failure=listed.append)
        with pytest.raises(UsageError, match="nothing that can be used"):
            answers.export_files([tmp_path / "source"], tmp_path / "none", progress=lambda _: None, options=options)
        assert not (tmp_path / "none").exists()
        return listed

    return export


Refused = Callable[[bytes], list[Failure]]


def votes(record: Record) -> list[tuple[str, str | None, str]]:
    return [(vote.annotator, vote.label, vote.status) for vote in record.votes]


def test_update_skip_and_draft_by_three_people_on_one_task(exported: Exported) -> None:
    answers = [
        said(1, "opinion", number=1, at="2026-01-01T00:00:00Z"),
        said(1, "sourced", number=2, at="2026-01-02T00:00:00Z"),
        said(2, "", number=3) | {"result": [], "was_cancelled": True},
    ]
    drafts = [{"id": 9, "user": "c@example.org", "annotation": None, "result": said(3, "rhetoric")["result"]}]
    report, (record,) = exported([row(answers=answers, drafts=drafts)])
    assert votes(record) == [("1", "sourced", "labelled"), ("2", None, "skipped")]
    assert (record.label, record.decision) == ("sourced", "single")
    assert dict(report.collected.set_aside) == {"draft": 1}
    assert report.collected.unprocessed == 0


def test_older_export_beside_a_newer_one_changes_nothing(exported: Exported) -> None:
    old = row(answers=[said(1, "opinion", at="2026-01-01T00:00:00Z")])
    new = row(answers=[said(1, "sourced", at="2026-02-01T00:00:00Z")])
    _, (record,) = exported([new], [old])
    assert votes(record) == [("1", "sourced", "labelled")]


def test_unknown_and_renamed_labels_are_listed_and_not_guessed(exported: Exported) -> None:
    answers = [said(1, "Sourced"), said(2, "checkable", number=2), said(3, "opinion", number=3)]
    report, (record,) = exported([row(answers=answers)])
    assert votes(record) == [("3", "opinion", "labelled")]
    assert dict(report.collected.set_aside) == {"unknown_label": 2}
    assert report.collected.unprocessed == 2


def test_empty_result_is_counted_and_is_no_answer(exported: Exported) -> None:
    report, (record,) = exported([row(answers=[said(1, "") | {"result": []}])])
    assert (record.status, record.votes) == ("unlabelled", ())
    assert dict(report.collected.set_aside) == {"no_label": 1}


def test_duplicated_tasks_are_one_record(exported: Exported) -> None:
    rows = [row(number=1, answers=[said(1, "sourced")]), row(number=2, answers=[said(2, "opinion", number=2)])]
    _, (record,) = exported(rows)
    assert votes(record) == [("1", "sourced", "labelled"), ("2", "opinion", "labelled")]


def test_unit_at_two_positions_is_one_record(exported: Exported) -> None:
    first, second, moved = row("a:1"), row("a:2", number=2), row("a:1", number=3, answers=[said(1, "sourced")])
    second["data"]["position"] = 1
    moved["data"]["position"] = 2
    _, records = exported([first, second, moved])
    assert [record.data.unit_id for record in records] == ["a:1", "a:2"]


def test_task_that_nobody_answered_is_an_unlabelled_record(exported: Exported) -> None:
    _, (record,) = exported([row()])
    assert (record.status, record.votes) == ("unlabelled", ())


def without_unit_id(found: dict[str, Any]) -> dict[str, Any]:
    return found | {"data": {name: value for name, value in found["data"].items() if name != "unit_id"}, "meta": {}}


def test_row_without_unit_id_is_matched_by_text_and_offsets(exported: Exported) -> None:
    orphan = without_unit_id(row(number=7, answers=[said(2, "opinion", number=7)]))
    report, (record,) = exported([orphan], [row(answers=[said(1, "sourced")])])
    assert votes(record) == [("1", "sourced", "labelled"), ("2", "opinion", "labelled")]
    assert report.collected.matched == 1


def test_columns_of_somebody_else_are_matched_by_text_and_offsets(exported: Exported) -> None:
    orphan = row(answers=[said(2, "opinion")]) | {"data": {"text": TEXT, "start": 0, "end": len(TEXT)}, "meta": {}}
    _, (record,) = exported([orphan], [row()])
    assert votes(record) == [("2", "opinion", "labelled")]


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([row("b:1")], id="another-article"),
        pytest.param([row("a:1"), row("a:1.2", number=2)], id="two-units-fit"),
    ],
)
def test_row_without_unit_id_that_fits_no_one_unit_is_listed(exported: Exported, others: list[dict[str, Any]]) -> None:
    orphan = without_unit_id(row(number=7, answers=[said(2, "opinion", number=7)]))
    report, records = exported([orphan, *others])
    assert dict(report.collected.set_aside) == {"no_unit_id": 1}
    assert all(not record.votes for record in records)
    assert report.collected.unprocessed == 1


def test_row_without_unit_id_alone_is_refused(refused: Refused) -> None:
    orphan = without_unit_id(row(number=7, answers=[said(2, "opinion", number=7)]))
    assert [failure.reason for failure in refused(json.dumps([orphan]).encode())] == ["no_unit_id"]


def test_pulled_line_without_unit_id_is_matched_too(exported: Exported) -> None:
    _, (record,) = exported([row(answers=[said(1, "sourced")])])
    line = {**record.votes[0].model_dump(mode="json"), "annotator": "5", "revision": "r", "schema_version": 1}
    line |= {"project": 3, "task": 1, "annotation": 8, "data": without_unit_id(row())["data"]}
    _, (record,) = exported([row()], json.dumps(line))
    assert votes(record) == [("5", "sourced", "labelled")]


def test_run_folders_tasks_are_known_units_without_answers(exported: Exported) -> None:
    task = {"data": data(), "meta": {"unit_id": "a:1", "revision": "r"}}
    _, (record,) = exported(json.dumps({**task, "predictions": []}) + "\n")
    assert (record.status, record.revision) == ("unlabelled", "r")


def rows_of(number: int) -> list[dict[str, Any]]:
    return [row(f"a:{at}", number=at, answers=[said(1, "sourced", number=at)]) for at in range(number)]


def test_truncated_export_is_used_up_to_the_cut_which_is_reported(exported: Exported) -> None:
    whole = json.dumps(rows_of(50))
    report, records = exported(whole[: len(whole) // 2])
    assert len(records) == 25
    assert dict(report.collected.set_aside) == {"truncated": 1}
    assert "after 25 whole rows" in report.failures[0].message


def test_truncated_gzip_is_used_up_to_the_cut(exported: Exported) -> None:
    lines = "\n".join(json.dumps(one) for one in rows_of(400)).encode()
    packed = gzip.compress(lines, compresslevel=1)
    report, records = exported(packed[: len(packed) * 3 // 4])
    assert 100 < len(records) < 400
    assert dict(report.collected.set_aside) == {"damaged": 1}


def zipped(files: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return archive.getvalue()


@pytest.mark.parametrize(
    "pack",
    [
        pytest.param(lambda text: text, id="plain"),
        pytest.param(gzip.compress, id="gzip"),
        pytest.param(lambda text: zipped({"project-1.json": text, "readme.txt": b"x"}), id="zip"),
        pytest.param(lambda text: b"\xef\xbb\xbf  \n" + text, id="byte-order-mark"),
    ],
)
def test_export_is_read_packed_or_not(exported: Exported, pack: Callable[[bytes], bytes]) -> None:
    report, records = exported(pack(json.dumps(rows_of(3)).encode()))
    assert [record.label for record in records] == ["sourced"] * 3
    assert not report.failures


@pytest.mark.parametrize(
    "archive", [zipped({"a.json": b"[]"})[:-10], zipped({"xl/workbook.xml": b"<x/>"})], ids=["damaged", "no JSON in it"]
)
def test_archive_that_gives_nothing_is_reported_and_the_other_sources_are_read(
    exported: Exported, archive: bytes
) -> None:
    report, records = exported(archive, rows_of(2))
    assert len(records) == 2
    assert dict(report.collected.set_aside) == {"archive": 1}


@pytest.mark.parametrize("content", ["", "\n \n", "[]"], ids=["empty", "blank", "empty-array"])
def test_source_without_anything_makes_an_empty_dataset(exported: Exported, content: str) -> None:
    report, records = exported(content)
    assert (records, report.failures) == ([], [])


@pytest.mark.parametrize("content", ["[1, 2]", '["a", {"b": 3}]', "%PDF-1.7"], ids=["numbers", "strings", "pdf"])
def test_what_is_no_export_is_listed(refused: Refused, content: str) -> None:
    assert {failure.reason for failure in refused(content.encode())} == {"no_annotation"}


CSV = "annotation_id,annotator,claim,data\n" + "".join(f'{at},1,opinion,"a, b"\n' for at in range(30))


@pytest.mark.parametrize(
    ("content", "begins"),
    [
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\n\0\n12\n", "'\ufffdPNG'", id="picture"),
        pytest.param(CSV.encode(), "'annotation_id,annotator,claim,data'", id="label-studio-csv"),
        pytest.param(json.dumps(row(), indent=1).encode(), "'{'", id="indented-object"),
        pytest.param(b"\n" + b"x" * 100 + b"\ny\n", f"'{'x' * 60}'", id="long-line"),
    ],
)
def test_file_without_any_json_is_one_failure(refused: Refused, content: bytes, begins: str) -> None:
    (failure,) = refused(content)
    assert (failure.reason, failure.line) == ("no_annotation", None)
    assert failure.message.endswith(f"it begins {begins}")
    assert "as JSON" in failure.hint


@pytest.mark.parametrize("at", [0, 3, 30], ids=["first", "middle", "last"])
def test_lines_around_one_json_object_are_listed_each(exported: Exported, at: int) -> None:
    lines = CSV.splitlines()[1:]
    report, records = exported("\n".join([*lines[:at], json.dumps(row()), *lines[at:]]))
    assert len(records) == 1
    assert [failure.line for failure in report.failures] == [line for line in range(1, 32) if line != at + 1]


def test_empty_object_makes_the_other_lines_count_each(refused: Refused) -> None:
    assert [failure.line for failure in refused(b"torn\n{}\ntorn\n")] == [1, 2, 3]


def test_long_file_without_json_is_listed_by_line(refused: Refused) -> None:
    assert [failure.line for failure in refused(b"torn\n" * 1001)] == list(range(1, 1002))


def test_lines_before_a_cut_are_listed_with_it(refused: Refused) -> None:
    *lines, cut = refused(gzip.compress(CSV.encode())[:-9])
    assert {failure.reason for failure in lines} == {"no_annotation"}
    assert cut.reason == "damaged"


@pytest.mark.parametrize(
    ("broken", "listed"),
    [
        pytest.param({"annotations": [said(1, "opinion"), "torn"]}, {"malformed": 1}, id="answer-is-text"),
        pytest.param({"annotations": said(1, "opinion") | {"id": [1]}}, {}, id="answer-id-is-a-list"),
        pytest.param({"annotations": [said(1, "opinion")], "drafts": [3]}, {"draft": 1}, id="draft-is-a-number"),
        pytest.param({"annotations": [said(1, "opinion")], "meta": ["r"]}, {}, id="meta-is-a-list"),
        pytest.param({"annotations": [said(1, "opinion")], "id": "seven"}, {}, id="task-id-is-text"),
        pytest.param({"annotations": [said(1, "opinion")], "project": "p"}, {}, id="project-is-text"),
    ],
)
def test_part_of_a_row_that_the_server_never_wrote_costs_no_answer(
    exported: Exported, broken: dict[str, Any], listed: dict[str, int]
) -> None:
    report, records = exported([row("a:1") | broken, row("a:2", number=2, answers=[said(1, "sourced")])])
    assert [record.label for record in records] == ["opinion", "sourced"]
    assert dict(report.collected.set_aside) == listed
    assert report.collected.unprocessed == listed.get("malformed", 0)


def test_mention_of_json_min_that_is_none_is_listed_and_the_label_stays(exported: Exported) -> None:
    small = data() | {"id": 1, "annotation_id": 1, "annotator": 1, "claim": "opinion", "mentions": 7}
    report, (record,) = exported([small])
    assert (record.label, dict(report.collected.set_aside)) == ("opinion", {"value": 1})


def test_records_of_a_dataset_are_refused_for_their_votes_would_be_lost(refused: Refused) -> None:
    listed = refused((VERSIONS / "1/dataset/records.jsonl").read_bytes())
    assert {failure.reason for failure in listed} == {"record"}
    assert "made from" in listed[0].hint


def test_number_of_more_than_64_bits_costs_its_line_alone(exported: Exported) -> None:
    first, *others = (VERSIONS / "1/annotations.jsonl").read_text(encoding="utf-8").splitlines()
    whole = exported("\n".join(others))[0].collected
    report, _ = exported("\n".join([json.dumps(json.loads(first) | {"annotation": 2**63}), *others]))
    assert report.collected.set_aside - whole.set_aside == {"no_annotation": 1}
    assert report.collected.annotations == whole.annotations > 0


def json_min(tmp_path: Path, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as the server's own converter makes JSON_MIN of them."""
    (tmp_path / "tasks.json").write_text(json.dumps(rows), encoding="utf-8")
    converter: Any = Converter(labelling_config(), str(tmp_path), download_resources=False)  # type: ignore[no-untyped-call]
    converter.convert_to_json_min(str(tmp_path / "tasks.json"), str(tmp_path / "min"), is_dir=False)
    made: list[dict[str, Any]] = json.loads((tmp_path / "min/result.json").read_text(encoding="utf-8"))
    return made


def full_answer(who: int, marks: list[str]) -> dict[str, Any]:
    span = {"start": 6, "end": 13, "text": "l’Insee", "labels": ["source mention"]}
    items = [
        {"from_name": "marks", "to_name": "unit", "type": "choices", "value": {"choices": marks}},
        {"from_name": "mentions", "to_name": "unit", "type": "labels", "value": span},
        {"from_name": "comment", "to_name": "unit", "type": "textarea", "value": {"text": ["hm"]}},
    ]
    answer = said(who, "sourced", number=who)
    return answer | {"result": answer["result"] + items}


def test_json_min_gives_the_same_answers_as_json(exported: Exported, tmp_path: Path) -> None:
    rows = [row(answers=[full_answer(1, ["hedged"]), full_answer(2, ["hedged", "self-source"])])]
    rows.append(row("a:2", number=2))
    _, from_json = exported(rows)
    _, from_min = exported(json_min(tmp_path, rows))
    assert [record.votes for record in from_min] == [record.votes for record in from_json]
    assert [record.data for record in from_min] == [record.data for record in from_json]


@pytest.mark.parametrize(
    ("file", "message", "hint"),
    [
        ("run.json", "a run folder", "tasks.jsonl gives the units without answers"),
        ("manifest.json", "a dataset folder", "annotator report"),
        ("a.jsonl", "a folder, and export reads files", "*.jsonl"),
    ],
)
def test_folder_as_a_source_is_told_what_it_is(tmp_path: Path, file: str, message: str, hint: str) -> None:
    (tmp_path / file).write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match=message) as wrong:
        list(read_answers(tmp_path))
    assert hint in wrong.value.hint


def test_large_array_is_read_as_a_stream(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(rows_of(2000)), encoding="utf-8")
    found = read_answers(path)
    assert isinstance(next(found), Annotation)
    assert not any(isinstance(line, Failure) for line in found)


def test_two_sources_of_one_name_both_stand_in_the_manifest(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.json").write_text(json.dumps(rows_of(1)), encoding="utf-8")
    sources = [tmp_path / "two/a.json", tmp_path / "one/a.json"]
    answers.export_files(sources, tmp_path / "out", progress=lambda _: None)
    manifest = json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["sources"]) == ["a.json", "a.json#2"]
