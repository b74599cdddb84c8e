"""Annotated units to every format: time, peak memory, and CSV against the SDK's own converter on the same file.

`python tests/bench/export.py 100000` sets the size of the first table; `--memory 10000 1000000` the sizes between which
the memory of a JSONL export is compared; `--gigabyte` also streams an export of 1 GB.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from annotator.labels import Label
from annotator.labelstudio.form import labelling_config
from annotator.models import TaskData

ANNOTATOR = str(Path(sys.executable).with_name("annotator"))
UNITS_PER_ARTICLE = 20
LAUNCHER = """
import os, subprocess, sys
_, status, used = os.wait4(subprocess.Popen(sys.argv[1:], stdout=2).pid, 0)
print(used.ru_maxrss, used.ru_utime + used.ru_stime)
sys.exit(status != 0)
"""
CONVERTER = """
import sys
from label_studio_sdk.converter.converter import Converter
Converter(open(sys.argv[1]).read(), ".").convert_to_csv(sys.argv[2], sys.argv[3], is_dir=False, sep=",", header=True)
"""
FORMATS = ("jsonl", "csv", "parquet", "hf", "web-annotation", "claims", "label-studio", "all")
LABELS = tuple(Label)


class Used(NamedTuple):
    """What a command took."""

    seconds: float
    megabytes: float
    cpu: float


def words(*key: object) -> str:
    digest = hashlib.sha256(repr(key).encode()).hexdigest()
    return " ".join(digest[at : at + 5] for at in range(0, 60, 5))


def rows(units: int) -> Iterator[dict[str, Any]]:
    """Yield tasks as Label Studio exports them, every fifth one answered by two people."""
    blank = dict.fromkeys(TaskData.model_fields, "")
    for number in range(units):
        article, position = divmod(number, UNITS_PER_ARTICLE)
        text = f"Selon l’Insee, {words(number)}."
        data = {
            **blank,
            "unit_id": f"art{article}:{hashlib.sha256(text.encode()).hexdigest()[:12]}",
            "article_id": f"art{article}",
            "position": position,
            "kind": "sentence",
            "block": "paragraph",
            "start": 100 * position,
            "end": 100 * position + len(text),
            "source_text": text,
            "source_lang": ("fr", "de", "es")[article % 3],
            "source_lang_confidence": 0.99,
            "target_lang": "en",
            "translated_text": f"According to Insee, {words(number, 'en')}.",
            "translation_engine": "argos fr_en-1.9",
            "before": words(number - 1),
            "after": words(number + 1),
            "signature": "annotator 0.1|segment 3/sentence|langid 2/16",
        }
        people = (1, 2) if number % 5 == 0 else (1,)
        yield {
            "id": number + 1,
            "data": data,
            "meta": {"unit_id": data["unit_id"], "revision": "r"},
            "project": 1,
            "annotations": [answer(number, who) for who in people],
            "drafts": [],
            "predictions": [],
        }


def answer(number: int, who: int) -> dict[str, Any]:
    span = {"start": 6, "end": 13, "text": "l’Insee", "labels": ["source mention"]}
    label = LABELS[(number + who * (number % 3 == 0)) % len(LABELS)]
    return {
        "id": 2 * number + who,
        "completed_by": who,
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-02T00:00:00Z",
        "lead_time": 4.2,
        "result": [
            {"id": "c", "from_name": "claim", "to_name": "unit", "type": "choices", "value": {"choices": [label]}},
            {"id": "m", "from_name": "mentions", "to_name": "unit", "type": "labels", "value": span},
        ],
    }


def write(path: Path, units: int) -> Path:
    """Write the export as the server does: one array on one line."""
    with path.open("w", encoding="utf-8") as stream:
        for number, row in enumerate(rows(units)):
            stream.write(("," if number else "[") + json.dumps(row, ensure_ascii=False))
        stream.write("]")
    return path


def timed(*command: str | Path, folder: Path) -> Used:
    began = time.perf_counter()
    environment = {**os.environ, "ANNOTATOR_DATA_DIR": str(folder / "data")}
    launched = [sys.executable, "-c", LAUNCHER, *map(str, command)]
    ran = subprocess.run(launched, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SystemExit(ran.stderr[-2000:])
    seconds = time.perf_counter() - began
    kilobytes, cpu = ran.stdout.split()[-2:]
    return Used(seconds, int(kilobytes) / 1024, float(cpu))


def export(source: Path, name: str, folder: Path) -> Used:
    return timed(
        ANNOTATOR, "export", source, "--out", folder / f"out-{name}", "--format", name, "--json", folder=folder
    )


def compare_csv(source: Path, folder: Path, units: int) -> None:
    config = folder / "form.xml"
    config.write_text(labelling_config(), encoding="utf-8")
    theirs = timed(sys.executable, "-c", CONVERTER, config, source, folder / "sdk", folder=folder)
    ours = export(source, "csv", folder)
    ratio, of_cpu = theirs.seconds / ours.seconds, theirs.cpu / ours.cpu
    print(f"JSON > CSV, {units:,} units: SDK's converter {theirs.seconds:.1f} s {theirs.megabytes:.0f} MB,", end=" ")
    print(f"ours {ours.seconds:.1f} s {ours.megabytes:.0f} MB: {ratio:.2f} times as fast,")
    print(f"  {of_cpu:.2f} by CPU time, {theirs.cpu:.1f} s and {ours.cpu:.1f} s (floor 1.5)")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("units", type=int, nargs="?", default=10_000)
    parser.add_argument("--memory", type=int, nargs=2, default=(1_000, 20_000))
    parser.add_argument("--gigabyte", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = write(folder / "export.json", asked.units)
        print(f"{asked.units:,} units, {source.stat().st_size / 1e6:.0f} MB of JSON")
        for form in FORMATS:
            used = export(source, form, folder)
            print(f"  {form:15} {used.seconds:6.1f} s {used.megabytes:6.0f} MB")
        compare_csv(source, folder, asked.units)
        for units in asked.memory:
            used = export(write(folder / "growing.json", units), "jsonl", folder)
            print(f"memory, JSONL, {units:,} units: {used.megabytes:.0f} MB, {used.seconds:.1f} s")
        if asked.gigabyte:
            per_unit = source.stat().st_size / asked.units
            large = write(folder / "growing.json", int(1.01e9 / per_unit))
            used = export(large, "jsonl", folder)
            print(f"{large.stat().st_size / 1e9:.2f} GB of JSON: {used.seconds:.0f} s, {used.megabytes:.0f} MB")


if __name__ == "__main__":
    main()
