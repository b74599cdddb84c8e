"""Flags of `prepare` that would change nothing beside the others: whoever gives one means something by it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from annotator.errors import UsageError


def refuse_unused(
    *, address: str, runner: str, selects_pages: bool, inputs: Sequence[str], quiet: bool, verbose: bool
) -> None:
    """Refuse a cluster that is not used, a selection of pages where no input can hold any, and quiet words.

    Raises:
        UsageError: such a flag is given.
    """
    if address and runner != "ray":
        hint = f"--runner ray --address {address}, or neither of them"
        raise UsageError(f"--address {address}: only --runner ray works on a cluster", hint=hint)
    if quiet and verbose:
        raise UsageError("--quiet and --verbose exclude each other", hint="leave one of them out; --log FILE keeps all")
    if selects_pages and inputs and not any(map(_may_hold_pages, inputs)):
        message = "--page-type and --page-url choose pages of a .warc file, and none is among the inputs"
        raise UsageError(message, hint="leave them out, or name a file that ends in .warc or .warc.gz")


def _may_hold_pages(name: str) -> bool:
    """Tell whether an input is an archive of the web by its name, or something whose name does not tell."""
    return ".warc" in Path(name).suffixes[-2:] or not Path(name).is_file()
