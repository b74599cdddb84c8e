"""The whole articles of a run folder, looked up one by one as their units are pushed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from annotator.labelstudio.article_pane import ArticlePane, Piece
from annotator.models import Article
from annotator.text import reading_form

Span = tuple[int, int]
_KEPT = 100
"""Articles in memory, at 10 to 100 kB each: an order by uncertainty goes from one to another."""


class ArticlePages:
    """Articles with their translations, by id. Both files are read once for where each article stands in them."""

    def __init__(self, folder: Path) -> None:
        self._articles, self._translations = folder / "articles.jsonl", folder / "translations.jsonl"
        self._places: tuple[Mapping[str, Span], Mapping[str, Span]] | None = None
        self.pane = lru_cache(maxsize=_KEPT)(self._pane)
        """What the screen shows of an article; nothing where the folder does not have it."""

    def _pane(self, article_id: str) -> ArticlePane | None:
        pieces = self.pieces(article_id)
        return ArticlePane(pieces) if pieces else None

    def pieces(self, article_id: str) -> tuple[Piece, ...]:
        """Return what an article consists of, in reading order."""
        if self._places is None:
            self._places = (_spans(self._articles, "article_id"), _spans(self._translations, "unit_id"))
        articles, translations = self._places
        try:
            lines = _lines(self._articles, articles.get(article_id))
            article = next((Article.model_validate_json(line) for line in lines), None)
            rows = [json.loads(line) for line in _lines(self._translations, translations.get(article_id))]
        except (ValueError, ValidationError, OSError):  # somebody changed a file: the screen goes without the article
            return ()
        texts: dict[str, str] = {row.get("unit_id", ""): row.get("text", "") for row in rows}
        return tuple(_cut(article, texts)) if article else ()


def _cut(article: Article, translated: Mapping[str, str]) -> Iterator[Piece]:
    end, block = 0, -1
    for unit in article.units:
        begins = unit.block_index != block
        between = article.text[end : unit.start]
        if between.strip():  # a byline, a credit
            yield Piece("", f"{reading_form(between)}", "", begins=end > 0)
        elif between and not begins:
            yield Piece("", " ", "", begins=False)
        yield Piece(unit.unit_id, reading_form(unit.text), translated.get(unit.unit_id, ""), begins)
        end, block = unit.end, unit.block_index


def _spans(path: Path, key: str) -> dict[str, Span]:
    """Return where the lines of each article begin and end; they stand together."""
    spans: dict[str, Span] = {}
    if not path.is_file():
        return spans
    with path.open("rb") as lines:
        end = 0
        for line in lines:
            start, end = end, end + len(line)
            found: Any = _value(line, key)
            article_id = found.rpartition(":")[0] if key == "unit_id" else found
            spans[article_id] = (spans.get(article_id, (start, 0))[0], end)
    return spans


def _value(line: bytes, key: str) -> str:
    """Return the first string of this name: it stands at the beginning of a line, before any text of the article."""
    at = line.find(f'"{key}":"'.encode())
    if at < 0:
        return ""
    start = at + len(key) + 3
    try:
        return str(json.JSONDecoder().raw_decode(line[start : start + 4000].decode(errors="ignore"))[0])
    except ValueError:
        return ""


def _lines(path: Path, span: Span | None) -> Iterator[bytes]:
    if span is None:
        return
    with path.open("rb") as file:
        file.seek(span[0])
        yield from file.read(span[1] - span[0]).splitlines()
