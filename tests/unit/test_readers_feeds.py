"""Feeds saved as files: full entries become articles, summaries are named, and nothing is fetched or put in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from commands import annotator

from annotator.models import Article, Failure
from annotator.readers import read

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/"><channel>
<title>Le Journal</title><link>https://ex.org</link><language>fr-FR</language><image><title>Logo</title></image>
<item><title>Un &amp;amp; deux</title><link>https://ex.org/1</link><pubDate>Mon, 06 Jan 2025 10:00:00 GMT</pubDate>
<dc:creator>Anne</dc:creator><media:content url="a.jpg"><media:title>Photo</media:title></media:content>
<description>Court.</description>
<content:encoded><![CDATA[<p>Le pont a été fermé.</p><p>Il rouvrira.</p>]]></content:encoded></item>
<item><title>Résumé</title><link>https://ex.org/2</link><description>Court.</description></item>
<item><guid>https://ex.org/3</guid><content:encoded>&lt;p&gt;Sans titre ni lien.&lt;/p&gt;</content:encoded></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="es"><title>Diario</title>
<link rel="self" href="https://d.example/feed"/>
<entry><title type="html">Ayer &lt;b&gt;hoy&lt;/b&gt;</title><link rel="enclosure" href="https://d.example/a.mp3"/>
<link href="https://d.example/1"/><id>tag:1</id><author><name>Ana</name></author><updated>2025-01-02</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Hola mundo.</p></div></content></entry>
<entry xml:lang="en"><title>T</title><link href="https://d.example/2"/><content>Only &lt;text&gt;.</content></entry>
<entry><title>Nada</title></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Alt</title></channel>
<item><title>Eins</title><link>https://a.example/1</link><content:encoded>&lt;p&gt;Der Text.&lt;/p&gt;</content:encoded>
</item></rdf:RDF>"""


@pytest.fixture
def of_text(tmp_path: Path) -> Callable[..., list[Article | Failure]]:
    def _read(text: str | bytes, name: str = "feed.xml") -> list[Article | Failure]:
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return list(read([tmp_path / name]))

    return _read


OfText = Callable[..., list[Article | Failure]]


@pytest.mark.parametrize(
    ("feed", "entry", "rights"),
    [
        ("<copyright>© Le\n Journal</copyright>", "", "© Le Journal"),
        ("<copyright>© Le Journal</copyright>", "<dc:rights>CC BY 4.0</dc:rights>", "CC BY 4.0"),
        (
            "",
            '<license xmlns="http://creativecommons.org/ns#" resource="https://x.example/by"/>',
            "https://x.example/by",
        ),
        ("", "<media:content><media:copyright>© Photo</media:copyright></media:content>", ""),
        ("", "<media:copyright>© Photo</media:copyright>", ""),
    ],
    ids=["feed", "entry", "licence", "picture", "of-media"],
)
def test_rights_of_an_entry_are_its_own_or_those_of_the_feed(
    of_text: OfText, feed: str, entry: str, rights: str
) -> None:
    text = RSS.replace("<language>", f"{feed}<language>").replace("<description>", f"{entry}<description>", 1)
    first, *_ = of_text(text)
    assert isinstance(first, Article)
    assert first.rights == rights


def test_rss_entries_with_their_text_become_articles_and_summaries_are_named(of_text: OfText) -> None:
    full, summary, bare = of_text(RSS, "feed.rss")
    assert isinstance(full, Article)
    assert full.text == "Un & deux\n\nLe pont a été fermé.\n\nIl rouvrira."
    assert (full.article_id, full.url, full.title) == ("https://ex.org/1", "https://ex.org/1", "Un & deux")
    assert (full.site, full.author, full.declared_language) == ("Le Journal", "Anne", "fr-FR")
    assert full.published == "2025-01-06T10:00:00Z"
    assert isinstance(summary, Failure)
    assert (summary.reason, summary.line, "'Résumé'" in summary.message) == ("summary_only", 9, True)
    assert isinstance(bare, Article)
    assert (bare.url, bare.text) == ("https://ex.org/3", "Sans titre ni lien.")


def test_atom_entries_of_every_kind_of_content_become_articles(of_text: OfText) -> None:
    xhtml, plain, without = of_text(ATOM, "feed.atom")
    assert isinstance(xhtml, Article)
    assert (xhtml.text, xhtml.url, xhtml.author) == ("Ayer hoy\n\nHola mundo.", "https://d.example/1", "Ana")
    assert (xhtml.site, xhtml.published, xhtml.declared_language) == ("Diario", "2025-01-02", "es")
    assert isinstance(plain, Article)
    assert (plain.text, plain.declared_language) == ("T\n\nOnly <text>.", "en")
    assert isinstance(without, Failure)
    assert (without.reason, "'Nada' has no text" in without.message) == ("empty", True)


def test_rss_of_version_1_is_read(of_text: OfText) -> None:
    (article,) = of_text(RDF)
    assert isinstance(article, Article)
    assert (article.site, article.text) == ("Alt", "Eins\n\nDer Text.")


@pytest.mark.parametrize(
    ("text", "reason", "words"),
    [
        ("<sitemap><item/></sitemap>", "unsupported", "begins with <sitemap>"),
        ("<rss><channel><title>Leer</title></channel></rss>", "empty", "a feed without an entry"),
        ("no xml at all", "xml", "not well-formed"),
        ("", "xml", "not well-formed"),
    ],
)
def test_what_is_no_feed_is_named(of_text: OfText, text: str, reason: str, words: str) -> None:
    (failure,) = of_text(text)
    assert isinstance(failure, Failure)
    assert (failure.reason, words in failure.message) == (reason, True)


def test_a_feed_that_breaks_off_gives_what_comes_before(of_text: OfText) -> None:
    made = of_text(RSS[: RSS.index("<item><guid>") + 20])
    assert [type(one) for one in made] == [Article, Failure, Failure]
    assert isinstance(made[-1], Failure)
    assert (made[-1].reason, "the 2 entries before it are read" in made[-1].message) == ("xml", True)


def test_no_entity_is_put_in(of_text: OfText, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("SECRET", encoding="utf-8")
    entity = f'<!ENTITY x SYSTEM "file://{tmp_path}/secret.txt">'
    first, *_ = of_text(with_entities(entity, "&x;"))
    assert isinstance(first, Article)
    assert first.text.endswith("fermé.\n\n&x;.")


def test_entities_that_stand_for_a_flood_end_the_reading(of_text: OfText) -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 100}">' for n in range(1, 6))
    (failure,) = of_text(with_entities(f'<!ENTITY a0 "{"flood" * 100}">{entities}', "&a5;"))
    assert isinstance(failure, Failure)
    assert (failure.reason, "Maximum entity amplification" in failure.message) == ("xml", True)


def with_entities(entities: str, used: str) -> str:
    head, body = RSS.split("\n", 1)
    return f"{head}<!DOCTYPE rss [{entities}]>{body.replace('Il rouvrira', f']]>{used}<![CDATA[')}"


def test_a_feed_on_standard_input_is_known_by_its_beginning() -> None:
    ran = annotator("prepare", "-", "--out", "-", "--translator", "none", "--to", "fr", stdin=RSS.encode())
    assert (ran.returncode, ran.stdout.count(b'"article_id":"https://ex.org/1"') > 1) == (3, True)
