"""Questions to the server's list of tasks, in the form of its data manager."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any


def answered(first: int, last: int, *, since: str, unlabelled: bool) -> list[dict[str, Any]]:
    """Return filters, any of which a task between two ids must pass: answered or begun, changed, or simply there."""
    within = where("id", "in", {"min": first, "max": last})
    if unlabelled:
        return [within]
    if since:
        return [where("updated_at", "greater", since, kind="Datetime", child=within)]
    counters = ("total_annotations", "cancelled_annotations")
    answered = [where(counter, "greater", 0, child=within) for counter in counters]
    return [*answered, where("draft_exists", "equal", True, kind="Boolean", child=within)]


def where(
    column: str, operator: str, value: object, *, kind: str = "Number", child: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a filter; a `child` has to hold as well."""
    name = f"filter:tasks:{column}"
    nested = {"child_filter": child} if child else {}
    return {"filter": name, "operator": operator, "type": kind, "value": value, **nested}


def query(filters: Sequence[Mapping[str, Any]], *, conjunction: str = "and", order: str = "tasks:id") -> str:
    """Return the `query` parameter: all filters, or any of them."""
    return json.dumps({"filters": {"conjunction": conjunction, "items": filters}, "ordering": [order]})


def by_bytes(values: Iterable[str], limit: int) -> Iterator[list[str]]:
    """Cut values into lists that fit an address of `limit` bytes."""
    some: list[str] = []
    size = 0
    for value in values:
        cost = len(json.dumps(value)) * 2  # quotes, colons and accents are escaped in an address
        if some and size + cost > limit:
            yield some
            some, size = [], 0
        some.append(value)
        size += cost
    if some:
        yield some
