"""Logins on a real server: a new password for somebody who forgot it, and the end of one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from label_studio_sdk.core.api_error import ApiError

from annotator.errors import UsageError
from annotator.labelstudio import installation, people
from annotator.labelstudio.client import Client
from annotator.labelstudio.credentials import Credentials
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.pull import PullOptions, windows
from annotator.labelstudio.push import push_tasks
from annotator.labelstudio.server import Server
from annotator.models import Annotation, Task
from annotator.settings import Settings


def is_let_in(login: Credentials) -> bool:
    with httpx.Client(base_url=login.url, trust_env=False) as browser:
        browser.get("/user/login/")
        form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"], "email": login.login, "password": login.password}
        return browser.post("/user/login/", data=form, headers={"Referer": login.url}).status_code == httpx.codes.FOUND


def test_a_new_password_takes_the_place_of_the_old_one(label_studio: Server, client: Client) -> None:
    first = people.add(client, "forgetful")
    settings = Settings(data_dir=label_studio.paths.data_dir)
    second = people.reset_password(client, "forgetful", settings, installation.program())
    assert (is_let_in(first), is_let_in(second)) == (False, True)


def test_a_name_without_a_login_gets_no_password(label_studio: Server, client: Client) -> None:
    settings = Settings(data_dir=label_studio.paths.data_dir)
    with pytest.raises(UsageError, match="no login nobody@"):
        people.reset_password(client, "nobody", settings, installation.program())


def test_a_password_on_somebody_elses_server_is_set_there(client: Client, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with pytest.raises(UsageError, match="lets nobody set"):
        people.reset_password(client, "ann", settings, installation.program())


def test_whoever_is_removed_gets_in_no_more_and_the_answers_stay(
    client: Client,
    notes: PushNotes,
    new_title: Callable[[], str],
    make_tasks: Callable[..., list[Task]],
    answer: Callable[..., int],
) -> None:
    project = push_tasks(make_tasks(1), project=new_title(), client=client, notes=notes).project
    login = people.add(client, "leaving")
    with closing(Client(login.url, login.token)) as leaving:
        task = client.pushed_tasks(project)[0].task
        answer(leaving, task, "opinion")
        people.remove(client, "leaving")
        assert leaving.find_project(str(project)) is None
        with pytest.raises(ApiError, match="do not have permission"):
            answer(leaving, task, "sourced")
    assert login.login not in client.people().values()
    ((line,),) = windows(client, client.project(project), PullOptions())
    assert isinstance(line, Annotation)
    assert line.label == "opinion"


def test_the_login_that_asks_is_not_removed(client: Client) -> None:
    own = client.whoami()
    with pytest.raises(UsageError, match="uses itself"):
        people.remove(client, own)
    assert own in client.people().values()
