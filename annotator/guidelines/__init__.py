"""The annotation guidelines: Markdown for people and datasets, HTML for Label Studio's instruction page."""

from __future__ import annotations

from importlib.resources import files

LANGUAGES = ("en", "fr")


def markdown(language: str) -> str:
    """Return the guidelines in one of `LANGUAGES`."""
    return files(__package__).joinpath(f"{language}.md").read_text(encoding="utf-8")


def html(language: str) -> str:
    """Return the guidelines as an HTML fragment. Label Studio drops `style` attributes but keeps a style sheet."""
    from markdown_it import MarkdownIt

    css = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown(language))
    return f'<style>{css}</style><div class="guidelines">{body}</div>'
