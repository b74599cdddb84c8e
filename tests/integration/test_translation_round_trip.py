"""Texts go to a translator and come back: what was translated replaces what nobody has answered yet, and only that."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commands import annotator
from hypothesis import given
from hypothesis import strategies as st

from annotator.labelstudio.client import Client
from annotator.labelstudio.server import Server
from annotator.models import TranslationEntry
from annotator.preparation.translation_list import FORMATS, Listed, write
from annotator.readers.translations import read_translations
from annotator.text import canonical, reading_form

TEXT = "Le pont a été fermé mardi.\n\n=les prix montent, dit la maire.\n\nQui paiera la note ?"

BY_HAND = ("The bridge was closed on Tuesday.", "=prices are rising, says the mayor.", "Who will pay the bill?")

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(label_studio: Server, tmp_path: Path) -> Run:
    """Run a command in the test's folder, with the session's server; returns its JSON."""

    def run_command(*arguments: str | Path, code: int = 0) -> dict[str, Any]:
        environment = {"ANNOTATOR_DATA_DIR": label_studio.paths.data_dir}
        ran = annotator(*arguments, "--json", environment=environment, folder=tmp_path)
        assert ran.returncode == code, ran.stderr.decode()
        counts: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
        return counts

    return run_command


def fill_in(path: Path, form: str) -> None:
    """Translate what waits, as somebody does who opens the file in a program of theirs."""
    text = path.read_text(encoding="utf-8-sig")
    if form == "tmx":
        for translation in BY_HAND:
            text = text.replace("<seg></seg>", f"<seg>{translation}</seg>", 1)
        path.write_text(text, encoding="utf-8")
        return
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        table = csv.DictWriter(stream, rows[0], delimiter=";")
        table.writeheader()
        table.writerows([row | {"target": done} for row, done in zip(rows, BY_HAND, strict=True)])


@pytest.mark.parametrize("form", FORMATS)
def test_what_a_translator_fills_in_replaces_the_unanswered_tasks(
    run: Run,
    tmp_path: Path,
    client: Client,
    new_title: Callable[[], str],
    annotator_login: Callable[[str], Client],
    answer: Callable[..., int],
    form: str,
) -> None:
    title, todo = new_title(), f"todo.{form}"
    (tmp_path / "a.txt").write_text(TEXT)
    prepare = ("prepare", "a.txt", "--lang", "fr", "--translator", "none")
    run(*prepare, "--out", "run")
    project = run("push", "run", "--project", title)["project"]
    first = min(copy.task for copy in client.pushed_tasks(project))
    answer(annotator_login("ann"), first, "opinion")

    assert run("translations", "export", "run", "--out", todo) == {"texts": 3, "left_out": 0}
    fill_in(tmp_path / todo, form)
    articles = (tmp_path / "run/articles.jsonl").read_bytes()
    run(*prepare, "--out", "run", "--memory", todo)
    assert (tmp_path / "run/articles.jsonl").read_bytes() == articles
    assert run("translations", "export", "run", "--out", f"rest.{form}")["texts"] == 0
    pushed = run("push", "run", "--project", title, "--update")
    assert (pushed["units"], pushed["replaced"], pushed["refused"]) == (3, 2, 0)
    assert run("push", "run", "--project", title, "--update").get("replaced", 0) == 0

    for copy in client.pushed_tasks(project):
        if copy.task != first:
            answer(annotator_login("ann"), copy.task, "rhetoric")
    run("pull", "--project", title, "--out", "answers.jsonl")
    run("export", "answers.jsonl", "--out", "dataset")
    records = [json.loads(line) for line in (tmp_path / "dataset/records.jsonl").read_text().splitlines()]
    shown = {
        record["label"]: (record["data"]["translation_engine"], record["data"]["translated_text"]) for record in records
    }
    assert shown == {"opinion": ("none", ""), "rhetoric": ("memory:todo", BY_HAND[2])}


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1), form=st.sampled_from(FORMATS))
def test_every_text_comes_back_as_it_went_out(text: str, form: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The texts of units have no white space at their ends, and single line ends are blanks there."""
    text = reading_form(canonical(text)[0]).strip() or "x"
    stream = io.BytesIO()
    written, left_out = write([Listed(text, f"{text}.", "fr", "en", text, "none", "", "a:1")], stream, form)
    path = tmp_path_factory.getbasetemp() / f"exact.{form}"
    path.write_bytes(stream.getvalue())
    expected = TranslationEntry("fr", "en", text, f"{text}.", line=0)[:4]
    read = [entry[:4] for entry in read_translations(path) if isinstance(entry, TranslationEntry)]
    assert (written + left_out, read) == (1, [expected] * written)
    assert written == 1 or form == "tmx"


def test_only_texts_without_a_good_translation_are_listed_and_each_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{TEXT}\n\nQui paiera la note ?\n\nhttps://example.org/a\n\nLa loi est votée.")
    (tmp_path / "m.csv").write_text(
        "source,target\nLa loi est votée.,The law is passed.\nLe pont a été fermé mardi.,3 bridges\n"
    )
    run("prepare", "a.txt", "--lang", "fr", "--translator", "none", "--memory", "m.csv", "--out", "run")
    assert run("translations", "export", "run", "--out", "todo.csv")["texts"] == 3
    assert run("translations", "export", "run", "--out", "all.csv", "--all")["texts"] == 4
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["source"]: (row["target"], row["machine"]) for row in csv.DictReader(stream)}
    assert rows["La loi est votée."] == ("The law is passed.", "")
    assert rows["Le pont a été fermé mardi."] == ("", "3 bridges")
    assert "'=les prix montent, dit la maire." in rows


def test_a_memory_changes_the_tasks_of_the_units_that_it_knows_and_no_other(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "m.csv").write_text("source,target\nQui paiera la note ?,Who will pay the bill?\n")
    prepare = ("prepare", "a.txt", "--lang", "fr", "--translator", "none", "--out", "run")
    run(*prepare)
    before = (tmp_path / "run/tasks.jsonl").read_bytes().splitlines()
    run(*prepare, "--memory", "m.csv")
    after = (tmp_path / "run/tasks.jsonl").read_bytes().splitlines()
    changed = [b"Qui paiera la note" in new for old, new in zip(before, after, strict=True) if old != new]
    assert before[0] == after[0]
    assert changed[-1]
    signatures = (
        [json.loads(line)["data"]["signature"] for line in before],
        [json.loads(line)["data"]["signature"] for line in after],
    )
    assert [old == new for old, new in zip(*signatures, strict=True)] == [True, True, False]
    run(*prepare)
    assert (tmp_path / "run/tasks.jsonl").read_bytes().splitlines() == before


def test_a_list_that_somebody_may_have_filled_in_is_not_replaced(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    run("prepare", "a.txt", "--lang", "fr", "--translator", "none", "--out", "run")
    run("translations", "export", "run", "--out", "todo.csv")
    refused = annotator("translations", "export", "run", "--out", "todo.csv", folder=tmp_path)
    assert (refused.returncode, b"is there already" in refused.stderr) == (2, True)


def test_check_lists_every_line_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("source,target\n" + "".join(f",{number}\n" for number in range(30)) + "a,b\n")
    checked = annotator("translations", "check", "m.csv", folder=tmp_path)
    assert (checked.returncode, len(checked.stdout.splitlines())) == (3, 30)
    assert checked.stdout.splitlines()[-1] == b"m.csv:31: a translation without a text: '29'"
