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
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from annotator.dataset.records import PSEUDONYM_DIGITS, Rename, is_pseudonym, qualified
from annotator.errors import UsageError
from annotator.models import Record, Retention, TaskData, Vote

KEY_FILE = "annotator-names.key"
_OPEN = re.compile(
    r"cc0|cc[ -]?by\b(?!.*\bnd\b)|public domain|creativecommons\.org/(publicdomain|licenses/by(-sa|-nc)*/)",
    re.IGNORECASE,
)

# Full stops and hyphens within a handle belong to it, those at its end to the sentence. The second form of a handle is
# that of a single letter.
_E_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HANDLE = re.compile(r"(?<![\w@])@\w[\w.-]*\w|(?<![\w@])@\w")

_CONTEXT = ("before", "before_translated", "after", "after_translated")
# The codes of warnings are not among them: they hold no text, and say how far the labels can be trusted.
_TEXTS = (
    *_CONTEXT,
    "article_title",
    "article_title_translated",
    "source_text",
    "translated_text",
    "translation_warnings",
    "suggestion_reasons",
)
_MASKED = (*_TEXTS, "post", "source_line", "url", "author")
_WORDS = 80
"""Characters of a field of the article's row that may leave where the article itself may not: a desk's name, a code."""


def pseudonyms(data_dir: Path) -> Rename:
    """Return a function from an annotator and the server whose user that is to a stable pseudonym.

    It is keyed (HMAC-SHA-256, RFC 2104), so that nobody without the key in `data_dir` can try out names. The key is
    made at the first use, readable by its owner alone. A pseudonym of an earlier dataset stays what it is.

    Raises:
        UsageError: the key cannot be read or written.
    """
    key = _key(data_dir / KEY_FILE)
    pseudonym_of: dict[str, str] = {}

    def pseudonym(annotator: str, server: str) -> str:
        if is_pseudonym(annotator):
            return annotator
        name = qualified(annotator, server)
        if name not in pseudonym_of:
            pseudonym_of[name] = "a-" + hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_DIGITS]
        return pseudonym_of[name]

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


def protect(record: Record, *, mask: bool) -> Record:
    """Return the record with as much text as its article's owner lets out, and handles masked where asked for."""
    extra = record.data.model_extra or {}
    rights = str(extra.get("rights") or "")
    retention = retention_of(str(extra.get("retention") or ""), rights)
    data = record.data.model_dump()
    votes = [vote.model_dump() for vote in record.votes]
    if mask:
        _mask(data, votes)
    _strip(data, votes, retention)
    return record.model_copy(
        update={
            "data": TaskData.model_construct(**data),
            "votes": tuple(Vote.model_validate(vote) for vote in votes),
            "quote": record.quote if retention is Retention.FULL and not mask else None,
            "rights": rights,
            "retention": retention,
        }
    )


def needs_protection(record: Record, *, mask: bool) -> bool:
    """Tell whether `protect` would change anything: it costs more than all the rest of a record."""
    extra = record.data.model_extra
    return mask or bool(extra and (extra.get("rights") or extra.get("retention")))


def retention_of(stated: str, rights: str) -> Retention:
    """Return how much may leave.

    A `retention` that is none of ours, or rights that are not an open licence, keep the text. An open licence allows
    copies of the text in a data set: CC0, CC BY and its forms but for "no derivatives".
    """
    if stated:
        return Retention(stated) if stated in set(Retention) else Retention.OFFSETS
    return Retention.FULL if not rights or _OPEN.search(rights) else Retention.OFFSETS


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
    """Return those fields of the article's row that are words or numbers, and no text of it."""
    return {name: value for name, value in fields.items() if _is_words(value) and value != title}


def _is_words(value: JsonValue) -> bool:
    if isinstance(value, dict | list):
        return all(map(_is_words, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, str) or len(value) <= _WORDS


def _crossed(match: re.Match[str]) -> str:
    return re.sub(r"[^@]", "x", match[0])


def _mask(data: dict[str, Any], votes: list[dict[str, Any]]) -> None:
    bare = [handle[1:] for handle in _HANDLE.findall(data["post"])]
    for name in _MASKED:
        data[name] = masked(data[name])
    data["source"] = masked_value(data["source"])
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
    data["source"] = without_texts(data["source"], data["article_title"]) if keeps_words else {}
    data.update(dict.fromkeys(_CONTEXT if retention is Retention.UNITS else _TEXTS, ""))
    if retention is Retention.OFFSETS:
        for vote in votes:
            vote["comment"] = ""
            for mention in vote["mentions"]:
                mention["text"] = ""
