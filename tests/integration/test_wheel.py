"""The wheel in an empty environment: the line works there, outside the checkout, and nothing heavy came along."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "fixtures/models/translate-fr_en-0_1.argosmodel"
SYSTEM = "/usr/bin:/bin"
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
    variables = kept | {
        "ANNOTATOR_DATA_DIR": str(folder / "data"),
        "XDG_DATA_HOME": str(folder / "share"),
        "PATH": f"{environment / 'bin'}:{SYSTEM}",
    }

    def run_program(
        program: str, *arguments: str | Path, stdin: str = "", **changed: str
    ) -> subprocess.CompletedProcess[str]:
        command = [program if program == "sh" else environment / "bin" / program, *arguments]
        return subprocess.run(
            command, cwd=folder, env=variables | changed, input=stdin, capture_output=True, text=True, check=False
        )

    return run_program


def test_an_article_is_prepared_and_checked(run: Run) -> None:
    text = "Selon l’Insee, les prix ont augmenté de 2 % en un an. Le pont a été fermé mardi.\n"
    prepared = run("annotator", "prepare", "-", "--out", "run", "--translator", "none", stdin=text)
    assert prepared.returncode == 0, prepared.stderr
    checked = run("annotator", "status", "run", "--verify")
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("extra", "module", "path"),
    [("parquet", "pyarrow", None), ("fast", "langdetect_rs", SYSTEM)],
    ids=["activated", "not activated"],
)
def test_the_command_that_brings_an_extra_names_the_wheel(run: Run, extra: str, module: str, path: str | None) -> None:
    """It is run as it is printed."""
    changed = {"PATH": path} if path else {}
    script = f"from annotator.environments import install_command as c; print(c({extra!r}))"
    hint = run("python", "-c", script, **changed).stdout
    assert f"pip install 'factcheck-annotator[{extra}] @ file://" in hint
    installed = run("sh", "-c", hint, **changed)
    assert installed.returncode == 0, installed.stderr
    assert run("python", "-c", f"import {module}").returncode == 0


def test_the_command_for_two_distributions_of_argostranslate_leaves_the_light_one(run: Run) -> None:
    assert run("pip", "install", "--no-deps", "argostranslate").returncode == 0
    found = argos(run)
    assert found["state"] == "failure", found
    assert run("sh", "-ec", found["hint"]).returncode == 0
    assert argos(run)["state"] == "ok"
    assert run("python", "-c", "import argostranslate.package").returncode == 0


def argos(run: Run) -> dict[str, str]:
    findings: list[dict[str, str]] = json.loads(run("annotator", "doctor", "--json").stdout)["findings"]
    return next(finding for finding in findings if finding["name"] == "argostranslate")


def test_the_command_that_a_run_names_installs_a_model(run: Run, shelf: str) -> None:
    text = "Selon l’Insee, les prix ont augmenté de 2 % en un an.\n"
    prepare = ("annotator", "prepare", "-", "--translator", "argos", "--out")
    said = run(*prepare, "before.jsonl", stdin=text).stderr
    hint = next(line for line in said.splitlines() if "try: " in line).partition("try: ")[2]
    assert hint == "annotator models install fr en"
    installed = run("sh", "-c", hint, ARGOS_PACKAGE_INDEX=shelf)
    assert installed.returncode == 0, installed.stderr
    assert "fr > en: argos fr_en-0.1" in run(*prepare, "after.jsonl", stdin=text).stderr


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a mirror with one model."""
    folder = tmp_path_factory.mktemp("shelf")
    shutil.copy(MODEL, folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder))) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        offer = {"from_code": "fr", "to_code": "en", "package_version": "0.1", "type": "translate"}
        listed = json.dumps([offer | {"links": [address + MODEL.name]}])
        (folder / "index.json").write_text(listed, encoding="utf-8")
        Thread(target=server.serve_forever, daemon=True).start()
        yield address
        server.shutdown()


def test_the_packages_of_the_system_that_a_message_names_are_there(run: Run) -> None:
    """Debian's own check of what would be installed."""
    script = "from annotator.translation.auto import fix_command as c; print(c('fr', 'en', 'apertium'))"
    hint = run("python", "-c", script).stdout.strip()
    assert hint.startswith("apt install apertium ")
    tried = run("sh", "-c", f"{hint} --simulate")
    assert tried.returncode == 0, tried.stderr


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
