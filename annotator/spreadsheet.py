"""Cells that no spreadsheet runs, and back."""

from __future__ import annotations

from collections.abc import Iterable

# What a spreadsheet takes for a formula at the start of a cell (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_SIGNS = frozenset(_FORMULA)


def neutral(cells: Iterable[object]) -> list[object]:
    """Return text that no spreadsheet runs: a `'` goes before what could start a formula (and before a `'`)."""
    return [f"'{cell}" if cell and isinstance(cell, str) and cell[0] in _SIGNS else cell for cell in cells]


def original(cell: str) -> str:
    """Undo `neutral`. A `'` that it did not write, as in somebody else's `'Tis`, stays."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
