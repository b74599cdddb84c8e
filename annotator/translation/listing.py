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
from annotator.translation.packages import Package, installed


class Direction(BaseModel):
    """From one language into another, and what translates it."""

    model_config = ConfigDict(frozen=True)

    source: str
    target: str
    engine: str
    place: str = ""
    via: str = ""
    """The languages between the two, `es` or `ca+es`; empty for a direct way."""


def installed_engines(packages_dir: Path, modes_dir: Path = MODES_DIR) -> list[Direction]:
    """Return every direction that the installed packages and pairs serve, direct ones first."""
    rows = [*_argos(installed(packages_dir)), *_apertium(installed_modes(modes_dir))]
    return sorted(rows, key=lambda row: bool(row.via))


def _argos(packages: Sequence[Package]) -> Iterator[Direction]:
    there = {(one.source, one.target): one for one in packages}
    for source, target in _pairs(there):
        if route := find_packages(there, source, target):
            places = " ".join(str(one.folder) for one in route)
            via = PIVOT if len(route) > 1 else ""
            yield Direction(source=source, target=target, engine=argos_name(route), place=places, via=via)


def _apertium(modes: Sequence[Mode]) -> Iterator[Direction]:
    for source, target in _pairs((mode.source, mode.target) for mode in modes):
        if route := find_route(list(modes), source, target):
            places = " ".join(str(mode.path) for mode in route)
            via = "+".join(mode.target for mode in route[:-1])
            yield Direction(source=source, target=target, engine=apertium_name(route), place=places, via=via)


def _pairs(direct: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return all pairs of the languages that come from or go to somewhere."""
    known = list(direct)
    return [(a, b) for a in sorted({one for one, _ in known}) for b in sorted({two for _, two in known}) if a != b]


def offered(index: str) -> list[Direction]:
    """Return what the index offers. Asks the network.

    Raises:
        AnnotatorError: the index cannot be had.
    """
    return [
        Direction(
            source=offer.from_code, target=offer.to_code, engine=f"argos {offer.label}", place=" ".join(offer.links)
        )
        for offer in fetch_offers(index)
    ]
