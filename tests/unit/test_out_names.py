"""What `--out` may be called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.cli.out_names import answers_file, dataset_folder, model_file, page_file, tasks_or_run, translation_file
from annotator.errors import UsageError


@pytest.mark.posix
@pytest.mark.parametrize(
    ("check", "out"),
    [
        (tasks_or_run, "run"),
        (tasks_or_run, "runs/2025.01"),
        (tasks_or_run, "run.v2"),
        (tasks_or_run, "le.monde.fr"),
        (tasks_or_run, "t.jsonl"),
        (tasks_or_run, "T.JSON"),
        (tasks_or_run, "-"),
        (answers_file, "answers.jsonl"),
        (answers_file, "labels-2025-01-31.jsonl"),
        (answers_file, "answers"),
        (answers_file, "answers.ndjson"),
        (answers_file, "/dev/stdout"),
        (answers_file, "-"),
        (translation_file, "todo.csv"),
        (translation_file, "todo.TMX"),
        (translation_file, "/dev/stdout"),
        (translation_file, "-"),
        (dataset_folder, Path("dataset")),
        (dataset_folder, Path("dataset-1.2")),
        (page_file, Path("dataset/page.html")),
        (page_file, Path("P.HTM")),
        (page_file, None),
    ],
)
def test_name_that_fits_is_taken(check: Callable[[object], object], out: object) -> None:
    assert check(out) == out


@pytest.mark.parametrize(
    ("check", "out", "hint"),
    [
        (tasks_or_run, "x.csv", "--out x.jsonl, or --out x for a folder"),
        (tasks_or_run, "out/x.jsonl.gz", "--out out/x.jsonl, or --out out/x for a folder"),
        (tasks_or_run, "t.ndjson", "--out t.jsonl, or --out t for a folder"),
        (answers_file, "p.csv", "--out p.jsonl; annotator export makes tables of it"),
        (answers_file, "p.JSON", "--out p.jsonl; annotator export makes tables of it"),
        (translation_file, "todo.xyz", "--out todo.xyz.csv, or todo.xyz.tmx"),
        (translation_file, "todo", "--out todo.csv, or todo.tmx"),
        (dataset_folder, Path("d.parquet"), "--out d; --format chooses its files"),
        (dataset_folder, Path("d.jsonl"), "--out d; --format chooses its files"),
        (page_file, Path("ds/records.jsonl"), "--out ds/records.html"),
        (page_file, Path("README"), "--out README.html"),
        (page_file, Path("p.html.gz"), "--out p.html"),
        (model_file, Path("-"), "--out team.model"),
    ],
)
def test_name_of_another_form_is_wrong_usage_with_the_name_to_take(
    check: Callable[[object], object], out: object, hint: str
) -> None:
    with pytest.raises(UsageError) as wrong:
        check(out)
    assert str(out) in wrong.value.message
    assert wrong.value.hint == hint


def test_folder_that_is_there_goes_on_under_its_name(tmp_path: Path) -> None:
    (tmp_path / "run.csv").mkdir()
    assert tasks_or_run(str(tmp_path / "run.csv"))
    assert dataset_folder(tmp_path / "run.csv")


def test_page_does_not_take_the_place_of_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as wrong:
        page_file(tmp_path)
    assert wrong.value.hint == f"--out {tmp_path}/report.html"


def test_answers_do_not_go_into_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a folder"):
        answers_file(str(tmp_path))
