"""Logins for annotators on the free edition, which can only invite: we accept the invitation ourselves."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

import httpx

from annotator.errors import ServerError, UsageError
from annotator.labelstudio.client import Client
from annotator.labelstudio.credentials import Credentials
from annotator.labelstudio.refusals import told

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,40}")
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[^\W_](?:[^\W_]|-(?!\.))*"
_EMAIL = re.compile(rf"{_WORD}(?:\.{_WORD})*@(?:localhost|(?:{_LABEL}\.)+[^\W\d_](?:[^\W_]|-)*[^\W_])")
"""What Label Studio's own form takes, quoted names and bare numbers of hosts aside."""
_LONGEST = 255
_DOMAIN = "annotators.invalid"
"""Reserved (RFC 2606): no mail can go astray to somebody real."""


class TakenError(UsageError):
    """The name has a login already, whose password nobody can be told again."""


def check(names: Sequence[str]) -> None:
    """Refuse names that no login can have, all of them at once.

    Raises:
        UsageError: a name is neither a short handle nor an e-mail address.
    """
    wrong = [name for name in names if not _fits(name)]
    if wrong:
        told = "is no name for a login" if len(wrong) == 1 else "are no names for logins"
        hint = "small letters, digits, dots and dashes, or an e-mail"
        raise UsageError(f"{', '.join(map(repr, wrong))} {told}", hint=hint)


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
    with told(client.url), httpx.Client(base_url=client.url, trust_env=client.trusts_environment, timeout=60) as http:
        _sign_up(http, client.invitation(), login, password)
        key = http.get("/api/current-user/token").json().get("token", "")
    return Credentials(url=client.url, token=key, login=login, password=password)


def _login(name: str) -> str:
    return name if "@" in name else f"{name}@{_DOMAIN}"


def _fits(name: str) -> bool:
    login = _login(name)
    handle = "@" in name or _NAME.fullmatch(name)
    return bool(handle and _EMAIL.fullmatch(login)) and len(login) <= _LONGEST


def _sign_up(http: httpx.Client, invitation: str, login: str, password: str) -> None:
    page = {"token": invitation}
    http.get("/user/signup/", params=page)
    form = {
        "csrfmiddlewaretoken": http.cookies.get("csrftoken", ""),
        "email": login,
        "password": password,
        "allow_newsletters": "false",
    }
    answer = http.post("/user/signup/", params=page, data=form, headers={"Referer": str(http.base_url)})
    if answer.status_code == httpx.codes.FOUND:
        return
    if "already exists" in answer.text:
        raise TakenError(f"{login} has a login already", hint="choose another name")
    raise ServerError(
        f"{http.base_url} made no login for {login} ({answer.status_code})",
        hint="invite people in Label Studio itself, under Organization > Add people",
    )
