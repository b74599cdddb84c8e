from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from commands import annotator
from hostile import fifo

from annotator.choices import SplitName, TranslatorName
from annotator.errors import UsageError
from annotator.settings import Settings, load

KEY = "0123456789abcdef0123456789abcdef01234567"


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "annotator.toml").write_text(
        'to = "es"\nsplit = "clause"\nlabel_studio_url = "http://file.example"\n'
        '[fields]\ntext = "body"\ntitle = "head"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://environment.example")
    settings = load({"to": "de", "lang": None}, fields={"title": "headline", "id": None}, directory=tmp_path)
    assert (settings.target_language, settings.split, settings.label_studio_url) == (
        "de",
        "clause",
        "http://environment.example",
    )
    assert (settings.fields.text, settings.fields.title, settings.fields.id) == ("body", "headline", "id")
    assert settings.translator == "auto"


def test_a_file_names_one_memory_or_a_list_of_them(tmp_path: Path) -> None:
    (tmp_path / "annotator.toml").write_text('memory = ["a.tmx", "b.csv"]', encoding="utf-8")
    assert load({}, directory=tmp_path).memories == (Path("a.tmx"), Path("b.csv"))
    (tmp_path / "annotator.toml").write_text('memory = "a.tmx"', encoding="utf-8")
    assert load({}, directory=tmp_path).memories == (Path("a.tmx"),)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("to = ", "annotator.toml: not valid TOML: ", id="syntax"),
        pytest.param('to = "en"\ncolour = "blue"', "annotator.toml:2: there is no setting colour", id="unknown-name"),
        pytest.param('target_language = "fr"', "there is no setting target_language", id="name-in-the-code"),
        pytest.param('[fields]\nbody = "b"', "annotator.toml:2: there is no setting fields.body", id="unknown-field"),
        pytest.param('[field]\ntext = "b"', "annotator.toml:1: there is no setting field", id="other-table"),
        pytest.param("a = [[[[]]]]\na.b.c = 1", "annotator.toml: not valid TOML: ", id="one-name-twice"),
        pytest.param(
            'fields = "body"', "setting fields (annotator.toml:1): 'body' is not a table", id="text-for-table"
        ),
        pytest.param("fields = 3", "setting fields (annotator.toml:1): 3 is not a table", id="number-for-table"),
        pytest.param('[[fields]]\ntext = "b"', "setting fields (annotator.toml): a list is not a table", id="tables"),
        pytest.param('[fields.text]\nx = "b"', "annotator.toml): a table should be a valid string", id="nested-table"),
        pytest.param("[fields]\ntext = 1", "setting fields.text (annotator.toml:2): 1 should be a valid", id="field"),
        pytest.param("\nbeam = 0", "setting beam (annotator.toml:2): 0 should be greater than", id="out-of-range"),
        pytest.param(
            'beam = "4"', "setting beam (annotator.toml:1): '4' should be a valid integer", id="text-for-number"
        ),
        pytest.param("beam = true", "setting beam (annotator.toml:1): True should be a valid integer", id="true"),
        pytest.param("beam = 4.0", "setting beam (annotator.toml:1): ", id="float-for-number"),
        pytest.param(f"beam = {'9' * 30}", "setting beam (annotator.toml:1): ", id="large-number"),
        pytest.param(f"beam = {'9' * 5000}", "annotator.toml: not valid TOML: ", id="endless-number"),
        pytest.param("min_score = nan", "setting min_score (annotator.toml:1): ", id="nan"),
        pytest.param("to = 2020-01-01", "setting to (annotator.toml:1): '2020-01-01' is not a", id="date"),
        pytest.param('languages = "fr"', "setting languages (annotator.toml:1): 'fr' should be a", id="text-for-list"),
        pytest.param("languages = []", "setting languages (annotator.toml:1): a list", id="empty-list"),
        pytest.param('languages = ["fr", "english"]', "'english' is not a language code", id="unknown-in-list"),
        pytest.param("languages = [1]", "setting languages (annotator.toml:1): 1 should be a valid string", id="list"),
        pytest.param("data_dir = 1", "setting data_dir (annotator.toml:1): 1 ", id="number-for-folder"),
        pytest.param('data_dir = ""', "setting data_dir (annotator.toml:1): '' is empty", id="empty-folder"),
        pytest.param('data_dir = "a\\u0000b"', "holds a NUL character", id="nul"),
        pytest.param('data_dir = "~nobody-here/x"', "a home directory that is not known", id="unknown-home"),
        pytest.param('own_data_dir = "x"', "annotator.toml:1: there is no setting own_data_dir", id="ours-alone"),
        pytest.param("origins = {}", "annotator.toml:1: there is no setting origins", id="ours-alone-too"),
        pytest.param(f"to = {'[' * 20_000}", "annotator.toml: is larger than", id="huge"),
        pytest.param(f"to = {'[' * 19_000}", "annotator.toml: not valid TOML: nested too deeply", id="deep"),
        pytest.param(f"fields.{'a.' * 3_000}a = 1", "annotator.toml", id="deep-names"),
        pytest.param(f"{'a' * 19_000} = 1", "annotator.toml:1: there is no setting aaa", id="long-name"),
    ],
)
def test_bad_file_is_one_line_of_wrong_usage_and_says_where(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "annotator.toml").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as wrong:
        load({}, directory=tmp_path)
    told = wrong.value.message.replace(f"{tmp_path}/", "")
    assert message in told
    assert wrong.value.hint
    assert "\n" not in told
    assert len(told) < 300


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        pytest.param('fields = "body"', 'text = "body"', id="no-table"),
        pytest.param('text = "body"', "write it below a line [fields]", id="field-above"),
        pytest.param('[fields]\nto = "fr"', "write it above the line [fields]", id="setting-below"),
    ],
)
def test_mistake_with_the_table_of_fields_says_how_it_is_written(tmp_path: Path, content: str, hint: str) -> None:
    (tmp_path / "annotator.toml").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as wrong:
        load({}, directory=tmp_path)
    assert hint in wrong.value.hint


@pytest.mark.parametrize(
    "content",
    [
        f'label_studio_api_key = "{KEY}"',
        f'LABEL_STUDIO_API_KEY = "{KEY}"',
        f'api_token = "{KEY}"',
        f'[label_studio]\napi_key = "{KEY}"',
        f'[fields]\nkey = "{KEY}"',
        f'[[servers]]\napi_key = "{KEY}"',
        f'label_studio_url = {{ key = "{KEY}" }}',
        f'to = "{KEY}"',
        f'beam = "{KEY}"',
        f'beam = ["{KEY}"]',
        f'label_studio_api_key = "{KEY}',
        f"label_studio_api_key = {KEY}",
    ],
)
def test_key_in_a_file_is_refused_and_not_shown(tmp_path: Path, content: str) -> None:
    (tmp_path / "annotator.toml").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as wrong:
        load({}, directory=tmp_path)
    told = "".join(traceback.format_exception(wrong.value))
    assert KEY[:12] not in f"{told}{wrong.value.hint}{wrong.value.__cause__!r}"


def test_key_in_a_file_says_where_it_belongs(tmp_path: Path) -> None:
    (tmp_path / "annotator.toml").write_text(f'\nlabel_studio_api_key = "{KEY}"', encoding="utf-8")
    with pytest.raises(UsageError, match=r"annotator.toml:2: label_studio_api_key does not belong in a file") as wrong:
        load({}, directory=tmp_path)
    assert "LABEL_STUDIO_API_KEY" in wrong.value.hint


@pytest.mark.posix
@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda path: path.mkdir(), "is not a file", id="directory"),
        pytest.param(fifo, "is not a file", id="fifo"),
        pytest.param(lambda path: path.symlink_to("gone"), "a link to a file that is not there", id="dangling-link"),
        pytest.param(lambda path: path.symlink_to(path), "cannot be read: ", id="link-to-itself"),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), "is not a file", id="device"),
        pytest.param(lambda path: path.write_bytes(b'to = "\xe9n"'), r"is not UTF-8 \(byte 7\)", id="latin-1"),
        pytest.param(lambda path: path.write_text('to = "en"', encoding="utf-16"), "is not UTF-8", id="utf-16"),
    ],
)
def test_what_cannot_be_read_as_settings_says_so(tmp_path: Path, make: Callable[[Path], object], message: str) -> None:
    make(tmp_path / "annotator.toml")
    with pytest.raises(UsageError, match=message) as wrong:
        load({}, directory=tmp_path)
    assert wrong.value.hint


def test_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "annotator.toml").write_text('to = "fr"', encoding="utf-8-sig")
    assert load({}, directory=tmp_path).target_language == "fr"


@pytest.mark.parametrize("setting", ["data_dir", "argos_packages_dir"])
def test_home_directory_is_expanded_wherever_it_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("ANNOTATOR_DATA_DIR", raising=False)
    monkeypatch.delenv("ARGOS_PACKAGES_DIR", raising=False)
    (tmp_path / "annotator.toml").write_text(f'{setting} = "~/file"', encoding="utf-8")
    assert getattr(load({}, directory=tmp_path), setting) == tmp_path / "file"
    variable = {"data_dir": "ANNOTATOR_DATA_DIR"}.get(setting, "ARGOS_PACKAGES_DIR")
    monkeypatch.setenv(variable, "~/variable")
    assert getattr(load({}, directory=tmp_path), setting) == tmp_path / "variable"
    assert getattr(load({setting: "~/flag"}, directory=tmp_path), setting) == tmp_path / "flag"


def test_settings_know_where_each_was_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARGOS_PACKAGES_DIR", "/packages")
    (tmp_path / "annotator.toml").write_text('to = "fr"\nsplit = "clause"\n[fields]\ntext = "b"\n', encoding="utf-8")
    settings = load({"split": "sentence"}, directory=tmp_path)
    named = {name: settings.origin(name).name for name in ("to", "split", "fields", "argos_packages_dir", "beam")}
    assert named == {
        "to": f"{tmp_path}/annotator.toml:1",
        "split": "--split",
        "fields": f"{tmp_path}/annotator.toml:3",
        "argos_packages_dir": "ARGOS_PACKAGES_DIR",
        "beam": "default",
    }


def test_folder_that_a_file_chooses_is_not_the_one_in_which_trust_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/mine")
    monkeypatch.delenv("ANNOTATOR_DATA_DIR", raising=False)
    (tmp_path / "annotator.toml").write_text('data_dir = "theirs"', encoding="utf-8")
    settings = load({}, directory=tmp_path)
    assert (settings.data_dir, settings.own_data_dir) == (Path("theirs"), Path("/mine/annotator"))
    assert load({"data_dir": Path("/flag")}, directory=tmp_path).own_data_dir == Path("/flag")


def test_key_is_shown_in_no_form_of_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "s3cret-key")
    settings = load({}, directory=tmp_path)
    assert settings.label_studio_api_key.get_secret_value() == "s3cret-key"
    assert "s3cret" not in f"{settings!r}{settings.model_dump_json()}{settings}"


def test_run_json_and_annotator_toml_call_a_setting_by_one_name(tmp_path: Path) -> None:
    (tmp_path / "annotator.toml").write_text('to = "fr"\nlang = "es"\nlanguages = ["es", "fr"]', encoding="utf-8")
    settings = load({}, directory=tmp_path)
    assert (settings.target_language, settings.source_language) == ("fr", "es")
    written = settings.model_dump(mode="json")
    assert (written["to"], written["lang"], written["languages"]) == ("fr", "es", ["es", "fr"])
    assert Settings.model_validate_json(settings.model_dump_json()) == Settings.model_validate(settings.model_dump())


@pytest.mark.parametrize("flag", [f"--{name}" for name in ("translator", "split", "revisions")])
def test_a_flag_of_few_values_refuses_others_and_names_them(flag: str) -> None:
    ran = annotator("prepare", "a.txt", "--out", "run", flag, "deepl")
    assert ran.returncode == 2
    assert b"'deepl' is not one of '" in ran.stderr


def test_help_lists_the_values_of_a_flag_and_its_default() -> None:
    told = " ".join(annotator("prepare", "--help").stdout.decode().split())
    assert "|".join(get_args(TranslatorName)) in told
    assert "|".join(get_args(SplitName)) in told
    default = Settings()
    for value in (default.target_language, default.translator, default.split):
        assert f"[default: ({value})]" in told


def test_wrong_flag_names_the_value(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'deepl' should be 'auto'"):
        load({"translator": "deepl"}, directory=tmp_path)


def test_empty_folder_of_a_flag_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--data-dir") as wrong:
        load({"data_dir": ""}, directory=tmp_path)
    assert "is empty" in wrong.value.message


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
    assert wrong.value.message == f"setting {flag} (--{flag}): {value!r} is not a language code"
    assert wrong.value.hint.endswith(meant)


def test_hint_of_a_wrong_setting_lists_the_names_there_are(tmp_path: Path) -> None:
    (tmp_path / "annotator.toml").write_text("colour = 1", encoding="utf-8")
    with pytest.raises(UsageError) as wrong:
        load({}, directory=tmp_path)
    assert wrong.value.hint.startswith("one of argos_package_index, argos_packages_dir, beam, compute_type, data_dir, ")
    assert "key" not in wrong.value.hint
