"""How often title, authors and date of a page are right, ours beside bare trafilatura's, on public sets of pages.

`python tests/bench/metadata.py FOLDER...` scores each folder in the layout that its files have: mozilla/readability,
adbar/htmldate, goose3/goose3, AndyTheFactory/newspaper4k, postlight/parser. `--show FIELD` prints what differs.
A page whose set says nothing of a field is not counted for it. Titles are compared by letters and digits, authors as
sets of names, dates by their day, as written or in UTC.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from annotator.errors import InputError
from annotator.readers.decode import declared_encoding, decode
from annotator.readers.html import read_html
from annotator.readers.metadata import same

FIELDS = ("title", "author", "published")
_NAME_END = re.compile(r"\s*(?:[,;&/|]|\s(?:and|et|und|y|e)\s)\s*")
_PREFIX = re.compile(r"^(?:by|par|von|por|written by|recueilli par)\s", re.IGNORECASE)
_ASSERTED = re.compile(r"assert\.equal\(\s*(title|author|date_published),\s*([`'\"])(.*?)\2\s*\)", re.DOTALL)
_FIXTURE = re.compile(r"fixtures/([\w.-]+\.html)")
Facts = Mapping[str, str]


class Page(NamedTuple):
    """A page, and what its set says of it; an empty string where the set says nothing."""

    path: Path
    expected: Facts


def pages(folder: Path) -> list[Page]:
    """Return the pages of a folder in a known layout."""
    found = [page for layout in (_readability, _htmldate, _goose, _newspaper, _parser) for page in layout(folder)]
    return [page for page in found if page.path.exists() and any(page.expected.values())]


def _facts(title: object, author: object, published: object) -> Facts:
    names = ", ".join(map(str, author)) if isinstance(author, list) else str(author or "")
    return {"title": str(title or ""), "author": names, "published": str(published or "")}


def _readability(folder: Path) -> Iterator[Page]:
    for path in sorted(folder.glob("**/test-pages/*/expected-metadata.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        facts = _facts(told.get("title"), told.get("byline"), told.get("publishedTime"))
        yield Page(path.parent / "source.html", facts)


def _htmldate(folder: Path) -> Iterator[Page]:
    for path in sorted(folder.glob("**/tests/eval_*.json")):
        for told in json.loads(path.read_text(encoding="utf-8")).values():
            places = [path.parent / name / told["file"] for name in ("cache", "test_set", "eval")]
            yield Page(next((place for place in places if place.exists()), places[0]), _facts("", "", told["date"]))


def _goose(folder: Path) -> Iterator[Page]:
    for path in sorted(folder.glob("**/tests/data/*/*.json")):
        told = json.loads(path.read_text(encoding="utf-8")).get("expected")
        if isinstance(told, dict):
            date = told.get("publish_date")
            facts = _facts(told.get("title"), told.get("authors"), date if _day(str(date)) else "")
            yield Page(path.with_suffix(".html"), facts)


def _newspaper(folder: Path) -> Iterator[Page]:
    for path in sorted(folder.glob("**/tests/data/metadata/*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        facts = _facts(told.get("title"), told.get("authors"), told.get("publish_date"))
        yield Page(path.parents[1] / "html" / f"{path.stem}.html", facts)


def _parser(folder: Path) -> Iterator[Page]:
    """Read the assertions of the tests, which are JavaScript: the first of each field, where there is one page."""
    for path in sorted(folder.glob("**/extractors/custom/*/index.test.js")):
        source = path.read_text(encoding="utf-8")
        fixtures = set(_FIXTURE.findall(source))
        told = {name: value.replace("\\'", "'").replace("\\xa0", " ") for name, _, value in _ASSERTED.findall(source)}
        if len(fixtures) == 1:
            root = next(parent for parent in path.parents if (parent / "fixtures").is_dir())
            facts = _facts(told.get("title"), told.get("author"), told.get("date_published"))
            yield Page(root / "fixtures" / fixtures.pop(), facts)


def ours(raw: bytes) -> Facts:
    """Return what is read of the page as an article."""
    try:
        article = read_html(decode(raw, declared=declared_encoding(raw))[0], source="-")
    except InputError:
        return dict.fromkeys(FIELDS, "")
    return {"title": article.title, "author": article.author, "published": article.published}


def bare(raw: bytes) -> Facts:
    """Return what trafilatura reads of it, with a body as a user would call it."""
    import trafilatura

    found = trafilatura.bare_extraction(raw, include_comments=False, with_metadata=True)
    if not isinstance(found, trafilatura.settings.Document):
        found = trafilatura.extract_metadata(raw)
    return {"title": found.title or "", "author": found.author or "", "published": found.date or ""}


def is_right(field: str, seen: str, expected: str) -> bool:
    """Tell whether one value is the other, in another spelling."""
    if field == "published":
        return bool(_days(seen) & _days(expected)) if _day(expected) else seen == expected
    return _people(seen) == _people(expected) if field == "author" else same(seen) == same(expected)


def _people(names: str) -> frozenset[str]:
    parts = (_PREFIX.sub("", " ".join(part.split())) for part in _NAME_END.split(" ".join(names.split())))
    return frozenset(filter(None, map(same, parts)))


def _day(text: str) -> str:
    return text[:10] if re.match(r"\d{4}-\d{2}-\d{2}", text) else ""


def _days(text: str) -> set[str]:
    """Return the day as it is written, and in UTC where the hour is given."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return {_day(text)} - {""}
    in_utc = moment.astimezone(UTC).strftime("%Y-%m-%d") if moment.tzinfo else _day(text)
    return {_day(text), in_utc} - {""}


def score(found: list[Page], show: str) -> None:
    """Print a line for each field: how often each reader is right, of how many, and how often it says nothing."""
    readers: dict[str, Callable[[bytes], Facts]] = {"ours": ours, "trafilatura": bare}
    right: Counter[tuple[str, str]] = Counter()
    silent: Counter[tuple[str, str]] = Counter()
    cost: Counter[str] = Counter()
    for page in found:
        raw = page.path.read_bytes()
        seen = {}
        for name, reader in readers.items():
            started = time.process_time_ns()
            seen[name] = reader(raw)
            cost[name] += time.process_time_ns() - started
        for field in filter(page.expected.get, FIELDS):
            verdicts = {name: is_right(field, seen[name][field], page.expected[field]) for name in readers}
            right.update((field, name) for name in readers if verdicts[name])
            silent.update((field, name) for name in readers if not seen[name][field])
            if field == show and not all(verdicts.values()):
                marks = "".join("+" if verdict else "-" for verdict in verdicts.values())
                told = (repr(seen[name][field][:90]) for name in readers)
                print(f"  {marks} {page.expected[field][:90]!r} <- {' | '.join(told)}  {page.path}")
    for field in FIELDS:
        total = sum(bool(page.expected[field]) for page in found)
        cells = (f"{name} {right[field, name]:4} ({silent[field, name]} silent)" for name in readers)
        print(f"  {field:<10} {'   '.join(cells)}   of {total}")
    each = (f"{name} {cost[name] / 1e6 / max(1, len(found)):.1f} ms" for name in readers)
    print(f"  CPU a page {', '.join(each)}")


def main() -> None:
    """Score the folders that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--show", choices=FIELDS, default="")
    arguments = parser.parse_args()
    for folder in arguments.folders:
        found = pages(folder)
        print(f"{folder}: {len(found)} pages")
        score(found, arguments.show)


if __name__ == "__main__":
    main()
