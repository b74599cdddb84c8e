"""What the controls of an answer hold: its claim, marks, mentions and comment, and what in them cannot be used."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from annotator.labels import CLAIM, COMMENT, MARKS, MENTIONS, NOT_A_UNIT, Label
from annotator.models import AnnotationStatus, Mention, TaskData

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
"""Half a surrogate pair: JSON can write it, and no file in UTF-8 can hold it."""
_CONTROLS = (CLAIM, MARKS, MENTIONS, COMMENT)
_LABELS = {str(label): label for label in Label}
_SHOWN = 60
"""Characters of a value in a message: enough to recognize it in the file."""


class Unusable(NamedTuple):
    """Why something is set aside, and what was seen."""

    reason: str
    seen: str


class Claim(NamedTuple):
    """The status and label of an answer, or why it has none."""

    status: AnnotationStatus = AnnotationStatus.SKIPPED
    label: Label | None = None
    refused: Unusable | None = None


def by_control(result: object) -> tuple[dict[str, list[object]], list[Unusable]]:
    """Return the values of each control, and the items that are of none."""
    values: dict[str, list[object]] = {name: [] for name in _CONTROLS}
    unusable: list[Unusable] = []
    for item in as_list(result):  # an object of JSON is a dict, and to ask for a Mapping takes ten times as long
        name = item.get("from_name") if isinstance(item, dict) else None
        if isinstance(item, dict) and isinstance(name, str) and name in values:
            values[name].append(item.get("value"))
        elif isinstance(item, dict) and item.get("type") == "relation":
            ends = f"from {excerpt(item.get('from_id'))} to {excerpt(item.get('to_id'))}"
            unusable.append(Unusable("relation", ends))
        else:
            unusable.append(Unusable("unknown_control", excerpt(name or item)))
    return values, unusable


def claim_of(values: Sequence[object], *, cancelled: bool) -> Claim:
    """Return the one label of an answer; a skipped one has none, and needs none."""
    if cancelled:
        return Claim()
    chosen: dict[str, None] = {}
    for value in values:
        choices = _strings(value, "choices")
        if choices is None:
            return _refused("malformed", f"{CLAIM} is {excerpt(value)}")
        chosen.update(dict.fromkeys(choices))
    match list(chosen):
        case []:
            return _refused("no_label", f"no choice of {CLAIM}")
        case [choice]:
            return _label(choice)
        case several:
            return _refused("several_labels", excerpt(", ".join(several)))


def _label(choice: str) -> Claim:
    if choice == NOT_A_UNIT:
        return Claim(status=AnnotationStatus.NOT_A_UNIT)
    if label := _LABELS.get(choice):
        return Claim(AnnotationStatus.LABELLED, label)
    return _refused("unknown_label", excerpt(choice))


def _refused(reason: str, seen: str) -> Claim:
    return Claim(refused=Unusable(reason, seen))


def words_of(values: Sequence[object], control: str, key: str, unusable: list[Unusable]) -> tuple[str, ...]:
    """Return the words of a control's items, and note the items that hold something else."""
    words: list[str] = []
    for value in values:
        strings = _strings(value, key)
        if strings is None:
            unusable.append(Unusable("value", f"{control} is {excerpt(value)}"))
        words += strings or ()
    return tuple(words)


def mentions_of(values: Sequence[object], data: TaskData, unusable: list[Unusable]) -> tuple[Mention, ...]:
    """Return the spans that fit, in their order, and note those that do not."""
    fitting = []
    for value in values:
        start, end = (value.get("start"), value.get("end")) if isinstance(value, dict) else (None, None)
        if not (isinstance(value, dict) and isinstance(start, int) and isinstance(end, int)):
            unusable.append(Unusable("value", f"{MENTIONS} is {excerpt(value)}"))
            continue
        text = value.get("text") or ""
        words = data.source_text[start:end] if 0 <= start < end <= len(data.source_text) else ""
        if not words or (text and text != words):
            unusable.append(Unusable("span", f"{start}-{end} says {excerpt(text)} where the unit has {words!r}"))
            continue
        in_article = {"article_start": data.start + start, "article_end": data.start + end}
        fitting.append(Mention.of_checked({"start": int(start), "end": int(end), **in_article, "text": words}))
    if len(fitting) > 1:
        fitting.sort(key=lambda mention: (mention.start, mention.end))
    return tuple(fitting)


def _strings(value: object, key: str) -> list[str] | None:
    """Return the strings under the key, be it one or a list; none where there is something else."""
    content = value.get(key) if isinstance(value, dict) else None
    strings = [content] if isinstance(content, str) else content
    if not isinstance(strings, list):
        return None
    return strings if all(map(is_text, strings)) else None


def is_text(value: object) -> bool:
    """Tell whether the value is text that a file can hold."""
    return isinstance(value, str) and (value.isascii() or not _HALF_CHARACTER.search(value))


def text_of(value: str) -> str:
    """Return the text without what no file can hold."""
    return value if is_text(value) else _HALF_CHARACTER.sub("", value)


def as_list(value: object) -> Sequence[object]:
    """Return a list as it is, a single value as a list of one, and nothing as an empty list."""
    return value if isinstance(value, list) else () if value is None else [value]


def excerpt(value: object) -> str:
    """Return the beginning of a value for a message."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
