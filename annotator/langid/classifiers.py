"""The two classifiers, py3langid and langdetect, loaded so that every process and thread gets the same answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple

from annotator.langid import unpacked
from annotator.language_tags import language_of

RankedTags = list[tuple[str, float]]
Classifier = Callable[[str], RankedTags]
"""Gives languages with their scores, best first."""

_TRIALS = 3
"""langdetect's own 7 take twice the time (2 ms) and gave the same 151 answers."""


class UnitModel(NamedTuple):
    """py3langid twice over the same tables, so that a further language costs no memory."""

    candidates: Classifier
    """Knows the languages that are expected."""
    every: Classifier
    """Knows all of its 139, in more than twice the time."""


def load_py3langid(languages: Iterable[str], kept: Path | None = None) -> UnitModel:
    """Return the functions that give each language its raw score, a log-likelihood.

    The instances are our own: the package's module-level one would share `set_languages` with everybody. `kept` is a
    file that holds the model as it was loaded before, or will.
    """
    from py3langid import langid

    loader: Any = langid.LanguageIdentifier
    packed = langid.MODEL_DIR / langid.MODEL_FILE
    source = unpacked.source_of(packed)
    model = unpacked.read(kept, source, loader) if kept else None
    if model is None:
        model = loader.from_model_file(packed)
        if kept:
            unpacked.write(kept, source, model)
    return UnitModel(_restricted(model, languages).rank, model.rank)


def _restricted(model: Any, languages: Iterable[str]) -> Any:  # noqa: ANN401 - py3langid's own
    """Return the model for these languages alone; all but 6 MB of scores are the other's own tables."""
    from numpy import ascontiguousarray, float32

    restricted = copy(model)
    supported = set(model.nb_classes)
    restricted.set_languages([tag for tag in languages if tag in supported] or None)
    # half floats give the same scores, more slowly
    restricted.nb_ptc = ascontiguousarray(restricted.nb_ptc, dtype=float32)
    return restricted


def load_langdetect(package: str = "") -> Classifier:
    """Return the function that gives the likely languages with their probabilities; none for a text without features.

    `langdetect_rs` stands in for `langdetect` where it is installed: its answers are the same to the last bit. Either
    is seeded, and gets langdetect's profiles in the order of their names: its own order is that of the file system.
    """
    name = package or _fastest()
    factory = import_module(f"{name}.detector_factory").DetectorFactory()
    no_features = import_module(f"{name}.lang_detect_exception").LangDetectException
    factory.set_seed(0)
    factory.load_json_profile([path.read_text(encoding="utf-8") for path in _profiles()])

    def detect(text: str) -> RankedTags:
        detector = factory.create()
        detector.n_trial = _TRIALS
        detector.append(text)
        try:
            return [(str(guess.lang), guess.prob) for guess in detector.get_probabilities()]
        except no_features:
            return []

    return detect


@cache
def known_to_langdetect() -> frozenset[str]:
    """Return the languages that langdetect can tell: 54, and none of the others of Europe such as Basque or Maltese."""
    return frozenset(language_of(path.name) for path in _profiles())


def _profiles() -> list[Traversable]:
    profiles = files("langdetect").joinpath("profiles").iterdir()
    return sorted((path for path in profiles if path.name[0] != "."), key=lambda path: path.name)


def _fastest() -> str:
    try:
        import_module("langdetect_rs")
    except ImportError:
        return "langdetect"
    return "langdetect_rs"
