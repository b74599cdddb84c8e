"""What each column is, in the words of the schemas: for the card, Croissant and the sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from annotator.dataset.columns import COLUMNS, COUNTS, DATA_FIELDS, Column
from annotator.models import Gold, Mention, Record, Sample, TaskData, Value, Vote

_OF_VERSIONS = re.compile(r"\s*Not in lines of version 1[^.]*\.")
_TYPES = {"string": "text", "int64": "integer", "float64": "number", "bool": "true or false", "list": "list of texts"}


def _of(model: type[Value], name: str) -> str:
    return _OF_VERSIONS.sub("", model.model_fields[name].description or "").strip()


MEANINGS: dict[str, str] = {
    **{name: _of(TaskData, name) for name in DATA_FIELDS},
    **{name: _of(Record, name) for name in ("revision", "label", "status", "decision", "split", "rights", "retention")},
    "inclusion_probability": f"{_of(Sample, 'probability')} Empty where the unit was not drawn.",
    "sample_stratum": f"Stratum from which it was drawn: {_of(Sample, 'stratum')}",
    "sample_stratum_size": _of(Sample, "of"),
    "gold": f"{_of(Gold, 'label')} Empty for every unit that is not there to measure people.",
    **{name: f"How many people said {name.partition('.')[2]!r}; no skips, no verdicts." for name in COUNTS},
    "source": f"{_of(TaskData, 'source')} A JSON object; empty where there are none.",
    "votes": "What everybody said of the unit, a list of the fields below.",
    **{f"votes.{name}": _of(Vote, name) for name in Vote.model_fields},
    **{f"votes.mentions.{name}": _of(Mention, name) for name in Mention.model_fields},
    "tokens": "The unit's words and signs, where its text leaves and somebody has answered.",
    "tags": "B-SOURCE, I-SOURCE or O for each token: most of those whose answers count have marked it as a source.",
}
"""By the column's path."""


def described() -> Iterator[tuple[str, str, str]]:
    """Yield path, type and meaning of every column of the flat rows, those within lists behind their list."""
    for column in COLUMNS:
        yield from _described(column, "")


def _described(column: Column, around: str) -> Iterator[tuple[str, str, str]]:
    path = f"{around}{column.name}"
    yield path, "list of objects" if column.fields else _TYPES[column.kind], MEANINGS[path]
    for inner in column.fields:
        yield from _described(inner, f"{path}.")
