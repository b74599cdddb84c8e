from __future__ import annotations

import re

import pytest

from annotator.guidelines import html, languages, markdown
from annotator.labels import CLAIM_CHOICES, GUIDELINES_VERSION, MARK_CHOICES, SOURCE_MENTION
from annotator.labelstudio.form import differences, labelling_config, language_of
from annotator.labelstudio.interface import interface

CHOICES = (*CLAIM_CHOICES, *MARK_CHOICES, SOURCE_MENTION)


@pytest.mark.parametrize("language", languages())
def test_guidelines_name_every_choice_as_the_form_does(language: str) -> None:
    text = markdown(language).lower()
    missing = [name for name in map(interface(language).name, (*CLAIM_CHOICES, *MARK_CHOICES)) if name not in text]
    assert missing == []


@pytest.mark.parametrize("language", languages())
def test_guidelines_carry_their_version(language: str) -> None:
    assert re.search(rf"^Version {GUIDELINES_VERSION}$", markdown(language), re.MULTILINE)


def test_no_line_of_the_french_guidelines_breaks_in_front_of_a_colon() -> None:
    assert not re.search(r" [:;!?»]|« ", html("fr").partition("</style>")[2])


@pytest.mark.parametrize("language", languages())
def test_guidelines_page_has_no_script_and_no_address(language: str) -> None:
    page = html(language)
    assert "<table>" in page
    assert not re.search(r"<script|https?://|onerror", page)


def test_every_language_of_the_form_names_and_explains_every_choice() -> None:
    for language in set(languages()) - {"en"}:
        ui = interface(language)
        assert set(ui.names) == set(ui.hints) == {choice.value for choice in CHOICES}
        assert len(set(ui.names.values())) == len(CHOICES)


@pytest.mark.parametrize("language", languages())
def test_form_stores_the_same_in_every_language(language: str) -> None:
    config = labelling_config(language)
    assert differences(labelling_config("en"), config) == []
    assert language_of(config) == language
