"""Plain text, with or without a metadata head.

Three heads are read: `date 2025-01` directly before the first sentence, `Name: value` lines, and YAML front matter.
The head stays in the canonical text, as asides; a title in it is a title block of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from annotator.models import Article, Aside, Block, BlockKind
from annotator.readers.article import Known, make_article
from annotator.text import canonical

HEAD = "metadata head"
_DATE = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_INLINE_DATE = re.compile(rf"\A\s*(date[ \t]*:?[ \t]+({_DATE}))(?=\s)", re.IGNORECASE)
_FENCE = re.compile(r"\A\s*(---)[ \t]*\n(.*?\n)(---)[ \t]*(?:\n|\Z)", re.DOTALL)
_LINE = re.compile(r"[ \t]*([A-Za-zÀ-ÿ_]{2,20})[ \t\u00a0\u202f]*:[ \t]*(.*?)[ \t]*(?:\n|\Z)")
_NAMES = {
    "title": "title titre título titulo titel",
    "published": "date published fecha datum",
    "url": "url lien link source_url enlace",
    "site": "site source journal medio quelle",
    "declared_language": "lang langue language idioma sprache",
    "article_id": "id article_id",
    "rights": "rights droits licence license",
    "retention": "retention",
    "": "author auteur autor autrice byline",
}
_FIELD_OF = {name: field_name for field_name, names in _NAMES.items() for name in names.split()}


@dataclass
class _Head:
    """The head read so far: what it says, where it ends, and where its title stands."""

    values: dict[str, str] = field(default_factory=dict)
    asides: list[Aside] = field(default_factory=list)
    title: tuple[int, int] | None = None
    end: int = 0


def read_text(raw: str, notes: tuple[str, ...] = (), *, source: str) -> Article:
    """Return the article of one plain text file.

    Raises:
        InputError: nothing but white space is left, or the text cannot be stored as UTF-8.
    """
    text, _ = canonical(raw)
    head = _head(text)
    known = replace(Known(), **{name: value for name, value in head.values.items() if name})
    article = make_article(raw, replace(known, title=""), source=source, notes=notes, asides=head.asides)
    if head.title is None:
        return article
    block = Block(kind=BlockKind.TITLE, start=head.title[0], end=head.title[1])
    return article.model_copy(update={"title": known.title, "title_origin": "text", "blocks": (block,)})


def _head(text: str) -> _Head:
    inline = _INLINE_DATE.match(text)
    if inline:
        aside = Aside(start=inline.start(1), end=inline.end(1), reason=HEAD)
        return _Head(values={"published": inline[2]}, asides=[aside], end=inline.end(1))
    fence = _FENCE.match(text)
    if fence:
        return _fenced(text, fence)
    return _lines(text)


def _fenced(text: str, fence: re.Match[str]) -> _Head:
    """Read front matter; its lines with other names are part of the head too."""
    head = _Head(end=fence.start(2))
    while head.end < fence.end(2):
        line_end = text.index("\n", head.end) + 1
        if not _take_line(head, text, line_end) and text[head.end : line_end].strip():
            head.asides.append(Aside(start=head.end, end=line_end - 1, reason=HEAD))
        head.end = line_end
    if not head.values:
        return _Head()
    first, last = (Aside(start=fence.start(group), end=fence.end(group), reason=HEAD) for group in (1, 3))
    return replace(head, asides=[first, *head.asides, last], end=fence.end(3))


def _lines(text: str) -> _Head:
    """Read `Name: value` lines from the start for as long as their names are known ones."""
    head = _Head(end=len(text) - len(text.lstrip()))
    while head.end < len(text) and _take_line(head, text, len(text)):
        pass
    return head


def _take_line(head: _Head, text: str, stop: int) -> bool:
    match = _LINE.match(text, head.end, stop)
    name = _FIELD_OF.get(match[1].lower()) if match else None
    if match is None or name is None or not match[2]:
        return False
    _take(head, match, name)
    return True


def _take(head: _Head, match: re.Match[str], name: str) -> None:
    value = match[2].strip("\"'")
    head.values[name] = value
    head.end = match.end()
    if name == "title":
        start = match.start(2) + match[2].find(value)
        head.title = (start, start + len(value))
        head.asides.append(Aside(start=match.start(1), end=start, reason=HEAD))
        head.asides.extend(_closing_quote(match, head.title[1]))
    else:
        head.asides.append(Aside(start=match.start(1), end=match.end(2), reason=HEAD))


def _closing_quote(match: re.Match[str], end: int) -> list[Aside]:
    return [Aside(start=end, end=match.end(2), reason=HEAD)] if end < match.end(2) else []
