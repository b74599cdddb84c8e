"""Which versions of Label Studio work."""

from __future__ import annotations

import re

from annotator.errors import UsageError

OLDEST_SERVER = "1.21"
"""The first that knows filters within filters, without which a pull in windows is wrong. 1.20, 1.18, 1.15 and 1.13 were
tried: all else works with them, and so does a pull of a few hundred tasks, which one window holds."""
UPGRADE = f"use Label Studio {OLDEST_SERVER} or newer"


def is_too_old(release: str) -> bool:
    """Tell whether a server of this release is older than the oldest that works."""
    return _numbers(release) < _numbers(OLDEST_SERVER)


def check(url: str, release: str) -> None:
    """Refuse a server that is too old.

    Raises:
        UsageError: it is.
    """
    if is_too_old(release):
        message = f"{url} is Label Studio {release}; {OLDEST_SERVER} is the oldest that works"
        raise UsageError(message, hint=UPGRADE)


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", release)[:2]))
