"""The two classifiers, py3langid and langdetect, loaded so that every process and thread gets the same answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

from annotator.langid import unpacked

RankedTags = list[tuple[str, float]]
Classifier = Callable[[str], RankedTags]
"""Gives languages with their scores, best first."""

_TRIALS = 3
"""langdetect's own 7 take twice the time (2 ms) and gave the same 151 answers."""


def load_py3langid(languages: Iterable[str], kept: Path | None = None) -> Classifier:
    """Return the function that gives each of the languages its raw score, a log-likelihood.

    The instance is our own: the package's module-level one would share `set_languages` with everybody. `kept` is a file
    that holds the model as it was loaded before, or will.
    """
    from py3langid import langid

    loader: Any = langid.LanguageIdentifier
    packed = langid.MODEL_DIR / langid.MODEL_FILE
    wanted = tuple(sorted(set(languages)))
    source = unpacked.source_of(packed, wanted)
    model = unpacked.read(kept, source, loader) if kept else None
    if model is None:
        model = _restricted(loader.from_model_file(packed), wanted)
        if kept:
            unpacked.write(kept, source, model)
    rank: Classifier = model.rank
    return rank


def _restricted(model: Any, languages: tuple[str, ...]) -> Any:  # noqa: ANN401 - py3langid's own
    from numpy import ascontiguousarray, float32

    supported = set(model.nb_classes)
    model.set_languages([tag for tag in languages if tag in supported] or None)
    model.nb_ptc = ascontiguousarray(model.nb_ptc, dtype=float32)  # half floats give the same scores, more slowly
    # Lets go of the scores of the 120 other languages, 28 MB.
    model._full_model = model.nb_ptc, model.nb_pc, model.nb_classes
    return model


def load_langdetect(package: str = "") -> Classifier:
    """Return the function that gives the likely languages with their probabilities; none for a text without features.

    `langdetect_rs` stands in for `langdetect` where it is installed: its answers are the same to the last bit. Either
    is seeded, and gets langdetect's profiles in the order of their names: its own order is that of the file system.
    """
    name = package or _fastest()
    factory = import_module(f"{name}.detector_factory").DetectorFactory()
    no_features = import_module(f"{name}.lang_detect_exception").LangDetectException
    factory.set_seed(0)
    profiles = sorted((path for path in files("langdetect").joinpath("profiles").iterdir()), key=lambda path: path.name)
    factory.load_json_profile([path.read_text(encoding="utf-8") for path in profiles if path.name[0] != "."])

    def detect(text: str) -> RankedTags:
        detector = factory.create()
        detector.n_trial = _TRIALS
        detector.append(text)
        try:
            return [(str(guess.lang), guess.prob) for guess in detector.get_probabilities()]
        except no_features:
            return []

    return detect


def _fastest() -> str:
    try:
        import_module("langdetect_rs")
    except ImportError:
        return "langdetect"
    return "langdetect_rs"
