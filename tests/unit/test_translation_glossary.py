"""What a glossary says stands in the translation, whatever the engine; a text without its terms stays as it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from commands import annotator

from annotator.assemble import open_glossary
from annotator.errors import UsageError
from annotator.models import TranslationEntry
from annotator.settings import Settings
from annotator.translation import flow
from annotator.translation.argos import device_for
from annotator.translation.cache import Cache
from annotator.translation.glossary import Glossary, make_glossary

HEADER = "source\ttarget\tsource_lang\ttarget_lang\n"

Open = Callable[[str], Glossary]


class Reversing:
    """Stands for an engine: gives the words back in turned order, and remembers what it was asked."""

    name, via, model, options, differs = "reversing", "", "0", "", ""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def run(self, texts: Sequence[str], *, careful: bool = False) -> list[str | None]:  # noqa: ARG002
        self.asked += texts
        return [" ".join(reversed(text.split())) for text in texts]

    def close(self) -> None:
        """Nothing to end."""


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    def open_text(text: str) -> Glossary:
        (tmp_path / "terms.tsv").write_text(text, encoding="utf-8")
        glossary = open_glossary(Settings(glossary=tmp_path / "terms.tsv", data_dir=tmp_path))
        assert glossary
        return glossary

    return open_text


def glossary_of(**terms: str) -> Glossary:
    entries = [TranslationEntry("fr", "en", term.replace("_", " "), terms[term], 1) for term in terms]
    return make_glossary(Path("terms.tsv"), "terms", "0a1b2c3d", entries)


def translate(glossary: Glossary, *texts: str, cache: Cache | None = None, rules: bool = True) -> list[tuple[str, str]]:
    terms = glossary.terms("fr", "en")
    direction = flow.Direction(Reversing(), "fr", "en", rule_based=rules, terms=terms)
    return [(done.text, done.options) for done in flow.translate(direction, texts, cache=cache)]


@pytest.mark.parametrize("rules", [True, False], ids=["rules", "model"])
def test_a_term_is_translated_as_the_glossary_says_and_the_signature_names_it(rules: bool) -> None:
    glossary = glossary_of(gilets_jaunes="yellow vests", gilets="jackets")
    ((text, options),) = translate(glossary, "ici vos gilets jaunes", rules=rules)
    assert (text, options) == ("yellow vests vos ici", "glossary terms:0a1b2c3d")


def test_a_term_at_the_start_of_a_sentence_has_its_capital() -> None:
    ((text, _),) = translate(glossary_of(gilets_jaunes="yellow vests"), "Gilets jaunes partout")
    assert "Yellow vests" in text


def test_a_part_of_a_word_is_no_term() -> None:
    assert translate(glossary_of(art="ART"), "parti") == [("parti", "")]


def test_a_text_without_a_term_comes_from_the_store_as_if_there_were_no_glossary(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.sqlite")
    flow.translate(flow.Direction(Reversing(), "fr", "en", rule_based=True), ["un pont ici", "un gilet"], cache=cache)
    engine, terms = Reversing(), glossary_of(gilet="jacket").terms("fr", "en")
    flow.translate(
        flow.Direction(engine, "fr", "en", rule_based=True, terms=terms), ["un pont ici", "un gilet"], cache=cache
    )
    assert len(engine.asked) == 1
    assert "pont" not in engine.asked[0]


def test_the_words_of_a_term_are_no_fault_of_the_translation() -> None:
    """Without a glossary a name that went, and words of the source that stand, both get a warning."""
    direction = flow.Direction(
        Reversing(), "fr", "en", rule_based=True, terms=glossary_of(Rassemblement="National Rally").terms("fr", "en")
    )
    (done,) = flow.translate(direction, ["à Rassemblement"])
    assert "lost_name" not in {warning.code for warning in done.warnings}


def test_a_term_of_another_pair_is_left_alone(opened: Open) -> None:
    glossary = opened(f"{HEADER}pont\tbridge\tfr\ten\nbanc\tbench\t\t\n")
    assert glossary.terms("fr", "en").found("pont, banc") == ["banc", "pont"]
    assert glossary.terms("es", "en").found("pont, banc") == ["banc"]


def test_bad_lines_are_listed_and_of_two_translations_none_is_used(opened: Open) -> None:
    glossary = opened(f"{HEADER}pont\tbridge\tfr\ten\npont\tdeck\tfr\ten\nbanc\tbench\tfrench\ten\nloi\tlaw\tfr\ten\n")
    assert [entry.text for entry in glossary.entries] == ["loi"]
    lines = [problem.rpartition("terms.tsv:")[2] for problem in glossary.problems]
    assert [line.partition(":")[0] for line in lines] == ["2", "3", "4"]
    assert "'pont' is translated 'bridge' in line 2, 'deck' in line 3: none is used" in lines[0]
    assert "'french' is not a language code" in lines[2]


def test_a_glossary_without_a_usable_line_is_refused(opened: Open) -> None:
    with pytest.raises(UsageError, match=r"terms\.tsv:2: 'french' is not a language code"):
        opened(f"{HEADER}banc\tbench\tfrench\ten\n")


def test_a_run_notes_its_glossary_and_its_tasks_name_it_where_a_term_stands(tmp_path: Path) -> None:
    (tmp_path / "terms.tsv").write_text(f"{HEADER}le Conseil d’État\tthe Council of State\tfr\ten\n")
    (tmp_path / "a.txt").write_text("La loi a été votée. Elle plaît, dit le Conseil d’État.")
    options = ("--lang", "fr", "--translator", "apertium", "--glossary", "terms.tsv")
    ran = annotator("prepare", "a.txt", "--out", "run", *options, folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    first, second = (json.loads(line)["data"] for line in (tmp_path / "run/tasks.jsonl").read_text().splitlines())
    assert "the Council of State" in second["translated_text"]
    label = json.loads((tmp_path / "run/run.json").read_text())["settings"]["glossary"]
    assert f"(glossary {label})" in second["signature"]
    assert "glossary" not in first["signature"]


def test_a_gpu_that_is_not_there_is_refused_before_the_run_is_made(tmp_path: Path) -> None:
    if device_for("auto") == "cuda":
        assert device_for("cuda") == "cuda"
        return
    (tmp_path / "a.txt").write_text("Le pont est fermé.")
    ran = annotator("prepare", "a.txt", "--out", "run", "--device", "cuda", folder=tmp_path)
    assert (ran.returncode, (tmp_path / "run").exists()) == (2, False)
    assert b"CTranslate2 finds no GPU here" in ran.stderr
