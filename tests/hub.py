"""A server on the loopback that speaks as much of the Hugging Face Hub's API as publishing a dataset needs."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hf_oneThatOnlyTheTestsKnow"


@dataclass
class Hub:
    """What it holds, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    private: bool | None = None
    """None while there is no repository."""
    large_from: int = 1_000_000
    """Bytes from which a file is kept apart (LFS), told by its SHA-256."""
    refuses: int = 0
    """The status that it answers everything with, and what it says to that."""
    opens: bool = False
    """Makes every repository one that everybody sees."""
    elsewhere: str = ""
    """Where it sends whoever asks for the repository."""
    requests: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    url: str = ""

    def tree(self) -> list[dict[str, Any]]:
        return [self._entry(path, content) for path, content in sorted(self.files.items())]

    def _entry(self, path: str, content: bytes) -> dict[str, Any]:
        oid = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
        entry: dict[str, Any] = {"type": "file", "path": path, "size": len(content), "oid": oid}
        if len(content) < self.large_from:
            return entry
        sha256 = hashlib.sha256(content).hexdigest()
        return entry | {"oid": "0" * 40, "lfs": {"oid": sha256, "size": len(content), "pointerSize": 130}}

    def commit(self, lines: bytes) -> None:
        for line in map(json.loads, lines.splitlines()):
            if line["key"] == "file":
                self.files[line["value"]["path"]] = base64.b64decode(line["value"]["content"])

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        """Return status and answer."""
        path = path.partition("?")[0]
        if self.refuses:
            return self.refuses, {"error": f"no entry with {TOKEN}"}
        if (method, path) == ("POST", "/api/repos/create"):
            self.private = json.loads(body).get("visibility") == "private" and not self.opens
            return 200, {"url": f"{self.url}/datasets/team/claims"}
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        if self.private is None or not path.startswith("/api/datasets/team/claims"):
            return 404, {"error": "Repository not found"}
        return 200, self._of_repository(path, body)

    def _of_repository(self, path: str, body: bytes) -> Any:
        if "/tree/" in path:
            return self.tree()
        if "/preupload/" in path:
            asked = json.loads(body)["files"]
            return {"files": [{"path": f["path"], "uploadMode": "regular", "shouldIgnore": False} for f in asked]}
        if "/commit/" in path:
            self.commit(body)
            return {"commitUrl": f"{self.url}/datasets/team/claims/commit/1", "commitOid": "1" * 40}
        return {"id": "team/claims", "private": self.private, "siblings": [], "tags": []}


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            hub.requests.append(f"{method} {self.path}")
            hub.tokens.append(self.headers.get("Authorization") or "")
            status, value = (307, {}) if hub.elsewhere else hub.answer(method, self.path, body)
            content = json.dumps(value).encode()
            self.send_response(status)
            if hub.elsewhere:
                self.send_header("Location", f"{hub.elsewhere}{self.path}")
            if status == 404:
                self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
