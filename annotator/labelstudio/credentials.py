"""Whom a key is sent to: the file of the local server's address and key, and the list of servers that are trusted.

A `label_studio_url` in a file of the working folder may be a stranger's: it gets no key before somebody confirmed it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from annotator.errors import UsageError
from annotator.labelstudio import address
from annotator.settings import Settings

FILE_NAME = "credentials.json"
TRUSTED_NAME = "trusted-servers.json"


@dataclass(frozen=True)
class Credentials:
    """Where a server is and how to get in. The secrets stay out of its `repr`."""

    url: str
    token: str = field(repr=False)
    login: str = ""
    password: str = field(default="", repr=False)


_CREDENTIALS = TypeAdapter(Credentials)
_TRUSTED = TypeAdapter(list[str])


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
        hint="run annotator serve, or export LABEL_STUDIO_URL=... LABEL_STUDIO_API_KEY=...",
    )


def read(data_dir: Path) -> Credentials | None:
    """Return the local server's credentials, or none where `annotator serve` never ran.

    Raises:
        UsageError: the file is damaged, or names another machine, which `annotator serve` never writes.
    """
    path = data_dir / FILE_NAME
    content = _content(path)
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
    return _write(data_dir / FILE_NAME, asdict(credentials))


def trust(settings: Settings, url: str) -> str:
    """Confirm that the server may get a key even where a file in the working folder names it; return its address.

    Raises:
        UsageError: it is not the address of a server, or the list cannot be read or written.
    """
    server = address.origin(address.canonical(url))
    try:
        settings.own_data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(settings.own_data_dir / TRUSTED_NAME, sorted({*trusted(settings.own_data_dir), server}))
    except OSError as error:
        hint = "choose another folder with ANNOTATOR_DATA_DIR"
        raise UsageError(f"{settings.own_data_dir}: {error.strerror}", hint=hint) from error
    return server


def trusted(data_dir: Path) -> list[str]:
    """Return the servers that were confirmed.

    Raises:
        UsageError: the list is damaged.
    """
    path = data_dir / TRUSTED_NAME
    try:
        return _TRUSTED.validate_json(_content(path) or b"[]")
    except ValidationError:
        hint = "move it away, then run annotator doctor --trust URL, which writes a new one"
        raise UsageError(f"{path}: not a list of servers", hint=hint) from None


def is_confirmed(server: str, settings: Settings) -> bool:
    """Tell whether the server may get a key: no file chose it, it is our own local one, or somebody trusts it.

    The data folder in which that stands must not be one that the same file chose.
    """
    if settings.origin("label_studio_url").kind != "file":
        return True
    local = read(settings.own_data_dir)
    return bool(local and local.url == server) or address.origin(server) in trusted(settings.own_data_dir)


def _check_confirmed(server: str, settings: Settings) -> None:
    if not is_confirmed(server, settings):
        named = settings.origin("label_studio_url").name
        raise UsageError(
            f"{named} names the server {server}, which gets no key before you confirm it",
            hint=f"annotator doctor --trust {address.origin(server)}, or export LABEL_STUDIO_URL={server}",
        )


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", hint=f"check who owns {path}") from error


def _write(path: Path, content: object) -> Path:
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=2)
        stream.write("\n")
    part.replace(path)
    return path
