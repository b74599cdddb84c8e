"""Downloads one file: resumes where it was cut off, trusts nothing it cannot verify."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.errors import AnnotatorError

if TYPE_CHECKING:
    import httpx

Progress = Callable[[int, int | None], None]

LARGEST = 4 << 30


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for, in seconds, and how often it is asked."""

    connect: float = 15.0
    read: float = 30.0
    attempts: int = 5


USUAL = Patience()
SHORT = Patience(connect=5.0, read=10.0, attempts=2)
"""Of a download that nobody asked for."""


def download_file(  # noqa: PLR0913 - what is announced of the file, and how it is fetched
    link: str, path: Path, *, size: int | None, sha256: str, progress: Progress, patience: Patience = USUAL
) -> None:
    """Download the link to `path`, going on after what an earlier try left there.

    `progress` is called with the bytes so far and the bytes in all (None where the server does not say).

    Raises:
        AnnotatorError: the server cannot be reached, breaks off too often, or does not send what the index announces.
    """
    resumed = path.exists() and path.stat().st_size > 0
    try:
        _fetch(link, path, size=size, progress=progress, patience=patience)
        _verify(link, path, size=size, sha256=sha256)
    except _MismatchError:
        path.unlink(missing_ok=True)
        if not resumed:
            raise
        # The first part may have been of another version: once more from the start.
        download_file(link, path, size=size, sha256=sha256, progress=progress, patience=patience)


class _MismatchError(AnnotatorError):
    """What came is not what was announced."""


def _fetch(link: str, path: Path, *, size: int | None, progress: Progress, patience: Patience) -> None:
    """Ask again, from where the last answer broke off, until the file is complete."""
    import httpx
    from tenacity import Retrying, retry_if_exception, stop_after_attempt

    limit = httpx.Timeout(patience.read, connect=patience.connect)
    attempts = Retrying(retry=retry_if_exception(_may_pass), stop=stop_after_attempt(patience.attempts), reraise=True)
    try:
        with httpx.Client(follow_redirects=True, timeout=limit) as client:
            attempts(_append, client, link, path, size=size, progress=progress)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        received = path.stat().st_size if path.exists() else 0
        raise AnnotatorError(
            f"{link}: the download broke off: {error}",
            hint=f"run the same command again: it goes on after {received} bytes",
        ) from error


def _may_pass(error: BaseException) -> bool:
    """Tell a fault of the line or the server from an answer that stays what it is: 404, say."""
    import httpx

    if isinstance(error, httpx.HTTPStatusError):
        return error.response.is_server_error
    return isinstance(error, httpx.HTTPError)


def _append(client: httpx.Client, link: str, path: Path, *, size: int | None, progress: Progress) -> None:
    """Append what is missing of the file, or write it anew where the server does not resume."""
    received = path.stat().st_size if path.exists() else 0
    if received and received == size:
        return
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={received}-"} if received else {})
    with client.stream("GET", link, headers=headers) as response:
        if received and response.status_code == 416:  # noqa: PLR2004 - nothing after what we have
            return
        response.raise_for_status()
        received = received if _resumes(response, received) else 0
        announced = _length(response)
        total = size or (received + announced if announced is not None else None)
        with path.open("ab" if received else "wb") as stream:
            for chunk in response.iter_bytes():
                received += len(chunk)
                if received > (size or LARGEST):
                    raise _MismatchError(f"{link}: more than the {size or LARGEST} bytes announced were sent")
                stream.write(chunk)
                progress(received, total)


def _resumes(response: httpx.Response, received: int) -> bool:
    return response.status_code == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {received}-")  # noqa: PLR2004


def _length(response: httpx.Response) -> int | None:
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def _verify(link: str, path: Path, *, size: int | None, sha256: str) -> None:
    received = path.stat().st_size
    if size is not None and received != size:
        raise _MismatchError(
            f"{link}: {received} bytes came, the index says {size}", hint="try again later, or another mirror"
        )
    if not sha256:
        return
    with path.open("rb") as stream:
        actual = hashlib.file_digest(stream, "sha256").hexdigest()
    if actual != sha256.lower():
        message = f"{link}: its SHA-256 is {actual}, the index says {sha256.lower()}"
        raise _MismatchError(message, hint="do not use this file; try another mirror (ARGOS_PACKAGE_INDEX)")
