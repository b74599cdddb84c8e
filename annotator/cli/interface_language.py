"""`--interface`: the language of the form's own texts."""

from __future__ import annotations

from typing import Annotated

import typer


def checked_language(language: str | None) -> str | None:
    """Return the language if the form speaks it.

    Raises:
        UsageError: it does not.
    """
    from annotator.errors import UsageError
    from annotator.labelstudio.interface import languages

    if language is not None and language not in languages():
        hint = f"choose one of: {', '.join(languages())}"
        raise UsageError(f"--interface {language!r}: the form has no texts in this language", hint=hint)
    return language


InterfaceLanguage = Annotated[
    str | None,
    typer.Option(
        help="Language of the form's own texts: en or fr.",
        show_default="en in a new project",
        callback=checked_language,
    ),
]
