"""Just enough of Marionette, the protocol of the Firefox that distributions ship, to look at a page in it.

Playwright drives builds of Firefox of its own, and Debian has no geckodriver.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_START_LIMIT = 60


class Firefox:
    """A headless Firefox with one window."""

    def __init__(self, port: int) -> None:
        self._socket = _connected(port)
        self._stream = self._socket.makefile("rb")
        self._read()  # its greeting
        self._number = 0
        self.ask("WebDriver:NewSession", capabilities={"alwaysMatch": {"acceptInsecureCerts": False}})

    def ask(self, command: str, **parameters: Any) -> Any:
        """Send a command and return its answer."""
        self._number += 1
        message = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(str(len(message)).encode() + b":" + message)
        _, _, error, answer = self._read()
        if error:
            raise RuntimeError(f"{command}: {error}")
        return answer

    def run(self, script: str, *arguments: Any) -> Any:
        """Run JavaScript in the page and return what it returns."""
        return self.ask("WebDriver:ExecuteScript", script=script, args=list(arguments))["value"]

    def go(self, address: str) -> None:
        """Load a page."""
        self.ask("WebDriver:Navigate", url=address)

    def resize(self, width: int, height: int) -> None:
        """Give the page this size; the window has its bars around it."""
        self.ask("WebDriver:SetWindowRect", width=width, height=height)
        inner = self.run("return [innerWidth * devicePixelRatio, innerHeight * devicePixelRatio]")
        extra = [2 * wished - round(got) for wished, got in zip((width, height), inner, strict=True)]
        self.ask("WebDriver:SetWindowRect", width=extra[0], height=extra[1])

    def wait(self, condition: str) -> None:
        """Wait until an expression of JavaScript is true."""
        deadline = time.monotonic() + _START_LIMIT
        while not self.run(f"return Boolean({condition})"):
            if time.monotonic() > deadline:
                raise RuntimeError(f"not true after {_START_LIMIT} s: {condition}")
            time.sleep(0.2)

    def picture(self, path: Path) -> None:
        """Keep what the window shows."""
        path.write_bytes(base64.b64decode(self.ask("WebDriver:TakeScreenshot", full=False)["value"]))

    def _read(self) -> Any:
        size = b""
        while (byte := self._stream.read(1)) != b":":
            size += byte
        return json.loads(self._stream.read(int(size)))


@contextmanager
def running(program: str, *, zoom: float = 1, dark: bool = False) -> Iterator[Firefox]:
    """Start Firefox with a profile of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    preferences = {
        "marionette.port": port,
        "layout.css.devPixelsPerPx": str(zoom),
        "layout.css.prefers-color-scheme.content-override": 0 if dark else 1,
        "app.update.enabled": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "browser.shell.checkDefaultBrowser": False,
    }
    with TemporaryDirectory() as profile:
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items())
        Path(profile, "user.js").write_text("".join(lines), encoding="utf-8")
        process = subprocess.Popen(
            [program, "--headless", "--marionette", "--no-remote", "--profile", profile],
            env={**os.environ, "HOME": profile},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield Firefox(port)
        finally:
            process.terminate()
            process.wait()


def _connected(port: int) -> socket.socket:
    deadline = time.monotonic() + _START_LIMIT
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=_START_LIMIT)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
