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
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical(address: str, *, server: str = "LABEL_STUDIO") -> str:
    """Return the address in small letters, without a default port, a final dot or slash; IPv6 in its shortest form.

    `server` begins the names of the variables that hold its address and its key.

    Raises:
        UsageError: no server can be there, or it holds more than an address: a login, a query.
    """
    try:
        url = httpx.URL(address.strip())
    except (httpx.InvalidURL, ValueError):
        raise _no_address(address, "like https://labels.example.org") from None
    if url.scheme not in _DEFAULT_PORTS:
        raise _no_address(address, "begin it with http:// or https://")
    if url.userinfo:
        raise _no_address(address, f"leave out what stands before the @; {server}_API_KEY sets the key")
    if url.query or url.fragment:
        raise _no_address(address, f"{server}_URL is the address of the start page, without ? and #")
    host = _host(url.raw_host.decode("ascii"))
    if not host or (url.port or 0) > _PORTS:
        raise _no_address(address, "like https://labels.example.org")
    port = "" if url.port in {None, _DEFAULT_PORTS[url.scheme]} else f":{url.port}"
    return f"{url.scheme}://{host}{port}{url.raw_path.decode('ascii').rstrip('/')}"


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


def _no_address(address: str, hint: str) -> UsageError:
    return UsageError(f"{shown(address)[:200]!r} is not the address of a server", hint=hint)


def _host(host: str) -> str:
    """Return the host in its one form, or nothing where it has none."""
    host = host.removesuffix(".")
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return host if _HOST.fullmatch(host) else ""
    if isinstance(ip, ipaddress.IPv6Address):
        return "" if ip.scope_id else f"[{ip.compressed}]"
    return ip.compressed
