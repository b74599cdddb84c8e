"""The command that makes a run again with a further memory, and keeps everything else that it was made with."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from annotator.choices import DEFAULT_COMPUTE_TYPE, DEFAULT_DEVICE, DEFAULT_SPLIT, DEFAULT_TARGET, DEFAULT_TRANSLATOR
from annotator.models import RunInfo

_DEFAULTS = {
    "to": DEFAULT_TARGET,
    "lang": "",
    "translator": DEFAULT_TRANSLATOR,
    "split": DEFAULT_SPLIT,
    "dedupe": "",
    "device": DEFAULT_DEVICE,
    "compute_type": DEFAULT_COMPUTE_TYPE,
}


def command(info: RunInfo, run: Path, memory: str) -> str:
    """Return it: the new memory comes before those of the run, so that its translations count first."""
    words = ["--out", str(run)]
    for name, default in _DEFAULTS.items():
        if (value := info.settings.get(name, default)) != default:
            words += [f"--{name.replace('_', '-')}", str(value)]
    if label := info.settings.get("glossary"):
        words += ["--glossary", path_of(info, str(label))]
    older = (path_of(info, label) for label in memory_labels(info))
    for path in dict.fromkeys([memory, *older]):
        words += ["--memory", path]
    return f"annotator prepare INPUT {shlex.join(words)}"


def memory_labels(info: RunInfo) -> list[str]:
    """Return name and digest of each memory of a run, in their order: `desk:3fa2b1c4`."""
    noted = info.settings.get("memory")
    return [str(label) for label in noted] if isinstance(noted, list) else []


def path_of(info: RunInfo, label: str) -> str:
    """Return the path that a memory or the glossary was given as, or its name where a run does not say."""
    return info.paths.get(label, label.rpartition(":")[0])


def dropped(before: RunInfo, now: RunInfo) -> Iterator[str]:
    """Yield the labels of memories that are no longer given, neither under their name nor with their content."""
    parts = [label.rpartition(":") for label in memory_labels(now)]
    names, digests = {part[0] for part in parts}, {part[2] for part in parts}
    for label in memory_labels(before):
        name, _, digest = label.rpartition(":")
        if name not in names and digest not in digests:
            yield label
