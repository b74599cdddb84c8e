from __future__ import annotations

from pathlib import Path

import pytest

from annotator.errors import UsageError
from annotator.settings import load


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "annotator.toml").write_text(
        'to = "es"\nsplit = "clause"\nlabel_studio_url = "http://file.example"\n'
        '[fields]\ntext = "body"\ntitle = "head"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://environment.example")
    settings = load({"to": "de", "lang": None}, fields={"title": "headline", "id": None}, directory=tmp_path)
    assert (settings.to, settings.split, settings.label_studio_url) == ("de", "clause", "http://environment.example")
    assert (settings.fields.text, settings.fields.title, settings.fields.id) == ("body", "headline", "id")
    assert settings.translator == "auto"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("to = ", "not valid TOML", id="syntax"),
        pytest.param('colour = "blue"', "setting colour", id="unknown-name"),
        pytest.param("beam = 0", "setting beam", id="value-out-of-range"),
    ],
)
def test_bad_file_is_wrong_usage_and_says_where(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "annotator.toml").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        load({}, directory=tmp_path)


def test_key_is_shown_in_no_form_of_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "s3cret-key")
    settings = load({}, directory=tmp_path)
    assert settings.label_studio_api_key.get_secret_value() == "s3cret-key"
    assert "s3cret" not in f"{settings!r}{settings.model_dump_json()}{settings}"


def test_wrong_flag_names_the_value(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="got 'deepl'"):
        load({"translator": "deepl"}, directory=tmp_path)
