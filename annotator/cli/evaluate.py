"""`annotator evaluate`: how good suggestions are on units whose label is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer
from annotator.cli.console import say, show
from annotator.cli.measured import cell, show_labels, show_measured, show_not_used, show_reliability

if TYPE_CHECKING:
    from annotator.learning import Evaluation


def evaluate(
    gold: Annotated[
        list[Path],
        typer.Argument(help="Dataset folders, or JSON lines with text, source_lang and label.", metavar="GOLD..."),
    ],
    predictor: Annotated[
        list[str] | None,
        typer.Option(
            metavar="cues|encoder|MODEL",
            help="What suggests: cues, the encoder, or a model of annotator train. Can be given again.",
            show_default="cues, and encoder where it is installed",
        ),
    ] = None,
    min_score: Annotated[
        float | None,
        typer.Option(help="No label is suggested whose score is below this.", show_default="that of each predictor"),
    ] = None,
    resamples: Annotated[int, typer.Option(min=0, max=100_000, help="Bootstrap resamples of the articles.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Random seed for the bootstrap.")] = 1,
) -> Answer[shapes.Evaluated]:
    """Measure suggestions on labelled units: by label and language, with calibration and intervals over articles."""
    from annotator import settings
    from annotator.learning import evaluate_on, open_predictors
    from annotator.prediction.evaluation import Draws

    predictors = open_predictors(predictor or [], settings.load({"min_score": min_score}))
    evaluation = evaluate_on(gold, predictors, Draws(resamples, seed))
    _show(evaluation)
    return Answer.of(evaluation.as_json(), shapes.Evaluated)


def _show(evaluation: Evaluation) -> None:
    show_measured({"": evaluation.measured})
    first = next(iter(evaluation.measured))
    for name, difference in evaluation.differences.items():
        show(f"macro-F1 of {name} less that of {first}, at the same coverage: {cell(difference)}")
    show_measured({**evaluation.by_language, **evaluation.by_sight})
    show_labels(evaluation.measured)
    show_reliability(evaluation.measured)
    show_not_used(evaluation.known.not_used, evaluation.seen, len(evaluation.known.units))
    say("macro-F1, precision, recall and F1 count the units that got a suggestion; intervals are 95 %, over articles")
