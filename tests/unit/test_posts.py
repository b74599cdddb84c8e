"""Embedded posts: what is found, what is read of it, and what is left alone. Case 6 of the inputs that break others."""

from __future__ import annotations

import pytest

from annotator.models import Article, BlockKind, Post
from annotator.readers.html import read_html
from annotator.readers.posts import NO_TEXT

BEFORE = "Avant le message, la mairie avait annoncé la fermeture du pont de Varonne pour trois semaines."
AFTER = "Après le message, les commerçants du faubourg ont demandé une réunion publique à la mairie."
X, STATUS = "X (Twitter)", "https://twitter.com/villevaronne/status/17"
TWEET = (
    '<blockquote class="twitter-tweet"><p lang="en" dir="ltr">Le pont est fermé. '
    '<a href="https://t.co/a">pic.twitter.com/AbC1</a></p>&mdash; Ville de Varonne (@villevaronne) '
    f'<a href="{STATUS}?ref_src=twsrc">3 mai 2024</a></blockquote>'
)
SPOKEN = "« Nous ne prendrons aucun risque », dit la porte-parole de la mairie de Varonne."


def page(middle: str) -> Article:
    body = f"<p>{BEFORE}</p>{middle}<p>{AFTER}</p>"
    return read_html(f"<html lang='fr'><body><main><h1>Un titre</h1>{body}</main></body></html>", source="p.html")


def shown(article: Article) -> list[tuple[BlockKind, str]]:
    return [(block.kind, article.text[block.start : block.end]) for block in article.blocks if block.kind != "title"]


def only_post(article: Article) -> tuple[Post, str]:
    (block,) = [block for block in article.blocks if block.post]
    assert block.post is not None
    return block.post, article.text[block.start : block.end]


def test_post_in_the_middle_is_one_block_and_an_ordinary_quote_is_none() -> None:
    article = page(f"{TWEET}<blockquote><p>{SPOKEN}</p></blockquote>")
    byline = "— Ville de Varonne (@villevaronne) 3 mai 2024"
    assert shown(article) == [
        (BlockKind.PARAGRAPH, BEFORE),
        (BlockKind.POST, f"Le pont est fermé. pic.twitter.com/AbC1\n{byline}"),
        (BlockKind.QUOTE, SPOKEN),
        (BlockKind.PARAGRAPH, AFTER),
    ]
    post, _ = only_post(article)
    assert post == Post(
        platform=X, author="Ville de Varonne", handle="@villevaronne", date="3 mai 2024", permalink=STATUS
    )
    assert [(aside.reason, article.text[aside.start : aside.end]) for aside in article.asides] == [("byline", byline)]


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param(f"<div class='embed'><div>{TWEET}</div></div>", id="two-wrappers"),
        pytest.param(f"<figure class='wp-block-embed'><div>{TWEET}<script>1</script></div></figure>", id="figure"),
        pytest.param(f"<div class='tweet-consent'><p>Ce contenu est bloqué.</p>{TWEET}</div>", id="consent"),
        pytest.param(f"<p>{TWEET}</p>", id="inside-a-paragraph"),
        pytest.param(f"<center>{TWEET}</center>", id="centred"),
        pytest.param(TWEET.replace("</p>", ""), id="paragraph-not-closed"),
        pytest.param(TWEET.replace("twitter.com/v", "x.com/v"), id="x-address"),
        pytest.param(TWEET.replace("&mdash;", "<br>&mdash;").replace("</p>", ""), id="byline-after-a-break"),
    ],
)
def test_whatever_is_around_a_post_it_is_one_block_in_its_place(wrapped: str) -> None:
    article = page(wrapped)
    assert [kind for kind, _ in shown(article)] == [BlockKind.PARAGRAPH, BlockKind.POST, BlockKind.PARAGRAPH]
    post, text = only_post(article)
    assert (post.handle, post.date) == ("@villevaronne", "3 mai 2024")
    assert text.startswith("Le pont est fermé. pic.twitter.com/AbC1")
    assert "bloqué" not in article.text


def test_caption_beside_a_post_is_not_swallowed() -> None:
    caption = "Le message publié mardi par la ville de Varonne."
    article = page(f"<figure><div>{TWEET}</div><figcaption>{caption}</figcaption></figure>")
    assert (BlockKind.CAPTION, caption) in shown(article)


@pytest.mark.parametrize(
    ("widget", "platform", "permalink"),
    [
        pytest.param('<div data-tweet-id="42"></div>', X, "https://twitter.com/i/status/42", id="x-number"),
        pytest.param(
            '<iframe src="https://platform.twitter.com/embed/Tweet.html?id=43"></iframe>',
            X,
            "https://twitter.com/i/status/43",
            id="x-frame",
        ),
        pytest.param(
            f'<blockquote class="twitter-tweet"><a href="{STATUS}"></a></blockquote>', X, STATUS, id="x-link-only"
        ),
        pytest.param(
            '<blockquote class="bluesky-embed" data-bluesky-uri="at://did:plc:a1/app.bsky.feed.post/3k"></blockquote>',
            "Bluesky",
            "https://bsky.app/profile/did:plc:a1/post/3k",
            id="bluesky",
        ),
        pytest.param(
            '<iframe class="mastodon-embed" src="https://social.example/@ville/99/embed"></iframe>',
            "Mastodon",
            "https://social.example/@ville/99",
            id="mastodon-frame",
        ),
        pytest.param(
            '<div class="fb-post" data-href="https://www.facebook.com/ville/posts/7"></div>',
            "Facebook",
            "https://www.facebook.com/ville/posts/7",
            id="facebook",
        ),
        pytest.param(
            '<iframe src="https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fv%2Fposts%2F8"></iframe>',
            "Facebook",
            "https://www.facebook.com/v/posts/8",
            id="facebook-frame",
        ),
        pytest.param(
            '<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/Cx/?utm_source=a">'
            '<a href="https://www.instagram.com/p/Cx/">Voir cette publication sur Instagram</a></blockquote>',
            "Instagram",
            "https://www.instagram.com/p/Cx/",
            id="instagram",
        ),
    ],
)
def test_post_without_text_is_counted_and_set_aside(widget: str, platform: str, permalink: str) -> None:
    article = page(widget)
    assert [(aside.reason, article.text[aside.start : aside.end]) for aside in article.asides] == [(NO_TEXT, permalink)]
    assert article.notes == (f"1 embedded post(s) of {platform} without text",)
    assert [text for _, text in shown(article)] == [BEFORE, AFTER]


TIKTOK = "https://www.tiktok.com/@ville.varonne/video/7123456789012345678"
THREADS = "https://www.threads.net/@villevaronne/post/CuW6-7KyXme"
TOOT = "https://social.example/@ville/113148085886498412"


@pytest.mark.parametrize(
    ("widget", "platform", "handle", "permalink", "text"),
    [
        pytest.param(
            f'<blockquote class="tiktok-embed" cite="{TIKTOK}"><section><a href="#">@ville.varonne</a><p>Le pont est '
            'fermé <a href="#">#pont</a></p><a href="#">♬ son original</a></section></blockquote>',
            "TikTok", "@ville.varonne", TIKTOK, "@ville.varonne\nLe pont est fermé #pont", id="tiktok",
        ),
        pytest.param(
            f'<blockquote class="tiktok-embed" cite="{TIKTOK}"><section><a>@ville.varonne</a> Le pont est fermé '
            "<a>♬ son original - Ville</a></section></blockquote>",
            "TikTok", "@ville.varonne", TIKTOK, "@ville.varonne\nLe pont est fermé", id="tiktok-in-one-line",
        ),
        pytest.param(
            f'<blockquote class="text-post-media" data-text-post-permalink="{THREADS}"><p>Le pont est fermé.</p>'
            f'<a href="{THREADS}"><div>Post by @villevaronne</div><div>View on Threads</div></a></blockquote>',
            "Threads", "@villevaronne", THREADS, "Le pont est fermé.\nPost by @villevaronne", id="threads",
        ),
        pytest.param(
            f'<blockquote class="mastodon-embed" data-embed-url="{TOOT}/embed"><p>Le pont est fermé.</p>'
            f'<a href="{TOOT}"><div>Post by @ville@a.example</div><div>View on Mastodon</div></a></blockquote>',
            "Mastodon", "@ville@a.example", TOOT, "Le pont est fermé.\nPost by @ville@a.example", id="mastodon",
        ),
    ],
)  # fmt: skip
def test_newer_platforms_embeds_are_posts(widget: str, platform: str, handle: str, permalink: str, text: str) -> None:
    article = page(widget)
    post, shown_text = only_post(article)
    assert (post.platform, post.handle, post.permalink, shown_text) == (platform, handle, permalink, text)
    assert [kind for kind, _ in shown(article)] == [BlockKind.PARAGRAPH, BlockKind.POST, BlockKind.PARAGRAPH]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Tweet may have been deleted", id="deleted"),
        pytest.param("Ce message n’est plus disponible.", id="french"),
        pytest.param("Dieser Beitrag ist nicht mehr verfügbar", id="german"),
        pytest.param(f'<a href="{STATUS}">Voir le message</a>', id="words-of-the-link"),
    ],
)
def test_words_in_a_posts_place_are_not_its_text(words: str) -> None:
    article = page(f'<blockquote class="twitter-tweet"><p>{words}</p><a href="{STATUS}"></a></blockquote>')
    assert [(aside.reason, article.text[aside.start : aside.end]) for aside in article.asides] == [(NO_TEXT, STATUS)]
    assert [text for _, text in shown(article)] == [BEFORE, AFTER]


PHOTO = '<div><a href="https://www.instagram.com/p/Ab12Cd/">Photo</a></div>'


@pytest.mark.parametrize(
    "box",
    [
        pytest.param(f'<div class="box box-instagram"><h3>{SPOKEN}</h3>{PHOTO}</div>', id="heading"),
        pytest.param(f'<div class="box-instagram"><p>{SPOKEN}</p>{PHOTO}<i>Instagram: @ville</i></div>', id="source"),
        pytest.param(f'<div class="instagram-media"><p>{SPOKEN}</p>{PHOTO}</div>', id="name-of-the-platforms-own"),
        pytest.param(f'<div class="tweet-embed"><h4>{SPOKEN}</h4>{TWEET}</div>', id="around-a-post"),
    ],
)
def test_text_in_a_box_named_like_a_platform_stays_the_articles(box: str) -> None:
    assert SPOKEN in [text for kind, text in shown(page(box)) if kind is not BlockKind.POST]


@pytest.mark.parametrize(
    ("byline", "author", "handle", "date"),
    [
        pytest.param(
            "Publiée par <a>Ville de Varonne</a> sur&nbsp;<a>Lundi 6 mai 2024</a>",
            "Ville de Varonne", "", "Lundi 6 mai 2024", id="french",
        ),
        pytest.param("Posted by City Desk on Monday, May 6, 2024", "City Desk", "", "Monday, May 6, 2024", id="en"),
        pytest.param("Gepostet von Stadt Moor am Montag, 6. Mai", "Stadt Moor", "", "Montag, 6. Mai", id="german"),
        pytest.param("Publicado por Villarmonte en 6 de mayo", "Villarmonte", "", "6 de mayo", id="spanish"),
    ],
)  # fmt: skip
def test_facebook_byline_is_read_in_each_language(byline: str, author: str, handle: str, date: str) -> None:
    address = "https://www.facebook.com/ville/posts/7"
    widget = (
        f'<div class="fb-post" data-href="{address}"><blockquote><p>Le pont est fermé.</p>{byline}</blockquote></div>'
    )
    post, _ = only_post(page(widget))
    assert post == Post(platform="Facebook", author=author, handle=handle, date=date, permalink=address)


def test_words_that_only_sound_like_a_byline_stay_in_the_post() -> None:
    text = "Tout est dans le rapport publié par la chambre et dans le message de la mairie"
    post, shown_text = only_post(
        page(f'<div class="fb-post" data-href="https://www.facebook.com/v/posts/7"><p>{text}</p></div>')
    )
    assert (shown_text, post.author) == (text, "")


def test_link_to_another_post_is_not_the_permalink() -> None:
    other = '<a href="https://twitter.com/other/status/1">twitter.com/other/status/1</a>'
    post, text = only_post(page(TWEET.replace("Le pont est fermé.", f"Le pont est fermé. {other}")))
    assert post.permalink == STATUS
    assert "twitter.com/other" in text


def test_posts_in_a_row_stay_apart() -> None:
    article = page(f"<div class='tweets-embed'>{TWEET}{TWEET}</div>")
    assert [kind for kind, _ in shown(article)].count(BlockKind.POST) == 2


@pytest.mark.parametrize(
    "element",
    [
        pytest.param('<div class="twitter-share"><a href="https://twitter.com/share">Tweeter</a></div>', id="share"),
        pytest.param(f'<p>La ville l’a <a href="{STATUS}">écrit mardi</a> à ses habitants.</p>', id="link"),
        pytest.param('<div class="facebook"><a href="https://www.facebook.com/ville">Page</a></div>', id="page"),
        pytest.param(
            '<div class="fb-page" data-href="https://www.facebook.com/ville"><blockquote class="fb-xfbml-parse-ignore" '
            'cite="https://www.facebook.com/ville"><a href="https://www.facebook.com/ville">Ville</a></blockquote></div>',
            id="page-plugin",
        ),
        pytest.param('<a class="twitter-timeline" href="https://twitter.com/ville">Messages</a>', id="timeline"),
        pytest.param(f"<blockquote class='instagram-media'><p>{SPOKEN}</p></blockquote>", id="no-address"),
        pytest.param(f"<blockquote class='citation'><p>{SPOKEN}</p></blockquote>", id="quote"),
    ],
)  # fmt: skip
def test_what_only_names_a_platform_is_no_post(element: str) -> None:
    article = page(element)
    assert not [block for block in article.blocks if block.post]
    assert article.notes == ()
