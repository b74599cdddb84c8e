"""Files of labelled units become models and measurements of suggestions: `annotator train` and `annotator evaluate`."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from annotator.assemble import with_predictor
from annotator.choices import DEFAULT_PREDICTOR
from annotator.errors import InputError, UsageError
from annotator.labels import NOT_A_UNIT, Label
from annotator.language_tags import language_of
from annotator.models import BlockKind, Prediction, Record
from annotator.output import keep_apart
from annotator.prediction.choice import CUES, chosen, make_predictor
from annotator.prediction.evaluation import Draws, Measure, Measured, difference, measure
from annotator.prediction.known_units import KnownUnit, article_of, by_article, of_record
from annotator.prediction.model_file import write_model
from annotator.prediction.trained import TrainedPredictor
from annotator.prediction.training import Source, Trained, TrainingOptions, train
from annotator.protocols import Predictor
from annotator.readers.json_rows import Row, rows
from annotator.readers.packed import streams
from annotator.settings import Settings
from annotator.text import digest, shown_name

_RECORDS = "records.jsonl"
_ABOUT = "croissant.json"
_LARGEST_ABOUT = 2**24
_HINT = 'a line is {"text": "...", "source_lang": "fr", "label": "sourced"}, or a record of a dataset'
_ENDINGS = (".json", ".jsonl")
_LONGEST = 10_000
"""Characters: prepare cuts at 2,000, and the encoder takes 4 kB of memory for each. A text of 900,000 took 4 GB."""
TRAINED_ON = "known to a model"
"""Units of articles that a model was trained on: on them it knows the answers."""


@dataclass(frozen=True)
class Known:
    """The units of one or more sources whose label is known, and how many others there are for which reason."""

    units: tuple[KnownUnit, ...]
    not_used: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Evaluation:
    """How good the suggestions of several predictors are on the same units."""

    known: Known
    measured: dict[str, Measured]
    by_language: dict[str, dict[str, Measured]]
    """By language, and by predictor."""
    by_sight: dict[str, dict[str, Measured]]
    """By whether people answered in sight of a suggestion, and by predictor; empty where all did, or nobody."""
    differences: dict[str, Measure]
    """Macro-F1 of each further predictor less that of the first, at the same coverage."""
    draws: Draws

    @property
    def seen(self) -> int:
        """How many units were labelled in sight of a suggestion."""
        return sum(unit.seen for unit in self.known.units)

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        articles = len({unit.article_id for unit in self.known.units})
        return {
            "units": len(self.known.units),
            "articles": articles,
            "seen_suggestion": self.seen,
            "not_used": dict(sorted(self.known.not_used.items())),
            "predictors": _plain(self.measured),
            "by_language": {name: _plain(measured) for name, measured in self.by_language.items()},
            "by_sight": {name: _plain(measured) for name, measured in self.by_sight.items()},
            "differences": {name: measure.as_json() for name, measure in self.differences.items()},
            "bootstrap": {"articles": articles, "resamples": self.draws.times, "seed": self.draws.seed},
        }


class _Line(BaseModel):
    """A unit that somebody wrote by hand; what else stands in its line does not matter."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    text: str = Field(min_length=1)
    source_lang: str = Field(min_length=2)
    label: str
    article_id: str = ""
    position: int = Field(default=0, ge=0, lt=2**63)
    block: BlockKind = BlockKind.PARAGRAPH


def train_on(dataset: Path, out: Path, options: TrainingOptions) -> Trained:
    """Train a model on the labels of a dataset folder, or of a file of its form, and write it.

    Raises:
        UsageError: the dataset cannot be read or is too small, or the model cannot be written there.
    """
    records = _records_of(dataset)
    if not records.is_file():  # it is read twice
        raise UsageError(f"{shown_name(str(dataset))}: not a file or folder", hint="save it in a file first")
    keep_apart({"--out": out}, [str(records)])
    known = read_known([dataset])
    with records.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    name = shown_name(dataset.resolve().name)
    source = Source(title=name, name=name, sha256=sha256, not_used=known.not_used)
    trained = train(known.units, _described(source, dataset), options)
    write_model(trained.model, out)
    return trained


def evaluate_on(paths: Sequence[Path], predictors: dict[str, Predictor], draws: Draws) -> Evaluation:
    """Measure what predictors suggest for units whose label is known.

    Articles that a trained model among them knows are left out for all, so that every one is measured on the same.

    Raises:
        UsageError: a source cannot be read, or no unit is left.
    """
    known = _unseen(read_known(paths), [one for one in predictors.values() if isinstance(one, TrainedPredictor)])
    articles = by_article(known.units)
    units = [unit for article in articles for unit in article]
    found = {
        name: [given for article in articles for given in predictor.predict(article_of(article))]
        for name, predictor in predictors.items()
    }

    def of(group: dict[str, list[int]]) -> dict[str, dict[str, Measured]]:
        return {part: _measured(units, found, places, draws) for part, places in group.items()}

    measured = _measured(units, found, range(len(units)), draws)
    first = next(iter(measured))
    return Evaluation(
        known,
        measured,
        by_language=of(_grouped([language_of(unit.language) or "und" for unit in units])),
        by_sight=of(_grouped(_sight(units))),
        differences={
            name: difference(units, given, found[first], draws) for name, given in found.items() if name != first
        },
        draws=draws,
    )


def open_predictors(names: Sequence[str], settings: Settings) -> dict[str, Predictor]:
    """Return predictors by the names that tables give them; without any the cues, and the encoder where it is.

    Raises:
        UsageError: a name is none and no file of a model that this version can use, or the encoder is not installed.
    """
    wanted = dict.fromkeys(chosen(name) for name in names or (CUES, DEFAULT_PREDICTOR))
    resolved = {name: with_predictor(settings.model_copy(update={"predictor": name})) for name in wanted}
    return {name: make_predictor(name, min_score=one.min_score) for name, one in resolved.items()}


def _measured(
    units: Sequence[KnownUnit], found: dict[str, list[Prediction]], places: Sequence[int], draws: Draws
) -> dict[str, Measured]:
    some = [units[at] for at in places]
    return {name: measure(some, [given[at] for at in places], draws) for name, given in found.items()}


def _plain(measured: dict[str, Measured]) -> dict[str, Any]:
    return {name: one.as_json() for name, one in measured.items()}


def read_known(paths: Sequence[Path]) -> Known:
    """Return the units of dataset folders and files whose label is known; a unit that stands there twice counts once.

    Raises:
        UsageError: a source cannot be read, or no unit in them has a label.
    """
    not_used: Counter[str] = Counter()
    units: dict[tuple[str, str, int], KnownUnit] = {}
    for path in paths:
        for found in _of_file(_records_of(path)):
            if isinstance(found, str):
                not_used[found] += 1
            elif len(found.text) > _LONGEST:
                not_used[f"longer than {_LONGEST:,} characters"] += 1
            elif (key := (found.article_id, found.text, found.position)) in units:
                not_used["repeated" if units[key].label is found.label else "repeated with another label"] += 1
            else:
                units[key] = found
    if not units:
        counted = ", ".join(f"{number} {reason}" for reason, number in sorted(not_used.items())) or "nothing in it"
        raise UsageError(f"{shown_name(str(paths[0]))}: no unit has a label to go by ({counted})", hint=_HINT)
    return Known(tuple(units.values()), not_used)


def _unseen(known: Known, models: Sequence[TrainedPredictor]) -> Known:
    trained = {one for model in models for one in _fingerprints(model)}
    seen = {unit.article_id for unit in known.units if unit.fingerprint in trained}
    rest = tuple(unit for unit in known.units if unit.article_id not in seen)
    if not rest:
        message = f"all {len(known.units)} units stand in articles that the model was trained on"
        raise UsageError(message, hint="give units of other articles; its card tells how it did on articles held out")
    left_out = len(known.units) - len(rest)
    return replace(known, units=rest, not_used=known.not_used + Counter({TRAINED_ON: left_out}))


def _fingerprints(model: TrainedPredictor) -> Iterator[str]:
    hexadecimal = model.model.trained_on
    return (hexadecimal[at : at + 16] for at in range(0, len(hexadecimal), 16))


def _grouped(names: Sequence[str]) -> dict[str, list[int]]:
    return {name: [at for at, other in enumerate(names) if other == name] for name in sorted(set(names))}


def _sight(units: Sequence[KnownUnit]) -> list[str]:
    """Return for each unit whether its label was given in sight of a suggestion; nothing where all are alike."""
    if len({unit.seen for unit in units}) == 1:
        return []
    return ["in sight of a suggestion" if unit.seen else "without a suggestion" for unit in units]


def _records_of(path: Path) -> Path:
    if path.is_dir():
        if not (path / _RECORDS).is_file():
            hint = "annotator export SOURCE --out FOLDER"
            raise UsageError(f"{shown_name(str(path))}: not a dataset, for {_RECORDS} is not in it", hint=hint)
        return path / _RECORDS
    if not path.exists():
        raise UsageError(f"{shown_name(str(path))}: no such file or folder", hint="give a dataset folder or its lines")
    return path


def _of_file(path: Path) -> Iterator[KnownUnit | str]:
    """Yield each unit of a file, or why one cannot be used. A line that is none ends it: the rest measures less."""
    name = shown_name(str(path))
    for stream in streams(path, _ENDINGS):
        if isinstance(stream, InputError):
            raise UsageError(f"{name}: {stream.message}", hint=stream.hint)
        try:
            for row in rows(stream.bytes):
                yield _of_row(row, stream.name)
        except InputError as error:
            raise UsageError(f"{name}: {error.message}", hint=error.hint or _HINT) from error


def _of_row(row: Row, name: str) -> KnownUnit | str:
    place, value = f"{name}, {row.place}", row.value()
    if isinstance(value, InputError):
        raise UsageError(f"{place}: {value.message}", hint=_HINT)
    try:
        if "votes" in value:
            return of_record(Record.model_validate(value))
        if "annotation" in value and "data" in value:
            hint = "annotator export makes a dataset of answers: annotator export ANSWERS --out DATASET"
            raise UsageError(f"{place}: an answer, and what stands for a unit is said by its record", hint=hint)
        return _of_line(_Line.model_validate(value))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "line"
        raise UsageError(f"{place}: {where}: {first['msg']}", hint=_HINT) from error
    except ValueError as error:
        raise UsageError(f"{place}: {error}", hint=_HINT) from error


def _of_line(line: _Line) -> KnownUnit | str:
    if line.label == NOT_A_UNIT:
        return NOT_A_UNIT
    if line.label not in [*Label]:
        raise ValueError(f"label {line.label[:60]!r} is none of {', '.join(Label)}")
    if not line.text.strip():
        raise ValueError("text is blank")
    article = line.article_id or digest(line.text, 16)
    return KnownUnit(line.text, Label(line.label), line.source_lang, article, line.position, line.block)


def _described(source: Source, dataset: Path) -> Source:
    """Return the source with what the dataset's own description says of it, where it has one."""
    about = _read_about(dataset / _ABOUT) if dataset.is_dir() else {}
    title, license_name = (str(about.get(name) or "")[:500] for name in ("name", "license"))
    return replace(source, title=title or source.title, license="" if license_name == "unknown" else license_name)


def _read_about(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            about = json.loads(stream.read(_LARGEST_ABOUT))
    except (OSError, ValueError, RecursionError):
        return {}
    return about if isinstance(about, dict) else {}
