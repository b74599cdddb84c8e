"""CSV and TSV: fields by name, broken rows listed with their line, the rest read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.models import Article, Failure
from annotator.readers import read
from annotator.settings import Fields


def outcomes(path: Path, raw: bytes, fields: Fields | None = None) -> list[Article | Failure]:
    path.write_bytes(raw)
    return list(read([str(path)], fields=fields or Fields()))


def seen(path: Path, raw: str, encoding: str = "utf-8") -> tuple[list[str], list[tuple[int | None, str]]]:
    """Return the texts read, and line and reason of each failure."""
    found = outcomes(path, raw.encode(encoding))
    texts = [outcome.text for outcome in found if isinstance(outcome, Article)]
    return texts, [(outcome.line, outcome.reason) for outcome in found if isinstance(outcome, Failure)]


def test_columns_are_the_fields(tmp_path: Path) -> None:
    raw = b"nr,titel,body,rubrique\n7,Un titre,Le corps.,x\n"
    (read,) = outcomes(tmp_path / "a.csv", raw, Fields(text="body", title="titel", id="nr"))
    assert isinstance(read, Article)
    assert (read.article_id, read.title, read.text) == ("7", "Un titre", "Un titre\n\nLe corps.")
    assert read.notes == ()


@pytest.mark.parametrize(
    ("name", "raw", "notes"),
    [
        pytest.param("a.csv", "id,text\n1,Un; deux.\n", (), id="comma"),
        pytest.param(
            "a.csv", 'id;text\n1;"Un; deux."\n', ("columns separated by ';', a guess",), id="semicolon"
        ),
        pytest.param("a.csv", "id\ttext\n1\tUn; deux.\n", ("columns separated by '\\t', a guess",), id="tab"),
        pytest.param("a.tsv", "id\ttext\n1\tUn; deux.\n", (), id="tsv"),
        pytest.param("a.csv", '"a;b;c",text\nx,Un; deux.\n', (), id="marks-inside-quotes-do-not-count"),
    ],
)  # fmt: skip
def test_delimiter_is_told_by_the_header(tmp_path: Path, name: str, raw: str, notes: tuple[str, ...]) -> None:
    (read,) = outcomes(tmp_path / name, raw.encode())
    assert isinstance(read, Article)
    assert (read.text, read.notes) == ("Un; deux.", notes)


def test_two_columns_of_a_name_that_counts_are_refused(tmp_path: Path) -> None:
    (failure,) = outcomes(tmp_path / "a.csv", b"text,note,note,text\nUn.,a,b,Deux.\n")
    assert isinstance(failure, Failure)
    assert (failure.reason, "'text'" in failure.message) == ("duplicate_column", True)


def test_two_columns_of_another_name_are_left_alone(tmp_path: Path) -> None:
    (article,) = outcomes(tmp_path / "a.csv", b"text,note,note\nUn.,a,b\n")
    assert isinstance(article, Article)


def test_guess_is_noted_once_a_file(tmp_path: Path) -> None:
    found = outcomes(tmp_path / "a.csv", b"id;text\n1;Un.\n2;Deux.\n")
    assert [len(outcome.notes) for outcome in found if isinstance(outcome, Article)] == [1, 0]


def test_quoted_field_keeps_line_ends_commas_and_marks(tmp_path: Path) -> None:
    texts, failures = seen(tmp_path / "a.csv", 'text,id\n"Un ""mot"", deux.\nTrois.",1\nQuatre.,2\n')
    assert (texts, failures) == (['Un "mot", deux.\nTrois.', "Quatre."], [])


@pytest.mark.parametrize(
    ("raw", "texts", "failures"),
    [
        pytest.param(
            "id,text\n1,Un.\n2,Deux,trop.\n3,Trois.\n", ["Un.", "Trois."], [(3, "csv")], id="too-many-columns"
        ),
        pytest.param("id,text\n1,Un.\n2\n3,Trois.\n", ["Un.", "Trois."], [(3, "csv")], id="too-few-columns"),
        pytest.param('id,text\n1,"Un\n2,Deux.\n3,Trois.\n', ["Deux.", "Trois."], [(2, "csv")], id="mark-never-closed"),
        pytest.param('id,text\n1,"Un" et.\n2,Deux.\n', ["Deux."], [(2, "csv")], id="words-after-the-closing-mark"),
        pytest.param(
            'id,text\n1,"Un\n2,"Deux\n3,Trois.\n', ["Trois."], [(2, "csv"), (3, "csv")], id="two-marks-never-closed"
        ),
        pytest.param("id,text\n1,\n2, \n,\n\n3,Trois.\n", ["Trois."], [(2, "empty"), (3, "empty")], id="no-text"),
    ],
)
def test_broken_rows_are_listed_with_their_line(
    tmp_path: Path, raw: str, texts: list[str], failures: list[tuple[int, str]]
) -> None:
    assert seen(tmp_path / "a.csv", raw) == (texts, failures)


def test_nul_behind_the_beginning_costs_its_row_only(tmp_path: Path) -> None:
    raw = "id,text\n" + "9,Neuf.\n" * 40_000 + "3,a\0b\n4,Fin.\n"
    assert seen(tmp_path / "a.csv", raw) == ([*["Neuf."] * 40_000, "Fin."], [(40_002, "binary")])


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_encoding_is_told_by_the_beginning(tmp_path: Path, encoding: str) -> None:
    raw = "text,id\n" + "".join(
        f"L’été s’achève à Orléans, près de la forêt.,{n}\n".replace("s, p", "s p") for n in range(50)
    )
    texts, failures = seen(tmp_path / "a.csv", raw, encoding)
    assert failures == []
    assert texts == ["L’été s’achève à Orléans près de la forêt."] * 50


def test_row_in_another_encoding_than_the_first_ones_is_listed(tmp_path: Path) -> None:
    raw = b"id,text\n" + b"1,Un.\n" * 60_000 + b"2,\xe9t\xe9\n3,Trois.\n"
    *_, second, third = outcomes(tmp_path / "a.csv", raw)
    assert isinstance(second, Failure)
    assert (second.reason, second.line) == ("encoding", 60_002)
    assert isinstance(third, Article)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"id,body\n1,Un.\n", "no_text", id="no-column-of-that-name"),
        pytest.param(b'"id,text\n1,Un.\n', "csv", id="broken-header"),
    ],
)
def test_table_without_a_header_it_can_use_is_refused(tmp_path: Path, raw: bytes, reason: str) -> None:
    first, *_ = outcomes(tmp_path / "a.csv", raw)
    assert isinstance(first, Failure)
    assert first.reason == reason


def test_field_of_megabytes_is_read(tmp_path: Path) -> None:
    text = "Un mot de plus. " * 200_000
    (read,) = outcomes(tmp_path / "a.csv", f"id,text\n1,{text}\n".encode())
    assert isinstance(read, Article)
    assert len(read.text) == len(text)


def test_html_column_is_read_as_a_page(tmp_path: Path) -> None:
    (read,) = outcomes(tmp_path / "a.csv", b"id,page\n1,<p>Un.</p><p>Deux.</p>\n", Fields(html="page"))
    assert isinstance(read, Article)
    assert read.text == "Un.\n\nDeux."


@settings(max_examples=100)
@given(st.lists(st.text(alphabet='a";,\n\r\t é', max_size=30), max_size=12))
def test_any_table_is_read_or_its_rows_are_listed(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    raw = "text,id\n" + "\n".join(lines)
    found = outcomes(tmp_path_factory.mktemp("t") / "a.csv", raw.encode())
    assert all(isinstance(outcome, Article) or outcome.line or outcome.reason for outcome in found)
