"""Suggestions by cues and encoder: what the encoder may change, what it says of itself, and languages without cues."""

from __future__ import annotations

import hashlib
import io
import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from suggestions import article_of

from annotator.errors import AnnotatorError, UsageError
from annotator.labels import Label
from annotator.models import Prediction
from annotator.package_data import read_table
from annotator.prediction import CuePredictor, heads
from annotator.prediction.cascade import JUDGED, NO_CUES, NO_SOURCE, REPORTED, STATED, is_weighed, weighed
from annotator.prediction.choice import chosen, make_predictor
from annotator.prediction.decision import RULES, Rule
from annotator.prediction.encoder import LANGUAGES
from annotator.prediction.encoder_predictor import EncoderPredictor
from annotator.prediction.heads import Said
from annotator.prediction.lexicon import languages

SOURCED, UNSOURCED, OPINION, RHETORIC = Label.SOURCED, Label.UNSOURCED, Label.OPINION, Label.RHETORIC
SHIPPED = files("annotator.prediction.heads").joinpath(heads.FILE).read_bytes()


def predicted(*texts: str, lang: str, block: str = "paragraph") -> list[Prediction]:
    rows = [{"text": text, "block": block} for text in texts]
    return EncoderPredictor().predict(article_of(rows, lang))


def rule(label: Label, score: float, name: str = "any") -> Rule:
    return Rule(name, label, score, lambda _features: True)


@pytest.mark.parametrize(
    ("decided", "subjective", "label"),
    [
        pytest.param(rule(UNSOURCED, 0.9, NO_SOURCE), 0.2, UNSOURCED, id="a fact"),
        pytest.param(rule(UNSOURCED, 0.45, NO_SOURCE), 0.2, UNSOURCED, id="a fact for which no word speaks"),
        pytest.param(rule(UNSOURCED, 0.9, NO_SOURCE), 0.55, UNSOURCED, id="perhaps a judgement, but with a date"),
        pytest.param(rule(UNSOURCED, 0.68, NO_SOURCE), 0.55, None, id="perhaps a judgement"),
        pytest.param(rule(UNSOURCED, 0.9, NO_SOURCE), 0.65, None, id="rather a judgement"),
        pytest.param(rule(UNSOURCED, 0.9, NO_SOURCE), 0.7, OPINION, id="a judgement"),
        pytest.param(rule(OPINION, 0.7), 0.9, OPINION, id="words of judgement"),
        pytest.param(rule(OPINION, 0.7), 0.4, None, id="words of judgement in a plain statement"),
    ],
)
def test_the_encoder_decides_where_the_cues_know_too_little(
    decided: Rule, subjective: float, label: Label | None
) -> None:
    verdict = weighed(decided, Said(subjective, 0.0))

    assert (verdict.label if verdict.score >= 0.6 else None) is label


def test_the_cues_have_the_rules_that_the_encoder_corrects() -> None:
    assert [found for found in RULES if found.name == NO_SOURCE and found.label is UNSOURCED and is_weighed(found)]


@pytest.mark.parametrize(
    "decided",
    [
        pytest.param(rule(UNSOURCED, 0.8, "source not identifiable"), id="words that blur a source"),
        pytest.param(rule(OPINION, 0.8), id="words that judge by themselves"),
        pytest.param(rule(SOURCED, 0.85), id="a named source"),
        pytest.param(rule(RHETORIC, 0.8), id="a figure of speech"),
        pytest.param(rule(RHETORIC, 0.4), id="a guess"),
    ],
)
def test_a_unit_whose_words_decide_is_not_sent_to_the_encoder(decided: Rule) -> None:
    assert not is_weighed(decided)


def test_a_label_that_the_encoder_gives_has_a_reason_with_its_probability() -> None:
    [found] = predicted("Cette manie de tout réglementer finit par lasser les gens.", lang="fr")

    assert found.label is OPINION
    [reason] = found.cues
    assert re.fullmatch(re.escape(JUDGED) + r" \([789]\d%\)", reason.name)


def test_what_the_cues_are_sure_of_keeps_their_reasons() -> None:
    text = "Selon l’Insee, les prix ont augmenté de 2 % en un an."
    [by_cues] = CuePredictor().predict(article_of([{"text": text}], "fr"))
    [found] = predicted(text, lang="fr")

    assert found == by_cues.model_copy(update={"model_version": found.model_version})


@pytest.mark.parametrize(
    ("lang", "text", "label", "reason"),
    [
        pytest.param("it", "Il ponte è stato chiuso nel 2019.", UNSOURCED, STATED, id="Italian fact"),
        pytest.param("pt", "A ponte foi fechada em 2019.", UNSOURCED, STATED, id="Portuguese fact"),
        pytest.param("nl", "Het is een schande dat niemand hier iets aan doet.", OPINION, JUDGED, id="Dutch opinion"),
    ],
)
def test_a_language_without_cues_gets_suggestions_and_is_told_so(
    lang: str, text: str, label: Label, reason: str
) -> None:
    [found] = predicted(text, lang=lang)

    assert found.label is label
    assert [cue.name.partition(" (")[0] for cue in found.cues] == [reason, NO_CUES]


@pytest.mark.parametrize(
    ("lang", "text", "block"),
    [
        pytest.param("it", "Chi pagherà il conto?", "paragraph", id="question"),
        pytest.param("it", "Il ponte è stato chiuso nel 2019.", "post", id="post"),
        pytest.param("sv", "Bron stängdes 2019.", "paragraph", id="language that the encoder never saw"),
    ],
)
def test_what_the_encoder_cannot_judge_gets_no_suggestion(lang: str, text: str, block: str) -> None:
    [found] = predicted(text, lang=lang, block=block)

    assert (found.label, found.score, found.cues) == (None, None, ())


def test_every_reason_of_the_encoder_is_said_in_french() -> None:
    french = read_table("annotator.labelstudio.interface", "fr.toml")["reasons"]

    assert {JUDGED, STATED, REPORTED, NO_CUES} <= french.keys()


def test_the_version_names_the_cues_that_it_corrects() -> None:
    assert EncoderPredictor.version.endswith(f"+cues-{CuePredictor.version}")
    assert predicted("Le pont est fermé.", lang="fr")[0].model_version == f"encoder-{EncoderPredictor.version}"


def test_the_encoder_serves_every_language_of_the_cues() -> None:
    assert set(languages()) <= LANGUAGES


@pytest.mark.parametrize("content", [b"", SHIPPED[:-1], b"PK" + SHIPPED], ids=["empty", "cut short", "foreign"])
def test_weights_that_are_damaged_or_foreign_are_refused(content: bytes) -> None:
    with pytest.raises(AnnotatorError, match="not the weights"):
        heads.read_heads(content, heads.SHA256)


def test_weights_of_another_shape_are_refused() -> None:
    stream = io.BytesIO()
    np.savez(stream, subjective=np.zeros(3), sourced=np.zeros(3))
    content = stream.getvalue()

    with pytest.raises(AnnotatorError, match="shape"):
        heads.read_heads(content, hashlib.sha256(content).hexdigest())


def test_weights_that_would_have_to_be_unpickled_are_refused() -> None:
    stream = io.BytesIO()
    np.savez(stream, subjective=np.array([{}]), sourced=np.array([{}]))
    content = stream.getvalue()

    with pytest.raises(AnnotatorError, match="no weights"):
        heads.read_heads(content, hashlib.sha256(content).hexdigest())


def test_auto_is_what_the_run_has_pinned_and_else_the_encoder() -> None:
    assert chosen("auto") == "encoder"
    assert chosen("auto", pinned="cues") == "cues"
    assert chosen("cues", pinned="encoder") == "cues"


def test_a_run_whose_model_is_elsewhere_asks_where_it_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the run takes its suggestions from it") as moved:
        chosen("auto", pinned=str(tmp_path / "team.model"))
    assert "--predictor FILE" in moved.value.hint


def test_a_predictor_that_is_no_name_has_to_be_a_model() -> None:
    with pytest.raises(UsageError, match="models/none: no such model"):
        make_predictor("models/none", min_score=0.6)
