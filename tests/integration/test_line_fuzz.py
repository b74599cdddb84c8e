"""The whole line on hostile articles: every unit and every answer comes out once, as it went in.

prepare > push > answers of two people > pull > export, with a real server; `make proof` draws many more.
"""

from __future__ import annotations

import csv
import json
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import hostile
import pyarrow.parquet as pq
import pytest
from commands import annotator

from annotator.labels import Label
from annotator.labelstudio.client import Client
from annotator.labelstudio.server import Server
from annotator.models import DISPLAY_FIELDS
from annotator.spreadsheet import original

FORMULA = ("=", "+", "-", "@", "\t", "\r")

Line = dict[str, Any]
Run = Callable[..., Line]


@dataclass(frozen=True)
class Given:
    """What one person said of one unit."""

    label: str
    marks: tuple[str, ...]
    mentions: tuple[tuple[int, int, str], ...]
    comment: str


def reading_form(text: str) -> str:
    return re.sub("(?<!\n)\n(?!\n)", " ", text)


def lines(path: Path) -> list[Line]:
    """Every line of a file, split where the strictest and the laxest readers do."""
    text = path.read_text(encoding="utf-8")
    assert text.splitlines() == text.split("\n")[:-1]
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def run(label_studio: Server, tmp_path: Path) -> Run:
    """Run a command that must end well; returns its counts."""

    def run_command(*arguments: str | Path) -> Line:
        ran = annotator(
            *arguments, "--json", folder=tmp_path, environment={"ANNOTATOR_DATA_DIR": label_studio.paths.data_dir}
        )
        assert ran.returncode == 0, ran.stderr.decode()
        counts: Line = json.loads(ran.stdout.splitlines()[-1])
        return counts

    return run_command


def check_articles(run: Path, rows: list[Line]) -> dict[str, Line]:
    """Every row is an article, every character of it in one unit or one aside. Returns the articles by their id."""
    articles = lines(run / "articles.jsonl")
    assert len(articles) == len(rows)
    for article, row in zip(articles, rows, strict=True):
        text, spans = article["text"], sorted([*article["units"], *article["asides"]], key=lambda span: span["start"])
        raw = re.sub("\r\n?", "\n", row["text"].removeprefix("\ufeff"))
        assert text.endswith(unicodedata.normalize("NFC", raw))
        assert all(text[unit["start"] : unit["end"]] == unit["text"] for unit in article["units"])
        assert all(first["end"] <= second["start"] for first, second in pairwise(spans))
        edges = [0, *(edge for span in spans for edge in (span["start"], span["end"])), len(text)]
        assert not "".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)).strip()
    return {article["article_id"]: article for article in articles}


def check_tasks(run: Path, articles: dict[str, Line]) -> dict[str, Line]:
    """Every unit is one task that shows its text. Returns the tasks' data by their unit."""
    tasks = {task["data"]["unit_id"]: task["data"] for task in lines(run / "tasks.jsonl")}
    units = {unit["unit_id"]: (name, unit) for name, article in articles.items() for unit in article["units"]}
    assert list(tasks) == list(units)
    for unit_id, (name, unit) in units.items():
        shown = tasks[unit_id]
        assert (shown["article_id"], shown["start"], shown["end"]) == (name, unit["start"], unit["end"])
        assert shown["source_text"] == reading_form(unit["text"])
    return tasks


def draw(drawn: random.Random, text: str) -> Given:
    start = drawn.randrange(len(text))
    end = drawn.randint(start + 1, min(len(text), start + 40))
    return Given(
        label=drawn.choice([*Label]),
        marks=("hedged",) if drawn.random() < 0.3 else (),
        mentions=((start, end, text[start:end]),) if drawn.random() < 0.5 else (),
        comment=hostile.text(drawn, 2).strip() if drawn.random() < 0.5 else "",
    )


def said(annotation: Line) -> Given:
    mentions = tuple((span["start"], span["end"], span["text"]) for span in annotation["mentions"])
    return Given(annotation["label"], tuple(annotation["marks"]), mentions, annotation["comment"])


def check_answers(
    annotations: list[Line], given: dict[tuple[int, int], Given], tasks: dict[str, Line], articles: dict[str, Line]
) -> None:
    """Every answer is one line, as it was given, on the unit as it was sent; a mention lies in unit and article."""
    assert {(line["task"], line["annotation"]): said(line) for line in annotations} == given
    assert len(annotations) == len(given)
    for line in annotations:
        assert line["data"] == tasks[line["data"]["unit_id"]]
        text = articles[line["data"]["article_id"]]["text"]
        for span in line["mentions"]:
            assert reading_form(text[span["article_start"] : span["article_end"]]) == span["text"]


def check_dataset(folder: Path, annotations: list[Line]) -> None:
    """Every answered unit is one record with all its votes, in every format; no cell is a formula."""
    records = lines(folder / "records.jsonl")
    votes = Counter(line["data"]["unit_id"] for line in annotations)
    texts = {line["data"]["unit_id"]: line["data"]["source_text"] for line in annotations}
    assert {record["data"]["unit_id"]: len(record["votes"]) for record in records} == votes
    assert {record["data"]["unit_id"]: record["data"]["source_text"] for record in records} == texts
    assert len(records) == len(votes)
    with (folder / "records.csv").open(encoding="utf-8", newline="") as stream:
        cells = list(csv.DictReader(stream))
    assert {original(row["unit_id"]): original(row["source_text"]) for row in cells} == texts
    assert [cell for row in cells for cell in row.values() if cell.startswith(FORMULA)] == []
    table: Any = pq.read_table(folder / "records.parquet")  # type: ignore[no-untyped-call]
    assert {row["unit_id"]: row["source_text"] for row in table.to_pylist()} == texts
    split = [row for path in sorted((folder / "data").iterdir()) for row in lines(path)]
    assert {row["unit_id"]: row["source_text"] for row in split} == texts
    studio = json.loads((folder / "label-studio.json").read_text(encoding="utf-8"))
    assert {task["data"]["unit_id"]: task["data"]["source_text"] for task in studio} == texts
    assert len(cells) == table.num_rows == len(split) == len(studio) == len(records)


def without_display(data: Line) -> Line:
    """Return a task's data without what only the screen shows: no answer and no dataset has it."""
    return {name: value for name, value in data.items() if name not in DISPLAY_FIELDS}


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def walk(
    run: Run,
    tmp_path: Path,
    client: Client,
    new_title: Callable[[], str],
    annotator_login: Callable[[str], Client],
    answer: Callable[..., int],
) -> Callable[[int, int], None]:
    """Walk a number of articles through the whole line: `walk(seed, 5)`."""

    def push(title: str, tasks: dict[str, Line]) -> list[Line]:
        first, second = (run("push", "run", "--project", title, "--overlap", "2") for _ in range(2))
        assert (first["sent"], second["sent"], second["already_there"]) == (len(tasks), 0, len(tasks))
        stored = [row for window in client.answer_windows(first["project"], unlabelled=True) for row in window]
        assert {row["data"]["unit_id"]: without_display(row["data"]) for row in stored} == tasks
        assert len(stored) == len(tasks)
        return stored

    def label(stored: list[Line], drawn: random.Random) -> dict[tuple[int, int], Given]:
        people, given = [annotator_login("ann"), annotator_login("ben")], {}
        for row in stored:
            for who in people[: drawn.choice([0, 1, 1, 2])]:
                one = draw(drawn, row["data"]["source_text"])
                made = answer(who, row["id"], one.label, marks=one.marks, mentions=one.mentions, comment=one.comment)
                given[row["id"], made] = one
        return given

    def pull(title: str, answers: int) -> list[Line]:
        for name in ("first.jsonl", "second.jsonl", "second.jsonl"):
            counts = run("pull", "--project", title, "--out", name)
            assert counts == {"annotations": answers, "skipped": 0, "set_aside": 0}
        assert (tmp_path / "first.jsonl").read_bytes() == (tmp_path / "second.jsonl").read_bytes()
        return lines(tmp_path / "first.jsonl")

    def export() -> Path:
        folder = tmp_path / "dataset"
        run("export", "first.jsonl", "--out", folder, "--format", "all")
        before = content(folder)
        run("export", "first.jsonl", "--out", folder, "--format", "all")
        assert content(folder) == before
        return folder

    def walk_all(seed: int, number: int) -> None:
        rows, title = hostile.articles(seed, number), new_title()
        (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        run("prepare", "rows.jsonl", "--translator", "none", "--out", "run")
        articles = check_articles(tmp_path / "run", rows)
        tasks = {unit: without_display(data) for unit, data in check_tasks(tmp_path / "run", articles).items()}
        given = label(push(title, tasks), random.Random(seed))  # noqa: S311
        annotations = pull(title, len(given))
        check_answers(annotations, given, tasks, articles)
        check_dataset(export(), annotations)

    return walk_all


@pytest.mark.parametrize("seed", range(3))
def test_hostile_articles_come_out_of_the_line_as_they_went_in(seed: int, walk: Callable[[int, int], None]) -> None:
    walk(seed, 5)


@pytest.mark.proof
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(100, 130))
def test_many_hostile_articles_come_out_of_the_line_as_they_went_in(
    seed: int, walk: Callable[[int, int], None]
) -> None:
    walk(seed, 30)
