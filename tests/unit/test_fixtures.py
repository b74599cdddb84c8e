"""The gold units of the fixture articles hold: exact spans, in order, nothing left out, labels of the scheme."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from annotator.labels import Label, Mark
from annotator.models import BlockKind, UnitKind
from annotator.text import canonical, trim

FIXTURES = Path(__file__).parents[2] / "fixtures"
HEAD = " date 2025-01 "
COLUMNS = ["position", "start", "end", "kind", "block", "lang", "label", "marks", "text"]
GOLD = sorted((FIXTURES / "gold").glob("*.units.tsv"))

Row = dict[str, str]


def read_gold(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def read_article(gold: Path) -> str:
    [path] = (FIXTURES / "articles").glob(f"{gold.name.partition('.')[0]}.*.txt")
    return canonical(path.read_text(encoding="utf-8"))[0]


def unescaped(cell: str) -> str:
    return cell.replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")


def spans(rows: list[Row]) -> list[tuple[int, int]]:
    return [(int(row["start"]), int(row["end"])) for row in rows]


@pytest.fixture(params=GOLD, ids=lambda path: path.name.partition(".")[0])
def gold(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_every_article_has_gold_units() -> None:
    articles = {path.name.partition(".")[0] for path in (FIXTURES / "articles").glob("*.txt")}
    assert articles == {path.name.partition(".")[0] for path in GOLD}


def test_header_names_the_columns(gold: Path) -> None:
    assert gold.read_text(encoding="utf-8").splitlines()[0].split("\t") == COLUMNS


def test_spans_give_the_text_without_blanks_around(gold: Path) -> None:
    text, rows = read_article(gold), read_gold(gold)
    assert [text[start:end] for start, end in spans(rows)] == [unescaped(row["text"]) for row in rows]
    assert [trim(text, *span) for span in spans(rows)] == spans(rows)


def test_units_are_in_order_and_do_not_overlap(gold: Path) -> None:
    rows = read_gold(gold)
    edges = [edge for span in spans(rows) for edge in span]
    assert edges == sorted(edges)
    assert [int(row["position"]) for row in rows] == list(range(len(rows)))


def test_every_non_blank_character_outside_the_head_is_in_a_unit(gold: Path) -> None:
    text = read_article(gold)
    covered = {place for span in spans(read_gold(gold)) for place in range(*span)}
    first = len(HEAD) if text.startswith(HEAD) else 0
    assert {place for place in range(first, len(text)) if not text[place].isspace()} <= covered
    assert min(covered) == first


def test_values_are_those_of_the_scheme(gold: Path) -> None:
    rows = read_gold(gold)
    assert {row["label"] for row in rows} == set(Label)
    assert {row["kind"] for row in rows} <= set(UnitKind)
    assert {row["block"] for row in rows} <= set(BlockKind)
    assert {mark for row in rows for mark in row["marks"].split(",") if mark} <= set(Mark)


def test_worked_example_has_the_shape_of_a_french_article_with_an_english_post() -> None:
    rows = read_gold(FIXTURES / "gold" / "deepseek.units.tsv")
    assert [row["lang"] for row in rows] == ["fr"] * 25 + ["en"] * 2
    assert [row["block"] for row in rows] == ["paragraph"] * 25 + ["post"] * 2
    assert unescaped(rows[-1]["text"]).split()[-1].startswith("pic.twitter.com/")


def test_bulk_rows_are_complete_and_in_four_languages() -> None:
    lines = (FIXTURES / "articles" / "bulk.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [sorted(row) for row in rows] == [["date", "id", "language", "rights", "text", "title", "url"]] * 5
    assert {row["language"] for row in rows} == {"fr", "es", "de", "en"}
    assert all(value for row in rows for value in row.values())
