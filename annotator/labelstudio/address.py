"""The address of a server, in one form. What is compared, what is trusted and what is asked is the same string.

It is taken apart by the library that makes the connection, so that both see the same host in it.
"""

from __future__ import annotations

import ipaddress
import re

import httpx

from annotator.errors import UsageError, without_keys

_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*")
_PORTS = 65_535


def canonical(address: str) -> str:
    """Return the address in small letters, without a default port, a final dot or slash; IPv6 in its shortest form.

    Raises:
        UsageError: no server can be there, or it holds more than an address: a login, a query.
    """
    try:
        url = httpx.URL(address.strip())
    except (httpx.InvalidURL, ValueError) as error:
        hint = "like https://labels.example.org"
        raise UsageError(f"{_shown(address)} is not the address of a server: {error}", hint=hint) from None
    if url.scheme not in {"http", "https"}:
        hint = "begin it with http:// or https://"
        raise UsageError(f"{_shown(address)} is not the address of a server", hint=hint)
    if url.userinfo:
        hint = "leave out what stands before the @; the key is set with LABEL_STUDIO_API_KEY"
        raise UsageError(f"the address of the server at {url.host} holds a login", hint=hint)
    if url.query or url.fragment:
        hint = "LABEL_STUDIO_URL is the address of the start page"
        raise UsageError(f"{_shown(address)} holds more than the address of a server", hint=hint)
    port = f":{url.port}" if url.port is not None else ""
    return f"{url.scheme}://{_host(url, address)}{port}{url.path.rstrip('/')}"


def origin(address: str) -> str:
    """Return scheme, host and port of a canonical address: to whom a request goes."""
    return "/".join(address.split("/")[:3])


def is_loopback(address: str) -> bool:
    """Tell whether the canonical address is one of this machine alone."""
    host = httpx.URL(address).host
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def shown(address: str) -> str:
    """Return what was given for an address without a login or a key, which people put there by mistake."""
    return without_keys(re.sub(r"//[^/]*@", "//...@", address))


def _host(url: httpx.URL, address: str) -> str:
    host = url.raw_host.decode("ascii")
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        host = host.lower().removesuffix(".")
        if not _HOST.fullmatch(host) or (url.port or 0) > _PORTS:
            hint = "like https://labels.example.org"
            raise UsageError(f"{_shown(address)} is not the address of a server", hint=hint) from None
        return host
    return f"[{ip.compressed}]" if isinstance(ip, ipaddress.IPv6Address) else ip.compressed


def _shown(address: str) -> str:
    return repr(shown(address)[:200])
