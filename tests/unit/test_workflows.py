"""The workflows of the repository are sound, and call only what is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MATRIX = {
    "system": ["ubuntu-latest", "macos-latest", "windows-latest"],
    "python": ["3.11", "3.12", "3.13"],
}


def workflow(name: str) -> dict[str, Any]:
    text = (ROOT / ".github/workflows" / name).read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=yaml.BaseLoader))


def runs(name: str) -> str:
    steps = (step for job in workflow(name)["jobs"].values() for step in job["steps"])
    return "\n".join(step["run"] for step in steps if "run" in step)


NAMES = ["ci.yml", "release.yml"]


@pytest.mark.parametrize(
    ("name", "jobs"), [("ci.yml", ["whole", "systems"]), ("release.yml", ["build", "check", "wheel", "publish"])]
)
def test_the_jobs_of_a_workflow(name: str, jobs: list[str]) -> None:
    assert list(workflow(name)["jobs"]) == jobs


@pytest.mark.parametrize(("name", "job"), [("ci.yml", "systems"), ("release.yml", "wheel")])
def test_every_system_and_version_is_tried(name: str, job: str) -> None:
    matrix = workflow(name)["jobs"][job]["strategy"]["matrix"]
    assert {axis: matrix[axis] for axis in MATRIX} == MATRIX


def test_the_marks_that_a_system_leaves_out_are_declared() -> None:
    tests = [system["tests"] for system in workflow("ci.yml")["jobs"]["systems"]["strategy"]["matrix"]["include"]]
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    declared = {mark.partition(":")[0] for mark in options["markers"]}
    assert len(tests) == len(MATRIX["system"])
    assert set(re.findall(r"not (\w+)", " ".join(tests))) == declared


def test_the_versions_of_python_are_those_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    assert declared == MATRIX["python"]
    assert project["requires-python"] == f">={declared[0]}"


@pytest.mark.parametrize("name", NAMES)
def test_commands_of_make_and_files_are_there(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?m)^([a-z]+):", makefile))
    assert set(re.findall(r"(?m)^make ([a-z]+)", runs(name))) <= targets
    paths = re.findall(r"(?<!\S)((?:\.ci|tests|fixtures)/\S+|requirements\.lock|CHANGELOG\.md)", runs(name))
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_may_write_to_the_repository_and_every_job_ends(name: str) -> None:
    assert workflow(name)["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in workflow(name)["jobs"].values())


def test_only_the_last_job_may_publish_and_by_no_password() -> None:
    jobs = workflow("release.yml")["jobs"]
    publishing = jobs.pop("publish")
    assert set(publishing["needs"]) == set(jobs)
    assert publishing["permissions"] == {"id-token": "write"}
    assert not any("permissions" in job for job in jobs.values())
    assert "secrets." not in (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_pinned(name: str) -> None:
    steps = [step for job in workflow(name)["jobs"].values() for step in job["steps"] if "uses" in step]
    assert all(re.fullmatch(r"[\w/-]+@(v\d+|release/v\d+|[0-9a-f]{40})", step["uses"]) for step in steps)


def test_docs_release_names_the_workflow_and_its_environment() -> None:
    said = (ROOT / "docs/release.md").read_text(encoding="utf-8")
    assert ".github/workflows/release.yml" in said
    assert f"environment `{workflow('release.yml')['jobs']['publish']['environment']}`" in said
