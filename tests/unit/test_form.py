"""The labelling form: what it shows, what it stores, and how two of them differ."""

from __future__ import annotations

import re

import pytest

from annotator.errors import UsageError
from annotator.labels import CLAIM_CHOICES, MARK_CHOICES, NOT_A_UNIT, Label
from annotator.labelstudio import form
from annotator.models import TaskData

CONFIG = form.labelling_config()
PARSED = form.parse(CONFIG)


def test_every_variable_is_a_field_of_a_task() -> None:
    assert PARSED.variables <= TaskData.model_fields.keys()


@pytest.mark.parametrize(
    "field",
    [
        "article_title",
        "article_title_translated",
        "source_line",
        "post",
        "before",
        "before_translated",
        "source_text",
        "source_lang",
        "translated_text",
        "target_lang",
        "translation_warnings",
        "after",
        "after_translated",
        "suggested_label",
        "suggestion_reasons",
    ],
)
def test_the_screen_shows(field: str) -> None:
    assert field in PARSED.variables


def test_the_label_control_offers_the_labels_and_not_a_unit_on_keys_1_to_5() -> None:
    assert PARSED.controls["claim"].values == (*Label, NOT_A_UNIT)
    assert [choice.hotkey for choice in CLAIM_CHOICES] == list("12345")


def test_no_key_serves_two_choices() -> None:
    keys = re.findall(r'hotkey="(.)"', CONFIG)
    assert len(keys) == len(set(keys)) == len(CLAIM_CHOICES) + len(MARK_CHOICES) + 1


def test_the_controls_are_what_readers_of_an_export_know() -> None:
    assert {name: control.tag for name, control in PARSED.controls.items()} == {
        "claim": "Choices",
        "marks": "Choices",
        "mentions": "Labels",
        "comment": "TextArea",
    }
    assert {control.to_name for control in PARSED.controls.values()} == {"unit"}


def test_no_name_of_a_control_is_a_field_of_a_task() -> None:
    """They would collide in Label Studio's CSV and minimal JSON exports."""
    assert not PARSED.controls.keys() & TaskData.model_fields.keys()


def test_the_style_holds_nothing_that_the_server_escapes() -> None:
    style = re.findall(r"<Style>(.*?)</Style>", CONFIG, re.DOTALL)
    assert len(style) == 1
    assert not set(style[0]) & set("<>&")


def test_a_form_equals_itself() -> None:
    assert form.differences(CONFIG, CONFIG) == []
    assert form.same_looks(CONFIG, CONFIG.replace("\n<View", "\n\n  <View"))


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('value="opinion"', 'value="view"', "~ claim: Choices [sourced, unsourced, view, rhetoric, not a unit] on"),
        ('name="comment"', 'name="remark"', "- remark: TextArea"),
        ("$after_translated", "$after_english", "- $after_english"),
    ],
    ids=["a renamed choice", "a renamed control", "another variable"],
)
def test_a_difference_is_told_in_one_line(old: str, new: str, line: str) -> None:
    assert any(told.startswith(line) for told in form.differences(CONFIG, CONFIG.replace(old, new)))


def test_looks_alone_are_no_difference() -> None:
    other = CONFIG.replace("1280px", "1300px")
    assert form.differences(CONFIG, other) == []
    assert not form.same_looks(CONFIG, other)


def test_a_broken_form_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="not well-formed"):
        form.parse("<View>")
