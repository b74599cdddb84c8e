from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.translation import protection
from annotator.translation.protection import MARKS, as_numbers, find_kept, from_numbers, protect, restore
from annotator.translation.reshape import is_shouted, lowered


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Voir https://t.co/AbC_d.", ["https://t.co/AbC_d"]),
        ("(http://a.fr/b?c=d&e=f#g)", ["http://a.fr/b?c=d&e=f#g"]),
        ("sur lemonde.fr/politique, puis", ["lemonde.fr/politique"]),
        ("pic.twitter.com/bkDgwkb27e", ["pic.twitter.com/bkDgwkb27e"]),
        ("écrire à redac_web@le-site.fr !", ["redac_web@le-site.fr"]),
        ("@User_1 et @nom@mastodon.social", ["@User_1", "@nom@mastodon.social"]),
        ("#Santé_2024 et #1 et n#x", ["#Santé_2024"]),
        ("au +33 1 23 45 67 89.", ["+33 1 23 45 67 89"]),
        ("bravo 👩‍👩‍👧 ✅", ["👩‍👩‍👧", "✅"]),
        ("M. X. C’est fini.Voilà. 3.5 etc.", []),
        ("12 345 €, 19h30, 50 %", []),
    ],
)
def test_what_has_to_come_through_is_found(text: str, kept: list[str]) -> None:
    assert find_kept(text) == kept


def test_ends_are_cut_off_and_the_inside_is_marked() -> None:
    protected = protect("@a  Selon #b, voir https://c.fr vite ! pic.x.com/d")
    assert protected.before == "@a  "
    assert protected.template == f"Selon {MARKS[0]}, voir {MARKS[1]} vite !"
    assert protected.after == " pic.x.com/d"
    assert protected.kept == ("#b", "https://c.fr")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Co"])), st.lists(st.sampled_from("abc12"), max_size=3))
def test_marking_and_restoring_gives_the_text_back(text: str, extra: list[str]) -> None:
    protected = protect(text, extra)
    assert restore(protected, protected.template) == text


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    protect(text)
    lowered(text)


@pytest.mark.parametrize("output", ["According to .", f"{MARKS[0]} {MARKS[0]}", f"{MARKS[1]}"])
def test_a_mark_that_is_missing_or_came_twice_is_noticed(output: str) -> None:
    assert restore(protect("Selon @a, oui."), output) is None


def test_marks_pass_as_the_sentinels_of_a_model() -> None:
    marked, table = protection.as_sentinels("Voir \ue000 et \ue001.", ("§", "¤", "¶"))
    assert marked == "Voir § et ¤."
    assert protection.from_sentinels("¤ and §.", table) == "\ue001 and \ue000."


@pytest.mark.parametrize("output", ["See § alone.", "See §, § and ¤."])
def test_a_sentinel_that_is_missing_or_came_twice_is_noticed(output: str) -> None:
    _, table = protection.as_sentinels("Voir \ue000 et \ue001.", ("§", "¤"))
    assert protection.from_sentinels(output, table) is None


def test_too_few_sentinels_are_none() -> None:
    assert protection.as_sentinels("Voir \ue000 et \ue001.", ("§",)) == ("Voir \ue000 et \ue001.", {})


def test_marks_pass_as_numbers_that_stand_nowhere_in_the_text() -> None:
    template, table = as_numbers(f"Selon {MARKS[0]}, 97 voix pour {MARKS[1]}.")
    assert template == "Selon 96, 97 voix pour 95."
    assert from_numbers("As per 96, 97 votes for 95.", table) == f"As per {MARKS[0]}, 97 votes for {MARKS[1]}."


@pytest.mark.parametrize("output", ["As per 96.", "96 and 95 and 96", "the 96th, 95", "96,5 and 95", "196 and 95"])
def test_a_number_that_changed_is_no_mark(output: str) -> None:
    assert from_numbers(output, {"96": MARKS[0], "95": MARKS[1]}) is None


@pytest.mark.parametrize(
    ("text", "shouted"),
    [
        ("URGENT : GRÈVE À LYON", True),
        ("LA FRANCE EN GRÈVE @a_b https://t.co/x", True),
        ("L’ONU et l’OTAN", False),
        ("ONU, OTAN", False),
        ("BREAKING", False),
        ("La SNCF et la RATP en grève", False),
        ("", False),
    ],
)
def test_a_headline_in_capitals_is_told_from_acronyms(text: str, shouted: bool) -> None:
    assert is_shouted(text) is shouted


def test_links_and_known_names_keep_their_case_in_a_headline() -> None:
    assert lowered("GRÈVE EN GRÈCE @A_b : L’ONU RÉAGIT", ["Grèce", "ONU"]) == "Grève en Grèce @A_b : l’ONU réagit"
