"""A record as one flat, typed row: what Parquet, the Hugging Face folder and Croissant have in common."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from annotator.dataset.token_tags import tagged
from annotator.labels import ANSWERS
from annotator.models import Mention, Record, TaskData, Vote

_DATA_KINDS = {
    "position": "int64",
    "start": "int64",
    "end": "int64",
    "source_lang_confidence": "float64",
    "suggested_score": "float64",
    "translation_warning_codes": "list",
}


class Column(NamedTuple):
    """A column: `kind` is string, int64, float64, bool or list; a list has fields, or is of strings."""

    name: str
    kind: str = "string"
    fields: tuple[Column, ...] = ()


_MENTION = tuple(Column(name, "string" if name == "text" else "int64") for name in Mention.model_fields)
_VOTE_KINDS = {
    "marks": Column("marks", "list"),
    "mentions": Column("mentions", "list", _MENTION),
    "lead_time": Column("lead_time", "float64"),
    "ground_truth": Column("ground_truth", "bool"),
}
_VOTE = tuple(_VOTE_KINDS.get(name, Column(name)) for name in Vote.model_fields)
_OWN = ("revision", "label", "status", "decision", "split", "rights", "retention")
_SAMPLE = (
    Column("inclusion_probability", "float64"),
    Column("sample_stratum"),
    Column("sample_stratum_size", "int64"),
)
_SAMPLE_NAMES = tuple(column.name for column in _SAMPLE)

DATA_FIELDS = tuple(name for name in TaskData.model_fields if name != "source")
"""Every field of a task but `source`, whose fields are others in each dataset: its column is their JSON."""
_COUNTS = {answer: f"label_counts.{answer.replace(' ', '_')}" for answer in ANSWERS}
COUNTS = tuple(_COUNTS.values())

COLUMNS: tuple[Column, ...] = (
    *(Column(name, _DATA_KINDS.get(name, "string")) for name in DATA_FIELDS),
    *(Column(name) for name in _OWN),
    *_SAMPLE,
    Column("gold"),
    *(Column(name, "int64") for name in COUNTS),
    Column("source"),
    Column("votes", "list", _VOTE),
    Column("tokens", "list"),
    Column("tags", "list"),
)
_VOTE_NAMES = tuple(Vote.model_fields)
_MENTION_NAMES = tuple(Mention.model_fields)


def flat(record: Record) -> dict[str, Any]:
    """Return the row. A number that is not there is null; so are a label and a decision."""
    data: Mapping[str, Any] = record.data.__dict__
    return {
        **{name: cell(data[name]) for name, cell in _DATA_CELLS},
        "revision": record.revision,
        "label": _text(record.label),
        "status": str(record.status),
        "decision": _text(record.decision),
        "split": record.split,
        "rights": record.rights,
        "retention": str(record.retention),
        **dict(zip(_SAMPLE_NAMES, sample_cells(record), strict=True)),
        "gold": str(record.gold.label) if record.gold else None,
        **dict(zip(COUNTS, count_cells(record), strict=True)),
        "source": source_cell(record),
        "votes": [_vote(vote) for vote in record.votes],
        **tagged(record)._asdict(),
    }


def sample_cells(record: Record) -> tuple[float | None, str, int | None]:
    """Return how the unit was drawn, in the order of the columns; without numbers where it was simply pushed."""
    sample = record.sample
    return (sample.probability, sample.stratum, sample.of) if sample else (None, "", None)


def count_cells(record: Record) -> list[int]:
    """Return how many people gave each answer, in the order of the columns."""
    counts = record.label_counts
    return [counts.get(answer, 0) for answer in _COUNTS]


def source_cell(record: Record) -> str:
    """Return the other fields of the article's row as a JSON object; nothing where there are none."""
    fields = record.data.source
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")) if fields else ""


def _vote(vote: Vote) -> dict[str, Any]:
    row = {name: getattr(vote, name) for name in _VOTE_NAMES}
    mentions = [{name: getattr(mention, name) for name in _MENTION_NAMES} for mention in vote.mentions]
    known = {"status": str(vote.status), "label": _text(vote.label), "marks": list(vote.marks), "mentions": mentions}
    return {**row, **known}


def _text(value: object) -> str | None:
    return str(value) if value else None


def _number(value: Any) -> Any:  # noqa: ANN401 - a number, or the empty string that stands for none
    return None if value == "" else value


_CELLS: dict[str, Callable[[Any], Any]] = {"string": str, "int64": _number, "float64": _number, "list": list}
_DATA_CELLS = tuple((name, _CELLS[_DATA_KINDS.get(name, "string")]) for name in DATA_FIELDS)
