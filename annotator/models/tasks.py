"""A suggested label, and the task that people see in Label Studio."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from annotator.labels import Label
from annotator.models.articles import BlockKind, UnitKind
from annotator.models.values import SCHEMA_VERSION, Codes, Number, Offset, OwnFields, Share, Value, Version


class Cue(Value):
    """Words of the unit that led to a suggestion."""

    start: Offset = Field(description="First code point in the unit's text.")
    end: Offset = Field(description="One past its last code point.")
    name: str = Field(description="Name of the rule that fired.")
    text: str = Field(description="The words themselves.")


class Prediction(Value):
    """A suggested label, or none below the threshold. A line of predictions.jsonl."""

    unit_id: str = Field(description="The unit it is about.")
    label: Label | None = Field(default=None, description="The suggested label; none below the threshold.")
    score: Share | None = Field(
        default=None, description="How sure the predictor is, between 0 and 1; none without a label."
    )
    model_version: str = Field(description="The predictor and its version.")
    cues: tuple[Cue, ...] = Field(default=(), description="The words that led to it.")


class TaskData(Value):
    """What Label Studio shows and stores for one unit. No value is null: an empty string, or an empty list, instead.

    The form's `$variables` are names of these fields; their order is the order of the columns in its task list.
    """

    unit_id: str = Field(description="Key of the unit.")
    article_id: str = Field(description="Key of its article.")
    article_title: str = Field(description="Title of the article.")
    article_title_translated: str = Field(description="The same, translated.")
    source_line: str = Field(description="One plain line: site, date, address.")
    site: str = Field(
        default="", description="The site's name, else the host of the address. Not in lines of version 1."
    )
    url: str = Field(default="", description="Address of the article. Not in lines of version 1, as the next four.")
    published: str = Field(
        default="",
        description="Date of the article, ISO 8601 where it can be told, partial where it is; else as given.",
    )
    author: str = Field(default="", description="Who wrote the article, as the source gives it.")
    section: str = Field(default="", description="Section or desk of the paper, as the source gives it.")
    article_language: str = Field(default="", description="Language of the whole article, a BCP 47 tag or und.")
    position: Offset = Field(description="Reading order in the article, from 0.")
    kind: UnitKind = Field(description="What the unit is.")
    block: BlockKind = Field(description="What its block is.")
    start: Offset = Field(description="First code point of the unit in the article's text.")
    end: Offset = Field(description="One past its last code point.")
    source_text: str = Field(description="The unit's words: what is labelled.")
    source_lang: str = Field(description="Language of the unit, a BCP 47 tag.")
    source_lang_confidence: Share | Literal[""] = Field(description="Between 0 and 1; empty where nobody measured it.")
    target_lang: str = Field(description="Language of the translation.")
    translated_text: str = Field(description="The translation; empty where there is none.")
    translation_engine: str = Field(description="What translated it.")
    translation_warnings: str = Field(description="One plain line for people: what was expected and found.")
    translation_warning_codes: Codes = Field(
        default=(), description="Of the same warnings: number_mismatch, lost_name, ... Not in lines of version 1."
    )
    before: str = Field(description="The unit before, in the original.")
    before_translated: str = Field(description="The unit before, translated.")
    after: str = Field(description="The unit after, in the original.")
    after_translated: str = Field(description="The unit after, translated.")
    post: str = Field(description="One plain line: platform, author, handle, date, address.")
    suggested_label: Literal[""] | Label = Field(description="The suggested label; empty where nothing is suggested.")
    suggested_score: Share | Literal[""] = Field(
        description="How sure the predictor is; empty where nothing is suggested."
    )
    suggestion_reasons: str = Field(description="One plain line for people: the words that led to the suggestion.")
    signature: str = Field(description="Steps that made the task, and their versions.")
    source: OwnFields = Field(
        default_factory=dict,
        description="Other fields of the article's row, as they are there, but for long ones.",
    )


class ShownTaskData(TaskData):
    """What a task has beside, for the screen alone: no annotation, record or dataset holds it."""

    article_units: Number = Field(default=0, description="How many units the article has; 0 in older lines.")
    paragraph_before: str = Field(default="", description="What stands before the unit in its block.")
    paragraph_before_translated: str = Field(default="", description="The same, translated.")
    paragraph_after: str = Field(default="", description="What stands after the unit in its block.")
    paragraph_after_translated: str = Field(default="", description="The same, translated.")


SHOWN_BY_PUSH = (
    "shown_place",
    "shown_head",
    "shown_paragraph",
    "shown_article",
    "shown_warnings",
    "shown_suggestion",
    "shown_votes",
)
"""Names of fields that a push adds: HTML in the language of the interface."""
DISPLAY_FIELDS = frozenset(SHOWN_BY_PUSH) | (ShownTaskData.model_fields.keys() - TaskData.model_fields.keys())
"""Names of all fields that are for the screen alone and are dropped on the way back."""


class ChoicesValue(Value):
    """The value of a `Choices` item in Label Studio's result list."""

    choices: tuple[str, ...] = Field(description="The chosen values.")


class ChoicesResult(Value):
    """One `Choices` item of Label Studio's result list."""

    id: str = Field(default="claim", description="Id of the item, unique in its result list.")
    from_name: str = Field(default="claim", description="Name of the control.")
    to_name: str = Field(default="unit", description="Name of the object that the control belongs to.")
    type: Literal["choices"] = Field(default="choices", description="Kind of the item.")
    value: ChoicesValue = Field(description="What was chosen.")


class TaskPrediction(Value):
    """A suggestion in Label Studio's form."""

    model_version: str = Field(description="The predictor and its version.")
    score: Share = Field(description="How sure it is, between 0 and 1.")
    result: tuple[ChoicesResult, ...] = Field(description="Label Studio's result list.")


class Sample(Value):
    """How a unit came into a sample: with which chance, and out of how many. Weight estimates with 1 / probability."""

    probability: Share = Field(description="The chance that the unit had of being drawn: drawn / of.")
    drawn: Number = Field(description="How many units (of whole articles: articles) of the stratum were drawn.")
    of: Number = Field(description="How many the stratum has.")
    stratum: str = Field(default="", description="'source_lang=fr, site=Le Monde'; empty where nothing was told apart.")
    where: str = Field(default="", description="The condition that every unit of the sampled whole fulfils.")
    seed: Number = Field(description="Of the draw: the same seed draws the same units.")
    by: tuple[str, ...] = Field(default=(), description="The fields whose values make the strata.")
    whole_articles: bool = Field(default=False, description="Whether articles were drawn, with all of their units.")


class Gold(Value):
    """The answer to a unit that is known beforehand, by which people who label can be measured."""

    label: Label | Literal["not a unit"] = Field(description="The known answer.")
    reason: str = Field(default="", description="Why it is this one, in a sentence.")


class Quote(Value):
    """Where the unit stands, in the article's own signs: prefix + exact + suffix stands in its text once."""

    prefix: str = Field(default="", description="What stands immediately before the unit, white space included.")
    exact: str = Field(
        default="", description="The unit where source_text shows a blank instead of its line end; else empty."
    )
    suffix: str = Field(default="", description="What stands immediately behind it.")


class TaskMeta(Value):
    """The small part of a task that a listing of ids asks for.

    A push adds `content`, the digest of what the task shows, `sample`, how the unit came into a sample, and `gold`,
    the known answer of a unit that is there to measure people.
    """

    unit_id: str = Field(description="Key of the unit.")
    schema_version: Version = Field(default=SCHEMA_VERSION, description="Version of this form of line.")
    revision: str = Field(description="Revision of the article.")
    quote: Quote | None = Field(default=None, description="The unit among its neighbours. Not in lines of version 1.")


class Task(Value):
    """Unit + language + translation + suggestion + context, in Label Studio's form. A line of tasks.jsonl."""

    data: ShownTaskData = Field(description="What is shown and stored.")
    meta: TaskMeta = Field(description="What a listing of ids asks for.")
    predictions: tuple[TaskPrediction, ...] = Field(
        default=(), description="The suggestion, where it is to be selected beforehand."
    )
