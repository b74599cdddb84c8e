"""What people said of a unit."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from annotator.labels import GUIDELINES_VERSION, NOT_A_UNIT, Label
from annotator.models.runs import Failure
from annotator.models.tasks import Gold, Quote, Sample, TaskData
from annotator.models.values import SCHEMA_VERSION, Moment, Number, Offset, Seconds, Value, Version


class Mention(Value):
    """A span of the unit that names a source, in unit and in article offsets."""

    start: Offset = Field(description="First code point in the unit's text.")
    end: Offset = Field(description="One past its last code point.")
    article_start: Offset = Field(description="First code point in the article's text.")
    article_end: Offset = Field(description="One past its last code point.")
    text: str = Field(description="The words themselves.")


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
    status: AnnotationStatus = Field(description="What the answer says of the unit.")
    label: Label | None = Field(default=None, description="The label; none where the status is another than labelled.")
    marks: tuple[str, ...] = Field(default=(), description="The side marks.")
    mentions: tuple[Mention, ...] = Field(default=(), description="The words that name a source.")
    comment: str = Field(default="", description="A note in the person's own words.")
    lead_time: Seconds = Field(default=None, description="Seconds; none where the server has none.")
    created_at: Moment = Field(default="", description="Date and time, ISO 8601; empty where the server has none.")
    updated_at: Moment = Field(
        default="", description="Date and time of the last change, ISO 8601; empty where the server has none."
    )
    ground_truth: bool = Field(default=False, description="Whether somebody has marked it as the right answer.")
    suggestion: Literal["none", "text", "preselected", "hidden"] = Field(
        default="none", description="How the suggestion was shown to the annotator; none where there was none to show."
    )
    guidelines_version: str = Field(
        default=GUIDELINES_VERSION, description="Version of the guidelines that were shown."
    )
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

    row: dict[str, Any] = Field(description="The row as it stands.")
    source: str = Field(description="The file it was read from.")
    project: int = Field(default=0, description="The server's number of the project; 0 where the row has none.")
    server: str = Field(default="", description="The server, a stable id; empty where the row has none.")
    place: str = Field(description="Where it stands in the source, for people.")


class Annotation(Vote):
    """A vote with the task's own data, so that the line stands alone. A line of annotations.jsonl."""

    schema_version: Version = Field(default=SCHEMA_VERSION, description="Version of this form of line.")
    data: TaskData = Field(description="What was shown.")
    revision: str = Field(description="Revision of the article.")
    sample: Sample | None = Field(default=None, description="None where the unit was not drawn but simply pushed.")
    gold: Gold | None = Field(
        default=None, description="The known answer of a unit that measures people; none for every other unit."
    )
    quote: Quote | None = Field(default=None, description="The unit among its neighbours, where the task tells that.")
    project_server: str = Field(
        default="",
        description="The server that numbered project, task and annotation: not the annotator's own where the answer "
        "was imported from a dataset.",
    )
    project: Number = Field(description="The server's number of the project.")
    task: Number = Field(description="The server's number of the task.")
    annotation: Number = Field(description="The server's number of the annotation.")


Answer = Annotation | Unplaced | Failure
"""A line of a file of answers: an annotation, a row whose unit is not known yet, or what had to be set aside."""
