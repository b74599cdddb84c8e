"""`annotator train`: a model of a team's own labels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotator.cli import shapes
from annotator.cli.answer import Answer
from annotator.cli.console import say, show
from annotator.cli.measured import cell, show_labels, show_measured, show_not_used
from annotator.cli.out_names import model_file

if TYPE_CHECKING:
    from annotator.prediction.training import Trained


def train(
    dataset: Annotated[
        Path, typer.Argument(help="A dataset folder, or JSON lines with text, source_lang, label and article_id.")
    ],
    out: Annotated[Path, typer.Option(help="The model, one file.", callback=model_file)],
    min_score: Annotated[
        float | None,
        typer.Option(help="No label is suggested whose score is below this, from 0 to 1.", show_default="0.6"),
    ] = None,
    encoder: Annotated[
        bool | None,
        typer.Option(
            "--encoder/--no-encoder", help="Learn from the sentence encoder too.", show_default="where it is installed"
        ),
    ] = None,
    resamples: Annotated[int, typer.Option(min=0, max=100_000, help="Bootstrap resamples of the articles.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Random seed for the parts and the bootstrap.")] = 1,
) -> Answer[shapes.Trained]:
    """Train a model on labels of your own, for prepare --predictor MODEL, and tell how well it does."""
    from annotator import settings
    from annotator.learning import train_on
    from annotator.prediction.encoder import is_installed
    from annotator.prediction.evaluation import Draws
    from annotator.prediction.training import TrainingOptions

    options = TrainingOptions(
        min_score=settings.load({"min_score": min_score}).min_score,
        with_encoder=is_installed() if encoder is None else encoder,
        draws=Draws(resamples, seed),
    )
    trained = train_on(dataset, out, options)
    _show(trained, out)
    return Answer.of({"model": str(out), **trained.as_json()}, shapes.Trained)


def _show(trained: Trained, out: Path) -> None:
    card = trained.model.card
    labels = ", ".join(f"{label} {count}" for label, count in card.labels.items())
    languages = ", ".join(f"{language} {count}" for language, count in card.languages.items())
    show(f"{out}: {card.units} units of {card.articles} articles; {labels}; {languages}")
    show_measured({"": trained.scores})
    show(f"macro-F1 of the model less that of the cues, at the same coverage: {cell(trained.difference)}")
    show_labels(trained.scores)
    show_not_used(card.not_used, card.seen_suggestion, card.units)
    for warning in trained.warnings:
        say(f"warning: {warning}")
    say("each unit was scored by a model that saw no unit of its article; intervals are 95 %, over articles")
