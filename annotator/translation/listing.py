"""What translates on this machine, and what could be installed."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from annotator.translation.index import fetch_offers
from annotator.translation.modes import MODES_DIR, installed_modes
from annotator.translation.packages import installed


class Row(BaseModel):
    """One direction and what translates it."""

    model_config = ConfigDict(frozen=True)

    source: str
    target: str
    engine: str
    place: str = ""


def installed_engines(packages_dir: Path, modes_dir: Path = MODES_DIR) -> list[Row]:
    """Return the argos packages and the apertium pairs that are installed."""
    argos = [
        Row(source=one.source, target=one.target, engine=f"argos {one.label}", place=str(one.folder))
        for one in installed(packages_dir)
    ]
    apertium = [
        Row(source=mode.source, target=mode.target, engine=f"apertium {mode.name}", place=str(mode.path))
        for mode in installed_modes(modes_dir)
    ]
    return argos + apertium


def offered(index: str) -> list[Row]:
    """Return what the index offers. Asks the network.

    Raises:
        AnnotatorError: the index cannot be had.
    """
    return [
        Row(source=offer.from_code, target=offer.to_code, engine=f"argos {offer.label}", place=" ".join(offer.links))
        for offer in fetch_offers(index)
    ]
