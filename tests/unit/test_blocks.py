"""Blocks of plain text: paragraphs, list items, the title, and posts that only their last words tell."""

from __future__ import annotations

import pytest

from annotator.langid import Identifier
from annotator.models import Article, Aside, Block, BlockKind, Language
from annotator.segmentation import RuleSegmenter
from annotator.segmentation.blocks import plain_blocks

PROSE = "Le maire a présenté son budget lundi soir. Les écoles recevront davantage de moyens."
AFTER = "La phrase a fait le tour de la ville avant midi."
IDENTIFIER = Identifier()


def article_of(text: str, **fields: object) -> Article:
    known = {"article_id": "a", "revision": "r", "language": Language(tag="fr", confidence=1.0)}
    return Article.model_validate({**known, "text": text, **fields})


def segmented(text: str, **fields: object) -> Article:
    return RuleSegmenter().segment(article_of(text, **fields), IDENTIFIER)


def kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind.value, text[block.start : block.end]) for block in plain_blocks(text, 0, len(text))]


def posts(article: Article) -> list[str]:
    return [article.text[block.start : block.end] for block in article.blocks if block.kind is BlockKind.POST]


def test_blank_line_separates_and_a_wrapped_line_does_not() -> None:
    assert kinds("Un pont\nfermé.\n \n\nUn autre.") == [("paragraph", "Un pont\nfermé."), ("paragraph", "Un autre.")]


@pytest.mark.parametrize("sign", ["-", "•", "*", "▪", "►", "1.", "1/", "2)", "1/3", "a)", "1️⃣"])
def test_sign_at_the_start_of_a_line_opens_a_list_item(sign: str) -> None:
    assert kinds(f"On sait :\n{sign} le prix ;") == [("paragraph", "On sait :"), ("list_item", f"{sign} le prix ;")]


def test_dialogue_dash_opens_a_paragraph() -> None:
    assert [kind for kind, _ in kinds("— Vous étiez là ?\n— Non.")] == ["paragraph", "paragraph"]


def test_dash_before_an_item_opens_a_list_item() -> None:
    assert [kind for kind, _ in kinds("On sait :\n– le prix ;\n– la date.")] == ["paragraph", "list_item", "list_item"]


@pytest.mark.parametrize("text", ["Das Amt schließt am\n3. Oktober um zwölf.", "Il a perdu environ\n1/3 de ses eaux."])
def test_number_out_of_turn_in_a_wrapped_line_opens_nothing(text: str) -> None:
    assert len(kinds(text)) == 1


def test_thread_goes_on_without_final_marks() -> None:
    assert len(kinds("1/3 Le pont est fermé\n2/3 La ville paie\n3/3 Voilà")) == 3


def test_wrapped_item_stays_one_block() -> None:
    assert kinds("- le prix,\nqui monte") == [("list_item", "- le prix,\nqui monte")]


def test_short_first_line_is_the_title() -> None:
    article = segmented(f"Un pont sans fin\n\n{PROSE}")
    assert (article.title, article.title_origin) == ("Un pont sans fin", "text")
    assert (article.units[0].kind, article.units[0].block) == ("title", "title")


@pytest.mark.parametrize(
    "text",
    [
        f"Le pont est fermé.\n\n{PROSE}",
        "Un pont sans fin",
        f"Un pont sans fin\n{PROSE}",
        f"- un pont\n\n{PROSE}",
        f"Mairie (@mairie)\n\n{PROSE}",
        f"{'Un pont ' * 30}\n\n{PROSE}",
        "Nobody closed it\n\npic.twitter.com/Ab1",
    ],
    ids=["full stop", "alone", "no blank line", "item", "handle", "long", "post"],
)
def test_other_first_lines_are_no_title(text: str) -> None:
    article = segmented(text)
    assert (article.title, article.blocks[0].kind is BlockKind.TITLE) == ("", False)


@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_known_title_repeated_in_the_text_is_one_unit(gap: str) -> None:
    article = segmented(f"Qui paiera le pont ?{gap}{PROSE}", title="Qui paiera le pont ?", title_origin="text")
    assert [unit.kind.value for unit in article.units] == ["title", "sentence", "sentence"]


def test_given_title_block_keeps_the_next_line_a_paragraph() -> None:
    title = Block(kind=BlockKind.TITLE, start=0, end=16)
    article = segmented(f"Un pont sans fin\n\nUn second titre\n\n{PROSE}", title="Un pont sans fin", blocks=(title,))
    assert [block.kind.value for block in article.blocks] == ["title", "paragraph", "paragraph"]


def test_given_blocks_and_asides_stay_and_the_rest_is_read_as_text() -> None:
    text = f"date 2025-01 {PROSE}\n\nUne citation.\n\n{AFTER}"
    quote = Block(kind=BlockKind.QUOTE, start=text.index("Une"), end=text.index("Une") + 13)
    head = Aside(start=0, end=12, reason="metadata head")
    article = segmented(text, blocks=(quote,), asides=(head,))
    assert [block.kind.value for block in article.blocks] == ["paragraph", "quote", "paragraph"]
    assert quote in article.blocks
    assert article.asides == (head,)
    assert article.units[0].start == 13


@pytest.mark.parametrize(
    ("text", "reason"),
    [("***", "separator"), ("— — —", "separator"), ("https://example.org/a", "link or tag"), ("@a #b", "link or tag")],
)
def test_paragraph_without_words_is_an_aside(text: str, reason: str) -> None:
    article = segmented(f"{PROSE}\n\n{text}")
    assert [(aside.reason, article.text[aside.start : aside.end]) for aside in article.asides] == [(reason, text)]


@pytest.mark.parametrize("text", ["12 345 €", "😂😂😂"])
def test_unit_without_a_language_is_kept(text: str) -> None:
    unit = segmented(f"{PROSE}\n\n{text}").units[-1]
    assert (unit.text, unit.language.tag) == (text, "und")


def test_foreign_paragraphs_before_a_picture_address_are_one_post() -> None:
    post = "Nobody ever closed that bridge.\n\n\n\nThe town says it stays open for good pic.twitter.com/Ab1"
    article = segmented(f"{PROSE}\n\n{post}\n\n{AFTER}")
    assert posts(article) == [post]
    assert [unit.language.tag for unit in article.units] == ["fr", "fr", "en", "en", "fr"]
    assert [unit.block.value for unit in article.units[2:4]] == ["post", "post"]


@pytest.mark.parametrize("tail", ["pic.twitter.com/Ab1", "pic.x.com/Ab1", "https://t.co/Ab1"])
def test_every_tail_makes_a_post(tail: str) -> None:
    assert len(posts(segmented(f"{PROSE}\n\nNobody ever closed that bridge. {tail}"))) == 1


def test_picture_address_in_a_paragraph_of_its_own_belongs_to_the_post_above() -> None:
    post = "Nobody ever closed that bridge\n\npic.twitter.com/Ab1"
    article = segmented(f"{PROSE}\n\n{post}\n\n{AFTER}")
    assert posts(article) == [post]
    assert [aside.reason for aside in article.asides] == ["link or tag"]


def test_handle_line_begins_a_post_in_the_article_s_own_language() -> None:
    post = "Mairie de Lorge (@mairielorge)\n\nLe pont reste ouvert.\n\nIl ne fermera pas. https://t.co/Ab1"
    article = segmented(f"{PROSE}\n\n{post}\n\n{AFTER}")
    assert posts(article) == [post]
    assert [aside.reason for aside in article.asides] == ["byline"]
    found = article.blocks[1].post
    assert found is not None
    assert (found.platform, found.author, found.handle) == ("X (Twitter)", "Mairie de Lorge", "@mairielorge")


@pytest.mark.parametrize(
    ("byline", "date"),
    [
        ("— Lorge Town (@lorge) January 27, 2025", "January 27, 2025"),
        ("– Lorge Town (@lorge) 27 janvier 2025", "27 janvier 2025"),
        ("— Lorge Town (@lorge) 10:30 AM · Jan 27, 2025", "10:30 AM · Jan 27, 2025"),
        ("— Lorge Town (@lorge)", ""),
    ],
)
def test_signature_under_a_post_is_its_byline(byline: str, date: str) -> None:
    article = segmented(f"{PROSE}\n\nNobody ever closed that bridge. pic.twitter.com/Ab1\n\n{byline}\n\n{AFTER}")
    found = article.blocks[1].post
    assert found is not None
    assert (found.author, found.handle, found.date) == ("Lorge Town", "@lorge", date)
    assert [article.text[aside.start : aside.end] for aside in article.asides] == [byline]


def test_signature_with_a_date_makes_a_post_without_a_tail() -> None:
    article = segmented(f"{PROSE}\n\nNobody ever closed it. — Lorge Town (@lorge) January 27, 2025\n\n{AFTER}")
    assert len(posts(article)) == 1
    assert article.units[2].text == "Nobody ever closed it."


@pytest.mark.parametrize(
    "post",
    [
        "Bus Orvane @BusOrvane\nLe dépôt reste fermé.\n17:05 · 3 mars 2025",
        "Bus Orvane\n@BusOrvane\nLe dépôt reste fermé.\n17:05 · 3 mars 2025 · 1,2 k vues",
        "Bus Orvane (@BusOrvane)\n\nLe dépôt reste fermé.\n\n17:05 · 3 mars 2025",
    ],
)
def test_handle_line_text_and_time_line_are_one_post(post: str) -> None:
    article = segmented(f"{PROSE}\n\n{post}\n\n{AFTER}")
    (block,) = [block for block in article.blocks if block.post]
    assert block.post is not None
    assert (block.post.author, block.post.handle) == ("Bus Orvane", "@BusOrvane")
    assert block.post.date == "17:05 · 3 mars 2025"
    assert [unit.text for unit in article.units if unit.block is BlockKind.POST] == ["Le dépôt reste fermé."]


@pytest.mark.parametrize("answer", ["17:05", "3 mars 2025", "17:05 · 3 mars 2025"])
def test_date_or_hour_without_a_handle_above_is_a_unit(answer: str) -> None:
    article = segmented(f"{PROSE}\n\nQuand ?\n\n{answer}\n\n{AFTER}")
    assert answer in [unit.text for unit in article.units]
    assert not [block for block in article.blocks if block.post]


def test_handle_over_the_text_of_a_post_is_its_byline() -> None:
    article = segmented(f"{PROSE}\n\n@lorge\nNobody ever closed that bridge. https://t.co/Ab1\n\n{AFTER}")
    assert article.units[2].text == "Nobody ever closed that bridge. https://t.co/Ab1"
    assert [article.text[aside.start : aside.end] for aside in article.asides] == ["@lorge"]


def test_own_language_post_is_its_paragraph_only() -> None:
    article = segmented(f"{PROSE}\n\nLe pont reste ouvert. pic.twitter.com/Ab1\n\n{AFTER}")
    assert posts(article) == ["Le pont reste ouvert. pic.twitter.com/Ab1"]


@pytest.mark.parametrize(
    "text",
    [
        f"{PROSE} « We will never close this bridge, whatever it costs us », a dit la ministre. {AFTER}",
        f"{PROSE}\n\n“We will never close this bridge, whatever it costs us.”\n\n{AFTER}",
        f"{PROSE}\n\nLa vidéo est ici : https://example.org/video\n\n{AFTER}",
        f"{PROSE}\n\n@lorge a démenti le 3 mars 2025.\n\n{AFTER}",
    ],
    ids=["quotation in prose", "quoted paragraph", "other link", "handle as subject"],
)
def test_no_post_without_tail_or_signature(text: str) -> None:
    assert posts(segmented(text)) == []


def test_prose_before_a_foreign_post_is_not_swallowed() -> None:
    article = segmented(f"{PROSE}\n\nLe compte de la ville a réagi.\n\nNobody ever closed it. pic.twitter.com/Ab1")
    assert posts(article) == ["Nobody ever closed it. pic.twitter.com/Ab1"]


def test_two_posts_in_a_row_stay_two() -> None:
    first, second = "Nobody ever closed it. pic.twitter.com/Ab1", "The town said so itself. https://t.co/Cd2"
    assert posts(segmented(f"{PROSE}\n\n{first}\n\n{second}")) == [first, second]


def test_post_reaches_back_no_further_than_a_few_paragraphs() -> None:
    long = "\n\n".join(["Nobody ever closed that old bridge in the town."] * 12)
    [post] = posts(segmented(f"{PROSE}\n\n{long} pic.twitter.com/Ab1"))
    assert post.count("\n\n") == 6
