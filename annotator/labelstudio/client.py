"""What we ask of Label Studio and change in it: projects, tasks, answers, people."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from annotator.errors import AccessError, UsageError
from annotator.labelstudio import credentials, shapes, versions
from annotator.labelstudio.connection import Connection
from annotator.labelstudio.refusals import DoubtError, InvalidRequestError, TooLargeError
from annotator.labelstudio.task_list import TaskList, by_bytes, where
from annotator.labelstudio.wire import sample_in
from annotator.models import Sample
from annotator.settings import Settings
from annotator.text import digest

TITLE_MIN, TITLE_MAX = 3, 50
"""Characters that the server's own check takes."""
_ID_DIGITS = 9
"""A longer number may not fit the 32 bits of an id in the server's database, and is taken for a title."""
QUERY_BYTES = 6_000
"""Ids in an address: common proxies cut it at 8 kB."""
_SERVER_DIGITS = 10
"""Hexadecimal, so 40 bits: enough to tell servers apart, and still readable behind an annotator's number."""


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
    sample: Sample | None = None
    """How it was drawn, if it was."""


def connect(settings: Settings, *, timeout: float = 600) -> Client:
    """Return a connection to the configured server, else to the local one. Nothing is sent yet.

    Raises:
        UsageError: no server is configured.
    """
    login = credentials.find(settings)
    return Client(login.url, login.token, timeout=timeout)


class Client:
    """Label Studio as one user sees it.

    Every method raises what `refusals.mapped_errors` says.
    """

    def __init__(self, url: str, token: str, *, timeout: float = 600) -> None:
        """`timeout` is the seconds that one exchange may take in all."""
        self.connection = Connection(url, token, timeout=timeout)
        self.url = self.connection.url

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def version(self) -> tuple[str, str]:
        """Return the server's version and edition."""
        version = self.connection.get(shapes.VERSION, "api/version")
        return version.release, version.edition

    def with_server(self, project: Project) -> Project:
        """Return the project with a stable id of its server, or of its organization where a server has several.

        It is made of the moment at which the organization was created (to the microsecond, and nobody can change it):
        the same by every address, for every user, and after a move to another machine.
        """
        try:
            organizations = self.connection.get(shapes.ORGANIZATIONS, "api/organizations/")
        except (InvalidRequestError, AccessError):  # an edition with roles may keep them from some
            return project
        created = next((each.created_at for each in organizations if each.id == project.organization), "")
        moment = datetime.fromisoformat(created).astimezone(UTC).isoformat() if created else ""
        server = digest(f"{project.organization} {moment}", _SERVER_DIGITS) if moment else ""
        return replace(project, server=server)

    def whoami(self) -> str:
        """Return the address the key belongs to: a cheap way to check it."""
        return self.connection.get(shapes.USER, "api/current-user/whoami").email

    def invitation(self) -> str:
        """Return the token of the organization's invitation link."""
        return self.connection.get(shapes.TOKEN, "api/invite").token

    def people(self) -> dict[int, str]:
        """Return the login of each user id."""
        return {user.id: user.email for user in self.connection.get(shapes.USERS, "api/users/")}

    def remove_person(self, user_id: int) -> None:
        """Let nobody in by this login any more. Everything that was answered with it stays."""
        organization = self.connection.get(shapes.USER, "api/current-user/whoami").active_organization
        self.connection.change("DELETE", f"api/organizations/{organization}/memberships/{user_id}/")

    def find_project(self, project: str) -> Project | None:
        """Return the project with exactly this title or id, or none.

        A title of digits alone is taken for an id first.

        Raises:
            UsageError: several projects have this title.
        """
        project = stored_title(project)
        if is_id(project) and (with_id := self._project(int(project))):
            return with_id
        ids = self.titled(project)
        if len(ids) > 1:
            listed = ", ".join(map(str, ids))
            raise UsageError(f"{len(ids)} projects are called {project!r}: {listed}", hint="--project ID chooses one")
        return self._project(ids[0]) if ids else None

    def titled(self, title: str) -> list[int]:
        """Return the ids of the projects with exactly this title."""
        return sorted(project_id for project_id, similar in self.titles(title).items() if similar == title)

    def titles(self, part: str = "") -> dict[int, str]:
        """Return id and title of each project with this part in its title, in any case; of all of them without one."""
        titles: dict[int, str] = {}
        page: int | None = 1
        while page:
            parameters = {"title": part, "include": "id,title", "page": page, "page_size": 100}
            answer = self.connection.get(shapes.TITLES, "api/projects/", parameters)
            new = {project.id: project.title for project in answer.results if project.id not in titles}
            titles |= new
            page = page + 1 if answer.next and new else None  # a stranger's `next` may lead round in a circle
        return titles

    def create_project(self, title: str, *, config: str, settings: Mapping[str, Any]) -> Project:
        """Create a project. `settings` are the server's own names.

        Raises:
            UsageError: the title is shorter or longer than the server takes, or the server is too old to begin with.
        """
        check_title(title)
        versions.check(self.url, self.version()[0])
        path = "api/projects/"
        content = {"title": stored_title(title), "label_config": config, **settings}
        answer = self.connection.change("POST", path, content)
        return self.project(shapes.checked(shapes.CREATED, answer, url=self.url, path=path).id)

    def project(self, project_id: int) -> Project:
        """Return a project that must be there.

        Raises:
            UsageError: it is not.
        """
        project = self._project(project_id)
        if project is None:
            raise UsageError(f"{self.url} has no project {project_id}", hint="the address of a project ends in its id")
        return project

    def delete_project(self, project_id: int) -> None:
        """Delete a project with everything in it."""
        self.connection.change("DELETE", f"api/projects/{project_id}/")

    def update_project(self, project_id: int, settings: Mapping[str, Any]) -> None:
        """Change settings of a project."""
        self.connection.change("PATCH", f"api/projects/{project_id}/", settings)

    def check_config(self, project_id: int, config: str) -> None:
        """Ask the server whether the form fits the annotations that are there.

        Only this call notices a used label that is gone; the update itself accepts it.

        Raises:
            InvalidRequestError: it does not.
        """
        self.connection.change("POST", f"api/projects/{project_id}/validate/", {"label_config": config})

    def pushed_tasks(self, project_id: int) -> list[ServerTask]:
        """Return every task of the project that we pushed."""
        return self.pushed_and_other_tasks(project_id)[0]

    def pushed_and_other_tasks(self, project_id: int) -> tuple[list[ServerTask], int]:
        """Return every task of the project that we pushed, and how many others there are."""
        ours: list[ServerTask] = []
        total = 0
        for page in TaskList(self.connection, project_id).pages():
            ours += _ours(page)
            total += len(page)
        return ours, total - len(ours)

    def tasks_of_units(self, project_id: int, unit_ids: Iterable[str]) -> Iterator[ServerTask]:
        """Yield the project's tasks of these units, asking for as many at once as an address can hold."""
        for chunk in by_bytes(unit_ids, QUERY_BYTES):
            among = where("data.unit_id", "in_list", chunk, kind="List")
            for page in TaskList(self.connection, project_id).pages(among):
                yield from _ours(page)

    def tasks_of_article(self, project_id: int, article_id: str) -> Iterator[shapes.Listed]:
        """Yield the project's tasks of an article, whoever sent them."""
        among = where("data.article_id", "equal", article_id, kind="String")
        for page in TaskList(self.connection, project_id).pages(among):
            yield from page

    def import_tasks(self, project_id: int, rows: Sequence[str | bytes]) -> list[int]:
        """Send the rows, each a task as JSON, once; return their task ids, in order. All of them are stored or none.

        Raises:
            DoubtError: they may have been stored.
        """
        body = b"[" + b",".join(row.encode() if isinstance(row, str) else row for row in rows) + b"]"
        try:
            answer = self.connection.send("POST", f"api/projects/{project_id}/import?return_task_ids=true", body)
        except TooLargeError as error:
            raise DoubtError(error.message, hint=error.hint) from error
        if not isinstance(answer, dict) or answer.get("task_count") != len(rows):  # Enterprise only says: begun
            raise DoubtError(f"{self.url} did not confirm {len(rows)} tasks", hint="run it again")
        return list(answer.get("task_ids") or ())

    def delete_tasks(self, project_id: int, task_ids: Sequence[int]) -> None:
        """Delete tasks with everything that belongs to them."""
        chosen = {"selectedItems": {"all": False, "included": list(task_ids)}}
        self.connection.change("POST", f"api/dm/actions/?id=delete_tasks&project={project_id}", chosen)

    def answer(self, task_id: int, annotation: Mapping[str, Any]) -> None:
        """Give a task an answer, once; `completed_by` says whose it is."""
        self.connection.change("POST", f"api/tasks/{task_id}/annotations/", annotation)

    def delete_annotation(self, annotation: int) -> None:
        """Delete one answer; its task waits for another one then."""
        self.connection.change("DELETE", f"api/annotations/{annotation}/")

    def tasks_with_drafts(self, project_id: int) -> set[int]:
        """Return the tasks in which somebody typed an answer without submitting it."""
        begun = where("draft_exists", "equal", True, kind="Boolean")
        return {task.id for page in TaskList(self.connection, project_id).pages(begun) for task in page}

    def drafts(self, task_id: int) -> list[dict[str, Any]]:
        """Return everybody's unsubmitted answers to a task."""
        return self.connection.get(shapes.DRAFTS, f"api/tasks/{task_id}/drafts")

    def answer_windows(
        self, project_id: int, *, after: int = 0, since: str = "", unlabelled: bool = False
    ) -> Iterator[list[dict[str, Any]]]:
        """Yield the tasks that have answers or drafts, with their answers, in windows and in the order of their ids.

        `after` begins behind a task, `since` takes what was changed from a moment on, `unlabelled` every task.
        """
        return TaskList(self.connection, project_id).windows(after=after, since=since, unlabelled=unlabelled)

    def _project(self, project_id: int) -> Project | None:
        try:
            project = self.connection.get(shapes.PROJECT, f"api/projects/{project_id}/")
        except InvalidRequestError:
            return None
        return Project(
            id=project.id,
            title=project.title,
            config=project.label_config,
            tasks=project.task_number or 0,
            overlap=project.maximum_annotations,
            preselect=bool(project.show_collab_predictions),
            description=project.description or "",
            organization=project.organization or 0,
        )


def labelling_address(url: str, project_id: int) -> str:
    """Return the address at which people label: the next unit in its whole width, without the table of all of them."""
    return f"{url}/projects/{project_id}/data?labeling=1"


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
            sample = sample_in(meta) if "sample" in meta else None
            yield ServerTask(unit_id=unit_id, task=task.id, answered=answered, content=content, sample=sample)
