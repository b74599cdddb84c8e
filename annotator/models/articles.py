"""An article, and what is found in it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, JsonValue

from annotator.models.values import SCHEMA_VERSION, Offset, Share, Value, Version


class BlockKind(StrEnum):
    """What a block of the article is."""

    TITLE = "title"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    CAPTION = "caption"
    POST = "post"


class UnitKind(StrEnum):
    """What a claim unit is. A post is cut into sentences like any block."""

    TITLE = "title"
    SENTENCE = "sentence"
    CLAUSE = "clause"
    LIST_ITEM = "list_item"
    CAPTION = "caption"


class Post(Value):
    """What is known of an embedded social post; an empty string where the article does not say."""

    platform: str = Field(default="", description="The platform's name: X, Facebook, Mastodon, ...")
    author: str = Field(default="", description="Name of the account, as the article shows it.")
    handle: str = Field(default="", description="With its @.")
    date: str = Field(default="", description="As the article gives it.")
    permalink: str = Field(default="", description="Address of the post itself.")


class Block(Value):
    """A stretch of the article that is cut into units by itself."""

    kind: BlockKind = Field(description="What the block is.")
    start: Offset = Field(description="First code point of the block in the article's text.")
    end: Offset = Field(description="One past its last code point.")
    post: Post | None = Field(default=None, description="What is known of the post; none for other blocks.")


class Aside(Value):
    """A stretch of the article's text that is not a unit, with its reason."""

    start: Offset = Field(description="First code point in the article's text.")
    end: Offset = Field(description="One past its last code point.")
    reason: str = Field(description="metadata head, byline, credit, read also, repeated pull quote, ...")


class Language(Value):
    """An identified language: a BCP 47 tag, or `und` when there is too little text to tell."""

    tag: str = Field(description="BCP 47 tag, or und.")
    confidence: Share = Field(default=0.0, description="Between 0 and 1.")
    runner_up: str = Field(default="", description="The tag that came second; empty where none did.")


UND = Language(tag="und")


class Unit(Value):
    """One claim unit. `article.text[start:end] == text` always."""

    unit_id: str = Field(
        description="The article's id, a colon, and the unit's own part: the same on every run over the same text."
    )
    position: Offset = Field(description="Reading order in the article, from 0.")
    kind: UnitKind = Field(description="What the unit is.")
    block: BlockKind = Field(description="What its block is.")
    block_index: Offset = Field(description="Index of its block in the article's blocks.")
    start: Offset = Field(description="First code point in the article's text.")
    end: Offset = Field(description="One past its last code point.")
    text: str = Field(description="The unit's words, exactly as in the article's text.")
    language: Language = Field(description="The unit's own language, which may differ from the article's.")
    attribution_unit: str = Field(
        default="", description="The unit_id of the unit that names this one's speaker, where that is another one."
    )


class Article(Value):
    """One article: its canonical text and everything found in it. A line of articles.jsonl."""

    schema_version: Version = Field(default=SCHEMA_VERSION, description="Version of this form of line.")
    article_id: str = Field(description="The article's key: given by its row, else made of its text.")
    revision: str = Field(description="First 16 hex digits of the SHA-256 of the canonical text.")
    text: str = Field(description="The canonical text, on which every offset counts.")
    title: str = Field(default="", description="The title, or nothing.")
    title_origin: Literal["", "text", "metadata"] = Field(
        default="", description="Whether the title stands in the text or came with it; empty without a title."
    )
    url: str = Field(default="", description="Address of the article.")
    site: str = Field(default="", description="Name of the site or the paper.")
    author: str = Field(default="", description="Who wrote it, as the source gives it.")
    published: str = Field(
        default="",
        description="ISO 8601 where the date can be told, and partial where it is (2025-01); else as given.",
    )
    section: str = Field(default="", description="Section or desk of the paper, as the source gives it.")
    declared_language: str = Field(default="", description="Language that the source declares, as given.")
    language: Language = Field(default=UND, description="Identified language of the whole article.")
    source_file: str = Field(default="", description="The file it was read from.")
    source: dict[str, JsonValue] = Field(
        default_factory=dict, description="Fields of its row that no setting names, as they are there."
    )
    rights: str = Field(default="", description="Who may do what with the text, as its publisher says.")
    retention: str = Field(default="", description="As given: how much of the text a dataset may hold.")
    notes: tuple[str, ...] = Field(default=(), description="What reading had to guess or change.")
    blocks: tuple[Block, ...] = Field(
        default=(), description="Stretches of the text that are cut into units, in reading order."
    )
    asides: tuple[Aside, ...] = Field(
        default=(), description="Stretches of the text that are no units, with their reasons."
    )
    left_out: int = Field(
        default=0,
        description="How many lines and paragraphs of a page are neither block nor aside: menus, teasers, footers.",
    )
    units: tuple[Unit, ...] = Field(default=(), description="The claim units, in reading order.")
    signature: str = Field(default="", description="Steps so far and their versions.")
