"""A user without rights, for tests that run as root."""

from __future__ import annotations

import os
from collections.abc import Callable

from annotator.errors import AnnotatorError

NOBODY = 65534


def as_nobody(action: Callable[[], str]) -> str:
    """What the action gives such a user, in a process of its own, or the message of the error that it ends with."""
    read, write = os.pipe()
    if child := os.fork():
        os.close(write)
        os.waitpid(child, 0)
        with os.fdopen(read) as told:
            return told.read()
    try:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        os.write(write, action().encode())
    except AnnotatorError as error:
        os.write(write, error.message.encode())
    finally:
        os._exit(0)
