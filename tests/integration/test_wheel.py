"""The wheel in an empty environment: the line works there, outside the checkout, and nothing heavy came along."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "spacy", "stanza", "django")

Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = [pytest.mark.proof, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment, filled as a user does, with what it cost."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
    started = time.monotonic()
    subprocess.run([folder / "env/bin/pip", "install", "--quiet", next(folder.glob("*.whl"))], check=True)
    size = sum(path.stat().st_size for path in (folder / "env").rglob("*") if path.is_file() and not path.is_symlink())
    print(f"\npip install WHEEL: {time.monotonic() - started:.0f} s, {size / 1e6:.0f} MB")  # noqa: T201
    return folder / "env"


@pytest.fixture(scope="module")
def run(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a program of the environment in a folder that is not the checkout's."""
    folder = tmp_path_factory.mktemp("outside")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LABEL_STUDIO"))}
    variables = kept | {"ANNOTATOR_DATA_DIR": str(folder / "data"), "PATH": "/usr/bin:/bin"}

    def run_program(program: str, *arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [environment / "bin" / program, *arguments]
        return subprocess.run(
            command, cwd=folder, env=variables, input=stdin, capture_output=True, text=True, check=False
        )

    return run_program


def test_an_article_is_prepared_and_checked(run: Run) -> None:
    text = "Selon l’Insee, les prix ont augmenté de 2 % en un an. Le pont a été fermé mardi.\n"
    prepared = run("annotator", "prepare", "-", "--out", "run", "--translator", "none", stdin=text)
    assert prepared.returncode == 0, prepared.stderr
    checked = run("annotator", "status", "run", "--verify")
    assert checked.returncode == 0, checked.stderr


def test_the_command_that_brings_an_extra_names_the_wheel(run: Run) -> None:
    """It is run as it is printed."""
    hint = run("python", "-c", "from annotator.environments import install_command as c; print(c('parquet'))").stdout
    assert hint.startswith("pip install 'factcheck-annotator[parquet] @ file://")
    program, *arguments = shlex.split(hint)
    installed = run(program, *arguments)
    assert installed.returncode == 0, installed.stderr
    assert run("python", "-c", "import pyarrow").returncode == 0


def test_the_schema_files_are_those_of_the_checkout(run: Run) -> None:
    assert run("annotator", "schema", "--check", "--dir", ROOT / "schemas").returncode == 0


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("from annotator import guidelines as g; assert g.html('fr') and g.html('en')", id="guidelines"),
        pytest.param(
            "from annotator import demo, settings; assert len(demo.prepare(settings.load({}), say=print)) > 5",
            id="demo",
        ),
        pytest.param(
            "import annotator, pathlib; assert pathlib.Path(annotator.__file__).with_name('py.typed').is_file()",
            id="typed",
        ),
        pytest.param("import annotator; [getattr(annotator, name) for name in annotator.__all__]", id="public-names"),
        pytest.param("import argostranslate.package", id="argos"),
    ],
)
def test_the_wheel_is_complete(run: Run, script: str) -> None:
    ran = run("python", "-c", script)
    assert ran.returncode == 0, ran.stderr


def test_nothing_heavy_comes_with_it(run: Run) -> None:
    listed = run("pip", "list", "--format", "freeze").stdout.lower().splitlines()
    assert [line for line in listed if line.partition("==")[0] in HEAVY] == []


def test_the_command_that_doctor_prints_for_the_server_installs_it(run: Run) -> None:
    """By pip: there is no uv. A second time has nothing to do, and doctor finds it."""
    assert "try: annotator serve --install" in run("annotator", "doctor").stdout
    installed = run("annotator", "serve", "--install")
    assert installed.returncode == 0, installed.stderr
    assert "pip fetches" in installed.stderr
    assert "nothing to do" in run("annotator", "serve", "--install").stderr
    assert "label-studio-env/bin/label-studio" in run("annotator", "doctor").stdout


def test_a_server_whose_list_is_another_one_is_built_anew(run: Run) -> None:
    changed = "import pathlib; p = pathlib.Path('data/label-studio-env/server-requirements.txt'); p.write_text('')"
    assert run("python", "-c", changed).returncode == 0
    installed = run("annotator", "serve", "--install")
    assert installed.returncode == 0, installed.stderr
    assert "is installed in" in installed.stderr
