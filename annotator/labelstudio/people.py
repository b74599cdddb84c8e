"""Logins for annotators on the free edition, which can only invite: we accept the invitation ourselves."""

from __future__ import annotations

import re
import secrets

import httpx

from annotator.errors import ServerError, UsageError
from annotator.labelstudio.client import Client
from annotator.labelstudio.credentials import Credentials
from annotator.labelstudio.refusals import told

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,40}")
_DOMAIN = "annotators.invalid"
"""Reserved (RFC 2606): no mail can go astray to somebody real."""


def add(client: Client, name: str) -> Credentials:
    """Make a login for `name`, a short handle or an e-mail address, with a generated password and a key.

    Raises:
        UsageError: the name has another form, or is taken.
        ServerError: the server lets nobody sign up by invitation.
    """
    login = name if "@" in name else f"{name}@{_DOMAIN}"
    if "@" not in name and not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for a login", hint="small letters, digits, dots and dashes, or an e-mail"
        )
    password = secrets.token_urlsafe(12)
    with told(client.url), httpx.Client(base_url=client.url, trust_env=client.trusts_environment, timeout=60) as http:
        _sign_up(http, client.invitation(), login, password)
        key = http.get("/api/current-user/token").json().get("token", "")
    return Credentials(url=client.url, token=key, login=login, password=password)


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
        raise UsageError(f"{login} has a login already", hint="choose another name")
    raise ServerError(
        f"{http.base_url} made no login for {login} ({answer.status_code})",
        hint="invite people in Label Studio itself, under Organization > Add people",
    )
