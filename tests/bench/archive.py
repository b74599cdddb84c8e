"""An archive of many articles, without translation: rate, workers, memory, and how the cost of an article grows.

`python tests/bench/archive.py [ARTICLES [MEDIAN]]` prints the table and leaves with 1 when a floor is missed. MEDIAN is
the length of an article in characters: 100,000 of a newspaper's length take more than an hour of one core. The ratio of
two workers to linear needs two cores that do nothing else; the ratio of CPU times beside it is what they share.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from corpus import MEDIAN, write_corpus

from annotator.langid.classifiers import load_langdetect, load_py3langid
from annotator.langid.identifier import LANGUAGES
from annotator.models import UND, Article, BlockKind, Unit, UnitKind
from annotator.preparation.work import BATCH_ARTICLES
from annotator.readers import read
from annotator.settings import Settings

COMMAND = [
    sys.executable,
    "-c",
    "from annotator.cli import main; main()",
    "prepare",
    "--translator",
    "none",
    "--predictor",
    "cues",
    "--quiet",
]
ARTICLES, FEW = 5_000, 1_000
LINEAR, PEAK_MEGABYTES, GROWTH, BARE = 0.85, 300, 1.1, 0.5
EXCERPT = 3_000
"""Characters of an article that its language is told by."""
SAMPLE = 300


@dataclass(frozen=True)
class Run:
    """What one command took."""

    seconds: float
    cpu: float
    peak: float
    """Megabytes of the driver alone."""


def prepare(source: Path, out: Path, workers: int) -> Run:
    """Run the command, and look at its driver twice a second: what the system tells at the end counts its workers."""
    before, started = os.times(), time.perf_counter()
    process = subprocess.Popen([*COMMAND, str(source), "--out", str(out), "--workers", str(workers)])
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, high_water(process.pid))
        time.sleep(0.5)
    if process.returncode:
        raise SystemExit(f"prepare ended with {process.returncode}")
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(time.perf_counter() - started, cpu, peak)


def high_water(pid: int) -> float:
    """Return the most memory that a process has held, in megabytes."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def cpu_seconds(work: Callable[[], object]) -> float:
    """Time one call on its core, whatever else the machine is busy with."""
    started = time.process_time()
    work()
    return time.process_time() - started


def ours(source: Path) -> list[Article]:
    """Read, segment and identify: everything but suggestions and tasks."""
    from annotator.assemble import make_pipeline

    pipeline = make_pipeline(Settings(translator="none"), pins={}, say=lambda _message: None)
    return [pipeline.segment(article) for article in read([source]) if isinstance(article, Article)]


def bare(lines: Sequence[bytes], articles: Sequence[Article]) -> None:
    """Call the libraries as often as the same articles need them, and do nothing else.

    JSON, NFC and a hash for each article, langdetect for its language, py3langid and a hash for each unit, py3langid
    for each block, and a validated value for each unit; where to cut is known.
    """
    detect, classify = load_langdetect(), load_py3langid(LANGUAGES).candidates
    for line, article in zip(lines, articles, strict=True):
        text = json.loads(line)["text"]
        unicodedata.is_normalized("NFC", text)
        hashlib.sha256(text.encode()).hexdigest()
        detect(text[:EXCERPT])
        for block in article.blocks:
            classify(article.text[block.start : block.end])
        for position, unit in enumerate(article.units):
            classify(unit.text)
            digest = hashlib.sha256(unit.text.encode()).hexdigest()
            Unit(
                unit_id=digest,
                position=position,
                kind=UnitKind.SENTENCE,
                block=BlockKind.PARAGRAPH,
                block_index=unit.block_index,
                start=unit.start,
                end=unit.end,
                text=unit.text,
                language=UND,
            )


def against_bare(folder: Path) -> float:
    """Return our rate of reading, segmenting and identifying as a share of the bare loop's."""
    source = write_corpus(folder / "sample.jsonl", SAMPLE)
    lines = list(dict.fromkeys(source.read_bytes().splitlines()))
    source.write_bytes(b"".join(line + b"\n" for line in lines))
    articles = ours(source)  # the models are loaded and the caches of Python are warm
    bare(lines, articles)
    turns = [(cpu_seconds(lambda: ours(source)), cpu_seconds(lambda: bare(lines, articles))) for _ in range(3)]
    mine, theirs = (min(turn[which] for turn in turns) for which in (0, 1))
    print(f"read + segment + identify: {SAMPLE / mine:,.0f} articles/s, a bare loop {SAMPLE / theirs:,.0f}")
    return theirs / mine


def main(articles: int, median: int) -> int:
    """Print the table and return 1 when a floor is missed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        share = against_bare(folder)
        few = write_corpus(folder / "few.jsonl", FEW, median=median)
        many = write_corpus(folder / "many.jsonl", articles, median=median)
        small = prepare(few, folder / "few", 1)
        one = prepare(many, folder / "one", 1)
        two = prepare(many, folder / "two", 2)
        linear = one.seconds / (2 * two.seconds)
        growth = (one.cpu / articles) / (small.cpu / FEW)
    print(f"{articles:,} articles of {median:,} characters (median), batches of {BATCH_ARTICLES}")
    for workers, run in ((1, one), (2, two)):
        each = 1000 * run.cpu / articles
        print(f"  {workers} worker: {articles / run.seconds:,.1f} articles/s, {each:.1f} ms of CPU each")
    print(
        f"of linear with two workers: {linear:.2f} (floor {LINEAR}); CPU of one by that of two {one.cpu / two.cpu:.2f}"
    )
    print(f"driver's peak with two workers: {two.peak:,.0f} MB (at most {PEAK_MEGABYTES})")
    print(f"cost of an article, {articles:,} against {FEW:,}: {growth:.2f} (at most {GROWTH})")
    print(f"of a bare loop of the same library calls: {share:.2f} (floor {BARE})")
    reached = linear >= LINEAR and two.peak <= PEAK_MEGABYTES and growth <= GROWTH and share >= BARE
    return int(not reached)


if __name__ == "__main__":
    given = [int(number) for number in sys.argv[1:]]
    sys.exit(main(*(given + [ARTICLES, MEDIAN][len(given) :])))
