"""A corpus of any size for measurements and for runs that are killed: made anew each time, always the same bytes.

Articles in French, Spanish and English of a newspaper's lengths (median 2,100 characters, a few above 20,000), every
seventh with an embedded post, one in fifty twice. No two sentences are alike, so that nothing is answered from a cache.
"""

from __future__ import annotations

import csv
import json
import math
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "gates" / "data"
_LANGUAGES = ("fr", "fr", "es", "en")
MEDIAN = 2_100
"""Characters of an article."""
_SPREAD, _SHORTEST, _LONGEST = 0.75, 100, 60_000
_POST = {
    "fr": "Le pont {n} rouvre lundi, promis ! Venez nombreux.",
    "es": "¡El puente {n} se abre el lunes, lo prometo! Vengan todos.",
    "en": "The bridge {n} opens on Monday, I promise! Come along.",
}
POST_EVERY, TWICE_EVERY = 7, 50


def write_corpus(path: Path, articles: int, *, median: int = MEDIAN) -> Path:
    """Write so many different articles, and the repeats between them, as JSONL."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows(articles, median=median))
    return path


def rows(articles: int, *, median: int = MEDIAN) -> Iterator[dict[str, str]]:
    """Yield the rows of the corpus; the first rows of a larger one are those of a smaller one."""
    for number in range(articles):
        row = _row(number, median)
        yield row
        if number % TWICE_EVERY == TWICE_EVERY - 1:
            yield _row(number // 2, median)


def _row(number: int, median: int) -> dict[str, str]:
    draw = random.Random(number)  # noqa: S311 - the same text again is what is wanted
    language = _LANGUAGES[number % len(_LANGUAGES)]
    return {
        "id": f"article-{number:07}",
        "title": _sentence(language, draw).rstrip("."),
        "text": _text(language, number, draw, median),
        "url": f"https://{language}.example.org/{number % 365}/{number}",
        "site": f"{language}.example.org",
        "date": f"20{number % 25:02}-{number % 12 + 1:02}-{number % 28 + 1:02}",
    }


def _text(language: str, number: int, draw: random.Random, median: int) -> str:
    length = min(_LONGEST, max(_SHORTEST, int(median * math.exp(draw.gauss(0, _SPREAD)))))
    paragraphs: list[str] = []
    while length > 0:
        paragraph = " ".join(_sentence(language, draw) for _ in range(draw.randint(1, 5)))
        paragraphs.append(paragraph)
        length -= len(paragraph)
    if number % POST_EVERY == POST_EVERY - 1:
        post = _POST[draw.choice(_LANGUAGES)].format(n=number)
        paragraphs.insert(len(paragraphs) // 2, f"{post} pic.twitter.com/a{number:09}")
    return "\n\n".join(paragraphs)


def _sentence(language: str, draw: random.Random) -> str:
    """Two halves of real sentences around a number: as long as those of a newspaper (median 100 characters)."""
    first, second = draw.choice(_sentences(language)), draw.choice(_sentences(language))
    link = {"fr": "et", "es": "y", "en": "and"}[language]
    return f"{first[:-1]} {draw.randrange(10**6)} {link} {second[0].lower()}{second[1:]}"


@cache
def _sentences(language: str) -> list[str]:
    with (_DATA / f"labels_{language}.tsv").open(encoding="utf-8", newline="") as stream:
        texts = [row["text"] for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)]
    return [text for text in texts if text.endswith(".") and text[0].isalpha()]
