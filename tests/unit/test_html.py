"""What is read of a page: title, metadata, kinds of block, asides, text as a browser shows it."""

from __future__ import annotations

import json
import subprocess
import sys
from html import escape
from pathlib import Path

import pytest

from annotator.errors import InputError
from annotator.models import Article, BlockKind, Failure
from annotator.readers import read
from annotator.readers.dates import date_in_address, date_in_words, iso_date, local_day
from annotator.readers.html import read_html
from annotator.readers.metadata import without_site
from annotator.settings import Fields

ONE = "Le conseil de Brenval a voté le budget mardi soir, après quatre heures de débats."
TWO = "Selon la mairie, les impôts locaux n’augmenteront pas cette année, malgré la hausse des prix."
THREE = "L’opposition annonce un recours devant le tribunal administratif dès la semaine prochaine."


def page(body: str, head: str = "", attributes: str = 'lang="fr"') -> Article:
    source = f"<!doctype html><html {attributes}><head>{head}</head><body><main>{body}</main></body></html>"
    return read_html(source, source="p.html")


def blocks(article: Article) -> list[tuple[str, str]]:
    return [(block.kind.value, article.text[block.start : block.end]) for block in article.blocks]


def asides(article: Article) -> list[tuple[str, str]]:
    return [(aside.reason, article.text[aside.start : aside.end]) for aside in article.asides]


def test_canonical_text_is_the_blocks_joined_by_a_blank_line() -> None:
    article = page(f"<h1>Budget voté</h1><p>{ONE}</p><ul><li>Un point.</li><li>Un autre.</li></ul><p>{TWO}</p>")
    assert article.text == f"Budget voté\n\n{ONE}\n\nUn point.\n\nUn autre.\n\n{TWO}"
    assert [kind for kind, _ in blocks(article)] == ["title", "paragraph", "list_item", "list_item", "paragraph"]


def test_white_space_is_as_a_browser_shows_it() -> None:
    article = page(
        "<p>Un\n   texte <b> gras</b>,<br>\nune ligne\u00a0!\n</p><p>Sur\u00ad\u00adtout&shy; ce<wbr>la.</p>"
    )
    assert article.text == "Un texte gras,\nune ligne\u00a0!\n\nSurtout cela."


def test_two_breaks_end_a_paragraph_and_one_does_not() -> None:
    article = page(f"<div>{ONE}<br>{TWO}<br><br>{THREE}</div>")
    assert blocks(article) == [("paragraph", f"{ONE}\n{TWO}"), ("paragraph", THREE)]


@pytest.mark.parametrize(
    ("head", "heading", "title", "origin"),
    [
        pytest.param("<title>Budget voté - Le Val</title>", "<h1>Budget voté</h1>", "Budget voté", "text", id="own"),
        pytest.param(
            "<title>Budget voté | Le Val</title>", "", "Budget voté", "metadata", id="site-behind-a-bar"
        ),
        pytest.param(
            '<title>Le Val - Budget voté</title><meta property="og:site_name" content="Le Val">',
            "", "Budget voté", "metadata", id="site-in-front",
        ),
        pytest.param(
            '<meta property="og:title" content="Ce que l’on sait"><title>x</title>',
            "<h1>Budget voté</h1>", "Budget voté", "text", id="the-pages-own-headline-beats-the-social-one",
        ),
        pytest.param(
            '<meta property="og:title" content="Budget voté"><meta property="og:site_name" content="Le Val">',
            "<h1>Le Val</h1>", "Budget voté", "metadata", id="heading-is-the-site",
        ),
        pytest.param(
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"L&#39;eau"}</script>',
            "", "L'eau", "metadata", id="json-ld-with-entities",
        ),
        pytest.param("<title>Vin : 10 % - pas</title>", "", "Vin : 10 % - pas", "metadata", id="a-dash-is-no-site"),
    ],
)  # fmt: skip
def test_title_is_the_headline_without_the_site(head: str, heading: str, title: str, origin: str) -> None:
    article = page(f"{heading}<p>{ONE}</p><p>{TWO}</p>", head)
    assert (article.title, article.title_origin) == (title, origin)
    assert blocks(article)[0] == ("title", title)
    assert [text for kind, text in blocks(article) if kind == "title"] == [title]


ADDRESS = "https://a.example/?id=12&section=monde&region=sud&timestamp=7"
LINKED = {"@type": "NewsArticle", "url": ADDRESS.replace("&s", "&amp;s")}


@pytest.mark.parametrize(
    ("head", "url"),
    [
        pytest.param(f'<meta property="og:url" content="{escape(ADDRESS)}">', ADDRESS, id="open-graph"),
        pytest.param(f'<link rel="canonical" href="{escape(ADDRESS)}">', ADDRESS, id="canonical"),
        pytest.param(f'<script type="application/ld+json">{json.dumps(LINKED)}</script>', ADDRESS, id="json-ld"),
        pytest.param(
            '<meta name="og:url" content="https://a.example/?a&amp;copy;">', "https://a.example/?a&copy;", id="own"
        ),
    ],
)
def test_address_is_unescaped_once(head: str, url: str) -> None:
    assert page("<p>Le maire a dit oui.</p>", head=head).url == url


def test_title_that_was_escaped_twice_is_read() -> None:
    head = '<meta property="og:title" content="L&amp;#039;été &amp;amp; la région">'
    assert page("<p>Le maire a dit oui.</p>", head=head).title == "L'été & la région"


def test_half_a_character_in_json_ld_says_nothing() -> None:
    linked = {
        "@type": "NewsArticle",
        "headline": "Un titre \ud83d",
        "author": {"name": "A\udc00"},
        "url": "https://a\0",
    }
    head = f'<script type="application/ld+json">{json.dumps(linked)}</script><title>Un titre</title>'
    read = page("<p>Le maire a dit oui.</p>", head=head)
    assert (read.title, read.author, read.url) == ("Un titre", "", "")


def test_metadata_comes_from_json_ld_before_open_graph() -> None:
    linked = {
        "@graph": [
            {"@type": "Organization", "@id": "#o", "name": "Le Val"},
            {
                "@type": ["NewsArticle"],
                "datePublished": "2024-05",
                "author": [{"name": "Service Ville"}, "Rédaction"],
                "publisher": {"@id": "#o"},
            },
        ]
    }
    head = (
        f'<script type="application/ld+json">{json.dumps(linked)}</script><link rel="canonical" href="https://v.example/a">'
        '<meta property="article:published_time" content="2023-01-01"><meta property="og:site_name" content="Autre">'
    )
    article = page(f"<p>{ONE}</p><p>{TWO}</p>", head)
    assert (article.published, article.site, article.url) == ("2024-05", "Le Val", "https://v.example/a")
    assert article.article_id == "https://v.example/a"
    assert article.author == "Service Ville, Rédaction"


@pytest.mark.parametrize("linked", ["{", "[" * 3000, "null", '{"@type": 3}', '{"@type":"NewsArticle","author":[[]]}'])
def test_broken_json_ld_says_nothing(linked: str) -> None:
    head = f'<script type="application/ld+json">{linked}</script><meta name="date" content="2024-02-01">'
    assert page(f"<p>{ONE}</p><p>{TWO}</p>", head).published == "2024-02-01"


@pytest.mark.parametrize(
    ("attributes", "language"),
    [('lang="fr-CA"', "fr-CA"), ('xml:lang="de"', "de"), ("", "")],
)
def test_declared_language_is_the_pages(attributes: str, language: str) -> None:
    assert page(f"<p>{ONE}</p><p>{TWO}</p>", attributes=attributes).declared_language == language


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("Publié le 3 mai 2024 à 10 h", "2024-05-03"),
        ("1er février 2024", "2024-02-01"),
        ("May 3, 2024", "2024-05-03"),
        ("3. März 2024", "2024-03-03"),
        ("3 de mayo de 2024", "2024-05-03"),
        ("le 03/06/2024", "2024-06-03"),
        ("en 2024", ""),
        ("31 foo 2024", ""),
    ],
)
def test_date_in_words(words: str, date: str) -> None:
    assert date_in_words(words) == date


@pytest.mark.parametrize(
    ("told", "date"),
    [
        ("2024-05-03T10:00:00+02:00", "2024-05-03T10:00:00+02:00"),
        ("2024-05", "2024-05"),
        ("2024-05-03 10:00:00.000000", "2024-05-03T10:00:00"),
        ("2024-05-03T10:00:00+0200", "2024-05-03T10:00:00+02:00"),
        ("20240503T100000Z", "2024-05-03T10:00:00Z"),
        ("2024/05/03", "2024-05-03"),
        ("Fri, 03 May 2024 10:00:00 GMT", "2024-05-03T10:00:00Z"),
        ("Tue, Sep 15 2020 10:01:41 EDT", "2020-09-15"),
        ("Mon Aug 03 12:45:00 EDT 2015", "2015-08-03"),
        ("04:25:06 PM IST Apr 08, 2020", "2020-04-08"),
        ("22 de novembro de 2020. 18:20", "2020-11-22"),
        ("2020年07月03日", "2020-07-03"),
        ("12/25/2020", "2020-12-25"),
        ("1714730400", "2024-05-03T10:00:00+00:00"),
        ("1970-01-01T00:00:00Z", ""),
        ("0001-01-01", ""),
        ("2024-02-31", ""),
        ("yesterday", ""),
    ],
)
def test_a_date_is_written_as_iso_8601_or_not_at_all(told: str, date: str) -> None:
    assert iso_date(told) == date


@pytest.mark.parametrize(
    ("told", "shown", "day"),
    [
        pytest.param("2019-11-19T04:58:46Z", "2019-11-18", "2019-11-18", id="evening-in-america"),
        pytest.param("2019-11-18T20:00:00Z", "2019-11-19", "2019-11-19", id="morning-in-asia"),
        pytest.param("2020-07-09T10:04:04Z", "2020-07-08", "", id="no-clock-is-so-far-behind"),
        pytest.param("2019-11-19T04:58:46+01:00", "2019-11-18", "", id="own-zone"),
        pytest.param("2019-11-19T04:58:46Z", "2019-11", "", id="partial"),
    ],
)
def test_the_day_in_the_address_beats_a_time_in_utc(told: str, shown: str, day: str) -> None:
    assert local_day(told, shown) == day


AUTHOR = '<script type="application/ld+json">{"@type":"NewsArticle","author":%s,"publisher":{"name":"Le Val"}}</script>'


@pytest.mark.parametrize(
    ("head", "body", "author"),
    [
        pytest.param("", '<p class="byline">Par <a rel="author" href="/a/cs">Ana Sol</a></p>', "Ana Sol", id="byline"),
        pytest.param("", '<span class="byline__name">Recueilli par Ana Sol</span>', "Ana Sol", id="prefix"),
        pytest.param("", "<div><span>By </span><a href='/profile/ana'>Ana Sol</a></div>", "Ana Sol", id="no-mark"),
        pytest.param(
            "", '<div class="byline">By Ana Sol and Bo Li, Staff Writer | May 3, 2024</div>', "Ana Sol, Bo Li", id="two"
        ),
        pytest.param(
            "", "<p><a rel='author'>Ana Sol</a> et <a rel='author'>Bo Li</a></p>", "Ana Sol, Bo Li", id="two-links"
        ),
        pytest.param("", '<div class="author">About the author</div>', "", id="label"),
        pytest.param(
            "", '<div class="related"><div><a rel="author">Bo Li</a></div></div>', "", id="author-of-a-teaser"
        ),
        pytest.param('<meta name="author" content="Par Ana Sol">', "", "Ana Sol", id="meta"),
        pytest.param('<meta name="author" content="ana@val.example">', "", "", id="e-mail"),
        pytest.param('<meta name="author" content="https://val.example/ana">', "", "", id="address"),
        pytest.param('<meta name="author" content="val.example">', "", "", id="host"),
        pytest.param(
            '<meta name="author" content="asol">', '<a rel="author">Ana Sol</a>', "Ana Sol", id="account-in-meta"
        ),
        pytest.param(AUTHOR % '"Le Val"', "", "", id="name-of-the-site"),
        pytest.param(AUTHOR % '"Le Val"', '<a rel="author">Ana Sol</a>', "Ana Sol", id="shown-beside-the-site"),
        pytest.param(AUTHOR % '["Ana Sol", "By Bo Li"]', "", "Ana Sol, Bo Li", id="list"),
        pytest.param(AUTHOR % '{"givenName": "Ana", "familyName": "Sol"}', "", "Ana Sol", id="two-parts"),
        pytest.param(AUTHOR % '"Ana Sol, Le Val"', "", "Ana Sol", id="with-the-site"),
    ],
)
def test_author_is_who_wrote_it(head: str, body: str, author: str) -> None:
    assert page(f"<h1>Budget voté</h1>{body}<p>{ONE}</p><p>{TWO}</p>", head).author == author


def test_json_ld_is_read_inside_a_comment_or_cdata() -> None:
    head = '<script type="application/ld+json">\n<![CDATA[ {"@type":"Article","author":"Ana Sol"}; ]]></script>'
    assert page(f"<p>{ONE}</p><p>{TWO}</p>", head).author == "Ana Sol"


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("<p>Viernes, 3 de mayo de 2024</p>", "2024-05-03"),
        ("<p>, 3.5.24</p>", "2024-05-03"),
        (f"<p>{ONE} Le 3 mai 2024, après quatre heures de débats, on ne sait plus qui a voté.</p>", ""),
        ("<footer>© 2024</footer>", ""),
    ],
)
def test_a_date_that_no_mark_names_is_that_of_a_short_line(line: str, date: str) -> None:
    assert page(f"<h1>Budget voté</h1>{line}<p>{ONE}</p><p>{TWO}</p>").published == date


def test_a_heading_without_a_word_of_the_title_is_not_the_title() -> None:
    head = "<title>La digue cède à Tarvic</title><meta property='og:title' content='La digue cède à Tarvic'>"
    article = page(f"<h1>Carnets marins</h1><h2>La digue cède à Tarvic</h2><p>{ONE}</p><p>{TWO}</p>", head)
    assert (article.title, article.title_origin) == ("La digue cède à Tarvic", "text")
    assert "Carnets marins" not in article.text


def test_date_in_address_may_be_partial() -> None:
    assert date_in_address("https://v.example/2024/05/03/titre.html") == "2024-05-03"
    assert date_in_address("https://v.example/2024/05/titre") == "2024-05"
    assert date_in_address("https://v.example/2024/99/titre") == ""


def test_site_is_cut_only_where_it_is_one() -> None:
    assert without_site("A - B - Le Val", "Le Val", "") == "A - B"
    assert without_site("Titre | levalinfo.example", "", "https://www.levalinfo.example/a") == "Titre"
    assert (
        without_site("Un long sous-titre | qui continue encore", "", "") == "Un long sous-titre | qui continue encore"
    )


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        pytest.param('<p>À lire aussi : <a href="/x">Un autre article du jour</a></p>', "read also", id="read-also-fr"),
        pytest.param("<p>Lee también: la otra noticia del día</p>", "read also", id="read-also-es"),
        pytest.param("<p>Lesen Sie auch: der andere Artikel des Tages</p>", "read also", id="read-also-de"),
        pytest.param("<p>Inscrivez-vous à notre newsletter du matin, gratuite.</p>", "newsletter", id="newsletter"),
        pytest.param("<p>Pour afficher ce contenu, acceptez les cookies.</p>", "consent text", id="consent"),
        pytest.param("<p>Crédit photo : Studio Rive</p>", "credit", id="credit"),
        pytest.param("<p>PHOTO AFP</p>", "credit", id="credit-without-colon"),
        pytest.param("<p>Foto: Eva Ruiz / EFE</p>", "credit", id="credit-spanish"),
        pytest.param("<p>Publié le 3 mai 2024 à 10h12, mis à jour à 11h</p>", "publication date", id="date"),
        pytest.param("<p>Par la Rédaction du Val</p>", "", id="par-with-a-small-letter"),
        pytest.param("<p>Lire aussi bien que compter : c’est l’objectif affiché par l’école.</p>", "", id="prose"),
    ],
)
def test_line_that_is_no_text_of_the_article_is_an_aside(element: str, reason: str) -> None:
    article = page(f"<h1>Un titre</h1><p>{ONE}</p>{element}<p>{TWO}</p><p>{THREE}</p>")
    found = [aside.reason for aside in article.asides]
    assert found == ([reason] if reason and len(article.asides) else [])
    assert reason or any("Par la" in text or "Lire aussi bien" in text for _, text in blocks(article))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Photo de famille au sommet de l’OTAN.", id="photo-of"),
        pytest.param("Photo : le maire reçoit les clés de la ville.", id="caption-with-its-label"),
        pytest.param("Crédit : les banques serrent la vis aux ménages.", id="money"),
        pytest.param("Bild: Der Bürgermeister vor dem neuen Rathaus.", id="german-caption"),
    ],
)
def test_line_that_only_begins_like_a_credit_stays_in_the_article(line: str) -> None:
    article = page(f"<h1>Un titre</h1><p>{ONE}</p><p>{TWO}</p><p>{line}</p><p>{THREE}</p>")
    assert (article.asides, line in article.text) == ((), True)


def test_quote_that_repeats_the_body_is_an_aside_and_another_is_a_quote() -> None:
    pulled = "les impôts locaux n’augmenteront pas cette année"
    other = "Ce budget est celui de la prudence, a jugé la chambre des comptes."
    article = page(
        f"<p>{ONE}</p><div class='pullquote'><p>« {pulled} »</p></div><p>{TWO}</p>"
        f"<blockquote>{other}</blockquote><p>{THREE}</p>"
    )
    assert ("repeated pull quote", f"« {pulled} »") in asides(article)
    assert ("quote", other) in blocks(article)


def test_credit_inside_a_caption_is_an_aside_in_its_block() -> None:
    article = page(
        f"<p>{ONE}</p><figure><img><figcaption>Le pont, mardi. <small class='credit'>Studio Rive</small></figcaption>"
        f"</figure><p>{TWO}</p><figure><figcaption>La mairie (en archives) / AFP</figcaption></figure><p>{THREE}</p>"
    )
    assert asides(article) == [("credit", "Studio Rive"), ("credit", "/ AFP")]
    assert ("caption", "Le pont, mardi. Studio Rive") in blocks(article)


def test_caption_without_a_figure_is_told_by_its_class() -> None:
    caption = "<div class='wp-caption'><img><p class='wp-caption-text'>Le pont, mardi. © Studio Rive</p></div>"
    article = page(f"<p>{ONE}</p>{caption}<p>{TWO}</p><p>{THREE}</p>")
    assert ("caption", "Le pont, mardi. © Studio Rive") in blocks(article)
    assert asides(article) == [("credit", "© Studio Rive")]


@pytest.mark.parametrize(
    "line", ["10:32", "2 May 2024", "09 AGO 2024 - 22:00 CEST", "<time>hier</time>", "Le 3 mai 2024 à 8 h"]
)
def test_line_that_is_only_a_date_is_an_aside(line: str) -> None:
    article = read_html(f"<p>{ONE}</p><p>{line}</p><p>Le 3 mai 2024, le pont a fermé.</p>", source="-")
    assert [reason for reason, _ in asides(article)] == ["publication date"]


def test_class_name_alone_does_not_drop_a_paragraph() -> None:
    article = page(f"<h1>Un titre</h1><p class='teaser'>{ONE}</p><p class='promo-text'>{TWO}</p><p>{THREE}</p>")
    assert [text for kind, text in blocks(article) if kind == "paragraph"] == [ONE, TWO, THREE]


def test_row_of_a_table_is_one_line_set_aside() -> None:
    rows = "<tr><th>Jour</th><th>Vent</th></tr><tr><td>lundi</td><td>14 nœuds</td></tr>"
    article = page(f"<p>{ONE}</p><table>{rows}</table><p>{TWO}</p><p>{THREE}</p>")
    assert asides(article) == [("table", "Jour | Vent"), ("table", "lundi | 14 nœuds")]


def test_list_of_links_under_read_also_is_set_aside_with_it() -> None:
    links = "".join(f'<li><a href="/{n}">Un autre article du jour, le numéro {n}</a></li>' for n in range(3))
    article = read_html(f"<p>{ONE}</p><h3>Sur le même sujet</h3><ul>{links}</ul><p>{TWO}</p>", source="-")
    assert [reason for reason, _ in asides(article)] == ["read also"] * 4
    assert [text for _, text in blocks(article)] == [ONE, TWO]


def test_heading_that_leads_home_is_no_title() -> None:
    head = "<title>Budget voté | Le Petit Val</title>"
    article = page(f"<h1><a href='/'>Le Petit Val</a></h1><p>{ONE}</p><p>{TWO}</p>", head)
    assert article.title == "Budget voté"


def test_page_that_trafilatura_stumbles_over_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    def stumble(*_: object, **__: object) -> None:
        raise AttributeError

    monkeypatch.setattr(trafilatura, "bare_extraction", stumble)
    article = page(f"<h1>Un titre</h1><p>{ONE}</p><nav>Menu</nav><p>{TWO}</p>")
    assert [text for _, text in blocks(article)] == ["Un titre", ONE, TWO]


def test_fragment_is_all_article() -> None:
    article = read_html(f"<p>{ONE}</p><p>Court.</p><ul><li>Un.</li></ul>", source="-")
    assert blocks(article) == [("paragraph", ONE), ("paragraph", "Court."), ("list_item", "Un.")]


def test_same_page_read_twice_is_the_same_after_others() -> None:
    first = page(f"<p>{ONE}</p><p>{TWO}</p><p>{ONE}</p>")
    for _ in range(4):
        assert page(f"<p>{ONE}</p><p>{TWO}</p><p>{ONE}</p>") == first


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param("<html><body></body></html>", "empty", id="no-text"),
        pytest.param("<html><body><nav><a href='/'>Accueil</a></nav></body></html>", "empty", id="only-a-menu"),
        pytest.param("<p>a\x00b</p>", "binary", id="nul"),
        pytest.param("<p>a\ud800b</p>", "surrogate", id="half-a-character"),
        pytest.param("x" * 20_000_001, "too_large", id="too-large"),
        pytest.param(f"<p>{'x' * 1_000_001}</p>", "no_blanks", id="no-blanks"),
    ],
)
def test_page_that_cannot_be_read_says_why(source: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        read_html(source, source="p.html")
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("raw", "notes"),
    [
        pytest.param("<meta charset='iso-8859-1'>{}".encode("latin-1"), (), id="declared-latin-1"),
        pytest.param(b"<?xml version='1.0' encoding='windows-1252'?><html>{}", (), id="xml-declaration"),
        pytest.param(b"<meta charset='latin-1'>{}", (), id="declared-but-utf-8"),
        pytest.param(b"<html>{}", ("not UTF-8; read as cp1252, a guess",), id="guessed"),
        pytest.param(b"<meta charset='base64'>{}", ("not UTF-8; read as cp1252, a guess",), id="nonsense-declared"),
    ],
)
def test_encoding_is_the_declared_one_unless_the_bytes_are_utf_8(
    tmp_path: Path, raw: bytes, notes: tuple[str, ...], request: pytest.FixtureRequest
) -> None:
    encoding = "utf-8" if "declared-but" in request.node.name else "cp1252"
    body = f"<body><main><p>L’été à Brenval : {ONE}</p><p>{TWO}</p></main></body>".encode(encoding)
    path = tmp_path / "p.html"
    path.write_bytes(raw.replace(b"{}", body))
    (article,) = read([str(path)], fields=Fields())
    assert isinstance(article, Article)
    assert "L’été à Brenval" in article.text
    assert article.notes == notes


def test_utf_16_page_is_read(tmp_path: Path) -> None:
    path = tmp_path / "p.htm"
    path.write_bytes(f"<html><body><p>{ONE}</p><p>{TWO}</p></body></html>".encode("utf-16"))
    (article,) = read([str(path)], fields=Fields())
    assert isinstance(article, Article)
    assert article.text == f"{ONE}\n\n{TWO}"


def test_html_in_a_field_takes_what_the_row_knows_first(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    html = f"<html lang='fr'><head><title>De la page</title></head><body><p>{ONE}</p><p>{TWO}</p></body></html>"
    rows = [{"page": html, "id": 7, "date": "2024", "title": "De la ligne"}, {"text": "Sans page.", "page": ""}]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    first, second = read([str(path)], fields=Fields(html="page"))
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.article_id, first.published, first.title, first.declared_language) == (
        "7",
        "2024",
        "De la ligne",
        "fr",
    )
    assert second.text == "Sans page."


def test_page_on_standard_input_is_known_by_its_first_line(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    raw = f"<!DOCTYPE html>\n<html><body><h1>Un titre</h1><p>{ONE}</p><p>{TWO}</p></body></html>".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
    (article,) = read(["-"], fields=Fields())
    assert isinstance(article, Article)
    assert article.blocks[0].kind is BlockKind.TITLE


def test_broken_page_in_a_folder_is_listed_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<html></html>", encoding="utf-8")
    (tmp_path / "b.html").write_text(f"<p>{ONE}</p>", encoding="utf-8")
    first, second = read([str(tmp_path)], fields=Fields())
    assert isinstance(first, Failure)
    assert isinstance(second, Article)


def test_reading_plain_text_loads_no_html_library() -> None:
    heavy = ("lxml", "trafilatura", "zstandard")
    code = f"import sys, annotator.readers; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_first_entry_of_a_live_report_keeps_its_heading_like_the_others() -> None:
    entries = [
        ("Brücke gesperrt", "Die Brücke ist seit ein Uhr gesperrt, wie die Stadt am Mittag mitteilte."),
        ("Schulen zu", "Alle Schulen der Stadt bleiben am Montag geschlossen, sagte der Amtsleiter."),
        ("Pegel sinkt", "Der Pegel soll am Abend um einen halben Meter sinken, erwartet das Landesamt."),
    ]
    live = "".join(f'<div class="liveblog-entry"><h3>{head}</h3><p>{text}</p></div>' for head, text in entries)
    source = f'<html><body><h1>Hochwasser in der Stadt</h1><div class="liveblog">{live}</div></body></html>'
    article = read_html(source, source="p.html")
    assert [text for _, text in blocks(article)][1:] == [words for entry in entries for words in entry]


def test_front_page_is_noted_though_its_headlines_are_left_out() -> None:
    teaser = '<div><a href="/{0}"><h2>Titre numéro {0} de la une</h2></a><p>Le résumé du texte {0} tient ici.</p></div>'
    source = f"<html><body>{''.join(map(teaser.format, range(12)))}</body></html>"
    assert any("looks like a list of articles" in note for note in read_html(source, source="p.html").notes)
