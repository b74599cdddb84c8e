"""Links of the package that need the repository's address. While ANNOTATOR_REPOSITORY_URL is unset there are none."""

from __future__ import annotations

import os
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Links(MetadataHookInterface):
    """Fills `project.urls` from one variable at build time."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the links."""
        address = os.environ.get("ANNOTATOR_REPOSITORY_URL", "").rstrip("/")
        pages = {"Repository": "", "Issues": "/issues", "Changelog": "/blob/main/CHANGELOG.md"}
        metadata["urls"] = {name: address + page for name, page in pages.items()} if address else {}
