"""The error tree. Every error a user can meet says what was seen and what to do about it."""

from __future__ import annotations

import re
from enum import IntEnum

_KEY = re.compile(r"\b[0-9A-Fa-f]{40}\b|\beyJ[\w-]+(?:\.[\w-]*)+")
"""The forms of Label Studio's keys: a legacy token, and a personal access token (a JWT)."""


class ExitCode(IntEnum):
    """What a command tells the shell."""

    OK = 0
    ERROR = 1
    USAGE = 2
    PARTIAL = 3
    INTERRUPTED = 130


class AnnotatorError(Exception):
    """Something went wrong that the user can act on.

    `message` names the file, the line and the value seen; `hint` is the command or change that mends it.
    """

    exit_code = ExitCode.ERROR

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(AnnotatorError):
    """The command, the configuration or a credential is wrong; nothing was done."""

    exit_code = ExitCode.USAGE


class InputError(AnnotatorError):
    """One article or row cannot be read. The rest of the input goes on; this becomes a `Failure`."""

    def __init__(self, message: str, *, reason: str, hint: str = "", line: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        self.line = line


class TranslationError(AnnotatorError):
    """An engine failed as a whole, not on one text."""


class ServerError(AnnotatorError):
    """Label Studio could not be reached, or answered something we cannot go on from."""


class AccessError(ServerError, UsageError):
    """The server refused the credentials (401, 403), or the address is not one of Label Studio's."""

    exit_code = ExitCode.USAGE


def without_keys(text: str, key: str = "") -> str:
    """Return text for a message, with neither `key` nor anything that has the form of a key, and nothing unprintable.

    It may come from a server, which may send back what it got, or from a setting in which a key was put by mistake.
    """
    known = text.replace(key, "[key]") if key else text
    return "".join(sign if sign.isprintable() else " " for sign in _KEY.sub("[key]", known))
