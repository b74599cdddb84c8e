from __future__ import annotations

import fakes
import pytest

from annotator.models import Article, Block, BlockKind, Post, Translation, TranslationWarning
from annotator.pipeline import Pipeline, Processed
from annotator.readers.article import SourceMetadata, make_article


@pytest.fixture
def pipeline() -> Pipeline:
    return Pipeline(
        identifier=fakes.OneLanguage(),
        segmenter=fakes.Lines(),
        translator=fakes.Upper(),
        predictor=fakes.FirstWord(),
        target="en",
    )


def article(text: str, **known: str) -> Article:
    return make_article(text, SourceMetadata(**known), source="t.txt")


def one(pipeline: Pipeline, text: str, **known: str) -> Processed:
    (processed,) = pipeline.process([article(text, **known)])
    return processed


def test_units_of_many_articles_are_translated_in_one_call(pipeline: Pipeline) -> None:
    pipeline.process([article("un\ndeux", article_id="a"), article("trois", article_id="b")])
    assert pipeline.translator.calls == [("un", "deux", "trois")]  # type: ignore[attr-defined]


def test_unit_in_the_target_language_is_not_translated_and_says_so(pipeline: Pipeline) -> None:
    english, french = one(pipeline, "en: hello\nbonjour").tasks
    assert (english.data.translated_text, english.data.translation_engine) == ("", "same-language")
    assert (french.data.translated_text, french.data.translation_engine) == ("BONJOUR", "upper")
    assert english.data.target_lang == french.data.target_lang == "en"


def test_context_is_the_neighbouring_units_with_their_translations(pipeline: Pipeline) -> None:
    tasks = one(pipeline, "un\ndeux\ntrois").tasks
    seen = [(t.data.before, t.data.before_translated, t.data.after, t.data.after_translated) for t in tasks]
    assert seen == [("", "", "deux", "DEUX"), ("un", "UN", "trois", "TROIS"), ("deux", "DEUX", "", "")]


def test_suggestion_is_shown_with_its_words_and_absent_without_a_label(pipeline: Pipeline) -> None:
    with_label, without = (task for task in one(pipeline, "opinion oui\nrien").tasks)
    assert (with_label.data.suggested_label, with_label.data.suggestion_reasons) == ("opinion", "opinion")
    assert with_label.predictions[0].result[0].value.choices == ("opinion",)
    assert (without.data.suggested_label, without.data.suggested_score, without.data.suggestion_reasons) == ("", "", "")
    assert without.predictions == ()


def test_what_tells_of_the_article_is_in_each_of_its_tasks_but_for_long_fields(pipeline: Pipeline) -> None:
    known = {"url": "https://x.example/1", "published": "2025-01", "author": "Ana", "section": "Local"}
    row = article("un\ndeux", **known).model_copy(update={"source": {"desk": "nord", "body": "x" * 2000}})
    (processed,) = pipeline.process([row])
    assert [{name: getattr(task.data, name) for name in known} for task in processed.tasks] == [known, known]
    assert {task.data.article_language for task in processed.tasks} == {"fr"}
    assert [task.data.source for task in processed.tasks] == [{"desk": "nord"}, {"desk": "nord"}]
    assert processed.article.notes[-1] == "field 'body' is long and in no task: articles.jsonl has it"


def test_source_line_holds_what_is_known_on_one_line(pipeline: Pipeline) -> None:
    (task,) = one(pipeline, "un", site="Le\nJournal", published="2025-01", url="https://x.example/1").tasks
    assert task.data.source_line == "Le Journal · 2025-01 · https://x.example/1"


def test_language_given_by_the_user_is_not_identified(pipeline: Pipeline) -> None:
    asked = Pipeline(**{**vars(pipeline), "language": "oc"})
    assert one(asked, "un").article.language.tag == "oc"


@pytest.mark.parametrize(
    ("declared", "notes"),
    [
        ("", ()),
        ("fr-CA", ()),
        ("de", ("declared as de, read as fr",)),
        ("French", ("declared language 'French' is not a language tag like fr or pt-BR",)),
    ],
)
def test_declared_language_that_the_article_does_not_have_is_noted(
    pipeline: Pipeline, declared: str, notes: tuple[str, ...]
) -> None:
    assert one(pipeline, "bonjour", declared_language=declared).article.notes == notes


def test_signature_names_every_step_with_its_version(pipeline: Pipeline) -> None:
    (task,) = one(pipeline, "un").tasks
    assert [step.split()[0] for step in task.data.signature.split("|")] == [
        *("annotator", "read", "segment", "langid", "translate", "predict")
    ]
    assert "lines-1" in task.data.signature
    assert "translate upper/en 1" in task.data.signature


def test_post_line_names_platform_author_handle_date_and_address() -> None:
    from annotator.tasks import _post_line

    post = Post(
        platform="X (Twitter)", author="Nom inventé", handle="@nom", date="2025-01-29", permalink="https://x.example/1"
    )
    known = article("un")
    block = Block(kind=BlockKind.POST, start=0, end=2, post=post)
    unit = fakes._unit(known, 0, 0, "un")
    line = _post_line(known.model_copy(update={"blocks": (block,)}), unit)
    assert line == "X (Twitter) · Nom inventé · @nom · 2025-01-29 · https://x.example/1"


def test_codes_of_warnings_reach_the_task_beside_the_line_that_people_read() -> None:
    from annotator.tasks import _translation_fields

    warnings = (
        TranslationWarning(code="lost_name", detail="expected Kerouan; not found"),
        TranslationWarning(code="no_engine"),
    )
    translation = Translation(text="", source="fr", target="en", engine="none", warnings=warnings)
    fields = _translation_fields(translation)
    assert fields["translation_warnings"] == "expected Kerouan; not found; no_engine"
    assert fields["translation_warning_codes"] == ("lost_name", "no_engine")
