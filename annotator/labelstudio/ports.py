"""A port for the local server: the one asked for, else that of the last time, else the next free one."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable

from annotator.errors import UsageError

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8080
"""Label Studio's own."""
_PORTS_TRIED = 100


def choose_port(port: int | None, *, last: int | None, host: str, say: Callable[[str], None]) -> int:
    """Return the port to listen on.

    Raises:
        UsageError: the port asked for is taken or reserved, or all that may be tried are.
    """
    if port is not None:
        if not _is_free(host, port):
            raise UsageError(f"port {port} is taken", hint="choose another --port or leave it out")
        return port
    first = last or DEFAULT_PORT
    for candidate in range(first, first + _PORTS_TRIED):
        if _is_free(host, candidate):
            if candidate != first:
                say(f"port {first} is taken: using {candidate}")
            return candidate
    raise UsageError(f"ports {first} to {first + _PORTS_TRIED - 1} are all taken", hint="choose another --port")


def _is_free(host: str, port: int) -> bool:
    """Label Studio itself moves on when anything answers on localhost, so both are asked."""
    try:
        socket.create_server((host, port)).close()
    except PermissionError as error:
        raise UsageError(f"port {port} may not be used by you", hint="choose a --port of 1024 or above") from error
    except (OSError, UnicodeError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            return False
        hint = f"--host {LOOPBACK} serves this machine alone, --host 0.0.0.0 all of its addresses"
        raise UsageError(f"--host {host}: not an address of this machine", hint=hint) from error
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) != 0
