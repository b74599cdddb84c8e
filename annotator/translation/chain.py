"""A long-lived pipeline of null-flushing programs: one text in, one text out, without starting twenty processes."""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress

from annotator import system

_CHUNK = 1 << 16


class Chain:
    """A running shell pipeline in a process group of its own."""

    def __init__(self, pipeline: str) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", pipeline],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: PT018, S101
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        system.without_waiting(self._in)

    def exchange(self, messages: Sequence[bytes], *, timeout: float) -> list[bytes]:
        """Send the messages and return the answers, in order: fewer than asked if the chain died or went silent.

        Writing and reading are interleaved, so that neither side ever waits for a full pipe. `timeout` is the
        longest silence in seconds. A chain that did not answer everything has to be closed.
        """
        unsent = memoryview(b"".join(message + b"\0" for message in messages))
        received = bytearray()
        answered, deadline = 0, time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            selector.register(self._in, selectors.EVENT_WRITE)
            while answered < len(messages) and (remaining := deadline - time.monotonic()) > 0:
                for key, _events in selector.select(remaining):
                    if key.fd == self._in:
                        unsent = self._send(unsent)
                        if not unsent:
                            selector.unregister(self._in)
                    elif chunk := os.read(self._out, _CHUNK):
                        received += chunk
                        answered += chunk.count(0)
                        deadline = time.monotonic() + timeout
                    else:
                        return bytes(received).split(b"\0")[:-1]
        return bytes(received).split(b"\0")[:-1]

    def close(self) -> None:
        """End all programs of the pipeline and wait for them."""
        system.end_session(self._process)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._process.wait()

    def _send(self, unsent: memoryview) -> memoryview:
        try:
            return unsent[os.write(self._in, unsent[:_CHUNK]) :]
        except BlockingIOError:
            return unsent
        except BrokenPipeError:  # the end of its output tells the rest
            return memoryview(b"")
