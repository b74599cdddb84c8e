"""What `annotator train` gains with more labelled units, beside the cues, on real and on own sentences.

    python tests/bench/learning_curve.py            the curves
    python tests/bench/learning_curve.py --across   trained on one language, tried on others

Units are drawn from articles that the scored ones do not stand in. Macro-F1 is that of the 85 % of units with the
highest scores, so that no predictor gains by its silence. The cues were tuned on the real sentences: there they do
better than on any other text, and a model less so by comparison.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotator.labels import NOT_A_UNIT, Label
from annotator.models import BlockKind
from annotator.prediction.columns import LABELS, Rows, read_rows
from annotator.prediction.known_units import KnownUnit, article_of, by_article
from annotator.prediction.softmax import log_loss, probabilities
from annotator.prediction.training import fitted, fold_of

TESTS = Path(__file__).parents[1]
SIZES = (25, 50, 100, 200, 340, 0)
"""Units to train on; 0 is all."""
DRAWS, COVERAGE, BINS = 10, 0.85, 10
"""Trainings for each size, each tried on another part; the coverage; bins of calibration."""

ACROSS = {
    "own": ((("fr",), ("en", "de", "es")), (("en", "de", "es"), ("fr",))),
    "real": ((("fr",), ("en", "de")), (("en", "de"), ("fr",))),
}
"""Languages to train on, and those to try it on."""

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Scored:
    """Log-odds of units, and the labels that are right."""

    log_odds: NDArray[np.float64]
    right: Numbers

    def line(self, name: str) -> str:
        """Return one line of the table."""
        shares = probabilities(self.log_odds)
        given, score = shares.argmax(axis=1), shares.max(axis=1)
        first = np.argsort(-score, kind="stable")[: round(COVERAGE * len(score))]
        accuracy = (given == self.right).mean()
        error = calibration_error(score, given == self.right)
        macro = macro_f1(self.right[first], given[first])
        return f"{name:22} macro-F1 {macro:.3f}  right {accuracy:.3f}  log-loss {self.loss:.3f}  ECE {error:.3f}"

    @property
    def loss(self) -> float:
        """The mean surprise."""
        return log_loss(self.log_odds, self.right)


def macro_f1(right: Numbers, given: Numbers) -> float:
    """Return the mean F1 of the labels that are there."""
    scores = []
    for label in range(len(LABELS)):
        either = (right == label).sum() + (given == label).sum()
        if either:
            scores.append(2 * ((right == label) & (given == label)).sum() / either)
    return float(np.mean(scores))


def calibration_error(score: NDArray[np.float64], is_right: NDArray[np.bool_]) -> float:
    """Return the ECE over ten bins, of all units."""
    tenth = np.minimum((score * BINS).astype(int), BINS - 1)
    gaps = (abs(score[tenth == at].sum() - is_right[tenth == at].sum()) for at in range(BINS))
    return float(sum(gaps) / len(score))


def real(*languages: str) -> list[KnownUnit]:
    """Return the real sentences, each an article by itself."""
    rows = map(json.loads, (TESTS / "gold_real" / "gold.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        KnownUnit(row["text"], Label(row["label"]), row["lang"], row["id"])
        for row in rows
        if row["lang"] in languages and row["label"] != NOT_A_UNIT
    ]


def own(*languages: str) -> list[KnownUnit]:
    """Return the units of the articles that were written for the project."""
    return [unit for language in languages for unit in _own(language)]


def _own(language: str) -> Iterator[KnownUnit]:
    path = TESTS / "gates" / "data" / f"labels_{language}.tsv"
    at: dict[str, int] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            article = f"{language}-{row['article']}"
            start = at.get(article, 0)
            at[article] = start + len(row["text"]) + 1
            place = {"position": int(row["position"]), "block": BlockKind(row["block"]), "start": start}
            yield KnownUnit(row["text"], Label(row["label"]), language, article, **place)  # type: ignore[arg-type]


def rows_of(units: Sequence[KnownUnit]) -> tuple[Rows, Numbers, list[list[KnownUnit]]]:
    """Return the units as rows, their labels, and their articles."""
    articles = by_article(units)
    known = [unit for article in articles for unit in article]
    right = np.array([LABELS.index(unit.label) for unit in known])
    return read_rows([article_of(article) for article in articles], with_encoder=True), right, articles


def without_encoder(rows: Rows) -> Rows:
    """Return the rows as they are where the encoder is not installed."""
    return Rows(rows.suggested, rows.named, rows.sentences[:, :0])


def curve(name: str, units: Sequence[KnownUnit]) -> Iterator[str]:
    """Yield the lines of one set."""
    rows, right, articles = rows_of(units)
    yield f"\n{name}: {len(right)} units in {len(articles)} articles"
    yield Scored(rows.start(), right).line("cues")
    for size in SIZES:
        if size < 0.8 * len(right):
            for with_encoder in (False, True):
                used = rows if with_encoder else without_encoder(rows)
                parts = [_trial(used, right, articles, size, turn) for turn in range(DRAWS)]
                scored = Scored(
                    np.concatenate([one.log_odds for one in parts]), np.concatenate([one.right for one in parts])
                )
                yield scored.line(f"{size or 'all':>4} units{', encoder' if with_encoder else ''}")


def _trial(rows: Rows, right: Numbers, articles: list[list[KnownUnit]], size: int, turn: int) -> Scored:
    folds = fold_of(articles, turn // 5)
    held, rest = np.flatnonzero(folds == turn % 5), np.flatnonzero(folds != turn % 5)
    if size:
        rest = np.sort(np.random.default_rng(turn).permutation(rest)[:size])
    return Scored(fitted(rows.only(rest), right[rest]).odds(rows.only(held)), right[held])


def across() -> Iterator[str]:
    """Yield what a model of one language does in another, with its cues, and by the encoder without them."""
    for kind, of in (("own", own), ("real", real)):
        for trained_on, tried_on in ACROSS[kind]:
            rows, right, _ = rows_of(of(*trained_on))
            models = {"encoder": fitted(rows, right), "cues alone": fitted(without_encoder(rows), right)}
            for language in tried_on:
                others, wanted, _ = rows_of(of(language))
                yield f"\n{kind}: trained on {', '.join(trained_on)}, tried on {len(wanted)} units of {language}"
                yield Scored(others.start(), wanted).line("cues")
                yield Scored(models["cues alone"].odds(without_encoder(others)), wanted).line("without the encoder")
                yield Scored(models["encoder"].odds(others), wanted).line("with the encoder")
                if blind := models["encoder"].without_cues:
                    yield Scored(blind.odds(others, from_cues=False), wanted).line("as if without cues")


def main() -> None:
    """Print the tables."""
    sets = {
        "real French": real("fr"),
        "real French, English, German": real("fr", "en", "de"),
        "own French": own("fr"),
        "real and own, all languages": [*real("fr", "en", "de"), *own("fr", "en", "de", "es")],
    }
    lines = across() if "--across" in sys.argv else (line for name in sets for line in curve(name, sets[name]))
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    main()
