"""What must not leave: who the annotators are, whom posts name, and text whose owner keeps it.

`rights` and `retention` are read from the task's own data, where a pipeline or an import put them; see
`docs/formats.md`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from annotator.dataset.records import PSEUDONYM_DIGITS, Rename, is_pseudonym, qualified
from annotator.errors import UsageError
from annotator.licences import Standing, standing_of
from annotator.models import Record, Retention, TaskData, Vote

KEY_FILE = "annotator-names.key"
_STRICTNESS = {Retention.FULL: 0, Retention.UNITS: 1, Retention.OFFSETS: 2}
_STATED = {str(retention): retention for retention in Retention}
# Full stops and hyphens within a handle belong to it, those at its end to the sentence. The second form of a handle is
# that of a single letter.
_E_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HANDLE = re.compile(r"(?<![\w@])@\w[\w.-]*\w|(?<![\w@])@\w")

_CONTEXT = (
    "before",
    "before_translated",
    "after",
    "after_translated",
    "article_title",
    "article_title_translated",
)
_NO_CONTEXT = dict.fromkeys(_CONTEXT, "")
# The codes of warnings are not among them: they hold no text, and say how far the labels can be trusted.
_TEXTS = (
    *_CONTEXT,
    "source_text",
    "translated_text",
    "translation_warnings",
    "suggestion_reasons",
)
_KNOWN = frozenset(TaskData.model_fields)
"""Fields of a task. Others somebody else has put there, and they may hold the whole article; but not those two."""
_ABOUT_RIGHTS = ("rights", "retention")
_WITHHELD = "withheld"
"""In the place of a verdict's reason, without which it would be an answer like the others."""
_MASKED = (*_TEXTS, "post", "source_line", "site", "url", "published", "author", "section")
_WORDS = 80
"""Characters of a field of the article's row that may leave where the article itself may not: a desk's name, a code.

A list counts as a whole: an article cut into its sentences, or into its words, is the article."""


def pseudonyms(data_dir: Path) -> Rename:
    """Return a function from an annotator and the server whose user that is to a stable pseudonym.

    It is keyed (HMAC-SHA-256, RFC 2104), so that nobody without the key in `data_dir` can try out names. The key is
    made at the first use, readable by its owner alone. A pseudonym of an earlier dataset stays what it is.

    Raises:
        UsageError: the key cannot be read or written.
    """
    key = _key(data_dir / KEY_FILE)

    @lru_cache(maxsize=10_000)
    def pseudonym(annotator: str, server: str) -> str:
        if is_pseudonym(annotator):
            return annotator
        name = qualified(annotator, server)
        return "a-" + hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_DIGITS]

    return pseudonym


def _key(path: Path) -> bytes:
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
                stream.write(secrets.token_hex(32) + "\n")
        key = path.read_bytes().strip()
    except FileExistsError:
        key = path.read_bytes().strip()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="set ANNOTATOR_DATA_DIR, or export with --names") from error
    if not key:
        raise UsageError(f"{path}: it holds no key", hint="move it away; the pseudonyms will then be new ones")
    return key


def strictest(*stated: Retention) -> Retention:
    """Return that by which the least of a text leaves."""
    return max(stated, key=_STRICTNESS.__getitem__)


@dataclass(frozen=True)
class TextPolicy:
    """How much of the texts may leave, beside what the rights and the row of each article say."""

    retention: Retention = Retention.FULL
    """The most that leaves of any article."""
    include_text: bool = False
    """Whoever exports may pass on texts whose rights are reserved or unknown."""
    mask_handles: bool = False

    def of(self, stated: str, standing: Standing) -> Retention:
        """Return the strictest of what the row states, what the rights let out, and what was asked for.

        Of a text that is not free the units alone leave, which are short quotations. A statement that is none of ours
        keeps the text.
        """
        own = _STATED.get(stated, Retention.OFFSETS) if stated else Retention.FULL
        is_free = standing is Standing.OPEN or self.include_text
        return strictest(own, self.retention, Retention.FULL if is_free else Retention.UNITS)


@lru_cache(maxsize=10_000)
def known_standing(rights: str) -> Standing:
    """Return what the rights say; all articles of a site say it in the same words."""
    return standing_of(rights)


def protect(record: Record, policy: TextPolicy) -> Record:
    """Return the record with as much text as may leave, and handles masked where asked for."""
    data, extra = record.data, record.data.model_extra or {}
    rights = str(extra.get("rights") or "")
    retention = policy.of(str(extra.get("retention") or ""), known_standing(rights))
    is_whole = retention is Retention.FULL and not policy.mask_handles
    if is_whole and not rights:
        return record
    fields = record.__dict__.copy()
    fields["rights"], fields["retention"] = masked(rights) if policy.mask_handles else rights, retention
    if not is_whole:
        fields["quote"] = None
    if policy.mask_handles or retention is Retention.OFFSETS:
        fields |= _masked_or_bare(record, retention, mask=policy.mask_handles)
    elif retention is Retention.UNITS:
        shown = data.__dict__.copy()
        shown.update(_NO_CONTEXT)
        if data.source:
            shown["source"] = without_texts(data.source, data.article_title)
        shown |= {name: extra[name] for name in _ABOUT_RIGHTS if name in extra}
        shown |= without_texts(extra, data.article_title)
        fields["data"] = data.of_checked(shown)
    fields.update(record.model_extra or {})
    return record.of_checked(fields)


def _masked_or_bare(record: Record, retention: Retention, *, mask: bool) -> dict[str, Any]:
    data = record.data.model_dump()
    votes = [vote.model_dump() for vote in record.votes]
    if mask:
        _mask(data, votes)
    _strip(data, votes, retention)
    kept = tuple(Vote.model_validate(vote) for vote in votes)
    gold = record.gold and record.gold.model_copy(update={"reason": ""} if retention is Retention.OFFSETS else {})
    return {"data": TaskData.model_construct(**data), "votes": kept, "gold": gold}


def masked(text: str) -> str:
    """Return the text with the letters of handles and e-mail addresses as x: every offset still holds."""
    while (crossed_out := _HANDLE.sub(_crossed, _E_MAIL.sub(_crossed, text))) != text:
        text = crossed_out  # what one crossing out leaves may be an address again: 1@1.1@1.1
    return text


def masked_value(value: JsonValue) -> JsonValue:
    """Return a field of the article's row with handles crossed out in all of its texts."""
    if isinstance(value, dict):
        return {name: masked_value(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [masked_value(inner) for inner in value]
    return masked(value) if isinstance(value, str) else value


def without_texts(fields: Mapping[str, JsonValue], title: str) -> dict[str, JsonValue]:
    """Return those fields of the article's row that are words or numbers, and no text of it, be it cut into a list."""
    return {name: value for name, value in fields.items() if _is_words([*_words_in(value)], title)}


def _is_words(words: Sequence[str], title: str) -> bool:
    return sum(map(len, words)) <= _WORDS and title not in words


def _words_in(value: JsonValue) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _words_in(inner)
    elif isinstance(value, str):
        yield value


def _crossed(match: re.Match[str]) -> str:
    return re.sub(r"[^@]", "x", match[0])


def _mask(data: dict[str, Any], votes: list[dict[str, Any]]) -> None:
    bare = [handle[1:] for handle in _HANDLE.findall(data["post"])]
    for name in _MASKED:
        data[name] = masked(data[name])
    for name in ("source", *(data.keys() - _KNOWN)):
        data[name] = masked_value(data[name])
    for handle in bare:
        data["post"] = re.sub(rf"(?<=/){re.escape(handle)}(?=[/?#]|$)", "x" * len(handle), data["post"])
    for vote in votes:
        vote["comment"] = masked(vote["comment"])
        for mention in vote["mentions"]:
            mention["text"] = data["source_text"][mention["start"] : mention["end"]]


def _strip(data: dict[str, Any], votes: list[dict[str, Any]], retention: Retention) -> None:
    if retention is Retention.FULL:
        return
    keeps_words = retention is Retention.UNITS
    title, unknown = data["article_title"], {name: data.pop(name) for name in [*data] if name not in _KNOWN}
    data["source"] = without_texts(data["source"], title) if keeps_words else {}
    data |= {name: unknown[name] for name in _ABOUT_RIGHTS if name in unknown}
    data |= without_texts(unknown, title) if keeps_words else {}
    data.update(dict.fromkeys(_CONTEXT if retention is Retention.UNITS else _TEXTS, ""))
    if retention is Retention.OFFSETS:
        for vote in votes:
            vote["comment"] = ""
            vote["adjudication"] = vote["adjudication"] and _WITHHELD
            for mention in vote["mentions"]:
                mention["text"] = ""
