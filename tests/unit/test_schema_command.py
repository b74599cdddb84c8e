"""`annotator schema --check` says which files are missing and which differ, and what writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.cli import main
from annotator.schemas import LINES


def checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    with pytest.raises(SystemExit) as end:
        main(["schema", "--check", "--dir", str(folder)])
    return end.value.code, capsys.readouterr().err


def test_no_file_at_all_is_missing_not_different(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = checked(tmp_path / "schemas", capsys)
    assert code == 1
    assert "missing: all\n" in told
    assert f"try: annotator schema --dir {tmp_path / 'schemas'}" in told
    assert not (tmp_path / "schemas").exists()


def test_missing_and_differing_files_are_named_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["schema", "--dir", str(tmp_path)])
    (tmp_path / "task.schema.json").unlink()
    (tmp_path / "run.schema.json").write_bytes(b"\xff")
    code, told = checked(tmp_path, capsys)
    assert code == 1
    assert "missing: task.schema.json; differ: run.schema.json\n" in told


def test_every_field_of_every_schema_says_what_it_is() -> None:
    for name, line in LINES.items():
        schema = line.model_json_schema(mode="serialization")
        for part in (schema, *schema.get("$defs", {}).values()):
            silent = [field for field, what in part.get("properties", {}).items() if "description" not in what]
            assert not silent, f"{name}: {part['title']}"
