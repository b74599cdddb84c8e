"""What stands inside a run and is not of its sentences: a link to another article, a kicker, who made the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from annotator.credits import CREDIT, credit_start, is_agency_tail, is_names
from annotator.models import BlockKind
from annotator.readers.boilerplate import BYLINE, CREDIT_TAIL, KICKER, READ_ALSO, is_read_also
from annotator.readers.text_runs import Part, TextRun
from annotator.text import trim

Span = tuple[int, int, str]
_WORD_START = re.compile(r"(?<![^\s(\[>»–—.!?…-])[^\W\d_]")
_LABEL_LENGTH = 60
_BOUNDARY = re.compile(r"[.!?…][\"'»”]?\s+(?=[>»–—•►▶-]*\s?[^\W\d_a-zß-ÿ]|[«“\"])")
_CLOSING = re.compile(r"\s*[)\]]\s*[.…]?|\s*[>»]+(?=\s|$)|[.!?…]+(?=\s|$)")
_INITIALS = re.compile(r"\s*\((?:[A-ZÀ-Þ]\.[ -]?){2,4}\)\s*$")
_SENTENCE_END = re.compile(r"[.!?…][\"'»”]?(?=\s)")
_LEAST_WORDS = 3


def mark_read_also(run: TextRun) -> None:
    """Give the parts of a run that lead to another article their reason: words such as "Lire aussi :", and the link."""
    if any(part.is_link for part in run.parts):
        run.parts[:] = _marked(run.parts)


def holds_claim(run: TextRun, text: str) -> bool:
    """Tell whether something else stands in a run that begins as a line that leads to another article."""
    beside = "".join(part.text for part in run.parts if part.reason != READ_ALSO)
    is_marked = any(part.reason == READ_ALSO for part in run.parts)
    return len(beside.split()) >= _LEAST_WORDS if is_marked else _read_also_end(run, text) < len(text)


def asides_in(run: TextRun, text: str, spans: Sequence[Span]) -> list[Span]:
    """Return the spans in a run that are no unit, in order and apart; `spans` are those with a reason of their own."""
    start = _credit_start(run, text, spans)
    found = [
        (first, min(last, start), reason)
        for first, last, reason in _joined(text, spans)
        if first < start and (reason == READ_ALSO or (reason == KICKER and first == 0 and last < len(text)))
    ]
    if not found:
        found += _read_also_in_words(run, text)
    if start < len(text):
        found.append((start, len(text), CREDIT))
    elif (tail := _tail_start(text)) < len(text):
        found.append((tail, len(text), BYLINE))
    trimmed = ((*trim(text, first, last), reason) for first, last, reason in found)
    return [(first, last, reason) for first, last, reason in trimmed if first < last]


def _tail_start(text: str) -> int:
    """Return where the initials or the agency begin that sign a text, or the text's length."""
    if match := _INITIALS.search(text, max(0, len(text) - 20)):
        return match.start()
    end = max((match.end() for match in _SENTENCE_END.finditer(text, max(0, len(text) - 30))), default=0)
    return end if end and is_agency_tail(text[end:]) else len(text)


def _read_also_in_words(run: TextRun, text: str) -> list[Span]:
    """Return the span of a line that leads to another article and lost its link, glued before or behind a claim."""
    if any(part.is_link for part in run.parts):
        return []
    if (end := _read_also_end(run, text)) and is_read_also(text):
        return [(0, end, READ_ALSO)] if end < len(text) else []
    for boundary in _BOUNDARY.finditer(text):
        rest = text[boundary.end() :]
        if ":" in rest[:_LABEL_LENGTH] and is_read_also(rest) and not _BOUNDARY.search(rest):
            return [(boundary.end(), len(text), READ_ALSO)]
    return []


def _read_also_end(run: TextRun, text: str) -> int:
    """Return where such a line ends at the start of a run: with its first sentence, if another ends in a full stop."""
    if any(part.is_link for part in run.parts) or not text.endswith(".") or not is_read_also(text):
        return len(text)
    boundary = _BOUNDARY.search(text)
    return boundary.end() if boundary else len(text)


def _joined(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return the spans, neighbours with one reason as one."""
    joined: list[Span] = []
    for first, last, reason in spans:
        if joined and joined[-1][2] == reason and not text[joined[-1][1] : first].strip():
            joined[-1] = (joined[-1][0], last, reason)
        else:
            joined.append((first, last, reason))
    return joined


def _credit_start(run: TextRun, text: str, spans: Sequence[Span]) -> int:
    """Return where the credit at the end begins, told by its element's name or by its words."""
    is_caption = run.kind is BlockKind.CAPTION
    starts = [credit_start(text, in_caption=is_caption)]
    if is_caption:
        starts += [first for first, last, reason in spans if reason == CREDIT and last == len(text)]
        starts += _last_element(run, text)
        tail = CREDIT_TAIL.search(text, max(0, len(text) - 200))
        starts += [tail.start() + len(tail[0]) - len(tail[0].lstrip())] if tail else []
    return min(starts)


def _last_element(run: TextRun, text: str) -> list[int]:
    """Return where the last words of a caption begin if they are a name, in an element of its own behind a sentence."""
    words = run.parts[-1].text.strip() if len(run.parts) > 1 else ""
    start = len(text) - len(words)
    is_behind = start > 0 and text[:start].rstrip().endswith((".", "!", "?", "…", "»", "”", ")"))
    return [start] if words and text.endswith(words) and is_behind and is_names(words) else []


def _marked(parts: Sequence[Part]) -> list[Part]:
    marked: list[Part] = []
    is_leading = False
    for index, part in enumerate(parts):
        if part.is_link and (is_leading or (is_read_also(part.text) and not _goes_on(parts[index:]))):
            marked.append(replace(part, reason=READ_ALSO))
            is_leading = True
        elif is_leading and not part.text.strip():
            marked.append(replace(part, reason=READ_ALSO))
        else:
            pieces = list(_split(part, closes=is_leading, leads=_link_follows(parts, index)))
            marked += pieces
            is_leading = not part.is_link and pieces[-1].reason == READ_ALSO and is_label(pieces[-1].text)
    return marked


def _link_follows(parts: Sequence[Part], index: int) -> bool:
    following = [part for part in parts[index + 1 :] if part.text.strip()]
    return bool(following) and following[0].is_link and not _goes_on(following)


def _goes_on(parts: Sequence[Part]) -> bool:
    """Tell a sentence that goes on behind the link with which the parts begin."""
    after = next((part.text for part in parts if not part.is_link), "")
    return after.lstrip()[:1] in (",", ";") or (after[:1] == " " and after.lstrip()[:1].islower())


def _split(part: Part, *, closes: bool, leads: bool) -> Iterator[Part]:
    """Yield a part cut where the words end that close, or begin that lead to, another article."""
    text, start, end = part.text, 0, len(part.text)
    if closes and (closing := _CLOSING.match(text)):
        start = closing.end()
        yield replace(part, text=text[:start], reason=READ_ALSO)
    if leads and not part.is_link:
        end = _label_start(text, start)
        end -= end < len(text) and text[end - 1 : end] in ("(", "[")
    if start < end:
        yield replace(part, text=text[start:end])
    if end < len(text):
        yield replace(part, text=text[end:], reason=READ_ALSO)


def _label_start(text: str, start: int) -> int:
    """Return where the words begin, at the text's end, that lead to a link, or the text's length."""
    for match in _WORD_START.finditer(text, max(start, len(text) - _LABEL_LENGTH)):
        before = text[start : match.start()].rstrip()
        is_start = not before or before[-1] in ".!?…:;»”)]([>–—-" or match[0].isupper()
        if is_start and is_label(text[match.start() :]):
            return match.start()
    return len(text)


def is_label(text: str) -> bool:
    """Tell words that lead to a link: they begin as a read-also line, and no more of a sentence is in them."""
    words = text.rstrip()
    ends = words.endswith((":", ">", "»", "–", "—", "-", "|"))
    return is_read_also(text) and (ends or len(words.split()) <= _LEAST_WORDS)
