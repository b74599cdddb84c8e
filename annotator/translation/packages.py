"""Installed argos packages, read through argostranslate.package and nothing else of it.

`argostranslate.translate` is never imported: it pulls in minisbd, and its sentence splitters go to
the network even with a complete package installed.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from threading import RLock
from typing import Any

from annotator.translation.engine import files_digest

_IMPORT_LOCK = RLock()
_PARTS = ("model/model.bin", "model/config.json")
_TOKENIZERS = ("sentencepiece.model", "bpe.model")


@dataclass(frozen=True)
class Package:
    """An installed package that can translate."""

    source: str
    target: str
    version: str
    folder: Path
    prefix: str
    """First target token of a model that serves several target languages, or nothing."""
    tokenizer: Any
    """argostranslate's own: SentencePiece, or BPE with Moses rules."""
    sentinels: tuple[str, ...] = ()
    """Characters that are words of the model's vocabulary and come through it as they are."""

    @property
    def pair(self) -> tuple[str, str]:
        """The languages it translates from and into."""
        return self.source, self.target

    @property
    def label(self) -> str:
        """The package's name as engines show it: `fr_en-1.9`."""
        return f"{self.source}_{self.target}-{self.version}"

    def tokenizer_problem(self) -> str:
        """Load the tokenizer, and return what is wrong with it."""
        try:
            self.tokenizer.encode("a")
        except (RuntimeError, OSError, ValueError, TypeError) as error:
            return str(error).partition(" from ")[0]
        return ""

    @cached_property
    def digest(self) -> str:
        """Digest of everything in it that translating depends on."""
        model = sorted(path for path in (self.folder / "model").iterdir() if path.is_file())
        return files_digest([*model, *(self.folder / name for name in _TOKENIZERS if (self.folder / name).is_file())])


def installed_packages(packages_dir: Path) -> list[Package]:
    """Return the packages that can translate, one per pair of languages: the newest version of each.

    A folder that lacks a part is skipped, so that a broken one never hides the others.
    """
    if not packages_dir.is_dir():
        return []
    folders = sorted(path.parent for path in packages_dir.glob("[!.]*/metadata.json"))
    newest: dict[tuple[str, str], Package] = {}
    for package in filter(None, map(open_package, folders)):
        best = newest.get(package.pair)
        if best is None or version_key(package.version) > version_key(best.version):
            newest[package.pair] = package
    return [newest[pair] for pair in sorted(newest)]


def open_package(folder: Path) -> Package | None:
    """Return the package in a folder, or None if it lacks a part or is not a translation package."""
    if not is_complete(folder):
        return None
    try:
        argos_package = _package_class()(folder)
    except (OSError, ValueError, AttributeError):
        return None
    prefix = argos_package.target_prefix or ""
    if argos_package.type != "translate" or not (argos_package.from_code and argos_package.to_code):
        return None
    if not isinstance(prefix, str):
        return None
    return Package(
        source=argos_package.from_code,
        target=argos_package.to_code,
        version=argos_package.package_version,
        folder=folder,
        prefix=prefix,
        tokenizer=argos_package.tokenizer,
        sentinels=_sentinels(folder),
    )


def is_complete(folder: Path) -> bool:
    """Tell whether a package folder has all the parts that translating needs."""
    has_tokenizer = any((folder / name).is_file() for name in _TOKENIZERS)
    return has_tokenizer and all((folder / part).is_file() for part in _PARTS)


def _sentinels(folder: Path) -> tuple[str, ...]:
    """Return what the metadata lists under `sentinels`, nothing where it is no list of different characters."""
    listed = json.loads((folder / "metadata.json").read_text(encoding="utf-8")).get("sentinels")
    if not isinstance(listed, list) or len(set(map(str, listed))) != len(listed):
        return ()
    return tuple(listed) if all(isinstance(one, str) and len(one) == 1 for one in listed) else ()


def version_key(version: str) -> tuple[int, ...]:
    """Return a version such as `1.10` as numbers, for comparing."""
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split("."))


@cache
def _package_class() -> type[Any]:
    """Return `argostranslate.package.Package`.

    Importing it makes three folders, in the home directory unless told otherwise, and prints to stdout when
    ARGOS_DEBUG is set; so it is imported with a throw-away environment.
    """
    with _IMPORT_LOCK, tempfile.TemporaryDirectory(prefix="annotator-argos-") as folder:
        names = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "ARGOS_PACKAGES_DIR")
        with _environment(dict.fromkeys(names, folder) | {"ARGOS_DEBUG": "0"}):
            from argostranslate import package
    reader: type[Any] = package.Package
    return reader


def default_index() -> str:
    """Return the address that argostranslate asks for its package index."""
    _package_class()
    from argostranslate import settings

    return str(settings.package_index)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
