"""A reverse proxy as a team has one: TLS with an authority of its own, and Label Studio below a path."""

from __future__ import annotations

import http.client
import ssl
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

_OF_ONE_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Authority:
    """Signs certificates; `certificate` is what others have to know to believe it."""

    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def _key(self) -> Path:
        return self.folder / "authority.key"

    @classmethod
    def new(cls, folder: Path) -> Authority:
        made = cls(folder)
        settings = ("-subj", "/CN=An authority of our own", "-addext", "keyUsage=critical,keyCertSign")
        _openssl("req", "-x509", *_NEW_KEY, *settings, "-keyout", made._key, "-out", made.certificate)
        return made

    def context(self, *names: str) -> ssl.SSLContext:
        """Return what a server needs that says it is `names`, like `DNS:localhost` or `IP:127.0.0.1`."""
        key, request, certificate = (self.folder / f"server.{kind}" for kind in ("key", "csr", "pem"))
        alternatives = ("-addext", f"subjectAltName={','.join(names)}")
        _openssl("req", *_NEW_KEY, "-subj", "/CN=labels", *alternatives, "-keyout", key, "-out", request)
        signer = ("-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial", "-days", "2")
        _openssl("x509", "-req", "-in", request, *signer, "-copy_extensions", "copy", "-out", certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context


_NEW_KEY = ("-newkey", "rsa:2048", "-nodes", "-days", "2")


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@contextmanager
def proxied(server: str, *, prefix: str, context: ssl.SSLContext, port: int = 0) -> Iterator[str]:
    """Serve `server` below `prefix` by TLS, as nginx does with `location /labels/ { proxy_pass http://server/; }`."""
    upstream = urlsplit(server)

    class Handler(_Quiet):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not self.path.startswith(f"{prefix}/"):
                self._answer(404, [("Content-Type", "text/html")], b"<title>Not Found</title>")
                return
            forwarded = {**self.headers, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
            inner = http.client.HTTPConnection(upstream.hostname or "", upstream.port)
            inner.request(self.command, self.path.removeprefix(prefix), body=body, headers=forwarded)
            answer = inner.getresponse()
            content = answer.read()
            inner.close()
            self._answer(answer.status, answer.getheaders(), content)

        def _answer(self, status: int, headers: Iterable[tuple[str, str]], content: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in _OF_ONE_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _pass_on  # noqa: N815 - the library's names

    with _Front(("127.0.0.1", port), Handler) as front:
        front.socket = context.wrap_socket(front.socket, server_side=True, do_handshake_on_connect=False)
        with _serving(front):
            yield f"https://localhost:{front.server_port}{prefix}"


@contextmanager
def redirecting(target: str) -> Iterator[str]:
    """Send everybody who comes without TLS to `target`, an address of a proxy, and on to the same page there."""
    origin = "/".join(target.split("/")[:3])

    class Handler(_Quiet):
        def do_GET(self) -> None:
            self.send_response_only(301)
            self.send_header("Location", origin + self.path)
            self.end_headers()

    with _Front(("127.0.0.1", 0), Handler) as front, _serving(front):
        yield f"http://localhost:{front.server_port}{urlsplit(target).path}"


class _Front(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing where somebody who does not trust us hangs up."""


class _Quiet(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _serving(front: ThreadingHTTPServer) -> Iterator[None]:
    threading.Thread(target=front.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        front.shutdown()
