"""What only people know of a dataset: a TOML file that they write, or flags. What nobody said stays empty."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from annotator.errors import UsageError
from annotator.licences import spdx_id
from annotator.text import one_line, unstorable

TITLE = "Annotated claim units"
_LARGEST_FILE = 200_000
_LONGEST = 5_000
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_DOI = re.compile(r"10\.\d{4,9}/[^\s<>{}|\\^`]+")
_ADDRESS = re.compile(r"https?://[^\s<>{}|\\^`\"]+")


def _plain(text: str) -> str:
    if unstorable(text):
        raise ValueError("holds a character that cannot be stored")
    if len(text) > _LONGEST:
        raise ValueError(f"is longer than {_LONGEST:,} characters")
    return one_line(text)


def _of_form(pattern: re.Pattern[str], form: str) -> AfterValidator:
    def check(text: str) -> str:
        if text and not pattern.fullmatch(text):
            raise ValueError(f"is not {form}")
        return text

    return AfterValidator(check)


def _day(value: object) -> object:
    return value.isoformat() if type(value) is date else value


def _licence(name: str) -> str:
    try:
        return spdx_id(name) if name else ""
    except UsageError as error:
        raise ValueError(f"is no SPDX id: {error.hint}") from None


def _named(value: object) -> object:
    """An author may be a name alone."""
    return [{"name": one} if isinstance(one, str) else one for one in value] if isinstance(value, list) else value


Line = Annotated[str, AfterValidator(_plain)]
Address = Annotated[Line, _of_form(_ADDRESS, "a web address")]


class Author(BaseModel):
    """Somebody who made the dataset: a person, unless it is a group."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[Line, Field(min_length=1)]
    orcid: Annotated[Line, _of_form(_ORCID, "an ORCID like 0000-0002-1825-0097")] = ""
    affiliation: Line = ""
    group: bool = False
    """Whether this is an institution or a group, whose name has no family name."""


class About(BaseModel):
    """What the card, Croissant and the citation say of a dataset that its records do not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Line = TITLE
    description: Line = Field(default="", description="what it is for, in a few sentences")
    license: Annotated[Line, AfterValidator(_licence)] = Field(default="", description="licence of the labels, SPDX id")
    authors: Annotated[tuple[Author, ...], BeforeValidator(_named)] = Field(default=(), description="who made it")
    contact: Line = Field(default="", description="whom to ask, and where an article is taken out")
    version: Line = Field(default="", description="version of the dataset")
    date: Annotated[Line, _of_form(_DATE, "a date like 2026-03-01"), BeforeValidator(_day)] = Field(
        default="", description="when this version came out"
    )
    url: Address = Field(default="", description="where it can be had")
    doi: Annotated[Line, _of_form(_DOI, "a DOI like 10.5281/zenodo.1234567")] = Field(default="", description="its DOI")
    selection: Line = Field(default="", description="how the articles were chosen")
    texts: Line = Field(default="", description="on which ground their text is here")
    annotators: Line = Field(default="", description="who labelled: how many were found, trained and paid, and how")
    readers: Line = Field(default="", description="who of them read the original, and who the translation")
    procedure: Line = Field(default="", description="in which steps it was labelled and decided")
    uses: tuple[Line, ...] = Field(default=(), description="what it is meant for, and what it is not")
    limits: tuple[Line, ...] = Field(default=(), description="what it cannot tell")
    funding: Line = Field(default="", description="who paid for it")

    @property
    def missing(self) -> dict[str, str]:
        """What nobody has said, by its name in the file and what that is."""
        fields = type(self).model_fields
        silent = [name for name in fields if not getattr(self, name)] + ["title"] * (self.title == TITLE)
        return {name: fields[name].description or "what it is called" for name in silent}


def read_about(path: Path | None, flags: Mapping[str, str]) -> About:
    """Return what the file and the flags say; a flag that says something wins.

    Raises:
        UsageError: the file cannot be read, or it or a flag says what cannot be.
    """
    text = _text(path) if path else ""
    given = {name: value for name, value in flags.items() if value}
    filed = _parsed(path, text) if path else {}
    try:
        return About.model_validate({**filed, **given})
    except ValidationError as error:
        raise _refused(error, path, text, given) from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="give the file that tells of the dataset") from error
    if len(content) > _LARGEST_FILE:
        raise UsageError(f"{path}: is larger than {_LARGEST_FILE:,} bytes", hint="say less of the dataset")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 (byte {error.start + 1})", hint="save it again as UTF-8") from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}", hint='lines are like title = "Claims"') from None


def _refused(error: ValidationError, path: Path | None, text: str, given: Mapping[str, str]) -> UsageError:
    first = error.errors(include_url=False, include_context=False)[0]
    names = [part for part in first["loc"] if isinstance(part, str)]
    name = ".".join(names)
    place = f"--{name}" if name in given else _place(path, text, first["loc"])
    if names[-1:] == ["license"] and isinstance(first["input"], str):
        return _no_licence(place, first["input"])
    if first["type"] == "extra_forbidden":
        known = Author.model_fields if len(names) > 1 else About.model_fields
        likely = get_close_matches(names[-1], known, n=1)
        meant = f"did you mean {likely[0]}? " if likely else ""
        return UsageError(f"{place}: there is no key {name!r}", hint=f"{meant}one of {', '.join(known)}")
    problem = first["msg"].removeprefix("Value error, ").replace("Input should", "should")
    return UsageError(f"{place}: {name}: {json.dumps(first['input'], default=str)} {problem}", hint="correct it")


def _no_licence(place: str, name: str) -> UsageError:
    try:
        spdx_id(name)
    except UsageError as error:
        return UsageError(f"{place}: {error.message}", hint=error.hint)
    return UsageError(f"{place}: {name!r} is no licence")


def _place(path: Path | None, text: str, loc: tuple[int | str, ...]) -> str:
    """Return the file and the line on which the key stands; of several authors' the one of that author."""
    *_, key = [part for part in loc if isinstance(part, str)]
    number = next((part for part in loc if isinstance(part, int)), 0)
    begins = re.compile(rf"""(?:^|[\s,{{\[.])["']?{re.escape(key)}["']?\s*[\].=]""")
    lines = [at for at, line in enumerate(text.splitlines(), 1) if begins.search(line)]
    return f"{path}:{lines[min(number, len(lines) - 1)]}" if lines else str(path or "about")
