"""The file of failures never takes the place of a file of another kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.errors import UsageError
from annotator.failures import failure_file
from annotator.models import Failure

ONE = Failure(step="read", source="a.txt", reason="empty", message="nothing but white space")


def broken_off() -> Failure:
    raise ConnectionError


def listed(path: Path) -> list[Failure]:
    return [Failure.model_validate_json(line) for line in path.read_bytes().splitlines()]


def test_every_start_writes_it_anew_unless_it_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "failures.jsonl"
    for go_on, number in ((False, 1), (False, 1), (True, 2)):
        with failure_file(path, go_on=go_on) as write:
            write(ONE)
        assert listed(path) == [ONE] * number


@pytest.mark.parametrize("text", ['{"data": {}}\n', "Un article.\n", "\n", "[]"])
def test_a_file_with_something_else_stays(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tasks.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"tasks\.jsonl: holds something other than"), failure_file(path):
        pass
    assert path.read_text(encoding="utf-8") == text


def test_none_is_wanted() -> None:
    with failure_file(None) as write:
        write(ONE)


def test_an_unwritable_place_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"), failure_file(tmp_path / "no" / "failures.jsonl"):
        pass


def test_a_list_is_replaced_when_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "failures.jsonl"
    with failure_file(path) as write:
        write(ONE)
    with pytest.raises(ConnectionError), failure_file(path) as write:
        write(broken_off())
    assert listed(path) == [ONE]
    assert list(tmp_path.iterdir()) == [path]


def test_a_list_of_work_that_can_be_resumed_is_there_at_once_and_goes_on_behind_a_cut(tmp_path: Path) -> None:
    path = tmp_path / "failures.jsonl"
    with failure_file(path, go_on=False) as write:
        write(ONE)
        assert listed(path) == [ONE]
    with path.open("ab") as stream:
        stream.write(ONE.json_line().encode()[:50])
    with failure_file(path, go_on=True) as write:
        write(ONE)
    assert listed(path) == [ONE, ONE]


@pytest.mark.parametrize("go_on", [None, False, True])
@pytest.mark.parametrize("tail", ["my note\n", "my note", '{"mine": 1}\n'])
def test_a_list_with_something_else_behind_it_stays(tmp_path: Path, tail: str, *, go_on: bool | None) -> None:
    path = tmp_path / "failures.jsonl"
    path.write_text(ONE.json_line() + tail, encoding="utf-8")
    with pytest.raises(UsageError, match="holds something other than"), failure_file(path, go_on=go_on):
        pass
    assert path.read_text(encoding="utf-8") == ONE.json_line() + tail
