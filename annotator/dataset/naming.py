"""Who an annotator is: a user of a server. The same number on another server is somebody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

Rename = Callable[[str, str], str]
"""From an annotator and the server whose user that is to a name that nobody else in the dataset has."""

PSEUDONYM_DIGITS = 10
_PSEUDONYM = re.compile(rf"a-[0-9a-f]{{{PSEUDONYM_DIGITS}}}")


def is_pseudonym(annotator: str) -> bool:
    """Tell whether the name is a pseudonym of ours, which nobody else has on any server."""
    return bool(_PSEUDONYM.fullmatch(annotator))


def qualified(annotator: str, server: str) -> str:
    """Return a name that holds on all servers."""
    return f"{annotator}@{server}" if server and not is_pseudonym(annotator) else annotator


def names(servers: Collection[str]) -> Rename:
    """Return the names that the servers have: numbers, and of several servers `NUMBER@SERVER`."""
    return qualified if len(servers) > 1 else lambda annotator, _server: annotator
