"""A model that a team trained on its own labels: the file that `train` writes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from annotator.labels import Label
from annotator.models.values import Number, Share, Value

MODEL_VERSION = 1
MODEL_KIND: Literal["annotator/model"] = "annotator/model"

_Hex = Annotated[str, Field(pattern=r"^[0-9a-f]*$")]


class ModelScore(Value):
    """How suggestions did on units that were held out."""

    macro_f1: Share = Field(description="Mean F1 of the labels over the units that got a suggestion.")
    interval: tuple[Share, Share] | None = Field(
        description="95 % interval of it, by bootstrap over articles; none where they are too few."
    )
    coverage: Share = Field(description="Share of units that got a suggestion.")
    right: Share = Field(description="Share of suggestions that are right.")
    calibration_error: Share = Field(description="How far scores stand from the share of right ones (ECE, ten bins).")


class ModelCard(Value):
    """What a model was trained on, with what, and how well it does."""

    title: str = Field(description="Title of the dataset.")
    license: str = Field(description="Its licence; empty where it does not say.")
    source: str = Field(description="Name of the dataset's folder or file.")
    sha256: _Hex = Field(description="SHA-256 of its records.")
    annotator: str = Field(description="Version of the tool.")
    units: Number = Field(description="Units it was trained on.")
    articles: Number = Field(description="Articles that they stand in.")
    labels: dict[Label, Number] = Field(description="Label to number of units.")
    languages: dict[str, Number] = Field(
        description="Language to number of units; without an encoder it suggests in these alone."
    )
    seen_suggestion: Number = Field(
        description="Of the units, those where somebody whose answer counts saw a suggestion: their labels lean to it."
    )
    not_used: dict[str, Number] = Field(description="Reason to number of units of the dataset that were left out.")
    folds: Number = Field(description="Parts of the cross-validation, by article.")
    seed: Number = Field(description="Of the draw of the parts and of the bootstrap.")
    scores: dict[str, ModelScore] = Field(
        description="`model` on units that were held out, and on the same units what it starts from."
    )


class ModelLayer(Value):
    """Weights of a softmax regression: a row for each cue column, each number of the encoder, and the constant."""

    cues: tuple[str, ...] = Field(max_length=10_000, description="Names of the cue columns.")
    encoded: Annotated[int, Field(ge=0, le=4096)] = Field(description="Numbers of the encoder; 0 without it.")
    temperature: Annotated[float, Field(ge=0.01, le=100, allow_inf_nan=False)] = Field(
        description="What log-odds are divided by, so that scores hold on units that were held out."
    )
    weights: Annotated[str, Field(max_length=2**22)] = Field(
        description="float32, little-endian, row by row, a number for each label; in base64."
    )


class TrainedModel(Value):
    """A model trained on a team's own labels. It holds no text, and nothing in it is run."""

    kind: Literal["annotator/model"] = Field(default=MODEL_KIND, description="What the file is.")
    version: Annotated[int, Field(ge=1)] = Field(default=MODEL_VERSION, description="Version of this form of file.")
    card: ModelCard = Field(description="What it was trained on, and how well it does.")
    cues: str = Field(description="Version of the cues that it was trained with.")
    encoder: str = Field(description="Name of the encoder that it was trained with; empty without one.")
    encoder_sha256: _Hex = Field(description="SHA-256 of the encoder's weights; empty without one.")
    min_score: Share = Field(description="No suggestion below this score, unless a setting says otherwise.")
    labels: tuple[Label, ...] = Field(max_length=len(Label), description="Labels, in the order of the weights.")
    with_cues: ModelLayer | None = Field(
        description="For units in a language that has cues: corrects what these suggest; none where it saw none."
    )
    without_cues: ModelLayer | None = Field(
        description="For units in other languages, by the encoder alone; none without it."
    )
    trained_on: Annotated[_Hex, Field(max_length=2**25)] = Field(
        description="16 hex digits for the words of each unit: by them a measurement leaves out what the model knows."
    )
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = Field(
        default="0" * 64, description="SHA-256 of everything else, as compact JSON with sorted names."
    )

    @property
    def name(self) -> str:
        """What predictions call it: `model-` and 12 digits that tell it from every other."""
        return f"model-{self.sha256[:12]}"
