"""Reading, segmenting and identifying plain text on one core, against choppa-srx with py3langid in the same run.

Also how the time of our own way grows with the length of one article, and the peak memory of a process that does
nothing else. `python tests/bench/segmentation.py` prints the table and leaves with 1 when a floor is missed.
"""

from __future__ import annotations

import csv
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from annotator.langid import LANGUAGES, Identifier
from annotator.models import Article, Language
from annotator.readers.text import read_text
from annotator.segmentation import RuleSegmenter

SENTENCES = Path(__file__).parents[1] / "gates" / "data" / "labels_fr.tsv"
ARTICLE_CHARACTERS = 1_500
CORPUS_CHARACTERS = 600_000
ROUNDS = 5
FLOOR_RATIO, FLOOR_SPEED = 1.3, 400_000
PEAK_MEGABYTES = 250
LENGTHS = (50_000, 500_000, 5_000_000)


def corpus() -> list[str]:
    """Return French articles of about the usual length; no two are alike, so that nothing is answered from a cache."""
    with SENTENCES.open(encoding="utf-8", newline="") as stream:
        sentences = [row["text"] for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)]
    articles, size, number = [], 0, 0
    while size < CORPUS_CHARACTERS:
        parts: list[str] = []
        while sum(map(len, parts)) < ARTICLE_CHARACTERS:
            number += 1
            sentence = sentences[number * 7 % len(sentences)]
            parts.append(f"{sentence[:-1]} {number}{sentence[-1]}" if sentence[-1:] in ".!?" else sentence)
        text = "\n\n".join(" ".join(parts[at : at + 4]) for at in range(0, len(parts), 4))
        articles.append(text)
        size += len(text)
    return articles


def ours(texts: list[str], identifier: Identifier) -> int:
    """Read, identify and segment every text; return the number of units."""
    segmenter = RuleSegmenter()
    units = 0
    for text in texts:
        article = read_text(text, source="bench")
        article = article.model_copy(update={"language": identifier.article(article.text)})
        units += len(segmenter.segment(article, identifier).units)
    return units


def segments_and_unit_languages(articles: list[Article], identifier: Identifier) -> int:
    """Segment articles whose language is known."""
    segmenter = RuleSegmenter()
    return sum(len(segmenter.segment(article, identifier).units) for article in articles)


def peers() -> Callable[[list[str]], int]:
    """Return the function that segments with choppa-srx and identifies every sentence with py3langid."""
    import choppa
    from choppa import SrxDocument, SrxTextIterator
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    document = SrxDocument(ruleset=Path(choppa.__file__).parent / "data" / "srx" / "languagetool_segment.srx")
    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)  # type: ignore[no-untyped-call]
    model.set_languages(list(LANGUAGES))

    def segment(texts: list[str]) -> int:
        units = 0
        for text in texts:
            for sentence in SrxTextIterator(document, "fr_two", text):
                if sentence.strip():
                    model.classify(sentence)
                    units += 1
        return units

    return segment


def seconds(work: Callable[[], object]) -> float:
    """Time one call on its core, whatever else the machine is busy with."""
    started = time.process_time()
    work()
    return time.process_time() - started


def one_article(texts: list[str], length: int) -> str:
    """Return one text of the length."""
    return ("\n\n".join(texts) * (length // sum(map(len, texts)) + 1))[:length]


def own_peak(length: int) -> float:
    """Process one article of the length and return the megabytes that this process has held at most."""
    text = one_article(corpus(), length)
    ours([text], Identifier())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> bool:
    """Print the table and tell whether every floor is reached. Models are loaded outside the clock."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        peak = pool.apply(own_peak, (LENGTHS[-1],))
    texts = corpus()
    size = sum(map(len, texts))
    french = Language(tag="fr", confidence=1.0)
    known = [read_text(text, source="bench").model_copy(update={"language": french}) for text in texts]
    identifier, theirs = Identifier(), peers()
    ways = (
        partial(ours, texts, identifier),
        partial(theirs, texts),
        partial(segments_and_unit_languages, known, identifier),
    )
    ours(texts[:5], identifier)
    theirs(texts[:5])
    mine, other, alone = (min(column) for column in zip(*(map(seconds, ways) for _ in range(ROUNDS)), strict=True))
    print(f"read + segment + identify: {size / mine:,.0f} characters/s; choppa-srx + py3langid {size / other:,.0f}")
    print(f"  ratio {other / mine:.2f} (floor {FLOOR_RATIO})")
    print(f"segment + unit language alone: {size / alone:,.0f} characters/s (floor {FLOOR_SPEED:,})")
    for length in LENGTHS:
        speed = length / seconds(partial(ours, [one_article(texts, length)], identifier))
        print(f"  one article of {length:>9,} characters: {speed:,.0f} characters/s")
    print(f"  peak memory of a process for the last of them {peak:,.0f} MB (at most {PEAK_MEGABYTES})")
    return other / mine >= FLOOR_RATIO and size / alone >= FLOOR_SPEED and peak <= PEAK_MEGABYTES


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
