"""How near apertium's chain with its steps comes to people's translations: chrF2 and BLEU on public test sets.

`python tests/bench/translation_quality.py FOLDER [NAME...]` scores FOLDER/NAME.fr against FOLDER/NAME.en, one sentence
a line, and leaves with 1 when a floor is missed. newstest2014 is for research and NTREX-128 under CC BY-SA 4.0, so
neither is part of this repository; where to get them: docs/translation-checks.md. Without FOLDER nothing is measured.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from annotator.translation.apertium import ApertiumTranslator

FLOORS = {"newstest2014": 49.6, "ntrex": 47.5}


def lines(path: Path) -> list[str]:
    """Return the sentences of a file: lines end with a line feed alone, as some hold other separators."""
    return [line.rstrip("\r") for line in path.read_text(encoding="utf-8").removesuffix("\n").split("\n")]


def translated(sentences: list[str]) -> list[str]:
    """Return what the translator of the product makes of the sentences."""
    translator = ApertiumTranslator()
    try:
        return [answer.text for answer in translator.translate(sentences, source="fr", target="en")]
    finally:
        translator.close()


def score(folder: Path, name: str) -> float:
    """Print the scores of one test set and return its chrF2."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    source, reference = lines(folder / f"{name}.fr"), lines(folder / f"{name}.en")
    started = time.perf_counter()
    output = translated(source)
    seconds = time.perf_counter() - started
    chrf, bleu = (float(metric.corpus_score(output, [reference]).score) for metric in (CHRF(), BLEU()))
    print(f"{name:<16} {len(output):5} sentences  chrF2 {chrf:.2f}  BLEU {bleu:.2f}  {len(output) / seconds:.0f}/s")
    return chrf


def main(folder: str = "", *names: str) -> int:
    """Print the table and return 1 when a floor is missed."""
    if not folder:
        print("no folder of test sets was named: nothing measured")
        return 0
    reached = {name: score(Path(folder), name) for name in names or FLOORS}
    return int(any(chrf < FLOORS.get(name, 0) for name, chrf in reached.items()))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
