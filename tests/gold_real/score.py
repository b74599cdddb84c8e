"""Score suggestions on real sentences and, apart from them, on own text; and how far the two passes of labels agree.

python tests/gold_real/score.py            the tables, by the cues
python tests/gold_real/score.py --encoder  the same by cues and sentence encoder
python tests/gold_real/score.py --wrong    also every unit that gets a wrong suggestion, with the rule that gave it
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from suggestions import Outcome, Row, article_of, calibration_error, compared, f1, macro_f1, share_given

from annotator.agreement.coefficients import article_sums, cohen, from_sums, pair_sums
from annotator.agreement.ratings import Ratings
from annotator.labels import NOT_A_UNIT, Label
from annotator.prediction.choice import CUES, ENCODER, make_predictor
from annotator.protocols import Predictor

HERE = Path(__file__).parent
OWN = HERE.parent / "gates" / "data"
LANGUAGES = ("fr", "en", "de")


def gold(language: str) -> list[Row]:
    """Return the labelled sentences of a language."""
    rows = map(json.loads, (HERE / "gold.jsonl").read_text(encoding="utf-8").splitlines())
    return [row for row in rows if row["lang"] == language]


def real(language: str, predictor: Predictor | None = None) -> list[Outcome]:
    """Return what each sentence gets when it stands alone; what is not a unit has no right label and is left out."""
    rows = (row for row in gold(language) if row["label"] != NOT_A_UNIT)
    return [outcome for row in rows for outcome in compared([row], language, predictor)]


def own(language: str, predictor: Predictor | None = None) -> list[Outcome]:
    """Return what each unit of the articles written for the project gets."""
    articles: dict[str, list[Row]] = defaultdict(list)
    with (OWN / f"labels_{language}.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            articles[row["article"]].append(row)
    return [outcome for rows in articles.values() for outcome in compared(rows, language, predictor)]


def agreement(rows: Sequence[Row], label: str = "") -> dict[str, float]:
    """Return raw agreement, Cohen's kappa and Krippendorff's alpha of the passes, of one label against the others."""
    names = ("other", label) if label else (*Label, NOT_A_UNIT)
    passes = [[row[name] if row[name] in names else "other" for name in ("first", "second")] for row in rows]
    codes = np.array([[names.index(given) for given in pair] for pair in passes], dtype=np.int8)
    ratings = Ratings(codes, np.zeros(len(rows), dtype=np.int64), tuple(map(str, names)), ("first", "second"))
    sums = from_sums(article_sums(ratings, 1))
    kappa = cohen(pair_sums(ratings, 0, 1, 1))
    return {"raw": float(sums["raw"][0]), "kappa": float(kappa[0]), "alpha": float(sums["alpha"][0])}


def shown(name: str, found: Sequence[Outcome]) -> str:
    """Return one line of the table of scores."""
    given = [(gold, label) for gold, label, _ in found if label]
    labels = "  ".join(f"{label} {f1(given, label):.2f}" for label in Label)
    head = f"{name:9} {len(found):5} units  coverage {share_given(found):.3f}  macro-F1 {macro_f1(found):.3f}"
    return f"{head}  ECE {calibration_error(found):.3f}  {labels}"


def wrong(language: str, predictor: Predictor) -> Iterator[str]:
    """Yield every sentence that gets a label that is not the right one."""
    for row in gold(language):
        [found] = predictor.predict(article_of([row], language))
        if found.label and found.label != row["label"]:
            cues = ", ".join(f"{cue.name} [{cue.text}]" for cue in found.cues)
            yield f"{row['id']}\t{row['label']} not {found.label} ({found.score})\t{cues}\t{row['text']}"


def lines() -> Iterable[str]:
    """Yield the tables."""
    for language in LANGUAGES:
        rows = gold(language)
        for label in ("", *Label, NOT_A_UNIT):
            held = agreement(rows, label)
            yield f"passes {language} {label or 'all':10} " + "  ".join(f"{key} {held[key]:.3f}" for key in held)
    predictor = make_predictor(ENCODER if "--encoder" in sys.argv else CUES, min_score=0.6)
    yield from (shown(f"real {language}", real(language, predictor)) for language in LANGUAGES)
    yield from (shown(f"own {language}", own(language, predictor)) for language in (*LANGUAGES, "es"))
    if "--wrong" in sys.argv:
        yield from (line for language in LANGUAGES for line in wrong(language, predictor))


if __name__ == "__main__":
    for line in lines():
        print(line)  # noqa: T201
