"""Logins for annotators on the free edition, which can only invite: we accept the invitation ourselves."""

from __future__ import annotations

import json
import re
import secrets
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import httpx

from annotator import system
from annotator.errors import ServerError, UsageError
from annotator.labelstudio import credentials, installation, server_environment, shapes
from annotator.labelstudio.client import Client
from annotator.labelstudio.credentials import Credentials
from annotator.labelstudio.refusals import mapped_errors
from annotator.labelstudio.transport import open_http
from annotator.settings import Settings, child_environment

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,40}")
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[^\W_](?:[^\W_]|-(?!\.))*"
_EMAIL = re.compile(rf"{_WORD}(?:\.{_WORD})*@(?:localhost|(?:{_LABEL}\.)+[^\W\d_](?:[^\W_]|-)*[^\W_])")
"""What Label Studio's own form takes, except for quoted names and bare numbers of hosts."""
_LONGEST = 255
"""Characters of an e-mail address that Label Studio's sign-up takes: fewer than 256."""
_DOMAIN = "annotators.invalid"
"""Reserved (RFC 2606): no mail can go astray to somebody real."""


class TakenError(UsageError):
    """The name has a login already; its password is stored nowhere, so that it cannot be shown again."""


def check(names: Sequence[str]) -> None:
    """Refuse names that no login can have, all of them at once.

    Raises:
        UsageError: a name is neither a short handle nor an e-mail address.
    """
    wrong = [name for name in names if not _fits(name)]
    if wrong:
        problem = "is not a name for a login" if len(wrong) == 1 else "are not names for logins"
        hint = "use small letters, digits, dots and dashes, or an e-mail address"
        raise UsageError(f"{', '.join(map(repr, wrong))} {problem}", hint=hint)


def add(client: Client, name: str) -> Credentials:
    """Make a login for `name`, a short handle or an e-mail address, with a generated password and a key.

    Raises:
        TakenError: the name has a login already.
        UsageError: the name has another form.
        ServerError: the server lets nobody sign up by invitation.
    """
    check([name])
    login = _login(name)
    password = secrets.token_urlsafe(12)
    with mapped_errors(client.url), closing(open_http(client.url, seconds=60)) as http:
        _sign_up(http, client, login, password)
        path = "api/current-user/token"
        answer = json.loads(http.get(f"{client.url}/{path}").content)
    token = shapes.checked(shapes.TOKEN, answer, url=client.url, path=path).token
    return Credentials(url=client.url, token=token, login=login, password=password)


def remove(client: Client, name: str) -> str:
    """Let the login of `name` in no more, and return it. Its answers stay, under its number.

    Raises:
        UsageError: nobody has this login, or it is the one that asks.
    """
    number, login = _known(client, name)
    if login == client.whoami():
        hint = "remove it with the key of somebody else's login"
        raise UsageError(f"{login} is the login that this command uses itself", hint=hint)
    client.remove_person(number)
    return login


def reset_password(client: Client, name: str, settings: Settings, program: Path) -> Credentials:
    """Give the login of `name` a new password: only a local server lets us, by a command on its own database.

    Raises:
        UsageError: nobody has this login, or the server is not the one that `annotator serve` runs here.
        ServerError: Label Studio did not set it.
    """
    local = credentials.read(settings.data_dir)
    if local is None or local.url != client.url:
        hint = "its administrator can set one, on that machine"
        raise UsageError(f"{client.url} lets nobody set another person's password", hint=hint)
    _, login = _known(client, name)
    password = secrets.token_urlsafe(12)
    variables = server_environment.variables(
        settings.data_dir / "label-studio", local, database_url=settings.database_url.get_secret_value()
    )
    secret, typed = system.secret_for("--password", password)
    ran = subprocess.run(
        [*installation.command(program), "reset_password", "--username", login, *secret],
        input=typed,
        env=child_environment(variables),
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    if ran.returncode or "success" not in ran.stdout.lower():
        said = (ran.stdout + ran.stderr).replace(password, "***").strip().splitlines()[-1:] or ["no output"]
        raise ServerError(f"Label Studio did not set the password of {login}: {said[0][:200]}", hint="run it again")
    return Credentials(url=client.url, token="", login=login, password=password)


def number_of(client: Client, name: str) -> int:
    """Return the number of somebody's login.

    Raises:
        UsageError: nobody has this login.
    """
    return _known(client, name)[0]


def _known(client: Client, name: str) -> tuple[int, str]:
    """Return number and login of somebody who is there; a name that names nobody is not made."""
    check([name])
    login = _login(name)
    for number, known in client.people().items():
        if known == login:
            return number, login
    raise UsageError(f"{client.url} has no login {login}", hint="annotator annotators list prints them")


def _login(name: str) -> str:
    return name if "@" in name else f"{name}@{_DOMAIN}"


def _fits(name: str) -> bool:
    login = _login(name)
    handle = "@" in name or _NAME.fullmatch(name)
    return bool(handle and _EMAIL.fullmatch(login)) and len(login) <= _LONGEST


def _sign_up(http: httpx.Client, client: Client, login: str, password: str) -> None:
    page = f"{client.url}/user/signup/"
    invitation = {"token": client.invitation()}
    http.get(page, params=invitation)
    form = {
        "csrfmiddlewaretoken": http.cookies.get("csrftoken", ""),
        "email": login,
        "password": password,
        "allow_newsletters": "false",
    }
    answer = http.post(page, params=invitation, data=form, headers={"Referer": client.url})
    if answer.status_code == httpx.codes.FOUND:
        return
    if b"already exists" in answer.content:
        raise TakenError(f"{login} has a login already", hint="choose another name")
    raise ServerError(
        f"{client.url} did not create a login for {login} ({answer.status_code})",
        hint="invite people in Label Studio itself, under Organization > Add people",
    )
