from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.translation.checks import TextPair, check
from annotator.translation.numerals import numbers, word_values
from annotator.translation.repairs import repair


def codes(original: str, text: str, unknown: tuple[str, ...] = ()) -> list[str]:
    return [warning.code for warning in check(TextPair(original, text, "fr", "en", unknown))]


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("1 234,5", "fr", ["1234.5"]),
        ("1\u202f234,5", "fr", ["1234.5"]),
        ("1.234,5", "de", ["1234.5"]),
        ("1,234.5", "en", ["1234.5"]),
        ("1,5 million", "fr", ["1500000"]),
        ("1.5 million", "en", ["1500000"]),
        ("25 milliards", "fr", ["25000000000"]),
        ("25 billion", "en", ["25000000000"]),
        ("25 thousand million", "en", ["25000000000"]),
        ("19h30", "fr", ["19", "30"]),
        ("R2 et 5", "fr", ["5"]),
    ],
)
def test_a_number_is_read_by_its_value(text: str, language: str, values: list[str]) -> None:
    assert [max(number.values) for number in numbers(text, language)] == [Decimal(value) for value in values]


def test_words_and_roman_numbers_have_values_too() -> None:
    assert Decimal(22) in word_values("vingt-deux", "fr")
    assert Decimal(21) in word_values("le XXIe siècle", "fr")


@pytest.mark.parametrize(
    ("original", "text", "code"),
    [
        ("Il a 1 234,5 euros.", "He has 1,234.5 euros.", ""),
        ("Il a 1 234,5 euros.", "He has 12,345 euros.", "number_mismatch"),
        ("À 19h30, il part.", "At 7:30 pm he leaves.", ""),
        ("Il a 3 chats.", "He has three cats.", ""),
        ("Le XXIe siècle.", "The 21st century.", ""),
        ("25 milliards d’euros", "25 million euros", "number_mismatch"),
        ("Les années 80.", "The 1980s.", ""),
        ("Il ne vient pas.", "He comes.", "lost_negation"),
        ("Il ne vient pas.", "He isn’t coming.", ""),
        ("Il n’y a que lui.", "There is only him.", ""),
        ("Non seulement lui, mais elle.", "He and she too.", ""),
        ("C’est sans doute lui.", "It is probably him.", ""),
        ("L’homme aurait fui.", "The man fled.", "hedge_lost"),
        ("L’homme aurait fui.", "The man reportedly fled.", ""),
        ("Selon lui, tout va bien.", "According to him, all is well.", ""),
        ("C’est Novalis qui paie.", "It is Novels who pays.", "lost_name"),
        ("L’ONU est à Londres.", "The UN is in London.", ""),
        ("Le Conseil de sécurité.", "The security board.", ""),
        ("Il dit « oui ».", 'He says "yes".', ""),
        ("Il dit « oui ».", "He says ‘yes’.", ""),
        ("Il dit « oui ».", "He says yes.", "quote_mismatch"),
        ("Il dit « oui ».", 'He says "".', "quote_mismatch"),
        ("Voir https://t.co/AbC_d", "See https://t.co/abc_d", "lost_link"),
        ("Il vient de Paris.", "He comes comes from Paris.", "repetition"),
        ("Le pont est fermé.", "The bridge is wwwwwwww closed.", "repetition"),
        ("Très, très bien.", "Very, very good.", ""),
        ("Un fleuve débordé.", "A débordé river.", "untranslated"),
        ("Une question de science.", "A question of science.", ""),
        ("Le préfet a saisi la justice et le maire hier.", "The prefect.", "too_short"),
        ("Oui.", "Yes it is the one and only one that we have ever had here.", "too_long"),
        ("Oui.", "  ", "empty"),
    ],
)
def test_each_fault_is_told_from_its_look_alike(original: str, text: str, code: str) -> None:
    assert codes(original, text) == ([code] if code else [])


def test_a_warning_says_what_was_expected_and_found() -> None:
    (warning,) = check(TextPair("Il a 3,5 euros.", "He has 35 euros.", "fr", "en"))
    assert warning.detail == "expected 3,5, found 35"


def test_a_word_the_engine_does_not_know_is_untranslated_though_no_word_of_the_source() -> None:
    assert codes("Il est consterné.", "He is mentido.", ("mentido",)) == ["untranslated"]


@given(st.text(), st.text(), st.sampled_from(["fr", "es", "de", "xx"]), st.sampled_from(["en", "fr", "yy"]))
def test_no_pair_of_texts_breaks_a_check(original: str, text: str, source: str, target: str) -> None:
    check(TextPair(original, text, source, target))


@given(st.text(), st.text())
def test_no_pair_of_texts_breaks_a_repair(original: str, text: str) -> None:
    repair(text, original, pair=("fr", "en"), rule_based=True)


@pytest.mark.parametrize(
    ("original", "text", "repaired"),
    [
        ("Il a 3 500 €.", "He has 3 500 €.", "He has 3,500 €."),
        ("le 0 800 130 000", "the 0 800 130 000", "the 0 800 130 000"),
        ("1,5 million d’euros", "1,5 million of euros", "1.5 million euros"),
        ("Quoi ?", "What ?", "What?"),
        ("Des chats sont là.", "Of the cats are there.", "Cats are there."),
        ("OpenAI affirme", "OpenAI Affirms", "OpenAI affirms"),
        ("Mme Le Pen arrive", "Mrs Le Pen arrives", "Mrs Le Pen arrives"),
        ("Il montre", "It shows  a bridge .", "It shows a bridge."),
        ("Oui", "yes", "Yes"),
    ],
)
def test_small_faults_are_mended_and_nothing_else(original: str, text: str, repaired: str) -> None:
    assert repair(text, original, pair=("fr", "en"), rule_based=True) == repaired
