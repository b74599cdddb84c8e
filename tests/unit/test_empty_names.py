"""What an unset shell variable leaves of a command is wrong usage, whatever the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.cli import main
from annotator.errors import ExitCode

COMMANDS = [
    ["prepare", "", "--out", "run"],
    ["prepare", "a.txt", "--out", ""],
    ["prepare", "a.txt", "--out="],
    ["prepare", "a.txt", "--out", "run", "--failures", ""],
    ["prepare", "a.txt", "", "--out", "run"],
    ["push", "", "--project", "P"],
    ["push", "run", "--project", ""],
    ["pull", "--project", "", "--out", "a.jsonl"],
    ["pull", "--project", "P", "--out", ""],
    ["export", "", "--out", "ds"],
    ["export", "a.jsonl", "--out", ""],
    ["export", "a.jsonl", "--out", "ds", "--failures="],
    ["agreement", ""],
    ["report", ""],
    ["report", "ds", "--out", ""],
    ["adjudicate", "push", "", "--project", "P"],
    ["adjudicate", "pull", "--project", "P", "--out", ""],
    ["annotators", "add", ""],
    ["models", "add", ""],
    ["models", "install", "fr", ""],
    ["status", ""],
    ["serve", "--data-dir", ""],
    ["demo", "--data-dir", ""],
    ["schema", "--dir", ""],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_an_empty_name_is_wrong_usage_in_every_command(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == ExitCode.USAGE
    assert "is empty" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--title", ""], ["--license="]])
def test_a_text_may_be_empty(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["export", "none.jsonl", "--out", "ds", *arguments])
    assert "no such file" in capsys.readouterr().err
