"""Environments that uv or pip fills from a list, without a network; where the program of Label Studio is looked for."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from commands import annotator

from annotator import environments
from annotator.errors import AnnotatorError
from annotator.labelstudio import installation

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages, with one in it, which is all that pip is configured to know."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    with zipfile.ZipFile(folder / "smallest-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("smallest.py", "here = True\n")
        wheel.writestr("smallest-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: smallest\nVersion: 1.0\n")
        wheel.writestr("smallest-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr("smallest-1.0.dist-info/RECORD", "")
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[global]\nno-index = true\nfind-links = {folder}\n", encoding="utf-8")
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def packages(shelf: Path, tmp_path: Path) -> Path:
    """The list of what lies on the shelf."""
    digest = hashlib.sha256(next(shelf.iterdir()).read_bytes()).hexdigest()
    listed = tmp_path / "list.txt"
    listed.write_text(f"smallest==1.0 \\\n    --hash=sha256:{digest}\n", encoding="utf-8")
    return listed


def test_uv_takes_the_packages_from_where_pip_is_told_to(packages: Path, tmp_path: Path) -> None:
    said: list[str] = []
    environments.build(tmp_path / "env", say=said.append)
    environments.fill(tmp_path / "env", packages, say=said.append)
    subprocess.run([tmp_path / "env/bin/python", "-c", "import smallest"], check=True)
    assert said[0] == "uv fetches and installs 1 packages"


def test_pip_fills_an_environment_where_there_is_no_uv(packages: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", bare], check=True)
    ran = subprocess.run(
        [bare / "bin/python", "-m", "annotator.environments", packages],
        env={**os.environ, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stderr.startswith("pip fetches and installs 1 packages")
    subprocess.run([bare / "bin/python", "-c", "import smallest"], check=True)


def test_a_package_with_another_hash_is_refused(packages: Path, tmp_path: Path) -> None:
    packages.write_text(f"smallest==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    environments.build(tmp_path / "env", say=print)
    with pytest.raises(AnnotatorError, match="ended") as raised:
        environments.fill(tmp_path / "env", packages, say=print)
    assert "again" in raised.value.hint
    assert subprocess.run([tmp_path / "env/bin/python", "-c", "import smallest"], check=False).returncode


@pytest.mark.parametrize(
    ("config", "variables"),
    [
        pytest.param("", {}, id="nothing"),
        pytest.param(
            "global.index-url='https://a.example/simple'",
            {"UV_DEFAULT_INDEX": "https://a.example/simple"},
            id="index",
        ),
        pytest.param(
            ":env:.index-url='https://b.example'\nglobal.index-url='https://a.example'",
            {"UV_DEFAULT_INDEX": "https://b.example"},
            id="environment-beats-file",
        ),
        pytest.param(
            "install.extra-index-url='\\nhttps://a.example\\nhttps://b.example'",
            {"UV_INDEX": "https://a.example https://b.example"},
            id="two-lines",
        ),
        pytest.param(
            "global.extra-index-url='file:///not/there https://a.example'", {"UV_INDEX": "https://a.example"}, id="gone"
        ),
        pytest.param("global.find-links='/usr /tmp'", {"UV_FIND_LINKS": "/usr,/tmp"}, id="folders"),
        pytest.param("global.timeout='60'\ndownload.index-url='https://a.example'", {}, id="of-no-use"),
    ],
)
def test_what_pip_is_told_is_told_to_uv(config: str, variables: dict[str, str]) -> None:
    assert environments.pip_as_uv(config) == variables


def test_uv_asks_no_index_where_pip_asks_none() -> None:
    assert environments.no_index("global.no-index='true'") == ["--no-index"]
    assert environments.no_index("global.no-index='false'") == []


WHEEL = "file:///w/factcheck_annotator-0.1.0-py3-none-any.whl"


@pytest.mark.parametrize(
    ("origin", "asked"),
    [
        pytest.param({}, "[parquet]", id="index"),
        pytest.param({"url": WHEEL, "archive_info": {}}, f"[parquet] @ {WHEEL}", id="file"),
        pytest.param({"url": "file:///a/checkout", "dir_info": {}}, "[parquet] @ file:///a/checkout", id="folder"),
        pytest.param(
            {"url": "https://host.example/a", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
            "[parquet] @ git+https://host.example/a@abc",
            id="repository",
        ),
    ],
)
def test_an_extra_is_asked_from_where_the_package_came(origin: dict[str, object], asked: str) -> None:
    assert environments.requirement("parquet", origin) == f"factcheck-annotator{asked}"


def test_a_checkout_says_make_setup_and_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(ROOT / ".venv"))
    monkeypatch.chdir(ROOT)
    assert environments.install_command("parquet") == "make setup"
    monkeypatch.chdir(tmp_path)
    assert environments.install_command("parquet") == f"make -C {ROOT} setup"


def test_a_pip_that_the_shell_would_not_find_is_named_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pip", "annotator"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert environments.pip_command("install") == "pip install"
    assert environments.program() == "annotator"
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert environments.pip_command("install") == f"{tmp_path}/python -m pip install"
    assert environments.program() == f"{tmp_path}/annotator"
    monkeypatch.chdir(tmp_path.parent)
    assert environments.program() == f"{tmp_path.name}/annotator"


@pytest.mark.usefixtures("shelf")
def test_an_installation_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    ran = annotator("serve", "--install", "--data-dir", tmp_path / "data")
    assert ran.returncode == 1
    assert b"uv pip install ended" in ran.stderr
    assert [path.name for path in (tmp_path / "data").iterdir()] == []


def test_installing_the_same_again_does_nothing_and_says_so() -> None:
    ran = annotator("serve", "--install", "--json", "--data-dir", ROOT / "build")
    assert b"nothing to do" in ran.stderr
    program = ROOT / "build/label-studio-env/bin/label-studio"
    assert json.loads(ran.stdout) == {"program": str(program), "version": installation.version(program)}


def test_the_program_is_looked_for_beside_python_then_in_the_data_folder_then_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [tmp_path / "beside", tmp_path / "data/label-studio-env/bin", tmp_path / "path"]
    monkeypatch.setattr(sys, "executable", str(places[0] / "python"))
    monkeypatch.setenv("PATH", str(places[2]))
    for place in reversed(places):
        place.mkdir(parents=True)
        (place / "label-studio").touch(mode=0o755)
        assert installation.find(tmp_path / "data") == place / "label-studio"


def test_a_file_of_a_stranger_does_not_choose_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "theirs/label-studio-env/bin/label-studio"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "annotator.toml").write_text('data_dir = "theirs"\n', encoding="utf-8")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    ran = annotator("serve", folder=tmp_path)
    assert (ran.returncode, b"annotator serve --install" in ran.stderr) == (2, True)
    assert not (tmp_path / "ran").exists()
