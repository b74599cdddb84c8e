"""Draw the sentences to label, without a label: of UD_French-GSD, UD_English-EWT and UD_German-GSD.

python tests/gold_real/draw.py --french ud_fr_dev.jsonl.gz --english EWT/not-to-release \\
    --german de_gsd-ud-train.conllu --out units.jsonl

The German file may be an excerpt: what counts are the sentence ids in `NEWSPAPER` and `WEB`, windows
spread over the train split.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

SEED = 22
WORDS = range(4, 61)
"""Shorter is a heading, longer is a list."""
WANTED = {"fr": 600, "en": 200, "de": 200}
GENRES = ("weblog", "newsgroup")
"""The parts of EWT that read like press; answers, email and reviews do not."""
NEWSPAPER = (
    (1617, 1628),
    (1695, 1715),
    (1742, 1755),
    (1793, 1803),
    (1880, 1899),
    (1956, 1965),
    (2053, 2077),
    (2090, 2103),
    (2153, 2165),
)
WEB = (
    (3303, 3311),
    (3964, 3969),
    (6393, 6400),
    (7567, 7574),
    (8443, 8453),
    (9554, 9564),
    (10130, 10139),
    (12016, 12018),
)
"""First and last sentence of every window. The newspaper's sentences stand in no order, so none has a neighbour."""


def french(path: Path) -> Iterator[dict[str, str]]:
    """Yield every sentence of the set `gsd`, whose sentences have no neighbours."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            for number, (start, end) in enumerate(row["units"] if row["set"] == "gsd" else ()):
                yield {"id": f"fr/{row['id']}/{number:02}", "lang": "fr", "text": row["text"][start:end]}


def english(folder: Path) -> Iterator[dict[str, str]]:
    """Yield every sentence of the train split's weblogs and newsgroups, each with the sentence before it."""
    for name in sorted((folder / "file-lists" / "files.train").read_text(encoding="utf-8").split()):
        if name.startswith(GENRES):
            before = ""
            for sentence, text in sentences(folder / "sources" / name):
                yield {"id": f"en/{sentence}", "lang": "en", "text": text} | ({"context": before} if before else {})
                before = text


def german(path: Path) -> Iterator[dict[str, str]]:
    """Yield the sentences of the windows, the quotation marks of the printed page put back."""
    for sentence, text in sentences(path):
        number = int(sentence.rpartition("-s")[2])
        if any(first <= number <= last for first, last in NEWSPAPER + WEB):
            yield {"id": f"de/{sentence}", "lang": "de", "text": text.replace("``", "„").replace("''", "“")}


def sentences(path: Path) -> Iterator[tuple[str, str]]:
    """Yield id and text of every sentence of a CoNLL-U file."""
    sentence = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(" = ")
        if key == "# sent_id":
            sentence = value
        elif key == "# text":
            yield sentence, value


def drawn(units: list[dict[str, str]], wanted: int) -> list[dict[str, str]]:
    """Return that many units of usable length, in their first order."""
    usable = [unit for unit in units if len(unit["text"].split()) in WORDS]
    chosen = random.Random(SEED).sample(  # noqa: S311
        range(len(usable)), min(wanted, len(usable))
    )
    return [usable[index] for index in sorted(chosen)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--french", "--english", "--german", "--out"):
        parser.add_argument(option, type=Path, required=True)
    given = parser.parse_args()
    sources = {"fr": french(given.french), "en": english(given.english), "de": german(given.german)}
    units = [unit for lang, found in sources.items() for unit in drawn(list(found), WANTED[lang])]
    given.out.write_text("".join(json.dumps(unit, ensure_ascii=False) + "\n" for unit in units), encoding="utf-8")
