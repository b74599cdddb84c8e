from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import InputError, UsageError
from annotator.models import Article, Block, BlockKind, Failure, Post
from annotator.readers import read
from annotator.readers.article import SourceMetadata, make_article
from annotator.readers.text import read_text
from annotator.settings import Fields
from annotator.text import digest


def outcomes(*inputs: Path | str, fields: Fields | None = None) -> list[Article | Failure]:
    return list(read([str(name) for name in inputs], fields=fields or Fields()))


def one(path: Path, content: bytes) -> Article | Failure:
    path.write_bytes(content)
    (outcome,) = outcomes(path)
    return outcome


def article(text: str) -> Article:
    return read_text(text, source="t.txt")


def asides(article: Article) -> list[str]:
    return [article.text[aside.start : aside.end] for aside in article.asides]


def test_text_file_keeps_its_text_to_the_character(tmp_path: Path) -> None:
    outcome = one(tmp_path / "a.txt", b" Un  texte.\n\n\nFin ")
    assert isinstance(outcome, Article)
    assert outcome.text == " Un  texte.\n\n\nFin "
    assert outcome.article_id == outcome.revision == digest(outcome.text, 16)


def test_inline_date_is_an_aside_and_the_articles_date() -> None:
    read = article(" date 2025-01 Deux titans. La suite.")
    assert read.published == "2025-01"
    assert [(aside.start, aside.end) for aside in read.asides] == [(1, 13)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Date de sortie inconnue.", id="a-sentence-about-a-date"),
        pytest.param("date 2025-011 x", id="no-date"),
        pytest.param("Le 3 mai : la fin. Titre : rien", id="colon-in-prose"),
        pytest.param("--- \nUn tiret.\n", id="a-rule-without-an-end"),
        pytest.param("Ministre : non, rien.", id="unknown-name"),
    ],
)
def test_prose_is_not_taken_for_a_head(text: str) -> None:
    assert article(text).asides == ()


def test_named_head_lines_give_title_and_date_and_stay_in_the_text() -> None:
    read = article("Titre : Un budget voté\nDate : 2024-05-01\nAuteur : la rédaction\n\nLe corps.")
    assert (read.title, read.title_origin, read.published) == ("Un budget voté", "text", "2024-05-01")
    assert asides(read) == ["Titre :", "Date : 2024-05-01", "Auteur : la rédaction"]
    assert [(block.kind, read.text[block.start : block.end]) for block in read.blocks] == [
        (BlockKind.TITLE, "Un budget voté")
    ]


def test_front_matter_with_unknown_names_is_a_head_as_a_whole() -> None:
    read = article('---\ntitle: "Un titre"\ntags: [a, b]\nid: n-7\n---\n\nLe corps.')
    assert (read.title, read.article_id) == ("Un titre", "n-7")
    assert "".join(asides(read)).replace('title: "', "").count("---") == 2
    assert read.text.endswith("Le corps.")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b" \n\t ", "empty", id="blank"),
        pytest.param(b"\xef\xbb\xbf \n", "empty", id="only-a-mark"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary", id="binary"),
        pytest.param(b"\xff\xfea\xd8", "encoding", id="broken-utf-16"),
    ],
)
def test_unreadable_file_is_a_failure_with_its_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    outcome = one(tmp_path / "a.txt", content)
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.source) == (reason, str(tmp_path / "a.txt"))


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "utf-8-sig"])
def test_other_encodings_give_the_same_text(tmp_path: Path, encoding: str) -> None:
    text = "Les élèves étaient là, déjà ; « où ? » L’été s’achève à Orléans, près de la forêt, dit-on."
    outcome = one(tmp_path / "a.txt", text.encode(encoding))
    assert isinstance(outcome, Article)
    assert outcome.text == text


def test_guessed_encoding_is_reported(tmp_path: Path) -> None:
    outcome = one(tmp_path / "a.txt", "Les élèves étaient déjà là, à l’école.".encode("cp1252"))
    assert isinstance(outcome, Article)
    assert outcome.notes == ("not UTF-8; read as cp1252, a guess",)


def test_few_broken_bytes_do_not_turn_a_text_into_another_encoding(tmp_path: Path) -> None:
    outcome = one(tmp_path / "a.txt", "Les élèves étaient là, à l’école. ".encode() * 20 + b"\xe9")
    assert isinstance(outcome, Article)
    assert outcome.text.startswith("Les élèves")
    assert outcome.notes == ("1 bytes are not UTF-8, as the rest is: shown as \ufffd",)


def test_change_by_nfc_is_reported(tmp_path: Path) -> None:
    outcome = one(tmp_path / "a.txt", "e\u0301te\u0301".encode())
    assert isinstance(outcome, Article)
    assert outcome.notes == ("Unicode NFC changed 2 characters",)


@pytest.mark.parametrize("suffix", [".eml", ".xyz"])
def test_other_kinds_of_file_are_named_with_a_way_out(tmp_path: Path, suffix: str) -> None:
    outcome = one(tmp_path / f"a{suffix}", b"anything")
    assert isinstance(outcome, Failure)
    assert outcome.reason == "unsupported"
    assert outcome.hint


def test_page_under_the_name_of_a_text_is_read_as_a_page(tmp_path: Path) -> None:
    page = b"\n<!DOCTYPE html>\n<html><body><h1>Un titre</h1><p>Le maire a dit oui &agrave; tous.</p></body></html>"
    outcome = one(tmp_path / "a.txt", page)
    assert isinstance(outcome, Article)
    assert "Le maire a dit oui à tous." in outcome.text
    assert "<" not in outcome.text
    assert outcome.notes == ("begins as an HTML page; read as one",)


def test_text_about_a_page_stays_a_text(tmp_path: Path) -> None:
    outcome = one(tmp_path / "a.txt", b"Le mot <html> ouvre une page.")
    assert isinstance(outcome, Article)
    assert (outcome.text, outcome.notes) == ("Le mot <html> ouvre une page.", ())


def test_rtf_under_the_name_of_a_text_is_refused_as_rtf_is(tmp_path: Path) -> None:
    found = one(tmp_path / "a.txt", rb"{\rtf1\ansi Le maire a dit oui.}")
    named = one(tmp_path / "a.rtf", b"")
    assert isinstance(found, Failure)
    assert isinstance(named, Failure)
    assert (found.reason, found.hint) == (named.reason, named.hint)


def test_folder_is_read_in_a_stable_order_and_hidden_files_are_not(tmp_path: Path) -> None:
    for name in ("b/2.txt", "a/1.txt", ".git/x.txt", "a/.hidden.txt", "0.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name, encoding="utf-8")
    assert [Path(outcome.text).name for outcome in outcomes(tmp_path) if isinstance(outcome, Article)] == [
        "0.txt",
        "1.txt",
        "2.txt",
    ]


def test_empty_folder_and_missing_file_are_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no file"):
        outcomes(tmp_path)
    with pytest.raises(UsageError, match="no such file"):
        outcomes(tmp_path / "none.txt")


def rows(path: Path, lines: Sequence[bytes]) -> Path:
    path.write_bytes(b"\n".join(lines))
    return path


def test_jsonl_row_takes_its_fields_by_name(tmp_path: Path) -> None:
    row = {"body": "Le corps.", "head": "Un titre", "nr": 7, "link": "https://x.example/1", "day": "2025-01"}
    fields = Fields(text="body", title="head", id="nr", url="link", published="day")
    (read,) = outcomes(rows(tmp_path / "a.jsonl", [json.dumps(row).encode()]), fields=fields)
    assert isinstance(read, Article)
    assert read.text == "Un titre\n\nLe corps."
    assert (read.article_id, read.title_origin, read.published) == ("7", "metadata", "2025-01")
    assert (read.blocks[0].start, read.blocks[0].end) == (0, 8)


def test_title_repeated_in_the_text_is_not_put_in_front(tmp_path: Path) -> None:
    row = {"text": "Un titre\n\nLe corps.", "title": "Un  titre"}
    (read,) = outcomes(rows(tmp_path / "a.jsonl", [json.dumps(row).encode()]))
    assert isinstance(read, Article)
    assert read.text == "Un titre\n\nLe corps."


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        pytest.param("Der See", True, id="all"),
        pytest.param("\n  Der  See \r\nEr ist trocken.", True, id="line"),
        pytest.param("Der\nSee\nEr ist trocken.", True, id="broken-over-lines"),
        pytest.param("Der See ist trocken.\nEr war tief.", False, id="beginning-of-a-sentence"),
        pytest.param("Der Seehund.", False, id="beginning-of-a-word"),
        pytest.param("Der\nSee ist trocken.", False, id="sentence-broken-over-lines"),
        pytest.param("Der", False, id="less-than-the-title"),
    ],
)
def test_title_is_there_when_it_is_the_first_lines(tmp_path: Path, text: str, is_there: bool) -> None:
    row = json.dumps({"text": text, "title": "Der See"}).encode()
    (read,) = outcomes(rows(tmp_path / "a.jsonl", [row]))
    assert isinstance(read, Article)
    assert (read.title_origin, read.text.startswith("Der See\n\n")) == (
        ("text", False) if is_there else ("metadata", True)
    )


def test_address_is_the_id_when_no_other_is_given(tmp_path: Path) -> None:
    (read,) = outcomes(rows(tmp_path / "a.jsonl", [b'{"text": "x y", "url": "https://x.example/1"}']))
    assert read.article_id == "https://x.example/1"


def test_broken_rows_are_listed_with_their_line_and_the_rest_is_read(tmp_path: Path) -> None:
    lines = [
        b'{"text": "Bon."}',
        b'{"text": ',
        b"",
        b"[1]",
        b'{"body": "x"}',
        b'{"text": "  "}',
        b'{"text": "\xe9"}',
        b'{"text": "x", "title": []}',
        b'{"text": "\\ud800"}',
        b'{"text": "Fin."}',
    ]
    read = outcomes(rows(tmp_path / "a.jsonl", lines))
    assert [outcome.text for outcome in read if isinstance(outcome, Article)] == ["Bon.", "Fin."]
    assert [(outcome.line, outcome.reason) for outcome in read if isinstance(outcome, Failure)] == [
        (2, "json"),
        (4, "json"),
        (5, "no_text"),
        (6, "empty"),
        (7, "encoding"),
        (8, "field_type"),
        (9, "surrogate"),
    ]


@pytest.mark.parametrize("half", ["\ud83d", "\x00"])
@pytest.mark.parametrize("name", ["nr", "head", "url", "site", "day", "language", "rights", "retention", "text"])
def test_row_whose_field_cannot_be_stored_is_listed_by_its_name(tmp_path: Path, name: str, half: str) -> None:
    good = json.dumps({"text": "Le maire a dit oui."}).encode()
    bad = json.dumps({"text": "Le pont est fermé.", name: f"Un mot{half} coupé"}).encode()
    fields = Fields(id="nr", title="head", published="day", language="language")
    first, failure, last = outcomes(rows(tmp_path / "a.jsonl", [good, bad, good]), fields=fields)
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert isinstance(failure, Failure)
    assert (failure.line, failure.reason) == (2, "binary" if half == "\x00" else "surrogate")
    assert failure.message.startswith(f"field {name!r} holds ")


def test_half_a_character_in_a_field_of_no_use_costs_nothing(tmp_path: Path) -> None:
    (read,) = outcomes(rows(tmp_path / "a.jsonl", [b'{"text": "Un.", "tweet": "\\ud83d", "score": NaN}']))
    assert isinstance(read, Article)


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
def test_number_that_is_none_is_no_id(tmp_path: Path, number: str) -> None:
    (failure,) = outcomes(rows(tmp_path / "a.jsonl", [b'{"text": "Un.", "id": %b}' % number.encode()]))
    assert isinstance(failure, Failure)
    assert failure.reason == "field_type"


def test_large_number_is_an_id_digit_for_digit(tmp_path: Path) -> None:
    (read,) = outcomes(rows(tmp_path / "a.jsonl", [b'{"text": "Un.", "id": %d}' % 2**70]))
    assert isinstance(read, Article)
    assert read.article_id == str(2**70)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(SourceMetadata)])
def test_every_string_of_an_article_is_checked_where_it_is_made(name: str) -> None:
    with pytest.raises(InputError, match="half a character"):
        make_article("Un texte.", SourceMetadata(**{name: "x\ud83d"}), source="t")


@pytest.mark.parametrize("name", Post.model_fields)
def test_every_string_of_a_post_is_checked_where_its_article_is_made(name: str) -> None:
    post = Post(platform="X").model_copy(update={name: "x\ud83d"})
    block = Block(kind=BlockKind.POST, start=0, end=9, post=post)
    with pytest.raises(InputError, match="half a character"):
        make_article("Un texte.", SourceMetadata(), source="t", blocks=[block])


def test_missing_text_field_names_the_fields_there_are(tmp_path: Path) -> None:
    (outcome,) = outcomes(rows(tmp_path / "a.jsonl", [b'{"body": "x", "id": 1}']))
    assert isinstance(outcome, Failure)
    assert "body, id" in outcome.message
    assert "--text-field" in outcome.hint


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        pytest.param("text", "12", "a number", id="number"),
        pytest.param("text", "1.5", "a number", id="fraction"),
        pytest.param("text", '["a", "b"]', "a list", id="list"),
        pytest.param("text", '{"fr": "a"}', "an object", id="object"),
        pytest.param("text", "null", "null", id="null"),
        pytest.param("text", "false", "a boolean", id="truth"),
        pytest.param("page", "12", "a number", id="html"),
        pytest.param("id", "[]", "a list", id="id"),
    ],
)
def test_field_that_is_no_text_is_told_by_what_it_is(tmp_path: Path, name: str, value: str, kind: str) -> None:
    others = b'"text": "Un.", ' if name != "text" else b""
    row = b'{%s"%s": %s}' % (others, name.encode(), value.encode())
    (outcome,) = outcomes(rows(tmp_path / "a.jsonl", [row]), fields=Fields(html="page"))
    assert isinstance(outcome, Failure)
    assert (outcome.message, outcome.reason) == (f"field {name!r} is {kind}, not text", "field_type")
    assert outcome.hint == "make it a string, or name another field"


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        pytest.param(b'{"text": "Un."}\n{"text": "Deux."}\n', ["Un.", "Deux."], id="jsonl"),
        pytest.param(b"Un texte.\nDeux lignes.\n", ["Un texte.\nDeux lignes.\n"], id="plain-text"),
        pytest.param(b"{accolade} puis du texte.", ["{accolade} puis du texte."], id="a-brace-is-no-object"),
        pytest.param(b"[1] Une note.\n", ["[1] Une note.\n"], id="a-bracket-is-no-array"),
        pytest.param(b"date, text, url\nUn.\n", ["date, text, url\nUn.\n"], id="commas-of-prose"),
        pytest.param(b"Dates,texte,titre\nUn.\n", ["Dates,texte,titre\nUn.\n"], id="commas-without-blanks"),
        pytest.param(b"text\nUn.\n", ["text\nUn.\n"], id="one-column-is-no-table"),
        pytest.param(b",5 euros\nUn.\n", [",5 euros\nUn.\n"], id="no-column-is-named"),
        pytest.param(b'id,text\n1,"Un, deux."\n2,Trois.\n', ["Un, deux.", "Trois."], id="csv"),
        pytest.param(b"\xef\xbb\xbfid;text\r\n1;Un.\r\n", ["Un."], id="semicolons-behind-a-mark"),
        pytest.param(b"nom\ttext\nx\tUn.\n", ["Un."], id="tsv"),
        pytest.param(b'[{"text": "Un."}, {"text": "Deux."}]', ["Un.", "Deux."], id="array"),
        pytest.param(
            b'\n[\n  {\n    "text": "Un."\n  },\n  {"text": "Deux."}\n]\n', ["Un.", "Deux."], id="array-of-lines"
        ),
        pytest.param(b'{\n  "text": "Un."\n}\n', ["Un."], id="one-object"),
        pytest.param(b"id|text\n1|Un; deux, trois.\n", ["Un; deux, trois."], id="bars"),
        pytest.param(b"sep=;\nid;TEXT\n1;Un.\n", ["Un."], id="separator-named"),
        pytest.param(b"\n" * 30 + b'{"text": "Un."}\n', ["Un."], id="jsonl-behind-blank-lines"),
        pytest.param(b"Un mot.\n" * 20 + b"{}\n", ["Un mot.\n" * 20 + "{}\n"], id="an-object-far-into-a-text"),
    ],
)
def test_standard_input_is_read_by_its_content(
    monkeypatch: pytest.MonkeyPatch, content: bytes, texts: list[str]
) -> None:
    hand_in(monkeypatch, content)
    assert [outcome.text for outcome in outcomes("-") if isinstance(outcome, Article)] == texts


def hand_in(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))


@pytest.mark.parametrize(
    ("first", "failed"),
    [
        pytest.param(b"", [4], id="blank"),
        pytest.param(b"{broken", [1, 4], id="broken"),
        pytest.param(b"# exported on Monday", [1, 4], id="comment"),
        pytest.param(b"x" * 2**20, [1, 4], id="long"),
    ],
)
def test_rows_on_standard_input_are_those_of_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, first: bytes, failed: list[int]
) -> None:
    source = rows(tmp_path / "a.jsonl", [first, b'{"text": "Un."}', b"", b"{", b'{"text": "Deux."}'])
    hand_in(monkeypatch, source.read_bytes())
    found = [(type(one), getattr(one, "text", ""), getattr(one, "line", None)) for one in outcomes("-")]
    assert found == [(type(one), getattr(one, "text", ""), getattr(one, "line", None)) for one in outcomes(source)]
    assert [text for _, text, _ in found if text] == ["Un.", "Deux."]
    assert [line for _, _, line in found if line] == failed


def test_table_on_standard_input_without_a_column_of_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(monkeypatch, b"id,title,body\n1,Un,Deux.\n")
    (outcome,) = outcomes("-")
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.hint) == ("no_text", "--text-field body")


@given(st.text())
def test_any_text_becomes_an_article_or_one_failure(text: str) -> None:
    with contextlib.suppress(InputError):
        read = article(text)
        covered = {i for aside in read.asides for i in range(aside.start, aside.end)}
        assert all(0 <= aside.start < aside.end <= len(read.text) for aside in read.asides)
        assert len(covered) == sum(aside.end - aside.start for aside in read.asides)


@pytest.mark.posix
def test_a_folder_lists_what_may_hide_articles(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "in", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "a.txt").write_text("Le corps.", encoding="utf-8")
    (elsewhere / "b.txt").write_text("Un autre corps.", encoding="utf-8")
    (folder / "dangling.txt").symlink_to("gone.txt")
    (folder / "linked").symlink_to(elsewhere)
    (folder / "linked.txt").symlink_to(elsewhere / "b.txt")
    os.mkfifo(folder / "pipe.txt")
    outcomes = list(read([str(folder)], fields=Fields()))
    assert [(Path(o.source).name, o.reason) for o in outcomes if isinstance(o, Failure)] == [
        ("dangling.txt", "unreadable"),
        ("linked", "unreadable"),
        ("pipe.txt", "unreadable"),
    ]
    assert [o.text for o in outcomes if isinstance(o, Article)] == ["Le corps.", "Un autre corps."]


def test_a_row_that_has_a_field_of_the_article_twice_is_listed_and_another_name_may_be_twice(tmp_path: Path) -> None:
    rows = '{"text": "Un corps.", "text": "Un autre."}\n{"text": "Le corps.", "x": 1, "x": {"y": 1, "y": 2}}\n'
    (tmp_path / "a.jsonl").write_text(rows, encoding="utf-8")
    doubled, fine = read([str(tmp_path / "a.jsonl")], fields=Fields())
    assert isinstance(doubled, Failure)
    assert (doubled.line, doubled.reason) == (1, "duplicate_column")
    assert isinstance(fine, Article)


@pytest.mark.parametrize(
    ("content", "texts", "reasons"),
    [
        pytest.param(b'[{"text": "Un."}, {"text": "Deux."}]', ["Un.", "Deux."], [], id="array"),
        pytest.param(b'{\n "text": "Un."\n}', ["Un."], [], id="one-object"),
        pytest.param(b'{"text": "Un."}\n{"text": "Deux."}\n', ["Un.", "Deux."], [], id="lines"),
        pytest.param(b'[{"text": "Un."}, 3, {"text": ""}]', ["Un."], ["json", "empty"], id="bad-elements"),
        pytest.param(b'[{"text": "Un."}, {"te', ["Un."], ["truncated"], id="cut-off"),
        pytest.param(b"", [], ["empty"], id="empty"),
        pytest.param(b'"Un."', [], ["json"], id="a-string"),
    ],
)
def test_a_json_file_holds_an_array_an_object_or_lines(
    tmp_path: Path, content: bytes, texts: list[str], reasons: list[str]
) -> None:
    (tmp_path / "a.json").write_bytes(content)
    found = outcomes(tmp_path / "a.json")
    assert [one.text for one in found if isinstance(one, Article)] == texts
    assert [one.reason for one in found if isinstance(one, Failure)] == reasons


def test_a_field_is_found_in_any_case_and_by_its_path(tmp_path: Path) -> None:
    row = b'{"ID": 7, "content": {"Body": "Le corps.", "head": {"title": "Un titre"}}}'
    fields = Fields(text="content.body", title="content.head.title")
    (read,) = outcomes(rows(tmp_path / "a.jsonl", [row]), fields=fields)
    assert isinstance(read, Article)
    assert (read.article_id, read.title, read.text) == ("7", "Un titre", "Un titre\n\nLe corps.")


def test_a_name_with_a_dot_is_a_name_first(tmp_path: Path) -> None:
    (read,) = outcomes(rows(tmp_path / "a.jsonl", [b'{"a.b": "Un.", "a": {"b": "Deux."}}']), fields=Fields(text="a.b"))
    assert isinstance(read, Article)
    assert read.text == "Un."


def test_fields_of_a_row_that_no_setting_names_are_carried_along(tmp_path: Path) -> None:
    row = b'{"id": 1, "text": "Un.", "rubrique": "Local", "n": 3, "tags": ["a"], "none": null, "half": "\\ud800"}'
    (read,) = outcomes(rows(tmp_path / "a.jsonl", [row]))
    assert isinstance(read, Article)
    assert read.source == {"rubrique": "Local", "n": 3, "tags": ["a"]}
    assert read.notes == ("field 'half': holds what no file can hold, and is left out",)


@pytest.mark.parametrize(
    ("given", "article", "source"),
    [
        ({"author": "Ana Puig", "section": "Local"}, ("Ana Puig", "Local", ""), {}),
        ({"AUTHOR": ["A", {"name": "B"}]}, ("A, B", "", ""), {"AUTHOR": ["A", {"name": "B"}]}),
        ({"section": {"id": 3}}, ("", "", ""), {"section": {"id": 3}}),
        ({"date": "2025-01"}, ("", "", "2025-01"), {}),
        ({"date": "3 mai 2024"}, ("", "", "2024-05-03"), {"date": "3 mai 2024"}),
        ({"date": "03/05/2024"}, ("", "", "03/05/2024"), {}),
        ({"date": "demain"}, ("", "", "demain"), {}),
    ],
    ids=str,
)
def test_author_section_and_date_of_a_row_become_words_one_can_sort_by_and_nothing_of_them_is_lost(
    tmp_path: Path, given: dict[str, object], article: tuple[str, str, str], source: dict[str, object]
) -> None:
    (read,) = outcomes(rows(tmp_path / "a.jsonl", [json.dumps({"text": "Un.", **given}).encode()]))
    assert isinstance(read, Article)
    assert ((read.author, read.section, read.published), read.source) == (article, source)


@pytest.mark.parametrize(
    ("name", "content", "note"),
    [
        ("a.txt", b"https://val.example/a\nhttps://val.example/b\n", "a list of addresses"),
        ("README.md", b"Les textes de ce dossier.", "README.md mostly describes its folder"),
    ],
)
def test_a_text_that_is_likely_no_article_gets_a_note(tmp_path: Path, name: str, content: bytes, note: str) -> None:
    (tmp_path / name).write_bytes(content)
    (read,) = outcomes(tmp_path / name)
    assert isinstance(read, Article)
    assert [one.startswith(note) for one in read.notes] == [True]


def test_a_feed_with_the_name_of_a_text_is_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b'<?xml version="1.0"?><rss><channel></channel></rss>')
    (failure,) = outcomes(tmp_path / "a.txt")
    assert isinstance(failure, Failure)
    assert (failure.reason, failure.hint) == ("unsupported", "let its name end with .xml")


@pytest.mark.parametrize(("row", "kind"), [('"Un texte."', "a string"), ("[1]", "a list"), ("5", "a number")])
def test_row_that_is_no_object_is_named_by_its_kind_in_json(tmp_path: Path, row: str, kind: str) -> None:
    (tmp_path / "a.jsonl").write_text(f"{row}\n", encoding="utf-8")
    (failure,) = read([str(tmp_path)], fields=Fields())
    assert isinstance(failure, Failure)
    assert failure.message == f"{kind}, not an object"
