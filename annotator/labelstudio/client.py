"""The connection to Label Studio, and the only place that imports its SDK.

The SDK sends a failed request again by itself, imports included, which doubles tasks. Here only questions are
asked twice; whoever sends tasks decides what a failure means. Its base class does all we need, which is its tokens:
the one that `label_studio_sdk` exports loads pandas as well, which costs 140 MB and 0.8 s. Its models take any answer
for theirs, cost 1.5 s of CPU per 10,000 tasks each way, and die on an unknown field
(https://github.com/HumanSignal/label-studio-sdk/issues/348): here each answer is checked where it is read.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
from label_studio_sdk.base_client import LabelStudioBase
from pydantic import TypeAdapter

from annotator.errors import AccessError, ServerError, UsageError
from annotator.labelstudio import credentials, queries, shapes
from annotator.labelstudio.address import canonical
from annotator.labelstudio.refusals import DoubtError, InvalidRequestError, TooLargeError, mapped_errors, stranger
from annotator.labelstudio.transport import open_http
from annotator.settings import Settings
from annotator.text import digest

T = TypeVar("T")

TITLE_MIN, TITLE_MAX = 3, 50
_ID_DIGITS = 9
LISTING_PAGE = 10_000
ANSWERS_PAGE = 1_000
QUERY_BYTES = 6_000
"""Ids in an address: common proxies cut it at 8 kB."""

_OF_ANSWERS = "id,result,completed_by,was_cancelled,ground_truth,created_at,updated_at,lead_time,parent_prediction"
# The names of an answer's fields also stand alone, for a server that does not expand.
_ANSWERED_FIELDS = ",".join(
    ("id,data,meta,annotations,draft_exists", _OF_ANSWERS, *(f"annotations.{name}" for name in _OF_ANSWERS.split(",")))
)
_WITHOUT_TIMES = ",".join(name for name in _ANSWERED_FIELDS.split(",") if not name.endswith("lead_time"))
_WIDEST = 50_000
"""Ids in one query, where most of them are other projects' or have no answers."""
_ONCE: Any = {"max_retries": 0}
_SMALLER = 4
"""By how much a page whose answer was too large is cut."""
_SERVER_DIGITS = 10


@dataclass(frozen=True)
class Project:
    """What we use of a project."""

    id: int
    title: str
    config: str = ""
    tasks: int = 0
    overlap: int = 1
    preselect: bool = False
    description: str = ""
    organization: int = 0
    server: str = ""
    """A stable id of its server, once asked for."""


@dataclass(frozen=True)
class ServerTask:
    """A task on the server. `answered` counts skips too."""

    unit_id: str
    task: int
    answered: bool = False
    content: str = ""
    """Digest of what it shows; nothing if an older version of this tool sent it."""


def connect(settings: Settings, *, timeout: float = 600) -> Client:
    """Return a connection to the configured server, else to the local one. Nothing is sent yet.

    Raises:
        UsageError: no server is configured.
    """
    found = credentials.find(settings)
    return Client(found.url, found.token, timeout=timeout)


class Client:
    """A connection with either kind of token: a legacy token, or a personal access token that the SDK renews.

    Every method raises what `refusals.mapped_errors` says.
    """

    def __init__(self, url: str, token: str, *, timeout: float = 600) -> None:
        """`timeout` is the seconds that one exchange may take in all."""
        self.url = canonical(url)
        self._token = token
        self._http = open_http(self.url, seconds=timeout)
        with mapped_errors(self.url, token):
            self._sdk: Any = LabelStudioBase(base_url=self.url, api_key=token, httpx_client=self._http, timeout=timeout)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def version(self) -> tuple[str, str]:
        """Return the server's version and edition."""
        found = self._get(shapes.VERSION, "api/version")
        return found.release, found.edition

    def with_server(self, project: Project) -> Project:
        """Return the project with a stable id of its server, or of its organization where a server has several.

        It is made of the moment at which the organization was created (to the microsecond, and nobody can change it):
        the same by every address, for every user, and after a move to another machine.
        """
        try:
            listed = self._get(shapes.ORGANIZATIONS, "api/organizations/")
        except (InvalidRequestError, AccessError):  # an edition with roles may keep them from some
            return project
        born = next((known.created_at for known in listed if known.id == project.organization), "")
        moment = datetime.fromisoformat(born).astimezone(UTC).isoformat() if born else ""
        server = digest(f"{project.organization} {moment}", _SERVER_DIGITS) if moment else ""
        return replace(project, server=server)

    def whoami(self) -> str:
        """Return the address the key belongs to: a cheap way to check it."""
        return self._get(shapes.USER, "api/current-user/whoami").email

    def invitation(self) -> str:
        """Return the token of the organization's invitation link."""
        return self._get(shapes.TOKEN, "api/invite").token

    def people(self) -> dict[int, str]:
        """Return the login of each user id."""
        return {user.id: user.email for user in self._get(shapes.USERS, "api/users/")}

    def find_project(self, project: str) -> Project | None:
        """Return the project with exactly this title or id, or none.

        A title of digits alone is taken for an id first.

        Raises:
            UsageError: several projects have this title.
        """
        project = stored_title(project)
        if is_id(project) and (found := self._project(int(project))):
            return found
        ids = self.titled(project)
        if len(ids) > 1:
            listed = ", ".join(map(str, ids))
            raise UsageError(f"{len(ids)} projects are called {project!r}: {listed}", hint="--project ID chooses one")
        return self._project(ids[0]) if ids else None

    def titled(self, title: str) -> list[int]:
        """Return the ids of the projects with exactly this title; the server matches any part of it, in any case."""
        titles: dict[int, str] = {}
        page: int | None = 1
        while page:
            asked = {"title": title, "include": "id,title", "page": page, "page_size": 100}
            found = self._get(shapes.TITLES, "api/projects/", asked)
            new = {project.id: project.title for project in found.results if project.id not in titles}
            titles |= new
            page = page + 1 if found.next and new else None
        return sorted(number for number, known in titles.items() if known == title)

    def create_project(self, title: str, *, config: str, settings: Mapping[str, Any]) -> Project:
        """Create a project. `settings` are the server's own names.

        Raises:
            UsageError: the title is shorter or longer than the server takes.
        """
        check_title(title)
        path = "api/projects/"
        made = self._change("POST", path, {"title": stored_title(title), "label_config": config, **settings})
        return self.project(shapes.checked(shapes.MADE, made, url=self.url, path=path).id)

    def project(self, project_id: int) -> Project:
        """Return a project that must be there.

        Raises:
            UsageError: it is not.
        """
        found = self._project(project_id)
        if found is None:
            raise UsageError(f"{self.url} has no project {project_id}", hint="the address of a project ends in its id")
        return found

    def delete_project(self, project_id: int) -> None:
        """Delete a project with everything in it."""
        self._change("DELETE", f"api/projects/{project_id}/")

    def update_project(self, project_id: int, settings: Mapping[str, Any]) -> None:
        """Change settings of a project."""
        self._change("PATCH", f"api/projects/{project_id}/", settings)

    def check_config(self, project_id: int, config: str) -> None:
        """Ask the server whether the form fits the annotations that are there.

        Only this call notices a used label that is gone; the update itself accepts it.

        Raises:
            InvalidRequestError: it does not.
        """
        self._change("POST", f"api/projects/{project_id}/validate/", {"label_config": config})

    def pushed_tasks(self, project_id: int) -> list[ServerTask]:
        """Return every task of the project that we pushed."""
        return self.pushed_and_other_tasks(project_id)[0]

    def pushed_and_other_tasks(self, project_id: int) -> tuple[list[ServerTask], int]:
        """Return every task of the project that we pushed, and how many others there are."""
        ours: list[ServerTask] = []
        total = 0
        for page in self._listing(project_id):
            ours += _ours(page)
            total += len(page)
        return ours, total - len(ours)

    def tasks_of_units(self, project_id: int, unit_ids: Iterable[str]) -> Iterator[ServerTask]:
        """Yield the project's tasks of these units, asking for as many at once as an address can hold."""
        for some in queries.by_bytes(unit_ids, QUERY_BYTES):
            for page in self._listing(project_id, queries.where("data.unit_id", "in_list", some, kind="List")):
                yield from _ours(page)

    def import_tasks(self, project_id: int, rows: Sequence[str | bytes]) -> list[int]:
        """Send the rows, each a task as JSON, once; return their task ids, in order. All of them are stored or none.

        Raises:
            DoubtError: they may have been stored.
        """
        body = b"[" + b",".join(row.encode() if isinstance(row, str) else row for row in rows) + b"]"
        try:
            answer = self._send("POST", f"api/projects/{project_id}/import?return_task_ids=true", body)
        except TooLargeError as error:
            raise DoubtError(error.message, hint=error.hint) from error
        if not isinstance(answer, dict) or answer.get("task_count") != len(rows):  # Enterprise only says: begun
            raise DoubtError(f"{self.url} did not confirm {len(rows)} tasks", hint="run it again")
        return list(answer.get("task_ids") or ())

    def delete_tasks(self, project_id: int, task_ids: Sequence[int]) -> None:
        """Delete tasks with everything that belongs to them."""
        chosen = {"selectedItems": {"all": False, "included": list(task_ids)}}
        self._change("POST", f"api/dm/actions/?id=delete_tasks&project={project_id}", chosen)

    def tasks_with_drafts(self, project_id: int) -> set[int]:
        """Return the tasks in which somebody typed an answer without submitting it."""
        begun = queries.where("draft_exists", "equal", True, kind="Boolean")
        return {task.id for page in self._listing(project_id, begun) for task in page}

    def drafts(self, task_id: int) -> list[dict[str, Any]]:
        """Return everybody's unsubmitted answers to a task."""
        return self._get(shapes.DRAFTS, f"api/tasks/{task_id}/drafts")

    def answers(
        self, project_id: int, *, after: int = 0, since: str = "", unlabelled: bool = False
    ) -> Iterator[list[dict[str, Any]]]:
        """Yield the tasks that have answers or drafts, with their answers, in windows and in the order of their ids.

        Each window begins behind the last id of the one before, so that answers which arrive meanwhile shift
        nothing; `after` begins behind a task seen earlier. It also ends at an id: the server counts everything
        that a query matches, so an open end would cost more with every task of the project. Unless told to expand the
        annotations, it builds the serializer of an annotation anew for every task, in three quarters of its time.

        An infinite lead time, which a script can store, is a 500 for the whole window: it is narrowed down to the one
        task, whose answers then come without times.
        """
        last = self._last_task(project_id)
        size = span = ANSWERS_PAGE
        crashed = False
        while after < last:
            upto = min(after + span, last)
            query = queries.query(
                queries.answered(after + 1, upto, since=since, unlabelled=unlabelled), conjunction="or"
            )
            try:
                window, total = self._window(project_id, size, query, once=crashed)
            except TooLargeError:
                if size == 1:
                    raise
                span = size = max(1, size // _SMALLER)
                continue
            except DoubtError as error:
                if not error.crashed:
                    raise
                crashed = True
                window, total = self._window(project_id, size, query, fields=_WITHOUT_TIMES)
                if upto - after > 1:
                    span = (upto - after) // 2
                    continue
            ids = [task["id"] for task in window]
            if ids != sorted(set(ids)) or (ids and not after < ids[0] <= ids[-1] <= upto):
                raise ServerError(f"{self.url} does not know nested filters", hint="use Label Studio 1.20 or newer")
            if window:
                yield window
            span = span if 2 * len(window) > size else min(2 * span, _WIDEST)
            after = ids[-1] if ids and len(window) < total else upto

    def _project(self, project_id: int) -> Project | None:
        try:
            found = self._get(shapes.PROJECT, f"api/projects/{project_id}/")
        except InvalidRequestError:
            return None
        return Project(
            id=found.id,
            title=found.title,
            config=found.label_config,
            tasks=found.task_number or 0,
            overlap=found.maximum_annotations,
            preselect=bool(found.show_collab_predictions),
            description=found.description or "",
            organization=found.organization or 0,
        )

    def _last_task(self, project_id: int) -> int:
        page = self._tasks(project_id, 1, queries.query([], order="-tasks:id"), fields="task_only", include="id")
        found = shapes.checked(shapes.LISTING, page, url=self.url, path="api/tasks/").tasks
        return found[0].id if found else 0

    def _listing(self, project_id: int, *filters: Mapping[str, Any]) -> Iterator[list[shapes.Listed]]:
        """Yield the tasks that pass all filters in pages, each behind the last id of the one before.

        A page by its number would leave tasks out where somebody deletes others meanwhile.
        """
        included = "id,meta,total_annotations,cancelled_annotations"
        size, after, left = LISTING_PAGE, 0, 1
        while left:
            query = queries.query([*filters, queries.where("id", "greater", after)])
            try:
                answer = self._tasks(project_id, size, query, fields="task_only", include=included)
            except TooLargeError:
                if size == 1:
                    raise
                size = max(1, size // _SMALLER)
                continue
            found = shapes.checked(shapes.LISTING, answer, url=self.url, path="api/tasks/")
            page = found.tasks
            if page and page[-1].id <= after:
                raise stranger(self.url, "api/tasks/", "the same tasks again")
            left = found.total - len(page) if page else 0
            after = page[-1].id if page else after
            yield page

    def _window(
        self, project_id: int, size: int, query: str, *, fields: str = _ANSWERED_FIELDS, once: bool = False
    ) -> tuple[list[dict[str, Any]], int]:
        """The tasks as the server gives them: what is in their answers is told apart in `wire`."""
        answer = self._tasks(project_id, size, query, once=once, fields="all", include=fields, expand="annotations")
        total = shapes.checked(shapes.ANSWERS, answer, url=self.url, path="api/tasks/").total
        return answer["tasks"], total

    def _tasks(
        self, project_id: int, size: int, query: str, *, once: bool = False, **parameters: object
    ) -> dict[str, Any]:
        # without resolve_uri, a text that looks like an address in a cloud storage stays what it is
        asked = {"project": project_id, "page_size": size, "query": query, "resolve_uri": False, **parameters}
        return self._get(shapes.OBJECT, "api/tasks/", asked, once=once)

    def _get(
        self, form: TypeAdapter[T], path: str, parameters: Mapping[str, object] | None = None, *, once: bool = False
    ) -> T:
        again = {"request_options": _ONCE} if once else {}
        answer = self._answer(path, method="GET", params=dict(parameters or {}), **again)
        return shapes.checked(form, answer, url=self.url, path=path)

    def _change(self, method: str, path: str, settings: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401
        return self._send(method, path, json.dumps(settings or {}).encode())

    def _send(self, method: str, path: str, body: bytes) -> Any:  # noqa: ANN401 - whatever JSON says
        kind = {"Content-Type": "application/json"}
        return self._answer(path, method=method, content=body, headers=kind, request_options=_ONCE)

    def _answer(self, path: str, **request: object) -> Any:  # noqa: ANN401 - whatever JSON says
        """Send one request with the SDK's connection and tokens; return the JSON of the answer, none where it has none.

        The server's bytes are read as UTF-8, whatever they call themselves: Python also has encodings that unpack.
        """
        from label_studio_sdk.core.api_error import ApiError

        with mapped_errors(self.url, self._token):
            response = self._sdk._client_wrapper.httpx_client.request(path, **request)
            if response.status_code == httpx.codes.NO_CONTENT:
                return None
            if not response.is_success or "json" not in response.headers.get("content-type", ""):
                raise ApiError(status_code=response.status_code, body=_body(response), headers=dict(response.headers))
            return json.loads(response.content)


def stored_title(title: str) -> str:
    """Return the title as the server stores it, which strips it; in NFC, so that what looks the same is the same."""
    return unicodedata.normalize("NFC", title.strip())


def is_id(project: str) -> bool:
    """Tell whether what the user calls the project can be an id: a number that a database holds."""
    return project.isdecimal() and len(project) <= _ID_DIGITS


def check_title(title: str) -> None:
    """Check a title for a new project.

    Raises:
        UsageError: the server would refuse it.
    """
    title = stored_title(title)
    if not TITLE_MIN <= len(title) <= TITLE_MAX:
        raise UsageError(
            f"project title {title!r} has {len(title)} characters; Label Studio takes {TITLE_MIN} to {TITLE_MAX}",
            hint="choose another --project title",
        )


def _ours(page: Iterable[shapes.Listed]) -> Iterator[ServerTask]:
    for task in page:
        meta = task.meta if isinstance(task.meta, dict) else {}
        if isinstance(unit_id := meta.get("unit_id"), str) and unit_id:
            answered = (task.total_annotations or 0) + (task.cancelled_annotations or 0) > 0
            content = str(meta.get("content") or "")
            yield ServerTask(unit_id=unit_id, task=task.id, answered=answered, content=content)


def _body(response: httpx.Response) -> object:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return response.content.decode("utf-8", errors="replace")
