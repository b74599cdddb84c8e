"""What translates on this machine, and what could be installed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from annotator.translation.apertium import engine_name as apertium_name
from annotator.translation.argos import PIVOT, find_packages
from annotator.translation.argos import engine_name as argos_name
from annotator.translation.index import fetch_offers
from annotator.translation.modes import MODES_DIR, Mode, find_route, installed_modes
from annotator.translation.packages import Package, installed_packages


class ListedModel(BaseModel):
    """One line of `models list`: from one language into another, and what translates it."""

    model_config = ConfigDict(frozen=True)

    source: str
    target: str
    engine: str
    place: str = ""
    via: str = ""
    """The languages between the two, `es` or `ca+es`; empty for a direct one."""


def installed_engines(packages_dir: Path, modes_dir: Path = MODES_DIR) -> list[ListedModel]:
    """Return every direction that the installed packages and pairs serve, direct ones first."""
    rows = [*_argos(installed_packages(packages_dir)), *_apertium(installed_modes(modes_dir))]
    return sorted(rows, key=lambda row: bool(row.via))


def _argos(packages: Sequence[Package]) -> Iterator[ListedModel]:
    by_pair = {package.pair: package for package in packages}
    for source, target in _pairs(by_pair):
        if route := find_packages(by_pair, source, target):
            places = " ".join(str(package.folder) for package in route)
            via = PIVOT if len(route) > 1 else ""
            yield ListedModel(source=source, target=target, engine=argos_name(route), place=places, via=via)


def _apertium(modes: Sequence[Mode]) -> Iterator[ListedModel]:
    for source, target in _pairs((mode.source, mode.target) for mode in modes):
        if route := find_route(list(modes), source, target):
            places = " ".join(str(mode.path) for mode in route)
            via = "+".join(mode.target for mode in route[:-1])
            yield ListedModel(source=source, target=target, engine=apertium_name(route), place=places, via=via)


def _pairs(direct: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return all pairs of the languages that come from or go to somewhere."""
    pairs = list(direct)
    sources, targets = sorted({source for source, _ in pairs}), sorted({target for _, target in pairs})
    return [(source, target) for source in sources for target in targets if source != target]


def offered(index: str) -> list[ListedModel]:
    """Return what the index offers. Asks the network.

    Raises:
        AnnotatorError: the index cannot be read.
    """
    return [
        ListedModel(
            source=offer.from_code, target=offer.to_code, engine=f"argos {offer.label}", place=" ".join(offer.links)
        )
        for offer in fetch_offers(index)
    ]
