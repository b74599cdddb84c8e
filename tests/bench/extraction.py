"""The body of pages that others have annotated: ours and bare trafilatura's side by side, and the pages that are worst.

`python tests/bench/extraction.py FOLDER...` knows a folder by what is in it:

| in the folder      | whose layout                                                              | what is the body    |
|--------------------|---------------------------------------------------------------------------|---------------------|
| `ground-truth.json`| scrapinghub/article-extraction-benchmark                                  | `articleBody`       |
| `*/source.html`    | mozilla/readability, `test/test-pages`                                    | `expected.html`     |
| `*/meta.info`      | flairNLP/fundus, `tests/resources/parser/test_data`                       | `body` of the JSON  |
| `evaldata.json`    | adbar/trafilatura, `tests`: pieces of text that belong to the body or not | `with`, `without`   |
| `*.html`           | any pages                                                                 | what trafilatura has|

F1 is that of scrapinghub's evaluate.py (shingles of four words, mean precision and mean recall over the pages), for
trafilatura's set that of its own evaluation. A page is lost when less than half of what trafilatura has right is in
our units and tables. `--worst N` lists the N pages where we are furthest behind, `--every N` takes each Nth page.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import trafilatura
from lxml import html

from annotator.errors import InputError
from annotator.models import Article, BlockKind
from annotator.readers.decode import declared_encoding, decode
from annotator.readers.html import read_html
from annotator.readers.text_runs import TABLE

SHINGLE = 4
LOST = 0.5
LEAST_SHINGLES = 40
"""About as many words: a page of fewer has no body to lose."""
NO_BODY = (BlockKind.TITLE, BlockKind.CAPTION)
"""Annotated bodies hold the posts of a page, and neither title nor captions."""
_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")

Shingles = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class Page:
    """One page: its bytes, and its body or the pieces that have to be in it and must not; nothing where nobody said."""

    name: str
    raw: bytes
    body: str = ""
    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Score:
    """How near one text is to a page's body: true and false positives, false negatives, whatever is counted."""

    true: float = 0.0
    false: float = 0.0
    missed: float = 0.0

    @property
    def precision(self) -> float:
        """The share of what is read that belongs to the body."""
        return self._share(self.false)

    @property
    def recall(self) -> float:
        """The share of the body that is read."""
        return self._share(self.missed)

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        total = 2 * self.true + self.false + self.missed
        return 2 * self.true / total if total else 1.0

    def _share(self, wrong: float) -> float:
        if not self.false and not self.missed:
            return 1.0
        return self.true / (self.true + wrong) if self.true else 0.0


@dataclass(frozen=True)
class Outcome:
    """What both made of one page, and the seconds of CPU that each took."""

    page: Page
    ours: Score
    theirs: Score
    lost: bool
    seconds: tuple[float, float]
    error: str = ""


def pages(folder: Path) -> Iterator[Page]:
    """Return the pages of a folder in a public layout."""
    if (truth := folder / "ground-truth.json").exists():
        for name, entry in json.loads(truth.read_text(encoding="utf-8")).items():
            packed = folder / "html" / f"{name}.html.gz"
            yield Page(name, gzip.decompress(packed.read_bytes()), entry.get("articleBody", ""))
    elif (chunks := folder / "evaldata.json").exists():
        yield from _trafilatura(folder, json.loads(chunks.read_text(encoding="utf-8")))
    elif any(folder.glob("*/meta.info")):
        yield from _fundus(folder)
    elif any(folder.glob("*/source.html")):
        for source in sorted(folder.glob("*/source.html")):
            expected = html.document_fromstring(source.with_name("expected.html").read_bytes().decode("utf-8"))
            yield Page(source.parent.name, source.read_bytes(), spaced(expected))
    else:
        yield from (Page(path.name, path.read_bytes()) for path in sorted(folder.glob("*.html")))


def spaced(root: html.HtmlElement) -> str:
    """Return an element's text with blanks where elements meet, so that no two words become one."""
    return " ".join(root.itertext())


def _trafilatura(folder: Path, entries: dict[str, dict[str, Any]]) -> Iterator[Page]:
    for entry in entries.values():
        found = [folder / place / entry["file"] for place in ("cache", "eval")]
        raw = next(path for path in found if path.exists()).read_bytes()
        yield Page(entry["file"], raw, inside=tuple(entry["with"]), outside=tuple(entry["without"]))


def _fundus(folder: Path) -> Iterator[Page]:
    """Return each publisher's pages; the versions of its parser are named in the order of the pages' dates."""
    for gold in sorted(folder.glob("*/*.json")):
        versions = [entry for _, entry in sorted(json.loads(gold.read_text(encoding="utf-8")).items())]
        files = sorted(gold.parent.glob(f"{gold.stem}_2*.html.gz"))
        for path, entry in zip(reversed(files), reversed(versions), strict=False):
            body = entry.get("body") or {}
            sections = [text for part in body.get("sections", ()) for text in (*part["headline"], *part["paragraphs"])]
            text = "\n".join((*body.get("summary", ()), *sections))
            if text.strip():
                yield Page(path.name, gzip.decompress(path.read_bytes()), text)


def shingles(text: str) -> Shingles:
    """Return the runs of four words, as scrapinghub's evaluate.py counts them."""
    words = _WORD.findall(text)
    runs = (tuple(words[start : start + SHINGLE]) for start in range(max(1, len(words) - SHINGLE + 1)))
    return Counter(run for run in runs if run)


def compare(true: Shingles, read: Shingles) -> Score:
    """Return what the texts have in common, as shares, so that long pages weigh no more than short ones."""
    both, false, missed = (true & read).total(), (read - true).total(), (true - read).total()
    total = both + false + missed
    return Score(both / total, false / total, missed / total) if total else Score()


def score(page: Page, text: str) -> Score:
    """Return how near a text is to the page's body."""
    if not page.inside:
        return compare(shingles(page.body), shingles(text))
    flat = _SPACE.sub(" ", text)
    hits = [sum(_SPACE.sub(" ", piece).strip() in flat for piece in pieces) for pieces in (page.inside, page.outside)]
    return Score(hits[0], hits[1], len(page.inside) - hits[0])


def blocks(article: Article, leave: Sequence[BlockKind] = ()) -> str:
    """Return the text of the blocks, but for those kinds and for what is set aside inside them."""
    out = [(aside.start, aside.end) for aside in article.asides]
    pieces = []
    for block in article.blocks:
        if block.kind not in leave:
            inner = [span for span in out if block.start <= span[0] < block.end]
            edges = [block.start, *(edge for span in inner for edge in span), block.end]
            pieces += [article.text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return "\n\n".join(pieces)


def measured(page: Page) -> Outcome:
    """Read one page both ways."""
    started = time.process_time()
    body = units = error = ""
    try:
        text, _ = decode(page.raw, declared=declared_encoding(page.raw))
        article = read_html(text, source=page.name)
        tables = [article.text[aside.start : aside.end] for aside in article.asides if aside.reason == TABLE]
        body, units = blocks(article, NO_BODY), "\n\n".join((blocks(article), *tables))
    except InputError as wrong:
        error = wrong.message
    middle = time.process_time()
    bare = trafilatura.extract(page.raw, include_comments=False) or ""
    seconds = middle - started, time.process_time() - middle
    if not page.body and not page.inside:
        page = replace(page, body=bare)
    ours, theirs = score(page, body), score(page, bare)
    reached = score(page, units).recall if page.inside else _kept(page, bare, units)
    lost = bool(reached < LOST * (theirs.recall if page.inside else 1))
    return Outcome(page, ours, theirs, lost, seconds, error)


def _kept(page: Page, bare: str, units: str) -> float:
    """Return how much of what trafilatura has right is in our units."""
    right = shingles(page.body) & shingles(bare)
    return (right & shingles(units)).total() / right.total() if right.total() >= LEAST_SHINGLES else 1.0


def f1(scores: Sequence[Score], *, summed: bool) -> float:
    """Return the F1 of a set: of its sums, or of mean precision and mean recall."""
    if summed:
        return Score(*(sum(map(float, column)) for column in zip(*map(_counts, scores), strict=True))).f1
    read = [one.precision for one in scores if one.true + one.false]
    wanted = [one.recall for one in scores if one.true + one.missed]
    precision, recall = statistics.mean(read or [0.0]), statistics.mean(wanted or [0.0])
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _counts(one: Score) -> tuple[float, float, float]:
    return one.true, one.false, one.missed


def row(folder: Path, outcomes: Sequence[Outcome]) -> str:
    """Return the table's line of one folder."""
    summed = bool(outcomes[0].page.inside)
    ours, theirs = (f1([getattr(one, side) for one in outcomes], summed=summed) for side in ("ours", "theirs"))
    cost = " / ".join(f"{1000 * statistics.mean(one.seconds[side] for one in outcomes):.0f}" for side in (0, 1))
    lost = sum(one.lost for one in outcomes)
    return f"| {folder} | {len(outcomes)} | {ours:.3f} | {theirs:.3f} | {lost} | {cost} |"


def main(arguments: Iterable[str] | None = None) -> int:
    """Print a table, and the pages that are worst."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--worst", type=int, default=0)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args(None if arguments is None else list(arguments))
    if not options.folders:
        print("no folder of pages was named: nothing measured")
        return 0
    print("| pages of | number | ours, F1 | trafilatura, F1 | lost | CPU per page, ms |\n|---|---|---|---|---|---|")
    worst: list[Outcome] = []
    for folder in options.folders:
        found = [page for index, page in enumerate(pages(folder)) if index % options.every == 0]
        outcomes = [measured(page) for page in found]
        print(row(folder, outcomes), flush=True)
        worst += outcomes
    worst.sort(key=lambda one: (not one.lost, one.ours.f1 - one.theirs.f1))
    for one in worst[: options.worst]:
        kind = "lost" if one.lost else ""
        print(f"{one.ours.f1:.2f} {one.theirs.f1:.2f} {kind:4} {one.page.name} {one.error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
