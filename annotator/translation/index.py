"""The index of argos packages: a JSON list of what can be downloaded, from argos itself or from a mirror."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urljoin

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from annotator.errors import AnnotatorError, UsageError
from annotator.translation.download import USUAL, Patience
from annotator.translation.packages import default_index, version_key

PIVOT = "en"
_LARGEST = 50 << 20


class Offer(BaseModel):
    """A package that the index offers. Size and SHA-256 are checked where the index gives them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    from_code: str = ""
    from_name: str = ""
    to_code: str = ""
    to_name: str = ""
    package_version: str = ""
    links: tuple[str, ...] = ()
    size: int | None = Field(default=None, ge=1)
    sha256: str = Field(default="", pattern=r"^([0-9a-fA-F]{64})?$")

    @property
    def label(self) -> str:
        """The package's name as engines show it: `fr_en-1.9`."""
        return f"{self.from_code}_{self.to_code}-{self.package_version}"


def index_address(setting: str) -> str:
    """Return the address of the index file: argos' own unless the setting names a mirror (a folder or a file)."""
    address = setting or default_index()
    return address if address.endswith(".json") else address.rstrip("/") + "/index.json"


def fetch_offers(
    setting: str, *, patience: Patience = USUAL, on_answer: Callable[[], None] = lambda: None
) -> list[Offer]:
    """Download the index and return its translation packages, the newest version of each pair.

    `on_answer` is called as soon as its server has answered.

    Raises:
        AnnotatorError: the index cannot be reached or is not one.
    """
    import httpx

    address = index_address(setting)
    hint = "check network, proxy (HTTPS_PROXY) or mirror (ARGOS_PACKAGE_INDEX), or: annotator models add FILE"
    try:
        limit = httpx.Timeout(patience.read, connect=patience.connect)
        hooks = {"response": [lambda _response: on_answer()]}
        with httpx.Client(follow_redirects=True, timeout=limit, event_hooks=hooks) as client:
            response = client.get(address)
        response.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise AnnotatorError(f"{address}: the package index cannot be read: {error}", hint=hint) from error
    if len(response.content) > _LARGEST:
        raise AnnotatorError(f"{address}: not a package index: {len(response.content)} bytes", hint=hint)
    try:
        rows = TypeAdapter(list[dict[str, Any]]).validate_json(response.content)
        offers = [_offer(row) for row in rows if row.get("type", "translate") == "translate"]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise AnnotatorError(f"{address}: not a package index: {first['msg']}", hint=hint) from error
    return _newest(_absolute(offer, address) for offer in offers)


def choose_offers(offers: Iterable[Offer], source: str, target: str) -> list[Offer]:
    """Return the package for a pair, or the two that go through English.

    Raises:
        UsageError: the index has neither.
    """
    by_pair = {(offer.from_code, offer.to_code): offer for offer in offers}
    if direct := by_pair.get((source, target)):
        return [direct]
    first, second = by_pair.get((source, PIVOT)), by_pair.get((PIVOT, target))
    if first and second:
        return [first, second]
    raise UsageError(f"the index has no package from {source} to {target}", hint="annotator models list --available")


def _offer(row: dict[str, Any]) -> Offer:
    """Read one row. Names that are null, as in the index of argos, are left out."""
    return Offer.model_validate({name: value for name, value in row.items() if value is not None})


def _absolute(offer: Offer, address: str) -> Offer:
    links = tuple(link for link in (urljoin(address, link) for link in offer.links) if re.match(r"https?://", link))
    return offer.model_copy(update={"links": links})


def _newest(offers: Iterable[Offer]) -> list[Offer]:
    newest: dict[tuple[str, str], Offer] = {}
    for offer in offers:
        best = newest.get((offer.from_code, offer.to_code))
        if best is None or version_key(offer.package_version) > version_key(best.package_version):
            newest[offer.from_code, offer.to_code] = offer
    return [newest[pair] for pair in sorted(newest)]
