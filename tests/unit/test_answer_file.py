"""The file that pull writes, and OUT.part in which its answers gather: nothing of anybody else's is cut or replaced."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hostile import fifo

from annotator.errors import UsageError
from annotator.labelstudio.answer_file import answer_file
from annotator.labelstudio.client import Project
from annotator.models import Annotation, TaskData

OURS = Project(1, "Ours")


def answers(*tasks: int, project: int = 1) -> bytes:
    return b"".join(_answer(task, project).json_line().encode() for task in tasks)


def _answer(task: int, project: int) -> Annotation:
    blank = dict.fromkeys(TaskData.model_fields, "")
    known = {"unit_id": f"a:{task}", "article_id": "a", "kind": "sentence", "block": "paragraph"}
    data = {**blank, **known, "position": task, "start": 0, "end": 5, "source_text": "Texte"}
    ids = {"project": project, "task": task, "annotation": task, "revision": "r", "updated_at": "2026-01-01"}
    return Annotation.model_validate({"annotator": "1", "status": "labelled", "label": "sourced", "data": data, **ids})


def write(out: Path, text: bytes, *, then: Callable[[], object] = lambda: None, **options: Any) -> int:
    with answer_file(str(out), OURS, **options) as (stream, after, _):
        stream.write(text)
        then()
    return after


def broken_off() -> None:
    raise ConnectionError


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl"


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl.part"


def test_answers_appear_when_all_are_there(out: Path, part: Path) -> None:
    with answer_file(str(out), OURS) as (stream, *_):
        stream.write(answers(1))
        assert not out.exists()
        assert part.exists()
    assert out.read_bytes() == answers(1)
    assert not part.exists()


NOT_OURS = [
    pytest.param(b"my notes\n", id="text"),
    pytest.param(b"my notes", id="text-without-end"),
    pytest.param(b'{"mine": 1}', id="json"),
    pytest.param(answers(1) + b"my notes\n" + answers(2), id="between"),
    pytest.param(answers(1) + b"my notes", id="behind"),
    pytest.param(answers(1) + answers(2, project=2), id="of-another-project-too"),
    pytest.param(answers(1, project=2), id="of-another-project"),
]


@pytest.mark.parametrize("text", NOT_OURS)
@pytest.mark.parametrize("resume", [False, True])
def test_a_part_that_no_pull_of_the_project_left_stays(out: Path, part: Path, text: bytes, *, resume: bool) -> None:
    part.write_bytes(text)
    with pytest.raises(UsageError, match=r"not left by a pull of this project|answers of project 2"):
        write(out, answers(1), resume=resume)
    assert part.read_bytes() == text
    assert not out.exists()


@pytest.mark.parametrize("text", NOT_OURS)
def test_a_file_that_holds_anything_else_stays(out: Path, part: Path, text: bytes) -> None:
    out.write_bytes(text)
    with pytest.raises(UsageError, match="holds"):
        write(out, answers(1))
    assert out.read_bytes() == text
    assert not part.exists()


@pytest.mark.posix
@pytest.mark.parametrize("make", [Path.mkdir, fifo, lambda path: path.symlink_to("elsewhere")])
def test_a_part_that_is_not_a_file_stays(out: Path, part: Path, make: Callable[[Path], None]) -> None:
    make(part)
    with pytest.raises(UsageError):
        write(out, answers(1))
    assert os.path.lexists(part)
    assert not (out.parent / "elsewhere").exists()


@pytest.mark.parametrize("cut", [0, 1, 5, 40, len(answers(3)) - 1])
def test_a_part_that_was_cut_anywhere_is_gone_on_with(out: Path, part: Path, cut: int) -> None:
    part.write_bytes(answers(1, 2) + answers(3)[:cut])
    after = write(out, answers(2, 3), resume=True)
    assert after == 1
    assert out.read_bytes() == answers(1, 2, 3)


def test_one_that_broke_off_before_the_first_answer_is_begun_anew(out: Path) -> None:
    assert write(out, answers(1), resume=True) == 0
    assert out.read_bytes() == answers(1)


def test_a_pull_that_breaks_off_leaves_its_part_and_the_file(out: Path, part: Path) -> None:
    out.write_bytes(answers(1))
    with pytest.raises(ConnectionError):
        write(out, answers(1, 2), then=broken_off)
    assert (out.read_bytes(), part.read_bytes()) == (answers(1), answers(1, 2))


def test_a_pull_that_got_nothing_leaves_no_part(out: Path, part: Path) -> None:
    with pytest.raises(ConnectionError):
        write(out, b"", then=broken_off)
    assert not part.exists()


def test_two_pulls_do_not_write_into_one_file(out: Path) -> None:
    with answer_file(str(out), OURS) as (stream, *_):
        stream.write(answers(1))
        with pytest.raises(UsageError, match="another process is writing"):
            write(out, answers(2))
    assert out.read_bytes() == answers(1)


def test_what_somebody_wrote_into_the_file_meanwhile_stays(out: Path, part: Path) -> None:
    with pytest.raises(UsageError, match="holds something other than answers"):
        write(out, answers(1), then=lambda: out.write_bytes(b"mine\n"))
    assert (out.read_bytes(), part.read_bytes()) == (b"mine\n", answers(1))


@pytest.mark.posix
def test_a_link_stays_and_its_part_gathers_beside_the_file(out: Path, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    out.symlink_to(tmp_path / "far/answers")
    with answer_file(str(out), OURS) as (stream, *_):
        stream.write(answers(1))
        assert (tmp_path / "far/answers.part").exists()
    assert out.is_symlink()
    assert (tmp_path / "far/answers").read_bytes() == answers(1)


@pytest.mark.posix
def test_a_device_is_written_through_and_has_nothing_to_go_on_from() -> None:
    assert write(Path("/dev/null"), answers(1)) == 0
    with pytest.raises(UsageError, match=r"no /dev/null\.part"):
        write(Path("/dev/null"), answers(1), resume=True)
    assert not Path("/dev/null.part").exists()


def test_lines_are_known_by_their_beginning() -> None:
    assert next(iter(json.loads(answers(1)))) == "annotator"
