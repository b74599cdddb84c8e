"""Settings: a flag beats the environment, which beats `annotator.toml`, which beats the default.

The only module that reads the environment. A file in the working folder may be a stranger's: what it may say is
checked before it is merged, and where each setting came from is kept, so that it can send no key anywhere.
"""

from __future__ import annotations

import json
import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, NoReturn

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from annotator.choices import (
    DEFAULT_COMPUTE_TYPE,
    DEFAULT_DEVICE,
    DEFAULT_PREDICTOR,
    DEFAULT_SPLIT,
    DEFAULT_TARGET,
    DEFAULT_TRANSLATOR,
    ComputeType,
    DeviceName,
    SplitName,
    TranslatorName,
)
from annotator.errors import UsageError, without_keys
from annotator.models import Mend
from annotator.team import OwnGuidelines, OwnMark, checked_marks
from annotator.text import known_encoding

CONFIG_FILE = "annotator.toml"
_LARGEST_FILE = 20_000
"""Bytes. All settings there are fill 1,000; Python reads a name of 40,000 parts in 46 s."""
ENVIRONMENT = {
    "LABEL_STUDIO_URL": "label_studio_url",
    "LABEL_STUDIO_API_KEY": "label_studio_api_key",
    "ANNOTATOR_DATA_DIR": "data_dir",
    "ANNOTATOR_DATABASE_URL": "database_url",
    "ANNOTATOR_PUBLIC_URL": "public_url",
    "ANNOTATOR_OFFLINE": "offline",
    "ANNOTATOR_MIN_SCORE": "min_score",
    "ANNOTATOR_PREDICTOR": "predictor",
    "LIBRETRANSLATE_URL": "libretranslate_url",
    "LIBRETRANSLATE_API_KEY": "libretranslate_api_key",
    "ARGOS_PACKAGES_DIR": "argos_packages_dir",
    "ARGOS_PACKAGE_INDEX": "argos_package_index",
}
"""Each variable to the field that it sets."""

_SERVER_NAMES = frozenset(
    ["HOST", "PORT", "USERNAME", "PASSWORD", "USER_TOKEN", "DATABASE_NAME", "BASE_DATA_DIR", "DEBUG"]
)
_SECRET = re.compile("key|token|passw|secret", re.IGNORECASE)
_SHOWN = 60


class Origin(NamedTuple):
    """Where a setting was set: a flag, a variable of the environment, or a file by its path and line."""

    kind: Literal["flag", "environment", "file", "default"]
    name: str


_DEFAULT = Origin("default", "default")


class Fields(BaseModel):
    """Which fields of a JSONL row, or columns of a table, hold what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = "text"
    html: str = Field(default="", description="Where a row holds its article as HTML; empty for none.")
    title: str = "title"
    id: str = "id"
    url: str = "url"
    site: str = "site"
    author: str = "author"
    section: str = "section"
    published: str = "date"
    language: str = "language"
    rights: str = "rights"
    retention: str = "retention"


def default_folders(environ: Mapping[str, str]) -> dict[str, Path]:
    """Return the folders that nobody chose, by the XDG base directory specification 0.8.

    That of argos is its own, so that its packages are found where it puts them.
    """
    share = Path(environ.get("XDG_DATA_HOME") or "~/.local/share")
    return {"data_dir": share / "annotator", "argos_packages_dir": share / "argos-translate" / "packages"}


def _default_folder(name: str) -> Path:
    """Return a folder that nobody chose, for settings made by hand; `load` goes by the same."""
    return default_folders(os.environ)[name].expanduser()


class Settings(BaseModel):
    """Everything a run depends on. Frozen; written to `run.json` without the secrets.

    An alias is what flags, `annotator.toml` and `run.json` call the setting.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, validate_by_name=True, serialize_by_alias=True
    )

    target_language: str = Field(
        default=DEFAULT_TARGET, alias="to", pattern=r"^[a-z]{2,3}$", description="Language to translate into."
    )
    source_language: str = Field(
        default="", alias="lang", pattern=r"^([a-z]{2,3})?$", description="Language of the articles, if known."
    )
    translator: TranslatorName = DEFAULT_TRANSLATOR
    memories: tuple[Path, ...] = Field(
        default=(), alias="memory", description="Files of translations that are there already: TMX, CSV or JSONL."
    )
    glossary: Path | None = Field(
        default=None, description="Terms and how they are translated: CSV, TSV, JSONL or TMX."
    )
    split: SplitName = DEFAULT_SPLIT
    candidate_languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], ...] = Field(
        min_length=1,
        alias="languages",
        default=("ar", "ca", "de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "ro", "ru", "sv", "tr", "zh"),
        description="Languages a unit may be identified as. Fewer is more exact on short text.",
    )
    fields: Fields = Fields()
    marks: Mapping[str, OwnMark] = Field(default={}, description="Side marks of your own, each with a key and titles.")
    guidelines: OwnGuidelines | None = Field(
        default=None, description="Guidelines of your own: a file, and the version that answers carry."
    )
    encoding: str = Field(
        default="", description="Encoding of text files, pages and tables; empty to find it out for each."
    )
    min_score: float = Field(
        default=0.6, ge=0, le=1, allow_inf_nan=False, description="No suggestion below this share of right ones."
    )
    predictor: str = Field(
        default=DEFAULT_PREDICTOR,
        min_length=1,
        description="What suggests labels: auto, cues, encoder, or a model of your own by its path.",
    )
    beam: int = Field(default=4, ge=1, le=32, description="Beam size of the argos translator.")
    threads: int = Field(default=2, ge=1, le=256, description="Threads of the argos translator.")
    device: DeviceName = Field(default=DEFAULT_DEVICE, description="Where the argos translator works.")
    compute_type: ComputeType = Field(
        default=DEFAULT_COMPUTE_TYPE, description="Numbers the argos translator counts in."
    )
    data_dir: Path = Field(
        default_factory=partial(_default_folder, "data_dir"),
        description="Where the local server and its credentials live.",
    )
    argos_packages_dir: Path = Field(
        default_factory=partial(_default_folder, "argos_packages_dir"),
        description="Where argos packages are installed.",
    )
    argos_package_index: str = Field(default="", description="A mirror of argos' package index; empty for its own.")
    libretranslate_url: str = Field(default="", description="A LibreTranslate server, for that translator alone.")
    libretranslate_api_key: SecretStr = SecretStr("")
    offline: bool = Field(default=False, description="Never fetch a translation model without being asked to.")
    label_studio_url: str = ""
    label_studio_api_key: SecretStr = SecretStr("")
    database_url: SecretStr = Field(
        default=SecretStr(""), exclude=True, description="PostgreSQL of the local server; empty for SQLite."
    )
    public_url: str = Field(default="", exclude=True, description="By which address people reach the local server.")
    mends: tuple[Mend, ...] = Field(default=(), description="Cuts of a run that were mended; its folder holds them.")
    forgotten: tuple[str, ...] = Field(default=(), description="Articles that a run leaves out; its folder lists them.")
    own_data_dir: Path = Field(
        default_factory=partial(_default_folder, "data_dir"),
        exclude=True,
        description="The data folder that no file chose: whom we trust stands in it.",
    )
    origins: Mapping[str, Origin] = Field(default_factory=dict, exclude=True, description="Where each was set.")

    @field_validator("memories", mode="before")
    @classmethod
    def _several(cls, paths: object) -> object:
        """Of a file comes a list, which is no tuple where types are strict and a validator stands before."""
        return tuple(paths) if isinstance(paths, list) else (paths,) if isinstance(paths, str) else paths

    @field_validator("memories")
    @classmethod
    def _each_expanded(cls, paths: tuple[Path, ...]) -> tuple[Path, ...]:
        return tuple(map(cls._expanded, paths))

    @field_validator("glossary")
    @classmethod
    def _perhaps_expanded(cls, path: Path | None) -> Path | None:
        return None if path is None else cls._expanded(path)

    @field_validator("marks")
    @classmethod
    def _own_marks(cls, marks: Mapping[str, OwnMark]) -> Mapping[str, OwnMark]:
        return checked_marks(marks)

    @field_validator("encoding")
    @classmethod
    def _known(cls, name: str) -> str:
        return known_encoding(name) if name else ""

    @field_validator("data_dir", "argos_packages_dir", mode="before")
    @classmethod
    def _named(cls, path: object) -> object:
        if path == "":  # which would be the working folder
            raise ValueError("is empty")
        return path

    @field_validator("data_dir", "argos_packages_dir", "own_data_dir")
    @classmethod
    def _expanded(cls, path: Path) -> Path:
        if "\0" in str(path):
            raise ValueError("holds a NUL character, which no folder does")
        try:
            return path.expanduser()
        except RuntimeError as error:
            raise ValueError("begins with a home directory that is not known; set HOME") from error

    def origin(self, setting: str) -> Origin:
        """Return where the setting was set."""
        return self.origins.get(setting, _DEFAULT)


FIELD_OF_KEY = {field.alias or name: name for name, field in Settings.model_fields.items()}
"""What flags, `annotator.toml` and `run.json` call a setting, and what its field is called."""
_NOT_OF_FILES = {
    "label_studio_api_key",
    "libretranslate_api_key",
    "database_url",
    "public_url",
    "own_data_dir",
    "origins",
    "mends",
    "forgotten",
}
FILE_KEYS = FIELD_OF_KEY.keys() - _NOT_OF_FILES
"""What `annotator.toml` may set."""


def load(
    flags: Mapping[str, Any], *, fields: Mapping[str, str | None] | None = None, directory: Path | None = None
) -> Settings:
    """Return the settings for a command started in `directory`.

    A flag, or a field name in `fields`, that is None was not given.

    Raises:
        UsageError: a value does not fit, or `annotator.toml` cannot be read or holds what it may not.
    """
    path = directory / CONFIG_FILE if directory else Path(CONFIG_FILE)
    text = _text(path)
    filed = _checked(_parsed(path, text), path, text)
    from_environment = {name: os.environ[key] for key, name in ENVIRONMENT.items() if os.environ.get(key)}
    given, given_fields = _given(flags), _given(fields or {})
    origins = {name: Origin("file", _place(path, text, name)) for name in filed}
    origins |= {name: Origin("environment", key) for key, name in ENVIRONMENT.items() if name in from_environment}
    origins |= {name: Origin("flag", f"--{name.replace('_', '-')}") for name in given}
    if given_fields:
        origins["fields"] = Origin("flag", " ".join(f"--{name}-field" for name in given_fields))
    without_file = {**default_folders(os.environ), **from_environment, **given}
    merged = {**default_folders(os.environ), **filed, **from_environment, **given}
    merged |= {"fields": {**filed.get("fields", {}), **given_fields}, "own_data_dir": without_file["data_dir"]}
    try:
        return Settings.model_validate({**merged, "origins": origins})
    except ValidationError as error:
        mistake = _first(error)
        name = "data_dir" if mistake.loc == "own_data_dir" else mistake.loc
        raise _wrong(mistake, origins.get(name.partition(".")[0], _DEFAULT)) from None


def with_own_key(settings: Settings) -> Settings:
    """Return a worker's settings with the key of its own environment: keys are left out of what is sent to it."""
    key = os.environ.get("LIBRETRANSLATE_API_KEY", "")
    return settings.model_copy(update={"libretranslate_api_key": SecretStr(key)})


def child_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment for a Label Studio of our own, without what would configure another one.

    Label Studio also reads plain `HOST`, `PORT`, `USERNAME`, `PASSWORD` and the names of its database.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in _SERVER_NAMES and not name.startswith(("LABEL_STUDIO_", "HEARTEX_", "DJANGO_"))
    }
    return inherited | dict(extra)


def _given(flags: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in flags.items() if value is not None}


def _text(path: Path) -> str:
    """Return what stands in the file; nothing where there is none."""
    hint = "correct the file or move it away"
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a FIFO would wait for somebody to write into it
            raise UsageError(f"{path}: is not a file, though settings are read from that name", hint=hint)
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_FILE + 1)
        if len(content) > _LARGEST_FILE:
            raise UsageError(f"{path}: is larger than {_LARGEST_FILE:,} bytes, which no settings are", hint=hint)
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        if path.is_symlink():
            raise UsageError(f"{path}: is a link to a file that is not there", hint=hint) from None
        return ""
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 (byte {error.start + 1})", hint="save it again as UTF-8") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", hint=hint) from error


def _parsed(path: Path, text: str) -> dict[str, Any]:
    """What is raised quotes no value of the file, which may be a key."""
    hint = "correct the file or move it away"
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not valid TOML: {error}", hint=hint) from None
    except (ValueError, RecursionError) as error:
        what = "nested too deeply" if isinstance(error, RecursionError) else "holds a number that is too long"
        raise UsageError(f"{path}: not valid TOML: {what}", hint=hint) from None


def _checked(filed: Mapping[str, Any], path: Path, text: str) -> dict[str, Any]:
    """Return the file's settings in our types, after checking that they fit by themselves.

    TOML has types of its own, so `beam = "4"` or `beam = true` is a mistake here and not a number.
    """
    for name in _secret_names(filed):
        hint = "export LABEL_STUDIO_API_KEY=...; that of a local server stands in the file that annotator serve keeps"
        raise UsageError(f"{_place(path, text, name)}: {name} does not belong in a file: remove it", hint=hint)
    for name in filed.keys() - FILE_KEYS:
        _refuse_unknown(name, _place(path, text, name))
    for name in _table(filed, "fields").keys() - Fields.model_fields.keys():
        _refuse_unknown(f"fields.{name}", _place(path, text, name))
    try:
        checked = Settings.model_validate_json(json.dumps(filed, default=str), strict=True)
    except RecursionError:
        raise UsageError(f"{path}: nested too deeply", hint="correct the file or move it away") from None
    except ValidationError as error:
        mistake = _first(error)
        raise _wrong(mistake, Origin("file", _place(path, text, mistake.loc))) from None
    return {
        **checked.model_dump(include={FIELD_OF_KEY[key] for key in filed}),
        **({"fields": filed["fields"]} if "fields" in filed else {}),
    }


def _secret_names(filed: Mapping[str, Any]) -> Iterator[str]:
    yield from (name for name in filed if _SECRET.search(name))
    for table in filed.keys() - {"marks"}:
        yield from (f"{table}.{name}" for name in _table(filed, table) if _SECRET.search(name))


def _table(filed: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = filed.get(name)
    return table if isinstance(table, dict) else {}


def _place(path: Path, text: str, name: str) -> str:
    """Return the file and, where the name stands at the beginning of one line alone, that line."""
    begins = re.compile(rf"""\s*(\[\s*)?["']?{re.escape(name.rpartition(".")[2])}["']?\s*[].=]""")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if begins.match(line)]
    return f"{path}:{lines[0]}" if len(lines) == 1 else str(path)


def _refuse_unknown(name: str, place: str) -> NoReturn:
    table, _, last = name.rpartition(".")
    hint = f"one of {', '.join(sorted(Fields.model_fields if table else FILE_KEYS))}"
    if table and last in FILE_KEYS:
        hint = f"{last} is not a field: write it above the line [fields]"
    elif not table and name in Fields.model_fields:
        hint = f"{name} is a field: write it below a line [fields]"
    raise UsageError(f"{place}: there is no setting {_cut(name)}", hint=hint)


class _Mistake(NamedTuple):
    loc: str
    kind: str
    message: str
    value: object


def _first(error: ValidationError) -> _Mistake:
    details = error.errors(include_url=False, include_context=False)[0]
    loc = ".".join(str(part) for part in details["loc"] if isinstance(part, str))
    return _Mistake(loc, details["type"], details["msg"], details["input"])


def _wrong(mistake: _Mistake, origin: Origin) -> UsageError:
    name, value = mistake.loc, mistake.value
    if mistake.kind == "string_pattern_mismatch":
        message = f"setting {name} ({origin.name}): {_shown(value)} is not a language code"
        return UsageError(message, hint=f"two or three small letters, like {_code_like(str(value))}")
    if mistake.kind == "model_type":
        lines = {"guidelines": 'file = "guidelines.md"', "fields": 'text = "body"'}.get(name, 'key = "x"')
        hint = f"write [{name}] on a line of its own, and below it lines like {lines}"
        return UsageError(f"setting {name} ({origin.name}): {_shown(value)} is not a table", hint=hint)
    problem = mistake.message.removeprefix("Value error, ").replace("Input should", "should")
    quoted = "" if _SECRET.search(name) else f"{_shown(value)} "
    is_flag = origin.kind == "flag"
    hint = "the command's --help says what it takes" if is_flag else f"correct or remove {origin.name}"
    return UsageError(f"setting {name} ({origin.name}): {quoted}{problem}", hint=hint)


def _shown(value: object) -> str:
    """Return the value for a message: nothing of what is nested, and no key that stands in the wrong place."""
    if isinstance(value, dict | list | tuple):
        return "a table" if isinstance(value, dict) else "a list"
    return without_keys(_cut(repr(str(value) if isinstance(value, Path) else value)))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _code_like(value: str) -> str:
    """Return the code that may have been meant (`pt` for `pt-BR`, `en` for `EN`), else two known ones."""
    code = value.replace("_", "-").partition("-")[0].lower()
    return code if re.fullmatch("[a-z]{2,3}", code) else "en or fr"
