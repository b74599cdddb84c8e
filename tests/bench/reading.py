"""Speed and memory of reading: text, JSONL, packed JSONL, CSV, and HTML beside bare trafilatura on the same pages.

`python tests/bench/reading.py` prints the tables. A page of 5 MB is read in a process of its own for its peak memory.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import zstandard

from annotator.models import Article
from annotator.readers import read
from annotator.readers.html import read_html
from annotator.settings import Fields

PAGES = Path(__file__).parents[1] / "gates" / "data" / "html"
SENTENCE = "Le conseil de Brenval a voté le budget numéro {}, selon la mairie ; les travaux commencent en mai. "
MEGABYTE = 10**6
MOST_GROWTH = 1.8
"""How much dearer a character of a 5 MB page may be than one of a 0.5 MB page."""
MOST_PEAK = 400
"""Megabytes for a page of 5 MB."""
REPEATS = 3


def text(characters: int) -> str:
    """Return paragraphs of four sentences."""
    count = characters // len(SENTENCE)
    return "".join(SENTENCE.format(number) + ("\n\n" if number % 4 == 3 else "") for number in range(count))


def page(characters: int) -> str:
    """Return a page whose body is that text."""
    body = "".join(f"<p>{paragraph}</p>\n" for paragraph in text(characters).split("\n\n") if paragraph)
    return (
        f"<html lang='fr'><head><title>Titre</title></head><body><article><h1>Titre</h1>{body}</article></body></html>"
    )


def seconds(run: Callable[[], object]) -> float:
    """Return the best of three turns."""
    turns = []
    for _turn in range(REPEATS):
        started = time.perf_counter()
        run()
        turns.append(time.perf_counter() - started)
    return min(turns)


def characters(path: Path) -> int:
    """Read a file and return how many characters its articles hold."""
    return sum(len(article.text) for article in read([str(path)], fields=Fields()) if isinstance(article, Article))


def write_kinds(folder: Path) -> list[Path]:
    """Write the same 5 million characters, in articles of 5,000 where a file holds several."""
    articles = [text(5_000) for _ in range(1_000)]
    rows = "".join(json.dumps({"id": number, "text": body}) + "\n" for number, body in enumerate(articles)).encode()
    table = "id,text\n" + "".join(f'{number},"{body}"\n' for number, body in enumerate(articles))
    contents = {
        "a.txt": text(5 * MEGABYTE).encode(),
        "a.jsonl": rows,
        "a.jsonl.gz": gzip.compress(rows, 6),
        "a.jsonl.zst": zstandard.ZstdCompressor().compress(rows),
        "a.csv": table.encode(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in contents]


def rates() -> dict[str, float]:
    """Return characters a second for each kind of file."""
    with tempfile.TemporaryDirectory() as folder:
        paths = write_kinds(Path(folder))
        return {path.name: characters(path) / seconds(lambda path=path: characters(path)) for path in paths}  # type: ignore[misc]


def page_times() -> tuple[float, float]:
    """Return the mean milliseconds of a page of the gate, ours and bare trafilatura's with its metadata."""
    import trafilatura

    sources = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(PAGES.glob("*.html"))]
    ours = seconds(lambda: [read_html(source, source="-") for source in sources])
    bare = seconds(lambda: [trafilatura.extract(source, output_format="xml", with_metadata=True) for source in sources])
    return 1000 * ours / len(sources), 1000 * bare / len(sources)


def large_page(size: int) -> tuple[float, int]:
    """Return the microseconds a character and the peak of the memory in MB, in a process of its own."""
    command = [sys.executable, str(Path(__file__)), str(size)]
    paths = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", ""))))
    environment = os.environ | {"PYTHONPATH": paths}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    cost, peak = done.stdout.split()
    return float(cost), int(peak)


def _measure_page(size: int) -> None:
    source = page(size)
    read_html(page(50_000), source="-")
    started = time.perf_counter()
    read_html(source, source="-")
    cost = 1e6 * (time.perf_counter() - started) / len(source)
    print(cost, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def main() -> int:
    """Print the tables and return 1 when cost grows faster than the page, or the memory is too much."""
    for name, rate in rates().items():
        print(f"{name:<14} {rate / MEGABYTE:7.1f} M characters/s")
    ours, bare = page_times()
    print(f"{'page':<14} {ours:7.1f} ms (bare trafilatura {bare:.1f} ms, {bare / ours:.2f} times)")
    (small, _), (large, peak) = large_page(MEGABYTE // 2), large_page(5 * MEGABYTE)
    print(
        f"{'5 MB page':<14} {large:7.2f} µs/character, {large / small:.2f} times that of 0.5 MB (at most {MOST_GROWTH})"
    )
    print(f"{'':<14} {peak:7d} MB peak (at most {MOST_PEAK})")
    return int(large > MOST_GROWTH * small or peak > MOST_PEAK)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _measure_page(int(sys.argv[1]))
    else:
        sys.exit(main())
