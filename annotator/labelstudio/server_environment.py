"""What a local Label Studio is told by its environment: where its data are, who gets in, how people reach it."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from annotator import address
from annotator.errors import ServerError, UsageError
from annotator.labelstudio.credentials import Credentials

_SCHEMES = {"postgres", "postgresql"}
_PORT = 5432
_CONNECT = 10.0
"""Seconds to be let in."""


def variables(folder: Path, login: Credentials, *, database_url: str = "", public_url: str = "") -> dict[str, str]:
    """Return the variables for a server with its data in `folder`.

    An empty LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN crashes the server; it is read on the first start only.

    Raises:
        UsageError: an address is none.
    """
    return {
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder.resolve()),
        "LABEL_STUDIO_USERNAME": login.login,
        "LABEL_STUDIO_PASSWORD": login.password,
        "LABEL_STUDIO_USER_TOKEN": login.token,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "LATEST_VERSION_CHECK": "false",
        "COLLECT_ANALYTICS": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "DEBUG": "false",
        "LOG_LEVEL": "WARNING",
        **_database(database_url),
        **_seen_from_outside(public_url),
    }


def shown_database(url: str) -> str:
    """Return the address of a database without its login."""
    parts, port = _parts(url)
    return f"postgresql://{parts.hostname}:{port}{parts.path}"


def check_database(url: str) -> None:
    """Check that somebody listens there: Label Studio would say so in the middle of a hundred lines.

    Raises:
        UsageError: the address is none.
        ServerError: nobody does.
    """
    parts, port = _parts(url)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=_CONNECT).close()
    except OSError as error:
        hint = "start the database, or correct ANNOTATOR_DATABASE_URL"
        raise ServerError(f"{shown_database(url)} cannot be reached: {error}", hint=hint) from error


def _database(url: str) -> dict[str, str]:
    """What a PostgreSQL needs beyond that, as for TLS, libpq reads from its own variables, like PGSSLMODE."""
    if not url:
        return {"DJANGO_DB": "sqlite"}
    parts, port = _parts(url)
    return {
        "DJANGO_DB": "default",
        "POSTGRE_HOST": parts.hostname or "",
        "POSTGRE_PORT": str(port),
        "POSTGRE_USER": unquote(parts.username or ""),
        "POSTGRE_PASSWORD": unquote(parts.password or ""),
        "POSTGRE_NAME": unquote(parts.path.removeprefix("/")),
    }


def _seen_from_outside(url: str) -> dict[str, str]:
    """Tell the server its address behind a proxy: a browser that came by TLS may log in from no other origin.

    The proxy takes the path away: what arrives at the server begins where its own paths begin.
    """
    if not url:
        return {}
    public = address.canonical(url)
    return {"LABEL_STUDIO_HOST": public, "CSRF_TRUSTED_ORIGINS": address.origin(public)}


def _parts(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORT
    except ValueError:
        raise _no_address("its port is none, or its password has signs that must be written as %XX") from None
    if parts.scheme not in _SCHEMES or not parts.hostname or not parts.username:
        raise _no_address("it begins with postgresql:// and names a user and a host")
    if not parts.path.strip("/") or parts.query or parts.fragment:
        raise _no_address("it ends in the name of the database, without ? and #")
    return parts, port


def _no_address(problem: str) -> UsageError:
    """The address is not quoted: it holds a password."""
    message = f"ANNOTATOR_DATABASE_URL is not the address of a database: {problem}"
    return UsageError(message, hint="like postgresql://USER:PASSWORD@HOST:5432/NAME")
