"""The connection to one server, by which everything goes: nothing that the server sends is endless, and no key leaves.

httpx limits the time between two bytes, not that of an answer, and its size not at all. Here an exchange has so many
seconds from the first byte to the last, an answer so many bytes after unpacking, and a request for another server,
which only a redirect could cause, is not sent.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.request import getproxies, proxy_bypass
from weakref import WeakSet

import httpx

from annotator import address
from annotator.errors import UsageError

LARGEST = 16_000_000
"""Bytes of an answer. 1,000 tasks with three full answers each are 3 MB, the ids of 10,000 tasks 1.5 MB; what is larger
is asked for in smaller parts. JSON made to fill memory (`[{},{},...`) takes 24 times its size in Python: 400 MB."""
_CONNECT = 10.0
"""Seconds to be let in, however long the answer may take then."""


class OversizeError(httpx.TransportError):
    """The answer is larger than `LARGEST`."""


def open_http(server: str, *, seconds: float) -> httpx.Client:
    """Return a client for the server at a canonical address. It has so many seconds for each exchange in all.

    Raises:
        UsageError: the proxy or the file of authorities that the environment names is not one that can be used.
    """
    timeout = httpx.Timeout(seconds, connect=min(_CONNECT, seconds))
    # gzip alone is unpacked by us; httpx would unpack 64 kB at once, which are 64 MB, or without limit in zstd
    return httpx.Client(
        transport=_OneServer(server, seconds), timeout=timeout, headers={"Accept-Encoding": "gzip"}, trust_env=False
    )


class _OneServer(httpx.BaseTransport):
    """Exchanges with one server, each with its limits; what comes back is complete."""

    def __init__(self, server: str, seconds: float) -> None:
        self._server = _target(httpx.URL(server))
        self._seconds = seconds
        self._sockets: WeakSet[socket.socket] = WeakSet()
        try:
            self._inner = httpx.HTTPTransport(proxy=_proxy(server), verify=_trusted())
        except (ImportError, ValueError, httpx.InvalidURL) as error:
            hint = "correct HTTPS_PROXY or ALL_PROXY, or name the server in NO_PROXY"
            raise UsageError(f"{server}: the proxy cannot be used: {str(error).splitlines()[0]}", hint=hint) from error

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if _target(request.url) != self._server:
            raise httpx.RequestError(f"a request for {request.url.host} is not sent with this server's key")
        with self._limited(request):
            answer = self._inner.handle_request(request)
            try:
                content = _whole(answer)
            finally:
                answer.close()
        unpacked = {b"content-encoding", b"content-length", b"transfer-encoding"}
        headers = [(name, value) for name, value in answer.headers.raw if name.lower() not in unpacked]
        return httpx.Response(answer.status_code, headers=headers, content=content)

    def close(self) -> None:
        self._inner.close()

    @contextmanager
    def _limited(self, request: httpx.Request) -> Iterator[None]:
        """Hang up when the time is over: a read that gets a byte now and then would never end by itself."""
        over = threading.Event()

        def end() -> None:
            over.set()
            self._hang_up()

        def note(_event: str, info: dict[str, Any]) -> None:
            stream: Any = info.get("return_value")
            if hasattr(stream, "get_extra_info"):
                self._sockets.add(stream.get_extra_info("socket"))
            if over.is_set():  # looking up the name took all the time
                self._hang_up()

        request.extensions = {**request.extensions, "trace": note}  # httpcore tells by it of connections that it makes
        timer = threading.Timer(self._seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield
        except httpx.TransportError as error:
            if over.is_set():
                raise httpx.ReadTimeout(f"no whole answer in {self._seconds:g} s") from error
            raise
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        for connected in list(self._sockets):
            with suppress(OSError):
                socket.socket.shutdown(connected, socket.SHUT_RDWR)  # TLS's own would race with the reading thread


def _trusted() -> ssl.SSLContext:
    """Return who is believed: SSL_CERT_FILE or SSL_CERT_DIR, else Mozilla's authorities; and those of this machine.

    httpx alone knows only one of them, so an authority that an administrator installed would be a stranger.

    Raises:
        UsageError: what the variable names holds no certificates.
    """
    named = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), "")
    try:
        context = httpx.create_ssl_context()
        context.load_default_certs()
    except OSError as error:  # ssl.SSLError is one
        problem = "there is no such file" if isinstance(error, FileNotFoundError) else "no certificates in PEM form"
        hint = f"export {named or 'SSL_CERT_FILE'}=/path/to/the/authority.pem"
        raise UsageError(f"{named} {os.environ.get(named, '')}: {problem}".strip(), hint=hint) from error
    return context


def _target(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port


def _proxy(server: str) -> str | None:
    """Return the environment's proxy for the server; none leads to our own machine."""
    url = httpx.URL(server)
    if address.is_loopback(server) or proxy_bypass(f"{url.host}:{url.port}" if url.port else url.host):
        return None
    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _whole(answer: httpx.Response) -> bytes:
    packed = answer.headers.get("content-encoding", "identity").lower()
    if packed not in {"identity", "gzip"}:
        raise httpx.DecodingError(f"packed as {packed[:40]!r}, which was not asked for")
    if int(answer.headers.get("content-length", "0")) > LARGEST:
        raise OversizeError(f"larger than {LARGEST // 1_000_000} MB")
    chunks: list[bytes] = []
    size = 0
    for chunk in answer.iter_raw() if packed == "identity" else _unpacked(answer.iter_raw()):
        chunks.append(chunk)
        size += len(chunk)
        if size > LARGEST:
            raise OversizeError(f"larger than {LARGEST // 1_000_000} MB")
    return b"".join(chunks)


def _unpacked(raw: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack gzip in pieces of a bounded size."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for chunk in raw:
            rest = chunk
            while rest and not unpacker.eof:
                yield unpacker.decompress(rest, 1_000_000)
                rest = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as error:
        raise httpx.DecodingError(f"not gzip: {error}") from error
    if not unpacker.eof:
        raise httpx.RemoteProtocolError("the packed answer was cut")
