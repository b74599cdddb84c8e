"""The sdist by itself: a wheel is built from it, and its own tests pass in an environment that knows no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import time
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.proof, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as sdist:
        sdist.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


def run_in(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    return subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, check=False)


def test_the_tests_of_the_sdist_pass_with_the_wheel_built_from_it(unpacked: Path, tmp_path: Path) -> None:
    python = tmp_path / "env/bin/python"
    run = partial(run_in, unpacked)
    assert run(sys.executable, "-m", "venv", tmp_path / "env").returncode == 0
    built = run(python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, ".")
    assert built.returncode == 0, built.stderr
    wheel = next(tmp_path.glob("*.whl"))
    installed = run(python, "-m", "pip", "install", "--quiet", f"factcheck-annotator[dev] @ {wheel.as_uri()}")
    assert installed.returncode == 0, installed.stderr
    tested = run(python.with_name("pytest"), "-q", "--numprocesses", "2", "tests/unit", "tests/gates")
    assert tested.returncode == 0, tested.stdout[-3000:]


def test_make_setup_works_in_it_and_doctor_then_names_no_missing_package(unpacked: Path) -> None:
    started = time.monotonic()
    made = run_in(unpacked, "make", "setup", f"PYTHON={sys.executable}")
    assert made.returncode == 0, made.stderr
    print(f"\nmake setup: {time.monotonic() - started:.0f} s")  # noqa: T201
    assert "not installed" not in run_in(unpacked, unpacked / ".venv/bin/annotator", "doctor").stdout
