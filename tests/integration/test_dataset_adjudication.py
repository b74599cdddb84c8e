"""Disputed units go to a third person on a real server, and the verdicts into the dataset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator import answers
from annotator.agreement import AgreementOptions, measure_agreement
from annotator.answers import records_of
from annotator.cli import main
from annotator.dataset.reading import of_dataset
from annotator.errors import UsageError
from annotator.labelstudio import adjudicate
from annotator.labelstudio.client import Client
from annotator.labelstudio.form import labelling_config
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.pull import pull_annotations
from annotator.labelstudio.push import PushOptions, push_tasks
from annotator.labelstudio.server import Server
from annotator.models import Record


@pytest.fixture
def pulled(
    client: Client,
    notes: PushNotes,
    make_tasks: Callable[..., Any],
    new_title: Callable[[], str],
    annotator_login: Callable[[str], Client],
    answer: Callable[..., int],
    tmp_path: Path,
) -> Path:
    """Answers of two people who differ on two units of three."""
    pushed = push_tasks(
        make_tasks(3, article="dispute"),
        project=new_title(),
        client=client,
        notes=notes,
        options=PushOptions(overlap=2),
    )
    ids = sorted(copy.task for copy in client.pushed_tasks(pushed.project))
    for name, labels in (("ann", ("sourced", "opinion", "opinion")), ("ben", ("opinion", "opinion", "not a unit"))):
        for task, label in zip(ids, labels, strict=True):
            answer(annotator_login(name), task, label, marks=["hedged"], comment=f"{label}: j’hésite")
    out = tmp_path / "annotations.jsonl"
    pull_annotations(project=str(pushed.project), client=client, out=str(out))
    return out


def sent(source: Path, title: str, client: Client, notes: PushNotes) -> adjudicate.DisputedReport:
    with records_of([source], progress=lambda _done: None) as found:
        return adjudicate.push_disputed(found.records, project=title, client=client, notes=notes)


def reason(chosen: str) -> list[dict[str, Any]]:
    item = {"id": "why", "from_name": "reason", "to_name": "unit", "type": "choices", "value": {"choices": [chosen]}}
    return [item]


def exported(sources: list[Path], out: Path) -> list[Record]:
    answers.export_files(sources, out, progress=lambda _done: None)
    return list(of_dataset(out))


def tasks(client: Client, project: int) -> list[dict[str, Any]]:
    return [row for window in client.answer_windows(project, unlabelled=True) for row in window]


def test_disputed_units_are_shown_with_all_answers_and_without_names(
    client: Client, notes: PushNotes, pulled: Path, new_title: Callable[[], str]
) -> None:
    title = new_title()
    first, second = sent(pulled, title, client, notes), sent(pulled, title, client, notes)
    assert (first.disputed, first.sent) == (2, 2)
    assert (second.already_there, second.sent) == (2, 0)
    rows = tasks(client, first.project)
    assert [len(row["data"]["votes"].splitlines()) for row in rows] == [2, 2]
    assert sorted(line[3:] for line in rows[0]["data"]["votes"].splitlines()) == [
        "opinion (hedged) — opinion: j’hésite",
        "sourced (hedged) — sourced: j’hésite",
    ]
    assert all(row["data"]["suggested_label"] == "" for row in rows)


def test_verdict_decides_and_stands_beside_the_answers(
    client: Client,
    notes: PushNotes,
    pulled: Path,
    new_title: Callable[[], str],
    answer: Callable[..., int],
    annotator_login: Callable[[str], Client],
    tmp_path: Path,
) -> None:
    title = new_title()
    project = sent(pulled, title, client, notes).project
    first, second = (row["id"] for row in tasks(client, project))
    # Ben also adjudicates: his verdict takes not the place of his own answer.
    answer(annotator_login("ben"), first, "sourced", more=reason("guideline gap"))
    answer(client, second, "rhetoric")
    found = adjudicate.pull_verdicts(project=title, client=client)
    assert [failure.reason for failure in found.failures] == ["no_reason"]
    verdicts = tmp_path / "verdicts.jsonl"
    verdicts.write_text("".join(line.model_dump_json() + "\n" for line in found.annotations), encoding="utf-8")

    before, after = exported([pulled], tmp_path / "one"), exported([pulled, verdicts], tmp_path / "two")
    assert [record.decision for record in before] == [None, "unanimous", None]
    assert [record.decision for record in after] == ["adjudicated", "unanimous", None]
    assert (after[0].label, len(after[0].votes)) == ("sourced", 3)
    assert [vote.adjudication for vote in after[0].votes if vote.adjudication] == ["guideline gap"]
    assert after[0].data == before[0].data
    options = AgreementOptions(resamples=0)
    assert measure_agreement(after, options).overall == measure_agreement(before, options).overall


def test_push_lists_the_rows_that_it_could_not_read_and_leaves_with_3(
    label_studio: Server,
    pulled: Path,
    new_title: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pulled.open("a", encoding="utf-8") as stream:
        stream.write("{torn\n")
    monkeypatch.setenv("ANNOTATOR_DATA_DIR", str(label_studio.paths.data_dir))
    with pytest.raises(SystemExit) as ended:
        main(["adjudicate", "push", str(pulled), "--project", new_title()])
    assert ended.value.code == 3
    assert f"not processed: {pulled}:7: " in capfd.readouterr().err


def test_pull_of_a_verdict_without_a_reason_leaves_with_3(
    client: Client,
    label_studio: Server,
    notes: PushNotes,
    pulled: Path,
    new_title: Callable[[], str],
    answer: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    project = sent(pulled, new_title(), client, notes).project
    first, second = (row["id"] for row in tasks(client, project))
    monkeypatch.setenv("ANNOTATOR_DATA_DIR", str(label_studio.paths.data_dir))
    command = ["adjudicate", "pull", "--project", str(project), "--out", str(tmp_path / "verdicts.jsonl")]
    strange = [{"from_name": "reason"}, {"from_name": "reason", "value": {"choices": 5}}, {"type": "relation"}]
    answer(client, first, "sourced", more=[*strange, *reason("slip")])
    with pytest.raises(SystemExit) as whole:
        main(command)
    answer(client, second, "rhetoric", more=strange[:2])
    with pytest.raises(SystemExit) as lacking:
        main(command)
    assert (whole.value.code, lacking.value.code) == (0, 3)
    assert len((tmp_path / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_project_of_annotators_is_not_taken_for_one_of_disputed_units(
    client: Client, notes: PushNotes, pulled: Path, new_title: Callable[[], str]
) -> None:
    title = new_title()
    client.create_project(title, config=labelling_config(), settings={})
    with pytest.raises(UsageError, match="disputed"):
        sent(pulled, title, client, notes)
    with pytest.raises(UsageError, match="disputed"):
        adjudicate.pull_verdicts(project=title, client=client)
