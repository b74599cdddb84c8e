"""Broken pages: no crash but an `InputError`, and the invariants hold."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.errors import InputError
from annotator.models import Article, Aside, Block
from annotator.readers.html import read_html
from annotator.segmentation.layout import gaps
from annotator.text import canonical

PAGES = sorted((Path(__file__).parents[1] / "gates" / "data" / "html").glob("*.html"))
TAGS = (
    "p", "div", "article", "section", "blockquote", "ul", "li", "table", "tr", "td", "h1", "h2", "figure", "figcaption",
    "a", "span", "b", "br", "hr", "script", "style", "head", "body", "html", "iframe", "noscript", "template", "svg",
    "form", "nav", "aside", "title", "meta",
)  # fmt: skip
ATTRIBUTES = (
    "", ' class="twitter-tweet"', ' class="pullquote"', ' class="byline"', ' class="instagram-media"', " hidden",
    ' lang="fr"', ' data-tweet-id="1"', ' href="https://x.com/a/status/1"', ' src="//x.example/@a/1/embed"', ' class="',
    " =", ' data-bluesky-uri="at://did:a/app.bsky.feed.post/b"', ' type="application/ld+json"', ' itemprop="headline"',
)  # fmt: skip
WORDS = (
    "Le pont est fermé. ", "e\u0301", "\u0301", "👩‍👧", "\u00a0", "\u00ad", "&amp;", "&#xD800;", "&#0;", "&#1;",
    "&bogus;", "&eacute", "<", ">", "<!--", "-->", "<![CDATA[", "]]>", "<?xml", "\r\n", "\x0b", "\x1f", "\u202e",
    "⟦1⟧", "{", '"', "— A (@a) ", "pic.twitter.com/abc", "https://t.co/x", "À lire aussi : ", "© Studio", "Par Élan",
    "\ufeff", "\u2028", "\x85",
)  # fmt: skip
piece = st.one_of(
    st.sampled_from(WORDS),
    st.builds("<{}{}>".format, st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)),
    st.builds("</{}>".format, st.sampled_from(TAGS)),
    st.text(max_size=12),
)
soup = st.lists(piece, max_size=60).map("".join)
relaxed = settings(max_examples=150, suppress_health_check=list(HealthCheck))


def check(article: Article) -> None:
    """Every character that is not blank is in one block or one aside; blocks keep apart, and so do asides."""
    parts: list[Block | Aside] = sorted([*article.blocks, *article.asides], key=lambda part: part.start)
    assert list(gaps(article.text, 0, len(article.text), parts)) == []
    for kind in (Block, Aside):
        spans = [(part.start, part.end) for part in parts if isinstance(part, kind)]
        ends = [0, *(end for _, end in spans)]
        assert all(end <= first < last <= len(article.text) for end, (first, last) in zip(ends, spans, strict=False))
    for aside in article.asides:
        around = [block for block in article.blocks if block.start < aside.end and aside.start < block.end]
        assert all(block.start <= aside.start and aside.end <= block.end for block in around)
        assert len(around) <= 1
    stretches = [article.text[part.start : part.end] for part in parts]
    assert all(stretch == stretch.strip() for stretch in stretches)


def read(source: str) -> Article | None:
    with contextlib.suppress(InputError):
        article = read_html(source, source="p.html")
        check(article)
        return article
    return None


@relaxed
@given(soup)
def test_tag_soup_is_read_or_refused(source: str) -> None:
    assert read(source) == read(source)


@relaxed
@given(soup)
def test_tag_soup_inside_a_page_is_read_or_refused(source: str) -> None:
    read(f"<html><head><title>T</title></head><body><article><h1>Un titre</h1>{source}</article></body></html>")


@relaxed
@given(st.data())
def test_damaged_page_is_read_or_refused(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(PAGES)).read_text(encoding="utf-8", errors="replace")
    start = data.draw(st.integers(0, len(source)))
    length = data.draw(st.integers(0, 400))
    filler = data.draw(st.one_of(st.just(""), soup, st.binary(max_size=40).map(lambda raw: raw.decode("latin-1"))))
    cut = data.draw(st.booleans())
    read(source[:start] if cut else source[:start] + filler + source[start + length :])


@relaxed
@given(st.text())
def test_any_text_as_a_page_is_read_or_refused(source: str) -> None:
    read(source)


def nested(tag: str, depth: int) -> str:
    return f"<html><body><article><p>Avant le trou.</p>{f'<{tag}>' * depth}Au fond.{f'</{tag}>' * depth}<p>Après.</p>"


@pytest.mark.parametrize("tag", ["div", "blockquote", "ul><li", "table><tr><td", "span", "b", "p><div", "a", "em"])
@pytest.mark.parametrize("depth", [150, 900, 10_000])
def test_deep_nesting_is_read_whole_or_refused(tag: str, depth: int) -> None:
    try:
        article = read_html(nested(tag, depth), source="p.html")
    except InputError as error:
        assert (error.reason, depth) == ("nesting", depth)  # noqa: PT017
        assert depth >= 900
        return
    check(article)
    assert all(part in article.text for part in ("Avant le trou.", "Au fond.", "Après."))


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: f'<p class="{"x " * 500_000}">Un texte.</p>', id="huge-attribute"),
        pytest.param(lambda: f"<p>{'mot ' * 250_000}</p>", id="one-huge-paragraph"),
        pytest.param(lambda: f"<p>Un texte.</p>{'<br>' * 100_000}<p>Fin.</p>", id="many-breaks"),
        pytest.param(lambda: f"<p>Un texte.</p>{'<i></i>' * 50_000}", id="many-empty-elements"),
        pytest.param(lambda: f"<p>Un texte.</p>{'<p>' * 20_000}", id="never-closed"),
        pytest.param(lambda: "<p>Un texte.</p>" + "<" * 100_000, id="angle-brackets"),
        pytest.param(lambda: "<p>Un texte.</p>" + "&" * 100_000 + "<p>Fin.", id="ampersands"),
        pytest.param(lambda: '<script type="application/ld+json">' + "[" * 50_000 + "</script><p>Un texte.", id="json"),
        pytest.param(
            lambda: "<p>Un texte.</p>" + '<div class="embed">' * 100 + '<blockquote class="twitter-tweet">' * 80,
            id="posts-in-posts",
        ),
        pytest.param(lambda: f"<p>Un texte.</p>{'<div class=tweet>' * 150}x", id="weak-names-in-a-row"),
    ],
)
def test_hostile_page_does_not_hang(make: Callable[[], str]) -> None:
    read(make())
    read(f"<html><body><main>{make()}</main></body></html>")


ACCENTS = (
    "",
    "e\u0301",
    "\u0301",
    "\u0323\u0301",
    "\u0958",
    "\u1100\u1161",
    "\ufeff",
    "\u0315",
    "&#x301;",
    "&#xD800;",
    "\r",
)
mark = st.sampled_from(ACCENTS)
PLACES = (
    "<p>{a}Le pont{b} est ferm{c}.</p>",
    "<p>Le maire<b>{a}</b>{b} a<i>{c}</i> dit oui, et la ville paiera la note.</p>",
    '<p>Un lien <a href="https://a.example/{a}">{b}vers</a>{c} la page.</p>',
    '<div class="fb-post" data-href="https://www.facebook.com/m/posts/{a}le-pont-est-ferme{b}-ete{c}"></div>',
    '<iframe src="https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Ffacebook.com%2Fm%2Fposts%2F1%00{a}"></iframe>',
    '<blockquote class="twitter-tweet"><p>Un{a} pont{b}.</p>— A{c} (@a) <a href="x">3 mai</a></blockquote>',
    '<figure><img src="x"><figcaption>{a}Le pont{b} © Studio{c}</figcaption></figure>',
    '<blockquote class="pullquote">{a}Le pont est ferm{b} depuis hier{c}</blockquote>',
    "<table><tr><td>{a}Un</td><td>{b}deux{c}</td></tr></table>",
    "<ul><li>{a}Un point{b}</li><li>{c}</li></ul>",
)
place = st.builds(lambda form, a, b, c: form.format(a=a, b=b, c=c), st.sampled_from(PLACES), mark, mark, mark)


@relaxed
@given(st.lists(place, max_size=8), mark, mark)
def test_text_behind_a_decomposed_accent_is_where_its_span_says(places: list[str], first: str, second: str) -> None:
    """A paragraph that is known stands behind each place, and its block holds it to the letter."""
    known = [f"Le paragraphe {number} raconte ce que la mairie a voté hier soir." for number in range(len(places))]
    inside = "".join(f"{one}<p>{text}</p>" for one, text in zip(places, known, strict=True))
    head = f"<head><title>Un pont{first}</title><meta property='og:site_name' content='Le{second} Journal'></head>"
    article = read(f"<html>{head}<body><article><h1>Un pont{first} ferme{second}</h1>{inside}</article></body></html>")
    assert article is not None
    blocks = [article.text[block.start : block.end] for block in article.blocks]
    assert [text for text in known if text not in blocks] == []
    assert canonical(article.text) == (article.text, 0)
