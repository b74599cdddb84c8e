"""The list of a project's tasks, in parts that leave none out and end, whoever adds or deletes tasks meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.errors import ServerError
from annotator.labelstudio import shapes
from annotator.labelstudio.connection import Connection
from annotator.labelstudio.refusals import DoubtError, TooLargeError, not_label_studio
from annotator.labelstudio.versions import UPGRADE

LISTING_PAGE = 10_000
"""Tasks of a list without their answers: 1.5 MB."""
ANSWERS_PAGE = 1_000
"""Tasks of a window with their answers: 3 MB where each has three full ones."""
_WIDEST = 50_000
"""Ids in one window, where most of them are other projects' or have no answers."""
_SMALLER = 4
"""By how much a page whose answer was too large is cut."""
_PATH = "api/tasks/"

_ANSWER_FIELDS = "id,result,completed_by,was_cancelled,ground_truth,created_at,updated_at,lead_time,parent_prediction"
# The names of an answer's fields also stand alone, for a server that does not expand.
_FIELDS = ",".join(
    (
        "id,data,meta,annotations,draft_exists",
        _ANSWER_FIELDS,
        *(f"annotations.{name}" for name in _ANSWER_FIELDS.split(",")),
    )
)
_FIELDS_WITHOUT_TIMES = ",".join(name for name in _FIELDS.split(",") if not name.endswith("lead_time"))

Filter = Mapping[str, Any]


def where(column: str, operator: str, value: object, *, kind: str = "Number", child: Filter | None = None) -> Filter:
    """Return a filter of the server's data manager; a `child` has to hold as well."""
    name = f"filter:tasks:{column}"
    nested = {"child_filter": child} if child else {}
    return {"filter": name, "operator": operator, "type": kind, "value": value, **nested}


@dataclass(frozen=True)
class TaskList:
    """The tasks of one project."""

    connection: Connection
    project_id: int

    def pages(self, *filters: Filter) -> Iterator[list[shapes.Listed]]:
        """Yield the tasks that pass all filters in pages, each behind the last id of the one before.

        A page by its number would leave tasks out where somebody deletes others meanwhile.
        """
        included = "id,meta,total_annotations,cancelled_annotations"
        size, after, more = LISTING_PAGE, 0, True
        while more:
            query = _query([*filters, where("id", "greater", after)])
            try:
                answer = self.ask(size, query, fields="task_only", include=included)
            except TooLargeError:
                if size == 1:
                    raise
                size = max(1, size // _SMALLER)
                continue
            matching = shapes.checked(shapes.LISTING, answer, url=self.connection.url, path=_PATH)
            page = matching.tasks
            if page and page[-1].id <= after:
                raise not_label_studio(self.connection.url, _PATH, "the same tasks again")
            more = bool(page) and matching.total > len(page)
            after = page[-1].id if page else after
            yield page

    def windows(self, *, after: int = 0, since: str = "", unlabelled: bool = False) -> Iterator[list[dict[str, Any]]]:
        """Yield the tasks that have answers or drafts, with their answers, in windows and in the order of their ids.

        Each window begins behind the last id of the one before, so that answers which arrive meanwhile shift
        nothing; `after` begins behind a task of an earlier reading. It also ends at an id: the server counts everything
        that a query matches, so an open end would cost more with every task of the project. Unless asked to expand the
        annotations, it builds the serializer of an annotation anew for every task, in three quarters of its time.

        An infinite lead time, which a script can store, is a 500 for the whole window: it is narrowed down to the one
        task, whose answers then come without times.
        """
        last = self._last_id()
        size = span = ANSWERS_PAGE
        crashed = False
        while after < last:
            upto = min(after + span, last)
            query = _query(_answered(after + 1, upto, since=since, unlabelled=unlabelled), conjunction="or")
            try:
                window, total = self._window(size, query, once=crashed)
            except TooLargeError:
                if size == 1:
                    raise
                span = size = max(1, size // _SMALLER)
                continue
            except DoubtError as error:
                if not error.crashed:
                    raise
                crashed = True
                window, total = self._window(size, query, fields=_FIELDS_WITHOUT_TIMES)
                if upto - after > 1:
                    span = (upto - after) // 2
                    continue
            ids = [task["id"] for task in window]
            if ids != sorted(set(ids)) or (ids and not after < ids[0] <= ids[-1] <= upto):
                raise ServerError(f"{self.connection.url} does not know filters within filters", hint=UPGRADE)
            if window:
                yield window
            span = span if 2 * len(window) > size else min(2 * span, _WIDEST)
            after = ids[-1] if ids and len(window) < total else upto

    def ask(self, size: int, query: str, *, once: bool = False, **parameters: object) -> dict[str, Any]:
        """Ask the server's list of tasks for one page."""
        # without resolve_uri, a text that looks like an address in a cloud storage stays what it is
        parameters = {"project": self.project_id, "page_size": size, "query": query, "resolve_uri": False, **parameters}
        return self.connection.get(shapes.OBJECT, _PATH, parameters, once=once)

    def _last_id(self) -> int:
        page = self.ask(1, _query([], order="-tasks:id"), fields="task_only", include="id")
        tasks = shapes.checked(shapes.LISTING, page, url=self.connection.url, path=_PATH).tasks
        return tasks[0].id if tasks else 0

    def _window(
        self, size: int, query: str, *, fields: str = _FIELDS, once: bool = False
    ) -> tuple[list[dict[str, Any]], int]:
        """The tasks as the server gives them, and how many match: what their answers hold is read in `wire`."""
        answer = self.ask(size, query, once=once, fields="all", include=fields, expand="annotations")
        total = shapes.checked(shapes.ANSWERS, answer, url=self.connection.url, path=_PATH).total
        return answer["tasks"], total


def by_bytes(values: Iterable[str], limit: int) -> Iterator[list[str]]:
    """Cut values into lists that fit an address of `limit` bytes."""
    chunk: list[str] = []
    size = 0
    for value in values:
        cost = len(json.dumps(value)) * 2  # quotes, colons and accents are escaped in an address
        if chunk and size + cost > limit:
            yield chunk
            chunk, size = [], 0
        chunk.append(value)
        size += cost
    if chunk:
        yield chunk


def _answered(first: int, last: int, *, since: str, unlabelled: bool) -> list[Filter]:
    """Return filters, any of which a task between two ids must pass: answered or begun, changed, or simply there."""
    within = where("id", "in", {"min": first, "max": last})
    if unlabelled:
        return [within]
    if since:
        return [where("updated_at", "greater", since, kind="Datetime", child=within)]
    counters = ("total_annotations", "cancelled_annotations")
    answered = [where(counter, "greater", 0, child=within) for counter in counters]
    return [*answered, where("draft_exists", "equal", True, kind="Boolean", child=within)]


def _query(filters: Sequence[Filter], *, conjunction: str = "and", order: str = "tasks:id") -> str:
    """Return the `query` parameter: all filters, or any of them."""
    return json.dumps({"filters": {"conjunction": conjunction, "items": filters}, "ordering": [order]})
