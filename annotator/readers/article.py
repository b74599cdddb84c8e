"""The one place where an article gets its canonical text, its id and its revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.errors import InputError
from annotator.models import Article, Aside, Block, BlockKind
from annotator.text import canonical, digest, one_line

VERSION = "1"


@dataclass(frozen=True)
class Known:
    """What the source says about an article; an empty string where it says nothing."""

    article_id: str = ""
    title: str = ""
    url: str = ""
    site: str = ""
    published: str = ""
    declared_language: str = ""
    rights: str = ""


def make_article(
    raw: str, known: Known, *, source: str, notes: Sequence[str] = (), asides: Sequence[Aside] = ()
) -> Article:
    """Return the article. A title that the text does not start with is put in front of it, as its first block.

    `asides` are spans of the canonical form of `raw`.

    Raises:
        InputError: nothing but white space is left, or the text cannot be stored as UTF-8.
    """
    body, changed = canonical(raw)
    _check(body)
    title, _ = canonical(one_line(known.title))
    in_front = bool(title) and one_line(body[: 2 * len(title) + 64]).find(title) != 0
    shift = len(title) + 2 if in_front else 0
    text = f"{title}\n\n{body}" if in_front else body
    revision = digest(text, 16)
    return Article(
        article_id=known.article_id or known.url or revision,
        revision=revision,
        text=text,
        title=title,
        title_origin="metadata" if in_front else "text" if title else "",
        url=known.url,
        site=known.site,
        published=known.published,
        declared_language=known.declared_language,
        source_file=source,
        signature=f"read text-{VERSION}",
        rights=known.rights,
        notes=(*notes, *([f"Unicode NFC changed {changed} characters"] if changed else [])),
        blocks=(Block(kind=BlockKind.TITLE, start=0, end=len(title)),) if in_front else (),
        asides=tuple(
            aside.model_copy(update={"start": aside.start + shift, "end": aside.end + shift}) for aside in asides
        ),
    )


def _check(body: str) -> None:
    if not body.strip():
        raise InputError("nothing but white space", reason="empty")
    if "\x00" in body:
        raise InputError(f"a NUL character at {body.index(chr(0))}", reason="binary", hint="hand in plain text")
    try:
        body.encode("utf-8")
    except UnicodeEncodeError as error:
        message = f"half a character (a lone surrogate, {body[error.start]!r}) at {error.start}"
        raise InputError(message, reason="surrogate", hint="export the text again from its source") from error
