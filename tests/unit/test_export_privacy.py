"""Who and what must not leave."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from growth import LINEAR, growth
from hypothesis import example, given
from hypothesis import strategies as st

from annotator import answers
from annotator.dataset import build, privacy
from annotator.dataset.formats import FormatOptions
from annotator.dataset.personal import impersonal, without_addresses
from annotator.dataset.privacy import TextPolicy, masked, protect, pseudonyms
from annotator.errors import UsageError
from annotator.models import (
    Annotation,
    AnnotationStatus,
    Gold,
    Manifest,
    Mention,
    Record,
    RecordStatus,
    Retention,
    TaskData,
    Vote,
)

TEXT = "Selon @jean.martin, écrire à a.b@exemple.fr."
ABOUT_THE_ARTICLE = ("url", "published", "author", "section", "article_language")
SECRET = "TOPSECRET"
MASKED = TextPolicy(mask_handles=True)


def record(**extra: Any) -> Record:
    """A record that is full of text everywhere."""
    blank = dict.fromkeys(TaskData.model_fields, SECRET)
    known = {"unit_id": "a:1", "article_id": "a", "position": 0, "kind": "sentence", "block": "paragraph"}
    place = {"start": 0, "end": len(TEXT), "source_text": TEXT, "source_lang_confidence": "", "suggested_score": ""}
    post = {"suggested_label": "", "post": "X · Jean · @jean.martin · 2025-01 · https://x.example/jean.martin/status/1"}
    data = TaskData.model_validate({**blank, **known, **place, **post, **extra})
    mention = Mention(start=6, end=18, article_start=6, article_end=18, text=TEXT[6:18])
    vote = Vote(annotator="1", status=AnnotationStatus.LABELLED, mentions=(mention,), comment=f"{SECRET} @jean.martin")
    return Record(data=data, revision="r", status=RecordStatus.UNLABELLED, votes=(vote,))


@pytest.mark.parametrize(
    ("comment", "kept"),
    [
        ("écrire à a.b@exemple.fr !", "écrire à x.x@xxxxxxx.xx !"),
        ("Tél. 01 23 45 67 89, ou +33 (0)6 12 34 56 78.", "Tél. xx xx xx xx xx, ou +xx (x)x xx xx xx xx."),
        ("call 1-800-991-9019 or (212) 555-1234", "call x-xxx-xxx-xxxx or (xxx) xxx-xxxx"),
        ("030 1234567; 612 34 56 78; 0044 20 7946 0958", "xxx xxxxxxx; xxx xx xx xx; xxxx xx xxxx xxxx"),
        ("le 01/02/2024 10:30, 2025-01-31T18:00, 1 234 567 890 €, 1969-1970", None),
        ("voir l’art. 2023-0123456, https://x.example/2006/5/12/232746", None),
    ],
)
def test_addresses_in_a_comment_are_crossed_out_and_dates_and_numbers_stay(comment: str, kept: str | None) -> None:
    assert without_addresses(comment)[0] == (kept or comment)


def test_a_long_comment_without_an_address_is_read_in_one_go() -> None:
    assert growth(without_addresses, lambda length: "a1." * length, 2_000) <= LINEAR


def test_hours_of_answers_and_addresses_leave_only_when_asked_for() -> None:
    said = {"annotator": "1", "status": "labelled", "label": "opinion", "created_at": "2026-01-02T23:59:00Z"}
    vote = Vote.model_validate({**said, "comment": "06 12 34 56 78", "adjudication": "a@b.example says so"})
    whole = record().model_copy(update={"votes": (vote,)})
    kept = impersonal(whole, times=False)
    (left,) = kept.record.votes
    assert (left.created_at, left.comment, left.adjudication) == ("2026-01-02", "xx xx xx xx xx", "x@x.xxxxxxx says so")
    assert kept.crossed_out == 2
    assert impersonal(whole, times=True).record.votes[0].created_at == vote.created_at


def test_export_counts_what_it_crossed_out_and_says_what_it_cut(tmp_path: Path) -> None:
    line = Annotation.model_validate(
        {
            "annotator": "1",
            "status": "skipped",
            "comment": "a.b@exemple.fr",
            "updated_at": "2026-01-02T23:59:00Z",
            "data": record().data,
            "revision": "r",
            "project": 1,
            "task": 1,
            "annotation": 1,
        }
    )
    source, out = tmp_path / "a.jsonl", tmp_path / "out"
    source.write_text(line.json_line(), encoding="utf-8")
    answers.export_files([source], out, progress=lambda _: None, options=build.ExportOptions(rename=lambda who, _: who))
    manifest = Manifest.model_validate_json((out / "manifest.json").read_bytes())
    assert (manifest.counts["crossed_out"], manifest.policies["times"]) == (1, "of answers are cut to the day")
    assert b"exemple" not in (out / "records.csv").read_bytes().replace(b"a.b@exemple.fr.", b"")
    assert "cut to the day" in (out / "README.md").read_text(encoding="utf-8")


def test_pseudonym_is_stable_and_needs_the_key(tmp_path: Path) -> None:
    first, again, elsewhere = (pseudonyms(tmp_path / name)("7", "") for name in ("one", "one", "two"))
    assert first == again
    assert first != elsewhere
    assert "7" not in first[:2]


def test_two_annotators_have_two_pseudonyms(tmp_path: Path) -> None:
    pseudonym = pseudonyms(tmp_path)
    assert len({pseudonym(str(number), "") for number in range(1000)}) == 1000


def test_pseudonym_of_an_earlier_dataset_stays_what_it_is(tmp_path: Path) -> None:
    pseudonym = pseudonyms(tmp_path)
    name = pseudonym("7", "s1")
    assert pseudonym(name, "s2") == name == pseudonyms(tmp_path / "other")(name, "s1")


def test_same_number_on_another_server_has_another_pseudonym(tmp_path: Path) -> None:
    pseudonym = pseudonyms(tmp_path)
    assert len({pseudonym("7", server) for server in ("", "s1", "s2")}) == 3


def test_key_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    pseudonyms(tmp_path / "new")
    assert stat.S_IMODE((tmp_path / "new" / privacy.KEY_FILE).stat().st_mode) == 0o600


def test_empty_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / privacy.KEY_FILE).touch()
    with pytest.raises(UsageError, match="no key"):
        pseudonyms(tmp_path)


def test_address_of_an_annotator_reaches_no_file(tmp_path: Path) -> None:
    line = Annotation(
        **{**dict(record().votes[0]), "annotator": "ann@example.org"},
        data=record().data,
        revision="r",
        project=1,
        task=1,
        annotation=1,
    )
    (tmp_path / "a.jsonl").write_text(line.model_dump_json() + "\n", encoding="utf-8")
    options = build.ExportOptions(formats=FormatOptions(names=["all"]), rename=pseudonyms(tmp_path / "data"))
    answers.export_files([tmp_path / "a.jsonl"], tmp_path / "out", progress=lambda _: None, options=options)
    written = [path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(written) > 8
    assert not any(b"ann@example.org" in content for content in written)


def test_handles_and_addresses_are_crossed_out_and_offsets_hold() -> None:
    found = protect(record(), MASKED)
    assert found.data.source_text == "Selon @xxxxxxxxxxx, écrire à xxx@xxxxxxxxxx."
    assert found.votes[0].mentions[0].text == "@xxxxxxxxxxx"
    assert found.data.post == "X · Jean · @xxxxxxxxxxx · 2025-01 · https://x.example/xxxxxxxxxxx/status/1"
    assert "jean.martin" not in found.model_dump_json()


@given(st.text(alphabet="a@.é \n-_x1", max_size=40))
@example("1@1.1@1.1")
def test_masked_text_keeps_its_length_and_masks_all_at_once(text: str) -> None:
    assert len(masked(text)) == len(text)
    assert masked(masked(text)) == masked(text)


FULL, UNITS, OFFSETS = Retention


@pytest.mark.parametrize(
    ("policy", "stated", "rights", "left"),
    [
        (TextPolicy(), "", "CC BY 4.0", FULL),
        (TextPolicy(), "", "", UNITS),
        (TextPolicy(), "", "© Le Monde, tous droits réservés", UNITS),
        (TextPolicy(), "", "CC BY-ND 4.0", UNITS),
        (TextPolicy(), "full", "© Le Monde", UNITS),
        (TextPolicy(), "units", "CC BY 4.0", UNITS),
        (TextPolicy(), "offsets", "CC BY 4.0", OFFSETS),
        (TextPolicy(), "ask me", "CC BY 4.0", OFFSETS),
        (TextPolicy(include_text=True), "", "", FULL),
        (TextPolicy(include_text=True), "", "© Le Monde", FULL),
        (TextPolicy(include_text=True), "units", "© Le Monde", UNITS),
        (TextPolicy(include_text=True), "offsets", "", OFFSETS),
        (TextPolicy(UNITS), "", "CC BY 4.0", UNITS),
        (TextPolicy(UNITS), "offsets", "CC BY 4.0", OFFSETS),
        (TextPolicy(OFFSETS, include_text=True), "full", "", OFFSETS),
    ],
)
def test_the_strictest_of_rights_row_and_flag_wins(
    policy: TextPolicy, stated: str, rights: str, left: Retention
) -> None:
    assert protect(record(rights=rights, retention=stated), policy).retention is left


def test_units_only_leaves_no_context() -> None:
    found = protect(record(retention="units"), TextPolicy())
    assert found.data.source_text == TEXT
    assert found.data.translated_text == SECRET
    assert (found.data.before, found.data.before_translated, found.data.after, found.data.after_translated) == ("",) * 4
    assert (found.data.article_title, found.data.article_title_translated, found.quote) == ("", "", None)


@pytest.mark.parametrize("retention", ["units", "offsets"])
def test_codes_of_warnings_stay_for_they_hold_no_text(retention: str) -> None:
    stated = record(retention=retention, translation_warning_codes=["lost_name", TEXT])
    assert protect(stated, TextPolicy()).data.translation_warning_codes == ("lost_name",)


def test_offsets_only_leaves_no_text_in_any_format(tmp_path: Path) -> None:
    data = record(retention="offsets", rights="© Le Monde").data
    shown = ("source_line", "site", "post", "target_lang", "signature", "source_lang", *ABOUT_THE_ARTICLE)
    data = data.model_copy(update=dict.fromkeys(shown, "") | {"translation_engine": "none"})
    line = Annotation(**dict(record().votes[0]), data=data, revision="r", project=1, task=1, annotation=1)
    (tmp_path / "a.jsonl").write_text(line.model_dump_json() + "\n", encoding="utf-8")
    options = build.ExportOptions(formats=FormatOptions(names=["all"]))
    answers.export_files([tmp_path / "a.jsonl"], tmp_path / "out", progress=lambda _: None, options=options)
    (tmp_path / "out/guidelines.md").unlink()
    for path in (path for path in (tmp_path / "out").rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert SECRET.encode() not in content, path
        assert b"Selon" not in content, path
        assert b"jean.martin" not in content, path
    (text,) = (tmp_path / "out/records.jsonl").read_text(encoding="utf-8").splitlines()
    kept = Record.model_validate_json(text)
    assert (kept.retention, kept.rights, kept.data.start, kept.data.end) == ("offsets", "© Le Monde", 0, len(TEXT))
    assert (kept.votes[0].mentions[0].article_start, kept.votes[0].mentions[0].article_end) == (6, 18)


def test_of_a_row_whose_text_may_not_leave_words_and_numbers_stay_and_texts_go() -> None:
    fields = {"desk": "nord", "page": 3, "tags": ["a", "b"], "lead": "Une phrase. " * 10, "headline": SECRET}
    kept = {
        stated: protect(record(source=fields, rights="CC0-1.0", retention=stated), TextPolicy()) for stated in Retention
    }
    found = {str(stated): one.data.source for stated, one in kept.items()}
    assert found == {"full": fields, "units": {"desk": "nord", "page": 3, "tags": ["a", "b"]}, "offsets": {}}


@pytest.mark.parametrize(
    "value", [TEXT.split() * 3, ["Une phrase. "] * 7, {"Une phrase. " * 7: 1}, [{"headline": SECRET}]]
)
def test_an_article_cut_into_a_list_is_a_text_too(value: Any) -> None:
    kept = protect(record(source={"row": value}, row=value, rights="© Le Monde"), TextPolicy()).data
    assert (kept.source, kept.model_extra) == ({}, {"rights": "© Le Monde"})


@pytest.mark.parametrize("mask", [False, True])
@pytest.mark.parametrize(("retention", "kept"), [("full", {"body", "page"}), ("units", {"page"}), ("offsets", set())])
def test_a_column_that_somebody_gave_the_task_leaves_like_a_field_of_the_row(
    retention: str, kept: set[str], mask: bool
) -> None:
    stated = record(body="Une phrase. " * 10, page=3, rights="CC0-1.0", retention=retention)
    left = protect(stated, TextPolicy(mask_handles=mask)).data.model_extra or {}
    assert left.keys() == {"rights", "retention"} | kept


def test_handles_in_rights_and_in_what_is_known_of_the_article_are_crossed_out() -> None:
    names = ("site", "url", "published", "author", "section", "source_line", "rights")
    kept = protect(record(**dict.fromkeys(names, "© @jean, a@b.example")), MASKED)
    assert kept.rights == "© @xxxx, x@xxxxxxxxx"
    assert {kept.rights} == {kept.data.model_dump()[name] for name in names}


def test_handles_in_columns_that_somebody_gave_the_task_are_crossed_out() -> None:
    left = protect(record(by=["@jean"], rights="CC0-1.0"), MASKED).data.model_extra
    assert left == {"by": ["@xxxx"], "rights": "CC0-1.0"}


def test_under_offsets_reasons_of_verdicts_and_of_known_answers_stay_behind() -> None:
    own = record(retention="offsets")
    votes = (own.votes[0].model_copy(update={"adjudication": SECRET}), own.votes[0])
    gold = Gold.model_validate({"label": "opinion", "reason": SECRET})
    kept = protect(own.model_copy(update={"votes": votes, "gold": gold}), TextPolicy())
    assert [vote.adjudication for vote in kept.votes] == ["withheld", ""]
    assert kept.gold == Gold.model_validate({"label": "opinion"})


def test_handles_in_fields_of_the_row_are_crossed_out() -> None:
    fields = {"by": ["@jean.martin", {"id": 3, "mail": "a@b.example"}]}
    kept = protect(record(source=fields, url="https://x.example/@jean", author="@jean", rights="CC0-1.0"), MASKED).data
    assert kept.source == {"by": ["@xxxxxxxxxxx", {"id": 3, "mail": "x@xxxxxxxxx"}]}
    assert (kept.url, kept.author) == ("https://x.example/@xxxx", "@xxxx")
