"""A translation, and why one may doubt it."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import Field

from annotator.models.values import Value


class TranslationWarning(Value):
    """A reason to doubt a translation."""

    code: str = Field(description="no_engine, untranslated, repetition, number_mismatch, ...")
    detail: str = Field(default="", description="One plain line for people: what was expected and found.")


class Translation(Value):
    """A unit's translation, a machine's or one from a memory. A line of translations.jsonl."""

    unit_id: str = Field(default="", description="Empty while a translator works; the pipeline fills it in.")
    text: str = Field(description="The translated text.")
    source: str = Field(description="Language of the unit, a BCP 47 tag.")
    target: str = Field(description="Language of the translation, a BCP 47 tag.")
    engine: str = Field(
        description="'argos fr_en-1.9', 'apertium fr-es+spa-eng', 'memory:desk', 'same-language' or 'none'."
    )
    model: str = Field(default="", description="Digest of the model's files; empty where there is none.")
    via: str = Field(default="", description="The pivot language of a chain.")
    second_try: str = Field(
        default="", description="What was done differently where the first translation was doubtful and this one less."
    )
    options: str = Field(
        default="",
        description="What else decided it and is not the default: 'beam 2', 'cuda float16', 'glossary x:3fa2'.",
    )
    warnings: tuple[TranslationWarning, ...] = Field(default=(), description="Reasons to doubt it.")


class TranslationEntry(NamedTuple):
    """A text and its translation as a file of the user gives them: in a translation memory, or a glossary's term.

    A tuple and no `Value`: a memory has a million of them, and is no file of ours.
    """

    source: str
    """Language of the text, `fr`; empty where the file does not say."""
    target: str
    text: str
    translation: str
    line: int
