"""Train the heads over the sentence encoder, and score them.

`python tests/training/encoder_heads.py train NEWSSD.jsonl` writes `annotator/prediction/heads/heads.npz` and prints its
digest: the same bytes from the same data, encoder and cues. `python tests/training/encoder_heads.py score NEWSSD.jsonl`
prints how right the shipped heads are on a split that was not trained on (`--split val`).

A line of NEWSSD.jsonl is `{"text", "label": "SUBJ" or "OBJ", "lang", "split"}`: the sets English and Italian of NewsSD
(github.com/nlp-unibo/newssd-eng, CC BY 4.0), which is no part of this repository.

- subjective: the split `train` of both languages. Labels of a language count alike, and languages as they come.
- sourced: the development articles of the project (`tests/gates/data`), and the English sentences of the split `train`,
  of which the cues say whether they name a source. Labels count alike.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from suggestions import Row, article_of

from annotator.labels import Label
from annotator.prediction import CuePredictor, heads
from annotator.prediction.encoder import embed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

OWN = Path(__file__).parents[1] / "gates" / "data"
PENALTY = {"subjective": 2.0, "sourced": 1.0}
"""Of squared weights. Of .5, 1, 2, 4 and 8 this gives the best macro-F1 on the split `val` of both languages."""
DIGITS = 2
"""So that the last bits of another machine change no byte."""
_STEPS, _SETTLED, _EVEN = 50, 1e-9, 0.5


def fitted(rows: Numbers, wanted: Numbers, counts: Numbers, penalty: float) -> Numbers:
    """Return the weights of a logistic regression, the constant last, by Newton's method."""
    columns = np.column_stack([rows, np.ones(len(rows))])
    penalties = np.append(np.full(rows.shape[1], penalty), 1e-6)
    weights = np.zeros(columns.shape[1])
    for _ in range(_STEPS):
        chances = probability(columns, weights)
        slope = columns.T @ (counts * (chances - wanted)) + penalties * weights
        curve = (columns * (counts * chances * (1 - chances))[:, None]).T @ columns + np.diag(penalties)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < _SETTLED:
            break
    return weights


def probability(columns: Numbers, weights: Numbers) -> Numbers:
    """Return the probability that goes with each row."""
    chances: Numbers = 1 / (1 + np.exp(-columns @ weights))
    return chances


def alike(wanted: Numbers, groups: Sequence[str]) -> Numbers:
    """Return how much each row counts, so that both answers weigh the same in each group."""
    counts, names = np.ones(len(wanted)), np.array(groups)
    for name in sorted(set(groups)):
        for answer in (0, 1):
            chosen = (names == name) & (wanted == answer)
            counts[chosen] = (names == name).sum() / 2 / max(1, chosen.sum())
    return counts


def subjective(news: Sequence[Row]) -> Numbers:
    """Return the weights of the head that tells subjective sentences."""
    wanted = np.array([row["label"] == "SUBJ" for row in news], dtype=np.float64)
    rows = embed([row["text"] for row in news]).astype(np.float64)
    return fitted(rows, wanted, alike(wanted, [row["lang"] for row in news]), PENALTY["subjective"])


def sourced(news: Sequence[Row]) -> Numbers:
    """Return the weights of the head that tells sentences that name a source."""
    english = [row["text"] for row in news if row["lang"] == "en"]
    own = [row for path in sorted(OWN.glob("labels_*.tsv")) for row in own_rows(path)]
    given = [row["label"] == Label.SOURCED for row in own]
    given += [CuePredictor().predict(article_of([{"text": text}], "en"))[0].label is Label.SOURCED for text in english]
    wanted = np.array(given, dtype=np.float64)
    rows = embed([row["text"] for row in own] + english).astype(np.float64)
    return fitted(rows, wanted, alike(wanted, [""] * len(given)), PENALTY["sourced"])


def own_rows(path: Path) -> list[Row]:
    """Return the labelled units of the development articles; those that are only scored stay unseen."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row for row in rows if row["article"].startswith("dev-")]


def packed(news: Sequence[Row]) -> bytes:
    """Return the file of the heads."""
    weights = {"subjective": subjective(news), "sourced": sourced(news)}
    stream = io.BytesIO()
    rounded = {name: np.round(weights[name], DIGITS).astype(np.float32) for name in heads.HEADS}
    np.savez(stream, **rounded)  # type: ignore[arg-type]
    return stream.getvalue()


def score(news: Sequence[Row]) -> str:
    """Return macro-F1 and calibration of the head `subjective`, for each language."""
    said = np.array([answer.subjective for answer in heads.answers([row["text"] for row in news])])
    wanted = np.array([row["label"] == "SUBJ" for row in news])
    names = np.array([row["lang"] for row in news])
    return "\n".join(_line(name, wanted[names == name], said[names == name]) for name in sorted(set(names)))


def _line(name: str, wanted: NDArray[np.bool_], said: Numbers) -> str:
    return f"{name}: {len(wanted)} sentences, macro-F1 {macro_f1(wanted, said):.3f}"


def macro_f1(wanted: NDArray[np.bool_], said: Numbers) -> float:
    """Return the mean of the F1 of both answers, from .5 on."""
    taken = said >= _EVEN
    both = [2 * (one & two).sum() / max(1, one.sum() + two.sum()) for one, two in ((wanted, taken), (~wanted, ~taken))]
    return float(np.mean(both))


def main() -> None:
    """Train or score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=["train", "score"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--split", default="")
    asked = parser.parse_args()
    split = asked.split or {"train": "train", "score": "val"}[asked.work]
    rows = map(json.loads, asked.file.read_text(encoding="utf-8").splitlines())
    news = [row for row in rows if row["split"] == split]
    if asked.work == "score":
        print(score(news))
        return
    content = packed(news)
    (Path(heads.__file__).parent / heads.FILE).write_bytes(content)
    print(hashlib.sha256(content).hexdigest())


if __name__ == "__main__":
    main()
