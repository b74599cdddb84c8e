"""The file of a trained model: JSON without any text, checked before a number of it counts.

It may come from anybody. Nothing in it is run, sizes are bounded, and its own checksum tells when it was damaged.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from pathlib import Path
from typing import IO, Any

import numpy as np
from pydantic import ValidationError
from pydantic_core import from_json

from annotator.errors import UsageError
from annotator.models import MODEL_KIND, MODEL_VERSION, ModelLayer, TrainedModel
from annotator.output import Kind, replacing
from annotator.prediction import encoder
from annotator.prediction.columns import LABELS
from annotator.prediction.predictor import CuePredictor
from annotator.prediction.softmax import Matrix
from annotator.text import shown_name

_LARGEST = 64 * 2**20
_LARGEST_WEIGHT = 1e4
_TYPE = "<f4"
_AGAIN = "annotator train DATASET --out MODEL makes one"


def packed(weights: Matrix) -> str:
    """Return weights as a file holds them. Rounded, so that another machine's last digits change nothing."""
    return base64.b64encode(np.round(weights, 4).astype(_TYPE).tobytes()).decode("ascii")


def unpacked(layer: ModelLayer) -> Matrix:
    """Return the weights of a layer, a row for each column and one for the constant.

    Raises:
        ValueError: they do not fit the layer, or no number that training gives is among them.
    """
    try:
        content = base64.b64decode(layer.weights, validate=True)
    except binascii.Error as error:
        raise ValueError("weights that are no base64") from error
    shape = (len(layer.cues) + layer.encoded + 1, len(LABELS))
    if len(content) != shape[0] * shape[1] * np.dtype(_TYPE).itemsize:
        raise ValueError(f"weights of {len(content)} bytes where {shape[0]} rows of {shape[1]} numbers belong")
    weights = np.frombuffer(content, dtype=_TYPE).reshape(shape).astype(np.float64)
    if not np.all(np.abs(weights) < _LARGEST_WEIGHT):  # nor is NaN
        raise ValueError("weights that no training gives")
    return weights


def sealed(model: TrainedModel) -> TrainedModel:
    """Return the model with its checksum."""
    return model.model_copy(update={"sha256": _checksum(model.model_dump(mode="json"))})


def write_model(model: TrainedModel, path: Path) -> None:
    """Write a model; a file of another kind stays.

    Raises:
        UsageError: it cannot be written there.
    """
    with replacing(path, Kind("a trained model", _is_model)) as stream:
        stream.write(model.model_dump_json(indent=2).encode() + b"\n")


def read_model(path: Path) -> TrainedModel:
    """Read a model that this version can use.

    Raises:
        UsageError: it is none, damaged, newer, or made with other cues or another encoder.
    """
    name = shown_name(str(path))
    fields = _fields(path, name)
    if fields.get("kind") != MODEL_KIND:
        raise UsageError(f"{name}: not a model of annotator", hint=_AGAIN)
    version = fields.get("version")
    if isinstance(version, int) and version > MODEL_VERSION:
        message = f"{name}: a model of form {version}, and this version reads form {MODEL_VERSION}"
        raise UsageError(message, hint="use the version that made it, or a newer one")
    if fields.get("sha256") != _checksum(fields):
        raise UsageError(f"{name}: damaged: its checksum is that of other content", hint="copy it again, or train anew")
    try:
        model = TrainedModel.model_validate(fields)
        for layer in (model.with_cues, model.without_cues):
            if layer:
                unpacked(layer)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(f"{name}: not a model that training gives: {place}: {first['msg']}", hint=_AGAIN) from error
    except ValueError as error:
        raise UsageError(f"{name}: not a model that training gives: {error}", hint=_AGAIN) from error
    _check_steps(model, name)
    return model


def _fields(path: Path, name: str) -> dict[str, Any]:
    if not path.is_file():
        what = "a folder, and a model is one file" if path.is_dir() else "no such model"
        raise UsageError(f"{name}: {what}", hint="cues, encoder, or a file that annotator train wrote")
    with path.open("rb") as stream:
        content = stream.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise UsageError(f"{name}: larger than {_LARGEST // 2**20} MB, which no model is", hint=_AGAIN)
    try:
        fields = from_json(content, allow_inf_nan=False)
    except ValueError:
        fields = None
    return fields if isinstance(fields, dict) else {}


def _check_steps(model: TrainedModel, name: str) -> None:
    """Refuse a model whose columns mean something else here, for its scores would promise what does not hold."""
    train = "annotator train on the same dataset makes one for this version"
    if model.labels != LABELS:
        raise UsageError(f"{name}: made for other labels than {', '.join(LABELS)}", hint=train)
    if model.cues != CuePredictor.version:
        message = f"{name}: trained with cues {model.cues[:60]}, and this version has cues {CuePredictor.version}"
        raise UsageError(message, hint=train)
    known = (encoder.NAME, encoder.DIGEST)
    if model.encoder and (model.encoder, model.encoder_sha256) != known:
        message = f"{name}: trained with the encoder {model.encoder[:60]} ({model.encoder_sha256[:12]})"
        raise UsageError(f"{message}, and this version has {known[0]} ({known[1][:12]})", hint=train)
    sizes = {layer.encoded for layer in (model.with_cues, model.without_cues) if layer}
    if sizes - {encoder.DIMENSIONS if model.encoder else 0}:
        raise UsageError(f"{name}: not a model that training gives: its weights fit no encoder", hint=_AGAIN)


def _checksum(fields: dict[str, Any]) -> str:
    rest = {name: value for name, value in fields.items() if name != "sha256"}
    compact = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(compact.encode()).hexdigest()


def _is_model(stream: IO[bytes]) -> bool:
    try:
        fields = from_json(stream.read(_LARGEST), allow_inf_nan=False)
    except ValueError:
        return False
    return isinstance(fields, dict) and fields.get("kind") == MODEL_KIND
