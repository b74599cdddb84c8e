"""`annotator prepare` as a user runs it: real files, real engines; a process of its own where that matters."""

from __future__ import annotations

import json
import os
import pty
import re
import resource
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from commands import annotator
from jsonschema import Draft202012Validator

from annotator import preparation
from annotator.assemble import worker_pipeline
from annotator.models import Article
from annotator.preparation.work import Packed, pack_in_worker
from annotator.readers import read
from annotator.settings import Settings

ROOT = Path(__file__).parents[2]
ARTICLES = ROOT / "fixtures/articles"
FRENCH = ARTICLES / "deepseek.fr.txt"
GOLD = ROOT / "fixtures/gold"
COMMAND = [sys.executable, "-c", "from annotator.cli import main; main()"]


def in_a_process(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *map(str, arguments)], input=b"", capture_output=True, check=False, timeout=120)


def prepare(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return annotator("prepare", "--translator", "none", *arguments, stdin=stdin)


def lines(raw: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in raw.decode().splitlines()]


def counts(ran: subprocess.CompletedProcess[bytes]) -> dict[str, int]:
    counted: dict[str, int] = json.loads(ran.stdout.splitlines()[-1])
    return counted


def gold(name: str) -> list[dict[str, str]]:
    header, *rows = (GOLD / f"{name}.units.tsv").read_text(encoding="utf-8").splitlines()
    return [dict(zip(header.split("\t"), row.split("\t"), strict=True)) for row in rows]


def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((ROOT / f"schemas/{name}.schema.json").read_text(encoding="utf-8")))


def test_french_article_becomes_its_gold_units_translated_in_reading_order() -> None:
    ran = annotator("prepare", FRENCH, "--out", "-")
    assert ran.returncode == 0, ran.stderr.decode()
    tasks = lines(ran.stdout)
    wanted = gold("deepseek")
    seen = [(t["data"]["start"], t["data"]["end"], t["data"]["kind"], t["data"]["source_lang"]) for t in tasks]
    assert seen == [(int(row["start"]), int(row["end"]), row["kind"], row["lang"]) for row in wanted]
    assert [task["data"]["position"] for task in tasks] == list(range(len(wanted)))
    french = [task["data"] for task in tasks if task["data"]["source_lang"] == "fr"]
    assert all(data["translated_text"] for data in french)
    english = [task["data"] for task in tasks if task["data"]["source_lang"] == "en"]
    assert {(data["translated_text"], data["translation_engine"], data["block"]) for data in english} == {
        ("", "same-language", "post")
    }
    for task in tasks:
        schema("task").validate(task)


@pytest.mark.parametrize("name", ["deepseek", "biblioteca", "moorsee", "ferry"])
def test_every_fixture_gives_its_gold_units(name: str) -> None:
    (path,) = ARTICLES.glob(f"{name}.*.txt")
    tasks = lines(prepare(path, "--out", "-").stdout)
    seen = [[str(task["data"][field]) for field in ("start", "end", "kind", "block", "source_lang")] for task in tasks]
    assert seen == [[row[field] for field in ("start", "end", "kind", "block", "lang")] for row in gold(name)]


def test_same_input_gives_the_same_bytes() -> None:
    first, second = (in_a_process("prepare", ARTICLES, "--out", "-").stdout for _ in range(2))
    assert first == second
    assert first


def test_no_value_of_a_task_is_null(tmp_path: Path) -> None:
    prepare(ARTICLES, "--out", tmp_path / "tasks.jsonl")
    tasks = lines((tmp_path / "tasks.jsonl").read_bytes())
    assert all(value is not None for task in tasks for value in task["data"].values())


def test_array_file_holds_the_same_tasks_as_the_lines_without_what_would_be_selected(tmp_path: Path) -> None:
    for name in ("tasks.jsonl", "tasks.json"):
        assert prepare(ARTICLES, "--out", tmp_path / name).returncode == 0
    tasks = lines((tmp_path / "tasks.jsonl").read_bytes())
    assert any(task["predictions"] for task in tasks)
    assert json.loads((tmp_path / "tasks.json").read_bytes()) == [{**task, "predictions": []} for task in tasks]


def test_run_folder_holds_schema_valid_lines_and_what_it_was_made_with(tmp_path: Path) -> None:
    ran = annotator("prepare", ARTICLES, "--out", tmp_path / "run", "--json")
    assert ran.returncode == 0, ran.stderr.decode()
    for name in ("article", "translation", "prediction", "task"):
        written = lines((tmp_path / f"run/{name}s.jsonl").read_bytes())
        assert written
        for line in written:
            schema(name).validate(line)
    run = json.loads((tmp_path / "run/run.json").read_bytes())
    schema("run").validate(run)
    assert run["engines"]["fr>en"].startswith(("argos", "apertium"))
    assert counts(ran)["units"] == len(lines((tmp_path / "run/tasks.jsonl").read_bytes()))


def test_article_lines_keep_the_invariants(tmp_path: Path) -> None:
    prepare(ARTICLES, "--out", tmp_path / "run")
    for article in lines((tmp_path / "run/articles.jsonl").read_bytes()):
        text, spans = article["text"], sorted(article["units"] + article["asides"], key=lambda span: span["start"])
        assert all(text[unit["start"] : unit["end"]] == unit["text"] for unit in article["units"])
        assert all(a["end"] <= b["start"] for a, b in pairwise(spans))
        outside = [
            text[a:b]
            for a, b in zip([0, *(s["end"] for s in spans)], [*(s["start"] for s in spans), len(text)], strict=True)
        ]
        assert not "".join(outside).strip()


def test_second_start_in_a_run_folder_does_nothing_and_counts_the_same(tmp_path: Path) -> None:
    first = prepare(ARTICLES, "--out", tmp_path / "run", "--json")
    before = (tmp_path / "run/tasks.jsonl").read_bytes()
    second = prepare(ARTICLES, "--out", tmp_path / "run", "--json")
    assert counts(first) == counts(second)
    assert (tmp_path / "run/tasks.jsonl").read_bytes() == before


def test_run_folder_made_with_other_settings_is_left_alone(tmp_path: Path) -> None:
    prepare(FRENCH, "--out", tmp_path / "run")
    ran = prepare(FRENCH, "--out", tmp_path / "run", "--to", "es")
    assert ran.returncode == 2
    assert b"to 'en', now 'es'" in ran.stderr


def corpus(path: Path, count: int) -> Path:
    rows = (
        {"id": f"a{number}", "text": f"Le maire {number} a dit oui. Le vote du {number} est clos.\n\nQui paiera ?"}
        for number in range(count)
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_killed_run_is_resumed_to_the_same_bytes(tmp_path: Path) -> None:
    source = corpus(tmp_path / "a.jsonl", 500)
    arguments = [*COMMAND, "prepare", "--translator", "none", str(source), "--out"]
    subprocess.run([*arguments, str(tmp_path / "whole")], check=True, capture_output=True)
    kills = 0
    for delay in (0.9, 1.3, 1.7):
        process = subprocess.Popen([*arguments, str(tmp_path / "killed")], stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
    subprocess.run([*arguments, str(tmp_path / "killed")], check=True, capture_output=True)
    assert kills
    for name in ("articles", "translations", "predictions", "tasks", "failures"):
        assert (tmp_path / f"killed/{name}.jsonl").read_bytes() == (tmp_path / f"whole/{name}.jsonl").read_bytes()


def test_interrupt_ends_with_130_and_the_run_can_be_resumed(tmp_path: Path) -> None:
    source = corpus(tmp_path / "a.jsonl", 600)
    arguments = [*COMMAND, "prepare", "--translator", "none", str(source), "--out", str(tmp_path / "run")]
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE)
    while not (tmp_path / "run/tasks.jsonl").exists() or not (tmp_path / "run/tasks.jsonl").stat().st_size:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, message = process.communicate(timeout=20)
    assert process.returncode == 130
    assert message.endswith(b"stopped; the same command goes on from here\n")
    assert prepare(source, "--out", tmp_path / "run").returncode == 0
    assert len(lines((tmp_path / "run/articles.jsonl").read_bytes())) == 600


def test_workers_give_the_same_bytes_as_one_process(tmp_path: Path) -> None:
    source = corpus(tmp_path / "a.jsonl", 200)
    common = ("prepare", "--translator", "none", source, "--out", "-", "--workers")
    one, two = (in_a_process(*common, workers).stdout for workers in ("1", "2"))
    assert one == two
    assert one


def test_unreadable_inputs_are_listed_and_the_rest_is_prepared(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text("Le maire a dit oui. Qui paiera ?", encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "picture.txt").write_bytes(b"\x89PNG\x00\x00")
    (folder / "rows.jsonl").write_text('{"text": "Un vote a eu lieu."}\n{broken\n', encoding="utf-8")
    ran = prepare(folder, "--out", tmp_path / "run", "--json")
    assert ran.returncode == 3
    assert counts(ran) == {"articles": 2, "duplicates": 0, "units": 3, "asides": 0, "failed": 3}
    failures = lines((tmp_path / "run/failures.jsonl").read_bytes())
    assert [(Path(f["source"]).name, f["line"], f["reason"]) for f in failures] == [
        ("empty.txt", None, "empty"),
        ("picture.txt", None, "binary"),
        ("rows.jsonl", 2, "json"),
    ]
    assert f"{folder / 'rows.jsonl'}:2" in ran.stderr.decode()
    assert b"Traceback" not in ran.stderr


def test_page_of_which_much_is_set_aside_is_noted_and_fails_where_that_is_asked_for(tmp_path: Path) -> None:
    offer = (
        "<p>Inscrivez-vous à notre lettre du matin, et recevez chaque jour le meilleur de nos articles de Varonne.</p>"
    )
    body = "<p>Le pont de Varonne ferme lundi pour trois semaines, a annoncé la mairie mardi soir.</p>"
    source = tmp_path / "page.html"
    source.write_text(f"<html lang=fr><body><article><h1>Le pont ferme</h1>{body}{offer * 6}</article></body></html>")
    mild = prepare(source, "--out", tmp_path / "mild", "--json")
    assert (mild.returncode, counts(mild)["articles"]) == (0, 1)
    assert b"much shorter than what the extractor reads" in mild.stderr
    strict = prepare(source, "--out", tmp_path / "strict", "--strict", "--json")
    assert (strict.returncode, counts(strict)["failed"]) == (3, 1)
    (failure,) = lines((tmp_path / "strict/failures.jsonl").read_bytes())
    assert failure["reason"] == "much_left_out"


@pytest.mark.parametrize(
    ("file", "message"),
    [("run.json", "not a run this version can read"), ("ledger.sqlite", "cannot be read")],
)
def test_damaged_run_says_which_file_is_damaged(tmp_path: Path, file: str, message: str) -> None:
    run = tmp_path / "a run?#1"
    prepare(FRENCH, "--out", run)
    assert annotator("status", run).returncode == 0
    for path in run.glob("ledger.sqlite-*"):
        path.unlink()
    (run / file).write_text("no ledger and no JSON " * 100, encoding="utf-8")
    for ran in (annotator("status", run), prepare(FRENCH, "--out", run)):
        assert ran.returncode == 2
        assert ran.stderr.decode().startswith(f"annotator: {run / file}: {message}")


def two_texts_under_one_id(tmp_path: Path) -> Path:
    source = tmp_path / "a.jsonl"
    rows: Sequence[dict[str, str]] = (
        {"id": "x", "text": "Le premier texte."},
        {"id": "y", "text": "Un autre."},
        {"id": "x", "text": "Le texte corrigé."},
        {"id": "y", "text": "Un autre."},
    )
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return source


def test_two_texts_under_one_id_are_an_error_and_a_repeat_is_a_duplicate(tmp_path: Path) -> None:
    ran = prepare(two_texts_under_one_id(tmp_path), "--out", tmp_path / "run", "--json")
    assert ran.returncode == 3
    assert (counts(ran)["articles"], counts(ran)["duplicates"], counts(ran)["failed"]) == (2, 1, 1)
    assert b"--revisions latest" in ran.stderr


def test_duplicates_are_named_and_all_listed_and_no_failure(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Le maire a dit oui.", encoding="utf-8")
    copies = [tmp_path / f"copy-{number:02}.txt" for number in range(preparation.SHOWN_FAILURES + 2)]
    for copy in copies:
        copy.write_text("Le maire a dit oui.", encoding="utf-8")
    ran = prepare(tmp_path / "a.txt", *copies, "--out", tmp_path / "run", "--json")
    listed = lines((tmp_path / "run/duplicates.jsonl").read_bytes())
    assert (ran.returncode, counts(ran)["duplicates"], counts(ran)["failed"]) == (0, len(copies), 0)
    assert [line["source"] for line in listed] == list(map(str, copies))
    schema("failure").validate(listed[0])
    said = ran.stderr.decode()
    assert f"duplicate: {copies[0]}: {listed[0]['article_id']}: the same article" in said
    assert f"is in {tmp_path / 'a.txt'}\n" in said
    assert f"... and 2 more, all listed in {tmp_path / 'run/duplicates.jsonl'}\n" in said
    assert json.loads(annotator("status", tmp_path / "run", "--json").stdout)["failed"] == 0


def test_what_was_guessed_is_said_of_the_first_articles_and_stands_in_all(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    long = ("Ce texte sans point continue, " * 100).strip(", ")
    texts = [*(f"Le cafe\u0301 {number} est clos." for number in range(preparation.SHOWN_NOTES)), long]
    rows = [{"id": f"x{number}", "text": text} for number, text in enumerate(texts)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    ran = prepare(source, "--out", tmp_path / "run", "--translator", "none")
    said = ran.stderr.decode()
    assert f"{source}: x0: Unicode NFC changed 1 characters\n" in said
    assert said.count("NFC changed") == preparation.SHOWN_NOTES
    assert f"... and 1 more, all listed in {tmp_path / 'run/articles.jsonl'} as notes\n" in said
    assert all(line["notes"] for line in lines((tmp_path / "run/articles.jsonl").read_bytes()))
    alone = prepare("-", "--out", "-", "--translator", "none", stdin=json.dumps(rows[-1]).encode())
    assert "parts of sentences of more than 2,000 characters" in alone.stderr.decode()


def test_a_run_is_no_folder_of_articles(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text("Le maire a dit oui.", encoding="utf-8")
    prepare(tmp_path / "in", "--out", tmp_path / "run")
    for source in (tmp_path / "run", tmp_path):
        ran = prepare(source, "--out", tmp_path.parent / f"{tmp_path.name}.jsonl")
        assert ran.returncode == 2
        assert f"{tmp_path / 'run'}: a run folder that annotator prepare made" in ran.stderr.decode()


def test_latest_revision_replaces_the_older_one_in_the_run(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text('{"id": "x", "text": "Le premier texte."}\n{"id": "y", "text": "Un autre."}\n', encoding="utf-8")
    prepare(source, "--out", tmp_path / "run")
    source = two_texts_under_one_id(tmp_path)
    ran = prepare(source, "--out", tmp_path / "run", "--revisions", "latest", "--json")
    assert ran.returncode == 0, ran.stderr.decode()
    assert (counts(ran)["superseded"], counts(ran)["duplicates"]) == (1, 1)
    assert f"superseded: {source}: x: a later text" in ran.stderr.decode()
    assert f"1 articles in {tmp_path / 'run'} have another text now" in ran.stderr.decode()
    listed = [(line["source"], line["article_id"]) for line in lines((tmp_path / "run/duplicates.jsonl").read_bytes())]
    assert listed == [(str(tmp_path / "run"), "x"), (str(source), "x"), (str(source), "y")]
    for name in ("articles", "tasks", "translations", "predictions"):
        written = lines((tmp_path / f"run/{name}.jsonl").read_bytes())
        assert len(written) == 2
    texts = {line["data"]["source_text"] for line in lines((tmp_path / "run/tasks.jsonl").read_bytes())}
    assert texts == {"Le texte corrigé.", "Un autre."}


def test_standard_input_goes_to_standard_output() -> None:
    ran = prepare("-", "--out", "-", stdin=b"Le maire a dit oui.")
    assert [task["data"]["source_text"] for task in lines(ran.stdout)] == ["Le maire a dit oui."]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["none.txt", "--out", "-"], b"no such file", id="missing-input"),
        pytest.param(
            [str(FRENCH), "--out", "-", "--to", "English"], b"(--to): 'English' is not a language", id="bad-language"
        ),
        pytest.param([str(FRENCH), "--out", "-", "--translator", "deepl"], b"deepl", id="bad-translator"),
        pytest.param(["-", "--out", "a.json", "--failures", "a.json"], b"both --out and --failures", id="one-name"),
        pytest.param(["-", "--out", "-", "--revisions", "latest"], b"reads its input twice", id="stdin-twice"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_line(arguments: list[str], message: bytes) -> None:
    ran = annotator("prepare", *arguments)
    assert ran.returncode == 2
    assert message in ran.stderr
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize("out", ["run", "out/tasks.jsonl"])
@pytest.mark.parametrize("arguments", [["none.txt"], ["empty"], ["-", "--revisions", "latest"]])
def test_inputs_are_looked_up_before_anything_is_made(tmp_path: Path, arguments: list[str], out: str) -> None:
    (tmp_path / "empty").mkdir()
    given = [str(tmp_path / name) if name in ("none.txt", "empty") else name for name in arguments]
    assert prepare(*given, "--out", tmp_path / out).returncode == 2
    assert os.listdir(tmp_path) == ["empty"]  # noqa: PTH208 - hidden files count too


@pytest.mark.parametrize("workers", ["1", "2"])
def test_pair_without_an_engine_is_warned_of_once_with_the_command(tmp_path: Path, workers: str) -> None:
    ran = in_a_process("prepare", ARTICLES, "--to", "xx", "--workers", workers, "--out", tmp_path / "tasks.jsonl")
    said = ran.stderr.decode()
    assert ran.returncode == 0
    for source in ("fr", "de", "es", "en"):
        assert said.count(f"warning: {source} > xx: no engine") == 1
        assert f"\n  try: annotator models install {source} xx\n" in said


def test_interrupted_task_file_leaves_nothing_behind(tmp_path: Path) -> None:
    source = corpus(tmp_path / "a.jsonl", 600)
    arguments = [*COMMAND, "prepare", "--translator", "none", str(source), "--out", str(tmp_path / "out/tasks.jsonl")]
    process = subprocess.Popen(arguments, stderr=subprocess.DEVNULL)
    while not (tmp_path / "out").exists():
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 130
    assert os.listdir(tmp_path / "out") == []  # noqa: PTH208 - hidden files count too


@pytest.mark.parametrize("out", ["in/a.jsonl", "in/run", "in/tasks.jsonl"])
def test_output_is_never_written_over_or_into_the_input(tmp_path: Path, out: str) -> None:
    (tmp_path / "in").mkdir()
    source = corpus(tmp_path / "in/a.jsonl", 2)
    before = source.read_bytes()
    ran = prepare(source if out.endswith("a.jsonl") else tmp_path / "in", "--out", tmp_path / out)
    assert (ran.returncode, source.read_bytes()) == (2, before)
    assert b"would be written" in ran.stderr
    assert os.listdir(tmp_path / "in") == ["a.jsonl"]  # noqa: PTH208 - hidden files count too


def test_output_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    for out in (tmp_path / "mine", Path("/proc/none/run"), Path("/proc/none/tasks.jsonl")):
        ran = prepare(FRENCH, "--out", out)
        assert ran.returncode == 2
        assert b"Traceback" not in ran.stderr
        assert len(ran.stderr.splitlines()) == 1


def test_named_language_holds_for_every_unit_but_posts() -> None:
    named = lines(prepare(ARTICLES / "ferry.en.txt", "--lang", "fr", "--out", "-").stdout)
    assert {task["data"]["source_lang"] for task in named} == {"fr"}
    with_post = lines(prepare(FRENCH, "--lang", "fr", "--out", "-").stdout)
    assert [task["data"]["source_lang"] for task in with_post if task["data"]["block"] == "post"] == ["en", "en"]


def test_rights_of_a_row_travel_with_its_tasks(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    row = {"text": "Le maire a dit oui.", "rights": "tous droits réservés", "retention": "units"}
    source.write_text(json.dumps(row), encoding="utf-8")
    (task,) = lines(prepare(source, "--out", "-").stdout)
    assert (task["data"]["rights"], task["data"]["retention"]) == ("tous droits réservés", "units")


def on_a_terminal(*arguments: str | Path) -> str:
    """Run a command with a terminal as its stderr and return what is written there."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([*COMMAND, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    written = b""
    with suppress(OSError):  # the other end is closed
        while chunk := os.read(ours, 1 << 16):
            written += chunk
    os.close(ours)
    process.wait(timeout=60)
    return written.decode()


def test_message_does_not_stand_on_the_line_of_the_progress(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Le cafe\u0301 est clos.".encode())
    written = on_a_terminal("prepare", "--translator", "none", tmp_path / "a.txt", "--out", tmp_path / "run")
    assert "0 articles" in written
    (message,) = (line for line in written.split("\r\n") if "NFC changed" in line)
    named = re.escape(str(tmp_path / "a.txt"))
    assert re.match(rf"{named}: [0-9a-f]{{16}}: Unicode NFC changed", message.rpartition("\r\x1b[2K")[2])


@pytest.mark.parametrize("arguments", [["-", "--out", "-"], ["-", "--out", "run"]], ids=["stdout", "run folder"])
def test_no_room_is_one_line_and_no_traceback(arguments: list[str], tmp_path: Path) -> None:
    """A file may have 200 kB here: what the system says then is what it says of a full disk."""

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    text = "Le maire a dit oui. " * 2_000
    command = [*COMMAND, "prepare", *arguments, "--translator", "none"]
    with (tmp_path / "out").open("wb") as out:
        ran = subprocess.run(
            command,
            check=False,
            cwd=tmp_path,
            input=text.encode(),
            stdout=out,
            stderr=subprocess.PIPE,
            preexec_fn=little_room,
        )
    told = ran.stderr.decode()
    assert ran.returncode == 1, told
    assert "Traceback" not in told
    assert "once there is room" in told


def test_engines_end_with_the_run(tmp_path: Path) -> None:
    """A demo serves for hours after it; left running, apertium's chain keeps 330 MB."""
    job = preparation.Job(
        inputs=(str(FRENCH),), out=str(tmp_path / "run"), settings=Settings(translator="apertium", data_dir=tmp_path)
    )
    report = preparation.run_job(job, say=lambda _message: None, progress=lambda _report: None)
    assert report.units == 27
    children = subprocess.run(
        ["ps", "-o", "args", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
    )
    assert "lt-proc" not in children.stdout


def test_limit_takes_the_first_inputs_and_estimates_the_rest(tmp_path: Path) -> None:
    rows = corpus(tmp_path / "rows.jsonl", 5)
    ran = prepare(rows, "--out", tmp_path / "trial", "--limit", "2")
    assert ran.returncode == 0
    assert re.search(rb"^3 more would take about \d+ s and \d+ MB", ran.stderr, re.MULTILINE)
    assert [line["article_id"] for line in lines((tmp_path / "trial/articles.jsonl").read_bytes())] == ["a0", "a1"]


def test_run_folder_of_a_trial_goes_on_to_the_end_without_limit(tmp_path: Path) -> None:
    rows = corpus(tmp_path / "rows.jsonl", 5)
    prepare(rows, "--out", tmp_path / "trial", "--limit", "2")
    assert prepare(rows, "--out", tmp_path / "trial").returncode == 0
    prepare(rows, "--out", tmp_path / "whole")
    assert (tmp_path / "trial/tasks.jsonl").read_bytes() == (tmp_path / "whole/tasks.jsonl").read_bytes()


def test_quiet_prints_nothing_but_the_tasks(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    ran = prepare(FRENCH, tmp_path / "empty.txt", "--out", "-", "--quiet")
    assert (ran.returncode, ran.stderr) == (3, b"")
    assert len(lines(ran.stdout)) == 27


def test_quiet_prints_errors() -> None:
    ran = prepare("missing.txt", "--out", "-", "--quiet")
    assert ran.returncode == 2
    assert b"missing.txt" in ran.stderr


def test_verbose_prints_a_line_for_each_article(tmp_path: Path) -> None:
    ran = prepare(corpus(tmp_path / "rows.jsonl", 3), "--out", tmp_path / "tasks.jsonl", "--verbose")
    assert re.findall(rb": (a\d): 3 units$", ran.stderr, re.MULTILINE) == [b"a0", b"a1", b"a2"]


def test_log_is_added_to_and_holds_all_that_happens(tmp_path: Path) -> None:
    rows, log = corpus(tmp_path / "rows.jsonl", 2), tmp_path / "log.jsonl"
    (tmp_path / "empty.txt").write_bytes(b"")
    log.write_text('{"event": "earlier"}\n', encoding="utf-8")
    prepare(rows, rows, tmp_path / "empty.txt", "--out", tmp_path / "tasks.jsonl", "--log", log, "--quiet")
    earlier, *events, end = lines(log.read_bytes())
    assert earlier == {"event": "earlier"}
    assert sorted(event["event"] for event in events) == ["article"] * 2 + ["duplicate"] * 2 + ["failure"]
    assert (end["event"], end["articles"], end["duplicates"], end["failed"]) == ("end", 2, 2, 1)
    assert all(event["time"].endswith("+00:00") for event in [*events, end])


@pytest.mark.parametrize(("no_color", "is_coloured"), [("", True), ("1", False)], ids=["colours", "NO_COLOR"])
def test_no_color_is_obeyed(no_color: str, is_coloured: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", no_color)
    written = on_a_terminal("prepare", "--translator", "none", FRENCH, "--out", tmp_path / "run")
    assert "articles" in written
    assert bool(re.search(r"\x1b\[(?:\d+;)*(?:3|4|9|10)[0-8](?:;\d+)*m", written)) is is_coloured


def test_reader_of_a_pipe_gets_an_article_before_the_next_one_is_written() -> None:
    command = [*COMMAND, "prepare", "-", "--out", "-", "--translator", "none", "--quiet"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdin
        assert process.stdout
        for name in ("first", "second"):
            process.stdin.write(json.dumps({"id": name, "text": "Le maire a dit oui."}).encode() + b"\n")
            if not select.select([process.stdout], [], [], 60)[0]:
                process.kill()
                pytest.fail("no line came while the input stayed open")
            assert json.loads(process.stdout.readline())["data"]["article_id"] == name
        process.stdin.close()
        assert process.stdout.read() == b""
    assert process.returncode == 0


def cached(data_dir: Path) -> set[tuple[bytes, str]]:
    with closing(sqlite3.connect(data_dir / "translations.sqlite")) as connection:
        return set(connection.execute("SELECT key, value FROM translation"))


def test_driver_alone_writes_the_cache_of_translations(tmp_path: Path) -> None:
    rows = corpus(tmp_path / "rows.jsonl", 3)
    worker = Settings(translator="apertium", data_dir=tmp_path / "worker")
    articles = [article for article in read([str(rows)], fields=worker.fields) if isinstance(article, Article)]
    first, *others = pack_in_worker(worker.model_dump_json(), (), articles)
    worker_pipeline(worker.model_dump_json(), ())[0].translator.close()
    assert isinstance(first, Packed)
    assert len(others) == 2
    assert cached(tmp_path / "worker") == set()
    driver = Settings(translator="apertium", data_dir=tmp_path / "driver")
    job = preparation.Job(inputs=(str(rows),), out=str(tmp_path / "run"), settings=driver, workers=2)
    preparation.run_job(job, say=lambda _message: None, progress=lambda _report: None)
    assert cached(tmp_path / "driver") == set(first.fresh) != set()


def test_plain_text_loads_no_package_that_it_does_not_need() -> None:
    code = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr))"
    command = [sys.executable, "-c", f"{code}; from annotator.cli import main; main()", "prepare", "-", "--quiet"]
    ran = subprocess.run(
        [*command, "--out", "-", "--translator", "none"], input=FRENCH.read_bytes(), capture_output=True, check=True
    )
    heavy = {"datasketch", "scipy", "trafilatura", "lxml", "chardet", "rich", "ctranslate2", "filelock"}
    loaded = set(ran.stderr.decode().split())
    assert "py3langid" in loaded
    assert loaded & (heavy | {"argostranslate", "httpx", "asyncio"}) == set()


@pytest.mark.parametrize(
    ("flags", "hint"),
    [
        (("--address", "auto"), "--runner ray --address auto"),
        (("--page-type", "text/plain"), "name a file that ends in .warc"),
        (("--page-url", "https://example.org/"), "name a file that ends in .warc"),
        (("--quiet", "--verbose"), "leave one of them out"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_flag_that_would_change_nothing_is_wrong_usage(tmp_path: Path, flags: tuple[str, ...], hint: str) -> None:
    ran = prepare(corpus(tmp_path / "rows.jsonl", 1), "--out", tmp_path / "run", *flags)
    assert (ran.returncode, (tmp_path / "run").exists()) == (2, False)
    assert hint in ran.stderr.decode()
