"""A Ray cluster of several node processes on this machine, loopback only, for the tests of the runner.

A process of its own: it prints the address, then answers lines on its standard input: `kill` ends a node as a power cut
does, `add` starts one. It and all of the cluster end with its input.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NODES = 2
ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # listens to 127.0.0.1 alone
    "RAY_health_check_initial_delay_ms": "1000",
    "RAY_health_check_period_ms": "500",
    "RAY_health_check_failure_threshold": "3",
}


class RunningCluster:
    """The cluster as a test sees it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.address = self._answer()

    def kill_node(self) -> None:
        """End the oldest node but the head, with all its workers."""
        self._tell("kill")

    def add_node(self) -> None:
        """Start another node."""
        self._tell("add")

    def _tell(self, word: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        assert self._answer() == word

    def _answer(self) -> str:
        assert self._process.stdout
        while line := self._process.stdout.readline():
            if line.startswith("> "):
                return line[2:].strip()
        raise AssertionError("the cluster did not start")


@contextmanager
def running(folder: Path) -> Iterator[RunningCluster]:
    """Run a cluster; afterwards no process of it is left."""
    with subprocess.Popen(
        [sys.executable, __file__],
        env=os.environ | ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(folder / "cluster.log").open("w"),
        text=True,
        cwd=folder,
    ) as process:
        yield RunningCluster(process)
        assert process.stdin
        process.stdin.close()
        process.wait(timeout=60)


def processes_of_ray() -> set[int]:
    """Return the processes of any Ray on this machine."""
    rows = subprocess.run(["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return {int(row.split()[0]) for row in rows.splitlines() if "ray::" in row or "/ray/" in row}


def _serve() -> None:
    from ray import cluster_utils

    with tempfile.TemporaryDirectory(prefix="ray") as folder:
        small: dict[str, Any] = {"object_store_memory": 100_000_000, "include_dashboard": False}
        head = {**small, "num_cpus": 0, "temp_dir": folder}
        cluster: Any = cluster_utils.Cluster(initialize_head=True, head_node_args=head)
        nodes = [cluster.add_node(num_cpus=1, **small) for _ in range(NODES)]
        _say(cluster.address)
        for line in sys.stdin:
            if line.strip() == "kill":
                cluster.remove_node(nodes.pop(0), allow_graceful=False)
            else:
                nodes.append(cluster.add_node(num_cpus=1, **small))
            _say(line.strip())
        cluster.shutdown()


def _say(word: str) -> None:
    sys.stdout.write(f"> {word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C of a test's own terminal: the end of the input says it
    _serve()
