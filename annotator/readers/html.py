"""An HTML page becomes an article: its runs that trafilatura keeps are blocks and asides, joined by blank lines."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from annotator.errors import InputError
from annotator.models import Article, Aside, Block, BlockKind
from annotator.readers import boilerplate, extraction
from annotator.readers.article import SourceMetadata, make_article
from annotator.readers.doubts import doubts
from annotator.readers.html_tree import drop_bare, held_back, is_page, parse, text_length
from annotator.readers.kickers import set_kickers_apart
from annotator.readers.linked_body import linked_body
from annotator.readers.metadata import PageMetadata, read_metadata, same, without_site
from annotator.readers.page_asides import PageAsides
from annotator.readers.posts import NO_TEXT, Embed, swap_posts
from annotator.readers.run_asides import asides_in, holds_claim, mark_read_also
from annotator.readers.text_runs import TextRun, find_text_runs, link_share, run_text
from annotator.readers.titles import headline
from annotator.text import canonical, one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

VERSION = "8"
PULL_QUOTE = "repeated pull quote"
_GAP = "\n\n"
_LEAST_BODY = 250
"""Characters: trafilatura looks elsewhere too where it finds less."""
_TOP = 3
"""Bylines stand among the first runs or last; in between a line of names may be the article's own. Without the rule 4 %
of the asides on the gate's pages were taken for units."""
_ALL_LINKS = 0.9
"""A list under "read also" goes with it while its lines are links, with hardly a mark beside them."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_WORD = re.compile(r"\w+")
_LEAST_WORDS = 4
"""Fewer words are repeated by chance. With 9, pull quotes of the gate's pages were units a second time."""
_MOST_ALIKE = 50
"""Quotes that begin with the same words are compared one by one: the bound keeps a page full of them from taking
quadratic time."""

Words = tuple[str, ...]


@dataclass
class _Body:
    """The article's text as it grows."""

    pieces: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    length: int = 0

    def add(self, text: str) -> tuple[int, int]:
        """Add a stretch in its canonical form, and return its span: no other text has one."""
        stretch, _ = canonical(text)
        start = self.length + len(_GAP) if self.pieces else 0
        self.pieces.append(stretch)
        self.length = start + len(stretch)
        return start, self.length


@dataclass(frozen=True)
class _Page:
    """A page taken apart: what it says of itself, its runs and the posts that some of them stand for."""

    metadata: PageMetadata
    runs: Sequence[TextRun]
    texts: Sequence[str]
    embeds: Mapping[int, Embed]


@dataclass(frozen=True)
class _Reading:
    """What was found: the headline's run, if it has one, and which runs are the article's."""

    page: _Page
    title: int | None
    kept: extraction.Kept


def read_html(raw: str, given: SourceMetadata | None = None, *, source: str, notes: Sequence[str] = ()) -> Article:
    """Return the article of one page, or of a fragment, which is all article. What is `given` beats what the page says.

    Raises:
        InputError: the page cannot be parsed, or holds no text of an article.
    """
    reading = _whole_page(raw) if is_page(raw) else _read(parse(raw), is_whole=False)
    page, title, kept = reading.page, reading.title, reading.kept
    if not kept.indices and title is None:
        raise InputError("no text of an article in the page", reason="empty", hint="hand in the article's text as .txt")
    body = _compose(page, kept.indices, title)
    silent = Counter(embed.post.platform for embed in page.embeds.values() if not embed.text)
    counted = [f"{number} embedded post(s) of {platform} without text" for platform, number in sorted(silent.items())]
    return make_article(
        _GAP.join(body.pieces),
        _merged_metadata(page, title, given or SourceMetadata()),
        source=source,
        notes=(
            *notes,
            *counted,
            *doubts(page.runs, kept, body.blocks, body.asides),
        ),
        blocks=body.blocks,
        asides=body.asides,
        left_out=len(page.runs) - len({title, *kept.indices} - {None}),
        step=step(),
    )


def _whole_page(raw: str) -> _Reading:
    """Read what people see; where that is hardly an article, what the page says to those without scripts or in JSON."""
    root = parse(raw)
    linked, unscripted = linked_body(root), sum(map(text_length, held_back(root)))
    reading = _read(root, is_whole=True)
    if unscripted > max(_LEAST_BODY, 2 * reading.kept.extracted):
        root = parse(raw)
        for element in held_back(root):
            element.tag = "div"
        return _read(root, is_whole=True)
    if len(linked) > _LEAST_BODY > reading.kept.extracted and not reading.page.embeds:
        page = _take_apart(parse(linked), reading.page.metadata, {})
        return _Reading(page, None, extraction.whole_fragment(page.runs, None))
    return reading


def _read(root: HtmlElement, *, is_whole: bool) -> _Reading:
    markers = swap_posts(root)
    metadata = read_metadata(root)
    drop_bare(root)
    set_kickers_apart(root, metadata.titles)
    page = _take_apart(root, metadata, markers)
    title = headline(page.runs, page.texts, page.metadata)
    if not is_whole:
        return _Reading(page, title, extraction.whole_fragment(page.runs, title))
    return _Reading(page, title, extraction.kept_runs(root, page.runs, posts=frozenset(page.embeds), title=title))


def step() -> str:
    """Return the reader's part of the signature."""
    return f"html-{VERSION}/{extraction.tool()}"


def _take_apart(root: HtmlElement, metadata: PageMetadata, markers: Mapping[HtmlElement, Embed]) -> _Page:
    runs = find_text_runs(root)
    embeds = {index: markers[run.element] for index, run in enumerate(runs) if run.element in markers}
    return _Page(metadata, runs, [run_text(run)[0] for run in runs], embeds)


def _compose(page: _Page, indices: Sequence[int], title: int | None) -> _Body:
    body = _Body()
    placed = PageAsides(page.runs, page.texts, indices)
    if title is not None:
        start, end = body.add(one_line(page.texts[title]))
        body.blocks.append(Block(kind=BlockKind.TITLE, start=start, end=end))
        for index in _kickers(page, title):
            _add_run(body, page.runs[index], boilerplate.KICKER)
    quotes = {page.texts[index] for index in indices if page.runs[index].kind is BlockKind.QUOTE}
    repeats = repeated_quotes(
        quotes, [page.texts[index] for index in indices if page.runs[index].kind is not BlockKind.QUOTE]
    )
    last_reason = ""
    for place, index in enumerate(indices):
        run, reason = page.runs[index], ""
        if index in page.embeds:
            _add_embed(body, page.embeds[index])
        else:
            mark_read_also(run)
            is_edge = place < _TOP or place >= len(indices) - 1
            answers = place > 0 and boilerplate.is_question(page.texts[indices[place - 1]])
            reason = _reason(page, index, repeats, is_edge=is_edge)
            reason = "" if answers and reason == boilerplate.DATE else reason
            if last_reason == boilerplate.READ_ALSO and link_share(run) >= _ALL_LINKS:
                reason = reason or last_reason
            reason = reason or placed.reasons.get(index, "") or placed.links.get(index, "")
            _add_run(body, run, reason)
        last_reason = reason
    return body


def _kickers(page: _Page, title: int) -> list[int]:
    """Return the runs that stand in the headline beside it."""
    headline = page.runs[title].element
    beside = range(max(0, title - 2), min(len(page.runs), title + 3))
    return [index for index in beside if index != title and headline in page.runs[index].element.iterancestors()]


def repeated_quotes(quotes: Collection[str], body: Sequence[str]) -> frozenset[str]:
    """Return those of the quotes that a paragraph of the body says word for word, whatever the marks and the case.

    In time that grows with the article and no faster: quotes are looked up by their first words.
    """
    by_start: dict[Words, dict[Words, list[str]]] = defaultdict(dict)
    for quote in quotes:
        words = _words(quote)
        same_start = by_start[words[:_LEAST_WORDS]]
        if len(words) >= _LEAST_WORDS and (words in same_start or len(same_start) < _MOST_ALIKE):
            same_start.setdefault(words, []).append(quote)
    repeats: set[str] = set()
    for text in body if by_start else ():
        words = _words(text)
        for index in range(len(words) - _LEAST_WORDS + 1):
            same_start = by_start.get(words[index : index + _LEAST_WORDS], {})
            for quoted in [quoted for quoted in same_start if words[index : index + len(quoted)] == quoted]:
                repeats.update(same_start.pop(quoted))
    return frozenset(repeats)


def _words(text: str) -> Words:
    return tuple(word.casefold() for word in _WORD.findall(text))


def _reason(page: _Page, index: int, repeats: frozenset[str], *, is_edge: bool) -> str:
    """Return why a run is not a unit, or an empty string: what is told by its place beats what is told by its words."""
    run, text = page.runs[index], page.texts[index]
    is_quote = run.kind is BlockKind.QUOTE
    reasons = (
        PULL_QUOTE if is_quote and text in repeats else "",
        run.reason,
        boilerplate.ATTRIBUTION if is_quote and run.element.tag == "footer" else "",
        _shared_reason(run),
        _worded_reason(run, text),
        boilerplate.BYLINE if is_edge and _is_byline(page, run, text) else "",
    )
    return next(filter(None, reasons), "")


def _worded_reason(run: TextRun, text: str) -> str:
    reason = boilerplate.worded_reason(text)
    return "" if reason == boilerplate.READ_ALSO and holds_claim(run, text) else reason


def _shared_reason(run: TextRun) -> str:
    """Return the reason that all words of the run have, if they have one."""
    reasons = {part.reason for part in run.parts if part.text.strip()}
    return reasons.pop() if len(reasons) == 1 else ""


def _is_byline(page: _Page, run: TextRun, text: str) -> bool:
    is_author = same(text) in {same(page.metadata.author), same(page.metadata.site)} - {""}
    return run.element.tag not in _HEADINGS and (is_author or boilerplate.is_byline(text))


def _add_run(body: _Body, run: TextRun, reason: str) -> None:
    text, spans = run_text(run)
    start, end = body.add(text)
    if reason:
        body.asides.append(Aside(start=start, end=end, reason=reason))
        return
    body.blocks.append(Block(kind=run.kind, start=start, end=end))
    body.asides += [
        Aside(start=start + first, end=start + last, reason=why) for first, last, why in asides_in(run, text, spans)
    ]


def _add_embed(body: _Body, embed: Embed) -> None:
    if not embed.text:
        start, end = body.add(embed.post.permalink or embed.post.platform)
        body.asides.append(Aside(start=start, end=end, reason=NO_TEXT))
        return
    start, end = body.add(embed.text)
    body.blocks.append(Block(kind=BlockKind.POST, start=start, end=end, post=embed.post))
    if embed.byline:
        first, last = embed.byline
        body.asides.append(Aside(start=start + first, end=start + last, reason=boilerplate.BYLINE))


def _merged_metadata(page: _Page, title: int | None, given: SourceMetadata) -> SourceMetadata:
    """Return what a row's fields say of the article, then what the page says. A headline in the page beats both."""
    metadata = page.metadata
    named = next((without_site(name, metadata.site, metadata.url) for name in metadata.titles), "")
    from_page = SourceMetadata(
        title=named,
        url=metadata.url,
        site=metadata.site,
        author=metadata.author,
        section=metadata.section,
        published=metadata.published,
        declared_language=metadata.language,
        rights=metadata.rights,
    )
    merged = replace(from_page, **{name: value for name, value in vars(given).items() if value})
    return merged if title is None else replace(merged, title=one_line(page.texts[title]))
