"""Licences: which one a text names, by SPDX id, address or name, and whether it lets anybody pass the text on."""

from __future__ import annotations

import re
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from annotator.errors import UsageError
from annotator.package_data import read_table

_OWN = "LicenseRef-"
"""What the SPDX id of a licence that the list does not have begins with."""
_PARTS = ("BY", "NC", "ND", "SA")
_ADDRESS = re.compile(
    r"creativecommons\.org/(?:licen[sc]es/(by[a-z-]*)|publicdomain/(zero|mark))(?:/(\d\.\d))?", re.IGNORECASE
)
_SHORT = re.compile(r"\bCC[ _-]?(BY(?:[ _-](?:NC|ND|SA))*)\b(?:[ _-]+v?(\d\.\d))?", re.IGNORECASE)
_ZERO = re.compile(r"\bCC[ _-]?(?:0|Zero)\b", re.IGNORECASE)
_VERSION = re.compile(r"(?<![\d.])[1-4]\.[05](?!\d)")
_LAST_OGL = "3.0"
SIGN = r"[©ⓒ]|\(c\)|\bcopyright"
_SIGN = re.compile(SIGN, re.IGNORECASE)


class Standing(StrEnum):
    """What rights say of passing a text on."""

    OPEN = "open"
    RESERVED = "reserved"
    UNKNOWN = "unknown"


class Licence(NamedTuple):
    """A licence that a text names: its SPDX id, or the family where no version is named."""

    name: str
    is_open: bool


def licence_in(rights: str) -> Licence | None:
    """Return the licence that a text names; none where it names none that we know."""
    return _creative_commons(rights) or next(
        (
            Licence(name.format(version=_version(rights) or _LAST_OGL), is_open=True)
            for name in words()["others"]
            if (found := _others()[name].search(rights)) and not _before("denied", rights, found)
        ),
        None,
    )


def standing_of(rights: str) -> Standing:
    """Return what the rights say. Where two things are said that do not go together, all rights are reserved."""
    if reserves_all(rights):
        return Standing.RESERVED
    if licence := licence_in(rights):
        return Standing.OPEN if licence.is_open else Standing.RESERVED
    names_family = _parts()["name"].search(rights)
    return Standing.RESERVED if _SIGN.search(rights) and not names_family else Standing.UNKNOWN


def reserves_all(rights: str) -> bool:
    """Tell whether a text keeps all rights; "some rights reserved" does not."""
    return any(not _before("some", rights, found) for found in pattern_of("reserved").finditer(rights))


def spdx_id(name: str) -> str:
    """Return the licence as the SPDX list writes it, or as an expression of several.

    Raises:
        UsageError: it is none.
    """
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return canonicalize_license_expression(name)
    except InvalidLicenseExpression as error:
        known = licence_in(name)
        likely = [known.name] if known and known.name[-1].isdigit() else _alike(name)
        meant = f"did you mean {likely[0]}? " if likely else ""
        hint = f"{meant}https://spdx.org/licenses lists them; one of your own is {_OWN}NAME"
        raise UsageError(f"licence {name!r} is no SPDX id", hint=hint) from error


def hub_name(spdx: str) -> str:
    """Return what Hugging Face's hub calls a licence; "other" where it has no name for it."""
    table = words()
    listed = spdx.lower() if spdx in table["lists"]["of_the_hub"] else "other"
    return str(table["hub"].get(spdx, listed))


def address(spdx: str) -> str:
    """Return where the licence can be read; nothing for one of one's own and for an expression."""
    return f"https://spdx.org/licenses/{spdx}.html" if spdx and " " not in spdx and not spdx.startswith(_OWN) else ""


@cache
def words() -> dict[str, Any]:
    """Return the words of rights."""
    return read_table("annotator", "licences.toml")


@cache
def pattern_of(name: str) -> re.Pattern[str]:
    """Return the pattern of one of the lists of words."""
    listed = words()[name]
    return re.compile("|".join(listed) if isinstance(listed, list) else listed, re.IGNORECASE)


@cache
def _others() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in words()["others"].items()}


@cache
def _parts() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in words()["creative_commons"].items()}


def _before(name: str, text: str, found: re.Match[str]) -> bool:
    return pattern_of(name).search(text[: found.start()]) is not None


def _creative_commons(rights: str) -> Licence | None:
    if found := _ADDRESS.search(rights):
        by, domain, version = found.groups()
        if domain:
            return Licence("CC0-1.0" if domain.lower() == "zero" else "CC-PDM-1.0", is_open=True)
        return _of_parts(set(by.upper().split("-")), version or "")
    if found := _SHORT.search(rights):
        return _of_parts(set(re.split("[ _-]", found[1].upper())), found[2] or "")
    if _ZERO.search(rights):
        return Licence("CC0-1.0", is_open=True)
    if not _parts()["name"].search(rights):
        return None
    text = rights.replace("_", " ")
    parts = {part for part in _PARTS if _parts()[part].search(text)}
    return _of_parts({*parts, "BY"}, _version(text)) if parts else None


def _of_parts(parts: set[str], version: str) -> Licence:
    """A licence that allows no changes allows no translation either, and no cut."""
    name = "-".join(["CC", *(part for part in _PARTS if part in parts)])
    return Licence(f"{name}-{version}" if version else name, is_open="ND" not in parts)


def _version(text: str) -> str:
    return match[0] if (match := _VERSION.search(text)) else ""


def _alike(name: str) -> list[str]:
    by_letters = {_letters(spdx): spdx for spdx in words()["lists"]["usual"]}
    return [by_letters[letters] for letters in get_close_matches(_letters(name), by_letters, n=1)]


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+|licen[sc]e|version", "", name.casefold())
