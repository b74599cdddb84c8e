"""What one pass over the records tells, by group and with its policy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from annotator.agreement import AgreementOptions, AgreementReport, measure_agreement
from annotator.agreement.measurement import ACROSS, NO_READERS_NAMED, ORIGINAL, TRANSLATION
from annotator.dataset.records import make_record
from annotator.labels import Label
from annotator.models import Annotation, AnnotationStatus, BlockKind, Record, TaskData, UnitKind

SAID = {"s": Label.SOURCED, "u": Label.UNSOURCED, "o": Label.OPINION, "r": Label.RHETORIC}


def record(answers: str, *, number: int = 0, article: str = "a", **fields: object) -> Record:
    """One unit and its answers: `"so-n"` is sourced by 1, opinion by 2, a skip by 3, not a unit by 4."""
    data = task_data(f"{article}:{number}", article, number, fields)
    lines = [answer(data, str(who), said, fields) for who, said in enumerate(answers, start=1)]
    return make_record(lines)


def task_data(unit: str, article: str, number: int, fields: dict[str, object]) -> TaskData:
    blank = dict.fromkeys(TaskData.model_fields, "")
    known = {
        "unit_id": unit,
        "article_id": article,
        "position": number,
        "kind": UnitKind.SENTENCE,
        "block": BlockKind.PARAGRAPH,
        "start": 0,
        "end": 5,
        "source_text": "Texte",
        "source_lang": "fr",
    }
    return TaskData.model_validate({**blank, **known, **{k: v for k, v in fields.items() if k in blank}})


def answer(data: TaskData, who: str, said: str, fields: dict[str, object]) -> Annotation:
    statuses = {"-": AnnotationStatus.SKIPPED, "n": AnnotationStatus.NOT_A_UNIT}
    known = {
        "annotator": who,
        "status": statuses.get(said, AnnotationStatus.LABELLED),
        "label": SAID.get(said),
        "data": data,
        "revision": "r",
        "project": 1,
        "task": 1,
        "annotation": int(who),
    }
    return Annotation.model_validate({**known, **{k: v for k, v in fields.items() if k in Annotation.model_fields}})


def measure(answers: Sequence[str], **options: object) -> AgreementReport:
    records = [record(said, number=at, article=str(at % 3)) for at, said in enumerate(answers)]
    return measure_agreement(records, AgreementOptions(resamples=50, **options))  # type: ignore[arg-type]


def test_skips_and_not_a_unit_are_counted_and_take_no_part() -> None:
    measured = measure(["ss-", "oon", "rnn", "n", "-"])
    assert measured.overall.values["alpha"] == 1
    assert measured.overall.units == 2
    assert measured.excluded == {
        "not_a_unit_votes": 4,
        "skipped_votes": 2,
        "units_no_label": 2,
        "units_one_label": 1,
        "units_unit_or_not": 2,
        "verdicts": 0,
    }


def test_checkable_or_not_merges_the_labels() -> None:
    measured = measure(["su", "us", "or", "ro"])
    assert measured.overall.values["raw"] == 0
    assert measured.checkable.values == {"alpha": 1, "kappa": 1, "fleiss": 1, "ac1": 1, "raw": 1}


def test_label_is_compared_with_the_rest() -> None:
    measured = measure(["ss", "uo", "ou", "rr"])
    assert measured.by_label["sourced"].values["kappa"] == 1
    assert measured.by_label["opinion"].values["kappa"] == pytest.approx(-1 / 3, abs=1e-6)


def test_pair_of_annotators_has_its_own_units() -> None:
    measured = measure(["sso", "oo", "r-r"])
    assert {pair: agreement.units for pair, agreement in measured.by_pair.items()} == {
        "1 & 2": 2,
        "1 & 3": 2,
        "2 & 3": 1,
    }


def test_languages_and_kinds_and_posts_are_told_apart() -> None:
    records = [
        record("ss", source_lang="fr"),
        record("so", number=1, source_lang="de", kind="title"),
        record("oo", number=2, source_lang="de", post="Bluesky · A"),
    ]
    measured = measure_agreement(records, AgreementOptions(resamples=10))
    assert {language: agreement.units for language, agreement in measured.by_language.items()} == {"de": 2, "fr": 1}
    assert set(measured.by_kind) == {"post", "sentence", "title"}


def test_suggested_units_stand_against_units_without_a_suggestion() -> None:
    records = [
        record("ss", suggested_label="sourced", suggested_score=0.9, suggestion="text"),
        record("so", number=1, suggested_label="sourced", suggested_score=0.9, suggestion="text"),
        record("so", number=2),
    ]
    measured = measure_agreement(records, AgreementOptions(resamples=10))
    assert {name: one.values["raw"] for name, one in measured.by_suggestion.items()} == {
        "no suggestion": 0,
        "shown": 0.5,
    }
    assert measured.followed == {"shown": 4, "followed": 3}


def test_answers_are_compared_with_the_suggestion_where_it_was_shown_and_where_it_was_hidden() -> None:
    suggested: dict[str, Any] = {"suggested_label": "sourced", "suggested_score": 0.9}
    shown = [record("ss", article=str(at), suggestion="text", **suggested) for at in range(8)]
    hidden = [record("so", number=1, article=str(at), suggestion="hidden", **suggested) for at in range(8)]
    abstained = [record("oo", number=2, article=str(at)) for at in range(8)]
    measured = measure_agreement([*shown, *hidden, *abstained], AgreementOptions(resamples=50))
    assert measured.suggestions == {
        "shown": {"answers": 16, "same": 16, "share": 1.0, "interval": [1.0, 1.0]},
        "hidden": {"answers": 16, "same": 8, "share": 0.5, "interval": [0.5, 0.5]},
        "difference": {"answers": 32, "share": 0.5, "interval": [0.5, 0.5]},
    }
    assert {name: one.units for name, one in measured.by_suggestion.items()} == {
        "hidden": 8,
        "no suggestion": 8,
        "shown": 8,
    }


def test_a_verdict_is_no_answer_and_stands_beside_those_it_decided_on() -> None:
    data = task_data("a:0", "a", 0, {"translated_text": "Text"})
    verdict = answer(data, "3", "o", {"adjudication": "no source is named"})
    measured = measure_agreement([make_record([answer(data, "1", "s", {}), answer(data, "2", "o", {}), verdict])])
    assert (measured.overall.annotators, measured.excluded["verdicts"]) == (2, 1)
    (unit,) = measured.disputed
    assert (unit.translation, [tuple(one) for one in unit.verdicts]) == (
        "Text",
        [("3", "opinion", "no source is named")],
    )


def test_readers_cannot_be_told_from_the_data_alone() -> None:
    measured = measure(["ss"])
    assert (measured.by_reader, measured.reader_note) == ({}, NO_READERS_NAMED)


def test_named_readers_of_the_original_stand_against_the_others() -> None:
    records = [record(said, number=at, translated_text="Text") for at, said in enumerate(["ssoo", "rrss", "oosr"])]
    measured = measure_agreement(records, AgreementOptions(resamples=10, original_readers=frozenset({"1", "2"})))
    assert measured.by_reader[ORIGINAL].values["raw"] == 1
    assert measured.by_reader[TRANSLATION].values["raw"] == pytest.approx(2 / 3, abs=1e-6)
    assert (measured.by_reader[ACROSS].values["raw"], measured.by_reader[ACROSS].units) == (0, 12)


def test_most_disputed_units_come_first_with_everybodys_answer() -> None:
    measured = measure(["ss", "so", "sor", "sso"], disputed=2)
    assert [(unit.unit_id, unit.disagreement) for unit in measured.disputed] == [("2:2", 1), ("1:1", 1)]
    assert measured.disputed[0].answers == {"1": "sourced", "2": "opinion", "3": "rhetoric"}


def test_confusion_counts_pairs_of_people_and_is_symmetric() -> None:
    measured = measure(["sso", "n-o"])
    assert measured.confusion["sourced"] == {"sourced": 1, "unsourced": 0, "opinion": 2, "rhetoric": 0, "not a unit": 0}
    assert measured.confusion["opinion"]["sourced"] == 2
    assert measured.confusion["opinion"]["not a unit"] == 1


def test_drift_shows_months_and_lead_times_show_who_has_none() -> None:
    records = [
        record("ss", updated_at="2026-01-05T10:00:00Z", lead_time=4.0),
        record("so", number=1, updated_at="2026-02-05T10:00:00Z"),
    ]
    measured = measure_agreement(records, AgreementOptions(resamples=10))
    assert [(row["period"], row["answers"], row["raw"]) for row in measured.drift] == [
        ("2026-01", 2, 1.0),
        ("2026-02", 2, 0.0),
    ]
    assert measured.lead_times["1"] == {"answers": 2, "without_time": 1, "median": 4.0, "p90": 4.0}


@pytest.mark.parametrize("answers", [[], ["s"], ["s", "o", "-"], ["ss", "ss"], ["nn"]], ids=repr)
def test_json_never_holds_nan_and_every_null_has_its_reason(answers: list[str]) -> None:
    plain = json.loads(json.dumps(measure(answers).as_json(), allow_nan=False))
    overall = plain["overall"]
    assert {name for name in ("alpha", "kappa", "fleiss", "ac1", "raw") if overall[name] is None} == set(
        overall["undefined"]
    )
    assert all(overall["undefined"].values())
