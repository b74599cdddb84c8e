"""What a start with other settings or newer steps means for a run that is there: what is made again, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from annotator.errors import UsageError
from annotator.models import RunInfo
from annotator.preparation.run_status import predictor_of
from annotator.settings import Fields

_KEPT = frozenset({"lang", "to", "split", "languages", "fields", "encoding", "dedupe"})
"""Settings that decide which articles and units there are, and the language of all translations."""
_OF_PREDICTIONS = frozenset({"min_score", "predictor"})
_KEPT_STEPS = frozenset({"read", "segment", "langid"})
_OF_PREDICTION_STEPS = frozenset({"predict"})
PREDICTED = ("predictions.jsonl", "tasks.jsonl")
TRANSLATED = ("translations.jsonl", *PREDICTED)


class Change(NamedTuple):
    """Which files of a run are made again, and why."""

    files: tuple[str, ...]
    difference: str


def change(recorded: RunInfo, wanted: RunInfo, folder: str) -> Change:
    """Compare what a run was made with and what is asked for now.

    Raises:
        UsageError: its articles and units would be others; the message names the difference.
    """
    settings = dict(_differences(_settings(recorded), _settings(wanted)))
    steps = dict(_differences(recorded.steps, wanted.steps)) if recorded.steps else {}
    if not recorded.steps and recorded.annotator != wanted.annotator:
        steps["segment"] = f"version {recorded.annotator}, now {wanted.annotator}"
    said = ", ".join([*settings.values(), *steps.values()])
    if _KEPT & settings.keys() or _KEPT_STEPS & steps.keys():
        raise UsageError(f"{folder}: made with other settings ({said})", hint="use another folder for this run")
    if settings.keys() - _OF_PREDICTIONS or steps.keys() - _OF_PREDICTION_STEPS:
        return Change(TRANSLATED, said)
    return Change(PREDICTED if said else (), said)


def _settings(info: RunInfo) -> dict[str, object]:
    """Return the settings of a run with those that the version which made it did not know, as they were then."""
    settings = info.settings | {"predictor": predictor_of(info)}
    named = settings.get("fields")
    return {**settings, "fields": {**Fields().model_dump(), **named}} if isinstance(named, dict) else settings


def _differences(
    recorded: dict[str, object] | dict[str, str], wanted: dict[str, object] | dict[str, str]
) -> Iterator[tuple[str, str]]:
    for name in sorted(recorded.keys() | wanted.keys()):
        before, now = recorded.get(name), wanted.get(name)
        if before != now:
            yield name, f"{name} {before!r}, now {now!r}"
