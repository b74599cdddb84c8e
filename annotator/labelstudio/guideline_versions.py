"""Under which version of the guidelines an answer was given: the project's description says since when each holds.

`Guidelines version 3 (since 2026-03-01T09:00:00+00:00), 2 (since 2026-01-10T08:00:00+00:00), 1.` A description with one
version alone is what a project begins with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from annotator.labels import GUIDELINES_VERSION

_MARK = "Guidelines version "
_VERSION = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*?)(?: \(since ([0-9T:.+Z-]+)\))?(?=, |\.?\s|\.?$)")


class Version(NamedTuple):
    """A version, and the moment from which it holds: ISO 8601, UTC; empty for the first."""

    name: str
    since: str = ""


def versions_in(description: str) -> list[Version]:
    """Return the versions that a project's description names, the newest first; that of this tool where none is."""
    _, mark, listed = description.partition(_MARK)
    found = [Version(name, since or "") for name, since in _VERSION.findall(listed.partition("\n")[0])] if mark else []
    return found or [Version(GUIDELINES_VERSION)]


def described(description: str, version: str, *, now: str) -> str:
    """Return the description once `version` holds from now on."""
    before, mark, _ = description.partition(_MARK)
    versions = [Version(version, now), *(versions_in(description) if mark else [Version(GUIDELINES_VERSION)])]
    lead = before.strip() or "Claim units for fact-checking."
    listed = ", ".join(f"{name} (since {since})" if since else name for name, since in versions)
    return f"{lead} {_MARK}{listed}."


def version_at(versions: Sequence[Version], moment: str) -> str:
    """Return the version under which something was said; the newest where nobody knows when."""
    if not moment:
        return versions[0].name
    comparable = moment.replace("Z", "+00:00")
    return next((name for name, since in versions if since <= comparable), versions[-1].name)


def older_than(versions: Sequence[Version], version: str) -> set[str]:
    """Return the versions that held before this one; none where the project never had it."""
    names = [name for name, _ in versions]
    return set(names[names.index(version) + 1 :]) - {version} if version in names else set()
