"""What `mkdocs build` asks for beside the written pages: those that are made from the program itself.

None of them is a file, so none can fall behind the code.
"""

from __future__ import annotations

import re
from importlib.resources import files as package_files
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from reference import answers, commands, fields, names, settings

_PRINTED = re.compile(r"^( *)```text$", re.MULTILINE)
_INFO = re.compile(r"^( *```\w+) .*$", re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from the code, and the guidelines that ship in the package."""
    guidelines = package_files("annotator.guidelines")
    pages = {
        "reference/commands.md": commands.page(),
        "reference/json.md": answers.page(),
        "reference/settings.md": settings.page(),
        "reference/files.md": fields.page(),
        "reference/python-names.md": names.page(),
        **{f"guidelines/{tag}.md": (guidelines / f"{tag}.md").read_text(encoding="utf-8") for tag in ("en", "fr")},
    }
    for place, text in pages.items():
        files.append(File.generated(config, place, content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:  # noqa: ANN401 - mkdocs hands over the page, the files, ...
    """Leave of a fence's first line the language alone: what follows it is for the test that runs the example.

    What a command printed gets a language of its own, by which `site.css` tells it from what is typed.
    """
    return _INFO.sub(r"\1", _PRINTED.sub(r"\1```output", markdown))
