"""W3C Web Annotation Data Model (Recommendation, 23 February 2017), in its JSON-LD form.

One annotation per vote, one per source mention, and one for what stands. A target is the article with two
selectors: the quote, and the position, which that recommendation counts in code points as we do. Prefix and suffix
are the neighbouring units; the white space between units is not in a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from annotator import __version__
from annotator.dataset.formats.jsonld import article_iri, document, iri
from annotator.models import Mention, Record, Vote

FILE = "annotations.jsonld"
_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
# Characters on each side, to tell apart the repeats of a short quote; the recommendation sets no length.
_NEIGHBOUR = 32


@contextmanager
def web_annotations(folder: Path) -> Iterator[Callable[[Record], object]]:
    """Write `annotations.jsonld`, one annotation page."""
    head = {"@context": _CONTEXT, "id": iri("dataset", "annotations"), "type": "AnnotationPage", "startIndex": 0}
    with document(folder / FILE, head, "items") as append:

        def write(record: Record) -> None:
            for annotation in of_record(record):
                append(annotation)

        yield write


def of_record(record: Record) -> Iterator[dict[str, Any]]:
    """Yield the record's annotations."""
    target = _target(record, record.data.start, record.data.end, record.data.source_text, context=True)
    for vote in record.votes:
        if vote.answer:
            yield _of_vote(record, vote, target)
        for number, mention in enumerate(vote.mentions, start=1):
            yield _of_mention(record, vote, mention, number)
    if record.decision:
        stands = str(record.label or record.status)
        yield {
            "id": iri("label", record.data.unit_id),
            "type": "Annotation",
            "motivation": "classifying",
            "generator": {"id": iri("software", f"annotator {__version__}"), "type": "Software"},
            "body": [_text(stands, "classifying"), _text(str(record.decision), "describing")],
            "target": target,
        }


def _of_vote(record: Record, vote: Vote, target: dict[str, Any]) -> dict[str, Any]:
    body = [_text(vote.answer, "classifying"), *(_text(mark, "tagging") for mark in vote.marks)]
    return {
        "id": iri(_of("vote", vote), record.data.unit_id, vote.annotator),
        "type": "Annotation",
        "motivation": "classifying",
        **_made(vote),
        "body": body + ([_text(vote.comment, "commenting")] if vote.comment else []),
        "target": target,
    }


def _of_mention(record: Record, vote: Vote, mention: Mention, number: int) -> dict[str, Any]:
    return {
        "id": iri(_of("mention", vote), record.data.unit_id, vote.annotator, str(number)),
        "type": "Annotation",
        "motivation": "identifying",
        **_made(vote),
        "body": [_text("source mention", "identifying")],
        "target": _target(record, mention.article_start, mention.article_end, mention.text, context=False),
    }


def _of(kind: str, vote: Vote) -> str:
    """An annotator may also have decided on what everybody said: that has addresses of its own."""
    return f"verdict-{kind}" if vote.adjudication else kind


def _made(vote: Vote) -> dict[str, Any]:
    times = {"created": vote.created_at, "modified": vote.updated_at}
    creator = {"id": iri("annotator", vote.annotator), "type": "Person", "nickname": vote.annotator}
    return {"creator": creator, **{name: time for name, time in times.items() if time}}


def _text(value: str, purpose: str) -> dict[str, str]:
    return {"type": "TextualBody", "value": value, "purpose": purpose, "format": "text/plain"}


def _target(record: Record, start: int, end: int, exact: str, *, context: bool) -> dict[str, Any]:
    """An article whose text does not leave is pointed into by position alone."""
    data = record.data
    position = {"type": "TextPositionSelector", "start": start, "end": end}
    quoted: dict[str, str] = {"type": "TextQuoteSelector", "exact": exact}
    around = {"prefix": data.before[-_NEIGHBOUR:], "suffix": data.after[:_NEIGHBOUR]} if context else {}
    quoted |= {name: text for name, text in around.items() if text}
    selectors = [quoted, position] if exact else [position]
    language = {"language": data.source_lang} if data.source_lang else {}
    return {"type": "SpecificResource", "source": article_iri(data.article_id), **language, "selector": selectors}
