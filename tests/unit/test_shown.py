"""What a push adds for the screen: escaped, in the language of the interface, and dropped on the way back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator import preparation
from annotator.labelstudio import wire
from annotator.labelstudio.article_pages import ArticlePages
from annotator.labelstudio.article_pane import ARTICLE_BYTES, ArticlePane, Piece
from annotator.labelstudio.interface import interface, languages
from annotator.labelstudio.shown import Place, shown
from annotator.models import DISPLAY_FIELDS, SHOWN_BY_PUSH, Task
from annotator.prediction.cascade import JUDGED
from annotator.prediction.decision import RULES
from annotator.settings import Settings
from annotator.translation.checks import CHECKS

MakeTasks = Callable[..., list[Task]]
EVIL = "<script>x</script> <img src=x onerror=y> \"' & </mark>"
FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture
def data(make_tasks: MakeTasks) -> Callable[..., dict[str, Any]]:
    def make(**fields: Any) -> dict[str, Any]:
        (task,) = make_tasks(1, **fields)
        return task.data.model_dump(mode="json")

    return make


@pytest.mark.parametrize(
    ("language", "line", "date"),
    [
        ("en", "unit 1 of 27 of this article · article 3 of 12", "January 2025"),
        ("fr", "unité 1 sur 27 de cet article · article 3 sur 12", "janvier 2025"),
    ],
)
def test_place_and_date_are_said_in_the_language_of_the_interface(
    data: Callable[..., dict[str, Any]], language: str, line: str, date: str
) -> None:
    row = shown(data(article_units=27, block="caption"), interface(language), Place(3, 12))
    assert line in row["shown_place"]
    assert interface(language).kinds["caption"] in row["shown_place"]
    assert f"<bdi>{date}</bdi>" in row["shown_head"]


def test_every_text_is_escaped(data: Callable[..., dict[str, Any]]) -> None:
    names = ("source_text", "translated_text", "article_title", "article_title_translated", "source_line", "post")
    around = ("before", "after", "paragraph_before", "paragraph_after", "paragraph_before_translated")
    evil = data(**dict.fromkeys((*names, *around, "suggestion_reasons", "translation_warnings"), EVIL))
    evil["translation_warning_codes"] = ["lost_name"]
    evil["translation_warnings"] = f"expected {EVIL}, not found"
    row = shown(evil, interface("en"), Place(), ArticlePane([Piece(evil["unit_id"], EVIL, EVIL, begins=True)]))
    html = "".join(row[name] for name in SHOWN_BY_PUSH)
    tags = set(re.findall(r"</?([a-z0-9]+)", html))
    assert tags <= {"div", "p", "h2", "b", "i", "bdi", "mark", "span", "details", "summary"}
    assert html.count("<mark>") == html.count("</mark>") == 4


@pytest.mark.parametrize(
    ("address", "is_link"),
    [
        ("https://x.example/a?b=1&c=2", True),
        ("http://x.example/", True),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("http://[", False),
        ('https://x.example/"onclick="y', False),
        ("data:text/html,x", False),
    ],
)
def test_only_an_address_of_the_web_becomes_a_link(
    data: Callable[..., dict[str, Any]], address: str, is_link: bool
) -> None:
    head = shown(data(source_line=f"Le Journal · {address}"), interface("en"), Place())["shown_head"]
    assert ("<a " in head) == is_link
    assert head.count('target="_blank" rel="noopener noreferrer"') == is_link


@pytest.mark.parametrize(
    ("language", "code", "line", "said"),
    [
        ("en", "number_mismatch", "expected 19, found none", "the number 19 is missing in the translation"),
        ("fr", "number_mismatch", "expected 19, found 20", "le nombre 19 est devenu 20 dans la traduction"),
        ("en", "lost_name", "expected Kerouan, not found", "the name Kerouan is missing in the translation"),
        ("en", "lost_content", "words of no language: xq", "a part of the original is missing or garbled"),
        ("fr", "a_new_code", "something", "la traduction est peut-être fausse"),
    ],
)
def test_warnings_are_said_in_words(
    data: Callable[..., dict[str, Any]], language: str, code: str, line: str, said: str
) -> None:
    row = data(translation_warnings=line, translation_warning_codes=[code])
    assert said in shown(row, interface(language), Place())["shown_warnings"]


def test_a_missing_engine_is_no_concern_of_whoever_labels(data: Callable[..., dict[str, Any]]) -> None:
    line = "nothing here translates de to en: annotator models install de en"
    row = data(translated_text="", translation_warnings=line, translation_warning_codes=["no_engine"])
    assert shown(row, interface("en"), Place())["shown_warnings"] == '<p class="cu-quiet">no translation</p>'


@pytest.mark.parametrize("language", languages())
def test_every_check_has_words_in_every_language(data: Callable[..., dict[str, Any]], language: str) -> None:
    ui = interface(language)
    found = {"empty": "expected words, found nothing", "hedge_lost": "expected a hedge (“x”), found a plain statement"}
    found |= {"lost_negation": "expected a negation (“x”), found none", "number_mismatch": "expected 1, found 2"}
    for code in CHECKS:
        line = found.get(code) or f"expected x, not found; left untranslated: y; no counterpart for {code}"
        row = shown(data(translation_warnings=line, translation_warning_codes=[code]), ui, Place())
        assert ui.warnings["other"] not in row["shown_warnings"] or code == "empty", code


def test_every_reason_is_said_in_french() -> None:
    assert {rule.name for rule in RULES} <= interface("fr").reasons.keys()


def test_a_suggestion_and_its_reasons_are_said_in_french(data: Callable[..., dict[str, Any]]) -> None:
    row = shown(data(suggestion_reasons="no source named; selon"), interface("fr"), Place())
    assert "sourcé" in row["shown_suggestion"]
    assert "aucune source nommée" in row["shown_suggestion"]


def test_the_copy_of_a_long_unit_shows_both_ends_in_whole_words(data: Callable[..., dict[str, Any]]) -> None:
    start, end = "Selon le rapport que la préfecture a remis", "évacuerait les premières en cas de rupture."
    text = f"{start} aux élus, {'et ' * 99}on {end}"
    html = shown(data(source_text=text, before="Avant."), interface("en"), Place())["shown_paragraph"]
    assert f"<mark>{start} […] {end}</mark>" in html


@pytest.mark.parametrize(("letters", "is_long"), [("a" * 300, False), ("a" * 301, True), ("町" * 151, True)])
def test_a_unit_is_long_by_the_room_that_it_takes(
    data: Callable[..., dict[str, Any]], letters: str, is_long: bool
) -> None:
    assert ("cu-long" in shown(data(source_text=letters), interface("en"), Place())["shown_place"]) == is_long


def test_a_unit_that_is_its_whole_text_is_not_counted(data: Callable[..., dict[str, Any]]) -> None:
    assert "unit 1" not in shown(data(article_units=1), interface("en"), Place(2, 9))["shown_place"]


def test_a_reason_of_a_model_keeps_its_probability_in_french(data: Callable[..., dict[str, Any]]) -> None:
    row = shown(data(suggestion_reasons=f"{JUDGED} (84%)"), interface("fr"), Place())
    assert "selon un modèle de subjectivité (84\xa0%)" in row["shown_suggestion"]


def test_a_long_article_is_cut_around_its_unit(data: Callable[..., dict[str, Any]]) -> None:
    pieces = [Piece(f"a:{number}", f"Phrase {number}. " * 20, "", begins=True) for number in range(400)]
    row = data()
    row["unit_id"] = "a:200"
    html = shown(row, interface("en"), Place(), ArticlePane(pieces))["shown_article"]
    assert ARTICLE_BYTES / 2 < len(html.encode()) < 1.5 * ARTICLE_BYTES
    assert "<mark>Phrase 200." in html
    assert html.count("…") == 2


def test_what_is_for_the_screen_alone_does_not_come_back(data: Callable[..., dict[str, Any]]) -> None:
    row = data(article_units=3, paragraph_before="Avant.")
    sent = shown(row, interface("en"), Place(1, 1))
    for given in (row, sent):
        task = {"id": 1, "data": given, "annotations": [], "meta": {"revision": "r"}}
        (line,) = wire.read_row(task, "export.json")
        assert not json.loads(line.model_dump_json())["data"].keys() & DISPLAY_FIELDS


def test_what_is_for_the_screen_alone_makes_no_newer_version(make_tasks: MakeTasks) -> None:
    (plain,) = make_tasks(1)
    (richer,) = make_tasks(1, paragraph_after="Après.", article_units=4)
    assert wire.content(plain) == wire.content(richer)


def test_a_run_folder_gives_the_whole_article_with_its_translations(tmp_path: Path) -> None:
    run = tmp_path / "run"
    job = preparation.Job(
        inputs=(str(FIXTURES / "articles/deepseek.fr.txt"), str(FIXTURES / "articles/moorsee.de.txt")),
        out=str(run),
        settings=Settings(data_dir=tmp_path / "data", translator="none"),
    )
    preparation.run_job(job, say=lambda _line: None, progress=lambda _report: None)
    pages = ArticlePages(run)
    for line in (run / "articles.jsonl").read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        pieces = pages.pieces(article["article_id"])
        assert [piece.unit_id for piece in pieces if piece.unit_id] == [u["unit_id"] for u in article["units"]]
    assert pages.pieces("nobody's") == ()
    tasks = [json.loads(line)["data"] for line in (run / "tasks.jsonl").read_text(encoding="utf-8").splitlines()]
    second = tasks[1]
    assert second["paragraph_before"].strip() == tasks[0]["source_text"]
    assert second["paragraph_after"].strip().startswith(tasks[2]["source_text"])
