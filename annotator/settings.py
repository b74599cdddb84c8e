"""Settings: a flag beats the environment, which beats `annotator.toml`, which beats the default.

The only module that reads the environment.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from annotator.errors import UsageError

TranslatorName = Literal["auto", "argos", "apertium", "none"]
SplitName = Literal["sentence", "clause"]

CONFIG_FILE = "annotator.toml"
_ENVIRONMENT = {
    "LABEL_STUDIO_URL": "label_studio_url",
    "LABEL_STUDIO_API_KEY": "label_studio_api_key",
    "ANNOTATOR_DATA_DIR": "data_dir",
    "ARGOS_PACKAGES_DIR": "argos_packages_dir",
    "ARGOS_PACKAGE_INDEX": "argos_package_index",
}

_SERVER_NAMES = frozenset(
    ["HOST", "PORT", "USERNAME", "PASSWORD", "USER_TOKEN", "DATABASE_NAME", "BASE_DATA_DIR", "DEBUG"]
)


class Fields(BaseModel):
    """Which fields of a JSONL row, or columns of a table, hold what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = "text"
    html: str = Field(default="", description="Where a row holds its article as HTML; empty for none.")
    title: str = "title"
    id: str = "id"
    url: str = "url"
    site: str = "site"
    published: str = "date"
    language: str = "language"
    rights: str = "rights"
    retention: str = "retention"


class Settings(BaseModel):
    """Everything a run depends on. Frozen; written to `run.json` without the secrets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: str = Field(default="en", pattern=r"^[a-z]{2,3}$", description="Target language of translation.")
    lang: str = Field(default="", pattern=r"^([a-z]{2,3})?$", description="Language of the articles, if known.")
    translator: TranslatorName = "auto"
    split: SplitName = "sentence"
    languages: tuple[str, ...] = Field(
        default=("ar", "ca", "de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "ro", "ru", "sv", "tr", "zh"),
        description="Languages a unit may be identified as. Fewer is more exact on short text.",
    )
    fields: Fields = Fields()
    min_score: float = Field(default=0.5, ge=0, le=1, description="No suggestion below this score.")
    beam: int = Field(default=4, ge=1, le=32, description="Beam size of the argos translator.")
    threads: int = Field(default=2, ge=1, le=256, description="Threads of the argos translator.")
    data_dir: Path = Field(default=Path(), description="Where the local server and its credentials live.")
    argos_packages_dir: Path = Field(default=Path(), description="Where argos packages are installed.")
    argos_package_index: str = Field(default="", description="A mirror of argos' package index; empty for its own.")
    label_studio_url: str = ""
    label_studio_api_key: SecretStr = SecretStr("")


def load(
    flags: Mapping[str, Any], *, fields: Mapping[str, str | None] | None = None, directory: Path | None = None
) -> Settings:
    """Return the settings for a command started in `directory`.

    A flag, or a field name in `fields`, that is None was not given.

    Raises:
        UsageError: a value does not fit, or `annotator.toml` cannot be read.
    """
    merged: dict[str, Any] = {**_default_folders(os.environ), **_config_file((directory or Path.cwd()) / CONFIG_FILE)}
    merged |= {name: os.environ[key] for key, name in _ENVIRONMENT.items() if os.environ.get(key)}
    merged |= _given(flags)
    merged["fields"] = {**merged.get("fields", {}), **_given(fields or {})}
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise _wrong(first, _origin(str(first["loc"][0]), flags)) from error


def _given(flags: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in flags.items() if value is not None}


def _origin(setting: str, flags: Mapping[str, Any]) -> str:
    """Return where the value that counts was set: a flag, a variable of the environment, or the file."""
    if flags.get(setting) is not None:
        return f"--{setting.replace('_', '-')}"
    variables = (key for key, name in _ENVIRONMENT.items() if name == setting and os.environ.get(key))
    return next(variables, CONFIG_FILE)


def _wrong(first: Mapping[str, Any], origin: str) -> UsageError:
    name, value = ".".join(str(part) for part in first["loc"]), first["input"]
    if first["type"] == "extra_forbidden":
        known = Fields if name.startswith("fields.") else Settings
        names = ", ".join(sorted(one for one in known.model_fields if "key" not in one))
        return UsageError(f"{origin}: there is no setting {name}", hint=f"one of {names}")
    if first["type"] == "string_pattern_mismatch":
        message = f"setting {name} ({origin}): {value!r} is no language code"
        return UsageError(message, hint=f"two or three small letters, like {_code_like(value)}")
    shown = "" if "key" in name else f" (got {value!r})"
    hint = "annotator prepare --help says what it takes" if origin.startswith("--") else f"correct or remove {origin}"
    return UsageError(f"setting {name} ({origin}): {first['msg']}{shown}", hint=hint)


def _code_like(value: str) -> str:
    """Return the code that may have been meant (`pt` for `pt-BR`, `en` for `EN`), else two known ones."""
    code = value.replace("_", "-").partition("-")[0].lower()
    return code if re.fullmatch("[a-z]{2,3}", code) else "en or fr"


def child_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment for a Label Studio of our own, without what would configure another one.

    Label Studio also reads plain `HOST`, `PORT`, `USERNAME`, `PASSWORD` and the names of its database.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _SERVER_NAMES and not name.startswith(("LABEL_STUDIO_", "HEARTEX_", "DJANGO_"))
    }
    return kept | dict(extra)


def _config_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}", hint="correct the file or move it away") from error


def _default_folders(environ: Mapping[str, str]) -> dict[str, Any]:
    """XDG base directory specification 0.8; argos' own folder, so that its packages are found where it puts them."""
    share = Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return {"data_dir": share / "annotator", "argos_packages_dir": share / "argos-translate" / "packages"}
