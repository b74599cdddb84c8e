"""What ended a command before its time: in words for people, with a reason for scripts, and the exit code."""

from __future__ import annotations

import errno
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

import typer

from annotator.errors import AnnotatorError, ErrorReason, ExitCode, without_keys

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_ONCE_THERE_IS_ROOM = "the same command again, once there is room; what stood there before is kept"


class Problem(NamedTuple):
    """An error as it is told."""

    reason: ErrorReason
    message: str
    hint: str = ""
    code: int = ExitCode.ERROR

    def for_script(self) -> dict[str, dict[str, str]]:
        """Return what `--json` prints: see `shapes.Error`."""
        return {"error": {"reason": self.reason.value, "message": self.message, "hint": self.hint}}


def problem_of(error: Exception) -> Problem:
    """Return what is told of an error; one that nobody foresaw is a fault of the program."""
    match error:
        case AnnotatorError():
            return Problem(error.error_reason, error.message, error.hint, error.exit_code)
        case typer.TyperException():
            context = getattr(error, "ctx", None)
            hint = f"{context.command_path} --help" if context else ""
            return Problem(ErrorReason.USAGE, without_keys(error.format_message()), hint, error.exit_code)
        case OSError():
            return _of_system(error)
    if "disk is full" in str(error):  # SQLite's own words
        return Problem(ErrorReason.NO_SPACE, str(error), _ONCE_THERE_IS_ROOM)
    return _fault(error)


def _of_system(error: OSError) -> Problem:
    told = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
    if error.errno in _NO_ROOM:
        return Problem(ErrorReason.NO_SPACE, told, _ONCE_THERE_IS_ROOM)
    if error.filename is None and isinstance(error, FileNotFoundError):  # of os.getcwd()
        message = "the folder that you are in is not there any more"
        return Problem(ErrorReason.FILE, message, "cd into one that is there, or give whole paths", ExitCode.USAGE)
    if error.filename is None:
        return _fault(error)
    return Problem(ErrorReason.FILE, told, code=ExitCode.USAGE)


def _fault(error: Exception) -> Problem:
    hint = "please report it with what stands on stderr: this is a fault of annotator"
    return Problem(ErrorReason.INTERNAL, without_keys(f"{type(error).__name__}: {error}"), hint)


@contextmanager
def noted_ctrl_c(came: threading.Event) -> Iterator[None]:
    """Note that Ctrl-C came: a library that it meets while it is loaded may make an error of its own of it."""

    def note(_number: int, _frame: FrameType | None) -> None:
        came.set()
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler or not _is_main_thread():
        yield
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


@contextmanager
def sigterm_as_ctrl_c() -> Iterator[threading.Event]:
    """Let SIGTERM end the block as Ctrl-C does, with everything put away; give what tells whether it came."""
    came = threading.Event()

    def stop(_number: int, frame: FrameType | None) -> None:
        came.set()
        handler = signal.getsignal(signal.SIGINT)
        if callable(handler):  # the one of Python, or of a command that notes that it came
            handler(signal.SIGINT, frame)
        raise KeyboardInterrupt

    if not _is_main_thread() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield came
        return
    signal.signal(signal.SIGTERM, stop)
    try:
        yield came
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
