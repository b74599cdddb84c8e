"""What stands on a page and is no claim is an aside with its reason, and the claim beside it stays whole."""

from __future__ import annotations

import pytest

from annotator.langid import Identifier
from annotator.models import Article
from annotator.readers.boilerplate import heading_reason, worded_reason
from annotator.readers.html import read_html
from annotator.readers.page_asides import FILLER, LINKS, TEASER, is_filler
from annotator.segmentation import RuleSegmenter

FIRST = "Le conseil a voté mardi soir la rénovation du vieux pont, fermé depuis le printemps à cause de fissures."
LAST = "Les commerçants de la rive gauche disent avoir perdu un tiers de leurs clients depuis la fermeture."
READ_ALSO = [
    "A lire aussi : Les autres ponts",
    ">> À LIRE AUSSI | Les autres ponts",
    "Lire : Que sont les piles de pont ?",
    "Lisez aussi notre enquête",
    "READ MORE: Where the boats went",
    "Related stories",
    "Lesen Sie auch: Der Deich hält",
    "Mehr zum Thema",
    "Lea también: El puente",
    "Te puede interesar",
    "Leggi anche: Il ponte",
    "Potrebbe interessarti",
    "Lees ook: De brug",
    "Leia também: A ponte",
    "Saiba mais",
    "Citește și: Podul",
    "Czytaj też: Most",
    "اقرأ أيضا: الجسر",
    "إقرأ أيضاً الجسر",
    "Zum Thema: Die Brücke",
    "Weitere Themen",
    "Sur le même sujet",
    "Also read: The bridge",
    "Recommended for you",
    "Noticias relacionadas",
]
NOTICES = [
    "Cet article contient des liens d'affiliation.",
    "This article contains affiliate links.",
    "Il vous reste 57.09% de cet article à lire. La suite est réservée aux abonnés.",
    "Déjà abonné ? Connectez-vous",
    "This article is only available to subscribers.",
    "Already a subscriber? Log in",
    "Dieser Artikel ist nur für Abonnenten verfügbar.",
    "Sie haben bereits ein Abo?",
    "¿Ya eres suscriptor? Inicia sesión",
    "Para seguir leyendo, regístrate gratis.",
    "Questo articolo è riservato agli abbonati.",
    "Registrati gratis per continuare a leggere.",
    "Share on Facebook",
    "Al abonnee? Log in",
    "Este conteúdo é exclusivo para assinantes.",
]
CLAIMS = [
    "Lire aussi bien que son frère ne lui a servi à rien.",
    "Source : un proche du dossier affirme que le pont rouvrira lundi.",
    "Un texte de loi est prêt, selon le ministre.",
    "Photo : le pont de Lorge, mardi.",
    "Read the room, the mayor told the council.",
    "Ver el puente cerrado entristece a los vecinos.",
    "Le 12 juin 2027, le pont rouvrira.",
    "Il reste deux jours pour voter.",
    "Weitere Untersuchungen sind nötig, sagte sie.",
    "Mehr als die Hälfte der Brücken ist alt.",
    "Weitere Artikel zur Raumfahrt erschienen nach dem Krieg in der Presse.",
    "Zum Thema Klimaschutz sagte der Minister, man werde schneller handeln.",
    "Sur le même sujet, le ministre a déclaré que rien ne changerait.",
    "Pour recevoir la prime, il faut remplir un formulaire, explique la préfète.",
    "En cliquant sur un lien, la victime avait livré son mot de passe.",
    "Also on Monday, the mayor said that the bridge would stay closed.",
    "Recommended daily intake of salt is five grams, the agency says.",
    "Share prices fell on Monday",
    "Temas relacionados con la vivienda dominaron el debate.",
    "Suscribieron el acuerdo los dos ministros.",
    "Registrati 320 casi di morbillo in Veneto.",
    "Abbonati in calo del dieci per cento, dice l'azienda.",
    "Jetzt sollen sich alle bis Freitag anmelden, fordert die Stadt.",
]


@pytest.fixture(scope="module")
def identifier() -> Identifier:
    return Identifier(languages=("de", "en", "es", "fr"))


def page(body: str, headline: str = "<h1>Le pont de Sorvane sera rénové</h1>") -> Article:
    return read_html(f"<html><body><main>{headline}<article>{body}</article></main></body></html>", source="x")


def asides(article: Article) -> list[tuple[str, str]]:
    return [(aside.reason, article.text[aside.start : aside.end]) for aside in article.asides]


def units(article: Article, identifier: Identifier) -> list[str]:
    known = article.model_copy(update={"language": identifier.article(article.text)})
    return [unit.text for unit in RuleSegmenter().segment(known, identifier).units]


@pytest.mark.parametrize("line", READ_ALSO)
def test_line_that_leads_to_another_article_is_told_by_its_words(line: str) -> None:
    assert worded_reason(line) == "read also"


@pytest.mark.parametrize("line", NOTICES)
def test_notice_of_a_paywall_or_an_account_is_page_furniture(line: str) -> None:
    assert worded_reason(line) == "page furniture"


@pytest.mark.parametrize("line", CLAIMS)
def test_sentence_that_begins_like_one_of_them_is_none(line: str) -> None:
    assert worded_reason(line) == ""


@pytest.mark.parametrize(
    ("glued", "aside", "kept"),
    [
        ("<b>Lire aussi</b> <a href='/a'>Les autres ponts</a>Le maire attend.", "Lire aussi Les autres ponts", 1),
        ("Le maire attend. Lire aussi : <a href='/a'>Les autres ponts</a>", "Lire aussi : Les autres ponts", 1),
        ("Le maire attend. (Read also: <a href='/a'>Other bridges</a>)", "(Read also: Other bridges)", 1),
        (
            "Lire aussi : Les autres ponts de la vallée. Le maire attend.",
            "Lire aussi : Les autres ponts de la vallée.",
            1,
        ),
        ("Le maire attend. Lire aussi : Les autres ponts", "Lire aussi : Les autres ponts", 1),
        ("Le maire attend. <a href='/a'>Lesen Sie auch: Andere Brücken</a>", "Lesen Sie auch: Andere Brücken", 1),
    ],
)
def test_claim_glued_to_a_read_also_link_stays(glued: str, aside: str, kept: int, identifier: Identifier) -> None:
    article = page(f"<p>{FIRST}</p><p>{glued}</p><p>{LAST}</p>")
    assert ("read also", aside) in asides(article)
    assert units(article, identifier).count("Le maire attend.") == kept


@pytest.mark.parametrize("tail", ["(AFP)", "— Reuters", "(avec l'AFP)", "(A.H.)"])
def test_initials_or_an_agency_that_sign_a_text_are_a_byline(tail: str, identifier: Identifier) -> None:
    article = page(f"<p>{FIRST}</p><p>{LAST} {tail}</p>")
    assert ("byline", tail) in asides(article)
    assert units(article, identifier)[1:] == [FIRST, LAST]


def test_link_inside_a_sentence_leaves_it_whole(identifier: Identifier) -> None:
    article = page(
        f"<p>{FIRST}</p><p>On peut lire aussi <a href='/a'>ce rapport</a>, qui date de mai.</p><p>{LAST}</p>"
    )
    assert "On peut lire aussi ce rapport, qui date de mai." in units(article, identifier)


@pytest.mark.parametrize(
    "helper",
    ["(Nouvelle fenêtre)", "(opens in a new tab)", "(öffnet in neuem Fenster)", "(se abre en una ventana nueva)"],
)
@pytest.mark.parametrize("form", ["<span>{}</span>", " {}"])
def test_words_for_screen_readers_are_not_in_the_text(helper: str, form: str) -> None:
    article = page(f"<p>{FIRST}</p><p>Un <a href='/x'>rapport{form.format(helper)}</a> le dit.</p><p>{LAST}</p>")
    assert "Un rapport le dit." in article.text


@pytest.mark.parametrize(
    "headline",
    [
        '<h1><span class="kicker">Verkehr</span><span>Das Dorf bekommt eine Brücke</span></h1>',
        '<h1><em class="occhiello">Verkehr</em>Das Dorf bekommt eine Brücke</h1>',
        '<h1><span><span class="x-label">Verkehr</span>Das Dorf bekommt eine Brücke</span></h1>',
    ],
)
def test_kicker_is_no_part_of_the_title(headline: str) -> None:
    article = page(f"<p>{FIRST}</p><p>{LAST}</p>", headline)
    assert article.title == "Das Dorf bekommt eine Brücke"
    assert ("kicker", "Verkehr") in asides(article)


def test_kicker_without_a_name_is_told_by_the_title_of_the_metadata() -> None:
    source = (
        "<html><head><title>Das Dorf bekommt eine Brücke</title></head><body><article><h1><span>Ort</span>"
        f"<span>Das Dorf bekommt eine Brücke</span></h1><p>{FIRST}</p><p>{LAST}</p></article></body></html>"
    )
    assert read_html(source, source="x").title == "Das Dorf bekommt eine Brücke"


@pytest.mark.parametrize("headline", ["Ort<span>{}</span>", "Ort<br>{}"])
def test_bare_words_before_the_title_of_the_metadata_are_a_kicker(headline: str) -> None:
    title = "Das Dorf bekommt eine Brücke"
    source = f"<html><head><title>{title}</title></head><body><article><h1>{headline.format(title)}</h1>"
    article = read_html(f"{source}<p>{FIRST}</p><p>{LAST}</p></article></body></html>", source="x")
    assert (article.title, ("kicker", "Ort") in asides(article)) == (title, True)


def test_headline_of_one_emphasised_word_stays_whole() -> None:
    assert page(f"<p>{FIRST}</p>", "<h1><em>Enfin</em> le pont rouvre</h1>").title == "Enfin le pont rouvre"


@pytest.mark.parametrize("box", ["<div><h3>Weitere Themen</h3>{}</div>", "<h3>Dossiers</h3>{}", "{}"])
def test_list_of_links_is_an_aside_with_its_heading(box: str, identifier: Identifier) -> None:
    links = "<ul>" + "".join(f"<li><a href='/t/{name}'>Thème {name}</a></li>" for name in ("a", "b", "c")) + "</ul>"
    article = page(f"<p>{FIRST}</p>{box.format(links)}<p>{LAST}</p>")
    assert units(article, identifier)[1:] == [FIRST, LAST]


def test_list_of_links_that_is_most_of_the_page_stays() -> None:
    links = "".join(
        f"<li><a href='/t/{number}'>Un long titre de page, le numéro {number}</a></li>" for number in range(9)
    )
    assert LINKS not in dict(asides(read_html(f"<p>Deux mots.</p><ul>{links}</ul>", source="x")))


def test_teasers_below_the_article_are_asides() -> None:
    link = "<a href='/a/{0}'><h3>Titre {0} d'un autre article</h3></a>"
    teaser = f"<div class='card'>{link}<p>Il dit encore {{0}} choses.</p></div>"
    article = page(f"<p>{FIRST} {LAST}</p><p>{LAST} {FIRST}</p><div>{''.join(map(teaser.format, range(4)))}</div>")
    assert {reason for reason, text in asides(article) if "Il dit encore" in text} <= {TEASER}
    assert not [block for block in article.blocks if "Il dit encore" in article.text[block.start : block.end]]


def test_sections_of_an_article_are_no_teasers() -> None:
    section = "<section class='part'><h2>Partie {0}</h2><p>" + f"{FIRST} {LAST}" + "</p></section>"
    assert asides(page("".join(map(section.format, range(4))))) == []


@pytest.mark.parametrize(
    ("answer", "question"),
    [("Le 12 juin 2027.", "Quand ?"), ("À 9h30.", "À quelle heure ?"), ("2027-06-12", "When does it open?")],
)
def test_date_that_answers_a_question_is_a_unit(answer: str, question: str, identifier: Identifier) -> None:
    article = page(f"<p>{FIRST}</p><p><b>{question}</b></p><p>{answer}</p><p>{LAST}</p>")
    assert answer in units(article, identifier)


@pytest.mark.parametrize(
    "text",
    [
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
        "Etiam porta ligula eu sapien luctus, at commodo erat mollis. Integer quis arcu.",
        "Weit hinten, hinter den Wortbergen, fern der Länder Vokalien.",
        "Xxxx xxxxx xx xxxxxx xxx xxxx.",
    ],
)
def test_filler_text_is_known(text: str) -> None:
    assert is_filler(text)


@pytest.mark.parametrize(
    "text", ["In principio erat verbum, et verbum erat apud deum.", FIRST, "Et in Arcadia ego.", "Ha ha ha !"]
)
def test_text_in_latin_is_no_filler(text: str) -> None:
    assert not is_filler(text)


def test_page_of_filler_only_is_read() -> None:
    article = page(
        "<p>Lorem ipsum dolor sit amet, consectetur adipiscing elit. Sed varius nulla vitae magna dictum.</p>"
    )
    assert FILLER not in dict(asides(article))


@pytest.mark.parametrize("heading", ["À propos de l’auteur", "About the author", "Related articles", "Meistgelesen"])
def test_headings_of_boxes_are_known(heading: str) -> None:
    assert heading_reason(heading)


def test_name_that_says_body_keeps_the_body() -> None:
    article = page(f'<div class="entry-content entry-content-read-more"><p>{FIRST}</p><p>{LAST}</p></div>')
    assert asides(article) == []
