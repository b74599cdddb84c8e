"""What is to be read: folders in a stable order, lists of names, and rows that never end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import annotator
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import UsageError
from annotator.models import Article, Failure
from annotator.readers import read
from annotator.readers.inputs import below


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two articles, one of them below."""
    (tmp_path / "in/b").mkdir(parents=True)
    (tmp_path / "in/a.txt").write_text("Un pont.", encoding="utf-8")
    (tmp_path / "in/b/c.txt").write_text("Deux ponts.", encoding="utf-8")
    return tmp_path / "in"


Texts = Callable[..., list[str]]


def texts(*inputs: str | Path, files_from: str | Path = "") -> list[str]:
    outcomes = read(inputs, files_from=files_from)
    return [one.text if isinstance(one, Article) else one.message for one in outcomes]


@given(
    paths=st.sets(
        st.lists(st.sampled_from(["a", "a.b", "a-b", "B", "é", "a b", ".hidden"]), min_size=1, max_size=3).map(tuple),
        max_size=12,
    )
)
def test_files_come_sorted_by_path_as_a_list_of_all_of_them_would(
    tmp_path_factory: pytest.TempPathFactory, paths: set[tuple[str, ...]]
) -> None:
    root = tmp_path_factory.mktemp("walk")
    for parts in paths:
        path = root.joinpath(*parts[:-1], f"{parts[-1]}.txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    shown = (
        path for path in root.rglob("*.txt") if not any(part.startswith(".") for part in path.relative_to(root).parts)
    )
    assert list(below(str(root))) == [str(path) for path in sorted(shown)]


def test_a_folder_of_many_files_takes_their_names_alone(tmp_path: Path) -> None:
    for number in range(5_000):
        (tmp_path / f"an article of a crawl {number:06}.txt").touch()
    tracemalloc.start()
    found = sum(1 for _ in below(str(tmp_path)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == 5_000
    assert peak < 5_000 * 120


@pytest.mark.parametrize("end", ["\n", "\0", "\r\n"], ids=["lines", "NUL", "lines of Windows"])
def test_a_list_names_files_and_folders(folder: Path, tmp_path: Path, end: str) -> None:
    (tmp_path / "list").write_bytes(end.join([str(folder / "b"), "", str(folder / "a.txt"), ""]).encode())
    assert texts(files_from=tmp_path / "list") == ["Deux ponts.", "Un pont."]
    assert texts(folder / "a.txt", files_from=tmp_path / "list") == ["Un pont.", "Deux ponts.", "Un pont."]


def test_a_name_that_leads_nowhere_costs_itself(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"nowhere.txt\n" + b"x" * 100_000 + f"\n{folder / 'a.txt'}\n-\n".encode())
    missing, long, found, dash = list(read([], files_from=tmp_path / "list"))
    assert isinstance(missing, Failure)
    assert (missing.source, missing.reason) == ("nowhere.txt", "unreadable")
    assert isinstance(long, Failure)
    assert (long.message, long.line, long.source) == ("longer than a path can be", 2, str(tmp_path / "list"))
    assert isinstance(found, Article)
    assert isinstance(dash, Failure)


def test_a_name_with_a_line_end_in_it_stands_in_a_list_with_nuls(tmp_path: Path) -> None:
    odd = tmp_path / "a\nb\udcff.txt"
    odd.write_text("Un pont.", encoding="utf-8")
    (tmp_path / "list").write_bytes(os.fsencode(odd) + b"\0")
    assert texts(files_from=tmp_path / "list") == ["Un pont."]


@pytest.mark.parametrize(
    ("inputs", "files_from", "words"),
    [
        ([], "", "there is no input"),
        (["-"], "-", "standard input is both"),
        ([], "nowhere", "--files-from nowhere: no such file"),
        ([], ".", "--files-from .: no such file"),
    ],
)
def test_a_list_that_is_none_is_wrong_usage(inputs: list[str], files_from: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read(inputs, files_from=files_from)


def test_the_command_takes_a_list_from_standard_input(folder: Path, tmp_path: Path) -> None:
    listed = f"{folder / 'a.txt'}\n{folder / 'b'}\n".encode()
    out = ("--out", tmp_path / "run", "--translator", "none", "--json")
    ran = annotator("prepare", "--files-from", "-", *out, stdin=listed)
    assert (ran.returncode, json.loads(ran.stdout)["articles"]) == (0, 2)
    assert annotator("prepare", *out).returncode == 2


def test_rows_of_standard_input_are_handed_on_as_they_arrive() -> None:
    """The input stays open: what has been read of it is there all the same."""
    program = "import sys\nfrom annotator.readers import read\nfor one in read(['-']): print(one.text, flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        for text in ("Un pont.", "Deux ponts."):
            reader.stdin.write(json.dumps({"text": text}) + "\n")
            reader.stdin.flush()
            assert reader.stdout.readline() == f"{text}\n"
        reader.stdin.close()


def test_an_endless_list_is_followed(folder: Path) -> None:
    program = "from annotator.readers import read\nfor one in read([], files_from='-'): print(one.text, flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        for name, text in (("a.txt", "Un pont."), ("b", "Deux ponts.")):
            reader.stdin.write(f"{folder / name}\n")
            reader.stdin.flush()
            assert reader.stdout.readline() == f"{text}\n"
        reader.stdin.close()


def test_one_input_needs_no_list(folder: Path) -> None:
    assert [one.text for one in read(str(folder / "a.txt")) if isinstance(one, Article)] == ["Un pont."]
    assert [one.text for one in read(folder / "a.txt") if isinstance(one, Article)] == ["Un pont."]


def test_an_encoding_that_nobody_knows_is_wrong_usage_before_anything_is_read(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"encoding 'bogus' is not an encoding such as utf-8"):
        read([folder], encoding="bogus")
