"""Words that a rule-based engine leaves standing or takes in the wrong sense are mended from the lexicon."""

from __future__ import annotations

import pytest

from annotator.translation import lexicon, repairs
from annotator.translation.protection import UNKNOWN

FR_EN = ("fr", "en")


def test_a_word_has_its_translations_the_surest_first() -> None:
    assert lexicon.look_up("rançon", FR_EN).substitute == "ransom"
    assert {"threat", "threatens"} <= set(lexicon.look_up("menace", FR_EN).translations)


def test_a_word_or_a_pair_without_entry_has_none() -> None:
    assert lexicon.look_up("xyzzy", FR_EN).translations == ()
    assert lexicon.look_up("rançon", ("fr", "de")).translations == ()


@pytest.mark.parametrize(
    ("original", "text", "mended"),
    [
        pytest.param("Une rançon est due.", f"A {UNKNOWN}rançon is due.", "A ransom is due.", id="unknown word"),
        pytest.param(
            "Rançon payée.", f"{UNKNOWN}Rançon paid.", "ransom paid.", id="a capital that begins the sentence"
        ),
        pytest.param("Il voit Rançon.", f"He sees {UNKNOWN}Rançon.", f"He sees {UNKNOWN}Rançon.", id="maybe a name"),
        pytest.param("Le xyzzy.", f"The {UNKNOWN}xyzzy.", f"The {UNKNOWN}xyzzy.", id="no entry"),
        pytest.param("Un éco-rançon.", f"An {UNKNOWN}éco-rançon.", f"An {UNKNOWN}éco-rançon.", id="part of a compound"),
    ],
)
def test_an_unknown_word_is_looked_up(original: str, text: str, mended: str) -> None:
    assert repairs.unknown_words(original, text, pair=FR_EN) == mended


@pytest.mark.parametrize(
    ("original", "text", "mended"),
    [
        ("Il a des preuves.", "It has tests.", "It has evidence."),
        ("Preuves à l’appui.", "Tests to the support.", "Evidence to the support."),
        ("Il a des tests.", "It has tests.", "It has tests."),
    ],
)
def test_a_wrong_sense_is_mended_only_where_its_word_is_in_the_source(original: str, text: str, mended: str) -> None:
    assert repairs.right_senses(original, text, pair=FR_EN) == mended


@pytest.mark.parametrize(
    ("original", "text", "mended"),
    [
        ("OpenAI et la RATP.", "Openai and the Ratp.", "OpenAI and the RATP."),
        ("Le SMIC, it et IT.", "The Smic, it and It.", "The SMIC, it and IT."),
        ("Paul arrive.", "Paul arrives.", "Paul arrives."),
    ],
)
def test_a_name_keeps_its_inner_capitals(original: str, text: str, mended: str) -> None:
    assert repairs.inner_capitals(original, text) == mended
