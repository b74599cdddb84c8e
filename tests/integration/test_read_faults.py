"""A fault of this program in reading costs one row, page or file; the rest of the file and of the inputs goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from annotator.cli import main; main()", "prepare", "--translator", "none"]
FAULTY = """
from annotator.readers import html, rows, text

def poisoned(make):
    def read(raw, *arguments, **options):
        if "poison" in raw:
            {fault}
        return make(raw, *arguments, **options)
    return read

html.parse = poisoned(html.parse)
rows.make_article = poisoned(rows.make_article)
text.make_article = poisoned(text.make_article)
"""
"""Python reads it at its start: a step of each reader that fails on a certain word."""
PARAGRAPH = "<p>Le maire a dit oui au pont neuf, et le conseil de la ville a voté le budget mardi soir.</p>"
PAGE = f"<!doctype html><html><body><article><h1>Le vote</h1>{PARAGRAPH}{{}}</article></body></html>"


def inputs(folder: Path) -> list[Path]:
    """Three rows of JSONL, three of a table, two texts and two pages; in each kind one is met by the fault."""
    folder.mkdir()
    rows = [{"id": f"j{at}", "text": "Le vote est clos."} for at in range(3)]
    rows[1]["text"] += " poison"
    texts = {
        "rows.jsonl": "".join(json.dumps(row) + "\n" for row in rows),
        "table.csv": "id,text\nc0,Le vote est clos.\nc1,Un poison.\nc2,Le pont est clos.\n",
        "a.txt": "Un poison.",
        "b.txt": "Le pont est neuf.",
        "c.html": PAGE.format("<p>Un poison.</p>"),
        "d.html": PAGE.format(""),
    }
    for name, content in texts.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in texts]


def prepared(folder: Path, fault: str) -> subprocess.CompletedProcess[bytes]:
    (folder / "sitecustomize.py").write_text(FAULTY.format(fault=fault), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(Path(__file__).parents[2])])}
    arguments = [*COMMAND, *map(str, inputs(folder / "in")), "--out", str(folder / "run")]
    return subprocess.run(arguments, env=environment, capture_output=True, check=False, timeout=120)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("raise IndexError('list index out of range')", "IndexError: list index out of range"),
        ("raise MemoryError", "MemoryError"),
        ("return read(raw, *arguments, **options)", "RecursionError: maximum recursion depth exceeded"),
    ],
    ids=["IndexError", "MemoryError", "RecursionError"],
)
def test_a_fault_is_the_failure_of_the_row_or_file_that_met_it(tmp_path: Path, fault: str, message: str) -> None:
    ran = prepared(tmp_path, fault)
    assert ran.returncode == 3, ran.stderr.decode()
    assert b"Traceback" not in ran.stderr
    articles = lines(tmp_path / "run" / "articles.jsonl")
    names = [(Path(str(line["source_file"])).name, line["title"] or line["article_id"]) for line in articles]
    assert names == [
        *(("rows.jsonl", name) for name in ("j0", "j2")),
        *(("table.csv", name) for name in ("c0", "c2")),
        ("b.txt", articles[4]["revision"]),
        ("d.html", "Le vote"),
    ]
    failures = lines(tmp_path / "run" / "failures.jsonl")
    places = [(Path(str(line["source"])).name, line["line"]) for line in failures]
    assert places == [("rows.jsonl", 2), ("table.csv", 3), ("a.txt", None), ("c.html", None)]
    assert {(line["step"], line["reason"]) for line in failures} == {("read", "internal")}
    assert all(str(line["message"]).startswith(message) for line in failures)
    assert all("report it" in str(line["hint"]) for line in failures)


def test_ctrl_c_in_reading_ends_the_command(tmp_path: Path) -> None:
    ran = prepared(tmp_path, "raise KeyboardInterrupt")
    assert ran.returncode == 130, ran.stderr.decode()
    assert b"Traceback" not in ran.stderr
