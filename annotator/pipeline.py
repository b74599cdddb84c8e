"""Article -> tasks. The flow on one screen; it knows the plug points and no implementation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotator import __version__
from annotator.language_tags import language_of
from annotator.models import Article, BlockKind, Language, Prediction, Task, Translation, Unit
from annotator.protocols import LanguageIdentifier, Predictor, Segmenter, Translator
from annotator.tasks import long_fields, make_tasks
from annotator.text import reading_form

SAME_LANGUAGE = "same-language"
_SHOWN = 40


@dataclass(frozen=True)
class Processed:
    """An article and everything made of it; translations, predictions and tasks stand in the order of its units."""

    article: Article
    translations: tuple[Translation, ...]
    predictions: tuple[Prediction, ...]
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class Pipeline:
    """The parts, chosen by `assemble`, and the two languages of a run; no `language` means that it is identified."""

    identifier: LanguageIdentifier
    segmenter: Segmenter
    translator: Translator
    predictor: Predictor
    target: str
    language: str = ""
    forgotten: frozenset[str] = frozenset()
    """Ids of articles that a run leaves out."""

    def process(self, articles: Sequence[Article]) -> list[Processed]:
        """Return what becomes of each article, in order. Units of all articles are translated together."""
        segmented = [self.segment(article) for article in articles]
        translated = self.translate([unit for article in segmented for unit in article.units])
        return [self.finish(article, translated) for article in segmented]

    def segment(self, article: Article) -> Article:
        """Identify the article's language, and find its blocks, asides and units."""
        language = self._named_language() or self.identifier.article(article.text, article.declared_language)
        signature = "|".join(
            (
                f"annotator {__version__}",
                article.signature,
                f"segment {self.segmenter.name}-{self.segmenter.version}",
                f"langid {self.identifier.name}-{self.identifier.version}",
            )
        )
        notes = (*article.notes, *_declaration_notes(article.declared_language, language.tag), *_long_notes(article))
        identified = article.model_copy(update={"language": language, "signature": signature, "notes": notes})
        return self._with_named_language(self.segmenter.segment(identified, self.identifier))

    def _with_named_language(self, article: Article) -> Article:
        """Give every unit the language that the user named, but for posts, which are often in another one."""
        if not (language := self._named_language()):
            return article
        units = tuple(
            unit if unit.block is BlockKind.POST else unit.model_copy(update={"language": language})
            for unit in article.units
        )
        return article.model_copy(update={"units": units})

    def _named_language(self) -> Language | None:
        return Language(tag=self.language, confidence=1.0) if self.language else None

    def translate(self, units: Sequence[Unit]) -> dict[str, Translation]:
        """Translate each language's units in one call; the result is keyed by unit id."""
        by_language: dict[str, list[Unit]] = {}
        for unit in units:
            by_language.setdefault(unit.language.tag, []).append(unit)
        return {
            unit.unit_id: translation.model_copy(update={"unit_id": unit.unit_id})
            for source, group in by_language.items()
            for unit, translation in zip(group, self._translations(source, group), strict=True)
        }

    def _translations(self, source: str, units: Sequence[Unit]) -> list[Translation]:
        if source == self.target:
            no_translation = Translation(text="", source=source, target=self.target, engine=SAME_LANGUAGE)
            return [no_translation] * len(units)
        texts = [reading_form(unit.text) for unit in units]
        return self.translator.translate(texts, source=source, target=self.target)

    def finish(self, article: Article, translated: Mapping[str, Translation]) -> Processed:
        """Predict labels for a segmented article and make its tasks."""
        translations = tuple(translated[unit.unit_id] for unit in article.units)
        predictions = tuple(self.predictor.predict(article))
        predictor = f"predict {self.predictor.name}-{self.predictor.version}"

        def signature(translation: Translation) -> str:
            engine = ":".join(filter(None, (translation.engine, translation.model)))
            version = "" if translation.engine == SAME_LANGUAGE else f" {self.translator.version}"
            options = f" ({translation.options})" if translation.options else ""
            return f"{article.signature}|translate {engine}/{translation.target}{version}{options}|{predictor}"

        tasks = make_tasks(article, translations, predictions, signature=signature)
        return Processed(article=article, translations=translations, predictions=predictions, tasks=tasks)


def _long_notes(article: Article) -> tuple[str, ...]:
    return tuple(f"field {name!r} is long and in no task: articles.jsonl has it" for name in long_fields(article))


def _declaration_notes(declared: str, tag: str) -> tuple[str, ...]:
    """Report a declared language that the article does not have, or that is none."""
    said = language_of(declared)
    if not declared or said == language_of(tag):
        return ()
    if not said:
        return (f"declared language {declared[:_SHOWN]!r} is not a language tag like fr or pt-BR",)
    return (f"declared as {said}, read as {tag}",)
