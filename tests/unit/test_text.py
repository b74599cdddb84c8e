from __future__ import annotations

import contextlib
import json
import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.text import canonical, digest, one_json_line, reading_form, shown_name, trim, unstorable


@given(st.text())
def test_canonical_text_is_a_fixed_point(raw: str) -> None:
    once, _ = canonical(raw)
    assert canonical(once.removeprefix("\ufeff"))[0] == once.removeprefix("\ufeff")


@given(st.lists(st.text(alphabet=st.one_of(st.sampled_from("e\u0301\u0323\u0315\ufeff\u1100\u1161"), st.characters()))))
def test_canonical_texts_joined_by_line_ends_are_canonical(pieces: list[str]) -> None:
    joined = "\n".join(["x", *(canonical(piece)[0] for piece in pieces)])
    assert canonical(joined) == (joined, 0)


@given(st.text(alphabet=st.one_of(st.sampled_from("\x00\ud83d\udc00"), st.characters())))
def test_what_is_not_told_as_unstorable_can_be_stored(text: str) -> None:
    told = unstorable(text)
    with contextlib.suppress(UnicodeEncodeError):
        assert bool(told) == (b"\x00" in text.encode())
        return
    assert told


@given(st.binary().map(os.fsdecode))
def test_name_of_a_file_can_be_shown(name: str) -> None:
    assert unstorable(shown_name(name).replace("\x00", "")) == ""


@given(st.text())
def test_canonical_text_is_nfc_without_carriage_returns(raw: str) -> None:
    text, _ = canonical(raw)
    assert unicodedata.is_normalized("NFC", text)
    assert "\r" not in text


@pytest.mark.parametrize(
    ("raw", "text", "changed"),
    [
        pytest.param("a\r\nb\rc", "a\nb\nc", 0, id="line-ends"),
        pytest.param("\ufeffa", "a", 0, id="byte-order-mark"),
        pytest.param("e\u0301te\u0301", "été", 2, id="decomposed-accents"),
        pytest.param("\u2126", "Ω", 1, id="one-for-one"),
        pytest.param("\u0958\u0958", "\u0915\u093c" * 2, 2, id="longer-than-before"),
        pytest.param("\ufeff\ufeffa", "a", 0, id="two-marks"),
        pytest.param(" a  b ", " a  b ", 0, id="blanks-stay"),
    ],
)
def test_canonical_text_says_what_it_changed(raw: str, text: str, changed: int) -> None:
    assert canonical(raw) == (text, changed)


@given(st.text(alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("\x85\u2028\u2029\n\x1c"))))
def test_a_json_line_is_one_line_to_every_reader(text: str) -> None:
    line = one_json_line(json.dumps(text, ensure_ascii=False))
    assert line.splitlines() == [line.rstrip("\n")]
    assert json.loads(line) == text


@given(st.text(alphabet="ab \n\t"))
def test_reading_form_keeps_every_offset(text: str) -> None:
    read = reading_form(text)
    assert len(read) == len(text)
    assert all(a == b or (a, b) == ("\n", " ") for a, b in zip(text, read, strict=True))


def test_reading_form_joins_wrapped_lines_and_keeps_blank_lines() -> None:
    assert reading_form("la dette\na reculé\n\nFin") == "la dette a reculé\n\nFin"


@given(st.text(), st.integers(0, 20), st.integers(0, 20))
def test_trim_leaves_no_white_space_at_either_end(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    first, last = trim(text, start, end)
    assert text[first:last] == text[start:end].strip()


def test_digest_is_the_sha256_of_the_utf8_text() -> None:
    assert digest("abc", 12) == "ba7816bf8f01"  # FIPS 180-2, appendix B.1
