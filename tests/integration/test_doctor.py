"""`annotator doctor` against a real server, a wrong key, no server, and a form that drifted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import annotator

from annotator.labelstudio.client import Client
from annotator.labelstudio.form import labelling_config
from annotator.labelstudio.server import Server

Findings = dict[str, dict[str, str]]


def doctor(*arguments: str, **environment: str) -> tuple[int, Findings]:
    ran = annotator("doctor", "--json", *arguments, environment=environment)
    return ran.returncode, {finding["name"]: finding for finding in json.loads(ran.stdout)["findings"]}


def test_everything_is_ok_with_the_local_server(label_studio: Server) -> None:
    code, findings = doctor(ANNOTATOR_DATA_DIR=str(label_studio.paths.data_dir))
    assert code == 0
    assert {"python", "langdetect", "argostranslate", "fr > en", "disk", "server", "key"} <= findings.keys()
    assert findings["fr > en"]["state"] == "ok"
    assert "Community" in findings["server"]["detail"]
    assert findings["key"]["detail"] == "accepted (legacy token)"
    assert label_studio.credentials.token not in json.dumps(findings)


def test_two_distributions_of_one_module_are_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heavy = tmp_path / "argostranslate-1.11.0.dist-info"
    heavy.mkdir()
    (heavy / "METADATA").write_text("Metadata-Version: 2.1\nName: argostranslate\nVersion: 1.11.0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    _, findings = doctor(ANNOTATOR_DATA_DIR=str(tmp_path))
    assert findings["argostranslate"]["state"] == "failure"
    assert "pip uninstall -y argos-translate-lt argostranslate && " in findings["argostranslate"]["hint"]


def test_the_program_of_the_server_is_named_with_its_version_and_place(tmp_path: Path) -> None:
    _, findings = doctor(ANNOTATOR_DATA_DIR=str(tmp_path))
    assert re.fullmatch(r"\d+\.\d+\S* in /\S+/label-studio", findings["label-studio"]["detail"])


def test_missing_server_is_a_failure_with_the_command_that_starts_one(tmp_path: Path) -> None:
    code, findings = doctor(ANNOTATOR_DATA_DIR=str(tmp_path))
    assert (code, findings["server"]["state"]) == (1, "failure")
    assert "annotator serve" in findings["server"]["hint"]


def test_wrong_key_is_named_and_not_shown(label_studio: Server, tmp_path: Path) -> None:
    code, findings = doctor(
        ANNOTATOR_DATA_DIR=str(tmp_path), LABEL_STUDIO_URL=label_studio.credentials.url, LABEL_STUDIO_API_KEY="f" * 40
    )
    assert (code, findings["server"]["state"]) == (1, "ok")
    assert "401" in findings["access"]["detail"]
    assert "f" * 40 not in json.dumps(findings)


@pytest.mark.parametrize(
    ("config", "state"),
    [
        pytest.param(labelling_config("fr"), "ok", id="ours"),
        pytest.param(
            labelling_config().replace('hotkey="4"', 'hotkey="9"').replace("rhetoric", "spin"), "warning", id="drifted"
        ),
    ],
)
def test_form_of_a_project_is_compared(
    client: Client, label_studio: Server, new_title: Callable[[], str], config: str, state: str
) -> None:
    project = client.create_project(new_title(), config=config, settings={})
    _, findings = doctor("--project", str(project.id), ANNOTATOR_DATA_DIR=str(label_studio.paths.data_dir))
    assert findings["form"]["state"] == state


def test_a_project_that_is_not_there_is_a_failure(label_studio: Server, new_title: Callable[[], str]) -> None:
    code, findings = doctor("--project", new_title(), ANNOTATOR_DATA_DIR=str(label_studio.paths.data_dir))
    assert (code, findings["form"]["state"]) == (1, "failure")
    assert findings["form"]["hint"].startswith("annotator push RUN --project ")


def test_pair_that_nothing_translates_is_a_warning_with_the_mend(label_studio: Server, tmp_path: Path) -> None:
    _, findings = doctor(ANNOTATOR_DATA_DIR=str(label_studio.paths.data_dir), ARGOS_PACKAGES_DIR=str(tmp_path))
    assert findings["de > en"]["state"] == "warning"
    assert findings["de > en"]["hint"].startswith("annotator models install de en")


def test_each_setting_is_shown_with_where_it_was_set_and_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "annotator.toml").write_text('to = "fr"\n\n[fields]\ntext = "body"\n', encoding="utf-8")
    address = "http://name:hunter2@127.0.0.1:1"
    _, findings = doctor(ANNOTATOR_DATA_DIR=str(tmp_path), LABEL_STUDIO_URL=address, LABEL_STUDIO_API_KEY="f" * 40)
    shown = {name.removeprefix("setting "): finding["detail"] for name, finding in findings.items()}
    assert shown["to"] == "fr (from annotator.toml:1)"
    assert shown["fields"].startswith("text=body title=title ")
    assert shown["fields"].endswith("(from annotator.toml:3)")
    assert shown["data_dir"] == f"{tmp_path} (from ANNOTATOR_DATA_DIR)"
    assert shown["label_studio_url"] == "http://...@127.0.0.1:1 (from LABEL_STUDIO_URL)"
    assert shown["label_studio_api_key"] == "********** (from LABEL_STUDIO_API_KEY)"
    assert "split sentence" in shown["settings"]
    told = json.dumps(findings)
    assert "f" * 40 not in told
    assert "hunter2" not in told


def test_mend_of_a_pair_fits_the_translator_that_is_set(
    label_studio: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "annotator.toml").write_text('translator = "argos"\n', encoding="utf-8")
    places = {"ANNOTATOR_DATA_DIR": str(label_studio.paths.data_dir), "ARGOS_PACKAGES_DIR": str(tmp_path)}
    _, findings = doctor(**places)
    assert findings["fr > en"]["hint"] == "annotator models install fr en"
