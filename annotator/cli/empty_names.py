"""An empty argument is what an unset shell variable leaves; as a name it would mean the folder one stands in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from annotator.errors import UsageError

_FIELDS = frozenset(f"--{name}-field" for name in ("html", "title", "id", "url", "date"))
_TEXTS = _FIELDS | {"--title", "--license", "--since", "--original-readers", "--lang"}
"""Options whose value is not a name, and may be empty. Every other argument of every command is refused when empty."""


def refuse_empty_names(arguments: Sequence[str]) -> None:
    """Look through the whole command line before any of it is acted on.

    Raises:
        UsageError: an argument is empty.
    """
    for before, argument in pairwise(("", *arguments)):
        option, _, value = argument.partition("=")
        if option.startswith("--") and "=" in argument and not value and option not in _TEXTS:
            raise _empty(option)
        if not argument and before not in _TEXTS:
            raise _empty(before if before.startswith("--") else "an argument")


def _empty(what: str) -> UsageError:
    return UsageError(f"{what}: is empty", hint="give a name; a shell variable in the command may not be set")
