"""What every value has in common, and the types of single fields."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from annotator.text import LINE_ENDS, one_json_line

if TYPE_CHECKING:
    from msgspec.json import Encoder

SCHEMA_VERSION = 2

_CODE = re.compile(r"[a-z0-9_]{1,64}")
"""A code is never text of an article, so that it may stay where the text itself may not."""


def _migrated(version: int) -> int:
    """Read a line of an older version as one of today's. Version 2 added fields alone, whose defaults are filled in."""
    return max(version, SCHEMA_VERSION)


def seconds(value: Any) -> float | None:  # noqa: ANN401 - whatever a server or a file holds
    """Return a time that somebody can have taken; none instead of anything else, for an answer counts without it."""
    try:
        taken = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return taken if 0 <= taken < math.inf else None


def moment(value: Any) -> str:  # noqa: ANN401 - whatever a server or a file holds
    """Return a date and time as it stands; nothing instead of what cannot be one."""
    return value if isinstance(value, str) and value.isascii() else ""


def _codes(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever a server or a file holds
    """Return the codes of a list, or of a table's cell with blanks between them; what is not a code is left out."""
    listed = value.split() if isinstance(value, str) else value if isinstance(value, list | tuple) else ()
    return tuple(dict.fromkeys(code for code in listed if isinstance(code, str) and _CODE.fullmatch(code)))


def _own_fields(value: Any) -> Any:  # noqa: ANN401 - whatever a task holds
    """Return an object as it is; a task that somebody else made may hold a text under the same name."""
    return value if isinstance(value, dict) else {"source": value} if value else {}


Version = Annotated[int, AfterValidator(_migrated)]
Offset = Annotated[int, Field(ge=0, lt=2**63)]
Number = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""As databases and tables hold it; JSON, and a float or a string in its place, may be larger."""
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float | None, BeforeValidator(seconds)]
Moment = Annotated[str, BeforeValidator(moment)]
Codes = Annotated[tuple[str, ...], BeforeValidator(_codes)]
OwnFields = Annotated[dict[str, JsonValue], BeforeValidator(_own_fields)]


_new = object.__new__
_set_fields, _set_unknown, _set_given, _set_private = (
    BaseModel.__dict__[slot].__set__
    for slot in ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")
)


def as_json(value: object) -> bytes:
    """Return JSON of a value, or of anything plain, in UTF-8: a quarter of the time of pydantic's serializer."""
    return _encoder().encode(value)


@cache
def _encoder() -> Encoder:
    import msgspec  # 7 ms, which a command that writes no line can do without

    return msgspec.json.Encoder(enc_hook=_fields)


def _fields(value: Value) -> dict[str, Any]:
    return {**value.__dict__, **value.__pydantic_extra__} if value.__pydantic_extra__ else value.__dict__


@cache
def _names(kind: type[BaseModel]) -> set[str]:
    return set(kind.model_fields)


class Value(BaseModel):
    """A frozen value that keeps fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="allow")

    @classmethod
    def of_checked(cls, fields: dict[str, Any]) -> Self:
        """Return the value of fields that were validated before, all of them there, unknown ones behind the others.

        A quarter of the time that validating them again takes, and a tenth of what `model_construct` does. The
        dictionary becomes the value's own.
        """
        names = _names(cls)
        unknown = {name: fields.pop(name) for name in [*fields][len(names) :]} if len(fields) > len(names) else {}
        value = _new(cls)
        _set_fields(value, fields)
        _set_unknown(value, unknown)
        _set_given(value, names)
        _set_private(value, None)
        return value

    def json_bytes(self) -> bytes:
        r"""Return the value as a line of JSON in UTF-8, its `\n` included."""
        json = as_json(self)
        text = json.decode()  # to look for a sign in text takes a tenth of the time of looking for its bytes
        return one_json_line(text).encode() if any(map(text.__contains__, LINE_ENDS)) else json + b"\n"

    def json_line(self) -> str:
        r"""Return the value as a line of JSON, its `\n` included; no other character in it ends a line anywhere."""
        return one_json_line(self.model_dump_json())
