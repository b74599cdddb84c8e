"""The runs of a page: stretches of text that people see as one line or paragraph, in order, with what surrounds them.

A block element or two line breaks end a run. Offsets are those of the run's own text, as it will stand in the article.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from annotator.models import BlockKind
from annotator.readers.boilerplate import (
    hidden,
    inline_reason,
    is_caption,
    is_helper,
    is_pull_quote,
    named_reason,
    text_up_to,
    without_helper,
)

if TYPE_CHECKING:
    from lxml.html import HtmlElement

BREAK = "\n"
CELL = " | "
TABLE = "table"
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hgroup", "hr", "html", "legend", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td",
        "tfoot", "th", "thead", "tr", "ul",
    )
)  # fmt: skip
_SKIPPED = frozenset(
    (
        "applet", "audio", "button", "canvas", "datalist", "dialog", "embed", "iframe", "input", "label", "map", "menu",
        "nav", "noscript", "object", "select", "video",
    )
)  # fmt: skip
"""What holds no text of an article, unless a tag is left open: then all that follows is in it, and people see it."""
_NEVER = frozenset(("head", "math", "option", "progress", "script", "style", "svg", "template", "textarea", "title"))
_HELD_TEXT = 40
"""Characters in a hidden or skipped element from which on its runs are looked at: less is a button's words."""
_TEXT_ELEMENTS = frozenset(("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "dd", "dt", "pre"))
"""Of these the mark stands at the start; elsewhere before the first word, as text of its own makes a layout's `div` a
paragraph to an extractor."""
_KINDS = {
    "li": BlockKind.LIST_ITEM,
    "dd": BlockKind.LIST_ITEM,
    "dt": BlockKind.LIST_ITEM,
    "blockquote": BlockKind.QUOTE,
    "figcaption": BlockKind.CAPTION,
    "caption": BlockKind.CAPTION,
    "article": BlockKind.PARAGRAPH,
    "section": BlockKind.PARAGRAPH,
}
_SPACES = re.compile(r"[ \t\n\r\f]+")
_NOT_SHOWN = re.compile("[\u00ad\ufeff]")
"""A soft hyphen is a hint for the layout, as `wbr` is: left in, it would hide the word from every later step."""
_CELL_BLOCKS = frozenset(("p", "div", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "figure"))
_ROW_LENGTH = 400
"""Characters of a row of data; a longer one lays a page out in columns."""

Event = Literal["start", "end", "skip"]
Where = Literal["text", "tail"]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a run: its text, whether it is a link, and why it is not a unit (an empty string if it may be one)."""

    text: str
    is_link: bool = False
    reason: str = ""


@dataclass(slots=True)
class TextRun:
    """One run. Marks set at its `anchors`, an element's `text` or `tail`, stand before each of its lines."""

    element: HtmlElement
    anchors: list[tuple[HtmlElement, Where]]
    kind: BlockKind
    reason: str = ""
    is_pull_quote: bool = False
    holder: HtmlElement | None = None
    """The nearest element around it that people do not see, as far as the source alone can tell."""
    named: HtmlElement | None = None
    """The element whose name is the reason."""
    parts: list[Part] = field(default_factory=list)

    def is_blank(self) -> bool:
        """Tell whether nothing but white space is in it."""
        return not any(part.text.strip() for part in self.parts)


@dataclass(frozen=True)
class _Context:
    element: HtmlElement
    kind: BlockKind
    reason: str = ""
    is_pull_quote: bool = False
    is_row: bool = False
    holder: HtmlElement | None = None
    named: HtmlElement | None = None


def find_text_runs(root: HtmlElement) -> list[TextRun]:
    """Return the runs below an element that are not blank, in order."""
    return [run for run in _Walk(root).runs() if not run.is_blank()]


def run_text(run: TextRun) -> tuple[str, list[tuple[int, int, str]]]:
    """Return the run's text (white space as a browser shows it, NFC) and the spans in it that have a reason."""
    pieces: list[str] = []
    spans: list[tuple[int, int, str]] = []
    length = 0
    last = BREAK
    for part in run.parts:
        text = part.text if part.text == BREAK else _SPACES.sub(" ", part.text)
        text = text[1:] if text.startswith(" ") and last.isspace() else text
        if text == BREAK and last == " ":
            pieces[-1] = pieces[-1][:-1]
            length -= 1
        if text:
            pieces.append(text)
            if part.reason:
                spans.append((length, length + len(text), part.reason))
            length += len(text)
            last = text[-1]
    return _settled("".join(pieces), spans)


def link_share(run: TextRun) -> float:
    """Return how much of the run's text is links, from 0 to 1."""
    total = sum(len(part.text.strip()) for part in run.parts)
    return sum(len(part.text.strip()) for part in run.parts if part.is_link) / total if total else 0.0


def _settled(joined: str, spans: list[tuple[int, int, str]]) -> tuple[str, list[tuple[int, int, str]]]:
    text = joined.rstrip()
    if not unicodedata.is_normalized("NFC", text):
        # Composed piece by piece it would lose nothing but time; spans inside such a run are given up where they move.
        composed = unicodedata.normalize("NFC", text)
        spans = [
            (len(unicodedata.normalize("NFC", text[:start])), len(unicodedata.normalize("NFC", text[:end])), reason)
            for start, end, reason in spans
        ]
        text = composed
    lead = len(text) - len(text.lstrip())
    moved = [(max(0, start - lead), min(end, len(text)) - lead, reason) for start, end, reason in spans]
    return text[lead:], [span for span in moved if span[0] < span[1]]


def _events(root: HtmlElement) -> Iterator[tuple[Event, HtmlElement]]:
    stack: list[tuple[HtmlElement, Iterator[HtmlElement]]] = [(root, iter(root))]
    yield "start", root
    while stack:
        element, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield "end", element
        elif (
            not isinstance(child.tag, str)
            or child.tag in _NEVER
            or is_helper(child)
            or (_is_unseen(child) and not _holds_text(child))
        ):
            yield "skip", child
        else:
            yield "start", child
            stack.append((child, iter(child)))


def _is_unseen(element: HtmlElement) -> bool:
    return element.tag in _SKIPPED or hidden(element)


def _holds_text(element: HtmlElement) -> bool:
    """Tell a block of text from a button's or a screen reader's words, which stand inside a line."""
    is_block = element.tag in _BLOCKS or any(below.tag in _BLOCKS for below in element.iterdescendants())
    return is_block and text_up_to(element, _HELD_TEXT) > _HELD_TEXT


class _Walk:
    """Holds the open run while the tree is walked."""

    def __init__(self, root: HtmlElement) -> None:
        self.root = root
        self.contexts = [_Context(root, _KINDS.get(str(root.tag), BlockKind.PARAGRAPH))]
        self.opened: set[HtmlElement] = set()
        self.links = 0
        self.reasons = [""]
        self.run = self._new(root, "text")

    def runs(self) -> Iterator[TextRun]:
        for event, element in _events(self.root):
            if event == "start":
                yield from self._start(element)
            else:
                yield from self._leave(event, element)
        yield self.run

    def _new(self, element: HtmlElement, where: Where) -> TextRun:
        context = self.contexts[-1]
        return TextRun(
            context.element,
            [(element, where)],
            context.kind,
            reason=context.reason,
            is_pull_quote=context.is_pull_quote,
            holder=context.holder,
            named=context.named,
        )

    def _cut(self, element: HtmlElement, where: Where) -> TextRun:
        done, self.run = self.run, self._new(element, where)
        return done

    def _add(self, element: HtmlElement, where: Where) -> None:
        text = getattr(element, where) or ""
        visible = _NOT_SHOWN.sub("", without_helper(text) if text and self.links else text)
        if visible.strip() and self.run.anchors[0][0].tag not in _TEXT_ELEMENTS and self.run.is_blank():
            self.run.anchors = [(element, where)]
        elif visible.strip() and element.tag == "br" and not self.run.is_blank():
            self.run.anchors.append((element, where))
        if visible:
            self.run.parts.append(Part(visible, is_link=self.links > 0, reason=self.reasons[-1]))

    def _start(self, element: HtmlElement) -> Iterator[TextRun]:
        tag = str(element.tag)
        if self._is_cell(element):
            self._cell()
        elif tag in _BLOCKS or _is_unseen(element):
            if tag not in _BLOCKS:
                self.opened.add(element)
            self.contexts.append(_context(element, self.contexts[-1]))
            yield self._cut(element, "text")
        elif tag == "br":
            if self._after_break():
                yield self._cut(element, "tail")
            else:
                self.run.parts.append(Part(BREAK))
        else:
            self.links += tag == "a"
            self.reasons.append(inline_reason(element) or self.reasons[-1])
        self._add(element, "text")

    def _leave(self, event: Event, element: HtmlElement) -> Iterator[TextRun]:
        tag = str(element.tag)
        if (tag in _BLOCKS or element in self.opened) and not self._is_cell(element):
            if event == "end":
                self.contexts.pop()
            if self.contexts:
                yield self._cut(element, "tail")
        elif event == "end" and tag != "br" and tag not in _BLOCKS:
            self.links -= tag == "a"
            self.reasons.pop()
        if element is not self.root and not self._is_cell(element):
            self._add(element, "tail")

    def _is_cell(self, element: HtmlElement) -> bool:
        return element.tag in ("td", "th") and self.contexts[-1].is_row

    def _cell(self) -> None:
        if not self.run.is_blank():
            self.run.parts.append(Part(CELL))

    def _after_break(self) -> bool:
        visible = (part.text for part in reversed(self.run.parts) if part.text == BREAK or part.text.strip())
        return next(visible, "") == BREAK


def _context(element: HtmlElement, outer: _Context) -> _Context:
    is_row = element.tag == "tr" and _is_data_row(element)
    own = "" if is_row or outer.reason else named_reason(element)
    return _Context(
        element,
        _named_kind(element) or _KINDS.get(str(element.tag), outer.kind),
        reason=TABLE if is_row else outer.reason or own,
        is_pull_quote=outer.is_pull_quote or is_pull_quote(element),
        is_row=is_row,
        holder=element if _is_unseen(element) else outer.holder,
        named=element if own else None if is_row else outer.named,
    )


def _named_kind(element: HtmlElement) -> BlockKind | None:
    """Return the kind of block that an element's class names, if it names one."""
    if is_pull_quote(element):
        return BlockKind.QUOTE
    return BlockKind.CAPTION if is_caption(element) else None


def _is_data_row(row: HtmlElement) -> bool:
    """Tell a row of a data table, one line for people, from one that only lays a page out."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if len(cells) < 2 or len(cells) != len(row):  # noqa: PLR2004
        return False
    is_plain = all(below.tag not in _CELL_BLOCKS for cell in cells for below in cell.iterdescendants())
    return is_plain and sum(map(len, row.itertext())) <= _ROW_LENGTH
