"""Suggesting a label for every unit, against segmenting the same text and identifying its languages, in one run.

`python tests/bench/prediction.py` prints the table and leaves with 1 when the suggestions take more than they may.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Callable
from pathlib import Path

from annotator.langid import Identifier
from annotator.models import Language
from annotator.prediction import CuePredictor
from annotator.readers.text import read_text
from annotator.segmentation import RuleSegmenter

SENTENCES = Path(__file__).parents[1] / "gates" / "data" / "labels_fr.tsv"
UNITS, TURNS = 1_000, 5
MOST = 8.0


def cpu_seconds(work: Callable[[], object]) -> float:
    """Time one call on its core, whatever else the machine is busy with."""
    started = time.process_time()
    work()
    return time.process_time() - started


def main() -> int:
    """Print the table and return 1 when predicting takes too long."""
    with SENTENCES.open(encoding="utf-8", newline="") as stream:
        texts = [row["text"] for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)]
    text = "\n\n".join((texts * (UNITS // len(texts) + 1))[:UNITS])
    article = read_text(text, source="bench").model_copy(update={"language": Language(tag="fr", confidence=1.0)})
    identifier, predictor = Identifier(), CuePredictor()
    units = RuleSegmenter().segment(article, identifier)
    predictor.predict(units)
    ways = (lambda: predictor.predict(units), lambda: RuleSegmenter().segment(article, identifier))
    turns = [[cpu_seconds(way) for way in ways] for _ in range(TURNS)]
    ours, other = (min(seconds) for seconds in zip(*turns, strict=True))
    print(f"{len(units.units):,} units: suggestions {ours:.2f} s of CPU, segments and languages {other:.2f} s")
    print(f"  ratio {ours / other:.2f} (at most {MOST})")
    return int(ours / other > MOST)


if __name__ == "__main__":
    sys.exit(main())
