"""Cut one paragraph into sentences. The engine is the same for every language; `rules/` holds what differs.

A sentence ends after a mark, with the closing quotation marks, emoji, tags and links that hang on to it, unless a
lower-case letter follows, the mark belongs to an abbreviation, or it stands inside brackets or between dashes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from annotator.segmentation.abbreviations import is_abbreviation, is_starter
from annotator.segmentation.guards import Span, closed_at, guarded_spans, is_guarded
from annotator.segmentation.patterns import (
    APOSTROPHES,
    MAY_END,
    NEXT,
    POINTERS,
    POST_LINK,
    SIGNS_THAT_OPEN,
    TAIL,
    TOP_LEVEL,
    may_hold_link,
    scan,
)
from annotator.segmentation.references import reference_spans
from annotator.segmentation.rules import LanguageRules
from annotator.text import trim

# Signs that close whatever opened them, with the asterisks and underscores of Markdown.
_STRAIGHT = "\"')]}*_"
_BRACKETED = {")": "(", "]": "["}
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_WORD_REACH = 24
# A capital glued to a full stop opens a sentence between words of four letters: with three, "Report.Final.Pdf" is cut.
_LONG_WORD = 4
# A sentence with more tags and emoji behind it is hostile, and reading them again for each mark would cost the square.
_TAIL_PARTS = 40
_HAS_WORD = re.compile(r"\w")
# "?Allons", but not "?Id=3".
_OF_AN_ADDRESS = ("=", "&", "/", "_")
_FILE_GOES_ON = re.compile(r"[./]\w")
# French sets a blank before `»`; more than two characters of white space are a break.
_SHORT_BLANK = re.compile(r"\s{1,2}(?=\S)")
_QUOTE = re.compile('"')
_BRACKET_AHEAD = re.compile(r"\s*[(\[]")
_GOES_ON = re.compile(r"\s*(?:[,;:]|(?P<letter>[^\W\d_]))")
_ENTRY = re.compile(r"\s*\[(\d{1,3})\]\s")
# The year of a reference ("Nature. 2010;12:3-5."): a sentence hardly ever is a year alone.
_YEAR = re.compile(r"\s+\(?(?:1[5-9]|20)\d\d[a-z]?\)?(?:\.\s|[;:]\s?\d)")
# 「行く。」と言った: behind a closing bracket hiragana go on with the sentence.
_HIRAGANA = re.compile("[\u3041-\u309f、，,]")


@dataclass(frozen=True)
class _Paragraph:
    """A paragraph on its way through the engine; no cut may fall into a guarded span."""

    text: str
    rules: LanguageRules
    guards: list[Span]
    quotes: list[int]


def split_sentences(text: str, rules: LanguageRules) -> list[Span]:
    """Return the spans of the paragraph's sentences, without white space around them."""
    text = text.rstrip()
    references = reference_spans(text)
    if references:
        return references
    paragraph = _Paragraph(text, rules, guarded_spans(text), [match.start() for match in _QUOTE.finditer(text)])
    spans = []
    start = 0
    for match in _scan(text, scan(rules.marks)):
        end = _end(paragraph, match, start) if match.start() >= start else None
        if end is not None:
            spans.append(trim(text, start, end))
            start = end
    last = trim(text, start, len(text))
    return [*spans, last] if last[0] < last[1] else spans


def _scan(text: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield the pattern's matches in order; without a link in the text only its few first characters are looked at."""
    if may_hold_link(text):
        yield from pattern.finditer(text)
        return
    scanned_to = 0
    for first in MAY_END.finditer(text):
        match = pattern.match(text, first.start()) if first.start() >= scanned_to else None
        if match:
            scanned_to = match.end()
            yield match


def _end(paragraph: _Paragraph, match: re.Match[str], start: int) -> int | None:
    """Return where the sentence that began at `start` ends after this match, if it does."""
    if match["mark"]:
        end = _end_after_mark(paragraph, match, start)
    elif match["full"]:
        end = _end_after_full_mark(paragraph, match)
    elif match["emoji"]:
        end = _end_after_emoji(paragraph, match, start)
    else:
        end = _end_after_link(paragraph, match, start)
    is_open = end is None or is_guarded(paragraph.guards, end) or not _HAS_WORD.search(paragraph.text, start, end)
    return None if is_open else end


def _end_after_mark(paragraph: _Paragraph, match: re.Match[str], start: int) -> int | None:
    text, rules = paragraph.text, paragraph.rules
    closed = _past_closers(paragraph, match.end())
    end, next_is_token = (closed, False) if _is_next_entry(text, closed) else _past_tail(text, closed)
    following = _following(text, end)
    if _is_elision(text, match):
        return end if is_starter(following, rules) else None
    if match["mark"] == "." and is_abbreviation(text, match.start(), start, following, rules):
        return None
    if end == len(text) or next_is_token:
        return end
    if end == match.end() and not text[end].isspace():
        return end if _is_glued(paragraph, match, following) else None
    is_year = following["digit"] is not None and match["mark"] == "." and _YEAR.match(text, end)
    if is_year or (paragraph.guards and _begins_inner_bracket(paragraph, end)):
        return None
    is_ellipsis = match["mark"].endswith(("…", ".."))
    opens = _opens(text, following, ellipsis=is_ellipsis) or _opens_in_lower(text, following, rules)
    return end if opens else None


def _end_after_full_mark(paragraph: _Paragraph, match: re.Match[str]) -> int | None:
    """A mark of a script without capitals ends the sentence, blank or not."""
    end = _past_closers(paragraph, match.end())
    if end > match.end() and _HIRAGANA.match(paragraph.text, end):
        return None
    return _past_tail(paragraph.text, end)[0]


def _end_after_emoji(paragraph: _Paragraph, match: re.Match[str], start: int) -> int | None:
    """An emoji between a word and a capital ends a sentence, unless it points on or stands for a word."""
    text = paragraph.text
    if match["emoji"][0] in POINTERS or not text[match.end() : match.end() + 1].isspace():
        return None
    before = _LAST_WORD.search(text[max(start, match.start() - _WORD_REACH) : match.start()].rstrip())
    if before is None or before.group().lower() in paragraph.rules.starters:
        return None
    end, _ = _past_tail(text, match.end())
    return end if (_following(text, end)["word"] or "")[:1].isupper() else None


def _end_after_link(paragraph: _Paragraph, match: re.Match[str], start: int) -> int | None:
    """The address that a platform puts behind a post ends a sentence before a capital."""
    text = paragraph.text
    if not POST_LINK.match(match["link"]) or not _HAS_WORD.search(text, start, match.start()):
        return None
    end, _ = _past_tail(text, match.end())
    following = _following(text, end)
    return end if text[end : end + 1].isspace() and (following["word"] or "")[:1].isupper() else None


def _past_closers(paragraph: _Paragraph, end: int) -> int:
    """Move the end past closing quotation marks and brackets, also past a blank where only they can be meant."""
    text, rules = paragraph.text, paragraph.rules
    while end < len(text):
        if text[end] == " " and text[end + 1 : end + 2].isalnum():
            break  # the most common case, told without a pattern
        if text[end] in _STRAIGHT or _closes_at_once(text, end, rules):
            end += 1
            continue
        blank = _SHORT_BLANK.match(text, end)
        if blank is None or not _closes_after_blank(paragraph, blank.end()):
            break
        end = blank.end() + 1
    return end


def _closes_at_once(text: str, at: int, rules: LanguageRules) -> bool:
    """Tell whether the sign right behind a mark closes; one that may also open does so before a letter."""
    return text[at] in rules.closers and not (text[at] in rules.openers and text[at + 1 : at + 2].isalnum())


def _closes_after_blank(paragraph: _Paragraph, at: int) -> bool:
    text, rules = paragraph.text, paragraph.rules
    sign, after = text[at], text[at + 1 : at + 2]
    if after.isalnum() or sign in "'’‘":
        return False
    if sign == '"':
        return _closes_straight(paragraph, at)
    return sign == ")" or (sign in rules.closers and (sign not in rules.openers or not after.strip()))


def _closes_straight(paragraph: _Paragraph, at: int) -> bool:
    """Tell whether a straight quotation mark between blanks closes: it is a second one, or the last that can."""
    index = bisect_left(paragraph.quotes, at)
    if index % 2 == 1 or index + 1 == len(paragraph.quotes):
        return True
    later = paragraph.quotes[index + 1]
    return paragraph.text[later + 1 : later + 2].isalnum()


def _past_tail(text: str, end: int) -> tuple[int, bool]:
    """Return the end moved past what hangs on to the sentence, and whether a tag, handle or link comes next.

    Tags and links hang on unless a sentence goes on after them in lower case; handles only at the very end.
    """
    if text[end : end + 1] == " " and text[end + 1 : end + 2].isupper():
        return end, False  # the most common case, told without a pattern
    certain_end = end
    only_at_end = False
    pending = False
    for _ in range(_TAIL_PARTS):
        match = TAIL.match(text, end)
        if match is None:
            break
        end = match.end()
        if match["sure"] and not pending:
            certain_end = end
        else:
            pending = True
            only_at_end = only_at_end or match["handle"] is not None
    if not pending:
        return certain_end, False
    following = _following(text, end)
    hangs_on = end == len(text) or (not only_at_end and _opens(text, following, ellipsis=False))
    return (end, False) if hangs_on else (certain_end, True)


def _following(text: str, end: int) -> re.Match[str]:
    match = NEXT.match(text, end)
    assert match is not None  # noqa: S101 - every part of the pattern is optional
    return match


def _is_elision(text: str, match: re.Match[str]) -> bool:
    """Tell `(…)`, `[...]` and `(?)`: marks that stand alone in brackets."""
    closing = text[match.end() : match.end() + 1]
    return closing in _BRACKETED and text[match.start() - 1 : match.start()] == _BRACKETED[closing]


def _opens(text: str, following: re.Match[str], *, ellipsis: bool) -> bool:
    """Tell whether what follows a mark can open a sentence. After an ellipsis a figure does not."""
    word = following["word"]
    if word:
        return not word[0].islower() or (word[1:2].isupper() and word[0].isascii())  # iPhone, eBay
    if following["digit"]:
        return not ellipsis
    return following["sign"] in SIGNS_THAT_OPEN if following["sign"] else following.end() == len(text)


def _opens_in_lower(text: str, following: re.Match[str], rules: LanguageRules) -> bool:
    """Tell the Dutch `'s Avonds` and `'t Is`, which open a sentence without a capital."""
    word = following["word"]
    if not word or word not in rules.lower_starters or text[following.start("word") - 1] not in APOSTROPHES:
        return False
    return following.end() < len(text) and text[following.end()].isspace()


def _begins_inner_bracket(paragraph: _Paragraph, end: int) -> bool:
    """Tell a bracket in mid-sentence: behind it the sentence goes on in lower case or with a comma."""
    opening = _BRACKET_AHEAD.match(paragraph.text, end)
    closing = closed_at(paragraph.guards, opening.end() - 1) if opening else None
    behind = _GOES_ON.match(paragraph.text, closing) if closing else None
    return behind is not None and (not behind["letter"] or behind["letter"].islower())


def _is_next_entry(text: str, end: int) -> bool:
    """Tell the `[2]` that opens a further entry of a paragraph that begins with `[1]` from the mark of a footnote."""
    if not text.startswith("["):
        return False
    first, following = _ENTRY.match(text), _ENTRY.match(text, end)
    return first is not None and following is not None and int(following[1]) > int(first[1])


def _is_glued(paragraph: _Paragraph, match: re.Match[str], following: re.Match[str]) -> bool:
    """Tell `terminé.La cour` from `exemple.Com`, and take scripts without capitals at their word."""
    text, rules = paragraph.text, paragraph.rules
    word = following["word"] or ""
    if following.start("word") > match.end() and text[match.end()] not in rules.openers:
        return False
    before = text[match.start() - 1 : match.start()]
    if not word[:1].isupper():
        return bool(word) and not word[0].islower() and not before.isascii() and match["mark"] != "."
    if is_starter(following, rules):
        return before.islower() or before.isdigit() or not before.isalnum()
    if match["mark"][-1] in "!?":
        return len(word) > 1 and text[following.end("word") : following.end("word") + 1] not in _OF_AN_ADDRESS
    last = _LAST_WORD.search(text[max(0, match.start() - _WORD_REACH) : match.start()])
    if _FILE_GOES_ON.match(text, following.end("word")):
        return False
    is_long = last is not None and len(last.group()) >= _LONG_WORD and before.islower()
    return is_long and len(word) >= _LONG_WORD and TOP_LEVEL.fullmatch(word.lower()) is None
