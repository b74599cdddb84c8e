"""Training a model on units whose label people know, and how well it does on units that were held out.

Labels are those that stand. Two passes' labels with half a weight each gave the same scores on 582 real sentences
(log-loss .427 beside .428), so that the votes are left to what decides them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator import __version__
from annotator.errors import UsageError
from annotator.language_tags import language_of
from annotator.models import ModelCard, ModelLayer, ModelScore, Prediction, TrainedModel
from annotator.prediction import encoder
from annotator.prediction.columns import LABELS, Rows, read_rows
from annotator.prediction.evaluation import Draws, Measure, Measured, difference, measure
from annotator.prediction.known_units import KnownUnit, article_of, by_article
from annotator.prediction.lexicon import languages
from annotator.prediction.model_file import packed, sealed
from annotator.prediction.predictor import CuePredictor
from annotator.prediction.softmax import Matrix, fit, temperature
from annotator.prediction.trained import Layer, Layers, predictions

FEWEST_UNITS, FEWEST_ARTICLES = 50, 3
FEWEST_OF_LABEL = 5
"""Units that a label needs before it counts as one that was learned; two such labels are needed."""
FEWEST_OF_LANGUAGE = 25
"""Units that a language needs without the encoder: what cues taught of others made it worse in 2 of 7 trials."""
FEW_UNITS = 100
"""Below this what is learned is mostly noise: see the learning curve in docs/quality.md."""
_WITHOUT_CUES = "in a language without cues"
_FOLDS = 5

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Source:
    """Where the units come from, for the card."""

    title: str
    name: str
    sha256: str
    license: str = ""
    not_used: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class TrainingOptions:
    """How a model is trained."""

    min_score: float = 0.6
    with_encoder: bool = True
    draws: Draws = field(default_factory=Draws)


@dataclass(frozen=True)
class Trained:
    """A model, and how the suggestions of its cross-validation and of the cues did on the same units."""

    model: TrainedModel
    scores: Mapping[str, Measured]
    difference: Measure
    """Macro-F1 of the model less that of the cues, at the same coverage."""
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints of it."""
        card = self.model.card.model_dump(mode="json")
        names = ("units", "articles", "labels", "languages", "seen_suggestion", "not_used")
        return {
            "name": self.model.name,
            **{name: card[name] for name in names},
            "encoder": self.model.encoder,
            "min_score": self.model.min_score,
            "scores": {name: measured.as_json() for name, measured in self.scores.items()},
            "difference": self.difference.as_json(),
            "warnings": list(self.warnings),
        }


def train(units: Sequence[KnownUnit], source: Source, options: TrainingOptions) -> Trained:
    """Train a model. The same units and options give the same model.

    Raises:
        UsageError: there are too few units, articles or labels.
    """
    usable, left_out = _usable(units, with_encoder=options.with_encoder)
    check_enough(units, {})
    check_enough(usable, left_out)
    articles = by_article(usable)
    known = [unit for article in articles for unit in article]
    rows = read_rows([article_of(article) for article in articles], with_encoder=options.with_encoder)
    right = np.array([LABELS.index(unit.label) for unit in known])
    folds = fold_of(articles, options.draws.seed)
    log_odds, temperatures = _held_out(rows, right, folds)
    layers = _calibrated(fitted(rows, right), temperatures)
    held_out = list(predictions(rows, log_odds, "model", options.min_score))
    cues = [_from(suggested, options.min_score) for suggested in rows.suggested]
    scores = {"model": measure(known, held_out, options.draws), "cues": measure(known, cues, options.draws)}
    all_left_out = replace(source, not_used=Counter(source.not_used) + left_out)
    card = _card(known, all_left_out, scores, folds=int(folds.max()) + 1, draws=options.draws)
    gain = difference(known, held_out, cues, options.draws)
    return Trained(_model(layers, card, known, options), scores, gain, tuple(_warnings(known, gain)))


def check_enough(units: Sequence[KnownUnit], left_out: Mapping[str, int]) -> None:
    """Refuse what nothing can be learned from.

    Raises:
        UsageError: there are too few units, articles or labels.
    """
    labels = Counter(unit.label for unit in units)
    learned = [label for label in LABELS if labels[label] >= FEWEST_OF_LABEL]
    articles = len({unit.article_id for unit in units})
    if len(units) < FEWEST_UNITS:
        counted = "1 unit" if len(units) == 1 else f"{len(units)} units"
        others = "".join(f", beside {number} {reason}" for reason, number in left_out.items())
        message = f"{counted} with a label{others}: a model needs {FEWEST_UNITS}, and gains little below {FEW_UNITS}"
    elif articles < FEWEST_ARTICLES:
        message = f"the units stand in {articles} articles: a model needs {FEWEST_ARTICLES}, to be tried on others"
    elif len(learned) <= 1:
        counts = ", ".join(f"{label} {labels[label]}" for label in LABELS)
        message = f"only one label has {FEWEST_OF_LABEL} units or more ({counts}): a model tells two or more apart"
    else:
        return
    raise UsageError(message, hint="label more units, then annotator pull and annotator export")


def fold_of(articles: Sequence[Sequence[KnownUnit]], seed: int) -> Numbers:
    """Return the part that each unit is in, article by article: units of one article are alike."""
    order = np.random.default_rng(seed).permutation(len(articles))
    folds = np.empty(len(articles), dtype=np.int64)
    folds[order] = np.arange(len(articles)) % min(_FOLDS, len(articles))
    return np.repeat(folds, [len(article) for article in articles])


def _usable(units: Sequence[KnownUnit], *, with_encoder: bool) -> tuple[list[KnownUnit], Counter[str]]:
    """Return the units of languages that something is known of and that have enough, and how many others there are."""
    known = {*languages(), *(encoder.LANGUAGES if with_encoder else ())}
    named = [replace(unit, language=language_of(unit.language)) for unit in units]
    counts = Counter(unit.language for unit in named)
    left_out: Counter[str] = Counter()
    usable = []
    for unit in named:
        if unit.language not in known:
            left_out["in a language that neither cues nor encoder know" if with_encoder else _WITHOUT_CUES] += 1
        elif not with_encoder and counts[unit.language] < FEWEST_OF_LANGUAGE:
            left_out[f"in a language with fewer than {FEWEST_OF_LANGUAGE} units"] += 1
        else:
            usable.append(unit)
    return usable, left_out


def fitted(rows: Rows, right: Numbers) -> Layers:
    """Return layers that fit the units, at temperature 1.

    The one without cues learns from all units too: what it goes by is the same in all languages of the encoder.
    """
    chosen, size = np.flatnonzero(rows.has_cues), rows.sentences.shape[1]
    with_cues = without = None
    if chosen.size:
        some = rows.only(chosen)
        names = some.names()
        with_cues = Layer(names, size, 1.0, fit(some.matrix(names, size), right[chosen], some.start()))
    if size:
        without = Layer((), size, 1.0, fit(rows.matrix((), size), right, np.zeros((len(right), len(LABELS)))))
    return Layers(with_cues, without)


def _held_out(rows: Rows, right: Numbers, folds: Numbers) -> tuple[Matrix, dict[bool, float]]:
    """Return the log-odds of each unit by a model that did not see its article, and the temperature of each layer.

    They are divided by it already: one number, told by all units, flatters by less than the digits shown.
    """
    by_layer = {has_cues: np.full((len(right), len(LABELS)), np.nan) for has_cues in (True, False)}
    for fold in range(int(folds.max()) + 1):
        held, rest = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        layers = fitted(rows.only(rest), right[rest])
        by_layer[True][held] = Layers(layers.with_cues, None).odds(rows.only(held))
        if layers.without_cues:  # in these languages too it can be tried
            by_layer[False][held] = layers.without_cues.odds(rows.only(held), from_cues=False)
    temperatures = {}
    for has_cues, log_odds in by_layer.items():
        there = ~np.isnan(log_odds[:, 0])
        temperatures[has_cues] = temperature(log_odds[there], right[there]) if there.any() else 1.0
    calibrated = {has_cues: log_odds / temperatures[has_cues] for has_cues, log_odds in by_layer.items()}
    return np.where(rows.has_cues[:, None], calibrated[True], calibrated[False]), temperatures


def _calibrated(layers: Layers, temperatures: Mapping[bool, float]) -> Layers:
    with_cues, without = layers.with_cues, layers.without_cues
    return Layers(
        with_cues and replace(with_cues, temperature=temperatures[True]),
        without and replace(without, temperature=temperatures[False]),
    )


def _from(suggested: Prediction, min_score: float) -> Prediction:
    """Return what the cues suggest at a score."""
    is_sure = suggested.score is not None and suggested.score >= min_score
    return suggested if is_sure else suggested.model_copy(update={"label": None})


def _model(layers: Layers, card: ModelCard, known: Sequence[KnownUnit], options: TrainingOptions) -> TrainedModel:
    uses_encoder = options.with_encoder
    model = TrainedModel(
        card=card,
        cues=CuePredictor.version,
        encoder=encoder.NAME if uses_encoder else "",
        encoder_sha256=encoder.DIGEST if uses_encoder else "",
        min_score=options.min_score,
        labels=LABELS,
        with_cues=_stored(layers.with_cues),
        without_cues=_stored(layers.without_cues),
        trained_on="".join(sorted({unit.fingerprint for unit in known})),
    )
    return sealed(model)


def _stored(layer: Layer | None) -> ModelLayer | None:
    if layer is None:
        return None
    return ModelLayer(
        cues=layer.cues, encoded=layer.encoded, temperature=layer.temperature, weights=packed(layer.weights)
    )


def _card(
    known: Sequence[KnownUnit], source: Source, scores: Mapping[str, Measured], *, folds: int, draws: Draws
) -> ModelCard:
    labels = Counter(unit.label for unit in known)
    return ModelCard(
        title=source.title,
        license=source.license,
        source=source.name,
        sha256=source.sha256,
        annotator=__version__,
        units=len(known),
        articles=len({unit.article_id for unit in known}),
        labels={label: labels[label] for label in LABELS},
        languages=dict(sorted(Counter(unit.language for unit in known).items())),
        seen_suggestion=sum(unit.seen for unit in known),
        not_used=dict(sorted(source.not_used.items())),
        folds=folds,
        seed=draws.seed,
        scores={name: _score(measured) for name, measured in scores.items()},
    )


def _score(measured: Measured) -> ModelScore:
    return ModelScore(
        macro_f1=measured.macro_f1.value or 0.0,
        interval=measured.macro_f1.interval,
        coverage=measured.coverage.value or 0.0,
        right=measured.right.value or 0.0,
        calibration_error=measured.calibration_error or 0.0,
    )


def _warnings(known: Sequence[KnownUnit], gain: Measure) -> Iterator[str]:
    """Yield what somebody should know before the model is used."""
    labels = Counter(unit.label for unit in known)
    if len(known) < FEW_UNITS:
        yield f"{len(known)} units are few: most models gain over the cues from {FEW_UNITS} units on"
    for label in LABELS:
        if labels[label] < FEWEST_OF_LABEL:
            yield f"{label} has {labels[label]} units: the model leaves that label to the cues"
    if gain.value is not None and gain.value < 0:
        yield f"on articles held out the model does worse than the cues, by {-gain.value:.3f} in macro-F1"
