"""W3C Web Annotation Data Model (Recommendation, 23 February 2017), in its JSON-LD form.

One annotation per vote, one per source mention, and one for what stands. A target is the article with two
selectors: the quote, and the position, which that recommendation counts in code points as we do. Prefix and suffix
are what stands immediately around it in the article, white space included, as its task told. Without that a quote has
neither: a prefix without the blank behind it is found nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from annotator import __version__
from annotator.dataset.formats.jsonld import article_iri, document, iri
from annotator.models import Mention, Quote, Record, Vote

FILE = "annotations.jsonld"
_CONTEXT = "http://www.w3.org/ns/anno.jsonld"


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
    target = _target(record, 0, len(record.data.source_text))
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
        "target": _target(record, mention.start, mention.end),
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


def _target(record: Record, start: int, end: int) -> dict[str, Any]:
    """A span of the unit, in its article. One whose text does not leave is pointed into by position alone."""
    data = record.data
    position = {"type": "TextPositionSelector", "start": data.start + start, "end": data.start + end}
    quoted = _quoted(data.source_text, record.quote, start, end)
    language = {"language": data.source_lang} if data.source_lang else {}
    selectors = [quoted, position] if data.source_text else [position]
    return {"type": "SpecificResource", "source": article_iri(data.article_id), **language, "selector": selectors}


def _quoted(text: str, quote: Quote | None, start: int, end: int) -> dict[str, str]:
    """The span of the unit and all that stands around it, which together stand in the article once."""
    if quote is None:
        return {"type": "TextQuoteSelector", "exact": text[start:end]}
    words = quote.exact or text
    around = {"prefix": quote.prefix + words[:start], "suffix": words[end:] + quote.suffix}
    shown = {name: context for name, context in around.items() if context}
    return {"type": "TextQuoteSelector", "exact": words[start:end], **shown}
