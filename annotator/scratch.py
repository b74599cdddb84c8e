"""Hidden files and folders in which output gathers before it is put in place, and what is left of them after a kill.

A scratch name proves that this program made it: its second half is a checksum of the first, which is random. Its maker
holds a lock on it, so that one without a lock is known to be left over. Only such are ever removed.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from annotator.text import digest

_NAME = re.compile(r"\.annotator-([0-9a-f]{8})([0-9a-f]{8})")


@contextmanager
def scratch_file(parent: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """Give a new file, open for writing; afterwards it is gone, unless it was moved.

    Raises:
        OSError: it cannot be made there.
    """
    path, opened = _claimed(parent, lambda new: os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666))
    with os.fdopen(opened, "wb") as stream:
        try:
            yield path, stream
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """Give a new folder; afterwards it is gone with what is left in it.

    Raises:
        OSError: it cannot be made there.
    """
    path, opened = _claimed(parent, _made_folder)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(opened)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other processes that ask for the same out of the folder.

    Raises:
        BlockingIOError: another one has it.
    """
    opened = os.open(folder, os.O_RDONLY)
    try:
        hold(opened)
        yield
    finally:
        os.close(opened)


def hold(opened: int) -> None:
    """Lock an open file or folder until it is closed, also by a kill.

    Raises:
        BlockingIOError: another process holds it.
    """
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:  # a file system without such locks
        return


def is_scratch(name: str) -> bool:
    """Tell whether a file or folder of this name is ours."""
    match = _NAME.fullmatch(name)
    return match is not None and _checksum(match[1]) == match[2]


def sweep(parent: Path) -> None:
    """Remove what killed commands left in the folder."""
    with suppress(OSError):
        for path in [path for path in parent.iterdir() if is_scratch(path.name)]:
            with suppress(OSError):
                _remove_unless_held(path)


def _claimed(parent: Path, make: Callable[[Path], int]) -> tuple[Path, int]:
    sweep(parent)
    while True:
        nonce = secrets.token_hex(4)
        path = parent / f".annotator-{nonce}{_checksum(nonce)}"
        opened = make(path)
        with suppress(OSError):  # a file system without locks, where a sweep removes nothing either
            fcntl.flock(opened, fcntl.LOCK_EX)
        if path.exists():
            return path, opened
        os.close(opened)  # swept by another process in the moment before it was locked


def _checksum(nonce: str) -> str:
    return digest(f"scratch of annotator {nonce}", 8)


def _made_folder(path: Path) -> int:
    path.mkdir()
    return os.open(path, os.O_RDONLY)


def _remove_unless_held(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if stat.S_ISDIR(os.fstat(opened).st_mode):
            shutil.rmtree(path)
        else:
            path.unlink()
    finally:
        os.close(opened)
