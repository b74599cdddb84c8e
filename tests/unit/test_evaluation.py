"""How good suggestions are: macro-F1 at coverage, calibration, what is left out, and intervals over articles."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import suggestions

from annotator.errors import UsageError
from annotator.labels import Label
from annotator.learning import evaluate_on, read_known
from annotator.models import Prediction
from annotator.prediction import CuePredictor
from annotator.prediction.evaluation import Draws, difference, measure
from annotator.prediction.known_units import KnownUnit, article_of, by_article

ROOT = Path(__file__).parents[2]
DATASET = ROOT / "fixtures/versions/2/dataset/records.jsonl"
A, B = Label.SOURCED, Label.OPINION


def unit(label: Label, article: str = "a") -> KnownUnit:
    return KnownUnit("text", label, "fr", article)


def given(label: Label | None, score: float = 0.8) -> Prediction:
    return Prediction(unit_id="u", label=label, score=score, model_version="x-1")


def test_scores_are_those_of_the_gates() -> None:
    articles: dict[str, list[suggestions.Row]] = defaultdict(list)
    with (ROOT / "tests/gates/data/labels_en.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            articles[row["article"]].append(row)
    known = [unit(Label(row["label"]), name) for name, rows in articles.items() for row in rows]
    of_articles = [CuePredictor().predict(suggestions.article_of(rows, "en")) for rows in articles.values()]
    outcomes = [outcome for rows in articles.values() for outcome in suggestions.compared(rows, "en")]
    measured = measure(known, [one for predictions in of_articles for one in predictions], Draws(times=50))
    assert measured.macro_f1.value == pytest.approx(suggestions.macro_f1(outcomes), abs=1e-4)
    assert measured.coverage.value == pytest.approx(suggestions.share_given(outcomes), abs=1e-4)
    assert measured.calibration_error == pytest.approx(suggestions.calibration_error(outcomes), abs=1e-4)
    low, high = measured.macro_f1.interval or (1, 0)
    assert low < suggestions.macro_f1(outcomes) < high


def test_a_label_that_nobody_has_or_gave_does_not_count() -> None:
    measured = measure([unit(A), unit(B), unit(B)], [given(A), given(B), given(None)], Draws(times=0))
    assert (measured.macro_f1.value, measured.coverage.value, measured.right.value) == (1, 0.6667, 1)
    assert (measured.by_label[B].recall.value, measured.by_label[B].units) == (1, 2)
    assert measured.by_label[Label.RHETORIC].f1.value is None


def test_articles_are_drawn_and_not_units() -> None:
    alike = [unit(A, "one") for _ in range(50)] + [unit(B, "two") for _ in range(50)]
    apart = [unit(one.label, str(number)) for number, one in enumerate(alike)]
    suggested = [given(A)] * 100
    wide = measure(alike, suggested, Draws(times=200)).right.interval
    low, high = measure(apart, suggested, Draws(times=200)).right.interval or (0, 1)
    assert wide == (0.0, 1.0)
    assert high - low < 0.3
    assert measure(alike[:50], suggested[:50], Draws(times=200)).right.interval is None


def test_the_same_seed_gives_the_same_interval() -> None:
    known = [unit(A if number % 3 else B, str(number)) for number in range(40)]
    one, two, other = (measure(known, [given(A)] * 40, Draws(100, seed)).right for seed in (1, 1, 2))
    assert one == two
    assert one != other


def test_predictors_are_compared_at_the_same_coverage() -> None:
    known = [unit(A), unit(B), unit(A), unit(B)]
    careful = [given(A), given(B), given(None), given(None)]
    bold = [given(A, 0.9), given(B, 0.9), given(B, 0.7), given(A, 0.7)]
    assert difference(known, bold, careful, Draws(times=0)).value == 0


def test_scores_that_promise_too_much_show_in_the_reliability_table() -> None:
    measured = measure([unit(A), unit(B)], [given(A, 0.95), given(A, 0.95)], Draws(times=0))
    assert [(one.units, one.score, one.right) for one in measured.reliability] == [(2, 0.95, 0.5)]
    assert measured.calibration_error == 0.45


def records(tmp_path: Path, *changes: dict[str, Any]) -> Path:
    (line, *_) = (row for row in map(json.loads, DATASET.read_text(encoding="utf-8").splitlines()) if row["label"])
    rows = [line | change | {"data": line["data"] | change.get("data", {})} for change in changes]
    path = tmp_path / "records.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_what_is_not_used_is_counted_with_its_reason(tmp_path: Path) -> None:
    known = read_known(
        [
            records(
                tmp_path,
                {},
                {},
                {"label": None, "status": "undecided", "decision": None},
                {"label": None, "status": "not a unit"},
                {"data": {"source_text": ""}},
                {"gold": {"label": "opinion"}},
            )
        ]
    )
    assert len(known.units) == 1
    assert known.not_used == {"repeated": 1, "disputed": 1, "not a unit": 1, "text not kept": 1, "known answer": 1}


def test_a_unit_that_comes_again_with_another_label_is_counted_apart(tmp_path: Path) -> None:
    again = {"label": "opinion"}
    known = read_known([records(tmp_path, {}, {}, again)])
    assert known.not_used == {"repeated": 1, "repeated with another label": 1}


def test_a_text_that_no_unit_is_as_long_as_is_counted_and_not_read(tmp_path: Path) -> None:
    known = read_known([records(tmp_path, {}, {"data": {"source_text": "word " * 2_001}})])
    assert known.not_used == {"longer than 10,000 characters": 1}


def test_a_blank_text_is_refused_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"text": "\\u00a0 ", "source_lang": "fr", "label": "opinion"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"gold.jsonl, line 1: text is blank"):
        read_known([path])


def test_units_answered_in_sight_of_a_suggestion_are_measured_apart(tmp_path: Path) -> None:
    vote = {"annotator": "1", "status": "labelled", "label": "sourced"}
    path = records(
        tmp_path,
        {"votes": [vote | {"suggestion": "text"}]},
        {"votes": [vote | {"suggestion": "hidden"}], "data": {"article_id": "b"}},
    )
    evaluation = evaluate_on([path], {"cues": CuePredictor()}, Draws(times=0))
    assert evaluation.seen == 1
    assert {name: one["cues"].units for name, one in evaluation.by_sight.items()} == {
        "in sight of a suggestion": 1,
        "without a suggestion": 1,
    }


def test_units_side_by_side_stand_in_one_block() -> None:
    texts = ("« Un début", "et une fin. »", "Un autre paragraphe.")
    starts = (0, 11, 26)
    known = [
        KnownUnit(text, A, "fr", "a", at, start=start)
        for at, (text, start) in enumerate(zip(texts, starts, strict=True))
    ]
    (article,) = by_article(known)
    assert [one.block_index for one in article_of(article).units] == [0, 0, 1]
