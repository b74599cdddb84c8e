"""A server on the loopback that speaks LibreTranslate's API as 1.6 does, with the faults that a test asks for."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "3c6f1b2e-77aa-4a53-9a4e-0d2b8f6f9c11"


@dataclass
class LibreTranslate:
    """What it does, and what it was sent."""

    translate: Callable[[str], str] = str.upper
    key: str = ""
    faults: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Status and headers of the next answers to requests for a translation."""
    most_characters: int = 5_000
    lose: int = 0
    """How many translations are left out of each answer; below 0, how many are too many."""
    delay: float = 0.0
    bodies: list[dict[str, Any]] = field(default_factory=list)
    languages: bytes = b'[{"code": "fr", "name": "French", "targets": ["en", "fr"]}]'
    url: str = ""

    def answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any], dict[str, str]]:
        """Return status, answer and headers."""
        self.bodies.append(body)
        if self.faults:
            status, headers = self.faults.pop(0)
            return status, {"error": f"fault {status} {body.get('api_key', '')}"}, headers
        if self.key and body.get("api_key") != self.key:
            return 403, {"error": f"Invalid API key {body.get('api_key', '')}"}, {}
        if sum(map(len, body["q"])) > self.most_characters:
            return 400, {"error": f"Invalid request: request exceeds text limit ({self.most_characters})"}, {}
        translated = [self.translate(text) for text in body["q"]]
        return 200, {"translatedText": (translated + ["more"] * len(translated))[: len(translated) - self.lose]}, {}


@contextmanager
def serving(server: LibreTranslate) -> Iterator[LibreTranslate]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200 if self.path == "/languages" else 404, server.languages, {})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(server.delay)
            status, answer, headers = server.answer(body)
            self._send(status, json.dumps(answer).encode(), headers)

        def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": len(content), **headers}.items():
                self.send_header(name, str(value))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # who asked has gone: the test of a slow server
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Stay silent."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    listening.shutdown()
    listening.server_close()
    thread.join()
