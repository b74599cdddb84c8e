"""Throughput of the argos translator against argostranslate's own way and against one bare call of CTranslate2.

`python tests/bench/translation.py` prints the table and leaves with 1 when a floor is missed. Floors are in CPU
seconds, which hardly change with what else the machine does. On two idle cores the first pass is 3.5 times as fast by
the clock, because one sentence at a time leaves the second core waiting; on one core, batches save about half the work.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from annotator.translation import installer
from annotator.translation.argos import ArgosTranslator, Decoding, Model
from annotator.translation.packages import Package, installed_packages

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "fixtures" / "models" / "translate-fr_en-0_1.argosmodel"
SENTENCES = ROOT / "tests" / "gates" / "data" / "translation_checks.tsv"
BEAM, THREADS, TURNS, EVERY = 4, 2, 3, 6
FLOORS = {"one by one": 2.6, "bare": 0.95}

# argostranslate's own `translate`, one sentence a call, as its users call it. It runs in a process of its own, with a
# splitter that gives the sentence back and empty modules for torch's relatives: only the decoding counts.
_OWN_WAY = """
import json, sys, time, types
for name in ("stanza", "minisbd"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["minisbd"].SBDetect = None
sys.modules["minisbd"].models = types.SimpleNamespace(cache_dir="", list_models=lambda: ["fr"])
sys.modules["spacy"] = None
from argostranslate import translate
class Whole:
    def split_sentences(self, text):
        return [text]
way = translate.get_translation_from_codes("fr", "en")
way.underlying.sentencizer = Whole()
sentences = json.load(sys.stdin)
way.translate(sentences[0])
clock, processor = time.perf_counter(), time.process_time()
for sentence in sentences:
    way.translate(sentence)
print(time.perf_counter() - clock, time.process_time() - processor)
"""


class Cost(NamedTuple):
    """Seconds by the clock, and seconds that the processors worked."""

    clock: float
    processor: float


def cost(work: Callable[[], object]) -> Cost:
    """Return what the work costs in this process."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - clock, time.process_time() - processor)


def sentences() -> list[str]:
    """Return every sixth of the different French sentences of the marked outputs."""
    with SENTENCES.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return list(dict.fromkeys(row["source"] for row in rows if not row["source"].isupper()))[::EVERY]


def one_by_one(texts: list[str], packages_dir: Path) -> Cost:
    """Return what argostranslate's own way costs."""
    with tempfile.TemporaryDirectory() as home:
        own = {"ARGOS_PACKAGES_DIR": str(packages_dir), "ARGOS_INTRA_THREADS": str(THREADS), "HOME": home}
        own |= {f"XDG_{kind}_HOME": home for kind in ("DATA", "CONFIG", "CACHE")}
        done = subprocess.run(
            [sys.executable, "-c", _OWN_WAY],
            input=json.dumps(texts),
            env=os.environ | own | {"ARGOS_BEAM_SIZE": str(BEAM)},
            capture_output=True,
            text=True,
            check=True,
        )
    clock, processor = done.stdout.splitlines()[-1].split()
    return Cost(float(clock), float(processor))


def bare(texts: list[str], package: Package) -> Cost:
    """Return what tokenizing, one `translate_batch` of everything and decoding cost."""
    import ctranslate2

    network = ctranslate2.Translator(  # type: ignore[attr-defined]
        str(package.folder / "model"), device="cpu", inter_threads=1, intra_threads=THREADS
    )
    network.translate_batch([["▁a"]])
    options = {"max_batch_size": 4096, "batch_type": "tokens", "length_penalty": 0.2, "replace_unknowns": True}

    def translate() -> None:
        tokens = [package.tokenizer.encode(text) for text in texts]
        for answer in network.translate_batch(tokens, beam_size=BEAM, **options):
            package.tokenizer.decode(answer.hypotheses[0])

    return cost(translate)


def ours(texts: list[str], package: Package) -> Cost:
    """Return what the first pass costs: marks, batches, decoding."""
    model = Model(package, Decoding(beam=BEAM, threads=THREADS))
    model.run(texts[:1])
    return cost(lambda: model.run(texts))


def whole(texts: list[str], packages_dir: Path) -> Cost:
    """Return what everything costs: protecting, repairing, checking, second tries."""
    translator = ArgosTranslator(packages_dir, decoding=Decoding(beam=BEAM, threads=THREADS))
    translator.translate(texts[:1], source="fr", target="en")
    return cost(lambda: translator.translate(texts, source="fr", target="en"))


def measure() -> dict[str, Cost]:
    """Return sentences a second of either kind, the best of several turns in which each way has its go."""
    texts = sentences()
    with tempfile.TemporaryDirectory() as folder:
        packages_dir = Path(folder) / "packages"
        installer.add(FIXTURE, packages_dir=packages_dir)
        (package,) = installed_packages(packages_dir)
        ways: dict[str, Callable[[], Cost]] = {
            "argostranslate, one by one": lambda: one_by_one(texts, packages_dir),
            "bare translate_batch": lambda: bare(texts, package),
            "ours, first pass": lambda: ours(texts, package),
            "ours, with checks and second tries": lambda: whole(texts, packages_dir),
        }
        turns = [{name: way() for name, way in ways.items()} for _turn in range(TURNS)]
    return {
        name: Cost(*(len(texts) / min(seconds) for seconds in zip(*(turn[name] for turn in turns), strict=True)))
        for name in ways
    }


def main() -> int:
    """Print the table and return 1 when a floor is missed."""
    rates = measure()
    for name, rate in rates.items():
        print(f"{name:<36} {rate.clock:7.1f} sentences/s, {rate.processor:7.1f} in a second of CPU")
    first = rates["ours, first pass"]
    others = {"one by one": rates["argostranslate, one by one"], "bare": rates["bare translate_batch"]}
    reached = {
        name: Cost(*(mine / theirs for mine, theirs in zip(first, other, strict=True)))
        for name, other in others.items()
    }
    for name, floor in FLOORS.items():
        print(f"against {name:<28} {reached[name].clock:7.2f}, {reached[name].processor:7.2f} by CPU (floor {floor})")
    return int(any(reached[name].processor < floor for name, floor in FLOORS.items()))


if __name__ == "__main__":
    sys.exit(main())
