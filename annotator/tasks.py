"""Units with their translations and predictions become tasks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from pydantic import JsonValue

from annotator.labels import CLAIM, COMMENT, MARKS, MENTIONS, SOURCE_MENTION, UNIT
from annotator.models import (
    SCHEMA_VERSION,
    AnnotationStatus,
    Article,
    BlockKind,
    ChoicesResult,
    ChoicesValue,
    Post,
    Prediction,
    Quote,
    Record,
    ShownTaskData,
    Task,
    TaskMeta,
    TaskPrediction,
    Translation,
    Unit,
    Vote,
)
from annotator.text import one_line, reading_form

_AROUND, _NEIGHBOURS = 600, 20
"""Characters, and translated units, of a block that are shown on either side of the unit; 97 of 100 paragraphs of news
are shorter."""
_QUOTED = 32
"""Characters of context on each side of a quote."""
_SEARCHED = 1_000_000
_LONGEST_FIELD = 1000
"""Characters: a task is stored for each unit, and an article has forty."""
HIDDEN_SUGGESTION = "hidden_suggestion"
"""In the `meta` of a task: what its blind unit does not show."""
SUGGESTION = ("suggested_label", "suggested_score", "suggestion_reasons")
VOTE = "vote"
"""In the `meta` of a result item that we wrote: who gave the answer, for the server knows only who imported it."""
RESTORED = (
    "annotator",
    "server",
    "created_at",
    "updated_at",
    "suggestion",
    "guidelines_version",
    "lead_time",
    "ground_truth",
    "adjudication",
)
_KEPT = {*RESTORED, "status", "label"}
"""What was said stands there too: an answer that was changed after the import is somebody else's."""


def make_tasks(
    article: Article,
    translations: Sequence[Translation],
    predictions: Sequence[Prediction],
    *,
    signature: Callable[[Translation], str],
) -> tuple[Task, ...]:
    """Return one task per unit. `translations` and `predictions` stand in the order of the units."""
    source_texts = _with_empty_ends(reading_form(unit.text) for unit in article.units)
    translated_texts = _with_empty_ends(translation.text for translation in translations)
    article_fields: dict[str, Any] = {
        "article_id": article.article_id,
        "article_title": one_line(article.title),
        "article_title_translated": _title_translation(article, translations),
        "source_line": _line(article.site, article.published, article.url),
        "site": one_line(article.site) or _host(article.url),
        "url": article.url,
        "published": article.published,
        "author": one_line(article.author),
        "section": one_line(article.section),
        "article_language": article.language.tag,
        "source": own_fields(article),
        "article_units": len(article.units),
    }
    paragraphs = _Paragraphs(article, [translation.text for translation in translations])
    conditions = {"rights": article.rights, "retention": article.retention}  # which export keeps to
    article_fields |= {name: value for name, value in conditions.items() if value}
    return tuple(
        Task(
            data=ShownTaskData(
                **article_fields,
                **_unit_fields(article, unit),
                **_translation_fields(translation),
                **_suggestion_fields(prediction),
                source_text=source_texts[index],
                before=source_texts[index - 1],
                before_translated=translated_texts[index - 1],
                after=source_texts[index + 1],
                after_translated=translated_texts[index + 1],
                **paragraphs.around(index - 1),
                signature=signature(translation),
            ),
            meta=TaskMeta(
                unit_id=unit.unit_id, revision=article.revision, quote=quote(article.text, unit.start, unit.end)
            ),
            predictions=_task_predictions(prediction),
        )
        for index, (unit, translation, prediction) in enumerate(
            zip(article.units, translations, predictions, strict=True), start=1
        )
    )


def own_fields(article: Article) -> dict[str, JsonValue]:
    """Return the fields of the article's row that each of its tasks has: all but long ones, its text again, say."""
    return {name: value for name, value in article.source.items() if _is_short(value)}


def long_fields(article: Article) -> list[str]:
    """Return the names of the others, which stay in `articles.jsonl`."""
    return [name for name, value in article.source.items() if not _is_short(value)]


def _is_short(value: JsonValue) -> bool:
    text = value if isinstance(value, str) else json.dumps(value) if isinstance(value, dict | list) else ""
    return len(text) <= _LONGEST_FIELD


def quote(text: str, start: int, end: int) -> Quote:
    """Return the span with what stands around it, on both sides as much as it takes to stand in the text once.

    In one of the largest texts, where each look takes a millisecond, the first characters have to do.
    """
    around = _QUOTED
    while True:
        first, last = max(0, start - around), end + around
        is_whole = first == 0 and last >= len(text)
        words = text[first:last]
        if is_whole or len(text) > _SEARCHED or (text.find(words) == first and text.find(words, first + 1) < 0):
            break
        around *= 2
    exact = text[start:end]
    return Quote(prefix=text[first:start], exact=exact if exact != reading_form(exact) else "", suffix=text[end:last])


def without_predictions(line: bytes) -> bytes:
    """Return a task's line without its predictions, which a project that shows them selects by itself.

    Even one that does not show them to whoever labels selects them where a task is opened from the table.
    """
    task = json.loads(line)
    return json.dumps({**task, "predictions": []}, ensure_ascii=False, separators=(",", ":")).encode()


class _Paragraphs:
    """What stands around each unit in its block: the original, and the translations of the block's other units."""

    def __init__(self, article: Article, translated: Sequence[str]) -> None:
        self._article = article
        self._translated = translated
        self._places: dict[int, list[int]] = {}
        for place, unit in enumerate(article.units):
            self._places.setdefault(unit.block_index, []).append(place)

    def around(self, place: int) -> dict[str, Any]:
        """Return the fields of the unit at this place."""
        unit = self._article.units[place]
        block, places = self._article.blocks[unit.block_index], self._places[unit.block_index]
        before = self._article.text[max(block.start, unit.start - _AROUND - 1) : unit.start]
        after = self._article.text[unit.end : min(block.end, unit.end + _AROUND + 1)]
        own = places.index(place)
        return {
            "paragraph_before": _last(reading_form(before)),
            "paragraph_before_translated": _last(self._joined(places[max(0, own - _NEIGHBOURS) : own])),
            "paragraph_after": _first(reading_form(after)),
            "paragraph_after_translated": _first(self._joined(places[own + 1 : own + 1 + _NEIGHBOURS])),
        }

    def _joined(self, places: Iterable[int]) -> str:
        return " ".join(one_line(self._translated[place]) for place in places).strip()


def _last(text: str) -> str:
    """Return the end of the text, from a blank on, so that a task stays small however long its block is."""
    return text if len(text) <= _AROUND else f"…{text[-_AROUND:].partition(' ')[2] or text[-_AROUND:]}"


def _first(text: str) -> str:
    return text if len(text) <= _AROUND else f"{text[:_AROUND].rpartition(' ')[0] or text[:_AROUND]}…"


def _with_empty_ends(texts: Iterable[str]) -> list[str]:
    """Return the texts with an empty one at both ends, so that every unit has one before and one after it."""
    return ["", *texts, ""]


def _unit_fields(article: Article, unit: Unit) -> dict[str, Any]:
    return {
        "unit_id": unit.unit_id,
        "position": unit.position,
        "kind": unit.kind,
        "block": unit.block,
        "start": unit.start,
        "end": unit.end,
        "source_lang": unit.language.tag,
        "source_lang_confidence": unit.language.confidence,
        "post": _post_line(article, unit),
    }


def _translation_fields(translation: Translation) -> dict[str, Any]:
    return {
        "target_lang": translation.target,
        "translated_text": translation.text,
        "translation_engine": translation.engine,
        "translation_warnings": "; ".join(one_line(warning.detail or warning.code) for warning in translation.warnings),
        "translation_warning_codes": tuple(dict.fromkeys(warning.code for warning in translation.warnings)),
    }


def _suggestion_fields(prediction: Prediction) -> dict[str, Any]:
    """Return what the screen shows of a prediction; without a label nothing: its reasons would only puzzle people."""
    if prediction.label is None or prediction.score is None:
        return {"suggested_label": "", "suggested_score": "", "suggestion_reasons": ""}
    reasons = "; ".join(dict.fromkeys(one_line(cue.text) or cue.name for cue in prediction.cues))
    return {"suggested_label": prediction.label, "suggested_score": prediction.score, "suggestion_reasons": reasons}


def _title_translation(article: Article, translations: Sequence[Translation]) -> str:
    """The title is a unit of its own (or several), so its translation is there already."""
    pairs = zip(article.units, translations, strict=True)
    return one_line(" ".join(translation.text for unit, translation in pairs if unit.block is BlockKind.TITLE))


def _task_predictions(prediction: Prediction) -> tuple[TaskPrediction, ...]:
    if prediction.label is None or prediction.score is None:
        return ()
    result = ChoicesResult(value=ChoicesValue(choices=(prediction.label,)))
    return (TaskPrediction(model_version=prediction.model_version, score=prediction.score, result=(result,)),)


def _post_line(article: Article, unit: Unit) -> str:
    block = article.blocks[unit.block_index]
    if block.kind is not BlockKind.POST:
        return ""
    post = block.post or Post()
    return _line(post.platform or "social media post", post.author, post.handle, post.date, post.permalink)


def _line(*parts: str) -> str:
    return " · ".join(one_line(part) for part in parts if part)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # not an address: [::1
        return ""


def answered_task(record: Record) -> dict[str, Any]:
    """Return the record as a task with everybody's answers, to be imported again.

    The server credits imported answers to whoever imports them. Who gave each, and when, therefore also stands in the
    `meta` of its first result item, which the server keeps, and reading its export restores it.
    """
    meta = {"unit_id": record.data.unit_id, "schema_version": SCHEMA_VERSION, "revision": record.revision}
    sample = {"sample": record.sample.model_dump(mode="json")} if record.sample else {}
    gold = {"gold": record.gold.model_dump(mode="json")} if record.gold else {}
    among = {"quote": record.quote.model_dump(mode="json")} if record.quote else {}
    data, hidden = record.data.model_dump(mode="json"), {}
    if any(vote.suggestion == "hidden" for vote in record.votes):  # and it stays so for whoever labels it next
        hidden = {HIDDEN_SUGGESTION: {name: data[name] for name in SUGGESTION}}
        data |= dict.fromkeys(SUGGESTION, "")
    return {
        "data": data,
        "meta": {**meta, "split": record.split, **sample, **among, **gold, **hidden},
        "annotations": [annotation_of(vote) for vote in record.votes],
        "predictions": [],
    }


def annotation_of(vote: Vote) -> dict[str, Any]:
    """Return the answer in Label Studio's form; who gave it, and when, stands in its first item."""
    first, *rest = _items(vote)
    return {
        "result": [{**first, "meta": {VOTE: vote.model_dump(mode="json", include=_KEPT)}}, *rest],
        "was_cancelled": vote.status is AnnotationStatus.SKIPPED,
        "ground_truth": vote.ground_truth,
        "lead_time": vote.lead_time,
    }


def _items(vote: Vote) -> Iterator[dict[str, Any]]:
    answer = vote.answer
    yield _item(CLAIM, "choices", {"choices": [answer] if answer else []})
    if vote.marks:
        yield _item(MARKS, "choices", {"choices": list(vote.marks)})
    for number, mention in enumerate(vote.mentions, start=1):
        span = {"start": mention.start, "end": mention.end, "text": mention.text, "labels": [SOURCE_MENTION.value]}
        yield {**_item(MENTIONS, "labels", span), "id": f"{MENTIONS}-{number}"}
    if vote.comment:
        yield _item(COMMENT, "textarea", {"text": [vote.comment]})


def _item(name: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "from_name": name, "to_name": UNIT, "type": kind, "value": value}
