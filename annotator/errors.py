"""The error tree. Every error a user can meet says what was seen and what to do about it."""

from __future__ import annotations

import re
from enum import IntEnum, StrEnum
from typing import ClassVar, Self

_KEY = re.compile(r"\b[0-9A-Fa-f]{40}\b|\beyJ[\w-]+(?:\.[\w-]*)+")
"""The forms of Label Studio's keys: a legacy token, and a personal access token (a JWT)."""


class ExitCode(IntEnum):
    """What a command tells the shell."""

    OK = 0
    ERROR = 1
    USAGE = 2
    PARTIAL = 3
    INTERRUPTED = 130


class ErrorReason(StrEnum):
    """What `--json` calls the error that ended a command, and what that means. Scripts rely on these names."""

    meaning: str

    USAGE = "usage", "the command line, a setting or a name is wrong; nothing was done"
    ACCESS = "access", "the server refuses the key"
    NOT_LABEL_STUDIO = "not_label_studio", "what answers at the address is not Label Studio"
    FAILED = "failed", "the command could not do what it was asked to; the message says why"
    INPUT = "input", "a file that was given cannot be read"
    TRANSLATION = "translation", "a translation engine failed as a whole"
    SERVER = "server", "the server could not be reached or gave an answer from which the command cannot go on"
    SERVER_BUSY = "server_busy", "nobody answered, or the server asked to wait; the same command can be run again"
    REQUEST_REFUSED = "request_refused", "the server read the request and refused its content"
    REQUEST_IN_DOUBT = "request_in_doubt", "the answer to a request was lost; the same command finds out and goes on"
    ANSWER_TOO_LARGE = "answer_too_large", "the server's answer is larger than is read"
    FILE = "file", "a file or folder cannot be opened, read or written"
    NO_SPACE = "no_space", "the disk is full; what stood there before is kept"
    INTERRUPTED = "interrupted", "Ctrl-C ended the command"
    TERMINATED = "terminated", "SIGTERM ended the command"
    INTERNAL = "internal", "a fault of the program itself; stderr has the traceback"

    def __new__(cls, name: str, meaning: str) -> Self:
        """Make a member that is its name and knows its meaning."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.meaning = meaning
        return member


class AnnotatorError(Exception):
    """Something went wrong that the user can act on.

    `message` names the file, the line and the value seen; `hint` is the command or change that mends it.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.ERROR
    error_reason: ClassVar[ErrorReason] = ErrorReason.FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(AnnotatorError):
    """The command, the configuration or a credential is wrong; nothing was done."""

    exit_code = ExitCode.USAGE
    error_reason = ErrorReason.USAGE


class InputError(AnnotatorError):
    """One article or row cannot be read. The rest of the input goes on; this becomes a `Failure`."""

    error_reason = ErrorReason.INPUT

    def __init__(self, message: str, *, reason: str, hint: str = "", line: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        self.line = line


class TranslationError(AnnotatorError):
    """An engine failed as a whole, not on one text."""

    error_reason = ErrorReason.TRANSLATION


class ServerError(AnnotatorError):
    """Label Studio could not be reached, or answered something we cannot go on from."""

    error_reason = ErrorReason.SERVER


class AccessError(ServerError, UsageError):
    """The server refused the credentials (401, 403), or the address is not one of Label Studio's."""

    exit_code = ExitCode.USAGE
    error_reason = ErrorReason.ACCESS


def without_keys(text: str, key: str = "") -> str:
    """Return text for a message, with neither `key` nor anything that has the form of a key, and nothing unprintable.

    It may come from a server, which may send back what it got, or from a setting in which a key was put by mistake.
    """
    known = text.replace(key, "[key]") if key else text
    return "".join(sign if sign.isprintable() else " " for sign in _KEY.sub("[key]", known))
