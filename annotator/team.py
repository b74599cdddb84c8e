"""What a team sets for itself beside the four labels: side marks of its own, and guidelines of its own.

Both come from `annotator.toml`, which may be a stranger's: what they may hold is checked here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath

from pydantic import BaseModel, ConfigDict, Field, field_validator

from annotator.labels import CLAIM_CHOICES, MARK_CHOICES, SOURCE_MENTION

_BUILT_IN = (*CLAIM_CHOICES, *MARK_CHOICES, SOURCE_MENTION)
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9 _-]{0,38}[a-z0-9])?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_VERSION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,28}[A-Za-z0-9])?")
_LONGEST_TITLE, _LONGEST_PATH = 40, 200
_MOST_MARKS = 12
_NOT_IN_A_TITLE = re.compile(r'[<>&"$`\\{}]')
"""Characters that the server reads as markup, or as the name of a field."""


class OwnMark(BaseModel):
    """A side mark of a team: its key in the form, and what it is called there in each language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(description="A letter or figure that no other choice of the form has.")
    title: Mapping[str, str] = Field(default={}, description="Language of the form to what the mark is called there.")

    @field_validator("key")
    @classmethod
    def _free(cls, key: str) -> str:
        taken = {choice.hotkey: str(choice.value) for choice in _BUILT_IN}
        if key in taken:
            raise ValueError(f"is the key of {taken[key]!r} already")
        if not re.fullmatch("[a-z]", key):
            raise ValueError("is not a small letter")
        return key

    @field_validator("title")
    @classmethod
    def _plain(cls, titles: Mapping[str, str]) -> Mapping[str, str]:
        for language, title in titles.items():
            if not _LANGUAGE.fullmatch(language):
                raise ValueError("names a language that is none, such as en or fr")
            if not title.strip() or len(title) > _LONGEST_TITLE or not title.isprintable():
                raise ValueError(f"holds a title that is not 1 to {_LONGEST_TITLE} characters on one line")
            if _NOT_IN_A_TITLE.search(title):
                raise ValueError('holds a title with one of < > & " $ ` \\ { }')
        return titles

    def title_in(self, language: str, name: str) -> str:
        """Return what the mark is called in a language; in English, or by its name, where nobody said."""
        return self.title.get(language) or self.title.get("en") or name


class OwnGuidelines(BaseModel):
    """Guidelines that are shown instead of ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str = Field(description="Markdown, in the folder of annotator.toml or below it.")
    version: str = Field(description="What every answer that is given under them carries.")

    @field_validator("file")
    @classmethod
    def _below(cls, name: str) -> str:
        path = PurePosixPath(name)
        outside = path.is_absolute() or PureWindowsPath(name).anchor or ".." in path.parts or "\\" in name
        if outside or not name.isprintable() or len(name) > _LONGEST_PATH:
            raise ValueError("is not a file in the folder of annotator.toml or below it")
        if path.suffix != ".md":
            raise ValueError("does not end in .md")
        return name

    @field_validator("version")
    @classmethod
    def _short(cls, version: str) -> str:
        if not _VERSION.fullmatch(version):
            raise ValueError("is not 1 to 30 letters, figures, dots and dashes")
        return version


def checked_marks(marks: Mapping[str, OwnMark]) -> Mapping[str, OwnMark]:
    """Return the marks.

    Raises:
        ValueError: a name cannot be one or is taken, two share a key, or there are too many.
    """
    built_in = {choice.value for choice in _BUILT_IN}
    keys: dict[str, str] = {}
    for name, mark in marks.items():
        if name in built_in:
            raise ValueError(f"holds {name!r}, which the form has already")
        if not _NAME.fullmatch(name):
            raise ValueError("holds a name that is not 1 to 40 small letters, figures, blanks and dashes")
        if (first := keys.setdefault(mark.key, name)) != name:
            raise ValueError(f"gives the key {mark.key} to {first!r} and to {name!r}")
    if len(marks) > _MOST_MARKS:
        raise ValueError(f"holds more than {_MOST_MARKS} marks, which nobody can keep in mind")
    return marks
