"""What in the package's metadata needs the repository's address: none of it while ANNOTATOR_REPOSITORY_URL is unset."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_RELATIVE = re.compile(r"(?<=\]\()(?![a-z]+:|[#/])[^)\s]+")
_PICTURES = (".png", ".svg")


class Links(MetadataHookInterface):
    """Fills `project.urls` and the links of the README from one variable at build time."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the links."""
        address = os.environ.get("ANNOTATOR_REPOSITORY_URL", "").rstrip("/")
        readme = Path(self.root, "README.md").read_text(encoding="utf-8")
        pages = {"Repository": "", "Issues": "/issues", "Changelog": "/blob/main/CHANGELOG.md"}
        metadata["urls"] = {name: address + page for name, page in pages.items()} if address else {}
        metadata["readme"] = {"content-type": "text/markdown", "text": absolute(readme, address)}


def absolute(readme: str, address: str) -> str:
    """Return the text with its relative links made absolute: a package index shows it without the files around it."""

    def with_address(link: re.Match[str]) -> str:
        path = link[0].removeprefix("./")
        shown_as = "raw" if path.partition("#")[0].endswith(_PICTURES) else "blob"
        return f"{address}/{shown_as}/main/{path}"

    return _RELATIVE.sub(with_address, readme) if address else readme
