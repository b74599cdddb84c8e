"""Hidden files and folders in which output gathers before it is put in place, and what is left of them after a kill.

A scratch name proves that this program made it: its second half is a checksum of the first, which is random. Its maker
holds a lock on it, so that one without a lock is known to be left over. Only such are ever removed.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from annotator import system
from annotator.text import digest

_NAME = re.compile(r"\.annotator-([0-9a-f]{8})([0-9a-f]{8})")


@contextmanager
def scratch_file(parent: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """Give a new file, open for writing; afterwards it is gone, unless it was moved.

    Raises:
        OSError: it cannot be made there.
    """
    with _claimed(parent, lambda new: os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)) as (path, opened):
        assert opened is not None  # noqa: S101 - a file is open from the beginning
        try:
            with os.fdopen(opened, "wb") as stream:
                yield path, stream
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """Give a new folder; afterwards it is gone with what is left in it.

    Raises:
        OSError: it cannot be made there.
    """
    with _claimed(parent, Path.mkdir) as (path, _):
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other processes that ask for the same out of the folder.

    Raises:
        BlockingIOError: another one has it.
    """
    with ExitStack() as stack:
        hold(folder, stack)
        yield


def hold(path: Path, stack: ExitStack, opened: int | None = None) -> None:
    """Lock a file or folder, `opened` or not, until the stack is closed, also by a kill.

    Raises:
        BlockingIOError: another process holds it.
    """
    try:
        stack.callback(system.lock(path, opened))
    except (BlockingIOError, FileNotFoundError):
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


@contextmanager
def _claimed(parent: Path, make: Callable[[Path], int | None]) -> Iterator[tuple[Path, int | None]]:
    """Make what no sweep removes as long as the block lasts; give its name, and its descriptor if it is open."""
    sweep(parent)
    while True:
        nonce = secrets.token_hex(4)
        path = parent / f".annotator-{nonce}{_checksum(nonce)}"
        opened = make(path)
        with ExitStack() as stack:
            with suppress(OSError):  # a file system without locks, where a sweep removes nothing either
                stack.callback(system.lock(path, opened, wait=True))
            if path.exists():
                yield path, opened
                return
        if opened is not None:
            os.close(opened)  # swept by another process in the moment before it was locked


def _checksum(nonce: str) -> str:
    return digest(f"scratch of annotator {nonce}", 8)


def _remove_unless_held(path: Path) -> None:
    unlock = system.lock(path)
    try:
        if stat.S_ISDIR(path.lstat().st_mode):
            shutil.rmtree(path)
        else:
            path.unlink()
    finally:
        unlock()
