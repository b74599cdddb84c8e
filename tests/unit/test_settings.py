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
        pytest.param('colour = "blue"', "annotator.toml: there is no setting colour", id="unknown-name"),
        pytest.param('[fields]\nbody = "b"', "there is no setting fields.body", id="unknown-field"),
        pytest.param("beam = 0", r"setting beam \(annotator.toml\)", id="value-out-of-range"),
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


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        pytest.param("english!", "en or fr", id="no-tag"),
        pytest.param("English", "en or fr", id="name"),
        pytest.param("pt-BR", "like pt", id="region"),
        pytest.param("EN", "like en", id="capitals"),
    ],
)
@pytest.mark.parametrize("flag", ["to", "lang"])
def test_what_is_no_language_code_is_wrong_usage_and_says_how_one_looks(
    tmp_path: Path, flag: str, value: str, meant: str
) -> None:
    with pytest.raises(UsageError) as wrong:
        load({flag: value}, directory=tmp_path)
    assert wrong.value.message == f"setting {flag} (--{flag}): {value!r} is no language code"
    assert wrong.value.hint.endswith(meant)


def test_hint_of_a_wrong_setting_lists_the_names_there_are(tmp_path: Path) -> None:
    (tmp_path / "annotator.toml").write_text("colour = 1", encoding="utf-8")
    with pytest.raises(UsageError) as wrong:
        load({}, directory=tmp_path)
    assert wrong.value.hint.startswith("one of argos_package_index, argos_packages_dir, beam, data_dir, fields, ")
    assert "key" not in wrong.value.hint
