"""The conditions of `push --where`: what they mean, and what is said of one that means nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from annotator.errors import UsageError
from annotator.labelstudio import conditions
from annotator.labelstudio.conditions import parse
from annotator.models import Task, TaskData

MakeTasks = Callable[..., list[Task]]


@pytest.fixture
def task(make_tasks: MakeTasks) -> Task:
    codes = ("number_mismatch", "lost_name")
    fields = {"site": "Le “Monde”, l'autre", "translation_warning_codes": codes, "suggested_label": "opinion"}
    (made,) = make_tasks(1, suggested_score=0.7, rights="CC BY 4.0", **fields)
    return made


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("", True),
        ('source_lang == "fr"', True),
        ("source_lang == 'fr'", True),
        ('source_lang == "es"', False),
        ('source_lang != "es"', True),
        ('source_lang in ["es", "fr"]', True),
        ('source_lang in ["es","en"]', False),
        ('  source_lang=="fr"and suggested_score>0.5 ', True),
        ('source_lang == "fr" and suggested_score > 0.7', False),
        ("suggested_score < 0.71 and suggested_score > 0.69 and position == 0", True),
        ("position in [1, 2.0]", False),
        ("start > -1", True),
        ("position >= 0 and position<=0", True),
        ("position >= 1", False),
        ("suggested_score<=0.69", False),
        ("""site == "Le “Monde”, l'autre" """, True),
        ('site == "and" and site in ["in", "]"]', False),
        ('translation_warning_codes == "lost_name"', True),
        ('translation_warning_codes != "lost_name"', False),
        ('translation_warning_codes in ["untranslated", "number_mismatch"]', True),
        ('translation_warning_codes == "untranslated"', False),
        ('rights == "CC BY 4.0" and retention == ""', True),
        ('source_lang > "en" and source_lang < "g"', True),
        ('kind == "sentence" and suggested_label == "opinion"', True),
    ],
)
def test_a_condition_holds_or_not(task: Task, text: str, holds: bool) -> None:
    assert parse(text).holds(task) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [("suggested_score < 1", False), ("suggested_score > 0", False), ("suggested_score != 0.5", True)],
)
def test_a_score_that_is_not_there_is_neither_small_nor_large(
    make_tasks: MakeTasks,
    text: str,
    holds: bool,
) -> None:
    (without,) = make_tasks(1, suggested_label="", suggested_score="")
    assert parse(text).holds(without) is holds


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('source_lnag == "es"', "a task has no field 'source_lnag'", "did you mean source_lang"),
        ('xyz == "es"', "a task has no field 'xyz'", "one of unit_id, article_id"),
        ("source_lang = 'es'", "from \"= 'es'\" on; the operators are == != < <= > >= in", "for example"),
        ("source_lang == es", "expected a number, or a text between quotation marks at 'es'", "for example"),
        ("source_lang ==", "expected a number, or a text between quotation marks at its end", "for example"),
        ("source_lang", "expected one of == != < <= > >= in at its end", "for example"),
        ('source_lang == "es', "cannot be read from '\"es' on", "for example"),
        ('source_lang == "es" or position > 3', "expected `and` between two conditions at 'or position > 3'", "for"),
        ('source_lang == "es" and', "expected a field at its end", "for example"),
        ('source_lang in "es"', 'behind `in` stands a list, as in ["es", "fr"]', "for example"),
        ('source_lang in ["es"', "expected , or ] at its end", "for example"),
        ("source_lang in []", "expected a number, or a text between quotation marks at ']'", "for example"),
        ('position > "3"', "position is a number; '3' is not", "for example"),
        ("source_lang == 3", "source_lang is text", "for example"),
        ('translation_warning_codes >= "a"', "is a list, which knows ==, != and in", "for example"),
        ('translation_warning_codes < "a"', "is a list, which knows ==, != and in", "for example"),
        ("__import__('os')", "cannot be read from \"('os')\" on", "for example"),
        ("source_lang.x == 'a'", "cannot be read from ", "for example"),
        ("suggested_score > 0.5.1", "cannot be read from '.1' on", "for example"),
    ],
)
def test_what_means_nothing_is_wrong_usage_and_says_where(text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_two_ways_to_write_a_condition_are_one() -> None:
    first = parse('source_lang in ["fr","es"] and position > 3.0')
    second = parse("position>3 and source_lang in ['es', 'fr', 'es']")
    assert str(first) == str(second) == 'position > 3 and source_lang in ["es", "fr"]'
    assert str(parse(str(first))) == str(first)


def test_the_numbers_are_those_of_the_tasks_form() -> None:
    def is_number(name: str) -> bool:
        annotation = TaskData.model_fields[name].annotation
        kinds = get_args(annotation) or (annotation,)
        return int in kinds or float in kinds or any(float in get_args(kind) for kind in kinds)

    assert {name for name in TaskData.model_fields if is_number(name)} == conditions.NUMBERS
