"""Marks and guidelines of a team's own: what the settings file, which may be a stranger's, can make of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator import guidelines
from annotator.errors import UsageError
from annotator.labelstudio import form
from annotator.labelstudio.guideline_versions import described, older_than, version_at, versions_in
from annotator.labelstudio.own_marks import labelling_config
from annotator.settings import load

MARK = '[marks.satire]\nkey = "q"\ntitle = { en = "Satire!", fr = "Satire" }\n'


def loaded(folder: Path, content: str) -> object:
    (folder / "annotator.toml").write_text(content, encoding="utf-8")
    return load({}, directory=folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param('[marks.satire]\nkey = "1"', "is the key of 'sourced' already", id="key-of-a-label"),
        pytest.param('[marks.satire]\nkey = "h"', "is the key of 'hedged' already", id="key-of-a-mark"),
        pytest.param('[marks.satire]\nkey = "ctrl+q"', "is not a small letter", id="no-key"),
        pytest.param("[marks.satire]\nkey = 7", "should be a valid string", id="number"),
        pytest.param("[marks.satire]", "marks.satire.key", id="without-a-key"),
        pytest.param('[marks.hedged]\nkey = "q"', "holds 'hedged', which the form has already", id="taken-name"),
        pytest.param('[marks."<b>"]\nkey = "q"', "holds a name that is not", id="name"),
        pytest.param(MARK + '[marks.other]\nkey = "q"', "gives the key q to 'satire' and to 'other'", id="same-key"),
        pytest.param('[marks.a]\nkey = "q"\ntitle = { en = "<script>" }', "holds a title with one of", id="markup"),
        pytest.param('[marks.a]\nkey = "q"\ntitle = { en = "$unit_id" }', "holds a title with one of", id="variable"),
        pytest.param('[marks.a]\nkey = "q"\ntitle = { en = "a\\nb" }', "on one line", id="two-lines"),
        pytest.param('[marks.a]\nkey = "q"\ntitle = { english = "a" }', "names a language that is none", id="language"),
        pytest.param('[marks.a]\nkey = "q"\ncolour = "red"', "setting marks.a.colour", id="unknown"),
        pytest.param('marks = "satire"', "'satire' should be an object", id="no-table"),
        pytest.param('[guidelines]\nfile = "/etc/passwd"\nversion = "2"', "is not a file in the folder", id="absolute"),
        pytest.param('[guidelines]\nfile = "../a.md"\nversion = "2"', "is not a file in the folder", id="above"),
        pytest.param('[guidelines]\nfile = "C:\\\\a.md"\nversion = "2"', "is not a file in the folder", id="drive"),
        pytest.param('[guidelines]\nfile = ".env"\nversion = "2"', "does not end in .md", id="other-file"),
        pytest.param('[guidelines]\nfile = "a.md"\nversion = "2, 1"', "is not 1 to 30 letters", id="version"),
        pytest.param('[guidelines]\nfile = "a.md"', "guidelines.version", id="without-a-version"),
        pytest.param('guidelines = "a.md"', "'a.md' is not a table", id="guidelines-no-table"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        loaded(tmp_path, content)
    assert message in raised.value.message
    assert "annotator.toml" in raised.value.message


def test_a_mark_is_stored_by_its_name_and_shown_by_its_title(tmp_path: Path) -> None:
    settings = loaded(tmp_path, MARK)
    marks = settings.marks  # type: ignore[attr-defined]
    config = labelling_config("fr", marks)
    assert 'value="Satire" alias="satire" hotkey="q"' in config
    assert form.parse(config).controls["marks"].values[-1] == "satire"
    assert form.differences(config, labelling_config("en", marks)) == []
    assert labelling_config("en", {}) == form.labelling_config("en")


def test_guidelines_behind_a_link_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "team").mkdir()
    (tmp_path / "secret.md").write_text("key", encoding="utf-8")
    (tmp_path / "team" / "a.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(UsageError, match="leads out of the folder"):
        guidelines.html_of("a.md", tmp_path / "team")


def test_html_in_guidelines_is_text(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Ours\n\n<script>alert(1)</script>", encoding="utf-8")
    shown = guidelines.html_of("a.md", tmp_path)
    assert "<h1>Ours</h1>" in shown
    assert "<script>" not in shown


def test_every_answer_has_the_version_that_held_when_it_was_given() -> None:
    first = "Claim units for fact-checking. Guidelines version 1."
    second = described(first, "team-2", now="2026-03-01T09:00:00+00:00")
    third = described(second, "3.1", now="2026-04-01T09:00:00+00:00")
    versions = versions_in(third)
    assert [name for name, _ in versions] == ["3.1", "team-2", "1"]
    moments = ("2026-01-01T00:00:00.5Z", "2026-03-01T09:00:00.000001Z", "2026-05-01T00:00:00Z", "")
    assert [version_at(versions, moment) for moment in moments] == ["1", "team-2", "3.1", "3.1"]
    assert older_than(versions, "3.1") == {"team-2", "1"}
    assert older_than(versions, "9") == older_than(versions, "1") == set()


@pytest.mark.parametrize("description", ["", "Somebody's own words.", "Guidelines version"])
def test_a_description_of_others_has_the_version_of_this_tool(description: str) -> None:
    assert [name for name, _ in versions_in(description)] == ["1"]
