"""Whether anything here translates what a job is about to read: told from its first article, before it begins."""

from __future__ import annotations

from contextlib import closing

from annotator.langid import Identifier
from annotator.models import UND, Article
from annotator.preparation.job import Job
from annotator.readers import STDIN, read
from annotator.settings import Settings
from annotator.translation import make_translator


def unserved_pair(job: Job) -> tuple[str, str]:
    """Return the languages of the first article and of the run if a model could translate it and nothing here does.

    Standard input, which can be read once, is not looked at. Both are empty where there is nothing to say.
    """
    settings = job.settings
    source = settings.source_language or _first_language(job)
    if source in ("", UND.tag, settings.target_language) or settings.translator not in ("auto", "argos"):
        return "", ""
    translator = make_translator(settings.translator, packages_dir=settings.argos_packages_dir)
    with closing(translator):
        return ("", "") if translator.serves(source, settings.target_language) else (source, settings.target_language)


def _first_language(job: Job) -> str:
    if STDIN in job.inputs:
        return ""
    outcomes = read(job.inputs, fields=job.settings.fields, encoding=job.settings.encoding)
    first = next((outcome for outcome in outcomes if isinstance(outcome, Article)), None)
    return _identified(first, job.settings) if first else ""


def _identified(article: Article, settings: Settings) -> str:
    identifier = Identifier(languages=settings.candidate_languages)
    return identifier.article(article.text, article.declared_language).tag
