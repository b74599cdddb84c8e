"""Embedded social posts: found, read, and swapped for marker paragraphs that an extraction keeps in place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.models import Post
from annotator.readers.boilerplate import CONSENT, text_up_to, worded_reason
from annotator.readers.platforms import PLATFORMS, Platform, is_hinted, is_plugin, permalink_of
from annotator.readers.text_runs import BREAK, find_text_runs, run_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

NO_TEXT = "no text to label"
_FILLER = (
    "This paragraph stands for a message that was embedded here in the article, between the paragraphs around it. "
    "It is long enough to be taken for one of them."
)
_ELEMENTS = (
    "blockquote", "div", "figure", "section", "aside", "iframe", "article", "span",
    "amp-twitter", "amp-instagram", "amp-facebook", "amp-tiktok", "twitter-widget", "bluesky-post",
)  # fmt: skip
_WIDGET_LENGTH = 6000
"""Characters of an element that is one post by its mere name; a longer one is a part of the article."""
_EXTRA_LENGTH = 400
"""Characters that a consent text or a notice may add around a post before the element counts as the article's."""
_WRAPPERS = ("div", "figure", "p", "span", "center", "aside", "section", "twitter-widget")
_WRAPPER_NAME = re.compile(
    r"embed|tweet|twitter|widget|social|consent|instagram|facebook|bluesky|bsky|mastodon|tiktok|threads|fb-|placeholder",
    re.IGNORECASE,
)
_HEADINGS = ("h1", "h2", "h3", "h4")
_TEXTS = ("figcaption", "p", "blockquote", "ul", "ol", "h5", "h6", *_HEADINGS)
_SOURCE = re.compile(r"(?::|\b(?:instagram|twitter|x|facebook|tiktok|threads|bluesky|mastodon|via)\W*)$", re.IGNORECASE)
"""Before a handle this names where a picture is from, and nobody who wrote a post."""
_COUNTS = re.compile(
    r"^(?:[\d\s.,·•|]+(?:k|m|mil)?\s*)?(?:j['’]aime|likes?|retweets?|reposts?|réponses?|replies|partages?|shares?"
    r"|me gusta|gefällt (?:mir|das)|répondre|reply|suivre|follow|copier le lien)(?:[\s\d.,·•|]|$)",
    re.IGNORECASE,
)
_COUNTS_LENGTH = 80
"""A longer line is the post's own words, even if it begins like "12 likes"."""
_PLACEHOLDER = re.compile(
    r"(?:(?:this|the|ce|cette|dieser|este|esta)\s+)?"
    r"(?:tweet|post|toot|video|vidéo|message|publication|beitrag|tuit|publicación)\s+"
    r"(?:(?:may have been|has been|was) (?:deleted|removed)|is (?:no longer|unavailable|from an? \w+)"
    r"|a été (?:supprimé|retiré)|n.est (?:plus|pas) (?:disponible|accessible)|ist nicht (?:mehr )?verfügbar"
    r"|wurde (?:gelöscht|entfernt)|ya no está disponible|ha sido (?:eliminad|borrad)[oa])\b.{0,60}$"
    r"|(?:loading|chargement|cargando|wird geladen)\W*$",
    re.IGNORECASE,
)
"""What stands in the place of a post that cannot be shown."""
_LABEL_LENGTH = 60
"""Characters of a link to the post that say no more than where it leads."""
_HANDLE = r"@[\w.\-]+(?:@[\w.\-]+\w)?"
_SIGNED = re.compile(
    rf"(?:^|(?<=\s)|(?=—))[—–-]{{1,2}}\s*(?P<author>[^\n@]{{0,100}}?)\s*\(?\s*(?P<handle>{_HANDLE})\s*\)?"
    r"[\s,·|•]*(?P<date>[^\n]{0,60})\s*\Z"
)
_BY = (
    r"^(?:(?:une publication |un message |a post |una publicación |ein beitrag )?(?:partagée?|publiée?|postée?|shared"
    r"|posted|compartida|publicad[ao]|geteilt|gepostet|veröffentlicht)\s+(?:par|by|de|por|von)"
    r"|(?:post|message|publication|toot|beitrag)\s+(?:par|by|de|por|von)(?=\s*@))\s*"
)
_BY_HANDLE = rf"\s*(?:\(?(?P<handle>{_HANDLE})\)?)?"
_SHARED_ON = re.compile(
    rf"{_BY}(?P<author>[^\n@()]{{0,100}}){_BY_HANDLE}"
    r"[\s,·]+(?:le|sur|on|el|en|am|du)\s+(?P<date>[^\n@()]{0,40}\d[^\n@()]{0,40})\s*\Z",
    re.IGNORECASE | re.MULTILINE,
)
_SHARED = re.compile(rf"{_BY}(?P<author>[^\n@()]{{0,100}}?){_BY_HANDLE}\s*\Z", re.IGNORECASE | re.MULTILINE)
_HEAD_LINE = re.compile(
    rf"^(?P<author>[^\n@]{{0,100}}?)\s*\(?(?P<handle>{_HANDLE})\)?[\s,·|•-]*(?P<date>[^\n]{{0,60}})\Z"
)
_HEAD_LENGTH = 140
"""Characters of a line with author, handle and date; a longer one is a sentence that names somebody."""
_DATE_LENGTH = 40
"""Characters of a link that shows the post's date. With 5, a post of the gate's pages kept the date in its text."""


@dataclass(frozen=True)
class Embed:
    """A post as it goes into the article: its text with the byline's span in it, or no text at all."""

    post: Post
    text: str = ""
    byline: tuple[int, int] | None = None


def swap_posts(root: HtmlElement) -> dict[HtmlElement, Embed]:
    """Put a marker paragraph in the place of every embedded post, and return what each stands for.

    What shows a platform's page, timeline or button goes.
    """
    for element in [element for element in root.iter("div", "a", "blockquote", "iframe") if is_plugin(element)]:
        if element.getparent() is not None:
            element.drop_tree()
    swapped: dict[HtmlElement, Embed] = {}
    done: set[HtmlElement] = set()
    for element in list(root.iter(*_ELEMENTS)):
        if element in done or (platform := platform_of(element)) is None:
            continue
        widget = _outermost(element)
        done.update(widget.iter())
        swapped[_swap(widget)] = read_post(widget, platform)
    return swapped


def platform_of(element: HtmlElement) -> Platform | None:
    """Return the platform whose post the element is.

    A mere name counts only on what reads like one post: newsrooms give such names to boxes with text of their own.
    """
    if not is_hinted(element):
        return None
    for platform in PLATFORMS:
        if platform.is_embed(element):
            return platform
    name = element.get("class", "")
    if not name or text_up_to(element, _WIDGET_LENGTH) > _WIDGET_LENGTH:
        return None
    for platform in PLATFORMS:
        if (platform.is_named(element) or platform.wrapper.search(name)) and _reads_as_post(element, platform):
            return platform
    return None


def _reads_as_post(element: HtmlElement, platform: Platform) -> bool:
    if any(map(_has_platforms_marks, element.iterdescendants(*_ELEMENTS))):
        return False  # the one inside is the post; it is asked by itself, or nested ones would take exponential time
    if next(element.iter(*_HEADINGS), None) is not None:
        return False
    permalink = permalink_of(element, platform)
    if element.tag == "blockquote" and platform.is_named(element):
        return bool(permalink) or _byline(list(_lines(element, platform))) is not None
    if element.tag in ("span", "article") or not permalink:
        return False
    lines = list(_lines(element, platform))
    return not lines or _byline(lines) is not None or bool(_linked_dates(element, platform))


def read_post(widget: HtmlElement, platform: Platform) -> Embed:
    """Return the post of a widget: its own words, and the byline on a line of its own."""
    dates = _linked_dates(widget, platform)
    permalink = permalink_of(widget, platform)
    lines = [line for line in _own_lines(_core(widget), platform) if line not in dates]
    byline = _byline(lines)
    if byline is None and _is_label(_core(widget), lines):
        lines = []
    fields = (
        {name: (value or "").strip(" \u00a0,·|—–-") for name, value in byline.match.groupdict().items()}
        if byline
        else {}
    )
    post = Post(
        platform=platform.name,
        author=fields.get("author", ""),
        handle=fields.get("handle", "") or platform.handle_in(permalink),
        date=fields.get("date", "") or next(iter(dates), "") or _time(widget),
        permalink=permalink,
    )
    if byline:
        lines[byline.line : byline.line + 1] = [byline.rest] if byline.rest else []
    text = "\n\n".join(lines)
    if not text or byline is None:
        return Embed(post, text)
    signature = byline.match[0].strip()
    if byline.line == 0 and not byline.rest:
        return Embed(post, f"{signature}{BREAK}{text}", (0, len(signature)))
    return Embed(post, f"{text}{BREAK}{signature}", (len(text) + 1, len(text) + 1 + len(signature)))


@dataclass(frozen=True)
class _Byline:
    match: re.Match[str]
    line: int
    rest: str
    """What stands before the byline on its line."""


def _core(widget: HtmlElement) -> HtmlElement:
    """Return the element that the platform's own code made, without what a newsroom put around it."""
    return next((element for element in widget.iter(*_ELEMENTS) if _is_embed(element)), widget)


def _has_platforms_marks(element: HtmlElement) -> bool:
    return is_hinted(element) and any(one.is_embed(element) or one.is_named(element) for one in PLATFORMS)


def _is_embed(element: HtmlElement) -> bool:
    return is_hinted(element) and any(
        platform.is_embed(element) or (platform.is_named(element) and _reads_as_post(element, platform))
        for platform in PLATFORMS
    )


def _byline(lines: list[str]) -> _Byline | None:
    for index in reversed(range(len(lines))):
        line = lines[index]
        match = _SIGNED.search(line) or _SHARED_ON.search(line) or _SHARED.search(line)
        if match:
            return _Byline(match, index, line[: match.start()].rstrip())
    for index, line in enumerate(lines):
        match = _HEAD_LINE.match(line) if len(line) <= _HEAD_LENGTH else None
        if match and not _SOURCE.search(match["author"]):
            return _Byline(match, index, "")
    return None


def _lines(widget: HtmlElement, platform: Platform) -> Iterator[str]:
    for run in find_text_runs(widget):
        text = platform.noise.sub("", run_text(run)[0]).strip()
        is_count = len(text) <= _COUNTS_LENGTH and _COUNTS.search(text) is not None
        if text and run.holder is None and not is_count and run.reason != CONSENT and worded_reason(text) != CONSENT:
            yield unicodedata.normalize("NFC", text)


def _own_lines(core: HtmlElement, platform: Platform) -> Iterator[str]:
    """Yield the lines with the handle at the first one's start on a line of its own."""
    handle = platform.handle_in(permalink_of(core, platform))
    for index, line in enumerate(_lines(core, platform)):
        if index == 0 and handle and line.startswith(f"{handle} "):
            yield handle
            yield line[len(handle) :].strip()
        elif not _PLACEHOLDER.match(line):
            yield line


def _is_label(core: HtmlElement, lines: Sequence[str]) -> bool:
    """Tell the words of a link to the post, where the platform's script would show it."""
    linked = {" ".join("".join(link.itertext()).split()) for link in core.iter("a")}
    return len(lines) == 1 and len(lines[0]) <= _LABEL_LENGTH and lines[0] in linked


def _linked_dates(widget: HtmlElement, platform: Platform) -> list[str]:
    """Return the words that link to the post itself and have a number in them: widgets show its date that way."""
    links = (
        " ".join("".join(link.itertext()).split())
        for link in widget.iter("a")
        if platform.post.match(link.get("href", ""))
    )
    return [words for words in links if len(words) <= _DATE_LENGTH and any(map(str.isdigit, words))]


def _time(widget: HtmlElement) -> str:
    times = (time.get("datetime") or (time.text or "").strip() for time in widget.iter("time"))
    return next(filter(None, times), "")


def _outermost(element: HtmlElement) -> HtmlElement:
    """Return the largest element around the post that shows nothing but it, a consent text aside."""
    while (parent := element.getparent()) is not None and parent.tag in _WRAPPERS and _is_wrapper(parent, element):
        element = parent
    return element


def _is_wrapper(parent: HtmlElement, inner: HtmlElement) -> bool:
    allowed = _EXTRA_LENGTH if _WRAPPER_NAME.search(parent.get("class", "")) else 0
    extra = len((parent.text or "").strip()) + len((inner.tail or "").strip())
    for child in parent:
        if child is inner:
            continue
        if child.tag in _TEXTS and text_up_to(child, 0) and not _is_consent(child):
            return False
        if any(map(_is_embed, child.iter(*_ELEMENTS))):
            return False
        extra += text_up_to(child, allowed) + len((child.tail or "").strip())
        if extra > allowed:
            return False
    return extra <= allowed


def _is_consent(element: HtmlElement) -> bool:
    text = " ".join("".join(element.itertext()).split())
    return worded_reason(text) == CONSENT or CONSENT.split()[0] in element.get("class", "")


def _swap(widget: HtmlElement) -> HtmlElement:
    from lxml import html

    marker = html.Element("p")
    marker.text = _FILLER
    marker.tail = widget.tail
    parent = widget.getparent()
    if parent is None:
        return widget
    parent.replace(widget, marker)
    widget.tail = None
    return marker
