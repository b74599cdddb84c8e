"""Translations that a user has: read as they stand or refused by line, found by the text itself, never changed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import annotator
from fakes import Upper

from annotator import settings
from annotator.assemble import announce_memories, open_memories
from annotator.errors import UsageError
from annotator.models import Translation
from annotator.settings import Settings
from annotator.translation.memory import FOLDER, Memory
from annotator.translation.remembering import RememberingTranslator

BRIDGE, CLOSED = "Le pont est fermé.", "The bridge is closed."
HEADER = "source,target,source_lang,target_lang\n"
TMX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4">
<header srclang="fr-FR" segtype="sentence" o-tmf="x" adminlang="en" datatype="plaintext" creationtool="x"/>
<body>
{}
</body>
</tmx>
"""
UNIT = '<tu><tuv xml:lang="fr-FR"><seg>{}</seg></tuv><tuv xml:lang="EN-gb"><seg>{}</seg></tuv></tu>'

Write = Callable[..., Path]
Open = Callable[..., Memory]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(text: str | bytes, name: str = "desk.csv") -> Path:
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path / name

    return write_file


@pytest.fixture
def opened(tmp_path: Path, write: Write) -> Open:
    def open_file(text: str | bytes, name: str = "desk.csv") -> Memory:
        (memory,) = open_memories(Settings(memories=(write(text, name),), data_dir=tmp_path / "data"))
        return memory

    return open_file


def translations(memory: Memory, *texts: str, source: str = "fr") -> list[str]:
    found = memory.find(texts, source=source, target="en")
    return [found[text].translation if text in found else "" for text in texts]


def test_only_the_texts_that_no_memory_knows_reach_the_engine(opened: Open) -> None:
    behind = Upper()
    translator = RememberingTranslator([opened(f"{HEADER}{BRIDGE},{CLOSED},fr,en\n")], behind)
    texts = ["La loi est votée.", BRIDGE, "Qui paiera ?"]
    answers = translator.translate(texts, source="fr", target="en")
    assert [answer.text for answer in answers] == ["LA LOI EST VOTÉE.", CLOSED, "QUI PAIERA ?"]
    assert [answer.engine for answer in answers] == ["upper", "memory:desk", "upper"]
    assert behind.calls == [("La loi est votée.", "Qui paiera ?")]


def test_the_first_memory_that_knows_a_text_counts(tmp_path: Path, write: Write) -> None:
    files = write(f"source,target\n{BRIDGE},{CLOSED}\n", "a.csv"), write(f"source,target\n{BRIDGE},Other.\n", "b.csv")
    memories = open_memories(Settings(memories=files, data_dir=tmp_path))
    (answer,) = RememberingTranslator(memories, Upper()).translate([BRIDGE], source="fr", target="en")
    assert (answer.engine, answer.text) == ("memory:a", CLOSED)


def test_a_translation_from_a_memory_is_checked_and_stays_as_it_is(opened: Open) -> None:
    memory = opened(f"{HEADER}Il y a 12 ponts.,There are 21 bridges : yes,fr,en\n")
    (answer,) = RememberingTranslator([memory], Upper()).translate(["Il y a 12 ponts."], source="fr", target="en")
    assert answer.text == "There are 21 bridges : yes"
    assert [warning.code for warning in answer.warnings] == ["number_mismatch"]


def test_what_a_memory_gives_names_the_digest_of_its_file(opened: Open) -> None:
    first, second = opened(f"source,target\n{BRIDGE},{CLOSED}\n"), opened(f"source,target\n{BRIDGE},Shut.\n")
    assert first.digest != second.digest
    assert first.label == f"desk:{first.digest}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("desk.tmx", TMX.format(UNIT.format(BRIDGE, CLOSED))),
        ("desk.tmx", TMX.format(UNIT.format(BRIDGE, CLOSED)).replace("UTF-8", "UTF-16").encode("utf-16")),
        ("desk.tmx.gz", gzip.compress(TMX.format(UNIT.format(BRIDGE, CLOSED)).encode())),
        (
            "desk.tmx",
            TMX.format(UNIT.format('<bpt i="1">{\\b</bpt>Le <hi>pont</hi> est fermé.<ept i="1">}</ept>', CLOSED)),
        ),
        ("desk.tmx", TMX.replace("fr-FR", "*all*").format(UNIT.format(BRIDGE, CLOSED))),
        ("desk.csv", f"{HEADER}{BRIDGE},{CLOSED},fr,en\n"),
        ("desk.csv", f"\ufeffsource;target\r\n{BRIDGE};{CLOSED}\r\n"),
        ("desk.tsv", f"target\tsource\n{CLOSED}\t{BRIDGE}\n"),
        ("desk.jsonl", json.dumps({"source": BRIDGE, "target": CLOSED, "source_lang": "fr", "note": 1})),
        ("desk.jsonl", json.dumps([{"source": BRIDGE, "target": CLOSED}], indent=1)),
        ("desk.csv", f"source,target\nLe pont est ferme\u0301.,{CLOSED}\n"),
        ("desk.csv", f'source,target\n"Le pont\r\nest fermé. ",{CLOSED}\n'),
    ],
    ids=[
        "tmx",
        "utf-16",
        "gz",
        "inline codes",
        "any source",
        "csv",
        "excel",
        "tsv",
        "jsonl",
        "array",
        "nfd",
        "newline",
    ],
)
def test_an_exact_text_is_found_whatever_the_form_of_its_file(opened: Open, name: str, content: str | bytes) -> None:
    assert translations(opened(content, name), BRIDGE) == [CLOSED]


def test_a_text_in_another_language_is_not_found_and_one_in_none_is(opened: Open) -> None:
    memory = opened(f"{HEADER}Non.,No.,fr,en\n")
    assert [translations(memory, "Non.", source=source) for source in ("fr", "ca", "und")] == [["No."], [""], ["No."]]


def test_an_entry_that_names_its_languages_comes_before_one_that_does_not(opened: Open) -> None:
    memory = opened(f"{HEADER}Non.,Nope.,,\nNon.,No.,fr,en\n")
    assert [translations(memory, "Non.", source=source) for source in ("fr", "ca")] == [["No."], ["Nope."]]


def test_an_entry_without_a_translation_waits_and_is_no_problem(opened: Open) -> None:
    memory = opened(f"{HEADER}{BRIDGE},,fr,en\nNon.,No.,fr,en\n")
    assert (translations(memory, BRIDGE, "Non."), memory.problem_count()) == (["", "No."], 0)


def test_two_translations_of_one_text_are_both_listed_and_neither_is_used(opened: Open) -> None:
    memory = opened(f"{HEADER}{BRIDGE},{CLOSED},fr,en\nNon.,No.,fr,en\n{BRIDGE},Shut.,fr,en\n")
    assert translations(memory, BRIDGE, "Non.") == ["", "No."]
    first, second = memory.problems()
    assert f"desk.csv:2: '{BRIDGE}' is translated '{CLOSED}' here and 'Shut.' in line 4" in first
    assert f"desk.csv:4: '{BRIDGE}' is translated 'Shut.' here and '{CLOSED}' in line 2" in second


@pytest.mark.parametrize(
    ("name", "line", "says"),
    [
        ("desk.csv", ",Nobody.,fr,en", "desk.csv:2: a translation without a text: 'Nobody.'"),
        ("desk.csv", "a,b,french language,en", "desk.csv:2: 'french language' is not a language code"),
        ("desk.csv", "a,b", "desk.csv:2: 2 columns, and 4 in the header"),
        ("desk.jsonl", '{"source": "a", "target": 7}', "desk.jsonl:1: field 'target' is '7', not text"),
        ("desk.jsonl", '{"source": "a", "translation": "b"}', "desk.jsonl:1: field 'target' is missing"),
        ("desk.jsonl", '{"source": "a", "tar', "desk.jsonl:1: not valid JSON"),
        ("desk.tmx", "<tu><tuv><seg>a</seg></tuv></tu>", "desk.tmx:6: a tuv has no xml:lang"),
        (
            "desk.tmx",
            '<tu><tuv xml:lang="de"><seg>a</seg></tuv></tu>',
            "desk.tmx:6: no tuv in the source language 'fr-FR'",
        ),
    ],
    ids=["no text", "language", "columns", "number", "missing", "torn", "no lang", "no source"],
)
def test_a_bad_line_is_listed_with_its_file_line_and_value(opened: Open, name: str, line: str, says: str) -> None:
    good = {
        "desk.csv": f"{HEADER}{line}\n{BRIDGE},{CLOSED},fr,en\n",
        "desk.jsonl": f"{line}\n{json.dumps({'source': BRIDGE, 'target': CLOSED})}\n",
        "desk.tmx": TMX.format(f"{line}\n{UNIT.format(BRIDGE, CLOSED)}"),
    }
    memory = opened(good[name], name)
    assert translations(memory, BRIDGE) == [CLOSED]
    (problem,) = memory.problems()
    assert says in problem


BOMB = '<!DOCTYPE tmx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE tmx [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
PLAIN = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("desk.csv", "text,translation\na,b\n", "desk.csv:1: no column 'source' (columns: text, translation)"),
        ("desk.csv", "source,target,target\na,b,c\n", "desk.csv:1: 2 columns are named 'target'"),
        ("desk.csv", b"\x00\x01\x02\x00", "desk.csv: a binary file"),
        ("desk.csv", "", "desk.csv: the file is empty"),
        ("desk.csv", "source,target\n,b\n", "desk.csv:2: a translation without a text: 'b'"),
        ("desk.xlsx", "x", "desk.xlsx: not a file of translations by its name"),
        ("desk.tmx", TMX.format(UNIT.format(BRIDGE, CLOSED))[:-30], "desk.tmx:6: not well-formed XML"),
        ("desk.tmx", "", "desk.tmx: not well-formed XML"),
        ("desk.tmx", "<html><body/></html>", "desk.tmx:1: its first element is 'html'"),
        ("desk.tmx", TMX.format(UNIT.format("&b;", "x")).replace(PLAIN, BOMB), "it declares the entity 'a'"),
        ("desk.tmx", TMX.format(UNIT.format("&secret;", "x")).replace(PLAIN, FILE), "it declares the entity 'secret'"),
        ("desk.tmx", TMX.format(UNIT.format("&unknown;", "x")).replace(PLAIN, ""), "desk.tmx:6: not well-formed XML"),
        ("desk.jsonl.gz", gzip.compress(b'{"source": "a", "target": "b"}\n' * 9)[:-12], "the packed file is damaged"),
    ],
    ids=[
        "columns", "twice", "binary", "empty", "no good line", "kind", "torn tmx", "empty tmx", "html", "bomb", "file",
        "entity", "torn gz",
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_trusted_is_refused_whole(
    opened: Open, name: str, content: str | bytes, says: str
) -> None:
    with pytest.raises(UsageError) as caught:
        opened(content, name)
    assert says in caught.value.message


def test_a_missing_file_is_refused_before_the_run_is_made(tmp_path: Path, write: Write) -> None:
    article = write("Le pont est fermé.", "a.txt")
    ran = annotator("prepare", article, "--out", tmp_path / "run", "--memory", tmp_path / "no.csv")
    assert (ran.returncode, (tmp_path / "run").exists()) == (2, False)
    assert b"no.csv: there is no such file" in ran.stderr


def test_two_memories_of_one_name_are_refused(tmp_path: Path, write: Write) -> None:
    files = write("source,target\na,b\n", "desk.csv"), write("source\ttarget\na\tb\n", "desk.tsv")
    with pytest.raises(UsageError, match="two memories are called 'desk'"):
        open_memories(Settings(memories=files, data_dir=tmp_path))


@pytest.mark.parametrize(("target", "said"), [("de", 2), ("en", 1)])
def test_a_memory_of_another_language_says_that_none_of_it_is_used(
    tmp_path: Path, write: Write, target: str, said: int
) -> None:
    write(f"{HEADER}{BRIDGE},{CLOSED},fr,en\n")
    lines: list[str] = []
    named = Settings(memories=(tmp_path / "desk.csv",), data_dir=tmp_path, target_language=target)
    announce_memories(named, lines.append)
    assert len(lines) == said


def test_a_second_start_reads_the_index_and_a_damaged_one_is_made_anew(tmp_path: Path, opened: Open) -> None:
    content = f"{HEADER}{BRIDGE},{CLOSED},fr,en\n"
    opened(content)
    (index,) = (tmp_path / "data" / FOLDER).iterdir()
    made = index.stat().st_ino
    opened(content)
    assert index.stat().st_ino == made
    index.write_bytes(b"no database" * 100)
    assert translations(opened(content), BRIDGE) == [CLOSED]


def test_a_data_folder_that_cannot_be_written_costs_the_index_alone(tmp_path: Path, opened: Open) -> None:
    (tmp_path / "data").write_text("a file where the folder would be")
    assert translations(opened(f"{HEADER}{BRIDGE},{CLOSED},fr,en\n"), BRIDGE) == [CLOSED]


def test_memories_of_the_settings_file_are_read_and_one_may_stand_alone(tmp_path: Path, write: Write) -> None:
    write('memory = "desk.csv"\n', "annotator.toml")
    assert settings.load({}, directory=tmp_path).memories == (Path("desk.csv"),)


def test_a_run_shows_the_memory_on_each_task_and_pins_only_the_engine(tmp_path: Path, write: Write) -> None:
    write(f"{BRIDGE} Qui paiera la note ?", "a.txt")
    write(f"{HEADER}{BRIDGE},{CLOSED},fr,en\n")
    options = ("--lang", "fr", "--translator", "none", "--memory", "desk.csv")
    ran = annotator("prepare", "a.txt", "--out", "run", *options, folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert b"memory:desk: desk.csv holds 1 fr > en" in ran.stderr
    first, second = map(json.loads, (tmp_path / "run/tasks.jsonl").read_text().splitlines())
    assert (first["data"]["translated_text"], first["data"]["translation_engine"]) == (CLOSED, "memory:desk")
    assert second["data"]["translation_engine"] == "none"
    run = json.loads((tmp_path / "run/run.json").read_text())
    (label,) = run["settings"]["memory"]
    assert f"|translate memory:{label}/en " in first["data"]["signature"]
    assert "memory" not in second["data"]["signature"]
    assert run["engines"] == {}


def test_several_workers_answer_from_the_same_memory(tmp_path: Path, write: Write) -> None:
    write(json.dumps({"text": BRIDGE, "id": "a"}) + "\n" + json.dumps({"text": BRIDGE, "id": "b"}), "a.jsonl")
    write(f"{HEADER}{BRIDGE},{CLOSED},fr,en\n")
    options = ("--lang", "fr", "--translator", "none", "--memory", "desk.csv", "--workers", "2")
    assert annotator("prepare", "a.jsonl", "--out", "run", *options, folder=tmp_path).returncode == 0
    lines = (tmp_path / "run/translations.jsonl").read_text().splitlines()
    assert [Translation.model_validate_json(line).text for line in lines] == [CLOSED, CLOSED]


def test_export_names_the_command_that_keeps_every_memory_and_setting_of_the_run(tmp_path: Path, write: Write) -> None:
    write(f"{BRIDGE} Qui paiera la note ?", "a.txt")
    write(f"{HEADER}{BRIDGE},{CLOSED},fr,en\n", "first desk.csv")
    write(f"{HEADER}le pont,the bridge,fr,en\n", "terms.csv")
    options = "--lang fr --translator none --glossary terms.csv"
    run = (*options.split(), "--memory", "first desk.csv")
    assert annotator("prepare", "a.txt", "--out", "run", *run, folder=tmp_path).returncode == 0
    exported = annotator("translations", "export", "run", "--out", "todo.csv", folder=tmp_path)
    command = f"annotator prepare INPUT --out run {options} --memory todo.csv --memory 'first desk.csv'"
    assert f"to use what is filled in: {command}\n" in exported.stderr.decode()


def test_a_memory_that_is_no_longer_given_is_warned_of_with_what_keeps_it(tmp_path: Path, write: Write) -> None:
    write(f"{BRIDGE} Qui paiera la note ?", "a.txt")
    write(f"{HEADER}{BRIDGE},{CLOSED},fr,en\n")
    write(f"{HEADER}Qui paiera la note ?,Who pays?,fr,en\n", "new.csv")
    prepare = ("prepare", "a.txt", "--out", "run", "--lang", "fr", "--translator", "none")
    assert annotator(*prepare, "--memory", "desk.csv", folder=tmp_path).returncode == 0
    kept = annotator(*prepare, "--memory", "new.csv", "--memory", "desk.csv", folder=tmp_path)
    assert b"no longer given" not in kept.stderr
    said = annotator(*prepare, "--memory", "new.csv", folder=tmp_path).stderr.decode()
    loss = "memory desk.csv is no longer given: its 1 translation falls away"
    assert f"warning: {loss}; add --memory desk.csv to keep what it holds\n" in said


def test_lines_of_memory_and_glossary_that_cannot_be_used_count(tmp_path: Path, write: Write) -> None:
    write(BRIDGE, "a.txt")
    write(f"{HEADER}{BRIDGE},{CLOSED},fr,en\n,no text,fr,en\n")
    write(f"{HEADER}le pont,the bridge,fr,en\n,no term,fr,en\n", "terms.csv")
    options = ("--lang", "fr", "--translator", "none", "--memory", "desk.csv", "--glossary", "terms.csv", "--json")
    ran = annotator("prepare", "a.txt", "--out", "run", *options, folder=tmp_path)
    assert (ran.returncode, json.loads(ran.stdout)["not_used"]) == (3, 2)
