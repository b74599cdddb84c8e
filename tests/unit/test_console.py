"""Lines for people hold nothing that a terminal would obey, whatever stands in an id, a name or a message."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import annotator

from annotator.cli.answer import json_text
from annotator.cli.console import printable, say, show


def test_an_id_with_a_colour_and_a_line_end_stays_on_its_line_and_colours_nothing(tmp_path: Path) -> None:
    row = json.dumps({"id": "a\x1b[31m\nannotator: all is well", "text": "Le vote est clos."})
    rows, out = tmp_path / "rows.jsonl", tmp_path / "t.jsonl"
    rows.write_text(f"{row}\n{row}\n", encoding="utf-8")
    ran = annotator("prepare", rows, "--out", out, "--translator", "none")
    assert ran.returncode == 0
    assert rb"a\x1b[31m\nannotator: all is well: the same article" in ran.stderr
    assert b"\x1b" not in ran.stderr


def test_a_file_name_in_an_error_is_printed_as_escapes(tmp_path: Path) -> None:
    name = tmp_path / "no\x1b]0;title\x07such.txt"
    ran = annotator("prepare", name, "--out", tmp_path / "t.jsonl")
    assert (ran.returncode, b"\x1b" in ran.stderr) == (2, False)
    assert rb"no\x1b]0;title\x07such.txt: no such file" in ran.stderr


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        pytest.param("a\r\x1b[2Kb", r"a\r\x1b[2Kb", id="a line that wipes itself"),
        pytest.param("a\x9b31mb\x7f", r"a\x9b31mb\x7f", id="signs of the second row"),
        pytest.param("a\u2028b", r"a\u2028b", id="a separator of lines"),
        pytest.param("cod\u202egpj.exe", r"cod\u202egpj.exe", id="a turned reading order"),
        pytest.param("half \ud83d", r"half \ud83d", id="half a character"),
        pytest.param(
            "« Été »\u00a0: 👩‍👩‍👧 \u200fعربي\tb", "« Été »\u00a0: 👩‍👩‍👧 \u200fعربي\tb", id="words of any language"
        ),
    ],
)
def test_what_a_terminal_would_obey_is_printed_as_an_escape(text: str, printed: str) -> None:
    assert printable(text) == printed


@pytest.mark.parametrize("print_line", [say, show])
def test_every_way_to_print_a_line_escapes(
    capsys: pytest.CaptureFixture[str], print_line: Callable[[str], None]
) -> None:
    print_line("a\x1b[31mb\nc")
    assert "".join(capsys.readouterr()) == "a\\x1b[31mb\\nc\n"


def test_json_for_scripts_is_the_same_value_and_colours_nothing() -> None:
    counts = {"name\x1b[31m\x9b31m\x7f": "é", "half": "\ud83d"}
    printed = json_text(counts)
    assert json.loads(printed) == counts
    assert not {"\x1b", "\x9b", "\x7f", "\ud83d"} & set(printed)
