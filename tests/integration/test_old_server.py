"""The oldest Label Studio that is said to work does all of the line."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from whole_line import walk

from annotator import environments
from annotator.labelstudio import server
from annotator.labelstudio.client import Client
from annotator.labelstudio.versions import OLDEST_SERVER


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """That version in an environment of its own, with the packages that it asks for today."""
    folder = tmp_path / "environment"
    environments.build(folder, say=print)
    uv = environments.find_uv()
    assert uv, "make setup installs uv"
    into = ("--quiet", "--python", str(folder / "bin/python"))
    subprocess.run([uv, "pip", "install", *into, f"label-studio=={OLDEST_SERVER}.*"], check=True)
    return folder / "bin/label-studio"


@pytest.mark.proof
@pytest.mark.timeout(1200)
def test_the_oldest_server_that_works_does_all_of_the_line(
    program: Path, tmp_path: Path, answer: Callable[..., int]
) -> None:
    paths = server.ServerPaths(tmp_path / "data")
    work = tmp_path / "work"
    work.mkdir()
    with (
        server.running(paths, say=print, program=program) as running,
        closing(Client(running.credentials.url, running.credentials.token)) as owner,
    ):
        assert owner.version()[0].startswith(f"{OLDEST_SERVER}.")
        walk(owner, folder=work, environment={"ANNOTATOR_DATA_DIR": paths.data_dir}, title="Oldest", answer=answer)
