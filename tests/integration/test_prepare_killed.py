"""`annotator prepare` when processes die: by an article, by somebody's hand, by Ctrl-C, by the end of the driver."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from corpus import write_corpus

COMMAND = [sys.executable, "-c", "from annotator.cli import main; main()", "prepare", "--translator", "none"]
ROWS = 200
POISON = """
import os, signal
from annotator.segmentation import RuleSegmenter
segment = RuleSegmenter.segment

def poisoned(self, article, identifier):
    if "poison" in article.text:
        {death}
    return segment(self, article, identifier)

RuleSegmenter.segment = poisoned
"""
"""Python reads it in every process, workers included: an article that no process survives."""


def corpus(path: Path, *, poisons: tuple[int, ...] = ()) -> Path:
    rows = (
        {
            "id": f"a{at}",
            "text": f"Le maire {at} a dit oui. {'poison. ' if at in poisons else ''}Le vote {at} est clos.",
        }
        for at in range(ROWS)
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def environment(folder: Path, death: str) -> Mapping[str, str]:
    (folder / "sitecustomize.py").write_text(POISON.format(death=death), encoding="utf-8")
    root = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), root])}


def prepared(run: Path) -> list[str]:
    return [json.loads(line)["article_id"] for line in (run / "articles.jsonl").read_bytes().splitlines()]


def failed(run: Path) -> list[tuple[str, str, str]]:
    """The article's id, or its row's number where it was not read."""
    listed = map(json.loads, (run / "failures.jsonl").read_bytes().splitlines())
    return [(line["article_id"] or f"row {line['line']}", line["reason"], line["message"]) for line in listed]


def children(pid: int) -> list[int]:
    rows = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(row.split()[0]) for row in rows.stdout.splitlines() if "spawn_main" in row]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(what: str, seen: object) -> None:
    deadline = time.monotonic() + 60
    while not seen():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def test_an_article_that_kills_workers_is_listed_and_the_others_are_prepared(tmp_path: Path) -> None:
    source, run = corpus(tmp_path / "a.jsonl", poisons=(70, 150)), tmp_path / "run"
    arguments = [*COMMAND, str(source), "--out", str(run), "--workers", "2"]
    env = environment(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")
    ran = subprocess.run(arguments, env=env, capture_output=True, check=False, timeout=120)
    assert ran.returncode == 3, ran.stderr.decode()
    assert b"Traceback" not in ran.stderr
    assert prepared(run) == [f"a{at}" for at in range(ROWS) if at not in (70, 150)]
    assert [(name, reason) for name, reason, _ in failed(run)] == [("row 71", "killed"), ("row 151", "killed")]
    assert "SIGKILL" in failed(run)[0][2]


def test_an_article_that_kills_the_only_process_is_listed_by_the_next_start(tmp_path: Path) -> None:
    source, run = corpus(tmp_path / "a.jsonl", poisons=(70,)), tmp_path / "run"
    arguments = [*COMMAND, str(source), "--out", str(run)]
    env = environment(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")
    assert subprocess.run(arguments, env=env, capture_output=True, check=False, timeout=120).returncode == -9
    for _ in range(2):
        ran = subprocess.run(arguments, env=env, capture_output=True, check=False, timeout=120)
        assert ran.returncode in (3, -9), ran.stderr.decode()
        if ran.returncode == 3:
            break
    assert prepared(run) == [f"a{at}" for at in range(ROWS) if at != 70]
    assert [(name, reason) for name, reason, _ in failed(run)] == [("row 71", "killed")]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_article_that_takes_all_memory_is_listed(tmp_path: Path, workers: str) -> None:
    source, run = corpus(tmp_path / "a.jsonl", poisons=(70,)), tmp_path / "run"
    env = environment(tmp_path, "raise MemoryError")
    arguments = [*COMMAND, str(source), "--out", str(run), "--workers", workers]
    ran = subprocess.run(arguments, env=env, capture_output=True, check=False, timeout=120)
    assert ran.returncode == 3, ran.stderr.decode()
    assert (len(prepared(run)), failed(run)) == (ROWS - 1, [("a70", "internal", "MemoryError")])


@pytest.fixture
def at_work(tmp_path: Path) -> subprocess.Popen[bytes]:
    """A run with two workers that are at work on something that takes them minutes."""
    source = corpus(tmp_path / "a.jsonl", poisons=tuple(range(ROWS)))
    env = environment(tmp_path, "import time; time.sleep(300)")
    arguments = [*COMMAND, str(source), "--out", str(tmp_path / "run"), "--workers", "2"]
    process = subprocess.Popen(arguments, env=env, stderr=subprocess.PIPE, start_new_session=True)
    wait_for("two workers", lambda: len(children(process.pid)) == 2)
    return process


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_worker_outlives_its_driver(at_work: subprocess.Popen[bytes], sign: signal.Signals) -> None:
    workers = children(at_work.pid)
    at_work.send_signal(sign)
    _, said = at_work.communicate(timeout=60)
    assert at_work.returncode == (130 if sign is signal.SIGINT else -sign), said.decode()
    assert b"Traceback" not in said
    wait_for("the end of the workers", lambda: not any(map(is_alive, workers)))


def test_ctrl_c_in_a_terminal_reaches_all_and_leaves_none(at_work: subprocess.Popen[bytes]) -> None:
    workers = children(at_work.pid)
    os.killpg(at_work.pid, signal.SIGINT)
    _, said = at_work.communicate(timeout=60)
    assert at_work.returncode == 130, said.decode()
    assert b"Traceback" not in said
    wait_for("the end of the workers", lambda: not any(map(is_alive, workers)))


def test_a_worker_killed_by_hand_costs_nothing(tmp_path: Path) -> None:
    source, run = corpus(tmp_path / "a.jsonl", poisons=(10, 100, 190)), tmp_path / "run"
    env = environment(tmp_path, "import time; time.sleep(1)")
    arguments = [*COMMAND, str(source), "--out", str(run), "--workers", "2"]
    process = subprocess.Popen(arguments, env=env, stderr=subprocess.PIPE)
    wait_for("two workers", lambda: len(children(process.pid)) == 2)
    time.sleep(1)  # past their start, whose failure would end the run
    os.kill(children(process.pid)[0], signal.SIGKILL)
    _, said = process.communicate(timeout=120)
    assert (process.returncode, said.decode().count("Traceback")) == (0, 0), said.decode()
    assert prepared(run) == [f"a{at}" for at in range(ROWS)]


@pytest.mark.parametrize("raised", ["SystemError('an error in C')", "ValueError('an error in C')"])
def test_ctrl_c_that_a_library_turns_into_another_error_still_ends_the_run(tmp_path: Path, raised: str) -> None:
    source, run = corpus(tmp_path / "a.jsonl", poisons=(70,)), tmp_path / "run"
    death = f"""try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt:
            raise {raised} from None"""
    arguments = [*COMMAND, str(source), "--out", str(run)]
    ran = subprocess.run(arguments, env=environment(tmp_path, death), capture_output=True, check=False, timeout=120)
    assert ran.returncode == 130, ran.stderr.decode()
    assert b"Traceback" not in ran.stderr
    assert "a70" not in prepared(run)


FILES = ("articles", "translations", "predictions", "tasks", "failures", "duplicates")


def kill_at_random(source: Path, folder: Path, *, kills: int, seconds: tuple[float, float]) -> int:
    """Kill drivers and workers of one run at random moments; return how many of them were alive then."""
    draw, killed = random.Random(7), 0  # noqa: S311 - the same moments again
    for number in range(kills):
        command = [*COMMAND, str(source), "--out", str(folder), "--workers", str(number % 3 + 1), "--quiet"]
        process = subprocess.Popen(command, start_new_session=True)
        time.sleep(draw.uniform(*seconds))
        workers = children(process.pid)
        if number % 2 and workers:
            os.kill(draw.choice(workers), signal.SIGKILL)
            time.sleep(draw.uniform(0.1, 1))
            killed += 1
        killed += process.poll() is None
        process.kill()
        process.wait()
        wait_for("the end of the workers", lambda workers=workers: not any(map(is_alive, workers)))
    return killed


def assert_killed_runs_come_out_the_same(
    tmp_path: Path, source: Path, *, kills: int, seconds: tuple[float, float]
) -> None:
    subprocess.run([*COMMAND, str(source), "--out", str(tmp_path / "whole")], check=True, capture_output=True)
    killed = kill_at_random(source, tmp_path / "run", kills=kills, seconds=seconds)
    ran = subprocess.run([*COMMAND, str(source), "--out", str(tmp_path / "run"), "--workers", "2"], check=False)
    assert (ran.returncode, killed > kills // 2) == (0, True)
    print(f"{killed} kills of drivers and workers, files alike")  # noqa: T201 - docs/proof.md keeps it
    for name in FILES:
        assert (tmp_path / f"run/{name}.jsonl").read_bytes() == (tmp_path / f"whole/{name}.jsonl").read_bytes(), name
    left = {path.name for path in (tmp_path / "run").iterdir()} - {f"{name}.jsonl" for name in FILES}
    assert left == {"run.json", "ledger.sqlite", ".lock"}


def test_killed_drivers_and_workers_leave_files_as_if_nothing_had_happened(tmp_path: Path) -> None:
    source = write_corpus(tmp_path / "a.jsonl", 150, median=300)
    assert_killed_runs_come_out_the_same(tmp_path, source, kills=4, seconds=(1.0, 2.5))


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_thirty_kills_of_drivers_and_workers_leave_files_as_if_nothing_had_happened(tmp_path: Path) -> None:
    source = write_corpus(tmp_path / "a.jsonl", 12_000, median=300)
    assert_killed_runs_come_out_the_same(tmp_path, source, kills=30, seconds=(1.2, 3.0))
