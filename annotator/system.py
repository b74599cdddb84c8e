"""What Windows, and now and then macOS, does otherwise than Linux, all in one place.

On Windows there is no lock on a folder, nothing that is open can be renamed or removed, a process gets no signal but
its end, and an environment has its programs in another folder. `make check` reads the package as it would be on both
systems, so that no other module uses what is missing there.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

POSIX = sys.platform != "win32"
"""Where the comparison itself stands beside it, it is mypy that needs it."""
PLAIN: int = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""Flags with which neither a link is followed nor a FIFO waited for. Windows, where nobody makes a link without a right
of his own, has neither."""
ENDING_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)
"""Ctrl-C, a request to end, a closed terminal; Ctrl-Break on Windows."""


def lock(path: Path, opened: int | None = None, *, wait: bool = False) -> Callable[[], None]:
    """Lock a file or folder against others that ask the same, until what is returned is called; a kill unlocks it too.

    Where its descriptor is `opened` already, the lock ends with that.

    Raises:
        BlockingIOError: another process holds it.
        OSError: the file system has no such locks, or it is not there.
    """
    if sys.platform == "win32" or not POSIX:
        return _lock_name(path, wait=wait)
    import fcntl

    held = os.open(path, os.O_RDONLY | PLAIN) if opened is None else opened
    try:
        fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        if opened is None:
            os.close(held)
        raise
    return partial(os.close, held) if opened is None else _nothing


def _lock_name(path: Path, *, wait: bool) -> Callable[[], None]:
    """Lock a file of this user's that stands for the name: a folder cannot be opened, nor a file be locked and read."""
    from filelock import FileLock, Timeout

    folder = Path(tempfile.gettempdir(), "annotator-locks")
    folder.mkdir(exist_ok=True)
    name = os.path.normcase(os.path.realpath(path)).encode(errors="surrogatepass")
    held = FileLock(folder / f"{hashlib.sha256(name).hexdigest()[:32]}.lock")
    try:
        held.acquire(timeout=-1 if wait else 0)
    except Timeout as error:
        raise BlockingIOError(errno.EWOULDBLOCK, "another process holds it", str(path)) from error
    return held.release


def _nothing() -> None:
    pass


def close_before_rename(stream: IO[bytes]) -> None:
    """Close a file that is about to get another name, where that is not possible otherwise."""
    if not POSIX:
        stream.close()


def keep_owner_and_mode(stream: IO[bytes], old: os.stat_result) -> None:
    """Give a new file the mode of the one that it replaces and, where that is allowed, its owner."""
    if sys.platform == "win32" or not POSIX:
        return
    with suppress(PermissionError):
        os.fchown(stream.fileno(), old.st_uid, old.st_gid)
    os.fchmod(stream.fileno(), stat.S_IMODE(old.st_mode))


def sync(path: Path) -> None:
    """Put a file or folder on the disk. Windows does so with what is open for writing alone, and with no folder."""
    if not POSIX and path.is_dir():
        return
    opened = os.open(path, os.O_RDONLY if POSIX else os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def is_read_only(descriptor: int) -> bool:
    """Tell whether nothing can be written to a descriptor, as far as the system says so beforehand."""
    if sys.platform == "win32" or not POSIX:
        return False
    import fcntl

    return fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY


@contextmanager
def without_interrupts() -> Iterator[None]:
    """Let a process that is started meanwhile never hear of Ctrl-C, which reaches all of a terminal; not on Windows."""
    if sys.platform == "win32" or not POSIX:
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # the start of which lets the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ways_to_end(process: subprocess.Popen[bytes]) -> tuple[Callable[[], None], ...]:
    """Return how a program of ours is ended: kindly, then less so. Windows knows one way, which asks nobody."""
    kindly = (partial(process.send_signal, signal.SIGINT), process.terminate) if POSIX else ()
    return (*kindly, process.kill)


def usable_cores() -> int:
    """Return how many cores this process may use; only Linux says so, elsewhere it is how many there are."""
    may_use = getattr(os, "sched_getaffinity", None)
    return len(may_use(0)) if may_use else os.cpu_count() or 1


def without_waiting(descriptor: int) -> None:
    """Let a write to a pipe that is full return at once. Only apertium's programs need it, and Windows has none."""
    if sys.platform != "win32":
        os.set_blocking(descriptor, False)


def end_session(process: subprocess.Popen[bytes]) -> None:
    """End at once a program that has a session of its own, with all that it started."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def group_of_its_own() -> int:
    """Return the flag of a program that Ctrl-C shall not reach, where a new session does not see to that."""
    return int(getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0))


def secret_for(option: str, secret: str) -> tuple[list[str], str]:
    """Return the arguments and the standard input by which a program of Python's gets a secret that it would ask for.

    Without a terminal it reads standard input, where no list of processes shows the secret; on Windows it never does.
    """
    return ([], f"{secret}\n") if POSIX else ([option, secret], "")


def end_command(process: str) -> str:
    """Return the command that ends the process of that number."""
    return f"kill {process}" if POSIX else f"taskkill /F /PID {process}"


def programs_of(environment: Path) -> Path:
    """Return the folder of a Python environment's programs."""
    return environment / ("bin" if POSIX else "Scripts")


def python_of(environment: Path) -> Path:
    """Return the Python of an environment."""
    return programs_of(environment) / ("python" if POSIX else "python.exe")


def find_program(name: str, folder: Path | None = None) -> Path | None:
    """Return a program from the folder, else from the first one of the path that has it.

    The folder that one works in is not asked, as Windows does before all others: what lies there may be a stranger's.
    """
    folders = [folder] if folder else [Path(one) for one in os.get_exec_path() if Path(one).is_absolute()]
    found = (shutil.which(str(one / name)) for one in folders)
    return next((Path(program) for program in found if program), None)


def speak_utf8() -> None:
    """Write standard output and error as JSON is: in UTF-8, with plain line ends. A pipe of Windows has neither."""
    for stream in (sys.stdout, sys.stderr):
        if not POSIX and isinstance(stream, io.TextIOWrapper) and not stream.isatty():
            stream.reconfigure(encoding="utf-8", newline="\n")
