"""What commands write goes to the place it is meant for, by whatever name, and takes the place of nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import pytest
from nobody import as_nobody

from annotator.cli import main
from annotator.models import TaskData
from annotator.output import Kind, replacing
from annotator.scratch import scratch_file

COMMAND = str(Path(sys.executable).with_name("annotator"))
TEXT = "Le pont a été fermé mardi. Selon l’Insee, les prix ont augmenté."
PREPARE = ("prepare", "a.txt", "--translator", "none", "--out")
EXPORT = ("export", "answers.jsonl", "--out")


def answer(number: int) -> dict[str, Any]:
    blank = dict.fromkeys(TaskData.model_fields, "")
    known = {"unit_id": f"a{number}:1", "article_id": f"a{number}", "kind": "sentence", "block": "paragraph"}
    data = {**blank, **known, "position": 0, "start": 0, "end": 5, "source_text": "Texte", "source_lang": "fr"}
    ids = {"project": 1, "task": number, "annotation": number, "revision": "r", "updated_at": "2026-01-01"}
    return {"annotator": "1", "status": "labelled", "label": "sourced", "data": data, **ids}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder one stands in: an article, answers with one torn line, and a dataset of them."""
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(TEXT, encoding="utf-8")
    lines = [json.dumps(answer(number)) for number in range(3)]
    Path("answers.jsonl").write_text("\n".join([*lines, "{torn"]), encoding="utf-8")
    assert run(*EXPORT, "ds") == 3
    return tmp_path


def run(*arguments: str) -> int:
    """Run a command in this process, which a hundred of them would make slow; return its exit code."""
    with pytest.raises(SystemExit) as left:
        main([*arguments])
    return int(left.value.code or 0)


def shell(command: str) -> subprocess.CompletedProcess[str]:
    """Run a command line in a process of its own, where its standard streams are real."""
    full = command.replace("annotator ", f"{COMMAND} ")
    ran = subprocess.run(["bash", "-c", full], check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert "Traceback" not in ran.stderr
    return ran


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


WRITERS = [
    pytest.param((*PREPARE, "{}.jsonl"), 0, id="prepare-lines"),
    pytest.param((*PREPARE, "{}.json"), 0, id="prepare-array"),
    pytest.param(("report", "ds", "--out", "{}.html"), 0, id="report"),
    pytest.param(("export", "answers.jsonl", "--out", "ds2", "--failures", "{}.jsonl"), 3, id="failures"),
]


def with_name(arguments: tuple[str, ...], name: str) -> tuple[list[str], Path]:
    given = [argument.format(name) for argument in arguments]
    return given, Path(next(one for one, before in zip(given, arguments, strict=True) if "{}" in before))


@pytest.mark.parametrize(("arguments", "code"), WRITERS)
def test_a_fifo_is_written_through(arguments: tuple[str, ...], code: int) -> None:
    given, fifo = with_name(arguments, "fifo")
    os.mkfifo(fifo)
    read: list[bytes] = []
    reader = Thread(target=lambda: read.append(fifo.read_bytes()), daemon=True)
    reader.start()
    assert run(*given) == code
    reader.join()
    assert read[0]
    assert fifo.is_fifo()


@pytest.mark.parametrize(("arguments", "code"), WRITERS)
def test_a_link_stays_and_the_file_behind_it_is_replaced_with_its_mode(
    here: Path, arguments: tuple[str, ...], code: int
) -> None:
    given, link = with_name(arguments, "link")
    (here / "far").mkdir()
    link.symlink_to(here / "far/file")
    assert run(*given) == code
    (here / "far/file").chmod(0o640)
    before = (here / "far/file").read_bytes()
    assert run(*given) == code
    assert link.is_symlink()
    assert (here / "far/file").read_bytes() == before
    assert (here / "far/file").stat().st_mode & 0o777 == 0o640
    assert names(here / "far") == ["file"]


@pytest.mark.parametrize("text", ["mine\n", "[]\n{}\n", "<!DOCTYPE html><html><p>mine</p></html>\n", '{"mine": 1}\n'])
@pytest.mark.parametrize("arguments", [writer.values[0] for writer in WRITERS])
def test_a_file_of_another_kind_is_refused_and_stays(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], text: str
) -> None:
    given, path = with_name(arguments, "mine")
    path.write_text(text, encoding="utf-8")
    before = names(here)
    assert run(*given) == 2
    assert path.read_text(encoding="utf-8") == text
    assert f"{path}: holds something other than" in capsys.readouterr().err
    assert names(here) == before


@pytest.mark.parametrize("out", [(*PREPARE, "m.jsonl"), (*PREPARE, "m.json"), (*EXPORT, "ds", "--failures", "m.jsonl")])
def test_own_lines_with_others_behind_them_are_refused_and_stay(out: tuple[str, ...]) -> None:
    run(*out)
    with Path(out[-1]).open("a", encoding="utf-8") as stream:
        stream.write("my own note\n")
    before = Path(out[-1]).read_bytes()
    assert run(*out) == 2
    assert Path(out[-1]).read_bytes() == before


@pytest.mark.parametrize("name", ["/dev/stdout", "/proc/self/fd/1", "link"])
def test_standard_output_that_a_shell_appends_to_a_file_keeps_what_was_there(name: str) -> None:
    Path("link").symlink_to("/dev/fd/1")
    Path("all.jsonl").write_text("before\n", encoding="utf-8")
    assert shell(f"annotator {' '.join(EXPORT)} ds --failures {name} >> all.jsonl").returncode == 3
    before, failure = Path("all.jsonl").read_text(encoding="utf-8").splitlines()
    assert (before, json.loads(failure)["reason"]) == ("before", "no_annotation")
    assert Path("link").is_symlink()


@pytest.mark.parametrize("out", ["/dev/stdout", "/dev/null", "/dev/fd/1"])
def test_tasks_go_to_a_device_and_counts_elsewhere(out: str) -> None:
    ran = shell(f"annotator {' '.join(PREPARE)} {out} --json > all.jsonl")
    assert ran.returncode == 0
    lines = Path("all.jsonl").read_text(encoding="utf-8").splitlines()
    assert [*json.loads(lines[0])][:1] == (["articles"] if out == "/dev/null" else ["data"])
    assert Path("/dev/null").is_char_device()


SPELLINGS = ["x.jsonl", "sub/../x.jsonl", "link.jsonl", "hard.jsonl"]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("is_there", [False, True], ids=["new", "there"])
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((*PREPARE, "x.jsonl"), id="prepare"),
        pytest.param(("pull", "--project", "P", "--out", "x.jsonl"), id="pull"),
        pytest.param(("export", "x.jsonl", "--out", "ds2"), id="export-source"),
        pytest.param(("push", "x.jsonl", "--project", "P"), id="push-source"),
    ],
)
def test_one_file_under_two_names_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], spelling: str, *, is_there: bool
) -> None:
    Path("sub").mkdir()
    Path("link.jsonl").symlink_to("x.jsonl")
    if is_there or spelling == "hard.jsonl":
        Path("x.jsonl").touch()
        Path("hard.jsonl").hardlink_to("x.jsonl")
    before = names(here)
    assert run(*arguments, "--failures", spelling) == 2
    told = capsys.readouterr().err
    assert "both --out and --failures" in told or "over the input" in told
    assert names(here) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param((*EXPORT, "ds", "--failures", "ds"), "both", id="dataset"),
        pytest.param((*EXPORT, "ds", "--failures", "ds/records.parquet"), "both", id="in-dataset"),
        pytest.param(("export", "ds/records.jsonl", "--out", "ds"), "over the input", id="source-in-dataset"),
        pytest.param((*PREPARE, "run", "--failures", "run/tasks.jsonl"), "files of its own", id="in-run"),
        pytest.param((*PREPARE, "run", "--failures", "run"), "both", id="run"),
        pytest.param(("pull", "--project", "P", "--out", "x", "--failures", "x.part"), "both", id="part"),
    ],
)
def test_a_list_of_failures_is_no_other_output(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    before = names(here)
    assert run(*arguments) == 2
    assert message in capsys.readouterr().err
    assert names(here) == before


def test_standard_output_is_not_a_list_of_failures_too() -> None:
    assert "both --out and --failures" in shell(f"annotator {' '.join(PREPARE)} - --failures /dev/stdout").stderr


def test_a_list_of_failures_inside_the_dataset_stays() -> None:
    assert run(*EXPORT, "ds", "--failures", "ds/failures.jsonl") == 3
    assert run(*EXPORT, "ds", "--failures", "ds/failures.jsonl") == 3
    assert run(*EXPORT, "ds") == 3
    assert json.loads(Path("ds/failures.jsonl").read_bytes())["reason"] == "no_annotation"


def test_a_command_that_is_refused_leaves_the_old_list_of_failures() -> None:
    run(*EXPORT, "ds", "--failures", "f.jsonl")
    before = Path("f.jsonl").read_bytes()
    assert run("export", "none.jsonl", "--out", "ds", "--failures", "f.jsonl") == 2
    assert before
    assert Path("f.jsonl").read_bytes() == before


def test_what_killed_commands_left_is_removed_and_what_only_looks_like_it_stays(here: Path) -> None:
    mine = here / ".annotator-0123456789abcdef"
    mine.touch()
    with scratch_file(here) as (held, _):
        assert run(*PREPARE, "t.jsonl") == 0
        assert held.exists()
    held.touch()
    assert run(*PREPARE, "t.jsonl") == 0
    assert not held.exists()
    assert mine.exists()


@pytest.mark.parametrize("out", ["-", "/dev/stdout"])
def test_a_reader_that_leaves_early_ends_it_quietly(out: str) -> None:
    Path("a.txt").write_text(" ".join([TEXT] * 1000), encoding="utf-8")
    ran = shell(f"annotator {' '.join(PREPARE)} {out} | head -1")
    assert json.loads(ran.stdout)
    assert "rror" not in ran.stderr


@pytest.mark.parametrize("out", ["-", "/dev/stdout"])
def test_closed_standard_output_is_told_and_no_file_gets_what_was_meant_for_it(here: Path, out: str) -> None:
    before = names(here)
    ran = shell(f"annotator {' '.join(PREPARE)} {out} >&-")
    assert ran.returncode == 2
    assert f"annotator: {out}: " in ran.stderr
    assert names(here) == before


@pytest.mark.parametrize("closed", ["2>&-", "<&-", "<&- 2>&- >&-"])
def test_a_run_needs_no_standard_stream(here: Path, closed: str) -> None:
    assert shell(f"annotator {' '.join(PREPARE)} run {closed}").returncode == 0
    assert "run/tasks.jsonl" in names(here)


def test_closed_standard_input_holds_no_article() -> None:
    ran = shell("annotator prepare - --translator none --out run <&-")
    assert ran.returncode == 3
    assert "not processed: -: the file is empty" in ran.stderr


def test_a_folder_that_is_gone_is_told_in_a_line() -> None:
    ran = shell(f"mkdir gone && cd gone && rmdir ../gone && annotator {' '.join(PREPARE)} run")
    assert ran.returncode == 2
    assert ran.stderr.startswith("annotator: the folder that you are in is not there any more")


def test_a_schema_of_the_user_is_not_replaced(here: Path) -> None:
    Path("schemas").mkdir()
    mine = Path("schemas/article.schema.json")
    mine.write_text('{"title": "article"}', encoding="utf-8")
    before = names(here)
    assert run("schema") == 2
    assert names(here) == before
    mine.unlink()
    assert run("schema") == 0
    assert run("schema") == 0


def test_a_write_protected_file_and_a_folder_of_another_user_are_left_alone() -> None:
    with TemporaryDirectory() as made:  # outside of pytest's own folders, which another user may not enter
        folder = Path(made)
        folder.chmod(0o777)
        (folder / "page.html").touch(0o444)
        (folder / "sealed").mkdir(0o755)
        assert refused_as_nobody(folder / "page.html") == "it is protected"
        assert refused_as_nobody(folder / "sealed/page.html") == "Permission denied"
        assert refused_as_nobody(folder / "new.html") == ""


def refused_as_nobody(path: Path) -> str:
    """What a user without rights is told who writes there; nothing where it goes well."""

    def write() -> str:
        with replacing(path, Kind("a page", lambda _stream: True)):
            return ""

    return as_nobody(write).rpartition(": ")[2]
