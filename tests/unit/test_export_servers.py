"""An annotator is a user of a server: nobody's answer takes the place of somebody else's, and nobody counts twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from annotator import answers
from annotator.answers import records_of, source_names
from annotator.dataset import build
from annotator.dataset.collect import ExportReport
from annotator.dataset.formats import FormatOptions, web_annotation
from annotator.dataset.privacy import pseudonyms
from annotator.dataset.reading import of_dataset
from annotator.labelstudio import wire
from annotator.labelstudio.wire import Origin
from annotator.models import Annotation, Record, TaskData
from annotator.tasks import answered_task

TEXT = "Selon l’Insee, tout va."


def said(label: str, *, who: str = "1", at: str = "2026-01-01T00:00:00Z", **more: Any) -> dict[str, Any]:
    """A line of version 1 as pull wrote it; `server="A"` makes it one of today's."""
    known = {"unit_id": "a:1", "article_id": "a", "source_text": TEXT, "kind": "sentence", "block": "paragraph"}
    unit = {**dict.fromkeys(TaskData.model_fields, ""), **known, "position": 0, "start": 0, "end": len(TEXT)}
    numbers = {"project": 1, "task": 1, "annotation": 1, "data": unit, "revision": "r"}
    return {"annotator": who, "status": "labelled", "label": label, "updated_at": at, **numbers, **more}


Exported = Callable[..., tuple[ExportReport, Record]]


@pytest.fixture
def exported(tmp_path: Path) -> Exported:
    """Export files of the lines; returns the report and the one record: `exported([said("opinion")], [...])`."""

    def export(*sources: Sequence[dict[str, Any]], **options: Any) -> tuple[ExportReport, Record]:
        paths = [tmp_path / f"server{number}.jsonl" for number in range(len(sources))]
        for path, lines in zip(paths, sources, strict=True):
            path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
        wished = build.ExportOptions(formats=FormatOptions(names=["all"]), **options)
        report = answers.export_files(paths, tmp_path / "out", progress=lambda _done: None, options=wished)
        (record,) = of_dataset(tmp_path / "out")
        return report, record

    return export


def votes(record: Record) -> list[tuple[str, str | None]]:
    return [(vote.annotator, vote.label) for vote in record.votes]


def test_same_number_on_three_servers_is_three_people(exported: Exported) -> None:
    lines = [said(label, server=server) for server, label in (("A", "sourced"), ("B", "opinion"), ("C", "opinion"))]
    _, record = exported(*([line] for line in lines))
    assert votes(record) == [("1@A", "sourced"), ("1@B", "opinion"), ("1@C", "opinion")]
    assert (record.label, record.decision) == ("opinion", "majority")


def test_of_one_server_people_keep_their_numbers(exported: Exported) -> None:
    _, record = exported([said("sourced", server="A"), said("opinion", who="2", server="A", annotation=2)])
    assert votes(record) == [("1", "sourced"), ("2", "opinion")]


def test_same_number_on_two_servers_has_two_pseudonyms(exported: Exported, tmp_path: Path) -> None:
    lines = [[said(label, server=server)] for server, label in (("A", "sourced"), ("B", "opinion"))]
    _, record = exported(*lines, rename=pseudonyms(tmp_path))
    assert len({vote.annotator for vote in record.votes}) == 2
    assert all(vote.annotator.startswith("a-") for vote in record.votes)


def test_lines_that_name_no_server_are_of_one_and_the_card_says_so(exported: Exported, tmp_path: Path) -> None:
    report, record = exported([said("sourced")], [said("opinion", at="2026-02-01T00:00:00Z", project=8)])
    assert votes(record) == [("1", "opinion")]
    assert report.collected.unnamed == 2
    card = (tmp_path / "out/README.md").read_text(encoding="utf-8")
    assert "2 answers that do not say on which server they were given" in card


def test_separate_servers_make_each_source_that_names_none_a_server(exported: Exported, tmp_path: Path) -> None:
    report, record = exported([said("sourced")], [said("opinion", project=8)], separate_servers=True)
    assert votes(record) == [("1@server0.jsonl", "sourced"), ("1@server1.jsonl", "opinion")]
    assert report.collected.unnamed == 0
    assert "read as a server of its own" in (tmp_path / "out/README.md").read_text(encoding="utf-8")


def test_separate_servers_leave_lines_that_name_one_to_it(exported: Exported) -> None:
    line = said("sourced", server="A")
    _, record = exported([line], [line], separate_servers=True)
    assert votes(record) == [("1", "sourced")]


def test_old_and_new_lines_of_one_person_are_one_vote(exported: Exported) -> None:
    old, new = said("opinion"), said("sourced", at="2026-02-01T00:00:00Z", server="A")
    for sources in ([[old, new]], [[old], [new]], [[new], [old]]):
        report, record = exported(*sources)
        assert votes(record) == [("1", "sourced")]
        assert report.collected.unnamed == 1


def test_old_lines_beside_two_servers_are_of_a_third(exported: Exported) -> None:
    _, record = exported([said("opinion")], [said("sourced", server="A")], [said("sourced", server="B")])
    assert votes(record) == [("1", "opinion"), ("1@A", "sourced"), ("1@B", "sourced")]


def test_an_old_line_is_of_the_server_that_a_newer_line_of_the_same_answer_names(exported: Exported) -> None:
    made = {"created_at": "2026-01-01T00:00:00.123456Z"}
    new, other = said("sourced", server="A", at="2026-02-01T00:00:00Z", **made), said("sourced", server="B")
    report, record = exported([said("opinion", **made)], [new], [other])
    assert votes(record) == [("1@A", "sourced"), ("1@B", "sourced")]
    assert (report.collected.servers, report.collected.unnamed) == ({"A", "B"}, 0)


def test_a_page_export_beside_a_pull_of_the_same_server_is_one_vote(exported: Exported) -> None:
    line = said("opinion", server="A")
    claim = {"from_name": "claim", "to_name": "unit", "type": "choices", "value": {"choices": ["opinion"]}}
    answer = {"id": 1, "completed_by": 1, "result": [claim], "updated_at": line["updated_at"]}
    page = {"id": 1, "project": 1, "data": line["data"], "annotations": [answer]}
    _, record = exported([line], [page])
    assert votes(record) == [("1", "opinion")]


def test_the_same_export_twice_changes_nothing(exported: Exported) -> None:
    lines = [said("opinion", server=server) for server in ("A", "B")]
    assert exported(lines, lines)[1] == exported(lines)[1]


def test_servers_in_any_order_give_the_same_bytes(exported: Exported, tmp_path: Path) -> None:
    made = set()
    for lines in permutations(said(label, server=server) for server, label in zip("ABC", LABELS, strict=True)):
        exported(lines)
        made.add(tuple((tmp_path / "out" / name).read_bytes() for name in ("records.jsonl", "splits.json")))
    assert len(made) == 1


LABELS = ("sourced", "opinion", "rhetoric")


def test_ground_truth_of_one_server_decides_over_the_same_number_of_another(exported: Exported) -> None:
    _, record = exported([said("sourced", server="A", ground_truth=True), said("opinion", server="B")])
    assert (record.label, record.decision) == ("sourced", "ground_truth")


def test_every_answer_has_an_address_of_its_own_as_a_web_annotation(exported: Exported) -> None:
    verdict = said("opinion", server="B", adjudication="slip", annotation=2)
    _, record = exported([said("sourced", server="A"), said("opinion", server="B"), verdict])
    ids = [annotation["id"] for annotation in web_annotation.of_record(record)]
    assert len(ids) == len(set(ids)) == 4


def imported(record: Record, server: str) -> list[dict[str, Any]]:
    """What `pull` gives of a record that was imported into another server by its user 9."""
    row = json.loads(json.dumps(answered_task(record)))
    for number, answer in enumerate(row["annotations"], start=70):
        answer |= {"id": number, "completed_by": 9, "updated_at": "2027-01-01T00:00:00Z"}
    kept, aside = wire.read_task({**row, "id": 5}, Origin(4, "Imported", server=server))
    assert not aside
    return [json.loads(line.json_line()) for line in kept]


@pytest.mark.parametrize("secret", [False, True], ids=["names", "pseudonyms"])
def test_answers_imported_elsewhere_are_still_of_who_gave_them(
    exported: Exported, tmp_path: Path, secret: bool
) -> None:
    options = {"rename": pseudonyms(tmp_path)} if secret else {}
    originals = [[said("sourced", server="A")], [said("opinion", server="B")]]
    _, before = exported(*originals, **options)
    again = imported(before, "C")
    _, after = exported(again, **options)
    _, together = exported(*originals, again, **options)
    assert after.votes == before.votes == together.votes


def test_the_importers_own_answer_stands_beside_the_imported_one(exported: Exported) -> None:
    _, before = exported([said("sourced", server="A")])
    own = said("opinion", server="B", annotation=99)
    _, after = exported([*imported(before, "B"), own])
    assert votes(after) == [("1@A", "sourced"), ("1@B", "opinion")]


def test_agreement_takes_the_same_number_of_two_servers_for_two_people(tmp_path: Path) -> None:
    sources = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for path, label in zip(sources, LABELS, strict=False):
        path.write_text(json.dumps(said(label)), encoding="utf-8")
    for separate, people in ((False, 1), (True, 2)):
        with records_of(sources, progress=lambda _done: None, separate_servers=separate) as found:
            (record,) = found.records
        assert len(record.votes) == people


def test_sources_of_the_same_name_have_names_of_their_own() -> None:
    paths = [Path(name) for name in ("b/x.jsonl", "a/x.jsonl", "a/x.jsonl", "y.jsonl")]
    assert source_names(paths) == {
        Path("a/x.jsonl"): "x.jsonl",
        Path("b/x.jsonl"): "x.jsonl#2",
        Path("y.jsonl"): "y.jsonl",
    }


def test_line_of_version_1_is_one_of_today_when_it_is_written() -> None:
    line = Annotation.model_validate({**said("opinion"), "schema_version": 1})
    assert (line.server, line.project_server, line.schema_version) == ("", "", 2)
    assert '"schema_version":2' in line.json_line()


def test_line_of_a_later_version_keeps_its_number() -> None:
    assert Annotation.model_validate({**said("opinion"), "schema_version": 7}).schema_version == 7
