"""Downloads one file: goes on where it was cut off, believes nothing it cannot verify."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.errors import AnnotatorError

if TYPE_CHECKING:
    import httpx

Progress = Callable[[int, int | None], None]

LARGEST = 4 << 30
_ATTEMPTS = 5


def download(link: str, path: Path, *, size: int | None, sha256: str, progress: Progress) -> None:
    """Download the link to `path`; what an earlier try left in `path` is gone on with.

    `progress` hears bytes so far and bytes in all (None when nobody says).

    Raises:
        AnnotatorError: the server cannot be reached, gives up five times, or sends something else than announced.
    """
    resumed = path.exists() and path.stat().st_size > 0
    try:
        _fetch(link, path, size=size, progress=progress)
        _verify(link, path, size=size, sha256=sha256)
    except _MismatchError:
        path.unlink(missing_ok=True)
        if not resumed:
            raise
        # The first part may have been of another version: once more from the start.
        download(link, path, size=size, sha256=sha256, progress=progress)


class _MismatchError(AnnotatorError):
    """What came is not what was announced."""


def _fetch(link: str, path: Path, *, size: int | None, progress: Progress) -> None:
    """Ask again, from where the last answer broke off, until the server says that this was all."""
    import httpx

    limit = httpx.Timeout(30.0, connect=15.0)
    failure: Exception | None = None
    with httpx.Client(follow_redirects=True, timeout=limit) as client:
        for _attempt in range(_ATTEMPTS):
            try:
                return _append(client, link, path, size=size, progress=progress)
            except httpx.HTTPStatusError as error:
                failure = error
                if error.response.status_code < 500:  # noqa: PLR2004
                    break
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                failure = error
    kept = path.stat().st_size if path.exists() else 0
    raise AnnotatorError(
        f"{link}: the download broke off: {failure}", hint=f"the same command again goes on after {kept} bytes"
    ) from failure


def _append(client: httpx.Client, link: str, path: Path, *, size: int | None, progress: Progress) -> None:
    """Append what is missing of the file, or write it anew where the server does not resume."""
    have = path.stat().st_size if path.exists() else 0
    if have and have == size:
        return
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with client.stream("GET", link, headers=headers) as response:
        if have and response.status_code == 416:  # noqa: PLR2004 - nothing after what we have
            return
        response.raise_for_status()
        have = have if _resumes(response, have) else 0
        announced = _length(response)
        total = size or (have + announced if announced is not None else None)
        with path.open("ab" if have else "wb") as stream:
            for chunk in response.iter_bytes():
                have += len(chunk)
                if have > (size or LARGEST):
                    raise _MismatchError(f"{link}: more than the {size or LARGEST} bytes announced were sent")
                stream.write(chunk)
                progress(have, total)


def _resumes(response: httpx.Response, have: int) -> bool:
    return response.status_code == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {have}-")  # noqa: PLR2004


def _length(response: httpx.Response) -> int | None:
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def _verify(link: str, path: Path, *, size: int | None, sha256: str) -> None:
    have = path.stat().st_size
    if size is not None and have != size:
        raise _MismatchError(
            f"{link}: {have} bytes came, the index says {size}", hint="try again later, or another mirror"
        )
    if not sha256:
        return
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != sha256.lower():
        message = f"{link}: its SHA-256 is {found}, the index says {sha256.lower()}"
        raise _MismatchError(message, hint="do not use this file; try another mirror (ARGOS_PACKAGE_INDEX)")
