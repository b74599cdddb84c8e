"""The demo's first screen reads well on any machine: its translations travel with the article."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator import demo
from annotator.licences import Standing, standing_of
from annotator.models import Task
from annotator.settings import Settings


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Task], list[str]]:
    said: list[str] = []
    tasks = demo.prepare(Settings(data_dir=tmp_path_factory.mktemp("demo")), say=said.append)
    return tasks, said


def test_every_french_unit_has_its_translation_without_a_warning(prepared: tuple[list[Task], list[str]]) -> None:
    tasks, _ = prepared
    french = [task.data for task in tasks if task.data.source_lang == "fr"]
    assert len(french) == 25
    assert {(unit.translation_engine, unit.translation_warnings) for unit in french} == {("memory:demo", "")}


def test_a_dataset_of_the_demo_may_hold_its_article_whole(prepared: tuple[list[Task], list[str]]) -> None:
    tasks, _ = prepared
    assert {standing_of((task.data.model_extra or {})["rights"]) for task in tasks} == {Standing.OPEN}


def test_the_memory_holds_nothing_that_the_article_lacks(prepared: tuple[list[Task], list[str]]) -> None:
    tasks, _ = prepared
    lines = (Path(demo.__file__).parent / "demo_article" / "demo.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len({task.data.source_text for task in tasks if task.data.source_lang == "fr"})


def test_the_engine_of_other_articles_is_named(prepared: tuple[list[Task], list[str]]) -> None:
    _, said = prepared
    at = said.index("the article's translations were prepared for the demo; another article would get")
    assert said[at + 1].startswith("fr > en: apertium")
