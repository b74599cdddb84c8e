"""Formulas that say who said something are found and set in English; words that only look like one are left alone."""

from __future__ import annotations

import pytest

from annotator.translation import protection, reporting


def set_in(text: str) -> str:
    """Return the text with its formulas in English."""
    marked = protection.with_phrases(protection.protect(text), reporting.set_phrases(text, ("fr", "en")))
    return protection.restore(marked, marked.template) or ""


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("« Le pont est sûr », a-t-il déclaré.", "« Le pont est sûr », he said."),
        ("Le pont est sûr, a-t-elle ajouté mardi.", "Le pont est sûr, she added mardi."),
        ("Le pont est sûr, a t-il également expliqué.", "Le pont est sûr, he also explained."),
        ("« Le pont est sûr », affirment-ils.", "« Le pont est sûr », they say."),
        ("« Le pont est sûr », expliquait-elle.", "« Le pont est sûr », she explained."),
        ("« Le pont est sûr », nous a-t-il confié.", "« Le pont est sûr », he told us."),
        ("« Le pont est sûr », m’a-t-elle expliqué.", "« Le pont est sûr », she explained to me."),
        ("« Quelle honte ! », s’est-il exclamé.", "« Quelle honte ! », he exclaimed."),
        ("« J’avais dix ans », se souvient-elle.", "« J’avais dix ans », she remembers."),
        ("« Le pont est sûr », aurait-il dit.", "« Le pont est sûr », he reportedly said."),
        ("« Le pont est sûr », avait-il écrit.", "« Le pont est sûr », he had written."),
        ("« Le pont est sûr », a répliqué le maire.", "« Le pont est sûr », replied le maire."),
        ("« Le pont est sûr », rappelle Anne Morel.", "« Le pont est sûr », recalls Anne Morel."),
        ("Le pont est sûr, annonçait la mairie.", "Le pont est sûr, announced la mairie."),
        ("Il a précisé que le pont rouvrirait.", "He said que le pont rouvrirait."),
        ("Les élus ont toutefois admis que le pont rouille.", "Les élus however admitted que le pont rouille."),
        ("La mairie répète qu’il rouvrira.", "La mairie repeats qu’il rouvrira."),
        ("Le maire a dit vendredi soir que non.", "Le maire said vendredi soir que non."),
        ("J’ai répondu que le pont était sûr.", "I replied que le pont était sûr."),
        ("Selon lui, le pont est sûr.", "According to him, le pont est sûr."),
        ("Le pont est, d’après elles, dangereux.", "Le pont est, according to them, dangereux."),
    ],
)
def test_a_formula_is_set_in_english(french: str, english: str) -> None:
    assert set_in(french) == english


@pytest.mark.parametrize(
    "text",
    [
        "A-t-il déclaré ses revenus ?",
        "Le maire n’a pas déclaré ses revenus.",
        "La demande que le maire a signée est là.",
        "Il n’a jamais dit que le pont était sûr.",
        "Le maire, élu hier, demande une enquête.",
        "Le pont se situe au lieu-dit de la Croix.",
        "Je me rappelle que le pont était fermé.",
        "La brochure nous rappelle que le pont est fermé.",
        "Selon lui-même et d’autres, rien.",
        "Le client a dit.",
    ],
)
def test_what_only_looks_like_a_formula_is_left_alone(text: str) -> None:
    assert set_in(text) == text


def test_links_and_formulas_are_marked_in_their_order() -> None:
    text = "Voir a.fr/x avant jeudi, a-t-il dit à @maire hier."
    marked = protection.protect(text)
    marked = protection.with_phrases(marked, reporting.set_phrases(marked.template, ("fr", "en")))
    assert marked.kept == ("a.fr/x", "he said", "@maire")
    assert protection.restore(marked, marked.template) == "Voir a.fr/x avant jeudi, he said à @maire hier."


def test_another_pair_has_no_formulas() -> None:
    assert reporting.set_phrases("« Sí », a-t-il dit.", ("fr", "es")) == []
