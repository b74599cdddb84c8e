"""What every value has in common, and the types of single fields."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

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
