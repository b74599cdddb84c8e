"""The published dataset."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, JsonValue

from annotator.labels import Label
from annotator.models.answers import Vote
from annotator.models.tasks import Gold, Quote, Sample, TaskData
from annotator.models.values import SCHEMA_VERSION, Number, Value, Version


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

    schema_version: Version = Field(default=SCHEMA_VERSION, description="Version of this form of line.")
    data: TaskData = Field(description="What was shown, as far as rights allow it.")
    revision: str = Field(description="Revision of the article.")
    sample: Sample | None = Field(default=None, description="None where the unit was not drawn but simply pushed.")
    gold: Gold | None = Field(
        default=None, description="The known answer of a unit that measures people; none for every other unit."
    )
    quote: Quote | None = Field(default=None, description="The unit among its neighbours, where the task tells that.")
    project: Number = Field(
        default=0, description="The server's number of the unit's project; 0 where it is not known."
    )
    task: Number = Field(default=0, description="The server's number of the unit's task; 0 where it is not known.")
    label: Label | None = Field(default=None, description="The label that stands; none where none does.")
    status: RecordStatus = Field(description="What stands for the unit.")
    decision: Decision | None = Field(default=None, description="None while undecided or without any vote.")
    label_counts: dict[str, Number] = Field(
        default_factory=dict,
        description="How many people gave each label, or not a unit; no skips, no verdicts. Not in lines of version 1.",
    )
    votes: tuple[Vote, ...] = Field(description="What everybody said, in the order of their numbers.")
    split: str = Field(default="", description="train, validation or test: the same for all units of an article.")
    rights: str = Field(default="", description="Who may do what with the article's text, as its publisher says.")
    retention: Retention = Field(default=Retention.FULL, description="full, units (no context), offsets (no text).")


class DatasetArticle(Value):
    """An article, in one revision, that units of a dataset were cut from. A line of its articles.jsonl."""

    schema_version: Version = Field(default=SCHEMA_VERSION, description="Version of this form of line.")
    article_id: str = Field(description="The article's key.")
    revision: str = Field(description="First 16 hex digits of the SHA-256 of the canonical text.")
    text: str = Field(
        default="", description="The canonical text, on which every offset counts; empty where it may not leave."
    )
    sha256: str = Field(
        default="", description="SHA-256 of the canonical text in UTF-8, in hex; empty where the export had no text."
    )
    length: Number | None = Field(default=None, description="Code points of the text; none where the export had none.")
    is_masked: bool = Field(
        default=False, description="Whether handles in the text are crossed out, so that its hash is another."
    )
    title: str = Field(default="", description="The title, as far as it may leave.")
    url: str = Field(default="", description="Address of the article.")
    site: str = Field(default="", description="Name of the site or the paper.")
    author: str = Field(default="", description="Who wrote it, as the source gives it.")
    published: str = Field(
        default="", description="Date, ISO 8601 where it can be told, partial where it is; else as given."
    )
    section: str = Field(default="", description="Section or desk of the paper, as the source gives it.")
    language: str = Field(default="", description="Language of the whole article, a BCP 47 tag or und.")
    source: dict[str, JsonValue] = Field(default_factory=dict, description="Other fields of the article's row.")
    rights: str = Field(default="", description="Who may do what with the text, as its publisher says.")
    retention: Retention = Field(default=Retention.FULL, description="How much of the text is here.")


class Manifest(Value):
    """What a dataset folder holds and how it was made: manifest.json."""

    schema_version: Version = Field(default=SCHEMA_VERSION, description="Version of this form of file.")
    annotator: str = Field(description="Version of the tool.")
    sources: dict[str, str] = Field(description="Name of each input file to the SHA-256 of its bytes.")
    policies: dict[str, str] = Field(description="How labels were decided, splits drawn and texts kept back.")
    counts: dict[str, int] = Field(description="What was read and what is in the dataset.")
    labels: dict[str, int] = Field(description="Label to number of its records.")
    splits: dict[str, int] = Field(default={}, description="Split to number of its records.")
    leakage: dict[str, int] = Field(
        default={},
        description="Texts in more than one split, units with such a text, units with a near-identical one.",
    )
    rights: dict[str, int] = Field(default={}, description="open, reserved or unknown to number of articles.")
    retention: dict[str, int] = Field(default={}, description="full, units or offsets to number of records.")
    guidelines: dict[str, int] = Field(default={}, description="Version of the guidelines to number of votes.")
    guidelines_held: tuple[str, ...] | None = Field(
        default=None, description="The versions whose text guidelines.md holds. Not in older files."
    )
    set_aside: dict[str, int] = Field(description="Reason to count of what is not in the records.")
    about: dict[str, JsonValue] = Field(
        default={}, description="What whoever exported said of the dataset: its title, its licence."
    )
    forgotten: tuple[str, ...] = Field(
        default=(), description="Digests of the ids of articles that were taken out; an export leaves them out."
    )
    files: dict[str, str] = Field(description="Name of each file of the dataset to the SHA-256 of its bytes.")
    replacing: dict[str, str] = Field(
        default={},
        description="The same of the files before, while an export replaces them; it stays when that was killed.",
    )
