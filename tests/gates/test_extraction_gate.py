"""The floors of extraction, on own pages that imitate the markup of different newsrooms.

Beside `data/html/NAME.html` stands `NAME.gold.json`: the metadata, the blocks in order, what is an aside where it is
read at all, the addresses of posts without text, and words that must not appear. `pytest -s` prints the table with
what bare trafilatura reaches on the same pages.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from annotator.langid import Identifier
from annotator.models import Article, Block, Post
from annotator.readers import read
from annotator.readers.decode import decode
from annotator.readers.html import read_html
from annotator.readers.posts import NO_TEXT
from annotator.segmentation import RuleSegmenter
from annotator.settings import Fields

DATA = Path(__file__).parent / "data" / "html"
NAMES = sorted(path.stem for path in DATA.glob("*.html"))
FLOORS = {"paragraphs": 1.0, "posts": 1.0, "quotes": 1.0, "asides": 1.0, "metadata": 1.0}
MOST_NOISE = 0.0
LEAST_PAGES = 40
PLATFORMS = {"X (Twitter)", "Bluesky", "Mastodon", "Facebook", "Instagram", "TikTok", "Threads"}
GOLDEN = "0debef0c1e826ffd"
"""What all pages give, hashed. It may only change together with the version in `readers/html.py` or trafilatura's."""
NASTY = (
    "paywall",
    "tag-bridge",
    "newsletter-on",
    "live-comment",
    "entry-content-read-more",
    "date-outer",
    "share-box",
    "related",
)
WIDGET = re.compile(r"son original|View on")
"""What a platform's widget adds to a post."""
SHARE_RENAMED = 0.5
A_SENTENCE = 20
"""Characters; a shorter line is one that a name may set aside."""
METADATA = ("title", "published", "author", "site", "url", "language")


@dataclass(frozen=True)
class Seen:
    """One reader's view of one page, in the gold's terms."""

    blocks: list[tuple[str, str]]
    asides: list[tuple[str, str]]
    posts: list[Post]
    metadata: dict[str, str]


@cache
def gold(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DATA / f"{name}.gold.json").read_text(encoding="utf-8"))
    return loaded


@cache
def article(name: str) -> Article:
    (outcome,) = read([str(DATA / f"{name}.html")], fields=Fields())
    assert isinstance(outcome, Article), outcome.message
    return outcome


def words(article: Article, block: Block) -> str:
    """Return the block's text; a post's without its byline."""
    inside = [aside for aside in article.asides if block.start <= aside.start < block.end]
    if block.post is None or not inside:
        return article.text[block.start : block.end]
    return (article.text[block.start : inside[0].start] + article.text[inside[0].end : block.end]).strip()


@cache
def ours(name: str) -> Seen:
    read = article(name)
    return Seen(
        blocks=[(block.kind.value, words(read, block)) for block in read.blocks],
        asides=[(aside.reason, read.text[aside.start : aside.end]) for aside in read.asides],
        posts=[block.post for block in read.blocks if block.post],
        metadata={
            "title": read.title,
            "published": read.published,
            "author": read.author,
            "site": read.site,
            "url": read.url,
            "language": read.declared_language,
        },
    )


@cache
def bare(name: str) -> Seen:
    """Return what trafilatura gives by itself: a block for each element of its XML."""
    import trafilatura
    from lxml import etree

    source = (DATA / f"{name}.html").read_bytes()
    xml = trafilatura.extract(source, output_format="xml", include_comments=False)
    main = etree.fromstring(xml or "<doc><main/></doc>").find("main")
    found = trafilatura.extract_metadata(source)
    kinds = {"quote": "quote", "item": "list_item", "p": "paragraph", "head": "paragraph", "cell": "paragraph"}
    leaves = [element for element in main.iter(*kinds) if not any(True for _ in element.iterchildren(*kinds))]
    blocks = [(kinds[element.tag], " ".join("".join(element.itertext()).split())) for element in leaves]
    names = {"title": found.title, "published": found.date, "author": found.author, "site": found.sitename}
    told = names | {"url": found.url, "language": found.language}
    return Seen(blocks, [], [], {key: value or "" for key, value in told.items()})


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def share(hits: int, of: int) -> float:
    return hits / of if of else 1.0


def blocks_found(look: Callable[[str], Seen], *kinds: str) -> float:
    """Return the share of the gold's blocks that are a whole block, of whatever kind for bare trafilatura."""
    hits = total = 0
    for name in NAMES:
        wanted = [(block["kind"], plain(block["text"])) for block in gold(name)["blocks"] if block["kind"] in kinds]
        seen = [(kind, plain(text)) for kind, text in look(name).blocks]
        texts = [text for _, text in seen]
        hits += sum(one in seen if look is ours else one[1] in texts for one in wanted)
        total += len(wanted)
    return share(hits, total)


def noise(look: Callable[[str], Seen]) -> float:
    """Return the share of the characters in blocks that belong to no block of the gold."""
    extra = total = 0
    for name in NAMES:
        wanted = " \n ".join(plain(block["text"]) for block in gold(name)["blocks"])
        for _, text in look(name).blocks:
            total += len(text)
            extra += 0 if plain(text) in wanted else len(text)
    return share(extra, total)


def metadata_right(look: Callable[[str], Seen]) -> float:
    """Return the share of fields that are as the gold says; a date counts by its day."""
    hits = 0
    for name in NAMES:
        for field in METADATA:
            wanted, seen = gold(name)[field], look(name).metadata[field]
            hits += seen[:10] == wanted[:10] if field == "published" else seen == wanted
    return share(hits, len(METADATA) * len(NAMES))


def asides_right() -> float:
    """Return the share of the gold's asides that are one, or not read at all."""
    hits = total = 0
    for name in NAMES:
        seen = ours(name)
        text = " \n ".join(text for _, text in seen.blocks)
        for aside in gold(name)["asides"]:
            total += 1
            hits += (aside["reason"], aside["text"]) in seen.asides or aside["text"] not in text
        for address in gold(name)["no_text"]:
            total += 1
            hits += (NO_TEXT, address) in seen.asides
    return share(hits, total)


def test_gold_is_large_enough_and_has_posts_of_every_platform() -> None:
    blocks = [block for name in NAMES for block in gold(name)["blocks"]]
    assert len(NAMES) >= LEAST_PAGES
    assert {block["post"]["platform"] for block in blocks if "post" in block} == PLATFORMS
    assert {block["kind"] for block in blocks} == {"title", "paragraph", "list_item", "quote", "caption", "post"}


def test_floors_hold(capsys: pytest.CaptureFixture[str]) -> None:
    measured = {
        "paragraphs": blocks_found(ours, "paragraph", "list_item"),
        "posts": blocks_found(ours, "post"),
        "quotes": blocks_found(ours, "quote", "caption"),
        "asides": asides_right(),
        "metadata": metadata_right(ours),
    }
    baseline = {
        "paragraphs": blocks_found(bare, "paragraph", "list_item"),
        "posts": blocks_found(bare, "post"),
        "quotes": blocks_found(bare, "quote", "caption"),
        "asides": 0.0,
        "metadata": metadata_right(bare),
    }
    with capsys.disabled():
        print(f"\nextraction, {len(NAMES)} pages: ours / bare trafilatura (floor)")  # noqa: T201
        for name, value in measured.items():
            print(f"  {name:<11} {value:.3f} / {baseline[name]:.3f} ({FLOORS[name]:.3f})")  # noqa: T201
        print(f"  {'noise':<11} {noise(ours):.3f} / {noise(bare):.3f} (at most {MOST_NOISE:.3f})")  # noqa: T201
    assert {name: value for name, value in measured.items() if value < FLOORS[name]} == {}
    assert noise(ours) <= MOST_NOISE


@pytest.mark.parametrize("name", NAMES)
def test_blocks_stand_in_the_pages_order(name: str) -> None:
    wanted = [(block["kind"], block["text"]) for block in gold(name)["blocks"]]
    assert [block for block in ours(name).blocks if block in wanted] == wanted


@pytest.mark.parametrize("name", NAMES)
def test_posts_know_where_they_come_from(name: str) -> None:
    wanted = [Post(**block["post"]) for block in gold(name)["blocks"] if "post" in block]
    assert ours(name).posts == wanted


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_of_the_article_does_not_appear(name: str) -> None:
    assert [words for words in gold(name)["absent"] if words in article(name).text] == []


@pytest.mark.parametrize("name", NAMES)
def test_title_says_where_it_was_found(name: str) -> None:
    assert article(name).title_origin == gold(name)["title_origin"]


def test_output_changes_only_with_the_version() -> None:
    form = {"schema_version"}
    lines = [article(name).model_copy(update={"source_file": name}).model_dump_json(exclude=form) for name in NAMES]
    assert {article(name).signature for name in NAMES} == {"read html-8/trafilatura-2.3.1"}
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16] == GOLDEN


@pytest.mark.parametrize("name", NAMES)
def test_units_cover_the_page_and_stay_in_their_blocks(name: str) -> None:
    identifier = Identifier(languages=("de", "en", "es", "fr"))
    read = article(name).model_copy(update={"language": identifier.article(article(name).text)})
    segmented = RuleSegmenter().segment(read, identifier)
    assert segmented.blocks == read.blocks
    for unit in segmented.units:
        block = segmented.blocks[unit.block_index]
        assert segmented.text[unit.start : unit.end] == unit.text
        assert block.start <= unit.start < unit.end <= block.end
    covered = sorted(
        [(unit.start, unit.end) for unit in segmented.units] + [(aside.start, aside.end) for aside in segmented.asides]
    )
    assert all(first[1] <= second[0] for first, second in pairwise(covered))
    bare_text = "".join(segmented.text[start:end] for start, end in covered)
    assert "".join(bare_text.split()) == "".join(segmented.text.split())


@cache
def renamed(name: str) -> str:
    """Return a page whose elements got names that say something else than text, as themes have them."""
    from lxml import html

    draw = random.Random(name)  # noqa: S311 - the same names each time
    source, _ = decode((DATA / f"{name}.html").read_bytes())
    root = html.document_fromstring(source)
    for element in root.iter("p", "div", "section", "article", "main", "li", "ul", "blockquote"):
        if draw.random() < SHARE_RENAMED and not element.get("class"):
            element.set("class", draw.choice(NASTY))
    return str(html.tostring(root, encoding="unicode", doctype="<!doctype html>"))


def tokens(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))


@pytest.mark.parametrize("name", NAMES)
def test_what_the_extractor_keeps_is_a_unit_whatever_names_say(name: str) -> None:
    import trafilatura

    kept = tokens(trafilatura.extract(renamed(name), include_comments=False) or "")
    read = read_html(renamed(name), source=name)
    units = tokens(" ".join(words(read, block) for block in read.blocks))
    texts = [tokens(block["text"]) for block in gold(name)["blocks"] if block["kind"] == "paragraph"]
    texts = [text for text in texts if len(text) >= A_SENTENCE]
    assert [text for text in texts if text in kept and text not in units] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_a_page_is_a_block_an_aside_or_counted(name: str) -> None:
    import trafilatura

    read = read_html(renamed(name), source=name)
    seen = tokens(read.text)
    lines = (trafilatura.extract(renamed(name), include_comments=False) or "").splitlines()
    missing = [line for line in map(tokens, lines) if line not in seen and not WIDGET.search(line)]
    assert len(missing) <= read.left_out
