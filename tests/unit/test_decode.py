"""Bytes become the text that was meant, or a failure that says what to do, in whatever encoding they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator import settings
from annotator.errors import InputError, UsageError
from annotator.models import Article
from annotator.readers import read
from annotator.readers.decode import declared_encoding, decode
from annotator.text import twice_encoded

GUESSED = {
    "Il caffè è chiuso.": "cp1252",
    "Dat was vóór de verkiezingen.": "cp1252",
    "Le maire a été élu.": "cp1252",
    "La niñez no espera más.": "cp1252",
    "¿Qué pasó?": "cp1252",
    "Où ?": "cp1252",
    "Ação já começou.": "cp1252",
    "Die Straße bleibt für Fußgänger offen.": "cp1252",
    "Rada města zavřela starý most kvůli trhlinám.": "cp1250",
    "Burmistrz powiedział, że most będzie zamknięty.": "cp1250",
    "A híd a jövő évig zárva marad, közölte a főmérnök.": "cp1250",
    "Мэр сказал, что мост закрыт.": "cp1251",
    "Мост закрыт до весны.": "koi8-r",
    "Η γέφυρα παραμένει κλειστή.": "cp1253",
    "Köprü kışa kadar kapalı kalacak, dedi başkan.": "cp1254",
    "Tiltas bus uždarytas iki žiemos, sakė meras.": "cp1257",
    "הגשר סגור עד האביב.": "cp1255",
    "橋は春まで閉鎖されます。": "euc_jp",
}


@pytest.mark.parametrize(("text", "encoding"), GUESSED.items(), ids=GUESSED.values())
def test_short_text_is_read_by_the_code_page_that_gives_words(text: str, encoding: str) -> None:
    found, [note] = decode(text.encode(encoding))
    assert found == text
    assert note.startswith("not UTF-8; read as ")
    assert note.endswith(", a guess")


def test_long_text_is_told_by_its_lines_beyond_ascii() -> None:
    text = "The bridge is closed.\n" * 10_000 + "Die Brücke bleibt für Fußgänger geöffnet.\n"
    assert decode(text.encode("cp1252"))[0] == text


@pytest.mark.parametrize("head", ["encoding: mac-roman\n", "---\ntitle: x\ncharset: 'macintosh'\n---\n"])
def test_head_of_a_text_names_its_encoding(head: str) -> None:
    raw = f"{head}\nL'été à Brenval.".encode("mac-roman")
    text, notes = decode(raw, declared=declared_encoding(raw))
    assert text.endswith("L'été à Brenval.")
    assert notes == ()


def test_declared_code_page_that_puts_other_letters_into_words_is_not_believed() -> None:
    text, notes = decode("L'été dernier, déjà.".encode("cp1252"), declared="windows-1251")
    assert (text, len(notes)) == ("L'été dernier, déjà.", 1)


def test_named_encoding_decides(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Señor, ¿qué?".encode("cp850"))
    [article] = read([path], encoding="cp850")
    assert isinstance(article, Article)
    assert (article.text, article.notes) == ("Señor, ¿qué?", ())


def test_named_encoding_counts_for_tables_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("id,text\n1,Señor\n".encode("cp850"))
    [article] = read([tmp_path / "a.csv"], encoding="cp850")
    assert isinstance(article, Article)
    assert article.text == "Señor"


def test_bytes_that_are_not_of_the_named_encoding_are_refused() -> None:
    with pytest.raises(InputError, match="not valid utf-8, as --encoding says: byte 3") as caught:
        decode(b"Caf\xe9", encoding="utf-8")
    assert (caught.value.reason, caught.value.hint) == ("encoding", "name another --encoding")


def test_mark_of_utf_8_is_no_text_where_utf_8_is_named() -> None:
    assert decode("été".encode("utf-8-sig"), encoding="UTF-8") == ("été", ())


@pytest.mark.parametrize("name", ["latin-99", "base64"])
def test_name_that_is_no_encoding_is_wrong_usage(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=f"--encoding.*'{name}' is not an encoding such as utf-8"):
        settings.load({"encoding": name}, directory=tmp_path)


def test_nul_characters_are_left_out_and_counted() -> None:
    text, notes = decode(b"<p>Le pont\x00 est ferm\xc3\xa9.<\x00/p>" + b"\x00" * 40)
    assert (text, notes) == ("<p>Le pont est fermé.</p>", ("42 NUL characters left out",))


@pytest.mark.parametrize(
    "raw", [b"\x00\x01\x02" * 100, b"\x89PNG\x00\x00", b"\x00" * 9, b"PK\x03\x04\x14\x00 word" + bytes(range(32)) * 3]
)
def test_file_full_of_control_characters_is_binary(raw: bytes) -> None:
    with pytest.raises(InputError) as caught:
        decode(raw)
    assert caught.value.reason == "binary"


@pytest.mark.parametrize("page", ["cp1252", "cp1251", "mac-roman"])
def test_text_that_was_encoded_twice_is_noted_and_left_alone(page: str, tmp_path: Path) -> None:
    text = "Le conseil a été élu à Lyon.".encode().decode(page)
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    [article] = read([tmp_path / "a.txt"])
    assert isinstance(article, Article)
    assert article.text == text
    assert any("looks encoded twice" in note and "for 'é'" in note for note in article.notes)


@pytest.mark.parametrize(
    "text",
    ["« C'était l'été\xa0», dit-il.", "„So ein Spaß“", "MAÇÃ, SÃO JOÃO", "ÇA ÉTÉ VU", "Він був у Сівері", "Café"],
)
def test_rare_letters_side_by_side_are_no_damage(text: str) -> None:
    assert twice_encoded(text) == ""
