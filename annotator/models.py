"""The frozen values that flow through the tool. Every file line is one of these, and `schemas/` is made from them.

Spans are half-open and count Unicode code points, exactly Python's `text[start:end]`. Unknown fields of a newer
version are kept, never dropped. A constructor call with an unknown name is a type error (mypy's pydantic plugin).
"""

from __future__ import annotations

import math
import re
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from annotator.labels import GUIDELINES_VERSION, NOT_A_UNIT, Label
from annotator.text import one_json_line

SCHEMA_VERSION = 2

_CODE = re.compile(r"[a-z0-9_]{1,64}")
"""A code is never text of an article, so that it may stay where the text itself may not."""


def _migrated(version: int) -> int:
    """Read a line of an older version as one of today's. Version 2 added fields alone, whose defaults are filled in."""
    return max(version, SCHEMA_VERSION)


def _seconds(value: Any) -> float | None:  # noqa: ANN401 - whatever a server or a file holds
    """Return a time that somebody can have taken; none instead of anything else, for an answer counts without it."""
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if 0 <= seconds < math.inf else None


def _moment(value: Any) -> str:  # noqa: ANN401 - whatever a server or a file holds
    """Return a date and time as it stands; nothing instead of what cannot be one."""
    return value if isinstance(value, str) and value.isascii() else ""


def _codes(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever a server or a file holds
    """Return the codes of a list, or of a table's cell with blanks between them; what is not a code is left out."""
    listed = value.split() if isinstance(value, str) else value if isinstance(value, list | tuple) else ()
    return tuple(dict.fromkeys(code for code in listed if isinstance(code, str) and _CODE.fullmatch(code)))


Version = Annotated[int, AfterValidator(_migrated)]
Offset = Annotated[int, Field(ge=0, lt=2**63)]
Number = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""As databases and tables hold it; JSON, and a float or a string in its place, may be larger."""
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float | None, BeforeValidator(_seconds)]
Moment = Annotated[str, BeforeValidator(_moment)]
Codes = Annotated[tuple[str, ...], BeforeValidator(_codes)]


class Value(BaseModel):
    """A frozen value that keeps fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="allow")

    def json_line(self) -> str:
        r"""Return the value as a line of JSON, its `\n` included; no other character in it ends a line anywhere."""
        return one_json_line(self.model_dump_json())


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

    platform: str = ""
    author: str = ""
    handle: str = Field(default="", description="With its @.")
    date: str = ""
    permalink: str = ""


class Block(Value):
    """A stretch of the article that is cut into units by itself."""

    kind: BlockKind
    start: Offset
    end: Offset
    post: Post | None = None


class Aside(Value):
    """A stretch of the article's text that is not a unit, with its reason."""

    start: Offset
    end: Offset
    reason: str = Field(description="metadata head, byline, credit, read also, repeated pull quote, ...")


class Language(Value):
    """An identified language: a BCP 47 tag, or `und` when there is too little text to tell."""

    tag: str
    confidence: Share = 0.0
    runner_up: str = ""


UND = Language(tag="und")


class Unit(Value):
    """One claim unit. `article.text[start:end] == text` always."""

    unit_id: str
    position: Offset = Field(description="Reading order in the article, from 0.")
    kind: UnitKind
    block: BlockKind
    block_index: Offset = Field(description="Index of its block in the article's blocks.")
    start: Offset
    end: Offset
    text: str
    language: Language
    attribution_unit: str = Field(
        default="", description="The unit_id of the unit that names this one's speaker, where that is another one."
    )


class Article(Value):
    """One article: its canonical text and everything found in it. A line of articles.jsonl."""

    schema_version: Version = SCHEMA_VERSION
    article_id: str
    revision: str = Field(description="First 16 hex digits of the SHA-256 of the canonical text.")
    text: str
    title: str = ""
    title_origin: Literal["", "text", "metadata"] = ""
    url: str = ""
    site: str = ""
    author: str = ""
    published: str = Field(default="", description="As given, so a partial date (2025-01) stays partial.")
    declared_language: str = ""
    language: Language = UND
    source_file: str = ""
    rights: str = ""
    retention: str = Field(default="", description="As given: how much of the text a dataset may hold.")
    notes: tuple[str, ...] = Field(default=(), description="What reading had to guess or change.")
    blocks: tuple[Block, ...] = ()
    asides: tuple[Aside, ...] = ()
    left_out: int = Field(
        default=0,
        description="Lines and paragraphs of the page that are neither block nor aside: menus, teasers, footers.",
    )
    units: tuple[Unit, ...] = ()
    signature: str = Field(default="", description="Steps so far and their versions.")


class TranslationWarning(Value):
    """A reason to doubt a translation."""

    code: str = Field(description="no_engine, untranslated, repetition, number_mismatch, ...")
    detail: str = Field(default="", description="One plain line for people: what was expected and found.")


class Translation(Value):
    """A unit's translation, a machine's or one from a memory. A line of translations.jsonl."""

    unit_id: str = Field(default="", description="Empty while a translator works; the pipeline fills it in.")
    text: str
    source: str
    target: str
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
    warnings: tuple[TranslationWarning, ...] = ()


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


class Cue(Value):
    """Words of the unit that led to a suggestion."""

    start: Offset
    end: Offset
    name: str
    text: str


class Prediction(Value):
    """A suggested label, or none below the threshold. A line of predictions.jsonl."""

    unit_id: str
    label: Label | None = None
    score: Share | None = None
    model_version: str
    cues: tuple[Cue, ...] = ()


class TaskData(Value):
    """What Label Studio shows and stores for one unit. No value is null: an empty string, or an empty list, instead.

    The form's `$variables` are names of these fields; their order is the order of the columns in its task list.
    """

    unit_id: str
    article_id: str
    article_title: str
    article_title_translated: str
    source_line: str = Field(description="One plain line: site, date, address.")
    site: str = Field(
        default="", description="The site's name, else the host of the address. Not in lines of version 1."
    )
    position: Offset
    kind: UnitKind
    block: BlockKind
    start: Offset
    end: Offset
    source_text: str
    source_lang: str
    source_lang_confidence: Share | Literal[""]
    target_lang: str
    translated_text: str
    translation_engine: str
    translation_warnings: str = Field(description="One plain line for people: what was expected and found.")
    translation_warning_codes: Codes = Field(
        default=(), description="Of the same warnings: number_mismatch, lost_name, ... Not in lines of version 1."
    )
    before: str
    before_translated: str
    after: str
    after_translated: str
    post: str = Field(description="One plain line: platform, author, handle, date, address.")
    suggested_label: Label | Literal[""]
    suggested_score: Share | Literal[""]
    suggestion_reasons: str
    signature: str


class ChoicesValue(Value):
    """The value of a `Choices` item in Label Studio's result list."""

    choices: tuple[str, ...]


class ChoicesResult(Value):
    """One `Choices` item of Label Studio's result list."""

    id: str = "claim"
    from_name: str = "claim"
    to_name: str = "unit"
    type: Literal["choices"] = "choices"
    value: ChoicesValue


class TaskPrediction(Value):
    """A suggestion in Label Studio's form."""

    model_version: str
    score: Share
    result: tuple[ChoicesResult, ...]


class Sample(Value):
    """How a unit came into a sample: with which chance, and out of how many. Weight estimates with 1 / probability."""

    probability: Share = Field(description="The chance that the unit had of being drawn: drawn / of.")
    drawn: Number = Field(description="How many units (of whole articles: articles) of the stratum were drawn.")
    of: Number = Field(description="How many the stratum has.")
    stratum: str = Field(default="", description="'source_lang=fr, site=Le Monde'; empty where nothing was told apart.")
    where: str = Field(default="", description="The condition that every unit of the sampled whole fulfils.")
    seed: Number
    by: tuple[str, ...] = Field(default=(), description="The fields whose values make the strata.")
    whole_articles: bool = Field(default=False, description="Whether articles were drawn, with all of their units.")


class TaskMeta(Value):
    """The small part of a task that a listing of ids asks for.

    A push adds `content`, the digest of what the task shows, and `sample`, how the unit came into a sample.
    """

    unit_id: str
    schema_version: Version = SCHEMA_VERSION
    revision: str


class Task(Value):
    """Unit + language + translation + suggestion + context, in Label Studio's form. A line of tasks.jsonl."""

    data: TaskData
    meta: TaskMeta
    predictions: tuple[TaskPrediction, ...] = ()


class Mention(Value):
    """A span of the unit that names a source, in unit and in article offsets."""

    start: Offset
    end: Offset
    article_start: Offset
    article_end: Offset
    text: str


class AnnotationStatus(StrEnum):
    """What an annotation says of its unit."""

    LABELLED = "labelled"
    NOT_A_UNIT = "not a unit"
    SKIPPED = "skipped"
    UNLABELLED = "unlabelled"


class Vote(Value):
    """What one person said of one unit."""

    annotator: str = Field(
        description="A user id of the server, or a pseudonym; never a name or an address. "
        "In a record of several servers' answers, ID@SERVER: the same id is somebody else on another server."
    )
    server: str = Field(
        default="", description="The server whose user this is, a stable id; empty where the answer does not say."
    )
    status: AnnotationStatus
    label: Label | None = None
    marks: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    comment: str = ""
    lead_time: Seconds = Field(default=None, description="Seconds; none where the server has none.")
    created_at: Moment = ""
    updated_at: Moment = ""
    ground_truth: bool = False
    suggestion: Literal["none", "text", "preselected"] = Field(
        default="none", description="How the suggestion was shown to the annotator."
    )
    guidelines_version: str = GUIDELINES_VERSION
    adjudication: str = Field(
        default="", description="The reason of a verdict on what others said; empty for an answer of one's own."
    )

    @property
    def answer(self) -> str:
        """The label, or "not a unit"; nothing for a skip."""
        if self.status is AnnotationStatus.NOT_A_UNIT:
            return NOT_A_UNIT
        return str(self.label) if self.status is AnnotationStatus.LABELLED and self.label else ""


class Unplaced(Value):
    """A row of answers whose task names no unit: it may still be a known unit, by its text and offsets."""

    row: dict[str, Any]
    source: str
    project: int = 0
    server: str = ""
    place: str = Field(description="Where it stands in the source, for people.")


class Annotation(Vote):
    """A vote with the task's own data, so that the line stands alone. A line of annotations.jsonl."""

    schema_version: Version = SCHEMA_VERSION
    data: TaskData
    revision: str
    sample: Sample | None = Field(default=None, description="None where the unit was not drawn but simply pushed.")
    project_server: str = Field(
        default="",
        description="The server that numbered project, task and annotation: not the annotator's own where the answer "
        "was imported from a dataset.",
    )
    project: Number
    task: Number
    annotation: Number


class Decision(StrEnum):
    """How a record's final label was reached."""

    GROUND_TRUTH = "ground_truth"
    SINGLE = "single"
    UNANIMOUS = "unanimous"
    MAJORITY = "majority"
    ADJUDICATED = "adjudicated"


class RecordStatus(StrEnum):
    """What stands for a record's unit."""

    LABELLED = "labelled"
    NOT_A_UNIT = "not a unit"
    UNDECIDED = "undecided"
    SKIPPED = "skipped"
    UNLABELLED = "unlabelled"


class Retention(StrEnum):
    """How much of an article's text a dataset may hold."""

    FULL = "full"
    UNITS = "units"
    OFFSETS = "offsets"


class Record(Value):
    """One row of the published dataset: a unit, what everybody said of it, and the label that stands."""

    schema_version: Version = SCHEMA_VERSION
    data: TaskData
    revision: str
    sample: Sample | None = Field(default=None, description="None where the unit was not drawn but simply pushed.")
    label: Label | None = None
    status: RecordStatus
    decision: Decision | None = Field(default=None, description="None while undecided or without any vote.")
    votes: tuple[Vote, ...]
    split: str = Field(default="", description="train, validation or test: the same for all units of an article.")
    rights: str = Field(default="", description="Who may do what with the article's text, as its publisher says.")
    retention: Retention = Field(default=Retention.FULL, description="full, units (no context), offsets (no text).")


class Failure(Value):
    """An article or a row that could not be processed. A line of failures.jsonl."""

    schema_version: Version = SCHEMA_VERSION
    step: Literal["read", "segment", "translate", "predict", "push", "pull", "export"]
    source: str = Field(description="The file, `-` for standard input, or the project.")
    line: int | None = None
    task: int | None = Field(default=None, description="The server's number of the task.")
    article_id: str = ""
    unit_id: str = ""
    reason: str = Field(description="A stable word for scripts: empty, binary, encoding, json, ...")
    message: str
    hint: str = ""


Answer = Annotation | Unplaced | Failure
"""A line of a file of answers: an annotation, a row whose unit is not known yet, or what had to be set aside."""


class RunInfo(Value):
    """What a run folder was made with: run.json."""

    schema_version: Version = SCHEMA_VERSION
    annotator: str
    settings: dict[str, object] = Field(description="Everything that can change the output; no secrets.")
    engines: dict[str, str] = Field(description="Pair ('fr>en') to the engine that `auto` took: pinned for the run.")
    steps: dict[str, str] = Field(default={}, description="Version of each step: a newer one redoes what it touches.")
    paths: dict[str, str] = Field(default={}, description="Each memory, and the glossary, to the path it was given as.")


class Manifest(Value):
    """What a dataset folder holds and how it was made: manifest.json."""

    schema_version: Version = SCHEMA_VERSION
    annotator: str
    sources: dict[str, str] = Field(description="Name of each input file to the SHA-256 of its bytes.")
    policies: dict[str, str]
    counts: dict[str, int]
    labels: dict[str, int]
    splits: dict[str, int] = Field(default={}, description="Split to number of its records.")
    retention: dict[str, int] = Field(default={}, description="full, units or offsets to number of records.")
    guidelines: dict[str, int] = Field(default={}, description="Version of the guidelines to number of votes.")
    set_aside: dict[str, int] = Field(description="Reason to count of what is not in the records.")
    files: dict[str, str] = Field(description="Name of each file of the dataset to the SHA-256 of its bytes.")
    replacing: dict[str, str] = Field(
        default={},
        description="The same of the files before, while an export replaces them; it stays when that was killed.",
    )
