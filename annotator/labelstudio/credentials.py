"""Whom a key is sent to: the file of the local server's address and key, and the list of servers that are trusted.

A `label_studio_url` in a file of the working folder may be a stranger's: it gets no key before somebody confirmed it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from annotator import address
from annotator.errors import UsageError
from annotator.settings import Settings
from annotator.trust import is_trusted, read_private, write_private

FILE_NAME = "credentials.json"


@dataclass(frozen=True)
class Credentials:
    """Where a server is and how to get in. The secrets stay out of its `repr`."""

    url: str
    token: str = field(repr=False)
    login: str = ""
    password: str = field(default="", repr=False)


_CREDENTIALS = TypeAdapter(Credentials)


def find(settings: Settings) -> Credentials:
    """Return the configured server's credentials, else those of the local server.

    Raises:
        UsageError: no server is configured, or only half of it is, or a file names one that nobody confirmed.
    """
    url, token = settings.label_studio_url.strip(), settings.label_studio_api_key.get_secret_value().strip()
    server = address.canonical(url) if url else ""
    local = read(settings.data_dir)
    if server and token:
        _check_confirmed(server, settings)
        return Credentials(url=server, token=token)
    if local and server in {"", local.url} and not token:
        return local
    if url or token:
        missing = "LABEL_STUDIO_API_KEY" if url else "LABEL_STUDIO_URL"
        raise UsageError(
            f"{missing} is not set, though {'LABEL_STUDIO_URL' if url else 'LABEL_STUDIO_API_KEY'} is",
            hint=f"export {missing}=... (copy the key from Label Studio, Account & Settings)",
        )
    raise UsageError(
        f"no Label Studio is configured: {settings.data_dir / FILE_NAME} is missing and LABEL_STUDIO_URL is not set",
        hint="run annotator serve, or export LABEL_STUDIO_URL=... LABEL_STUDIO_API_KEY=...; "
        "one that was started with --data-dir is found by export ANNOTATOR_DATA_DIR=...",
    )


def read(data_dir: Path) -> Credentials | None:
    """Return the local server's credentials, or none where `annotator serve` never ran.

    Raises:
        UsageError: the file is damaged, or names another machine, which `annotator serve` never writes.
    """
    path = data_dir / FILE_NAME
    content = read_private(path)
    if content is None:
        return None
    try:
        login = _CREDENTIALS.validate_json(content)
        if address.canonical(login.url) == login.url and address.is_loopback(login.url):
            return login
    except (ValidationError, UsageError):
        pass
    raise UsageError(f"{path}: not a credentials file", hint="move it away, then run annotator serve")


def write(data_dir: Path, credentials: Credentials) -> Path:
    """Store the credentials, readable by their owner alone, in one step."""
    return write_private(data_dir / FILE_NAME, asdict(credentials))


def is_confirmed(server: str, settings: Settings) -> bool:
    """Tell whether the server may get a key: no file chose it, it is our own local one, or somebody trusts it.

    The data folder in which that stands must not be one that the same file chose.
    """
    if is_trusted(server, settings, "label_studio_url"):
        return True
    local = read(settings.own_data_dir)
    return bool(local and local.url == server)


def _check_confirmed(server: str, settings: Settings) -> None:
    if not is_confirmed(server, settings):
        named = settings.origin("label_studio_url").name
        raise UsageError(
            f"{named} names the server {server}, which gets no key before you confirm it",
            hint=f"annotator doctor --trust {address.origin(server)}, or export LABEL_STUDIO_URL={server}",
        )
