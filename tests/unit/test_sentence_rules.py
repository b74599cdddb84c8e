"""What the engine knows of stops, brackets and marks in any language; `tests/gates` holds what each language has."""

from __future__ import annotations

import pytest

from annotator.segmentation import segment
from annotator.segmentation.rules import _load, rules_for


def marked(text: str, language: str) -> str:
    """Return the text with `¦` at every cut."""
    return "¦".join(text[start:end] for start, end in segment(text, language))


def assert_cut(expected: str, language: str) -> None:
    assert marked(expected.replace("¦", " "), language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("hu", "Dr. Kovács és Ifj. Nagy is ott volt.¦Az ülés véget ért."),
        ("hr", "Rekao je Mr. Horvat, a Ing. Kos je otišao.¦To je sve."),
        ("und", "Dl. Popescu, Dott. Rossi a Dra. Sousa.¦Sig. Neri nem jött el."),
    ],
)
def test_language_without_rules_keeps_a_short_title_with_its_name(language: str, expected: str) -> None:
    assert_cut(expected, language)


def test_language_without_rules_still_cuts_before_a_word_that_opens_sentences() -> None:
    assert_cut("Ona je iz Siska, a on iz Like.¦To je Zagreb.¦On je tu.", "hr")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", "Die Sitzung am 7.10. (Mittwoch) um 15 Uhr fällt aus.¦Die am 8.10. (Donnerstag), wie geplant, nicht."),
        ("fr", "Le film dure 2 h. (Version longue) et il plaît.¦Il sort demain."),
        ("pl", "Umowa z 2010 r. (Dziennik Ustaw) obowiązuje nadal."),
    ],
)
def test_bracket_opens_no_unit_where_the_sentence_goes_on_behind_it(language: str, expected: str) -> None:
    assert_cut(expected, language)


def test_bracket_that_holds_its_own_sentence_is_a_unit() -> None:
    assert_cut("Il est parti.¦(Personne n'a pleuré.)¦La porte a claqué.", "fr")


@pytest.mark.parametrize(
    "expected",
    [
        "Dupont, J. (2010). Le climat. Paris : Seuil.¦Martin, P. (2012). La mer. Lyon : PUL.",
        "[1] Dupont, J. Le climat. Paris, 2010.¦[2] Martin, P. La mer. Lyon, 2012.",
        "1. Dupont, J. Le climat. Paris, 2010.¦2. Martin, P. La mer. Lyon, 2012.",
        "Smith JA, Doe B. Sea levels. Nature. 2010;12:3-5.¦Brown CK. Ice. Science. 2011;5:1-9.",
        "↑ Le climat, p. 12.¦↑ La mer, p. 3.",
    ],
)
def test_list_of_references_in_one_line_is_cut_at_its_entries(expected: str) -> None:
    assert_cut(expected, "fr")


@pytest.mark.parametrize(
    "expected",
    [
        "Selon Dupont, J. est venu en 2010.¦Le climat a changé.¦Martin, P. aussi l'a vu en 2012.",
        "Peter W. Hale left in 2010.¦The town was glad.¦John F. Marsh came in 2012.",
        "Louis XV (1710-1774) régna.¦Il mourut.¦Louis XVI (1754-1793) suivit.",
    ],
)
def test_sentences_that_name_people_and_years_are_no_list_of_references(expected: str) -> None:
    assert_cut(expected, "fr")


def test_numbers_in_brackets_open_the_entries_of_a_paragraph_that_begins_with_one() -> None:
    assert_cut("[1] La cour siège à Lyon.¦Elle juge.¦[2] Le plaignant est parti.", "fr")
    assert_cut("La cour siège à Lyon. [1]¦Elle juge. [2]¦Le plaignant est parti.", "fr")


def test_year_alone_opens_no_unit() -> None:
    assert_cut("Il cite la revue Nature. 2010;12:3-5, sans plus.¦Quand ?¦2010.", "fr")


@pytest.mark.parametrize("text", ["Tu viens ?Allons voir.", "C'est fini !Rentrons vite."])
def test_question_or_exclamation_glued_to_the_next_word_ends_its_sentence(text: str) -> None:
    assert len(segment(text, "fr")) == 2


def test_question_mark_of_an_address_ends_nothing() -> None:
    assert len(segment("Voir page?Id=3 pour la suite.", "fr")) == 1


def test_date_is_part_of_the_sentence_it_opens_and_ends_one_it_closes() -> None:
    assert_cut("W 2019 r. Gdynia straciła port.¦Most zbudowano po wielkiej powodzi w 1934 r.¦Gdynia pamięta.", "pl")


def test_word_without_a_vowel_is_an_abbreviation_and_a_unit_of_measure_is_none() -> None:
    assert_cut("De vz. Bakker sprak.¦Het water steeg 15 cm.¦Bakker zweeg.", "nl")


def test_guillemet_behind_a_reporting_clause_opens_a_unit_despite_the_dashes_around_it() -> None:
    assert_cut("«Мы уходим», — сказал он.¦«Вода — это не шутка».", "ru")


@pytest.mark.parametrize("tag", ["nb", "nn", "nb-NO"])
def test_both_written_forms_of_norwegian_share_their_rules(tag: str) -> None:
    assert rules_for(tag) is rules_for("no")


def test_rules_of_a_language_are_read_when_it_is_first_met() -> None:
    _load.cache_clear()
    segment("Il sig. Neri parla.", "it")
    segment("La sig.ra Neri tace.", "it")
    assert _load.cache_info().currsize == 1
