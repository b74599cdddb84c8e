"""The annotation guidelines: Markdown for people and datasets, HTML for Label Studio's instruction page."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import NamedTuple

from annotator.errors import UsageError
from annotator.package_data import languages_in, read_data
from annotator.team import OwnGuidelines

_LARGEST = 200_000
"""Bytes; ours fill 20,000."""
_FRENCH_BLANK = re.compile(" (?=[:;!?»])|(?<=«) ")


class OfTeam(NamedTuple):
    """Guidelines of a team's own, in Markdown."""

    version: str
    text: str


def languages() -> tuple[str, ...]:
    """Return the languages in which there are guidelines."""
    return languages_in(__name__, ".md")


def markdown(language: str) -> str:
    """Return the guidelines in one of `languages()`."""
    return read_data(__name__, f"{language}.md")


def html(language: str) -> str:
    """Return the guidelines as an HTML fragment."""
    return typeset(_html(markdown(language)), language)


def typeset(text: str, language: str) -> str:
    """Return a text with the blanks of French that no line may break at."""
    return _FRENCH_BLANK.sub("\N{NO-BREAK SPACE}", text) if language == "fr" else text


def html_of(name: str, folder: Path) -> str:
    """Return a team's own guidelines, a file in `folder` or below it, as an HTML fragment.

    Raises:
        UsageError: as for `markdown_of`.
    """
    return _html(markdown_of(name, folder))


def of_team(own: OwnGuidelines | None, folder: Path) -> OfTeam | None:
    """Return the guidelines that the settings name; none where they name none.

    Raises:
        UsageError: as for `markdown_of`.
    """
    return OfTeam(own.version, markdown_of(own.file, folder)) if own else None


def markdown_of(name: str, folder: Path) -> str:
    """Return a team's own guidelines, a file in `folder` or below it.

    Raises:
        UsageError: it cannot be read, or a link leads out of the folder: its text is for everybody who labels.
    """
    path, hint = folder / name, "[guidelines] in annotator.toml names it"
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise UsageError(f"{name}: leads out of the folder of annotator.toml", hint=hint)
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError(f"{name}: is not a file", hint=hint)
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise UsageError(f"{name}: is larger than {_LARGEST:,} bytes, which nobody reads", hint=hint)
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: is not UTF-8 (byte {error.start + 1})", hint="save it again as UTF-8") from None
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}", hint=hint) from error


def _html(text: str) -> str:
    """Label Studio drops `style` attributes but keeps a style sheet."""
    from markdown_it import MarkdownIt

    css = read_data(__name__, "page.css")
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return f'<style>{css}</style><div class="guidelines">{body}</div>'
