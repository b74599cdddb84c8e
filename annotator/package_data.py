"""The data files that stand beside the code: a table of words in TOML, or a text, mostly one file per language."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def read_data(package: str, name: str) -> str:
    """Return the text of a file that stands in the folder of `package`."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def read_table(package: str, name: str) -> dict[str, Any]:
    """Return a TOML file that stands in the folder of `package`."""
    return tomllib.loads(read_data(package, name))


@cache
def languages_in(package: str, ending: str) -> tuple[str, ...]:
    """Return the languages that have a file `xx.toml` or `xx.md` in the folder of `package`, sorted.

    A file under another name (`neutral.toml`, `page.css`) is not a language's.
    """
    stems = (path.name.removesuffix(ending) for path in files(package).iterdir() if path.name.endswith(ending))
    return tuple(sorted(stem for stem in stems if len(stem) in (2, 3) and stem.islower()))
