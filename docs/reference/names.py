"""The page of all public names of the package: mkdocstrings fills it in from the docstrings."""

from __future__ import annotations

import annotator

_HEAD = """# Python names

Everything in `annotator.__all__`: functions first, then values. [From Python](../python.md) shows the functions at
work; the fields of the values are those of the [files](files.md).
"""


def page() -> str:
    """Return the page."""
    names = [name for name in annotator.__all__ if not name.startswith("__")]
    listed = sorted(names, key=lambda name: isinstance(getattr(annotator, name), type))
    return "\n".join((_HEAD, *(f"::: annotator.{name}\n" for name in listed)))
