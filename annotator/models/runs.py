"""How a run was made, and what could not be processed in it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from annotator.models.values import SCHEMA_VERSION, Value, Version


class Failure(Value):
    """An article or a row that could not be processed. A line of failures.jsonl."""

    schema_version: Version = Field(default=SCHEMA_VERSION, description="Version of this form of line.")
    step: Literal["read", "segment", "translate", "predict", "push", "pull", "export"] = Field(
        description="The step that failed."
    )
    source: str = Field(description="The file, `-` for standard input, or the project.")
    line: int | None = Field(default=None, description="Line of the file, from 1; none where it has no lines.")
    task: int | None = Field(default=None, description="The server's number of the task.")
    article_id: str = Field(default="", description="The article's key, where it is known.")
    unit_id: str = Field(default="", description="The unit's key, where it is known.")
    reason: str = Field(description="A stable word for scripts: empty, binary, encoding, json, ...")
    message: str = Field(description="What happened, for people.")
    hint: str = Field(default="", description="What to do about it.")


class Mend(Value):
    """A cut that somebody mended. A line of mends.jsonl."""

    schema_version: Version = Field(default=SCHEMA_VERSION, description="Version of this form of line.")
    article_id: str = Field(description="The article's key.")
    unit_id: str = Field(description="The unit as it was cut before.")
    at: int | None = Field(
        default=None, description="First code point of its second part, in the unit; none to join it with the next one."
    )


class Forgotten(Value):
    """An article that was taken out of a run at somebody's request. A line of forgotten.jsonl."""

    schema_version: Version = Field(default=SCHEMA_VERSION, description="Version of this form of line.")
    article_id: str = Field(description="The article's key; prepare leaves every text of that key out.")


class RunInfo(Value):
    """What a run folder was made with: run.json."""

    schema_version: Version = Field(default=SCHEMA_VERSION, description="Version of this form of file.")
    annotator: str = Field(description="Version of the tool.")
    settings: dict[str, object] = Field(description="Everything that can change the output; no secrets.")
    engines: dict[str, str] = Field(description="Pair ('fr>en') to the engine that `auto` took: pinned for the run.")
    steps: dict[str, str] = Field(default={}, description="Version of each step: a newer one redoes what it touches.")
    paths: dict[str, str] = Field(default={}, description="Each memory, and the glossary, to the path it was given as.")
