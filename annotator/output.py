"""Files that a command writes. What stands under the name is replaced whole or not at all, and only if it is ours.

A name that stands for no file of its own (a FIFO, a device, one of this process's descriptors) is written through.
So is a link: it stays, and the file that it leads to is replaced.
"""

from __future__ import annotations

import errno
import io
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from annotator import system
from annotator.errors import UsageError
from annotator.scratch import scratch_file

STREAM = "-"
_DESCRIPTORS = re.compile(r"/dev/fd|/proc/(\d+)(?:/task/\d+)?/fd")
_MOST_LINKS = 40
_STDERR = 2
_MOUNTS = Path("/proc/self/mountinfo")


@dataclass(frozen=True)
class Kind:
    """What a command writes, and how a file of it is known again, so that no other file is replaced by it."""

    name: str
    """As a message says it: answers."""
    holds: Callable[[IO[bytes]], bool]
    """Whether a stream holds that and nothing else."""
    flag: str = "--out"


@contextmanager
def json_members(write: Callable[[str], object], opening: str, closing: str) -> Iterator[Callable[[str], None]]:
    """Give a function that writes one member of a JSON array or object, on a line of its own, after `opening`."""
    between = "\n"
    write(opening)

    def append(member: str) -> None:
        nonlocal between
        write(between + member)
        between = ",\n"

    yield append
    write(closing if between == "\n" else f"\n{closing}")


@contextmanager
def replacing(path: Path, kind: Kind) -> Iterator[IO[bytes]]:
    """Give a stream whose bytes become the file when the block ends well; else what stood there stays.

    Raises:
        UsageError: it cannot be written, or holds something else.
    """
    file = file_to_write(path, kind)
    with ExitStack() as stack:
        if file is None:
            yield stack.enter_context(through(path, kind.flag))
            return
        with unwritable(path, kind.flag):
            new, stream = stack.enter_context(scratch_file(file.parent))
        yield stream
        file_to_write(path, kind)  # somebody may have put a file there meanwhile
        put(stream, new, file)


def is_stdout(path: str | Path) -> bool:
    """Tell whether a name stands for standard output, on which nothing else may then be printed."""
    return str(path) == STREAM or _descriptor(Path(path)) == 1


def is_stream(path: Path) -> bool:
    """Tell whether bytes written to a name pass through: a FIFO, a device, one of this process's descriptors."""
    return _descriptor(path) is not None or (path.exists() and not path.is_file() and not path.is_dir())


def file_to_write(path: Path, kind: Kind) -> Path | None:
    """Return the file that a name stands for, links followed, or none where bytes are to pass through.

    Raises:
        UsageError: a file cannot be written there, or holds something else.
    """
    if _descriptor(path) is not None:
        return None
    with unwritable(path, kind.flag):
        state = path.stat() if os.path.lexists(os.path.realpath(path)) else None
    if state is None:
        return Path(os.path.realpath(path))
    if stat.S_ISDIR(state.st_mode):
        raise UsageError(f"{path}: a folder, where a file is to be written", hint=f"choose another {kind.flag}")
    if not stat.S_ISREG(state.st_mode):
        return None
    file = Path(os.path.realpath(path))
    _check_replaceable(path, file, kind)
    return file


def _check_replaceable(path: Path, file: Path, kind: Kind) -> None:
    if not os.access(file, os.W_OK):
        raise UsageError(f"{path}: cannot be written: it is protected", hint=f"choose another {kind.flag}")
    if file in mount_points():
        hint = f"choose another {kind.flag}, or mount its folder"
        raise UsageError(f"{path}: is mounted by itself and cannot be replaced", hint=hint)
    with unwritable(path, kind.flag), file.open("rb") as stream:
        ours = not file.stat().st_size or kind.holds(stream)
    if not ours:
        hint = f"choose another {kind.flag}, or move the file away"
        raise UsageError(f"{path}: holds something other than {kind.name}, and stays", hint=hint)


def put(stream: IO[bytes], new: Path, file: Path) -> None:
    """Put a file that was just written in another's place, with that one's mode and, where that is allowed, owner."""
    stream.flush()
    with suppress(FileNotFoundError):
        system.keep_owner_and_mode(stream, file.stat())
    # After a power cut the name must not lead to a file without its bytes. No test can see this: only a power cut
    # loses writes that were not synced.
    os.fsync(stream.fileno())
    system.close_before_rename(stream)
    new.replace(file)


@contextmanager
def through(path: Path, flag: str) -> Iterator[IO[bytes]]:
    """Give a stream into a FIFO, a device or a descriptor.

    A descriptor is not opened anew by its name: that would cut the file behind it, to which a shell may append (`>>`).
    """
    number = _descriptor(path)
    with unwritable(path, flag):
        if number is not None and system.is_read_only(number):
            raise OSError(errno.EBADF, "it is open for reading alone")
        opened = os.open(path, os.O_WRONLY) if number is None else os.dup(number)
    with os.fdopen(opened, "wb") as stream:
        yield stream


@contextmanager
def standard_output() -> Iterator[IO[bytes]]:
    """Give standard output as a stream of bytes.

    Raises:
        UsageError: it is closed.
    """
    if sys.stdout is None:
        raise UsageError("-: standard output is closed", hint="choose another --out")
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


def keep_standard_descriptors() -> None:
    """Give the numbers 0 to 2 to nothing else: what is meant for a closed output would end in the file that had it."""
    while (opened := os.open(os.devnull, os.O_RDONLY)) <= _STDERR:
        pass
    os.close(opened)
    if sys.stdin is None:  # closed: it holds nothing
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - for the whole process
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    system.speak_utf8()


def standard_input() -> io.BufferedReader:
    """Return a reader of its own: Python aborts at its end where a thread still waits for `sys.stdin`."""
    try:
        return open(sys.stdin.fileno(), "rb", closefd=False)
    except (OSError, ValueError):  # it was replaced by what is no file
        return cast("io.BufferedReader", sys.stdin.buffer)


@contextmanager
def unwritable(path: Path, flag: str) -> Iterator[None]:
    """Make an error of the system one of usage, with the name as the user gave it."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}", hint=f"choose another {flag}") from error


def keep_apart(written: Mapping[str, str | Path | None], read: Iterable[str | Path] = ()) -> None:
    """Refuse to write one file twice, or to write over a file that is read, by whatever name.

    `written` is flag and value; `-` is standard output there and standard input in `read`.

    Raises:
        UsageError: two of them are one file.
    """
    paths: dict[str, Path] = {}
    for flag, value in written.items():
        if not value:
            continue
        path = _named(value, "/dev/stdout")
        for other_flag, other_path in paths.items():
            if same_file(path, other_path):
                raise UsageError(f"{value}: both {other_flag} and {flag}", hint=f"choose another {flag}")
        paths[flag] = path
    for source in read:
        for flag, path in paths.items():
            if same_file(path, _named(source, "/dev/stdin")):
                raise UsageError(f"{path}: would be written over the input {source}", hint=f"choose another {flag}")


def _named(value: str | Path, stream: str) -> Path:
    return Path(stream if str(value) == STREAM else value)


def same_file(first: Path, second: Path) -> bool:
    """Tell whether two names lead to one file, there or not yet. A terminal or /dev/null may be named twice."""
    try:
        state, other_state = first.stat(), second.stat()
    except OSError:
        return os.path.realpath(first) == os.path.realpath(second)
    is_shared = stat.S_ISCHR(state.st_mode) or stat.S_ISSOCK(state.st_mode)
    return os.path.samestat(state, other_state) and not is_shared


def mount_points() -> frozenset[Path]:
    """Return where something is mounted, single files too; nothing on a system that does not tell."""
    try:
        lines = _MOUNTS.read_bytes().splitlines()
    except OSError:
        return frozenset()
    return frozenset(Path(os.fsdecode(_unescaped(line.split(b" ")[4]))) for line in lines)


def _unescaped(name: bytes) -> bytes:
    return re.sub(rb"\\([0-7]{3})", lambda escape: bytes([int(escape[1], 8)]), name)


def _descriptor(path: Path) -> int | None:
    """The number of the descriptor of this process that a name leads to: 1 for /dev/stdout, 3 for /dev/fd/3."""
    for _ in range(_MOST_LINKS):
        folder = os.path.realpath(path.parent)
        process = _DESCRIPTORS.fullmatch(folder)
        if process and process[1] in (None, str(os.getpid())) and path.name.isdecimal():
            return int(path.name)
        if not path.is_symlink():
            return None
        path = Path(folder, path.readlink())
    return None
