"""Suggesting a label for every unit, against segmenting the same text and identifying its languages, in one run.

Every turn reads other sentences: the identifier remembers those it has seen, and a reader has no such luck.

`python tests/bench/prediction.py` prints the table and leaves with 1 when the suggestions take more than they may.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import TypeVar

from annotator.langid import Identifier
from annotator.models import Article, Language
from annotator.prediction import CuePredictor
from annotator.prediction.encoder_predictor import EncoderPredictor
from annotator.readers.text import read_text
from annotator.segmentation import RuleSegmenter

SENTENCES = Path(__file__).parents[1] / "gates" / "data" / "labels_fr.tsv"
UNITS, TURNS = 1_000, 5
MOST, MOST_ENCODED = 2.0, 4.0
Made = TypeVar("Made")


def cpu_seconds(work: Callable[[], Made]) -> tuple[float, Made]:
    """Time one call on its core, whatever else the machine is busy with."""
    started = time.process_time()
    made = work()
    return time.process_time() - started, made


def article_of(texts: list[str], turn: int) -> Article:
    """Return an article of sentences that no other turn has: each ends in a word of its own."""
    names = (f"{turn}-{at}".translate(str.maketrans("0123456789", "abcdefghij")) for at in range(UNITS))
    marked = "\n\n".join(f"{text} {name}" for text, name in zip(cycle(texts), names, strict=False))
    return read_text(marked, source="bench").model_copy(update={"language": Language(tag="fr", confidence=1.0)})


def main() -> int:
    """Print the table and return 1 when predicting takes too long."""
    with SENTENCES.open(encoding="utf-8", newline="") as stream:
        texts = [row["text"] for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)]
    identifier, turns = Identifier(), []
    for turn in range(TURNS):
        other, units = cpu_seconds(partial(RuleSegmenter().segment, article_of(texts, turn), identifier))
        ours, _ = cpu_seconds(partial(CuePredictor().predict, units))
        encoded, _ = cpu_seconds(partial(EncoderPredictor().predict, units))
        turns.append((ours, encoded, other))
    ours, encoded, other = (min(seconds) for seconds in zip(*turns, strict=True))
    print(f"{UNITS:,} paragraphs: segments and languages {other:.2f} s of CPU")
    print(f"  suggestions by cues    {ours:.2f} s, ratio {ours / other:.2f} (at most {MOST})")
    print(f"  suggestions by encoder {encoded:.2f} s, ratio {encoded / other:.2f} (at most {MOST_ENCODED})")
    return int(ours / other > MOST or encoded / other > MOST_ENCODED)


if __name__ == "__main__":
    sys.exit(main())
