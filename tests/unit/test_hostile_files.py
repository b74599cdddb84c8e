"""Files that are damaged, meant to do harm, or just not what they seem: each costs itself, and the others are read."""

from __future__ import annotations

import codecs
import contextlib
import gzip
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from itertools import accumulate
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator import answers
from annotator.dataset.reading import of_dataset
from annotator.errors import InputError, UsageError
from annotator.labelstudio.answer_sources import read_answers
from annotator.labelstudio.task_inventory import inspect_tasks
from annotator.labelstudio.task_source import open_tasks
from annotator.models import Annotation, Article, Failure, Task
from annotator.readers import json_rows, packed, read
from annotator.readers.json_rows import rows
from annotator.settings import Fields

VERSION = Path(__file__).parents[2] / "fixtures" / "versions" / "1"
LINES = (VERSION / "annotations.jsonl").read_bytes()
TASKS = (VERSION / "tasks.jsonl").read_bytes()
COUNT = len(LINES.splitlines())


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", method) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return archive.getvalue()


def encrypted(archive: bytes) -> bytes:
    """The archive with the flag of its one file set, in both places, that says encrypted."""
    marked = bytearray(archive)
    marked[6] |= 1
    marked[archive.index(b"PK\1\2") + 8] |= 1
    return bytes(marked)


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def found(path: Path, content: bytes) -> tuple[int, list[Failure]]:
    """How many annotations are read of such a source, and what is listed."""
    path.write_bytes(content)
    lines = list(read_answers(path))
    return sum(isinstance(one, Annotation) for one in lines), [one for one in lines if isinstance(one, Failure)]


def reasons(failures: Iterable[Failure]) -> list[str]:
    return [failure.reason for failure in failures]


HOSTILE = {
    "flipped gzip": (flipped(gzip.compress(LINES), 900), "damaged"),
    "flipped zstd": (flipped(zstandard.ZstdCompressor(write_checksum=True).compress(LINES), 900), "damaged"),
    "flipped zip": (flipped(zipped({"a.jsonl": LINES}), 900), "damaged"),
    "encrypted zip": (encrypted(zipped({"a.jsonl": LINES})), "archive"),
    "zip without its end": (zipped({"a.jsonl": LINES})[:-30], "archive"),
    "zip within a zip": (zipped({"a.zip": zipped({"a.jsonl": LINES})}), "archive"),
    "zip packed with bzip2": (zipped({"a.jsonl": b" " * 10**6}, zipfile.ZIP_BZIP2), "archive"),
    "bomb in gzip": (gzip.compress(b" " * 110 * 2**20, compresslevel=1), "bomb"),
    "deep line": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nesting"),
    "deep row of an array": (b"[" + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"]", "nesting"),
    "brackets": (b"[" * 200_000, "truncated"),
    "long line": (b'{"a": "' + b"mot " * 2_500_000 + b'"}', "too_large"),
    "long row of an array": (b'[{"a": "' + b"mot " * 2_500_000 + b'"}]', "too_large"),
    "very many values": (b'{"a": [' + b"{}," * 300_000 + b"1]}", "too_large"),
    "utf-16": (LINES.decode().encode("utf-16"), "encoding"),
    "utf-16 without a mark": (LINES.decode().encode("utf-16-le"), "encoding"),
    "utf-32": (LINES.decode().encode("utf-32"), "encoding"),
    "half a character": (json.dumps({**json.loads(LINES.splitlines()[0]), "comment": "\ud83d"}).encode(), "surrogate"),
    "not a number": (b'[{"data": {}, "annotations": [], "lead_time": NaN}]', "no_annotation"),
    "ten thousand digits": (b'[{"id": ' + b"9" * 10_000 + b"}]", "no_annotation"),
    "null": (b"null\n", "no_annotation"),
    "data is a list": (b'[{"data": []}]', "no_annotation"),
    "unit id is an object": (b'[{"data": {"unit_id": {"a": 1}}}]', "foreign_task"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_source_is_one_failure(tmp_path: Path, name: str) -> None:
    content, reason = HOSTILE[name]
    read_of_it, failures = found(tmp_path / "source", content)
    assert (read_of_it, reasons(failures)) == (0, [reason])


@pytest.mark.parametrize("name", HOSTILE)
def test_other_sources_are_used(tmp_path: Path, name: str) -> None:
    (tmp_path / "bad").write_bytes(HOSTILE[name][0])
    sources = [tmp_path / "bad", VERSION / "annotations.jsonl"]
    report = answers.export_files(sources, tmp_path / "out", progress=lambda _: None)
    assert report.collected.lines == COUNT
    assert report.collected.unprocessed == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_tasks_are_one_refused_row(tmp_path: Path, name: str) -> None:
    (tmp_path / "tasks").write_bytes(HOSTILE[name][0])
    with open_tasks(str(tmp_path / "tasks")) as tasks:
        inventory = inspect_tasks(tasks)
    assert (inventory.units, len(inventory.refused)) == ({}, 1)


@pytest.mark.parametrize("name", HOSTILE)
def test_damaged_dataset_is_refused_by_its_file(tmp_path: Path, name: str) -> None:
    good = (VERSION / "dataset" / "records.jsonl").read_bytes()
    content = HOSTILE[name][0]
    is_line = content.startswith((b"{", b"null"))
    (tmp_path / "records.jsonl").write_bytes(good + content if is_line else content)
    place = f"records.jsonl:{len(good.splitlines()) + 1}: " if is_line else "records.jsonl:"
    with pytest.raises(UsageError, match=re.escape(place)):
        list(of_dataset(tmp_path))


@pytest.mark.parametrize(
    "name", ["deep line", "long line", "very many values", "flipped gzip", "bomb in gzip", "utf-16"]
)
def test_hostile_articles_are_one_failure(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.readers.lines.MAX_ARTICLE_BYTES", 8 * 2**20)
    path = tmp_path / ("a.jsonl.gz" if "gzip" in name else "a.jsonl")
    path.write_bytes(HOSTILE[name][0])
    (failure,) = read([str(path)], fields=Fields(text="comment"))
    assert isinstance(failure, Failure)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "zip": lambda content: zipped({"tasks.jsonl": content}),
    "plain": lambda content: content,
    "byte order mark": lambda content: codecs.BOM_UTF8 + content,
    "blank lines before": lambda content: b"\n \r\n" + content,
    "array": lambda content: b"[" + b",".join(content.splitlines()) + b"]",
    "two arrays": lambda content: b"\n".join(b"[%b]" % line for line in content.splitlines()),
}


@pytest.mark.parametrize("pack", PACKERS)
def test_tasks_and_annotations_are_read_in_every_form(tmp_path: Path, pack: str) -> None:
    (tmp_path / "tasks").write_bytes(PACKERS[pack](TASKS))
    with open_tasks(str(tmp_path / "tasks")) as tasks:
        assert list(tasks) == [Task.model_validate_json(line) for line in TASKS.splitlines()]
    (tmp_path / "lines").write_bytes(PACKERS[pack](LINES))
    assert list(read_answers(tmp_path / "lines")) == [
        Annotation.model_validate_json(line) for line in LINES.splitlines()
    ]


@pytest.mark.parametrize("pack", ["gzip", "zstd"])
def test_cut_file_is_used_up_to_the_cut(tmp_path: Path, pack: str) -> None:
    content = PACKERS[pack](LINES * 40)
    number, failures = found(tmp_path / "source", content[:-40])
    assert number > 10 * COUNT
    assert reasons(failures)[-1] == "damaged"


def test_garbage_behind_a_packed_file_is_listed_and_the_file_is_used(tmp_path: Path) -> None:
    number, failures = found(tmp_path / "source", gzip.compress(LINES) + b"garbage")
    assert (number, reasons(failures)) == (COUNT, ["damaged"])


def test_zip_member_that_is_damaged_leaves_the_others(tmp_path: Path) -> None:
    files = {"/etc/a.json": b"[" + LINES.splitlines()[0] + b"]", "../b.jsonl": LINES, "c.json": LINES}
    content = bytearray(zipped(files, zipfile.ZIP_STORED))
    content[content.index(b"annotator")] ^= 1
    number, failures = found(tmp_path / "source.zip", bytes(content))
    assert (number, len(failures)) == (2 * COUNT, 1)
    assert "a.json" in failures[0].message


def test_what_macos_puts_into_an_archive_is_left_alone(tmp_path: Path) -> None:
    files = {"a.jsonl": LINES, "__MACOSX/._a.jsonl": b"\0\5\x16\7", ".hidden.json": b"x"}
    assert found(tmp_path / "source", zipped(files)) == (COUNT, [])


def test_archive_of_ten_thousand_files_is_read(tmp_path: Path) -> None:
    files = {f"{number}.json": b"[]" for number in range(10_000)} | {"a.jsonl": LINES}
    assert found(tmp_path / "source", zipped(files)) == (COUNT, [])


def test_archive_with_a_huge_table_of_contents_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "_TABLE", 10_000)
    _, failures = found(tmp_path / "source", zipped({f"{number}.json": b"[]" for number in range(1000)}))
    assert reasons(failures) == ["archive"]


def test_members_of_an_archive_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "_ALWAYS_ALLOWED_BYTES", 3 * len(LINES))
    monkeypatch.setattr(packed, "_MAX_RATIO", 1)
    number, failures = found(tmp_path / "source", zipped({f"{name}.jsonl": LINES for name in "abcde"}))
    assert (number, reasons(failures)) == (3 * COUNT, ["bomb"] * 2)


@pytest.mark.parametrize("cut", [1, 2, 200, 900, 1163])
def test_cut_array_gives_its_whole_rows_and_one_failure(tmp_path: Path, cut: int) -> None:
    array = PACKERS["array"](LINES)
    number, failures = found(tmp_path / "source", array[:-cut])
    assert reasons(failures) == ["truncated"]
    assert number == sum(len(array[:-cut]) >= end for end in accumulate(len(line) + 1 for line in LINES.splitlines()))


def test_bad_row_of_an_array_leaves_the_others(tmp_path: Path) -> None:
    first, second, *rest = LINES.splitlines()
    number, (failure,) = found(
        tmp_path / "source", b"[" + b",".join([first, second.replace(b":", b"", 1), *rest]) + b"]"
    )
    assert failure.message.startswith("row 2: ")
    assert number == COUNT - 1


def test_unit_whose_offsets_are_false_is_listed(tmp_path: Path) -> None:
    line = json.loads(LINES.splitlines()[0])
    line["data"]["end"] += 1
    assert reasons(found(tmp_path / "source", json.dumps(line).encode())[1]) == ["malformed"]


def test_mention_whose_offsets_are_false_costs_itself(tmp_path: Path) -> None:
    line = json.loads(LINES.splitlines()[0])
    data = line["data"]
    good = {"start": 0, "end": 2, "article_start": data["start"], "article_end": data["start"] + 2}
    good["text"] = data["source_text"][:2]
    line["mentions"] = [good, {**good, "article_start": 10**6}]
    number, failures = found(tmp_path / "source", json.dumps(line).encode())
    assert (number, reasons(failures)) == (1, ["span"])


@pytest.mark.parametrize("large", [2**63, -(2**70), "1" * 50, 1e300, 10**300])
@pytest.mark.parametrize("field", ["project", "task", "annotation"])
def test_number_of_more_than_64_bits_is_listed_however_it_is_written(
    tmp_path: Path, field: str, large: float | str
) -> None:
    line = {**json.loads(LINES.splitlines()[0]), field: large}
    assert reasons(found(tmp_path / "source", json.dumps(line).encode())[1]) == ["no_annotation"]


class Dribble(io.RawIOBase):
    """A stream that gives a few bytes at a time."""

    def __init__(self, content: bytes, size: int) -> None:
        self._content = io.BytesIO(content)
        self._size = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = self._content.read(min(self._size, len(buffer)))
        buffer[: len(part)] = part
        return len(part)


text = st.text(alphabet=st.one_of(st.sampled_from('"\\[]{},: \n'), st.characters(exclude_categories=["Cs"])))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), text),
    lambda below: st.one_of(st.lists(below, max_size=4), st.dictionaries(text, below, max_size=4)),
    max_leaves=12,
)


alike = st.builds(lambda number, below: {"id": number, "data": below}, st.one_of(st.integers(), text), values)
nested_alike = st.builds(lambda row, rows: {**row, "annotations": rows}, alike, st.lists(alike, max_size=3))
"""What an export's rows are like: they begin alike, and what they hold may begin like them."""


@given(
    st.lists(values, max_size=5) | st.lists(nested_alike | values, max_size=8),
    st.integers(1, 40) | st.just(10_000),
    st.sampled_from([None, 1]),
    st.booleans(),
)
def test_array_is_cut_into_its_elements_however_it_comes(
    elements: list[object], size: int, indent: int | None, ascii_only: bool
) -> None:
    content = json.dumps(elements, indent=indent, ensure_ascii=ascii_only).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_rows, "_CHUNK", size)
        got = list(rows(io.BufferedReader(Dribble(content, size), 64)))
    assert [json.loads(row.json) for row in got if isinstance(row.json, bytes)] == elements
    objects = [value for value in elements if isinstance(value, dict)]
    assert [row.value() for row, value in zip(got, elements, strict=True) if isinstance(value, dict)] == objects
    assert [row.number for row in got] == list(range(1, len(elements) + 1))


@pytest.mark.parametrize("content", [b"[{}] x", b"[{}]{}", b"[{}]]"])
def test_what_stands_behind_an_array_is_told(content: bytes) -> None:
    with pytest.raises(InputError, match="follows the end of the array"):
        list(rows(io.BufferedReader(io.BytesIO(content))))


ATOMS = (
    b"[", b"]", b"{", b"}", b'"', b"\\", b",", b":", b"null", b"1e999", b"9" * 25, b"9" * 5000, b"NaN", b"\\ud800",
    b"\\u0000", b"\x00", b"\xff", codecs.BOM_UTF8, b"\n", b'{"a":' * 300, b"[[]]", b'{"id": 1}', b"-1", b"2.5", b'"7"',
)  # fmt: skip
edit = st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 60), st.sampled_from((*ATOMS, b"")))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([LINES, TASKS, (VERSION / "dataset" / "records.jsonl").read_bytes(), PACKERS["array"](LINES)]),
    st.lists(edit, max_size=4),
    st.sampled_from(list(PACKERS)),
    st.lists(edit, max_size=2),
)
def test_mutated_file_is_used_or_listed(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, edits: list[tuple[float, int, bytes]], pack: str,
    later_edits: list[tuple[float, int, bytes]],
) -> None:  # fmt: skip
    folder = tmp_path_factory.mktemp("mutated")
    content = edited(PACKERS[pack](edited(content, edits)), later_edits)
    (folder / "records.jsonl").write_bytes(content)
    with contextlib.suppress(UsageError):
        answers.export_files([folder / "records.jsonl"], folder / "out", progress=lambda _: None)
    with open_tasks(str(folder / "records.jsonl")) as tasks:
        assert all(one.json_line() for one in tasks)
    with contextlib.suppress(UsageError):
        assert all(record.json_line() for record in of_dataset(folder))
    assert all(one.json_line() for one in read([str(folder / "records.jsonl")], fields=Fields(text="revision")))


def edited(content: bytes, edits: Iterable[tuple[float, int, bytes]]) -> bytes:
    for share, length, new in edits:
        at = int(share * len(content))
        content = content[:at] + new + content[at + length :]
    return content


MEASURED = """
import re, sys
from pathlib import Path
from annotator import answers
from annotator.dataset import build
answers.export_files([Path(name) for name in sys.argv[2:]], Path(sys.argv[1]), progress=lambda _: None)
print(int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""
"""Not by `getrusage`: there a process inherits the peak of the one that started it."""


@pytest.mark.linux
@pytest.mark.parametrize("name", ["a line of 400 MB in 389 kB", "eight rows of very many values"])
def test_memory_stays_under_300_mb(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bad.jsonl.gz"
    with gzip.open(path, "wb") as stream:
        if "400" in name:
            stream.write(b'{"a": "')
            stream.writelines(b"mot " * 250_000 for _ in range(400))
        else:
            stream.writelines(b'{"a": [' + b'{"a":1},' * 249_000 + b"1]}\n" for _ in range(8))
    good = str(VERSION / "annotations.jsonl")
    command = [sys.executable, "-c", MEASURED, str(tmp_path / "out"), str(path), good]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 300


@pytest.mark.linux
def test_file_whose_name_is_not_utf_8_is_read_and_listed(tmp_path: Path) -> None:
    for name, content in ((b"caf\xe9.txt", "Un texte."), (b"vide\xe9.txt", "")):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text(content, encoding="utf-8")
    article, failure = read([str(tmp_path)], fields=Fields())
    assert isinstance(article, Article)
    assert isinstance(failure, Failure)
    assert "caf\ufffd.txt" in article.json_line()
    assert "vide\ufffd.txt" in failure.json_line()
