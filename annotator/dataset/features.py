"""`records.features.json`: the types of `records.jsonl`, as `datasets.Features.from_dict` reads them.

`datasets` takes the types from the first 10 MB of a file. Where all units there are without sample or gold answer, it
fails at the first that has one. The types are in a file of their own, not in the head of the card: what may hold a
number or an empty string, or anything, is of the type `Json`, and a `datasets` before 4.7, which has none, would open
nothing of a folder whose card names it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from annotator.labels import ANSWERS
from annotator.models import Record, TaskData

FILE = "records.features.json"
_SCALARS = {str: "string", bool: "bool", int: "int64", float: "float64"}
_JSON = {"_type": "Json"}


def text(unknown: Iterable[str]) -> str:
    """Return the file. `unknown` are the fields of `data` that some record has and no task of ours."""
    features = _fields(Record)
    features["label_counts"] = {answer: _value("int64") for answer in ANSWERS}
    features["data"] |= dict.fromkeys(sorted(unknown), _JSON)
    return json.dumps(features, ensure_ascii=False, indent=1) + "\n"


def unknown_fields(data: TaskData) -> Iterable[str]:
    """Return the names of the fields that a task of another origin has beside those of ours."""
    return data.__pydantic_extra__ or ()


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {name: _feature(field.annotation) for name, field in model.model_fields.items()}


def _feature(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - a type, or what typing makes of several
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _feature(inner[0])
    if origin in (Union, UnionType):
        first, *others = [_feature(one) for one in inner if one is not NoneType]
        return first if all(other == first for other in others) else _JSON
    if origin is tuple:
        return {"feature": _feature(inner[0]), "_type": "List"}
    return _value("string") if origin is Literal else _JSON if origin is dict else _of_class(kind)


def _of_class(kind: type) -> dict[str, Any]:
    if issubclass(kind, BaseModel):
        return _fields(kind)
    return _value("string" if issubclass(kind, StrEnum) else _SCALARS[kind])


def _value(dtype: str) -> dict[str, Any]:
    return {"dtype": dtype, "_type": "Value"}
