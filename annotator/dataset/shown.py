"""`guidelines.md`: what the annotators of a dataset read, as far as it is at hand where the dataset is made."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from annotator import guidelines
from annotator.guidelines import OfTeam
from annotator.labels import GUIDELINES_VERSION

FILE = "guidelines.md"


def write(folder: Path, seen: Collection[str], own: OfTeam | None) -> tuple[str, ...]:
    """Write the guidelines of the versions that answers were given under; return the versions that are there.

    Ours, in English, unless the team's own are called by the same version. Nothing is written where none is at hand.
    """
    at_hand = {GUIDELINES_VERSION: guidelines.markdown("en"), **({own.version: own.text} if own else {})}
    wanted = seen or {own.version if own else GUIDELINES_VERSION}
    held = {version: text for version, text in sorted(at_hand.items()) if version in wanted}
    if held:
        (folder / FILE).write_text(_text(held), encoding="utf-8", newline="\n")
    return tuple(held)


def _text(held: dict[str, str]) -> str:
    """One text as it stands; several one after another, each under a line that says its version."""
    if len(held) == 1:
        return next(iter(held.values()))
    return "\n".join(f"<!-- Guidelines, version {version} -->\n\n{text.rstrip()}\n" for version, text in held.items())


def told(seen: Collection[str], held: Collection[str]) -> str:
    """Return which versions people saw, and where they can be read."""
    versions = ", ".join(sorted(seen)) or "unknown"
    missing = sorted(set(seen) - set(held))
    if not held:
        return f"version {versions}, which whoever exported did not have"
    without = f"; whoever exported did not have version {', '.join(missing)}" if missing else ""
    which = f" (version {', '.join(held)})" if missing else ""
    return f"version {versions}, in {FILE}{which}{without}"
