"""The metadata head of a plain text: what is read of it, and what stays a sentence of the article."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotator.models import Article, Aside, Block
from annotator.readers.text import read_text
from annotator.segmentation.layout import gaps

BODY = "\n\nLe conseil a voté le budget. Il entre en vigueur lundi."


def article(text: str) -> Article:
    return read_text(text, source="t.txt")


def parts_of(read: Article) -> list[Block | Aside]:
    return sorted([*read.blocks, *read.asides], key=lambda part: part.start)


def title_in_text(read: Article) -> list[str]:
    return [read.text[block.start : block.end] for block in read.blocks]


def uncovered(read: Article) -> str:
    parts = parts_of(read)
    assert all(one.end <= other.start for one, other in pairwise(parts))
    return " ".join(read.text[start:end] for start, end in gaps(read.text, 0, len(read.text), parts))


LINES = ["Date: 2025-01-03", "Title: Un budget voté", "URL: https://x.example/1", "Source: Le Journal"]


@pytest.mark.parametrize("first", range(4))
def test_order_of_the_lines_does_not_matter(first: int) -> None:
    read = article("\n".join(LINES[first:] + LINES[:first]) + BODY)
    assert (read.article_id, read.title, read.url) == (
        "https://x.example/1",
        "Un budget voté",
        "https://x.example/1",
    )
    assert (read.site, read.published) == ("Le Journal", "2025-01-03")
    assert title_in_text(read) == ["Un budget voté"]
    assert uncovered(read) == BODY.strip()


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_head_below_the_title_is_read(gap: str) -> None:
    read = article(f"Un budget voté{gap}source: Le Journal\nurl: https://x.example/1" + BODY)
    assert (read.title, read.site, read.url) == ("Un budget voté", "Le Journal", "https://x.example/1")
    assert title_in_text(read) == ["Un budget voté"]
    assert uncovered(read) == BODY.strip()


def test_lines_of_unknown_names_between_known_ones_are_of_the_head() -> None:
    read = article("Source: Le Journal\nRubrique: Ville\nMots-clés: budget\nURL: https://x.example/1" + BODY)
    assert (read.site, read.url) == ("Le Journal", "")
    read = article("Source: Le Journal\nRubrique: Ville\nURL: https://x.example/1" + BODY)
    assert (read.url, uncovered(read)) == ("https://x.example/1", BODY.strip())


def test_address_as_the_source_is_the_address() -> None:
    read = article("source: <https://x.example/1>\ndate: 2025-03-18" + BODY)
    assert (read.url, read.site, read.published) == ("https://x.example/1", "", "2025-03-18")


@pytest.mark.parametrize(
    "body", ["Maire : le pont rouvre.", "Bilan : trois morts", "Source : un proche affirme le contraire"]
)
def test_line_below_a_title_that_only_looks_like_a_head_stays(body: str) -> None:
    read = article(f"Un budget voté\n\n{body}\n\nSuite.")
    assert (read.asides, read.site) == ((), "")


@pytest.mark.parametrize(
    "sentence",
    [
        "Source : un proche du dossier affirme que le ministre a menti.",
        "Source : Le Monde écrit que le ministre a menti.",
        "Source : un proche du dossier affirme que",
        "Date : le 3 mai, tout a basculé pour les habitants.",
        "Date : hier soir",
        "Droits : les salariés perdent trois jours de congé.",
        "Auteur : un homme de 34 ans a été arrêté.",
        "Langue : française, dit-il",
        "Lien : aucun",
    ],
)
def test_sentence_that_begins_as_a_head_stays_one(sentence: str) -> None:
    read = article(sentence + BODY)
    assert read.asides == ()
    assert uncovered(read) == sentence + BODY


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Date : 2025-01", "published", "2025-01"),
        ("Date: 2025-01-03T10:00:00+01:00", "published", "2025-01-03T10:00:00+01:00"),
        ("Date : samedi 3 mai 2025 à 10h30", "published", "samedi 3 mai 2025 à 10h30"),
        ("Publié le : 3 mai 2025", "published", "3 mai 2025"),
        ("Veröffentlicht am: 3. Mai 2025", "published", "3. Mai 2025"),
        ("Source : lemonde.fr", "site", "lemonde.fr"),
        ("Source : A.F.P.", "site", "A.F.P."),
        ("Journal: The New York Times", "site", "The New York Times"),
        ("Auteur : la rédaction", "author", "la rédaction"),
        ("Rights: All rights reserved by The Daily Example Company.", "rights", None),
        ("Licence : CC BY 4.0", "rights", "CC BY 4.0"),
        ("Langue : fr", "declared_language", "fr"),
        ('Title: Il a dit "non"', "title", 'Il a dit "non"'),
        ('Title: "Il a dit non"', "title", "Il a dit non"),
        ("Titre : Qui paiera la note du pont de la ville ?", "title", "Qui paiera la note du pont de la ville ?"),
    ],
)
def test_line_of_a_head_is_read(line: str, field: str, value: str | None) -> None:
    read = article(line + BODY)
    assert getattr(read, field) == (value or line.partition(": ")[2])
    assert uncovered(read) == BODY.strip()


@pytest.mark.parametrize(
    ("matter", "title", "in_text"),
    [
        pytest.param('title: Il a dit "non"', 'Il a dit "non"', True, id="quotes-within"),
        pytest.param("title: >\n  Un titre sur\n  deux lignes", "Un titre sur deux lignes", True, id="folded"),
        pytest.param("title: Un titre sur\n  deux lignes", "Un titre sur deux lignes", True, id="plain-on-two-lines"),
        pytest.param("title: 'L''été à Paris'", "L'été à Paris", False, id="doubled-apostrophe"),
        pytest.param('title: "L\\u0027\\xe9t\\xe9"', "L'été", False, id="escapes"),
        pytest.param('"title": "Un titre" # en gros', "Un titre", True, id="comment"),
        pytest.param("title: Budget : le vote\ntags: [a", "Budget : le vote", True, id="no-yaml-at-all"),
        pytest.param("title: *a\nother: &a Un titre", "*a", True, id="alias-before-its-anchor"),
        pytest.param("other: &a Un titre\ntitle: *a", "Un titre", True, id="alias"),
        pytest.param("title: 2025", "2025", True, id="number"),
    ],
)
def test_title_of_front_matter_is_what_yaml_says(matter: str, title: str, in_text: bool) -> None:
    read = article(f"---\n{matter}\ndate: 2025-01\n---{BODY}")
    assert (read.title, read.published) == (title, "2025-01")
    assert read.title_origin == ("text" if in_text else "metadata")
    assert [" ".join(words.split()) for words in title_in_text(read)] == [title]
    assert uncovered(read) == BODY.strip()


def test_aliases_that_multiply_cost_nothing() -> None:
    bomb = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))
    read = article(f"---\na0: &a0 x\n{bomb}\ntitle: Un titre\n---{BODY}")
    assert read.title == "Un titre"


@pytest.mark.parametrize("matter", ["- " * 15_000, "[" * 30_000, "a: &a [*a]\n" * 10, "? " * 9000, "!!python/none x"])
def test_hostile_front_matter_is_no_head(matter: str) -> None:
    assert uncovered(article(f"---\n{matter}\n---{BODY}")).endswith(BODY.strip())


@pytest.mark.parametrize("rules", ["---\nUn paragraphe entre deux traits.\n---", "---\n---", "---\nNote : rien\n---"])
def test_rules_around_prose_are_no_head(rules: str) -> None:
    assert article(rules + BODY).asides == ()


pieces = st.one_of(
    st.sampled_from([
        "---\n", "\n", "title: ", "Titre : ", "Date: ", "2025-01", "'", '"', "''", "source: ", ">\n  ", "|\n", "#",
        "&a ", "*a", "[", "]", "{", "}", "- ", ": ", "e\u0301", "\u0301", "un mot", "url: https://x.example/1\n",
        "\ufeff", "\t", "\x85", "\u2028", "!!str ", "%YAML 1.1\n", "...\n", "? ",
    ]),
    st.text(max_size=5),
)  # fmt: skip


@given(st.lists(pieces, max_size=25).map("".join))
@example("2025-01---\ntitle: \x85")
@example("titre: '\x85 Un mot'")
def test_any_front_matter_covers_its_text_once(head: str) -> None:
    read = article(f"---\n{head}\n---\nUn texte.".replace("\x00", "").encode("utf-8", "ignore").decode())
    inside = [read.text[part.start : part.end] for part in parts_of(read)]
    assert sorted("".join(" ".join([*inside, uncovered(read)]).split())) == sorted("".join(read.text.split()))
    assert all(stretch == stretch.strip() != "" for stretch in inside)
