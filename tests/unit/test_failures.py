"""The file of failures never takes the place of a file of another kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.errors import UsageError
from annotator.failures import failure_file
from annotator.models import Failure

ONE = Failure(step="read", source="a.txt", reason="empty", message="nothing but white space")


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
    with pytest.raises(UsageError, match=r"tasks\.jsonl: holds something else"), failure_file(path):
        pass
    assert path.read_text(encoding="utf-8") == text


def test_none_is_wanted() -> None:
    with failure_file(None) as write:
        write(ONE)


def test_an_unwritable_place_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"), failure_file(tmp_path / "no" / "failures.jsonl"):
        pass
