"""`push --answers`: labels that exist already become answers of a named person, each once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import annotator

from annotator.errors import UsageError
from annotator.labelstudio.client import Client
from annotator.labelstudio.earlier_answers import read_earlier
from annotator.labelstudio.server import Server
from annotator.models import Task

TABLE = """text,label,comment
Le pont a été fermé mardi.,unsourced,noted
Nobody wrote this.,opinion,
Qui paiera la note ?,true,
"""


def test_a_table_becomes_answers_of_the_person_and_comes_back_as_theirs(
    client: Client,
    label_studio: Server,
    make_tasks: Callable[..., list[Task]],
    new_title: Callable[[], str],
    annotator_login: Callable[[str], Client],
    tmp_path: Path,
) -> None:
    annotator_login("ann")
    title, environment = new_title(), {"ANNOTATOR_DATA_DIR": label_studio.paths.data_dir}
    tasks = make_tasks(4, article="earlier")
    (tmp_path / "tasks.jsonl").write_text("".join(task.json_line() for task in tasks), encoding="utf-8")
    (tmp_path / "labels.csv").write_text(TABLE, encoding="utf-8")

    def push(code: int, answers: str, *more: str) -> dict[str, int]:
        given = (
            "push",
            "tasks.jsonl",
            "--project",
            title,
            "--answers",
            answers,
            "--answers-by",
            "ann",
            *more,
            "--json",
        )
        ran = annotator(*given, folder=tmp_path, environment=environment)
        assert ran.returncode == code, ran.stderr.decode()
        counts: dict[str, int] = json.loads(ran.stdout)
        return counts

    first = push(3, "labels.csv", "--failures", "failures.jsonl")
    assert (first["sent"], first["answers"], first["answers_there"], first["answers_refused"]) == (4, 1, 0, 2)
    failures = [json.loads(line) for line in (tmp_path / "failures.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [failure["message"][:19] for failure in failures] == ["no units have this ", "label 'true' is non"]
    again = push(3, "labels.csv")
    assert (again["sent"], again["answers"], again["answers_there"]) == (0, 0, 1)
    pulled = annotator("pull", "--project", title, "--out", "a.jsonl", folder=tmp_path, environment=environment)
    assert pulled.returncode == 0
    (line,) = (json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines())
    numbers = {login.partition("@")[0]: str(number) for number, login in client.people().items()}
    assert (line["annotator"], line["label"], line["comment"]) == (numbers["ann"], "unsourced", "noted")
    assert (line["suggestion"], line["guidelines_version"], line["created_at"]) == ("none", "unknown", "")
    assert line["server"]
    annotator("export", "a.jsonl", "--out", "dataset", folder=tmp_path, environment=environment)
    assert push(0, "dataset")["answers_there"] == 1


def test_whose_answers_they_are_must_be_said(tmp_path: Path) -> None:
    ran = annotator("push", "tasks.jsonl", "--project", "Some title", "--answers", "a.csv", folder=tmp_path)
    assert ran.returncode == 2
    assert b"--answers and --answers-by belong together" in ran.stderr


@pytest.mark.parametrize("content", ["", "text,label\n", "[]"], ids=["empty", "a head alone", "an empty list"])
def test_a_file_without_an_answer_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "labels.csv").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"no answer in it|empty"):
        read_earlier(tmp_path / "labels.csv")
