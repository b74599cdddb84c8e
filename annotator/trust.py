"""Which servers may be sent to: those that no file of the working folder chose, and those that somebody confirmed.

Such a file may be a stranger's. The list of confirmed servers stands in the data folder that no file chose either.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from annotator import address
from annotator.errors import UsageError
from annotator.settings import Settings

TRUSTED_NAME = "trusted-servers.json"
_TRUSTED = TypeAdapter(list[str])


def trust(settings: Settings, url: str) -> str:
    """Confirm that a server that a file of the working folder names may be sent to; return its address.

    Raises:
        UsageError: it is not the address of a server, or the list cannot be read or written.
    """
    server = address.origin(address.canonical(url))
    try:
        settings.own_data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(settings.own_data_dir / TRUSTED_NAME, sorted({*trusted(settings.own_data_dir), server}))
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
        return _TRUSTED.validate_json(read_private(path) or b"[]")
    except ValidationError:
        hint = "move it away, then run annotator doctor --trust URL, which writes a new one"
        raise UsageError(f"{path}: not a list of servers", hint=hint) from None


def is_trusted(server: str, settings: Settings, setting: str) -> bool:
    """Tell whether the server that a setting names may be sent to: no file chose it, or somebody confirmed it."""
    if settings.origin(setting).kind != "file":
        return True
    return address.origin(server) in trusted(settings.own_data_dir)


def read_private(path: Path) -> bytes | None:
    """Return what stands in a file, or none where there is none.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", hint=f"check who owns {path}") from error


def write_private(path: Path, content: object) -> Path:
    """Store a value as JSON, readable by its owner alone, in one step."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=2)
        stream.write("\n")
    part.replace(path)
    return path
