"""The metadata head of a plain text: what it says, and where it stands.

Three heads are read: YAML front matter, `Name: value` lines in any order, also below the title, and `date 2025-01`
directly before the first sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from annotator.readers.dates import date_in_words, is_only_date
from annotator.text import one_line, trim

_DATE = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_INLINE_DATE = re.compile(rf"\A\s*(date[ \t]*:?[ \t]+({_DATE}))(?=\s)", re.IGNORECASE)
_FENCE = re.compile(r"\A\s*(---)[ \t]*\n(.*?\n)(---)[ \t]*(?:\n|\Z)", re.DOTALL)
_PHRASES = ("publié le", "published on", "veröffentlicht am", "publicado el")
_NAMED = rf"[ \t]*((?i:{'|'.join(_PHRASES)})|[A-Za-zÀ-ÿ_]{{2,20}})[ \t\u00a0\u202f]*:"
_LINE = re.compile(rf"{_NAMED}[ \t]*(.*?)[ \t]*(?:\n|\Z)")
_BLANK_LINES = re.compile(r"(?:[^\S\n]*\n)+")
_NEXT_LINE = re.compile(r".*(?:\n|\Z)")
_MOST_YAML = 32_000
"""PyYAML reads about 100 kB a second, and no head is as long as that."""
_NAMES = {
    "title": "title titre título titulo titel",
    "published": "date published fecha datum",
    "url": "url lien link source_url enlace",
    "site": "site source journal medio quelle",
    "declared_language": "lang langue language idioma sprache",
    "article_id": "id article_id",
    "rights": "rights droits licence license",
    "retention": "retention",
    "author": "author auteur autor autrice byline",
}
_FIELD_OF = {name: field_name for field_name, names in _NAMES.items() for name in names.split()} | dict.fromkeys(
    _PHRASES, "published"
)
_ONE_WORD = ("url", "declared_language", "retention")
_SURE = ("url", "published", "declared_language", "article_id")
"""What no sentence begins with: of these one is enough below a title, or below a blank line."""
_ADDRESS = re.compile(r"<?(https?://[^\s<>]+)>?$")
_TITLE_LINE = re.compile(rf"\s*(\S.{{0,149}})\n(?:[^\S\n]*\n)?(?={_NAMED})")
_MOST_UNKNOWN = 5
"""Lines in a row with names that nobody here knows, between two that are known."""
_SENTENCE_END = re.compile(r"[.!?…][\"'»”)]*$")
_LICENCE = re.compile(
    r"\bCC[ -]?(?:BY|0)|creative commons|licen[cs]e|r[ée]serv[ée]s?\b|reservad|reserved|vorbehalten|©|copyright",
    re.IGNORECASE,
)
_NAME, _FEW, _SOME, _MANY = 2, 3, 6, 8
"""Words of a value: a name without a capital, a date in figures, one in words, any other."""

Span = tuple[int, int]


@dataclass(frozen=True)
class Head:
    """What a head says, as fields of `SourceMetadata`, and which spans of it are not text of the article."""

    values: dict[str, str] = field(default_factory=dict)
    asides: tuple[Span, ...] = ()
    title: Span | None = None
    """Where the title stands word for word; none where the head writes it in another way, with escapes."""


def find_head(text: str) -> Head:
    """Return the head of a canonical text; an empty one where it has none."""
    fence = _FENCE.match(text)
    if fence and (matter := _front_matter(text, fence)).values:
        return matter
    if (named := _named_lines(text)).values:
        return named
    inline = _INLINE_DATE.match(text)
    return Head({"published": inline[2]}, (inline.span(1),)) if inline else Head()


def _front_matter(text: str, fence: re.Match[str]) -> Head:
    """All that stands between the lines of dashes, and these, is an aside, the title left out."""
    start, end = fence.span(2)
    values, title = _yaml(text, start, end) or _any_lines(text, start, end)
    cuts = (fence.start(1), *(title or ()), fence.end(3))
    return Head(values, _not_blank(text, zip(cuts[::2], cuts[1::2], strict=True)), title)


def _yaml(text: str, start: int, end: int) -> tuple[dict[str, str], Span | None] | None:
    """Read a mapping's scalars as they are written, so that `2025-01` stays that; return None if it is not YAML.

    Nodes are composed and nothing is constructed of them, so that tags do nothing and aliases are not multiplied.
    """
    import yaml

    if end - start > _MOST_YAML:
        return None
    try:
        root = yaml.compose(text[start:end], Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return None
    values: dict[str, str] = {}
    title = None
    for key, node in root.value if isinstance(root, yaml.MappingNode) else ():
        name = _FIELD_OF.get(str(key.value).lower(), "")
        if name and isinstance(node, yaml.ScalarNode) and (value := one_line(node.value)) and name not in values:
            values[name] = value
            if name == "title":
                title = _words(text, value, start + node.start_mark.index, start + node.end_mark.index)
    return values, title


def _words(text: str, value: str, start: int, end: int) -> Span | None:
    match = re.compile(r"\s+".join(map(re.escape, value.split()))).search(text, start, end)
    return match.span() if match else None


def _any_lines(text: str, start: int, end: int) -> tuple[dict[str, str], Span | None]:
    """Read the lines with a known name, for people write `title: Budget : le vote`, which is not YAML."""
    values: dict[str, str] = {}
    title = None
    for whole in _NEXT_LINE.finditer(text, start, end):
        line = _LINE.match(text, *whole.span())
        name = _FIELD_OF.get(line[1].lower(), "") if line else ""
        if line and name and name not in values and (value := text[slice(*_value(line))]):
            values[name] = value
            title = _value(line) if name == "title" else title
    return values, title


def _named_lines(text: str) -> Head:
    """Read `Name: value` lines from the start, or from below a title, for as long as they are those of a head."""
    head = _lines_from(text, len(text) - len(text.lstrip()))
    first = None if head.values else _TITLE_LINE.match(text)
    if first is None or _SENTENCE_END.search(first[1].rstrip()):
        return head
    below = _lines_from(text, first.end())
    is_head = len(below.values) > 1 and not below.values.keys().isdisjoint(_SURE) and "title" not in below.values
    if not is_head:
        return head
    title = trim(text, *first.span(1))
    return replace(below, values={"title": text[slice(*title)], **below.values}, title=title)


def _lines_from(text: str, at: int) -> Head:
    values: dict[str, str] = {}
    asides: list[Span] = []
    title = None
    while found := _next_line(text, at, is_first=not values):
        name, line, skipped = found
        start, end = _value(line)
        is_title = name == "title" and title is None
        if is_title:
            title = (start, end)
        asides += [*skipped, (line.start(1), start), *([(end, line.end(2))] if is_title else [(start, line.end(2))])]
        values.setdefault(name, _ADDRESS.sub(r"\1", text[start:end]))
        at = line.end()
    return Head(values, _not_blank(text, _joined(asides)), title)


def _next_line(text: str, at: int, *, is_first: bool) -> tuple[str, re.Match[str], list[Span]] | None:
    """Return what the next line of a head says and the line, and the lines of other names before it."""
    skipped: list[Span] = []
    for _ in range(_MOST_UNKNOWN):
        blank = _BLANK_LINES.match(text, at)
        start = blank.end() if blank and not is_first and not skipped else at
        line = _LINE.match(text, start)
        if line is None:
            return None
        name = _FIELD_OF.get(line[1].lower(), "")
        name = "url" if name == "site" and _ADDRESS.match(line[2]) else name
        if name and _fits(name, line[2]):
            return (name, line, skipped) if start == at or name in _SURE else None
        if name or start != at or is_first or _is_sentence(line[2] or ".", line[2].split()):
            return None
        skipped.append((line.start(1), line.end(2)))
        at = line.end()
    return None


def _joined(spans: list[Span]) -> Iterator[Span]:
    """Yield the spans, those that touch as one."""
    last = None
    for start, end in spans:
        if last and start == last[1]:
            last = (last[0], end)
        else:
            yield from [last] if last else []
            last = (start, end)
    yield from [last] if last else []


def _fits(name: str, value: str) -> bool:
    """Tell a head's value from a sentence that begins as one: "Source : un proche du dossier affirme que …"."""
    words = value.split()
    if not value.strip("\"'").strip():
        return False
    if name == "published":
        is_short = len(words) <= (_SOME if date_in_words(value) else _FEW)
        return is_only_date(value) or (is_short and any(map(str.isdigit, value)))
    if name in _ONE_WORD:
        return len(words) == 1 and (name != "url" or "." in value)
    return name == "title" or (name == "rights" and bool(_LICENCE.search(value))) or not _is_sentence(value, words)


def _is_sentence(value: str, words: list[str]) -> bool:
    if _SENTENCE_END.search(value):
        return len(words) > _FEW
    return len(words) > (_NAME if value[0].islower() else _MANY)


def _value(line: re.Match[str]) -> Span:
    """Return the span of a line's value, without a pair of quotation marks around it and blanks of any kind within."""
    value = line[2]
    is_quoted = len(value) > 1 and value[0] in "\"'" and value[0] == value[-1] and value[0] not in value[1:-1]
    return trim(line.string, line.start(2) + is_quoted, line.end(2) - is_quoted)


def _not_blank(text: str, spans: Iterator[Span] | list[Span]) -> tuple[Span, ...]:
    trimmed = (trim(text, *span) for span in spans)
    return tuple(span for span in trimmed if span[0] < span[1])
