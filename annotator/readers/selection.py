"""Which pages of an archive of the web are meant: by their MIME type, and by their address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

HTML_TYPES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class PageSelection:
    """MIME types, and beginnings of addresses or patterns with `*`, any of which may fit; without them all addresses.

    `https://example.org/news/` is what begins so, `https://*.example.org/*/2024-*` what fits as a whole.
    """

    types: tuple[str, ...] = HTML_TYPES
    addresses: tuple[str, ...] = ()
    _fits: tuple[re.Pattern[str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the patterns once: an archive has millions of addresses."""
        object.__setattr__(self, "_fits", tuple(_patterns(self.addresses)))

    @classmethod
    def of(cls, types: Iterable[str] | None, addresses: Iterable[str] | None) -> Self:
        """Return what is meant where some of it may not be said."""
        return cls(tuple(name.strip().lower() for name in types or HTML_TYPES), tuple(addresses or ()))

    def takes_type(self, mime_type: str) -> bool:
        """Tell whether pages of this type are meant."""
        return mime_type.lower() in self.types

    def takes_address(self, address: str) -> bool:
        """Tell whether the page at this address is meant."""
        return not self._fits or any(pattern.match(address) for pattern in self._fits)


def _patterns(addresses: Iterable[str]) -> Iterable[re.Pattern[str]]:
    for address in addresses:
        pattern = ".*".join(map(re.escape, re.split(r"\*+", address)))
        yield re.compile(pattern + (r"\Z" if "*" in address else ""), re.DOTALL)


ALL_PAGES = PageSelection()
