"""`annotator prepare --runner ray`: the same bytes from a cluster, whatever dies in it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import ray_cluster
from ray_cluster import RunningCluster, processes_of_ray

COMMAND = [sys.executable, "-c", "from annotator.cli import main; main()", "prepare", "--translator", "none"]
FILES = ("articles.jsonl", "translations.jsonl", "predictions.jsonl", "tasks.jsonl", "failures.jsonl")
KILLS = 8


def corpus(path: Path, count: int) -> Path:
    rows = ({"id": f"a{at}", "text": f"Le maire {at} a dit oui. Le vote du {at} est clos."} for at in range(count))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def prepare(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, env=os.environ | ray_cluster.ENVIRONMENT, capture_output=True, check=False)


def ended(before: set[int]) -> bool:
    deadline = time.monotonic() + 30
    while processes_of_ray() - before:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_a_ray_of_its_own_gives_the_same_bytes_and_leaves_no_process(tmp_path: Path) -> None:
    source, before = corpus(tmp_path / "a.jsonl", 30), processes_of_ray()
    long = "\n".join(f"Le {number} mars, la commune a voté une dépense de {number * 7} euros." for number in range(40))
    copies = [{"id": name, "text": f"{long}\n{name}."} for name in ("Agence", "Journal")]
    with source.open("a", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row) + "\n" for row in copies)
    for name, flags in (("here", ()), ("ray", ("--runner", "ray", "--workers", "1"))):
        ran = prepare(source, "--out", tmp_path / name, "--dedupe", "link", *flags)
        assert ran.returncode == 0, ran.stderr.decode()
    assert ended(before)
    assert b"Journal" in (tmp_path / "here/duplicates.jsonl").read_bytes()
    for name in (*FILES, "duplicates.jsonl"):
        assert (tmp_path / "ray" / name).read_bytes() == (tmp_path / "here" / name).read_bytes(), name


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[RunningCluster]:
    before = processes_of_ray()
    (tmp_path / "cluster").mkdir()
    with ray_cluster.running(tmp_path / "cluster") as running:
        yield running
    assert ended(before)


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_nodes_and_drivers_die_at_random_moments_and_the_files_come_out_the_same(
    tmp_path: Path, cluster: RunningCluster
) -> None:
    source = corpus(tmp_path / "a.jsonl", 40_000)
    assert prepare(source, "--out", tmp_path / "whole").returncode == 0
    arguments = [str(source), "--out", str(tmp_path / "run"), "--runner", "ray", "--address", cluster.address]
    draw, kills = random.Random(1), 0  # noqa: S311

    def kill_node(_process: subprocess.Popen[bytes]) -> None:
        cluster.kill_node()
        cluster.add_node()

    deaths: list[Callable[[subprocess.Popen[bytes]], object]] = [kill_node, subprocess.Popen.kill] * (KILLS // 2)
    for number, death in enumerate(deaths):
        command = [*COMMAND, *arguments, "--workers", str(number % 2 + 1)]
        process = subprocess.Popen(command, env=os.environ | ray_cluster.ENVIRONMENT, stderr=subprocess.PIPE)
        time.sleep(5 + draw.random() * 5)
        if process.poll() is None:
            death(process)
            kills += 1
            time.sleep(draw.random() * 3)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    last = prepare(*arguments, "--workers", "2")
    assert last.returncode == 0, last.stderr.decode()
    for name in FILES:
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    print(f"ray: {kills} kills of nodes and drivers, files alike")  # noqa: T201 - docs/proof.md keeps it
