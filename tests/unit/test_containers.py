"""The Dockerfile, compose.yaml and their guide name what is there, and are what their linters take."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import annotator as run

import annotator

ROOT = Path(annotator.__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE_TEXT = (ROOT / "compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
GUIDE = (ROOT / "docs/teams.md").read_text(encoding="utf-8")
COPIED = [source for line in re.findall(r"(?m)^COPY ([^-].*)$", DOCKERFILE) for source in line.split()[:-1]]
LET_IN = re.findall(r"(?m)^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"))


def linted(program: str, *arguments: str) -> None:
    path = shutil.which(program, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert path, f"make setup installs {program}"
    ran = subprocess.run([path, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_dockerfile_has_no_fault_that_a_linter_knows() -> None:
    linted("hadolint", "Dockerfile")


def test_compose_has_the_form_of_the_specification() -> None:
    linted("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml")


@pytest.mark.parametrize("source", COPIED)
def test_what_is_copied_is_there_and_let_in(source: str) -> None:
    assert (ROOT / source).exists()
    assert any(fnmatch(source.rstrip("/"), let_in) for let_in in LET_IN)


def test_the_package_builds_from_what_is_copied_alone(tmp_path: Path) -> None:
    for source in COPIED:
        target = tmp_path / source
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, target)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "wheel")]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert list((tmp_path / "wheel").glob("*.whl"))


def test_the_lock_gives_uv_with_its_hashes() -> None:
    script = re.search(r"sed -n '(.+?)' requirements.lock", DOCKERFILE)
    assert script
    told = subprocess.run(
        ["sed", "-n", script[1], ROOT / "requirements.lock"], check=True, capture_output=True, text=True
    )
    names = [line.split("==")[0] for line in told.stdout.splitlines() if "==" in line]
    assert names == ["uv"]
    assert "--hash=sha256:" in told.stdout.splitlines()[-1]


def test_every_image_from_outside_is_pinned() -> None:
    images = re.findall(r"(?m)^FROM (\S+:\S+)", DOCKERFILE) + re.findall(r"(?m)^ +image: (\S+)", COMPOSE_TEXT)
    assert images
    assert all(re.search(r":\d+\.\d+(\.\d+)?-[a-z-]+$", image) for image in images)


def test_nobody_is_root() -> None:
    assert re.findall(r"(?m)^USER (.+)$", DOCKERFILE) == ["$UID"]
    assert re.findall(r"(?m)^ARG UID=(.+)$", DOCKERFILE) == ["1000"]


def test_a_password_that_is_not_set_stops_compose() -> None:
    asked = re.findall(r"\$\{(\w*PASSWORD\w*)(.{0,2})", COMPOSE_TEXT)
    assert set(asked) == {("DATABASE_PASSWORD", ":?")}


def test_the_database_is_reached_by_the_server_alone() -> None:
    services = COMPOSE["services"]
    assert COMPOSE["networks"]["database"]["internal"]
    assert {name for name, each in services.items() if "database" in each["networks"]} == {"database", "label-studio"}
    assert [name for name, each in services.items() if "ports" in each] == ["label-studio"]
    assert services["label-studio"]["ports"] == ["${LISTEN:-127.0.0.1}:8080:8080"]


def test_every_target_and_volume_that_compose_names_is_there() -> None:
    stages = re.findall(r"(?m)^FROM \S+ AS (\S+)$", DOCKERFILE)
    for service in COMPOSE["services"].values():
        assert service.get("build", {}).get("target", stages[-1]) in stages
        named = [volume.split(":")[0] for volume in service.get("volumes", ()) if isinstance(volume, str)]
        assert set(named) <= COMPOSE["volumes"].keys()


@pytest.mark.parametrize("line", re.findall(r"(?m)^(?:[$] )?docker compose .*$", GUIDE))
def test_a_service_in_the_guide_is_one_of_compose(line: str) -> None:
    words = line.removeprefix("$ ").split("|")[0].split()[2:]
    named = [word for word in words if word in COMPOSE["services"]]
    needs_one = words[0] in {"run", "exec", "logs", "stop", "start"}
    assert named or not needs_one, line


@pytest.mark.parametrize("line", re.findall(r"(?m)^(?!#).*\bannotator [a-z]+ .*$", GUIDE), ids=str.strip)
def test_a_command_in_the_guide_is_one_of_ours_with_its_flags(line: str) -> None:
    words = re.split(r"\bannotator ", line.strip("` "))[-1].split("`")[0].split()
    names = [word for word in words[:2] if re.fullmatch("[a-z][a-z-]*", word)]
    shown = run(*names, "--help").stdout.decode() or run(names[0], "--help").stdout.decode()
    assert "Usage: annotator" in shown
    assert all(word in shown for word in words if word.startswith("--")), line
