"""The annotation guidelines: Markdown for people and datasets, HTML for Label Studio's instruction page."""

from __future__ import annotations

from annotator.package_data import languages_in, read_data


def languages() -> tuple[str, ...]:
    """Return the languages in which there are guidelines."""
    return languages_in(__name__, ".md")


def markdown(language: str) -> str:
    """Return the guidelines in one of `languages()`."""
    return read_data(__name__, f"{language}.md")


def html(language: str) -> str:
    """Return the guidelines as an HTML fragment. Label Studio drops `style` attributes but keeps a style sheet."""
    from markdown_it import MarkdownIt

    css = read_data(__name__, "page.css")
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown(language))
    return f'<style>{css}</style><div class="guidelines">{body}</div>'
