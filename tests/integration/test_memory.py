"""Translating many units takes no more memory than translating some: the engines' memory only grows in peers."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.protocols import Translator
from annotator.translation import installer
from annotator.translation.apertium import ApertiumTranslator
from annotator.translation.argos import ArgosTranslator, Decoding

MODEL = Path(__file__).parents[2] / "fixtures" / "models" / "translate-fr_en-0_1.argosmodel"
UNITS, STEP = 100_000, 5_000
SETTLED = 20_000
MAY_GROW = 1.1


def texts(number: int) -> Iterator[str]:
    """Different short sentences."""
    subjects = ("Le conseil", "La commission", "Le rapport", "La ministre", "Le parlement")
    for count in range(number):
        yield f"{subjects[count % 5]} a adopté le point {count} de la liste."


def resident_megabytes() -> int:
    """Resident memory of this process and all its descendants."""
    rows = subprocess.run(["ps", "-eo", "pid,ppid,rss", "--no-headers"], capture_output=True, text=True, check=True)
    parents = {int(pid): (int(parent), int(rss)) for pid, parent, rss in map(str.split, rows.stdout.splitlines())}
    ours = {int(Path("/proc/self").resolve().name)}
    while grown := {pid for pid, (parent, _) in parents.items() if parent in ours} - ours:
        ours |= grown
    return sum(rss for pid, (_, rss) in parents.items() if pid in ours) // 1024


@pytest.fixture
def argos(tmp_path: Path) -> Iterator[Translator]:
    installer.add(MODEL, packages_dir=tmp_path / "packages")
    translator = ArgosTranslator(tmp_path / "packages", decoding=Decoding(beam=1, threads=2))
    yield translator
    translator.close()


@pytest.fixture
def apertium() -> Iterator[Translator]:
    translator = ApertiumTranslator()
    yield translator
    translator.close()


@pytest.mark.proof
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("engine", ["argos", "apertium"])
def test_memory_is_flat_over_a_hundred_thousand_units(engine: str, request: pytest.FixtureRequest) -> None:
    translator: Translator = request.getfixturevalue(engine)
    seen: dict[int, int] = {}
    all_texts = list(texts(UNITS))
    for start in range(0, UNITS, STEP):
        translator.translate(all_texts[start : start + STEP], source="fr", target="en")
        seen[start + STEP] = resident_megabytes()
        print(f"{engine}: {start + STEP:>7,} units, {seen[start + STEP]} MB")  # noqa: T201 - docs/proof.md keeps it
    assert seen[UNITS] <= MAY_GROW * seen[SETTLED]
