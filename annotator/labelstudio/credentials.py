"""The file in which the local server's address and key are kept, so that `push` and `pull` find them by themselves."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from annotator.errors import UsageError
from annotator.settings import Settings

FILE_NAME = "credentials.json"


@dataclass(frozen=True)
class Credentials:
    """Where a server is and how to get in. The secrets stay out of its `repr`."""

    url: str
    token: str = field(repr=False)
    login: str = ""
    password: str = field(default="", repr=False)


def find(settings: Settings) -> Credentials:
    """Return the configured server's credentials, else those of the local server.

    Raises:
        UsageError: no server is configured, or only half of it is.
    """
    url, token = settings.label_studio_url.strip(), settings.label_studio_api_key.get_secret_value().strip()
    local = read(settings.data_dir)
    if url and token:
        return Credentials(url=url, token=token)
    if local and url.rstrip("/") in {"", local.url} and not token:
        return local
    if url or token:
        missing = "LABEL_STUDIO_API_KEY" if url else "LABEL_STUDIO_URL"
        raise UsageError(
            f"{missing} is not set, though {'LABEL_STUDIO_URL' if url else 'LABEL_STUDIO_API_KEY'} is",
            hint=f"export {missing}=... (the key stands in Label Studio under Account & Settings)",
        )
    raise UsageError(
        f"no Label Studio is known: {settings.data_dir / FILE_NAME} is not there and LABEL_STUDIO_URL is not set",
        hint="annotator serve, or export LABEL_STUDIO_URL=... LABEL_STUDIO_API_KEY=...",
    )


def read(data_dir: Path) -> Credentials | None:
    """Return the local server's credentials, or none where `annotator serve` never ran.

    Raises:
        UsageError: the file is damaged.
    """
    path = data_dir / FILE_NAME
    try:
        return Credentials(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise UsageError(f"{path}: not a credentials file", hint="move it away and run: annotator serve") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", hint=f"check who owns {path}") from error


def write(data_dir: Path, credentials: Credentials) -> Path:
    """Store the credentials, readable by their owner alone, in one step."""
    path = data_dir / FILE_NAME
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        json.dump(asdict(credentials), stream, indent=2)
        stream.write("\n")
    part.replace(path)
    return path
