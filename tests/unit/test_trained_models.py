"""Models of a team's own labels: what they learn from, what their files may be, and what they say of new units."""

from __future__ import annotations

import csv
import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from annotator.errors import UsageError
from annotator.labels import Label
from annotator.learning import evaluate_on, read_known, train_on
from annotator.models import BlockKind, ModelLayer, TrainedModel
from annotator.prediction import CuePredictor
from annotator.prediction.evaluation import Draws, difference, measure
from annotator.prediction.known_units import KnownUnit, article_of, by_article
from annotator.prediction.model_file import packed, read_model, sealed, write_model
from annotator.prediction.trained import LEARNED, TrainedPredictor, open_model
from annotator.prediction.training import Source, Trained, TrainingOptions, fold_of, train

DATA = Path(__file__).parents[1] / "gates" / "data"
OPTIONS = TrainingOptions(with_encoder=False, draws=Draws(times=20))
SOURCE = Source(title="Our labels", name="labels.jsonl", sha256="0" * 64, license="CC-BY-4.0")


def known_units(language: str, split: str = "") -> list[KnownUnit]:
    with (DATA / f"labels_{language}.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        KnownUnit(
            row["text"], Label(row["label"]), language, row["article"], int(row["position"]), BlockKind(row["block"])
        )
        for row in rows
        if row["article"].startswith(split)
    ]


FRENCH = known_units("fr", "dev-")
SOME = [unit for article in by_article(FRENCH)[:8] for unit in article]


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(FRENCH, SOURCE, OPTIONS)


@pytest.fixture
def model(trained: Trained, tmp_path: Path) -> Path:
    write_model(trained.model, tmp_path / "team.model")
    return tmp_path / "team.model"


def lines(path: Path, units: list[KnownUnit]) -> Path:
    rows = [
        {"text": one.text, "label": one.label, "source_lang": one.language, "article_id": one.article_id}
        for one in units
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_same_labels_give_the_same_bytes(tmp_path: Path) -> None:
    labels = lines(tmp_path / "labels.jsonl", SOME)
    for name in ("one.model", "two.model"):
        train_on(labels, tmp_path / name, OPTIONS)
    assert (tmp_path / "one.model").read_bytes() == (tmp_path / "two.model").read_bytes()


def test_units_of_one_article_are_held_out_together() -> None:
    articles = by_article(FRENCH)
    folds = iter(fold_of(articles, seed=1))
    assert all(len({int(next(folds)) for _ in article}) == 1 for article in articles)
    assert len({*map(int, fold_of(articles, seed=1))}) == 5


def test_on_other_articles_it_does_better_than_the_cues(trained: Trained) -> None:
    held = [unit for article in by_article(known_units("fr", "held-")) for unit in article]
    articles = [article_of(article) for article in by_article(held)]
    predictors = (TrainedPredictor(trained.model, others=CuePredictor(), min_score=0.6), CuePredictor())
    by_model, by_cues = ([one for article in articles for one in by.predict(article)] for by in predictors)
    of_model, of_cues = (measure(held, given, Draws(0)) for given in (by_model, by_cues))
    assert (difference(held, by_model, by_cues, Draws(0)).value or 0) > 0
    assert of_model.given > of_cues.given
    assert (of_model.calibration_error or 1) < (of_cues.calibration_error or 0)


def test_its_card_says_what_it_was_trained_on_and_how_well_it_does(trained: Trained) -> None:
    card = trained.model.card
    assert (card.title, card.license, card.units, card.folds) == ("Our labels", "CC-BY-4.0", len(FRENCH), 5)
    assert sum(card.labels.values()) == sum(card.languages.values()) == card.units
    assert {*card.scores} == {"model", "cues"}
    assert card.scores["model"].interval is not None


def test_the_file_holds_no_word_of_any_unit(model: Path) -> None:
    text = model.read_text(encoding="utf-8")
    assert [unit.text for unit in FRENCH if unit.text in text] == []


TOO_FEW: dict[str, tuple[list[KnownUnit], str]] = {
    "units": (SOME[:30], "30 units with a label: a model needs 50"),
    "none": ([], "0 units with a label"),
    "articles": ([replace(one, article_id="a") for one in SOME], "in 1 articles: a model needs 3"),
    "labels": ([replace(one, label=Label.OPINION) for one in SOME], "only one label has 5 units or more"),
    "language": (
        [replace(one, language="eu") for one in SOME],
        "0 units with a label, beside 96 in a language",
    ),
}


@pytest.mark.parametrize("name", TOO_FEW)
def test_what_nothing_can_be_learned_from_is_refused(name: str) -> None:
    units, said = TOO_FEW[name]
    with pytest.raises(UsageError, match=said):
        train(units, SOURCE, OPTIONS)


def test_few_units_and_rare_labels_are_said() -> None:
    units = [one for one in SOME if one.label is not Label.RHETORIC][:60]
    warnings = train(units, SOURCE, OPTIONS).warnings
    assert any("60 units are few" in one for one in warnings)
    assert any(one.startswith("rhetoric has 0 units") for one in warnings)


def test_units_labelled_in_sight_of_a_suggestion_are_counted_in_the_card() -> None:
    units = [replace(one, seen=number < 7) for number, one in enumerate(SOME)]
    assert train(units, SOURCE, OPTIONS).model.card.seen_suggestion == 7


def test_in_a_language_it_was_not_trained_on_it_says_what_the_cues_say(trained: Trained) -> None:
    article = article_of(by_article(known_units("en"))[0])
    predictor = TrainedPredictor(trained.model, others=CuePredictor(), min_score=0.6)
    assert predictor.predict(article) == CuePredictor().predict(article)


def test_a_reason_is_words_that_speak_for_the_label_or_says_that_it_was_learned(trained: Trained) -> None:
    predictor, cues = TrainedPredictor(trained.model, others=CuePredictor(), min_score=0), CuePredictor(min_score=0)
    articles = [article_of(article) for article in by_article(FRENCH)]
    pairs = [pair for one in articles for pair in zip(predictor.predict(one), cues.predict(one), strict=True)]
    alike = [(mine, theirs) for mine, theirs in pairs if mine.label is theirs.label and (theirs.score or 0) >= 0.45]
    assert all(mine.cues == theirs.cues for mine, theirs in alike)
    others = [mine for mine, theirs in pairs if mine.label is not theirs.label]
    assert others
    assert {(cue.name, cue.text) for mine in others for cue in mine.cues} == {(LEARNED, "")}


def test_that_it_may_be_no_unit_is_no_reason_for_a_label(trained: Trained) -> None:
    predictor = TrainedPredictor(trained.model, others=CuePredictor(), min_score=0)
    units = [
        KnownUnit("Et pourquoi pas ?", Label.RHETORIC, "fr", "a"),
        KnownUnit("La nuit.", Label.RHETORIC, "fr", "a"),
    ]
    assert CuePredictor(min_score=0).predict(article_of(units))[0].label is Label.RHETORIC
    given = predictor.predict(article_of(units))
    assert not [cue.name for one in given for cue in one.cues if "not a unit" in cue.name]


def test_its_own_threshold_holds_unless_another_is_set(trained: Trained, tmp_path: Path) -> None:
    strict = sealed(trained.model.model_copy(update={"min_score": 0.9}))
    write_model(strict, tmp_path / "strict.model")
    assert open_model(tmp_path / "strict.model").min_score == 0.9
    assert open_model(tmp_path / "strict.model", min_score=0.7).min_score == 0.7


def test_a_model_is_called_by_its_digest(model: Path) -> None:
    predictor = open_model(model)
    (prediction, *_) = predictor.predict(article_of(SOME[:1]))
    assert prediction.model_version == f"{predictor.name}-{predictor.version}" == read_model(model).name
    assert read_model(model).sha256.startswith(predictor.version)


def changed(**fields: object) -> Callable[[TrainedModel], bytes]:
    return lambda model: sealed(model.model_copy(update=fields)).model_dump_json().encode()


def with_weights(weights: str) -> Callable[[TrainedModel], bytes]:
    def of(model: TrainedModel) -> bytes:
        assert model.with_cues
        return changed(with_cues=model.with_cues.model_copy(update={"weights": weights}))(model)

    return of


def a_digit_more(model: TrainedModel) -> bytes:
    return model.model_dump_json().replace('"min_score":0.6', '"min_score":0.61').encode()


BAD: dict[str, tuple[Callable[[TrainedModel], bytes], str]] = {
    "a pickle": (lambda _: pickle.dumps({"kind": "annotator/model"}), "not a model of annotator"),
    "other JSON": (lambda _: b'{"kind": "other"}', "not a model of annotator"),
    "a list": (lambda _: b"[1]", "not a model of annotator"),
    "nothing": (lambda _: b"", "not a model of annotator"),
    "deep nesting": (lambda _: b'{"a":' * 100_000, "not a model of annotator"),
    "half of it": (lambda model: model.model_dump_json().encode()[:900], "not a model of annotator"),
    "a digit more": (a_digit_more, "damaged"),
    "a newer form": (changed(version=2), "form 2, and this version reads form 1"),
    "other cues": (changed(cues="0"), "trained with cues 0, and this version has cues"),
    "another encoder": (changed(encoder="mine", encoder_sha256="ab"), "trained with the encoder mine"),
    "other labels": (changed(labels=(Label.OPINION,)), "made for other labels"),
    "a score of 7": (changed(min_score=7), "min_score"),
    "short weights": (with_weights("AAAA"), "weights of 3 bytes"),
    "no base64": (with_weights("é"), "no model|base64|ASCII"),
    "weights for an encoder": (
        changed(with_cues=ModelLayer(cues=(), encoded=1, temperature=1, weights=packed(np.zeros((2, 4))))),
        "fit no encoder",
    ),
    "a temperature that makes every score endless": (
        changed(with_cues=ModelLayer.model_construct(cues=(), encoded=0, temperature=5e-324, weights="A" * 22 + "==")),
        "with_cues.temperature",
    ),
    "endless weights": (
        changed(with_cues=ModelLayer(cues=(), encoded=0, temperature=1, weights=packed(np.full((1, 4), np.inf)))),
        "weights that no training gives",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_training_does_not_give_is_refused_with_words(name: str, trained: Trained, tmp_path: Path) -> None:
    make, said = BAD[name]
    (tmp_path / "bad.model").write_bytes(make(trained.model))
    with pytest.raises(UsageError, match=said):
        open_model(tmp_path / "bad.model")


def test_no_more_is_read_than_a_model_can_be(tmp_path: Path) -> None:
    with (tmp_path / "huge.model").open("wb") as stream:
        stream.truncate(2**40)
    with pytest.raises(UsageError, match="larger than 64 MB"):
        open_model(tmp_path / "huge.model")


def test_a_file_of_another_kind_is_not_written_over(tmp_path: Path) -> None:
    labels = lines(tmp_path / "labels.jsonl", SOME)
    other = tmp_path / "notes"
    other.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="something other than a trained model"):
        train_on(labels, other, OPTIONS)
    with pytest.raises(UsageError):
        train_on(labels, labels, OPTIONS)
    assert other.read_text(encoding="utf-8") == "mine"


def test_units_that_a_model_knows_take_no_part_in_its_measurement(model: Path, tmp_path: Path) -> None:
    held = known_units("fr", "held-")
    moved = [replace(one, article_id="another id") for one in FRENCH[:3]]
    labels = lines(tmp_path / "labels.jsonl", [*held, *moved])
    evaluation = evaluate_on([labels], {"cues": CuePredictor(), "team": open_model(model)}, Draws(times=20))
    assert (len(evaluation.known.units), evaluation.known.not_used) == (len(held), {"known to a model": 3})
    with pytest.raises(UsageError, match="all 3 units stand in articles that the model was trained on"):
        evaluate_on([lines(tmp_path / "labels.jsonl", moved)], {"team": open_model(model)}, Draws(times=20))


def test_with_the_encoder_it_suggests_in_languages_that_it_was_not_trained_on() -> None:
    known = SOME[:60]
    model = train(known, SOURCE, replace(OPTIONS, with_encoder=True)).model
    predictor = TrainedPredictor(model, others=CuePredictor(), min_score=0)
    as_of = {tag: predictor.predict(article_of([replace(one, language=tag) for one in known])) for tag in ("pt", "eu")}
    assert {one.model_version for one in as_of["pt"]} == {model.name}
    assert sum(one.label is unit.label for one, unit in zip(as_of["pt"], known, strict=True)) >= 45
    assert {one.label for one in as_of["eu"]} == {None}


def test_lines_that_are_no_known_units_are_named(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    for row, said in (
        ({"text": "a", "source_lang": "fr", "label": "good"}, "line 1: label 'good' is none of sourced"),
        ({"text": "a", "label": "opinion"}, "line 1: source_lang: Field required"),
        ({"annotation": 1, "data": {}}, "line 1: an answer"),
    ):
        path.write_text(json.dumps(row) + "\n", encoding="utf-8")
        with pytest.raises(UsageError, match=said):
            read_known([path])
