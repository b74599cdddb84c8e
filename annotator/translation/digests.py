"""Digests of the files an engine works with: the same words mean the same model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

LENGTH = 8


def files_digest(files: Iterable[Path]) -> str:
    """Return the first hex digits of one SHA-256 over the contents of the files, in the order given."""
    total = hashlib.sha256()
    for path in files:
        with path.open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()[:LENGTH]
