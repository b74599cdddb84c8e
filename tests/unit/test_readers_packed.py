"""Packed files, and the limits that keep one article from taking the machine."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from annotator.models import Article, Failure
from annotator.readers import read
from annotator.readers.lines import MAX_ARTICLE_BYTES
from annotator.settings import Fields

PACKERS: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}
CONTENTS = {
    "a.txt": b"Un texte.",
    "a.html": b"<p>Un texte.</p>",
    "a.jsonl": b'{"text": "Un texte."}\n',
    "a.csv": b"id,text\n1,Un texte.\n",
    "a.tsv": b"id\ttext\n1\tUn texte.\n",
    "a": b"Un texte.",
}


def outcomes(path: Path, raw: bytes) -> list[Article | Failure]:
    path.write_bytes(raw)
    return list(read([str(path)], fields=Fields()))


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("name", CONTENTS)
def test_every_kind_is_read_packed(tmp_path: Path, name: str, suffix: str) -> None:
    (article,) = outcomes(tmp_path / f"{name}{suffix}", PACKERS[suffix](CONTENTS[name]))
    assert isinstance(article, Article)
    assert article.text == "Un texte."


@pytest.mark.parametrize("suffix", PACKERS)
def test_several_members_in_one_file_are_one_stream(tmp_path: Path, suffix: str) -> None:
    pack = PACKERS[suffix]
    found = outcomes(tmp_path / f"a.jsonl{suffix}", pack(b'{"text": "Un."}\n') + pack(b'{"text": "Deux."}\n'))
    assert [outcome.text for outcome in found if isinstance(outcome, Article)] == ["Un.", "Deux."]


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("damage", ["cut", "no-pack"])
def test_damaged_file_is_listed(tmp_path: Path, suffix: str, damage: str) -> None:
    packed = PACKERS[suffix](json.dumps({"text": "Un texte. " * 99}).encode() + b"\n")
    *_, failure = outcomes(tmp_path / f"a.jsonl{suffix}", packed[: len(packed) // 2] if damage == "cut" else b"plain")
    assert isinstance(failure, Failure)
    assert failure.reason == "damaged"


@pytest.mark.parametrize("suffix", PACKERS)
def test_bomb_is_refused_without_unpacking_it(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.readers.packed._ALWAYS_ALLOWED_BYTES", 10_000_000)
    line = json.dumps({"text": "a " * 500}).encode() + b"\n"
    path = tmp_path / f"a.jsonl{suffix}"
    path.write_bytes(PACKERS[suffix](line * 30_000))
    tracemalloc.start()
    count, outcome = 0, None
    for count, outcome in enumerate(read([str(path)], fields=Fields()), start=1):  # noqa: B007
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(outcome, Failure)
    assert outcome.reason == "bomb"
    assert count < 15_000
    assert peak < 10_000_000


@pytest.mark.parametrize("suffix", PACKERS)
def test_article_above_the_limit_is_refused_packed_or_not(tmp_path: Path, suffix: str) -> None:
    raw = b"mot " * (MAX_ARTICLE_BYTES // 4 + 1)
    for path, content in ((tmp_path / "a.txt", raw), (tmp_path / f"a.txt{suffix}", PACKERS[suffix](raw))):
        (failure,) = outcomes(path, content)
        assert isinstance(failure, Failure)
        assert failure.reason == "too_large"


def test_line_above_the_limit_is_listed_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as stream:
        stream.write(b'{"text": "Un."}\n{"text": "')
        stream.writelines(b"mot " * 2**18 for _ in range(MAX_ARTICLE_BYTES // 2**20 + 1))
        stream.write(b'"}\n{"text": "Trois."}\n')
    first, second, third = read([str(path)], fields=Fields())
    assert isinstance(first, Article)
    assert isinstance(second, Failure)
    assert (second.reason, second.line) == ("too_large", 2)
    assert isinstance(third, Article)


def test_a_million_characters_without_a_blank_are_no_text(tmp_path: Path) -> None:
    (failure,) = outcomes(tmp_path / "a.txt", b"Un texte. " + b"x" * 1_000_000)
    assert isinstance(failure, Failure)
    assert failure.reason == "no_blanks"
    (article,) = outcomes(tmp_path / "b.txt", b"Un texte. " + b"x" * 400_000)
    assert isinstance(article, Article)


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.odt.gz", "a.xlsx", "a.jsonl.bz2", "a.gz.gz"])
def test_what_is_not_read_says_what_to_do(tmp_path: Path, name: str) -> None:
    (failure,) = outcomes(tmp_path / name, b"anything")
    assert isinstance(failure, Failure)
    assert failure.reason == "unsupported"
    assert failure.hint
