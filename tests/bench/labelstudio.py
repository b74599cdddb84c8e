"""Push and pull against the SDK's best raw rate and the server's own export, in one run on one server.

`python tests/bench/labelstudio.py 1000 10000 50000` also shows how time and memory grow.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from label_studio_sdk import LabelStudio

from annotator.labelstudio import form, installation, server
from annotator.labelstudio.client import Client
from annotator.labelstudio.credentials import Credentials

ROOT = Path(__file__).parents[2]
ARTICLE = ROOT / "fixtures" / "articles" / "deepseek.fr.txt"
ANNOTATOR = str(Path(sys.executable).with_name("annotator"))
DEFAULT_SIZES = (1_000, 10_000)
RAW_BATCHES = (500, 1_000, 2_500)
RAW_PAGES = (1_000, 10_000)
LAUNCHER = """
import os, subprocess, sys
_, status, used = os.wait4(subprocess.Popen(sys.argv[1:], stdout=2).pid, 0)
print(used.ru_maxrss)
sys.exit(status != 0)
"""
FLOORS = "floors: push 0.9 of the raw rate, a second push 1.2 times the raw listing, pull 0.8 of the export, 200 MB"


@contextmanager
def local_server(folder: Path) -> Iterator[Credentials]:
    """A server on a copy of the tests' template where there is one, else on a new folder."""
    template = ROOT / "build" / f"label-studio-{installation.version(installation.program())}"
    if (template / "complete").exists():
        shutil.copytree(template, folder, ignore=shutil.ignore_patterns("*.log", "*.lock", "*.pid"))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with server.running(server.ServerPaths(folder), port=port, say=print) as running:
        yield running.credentials


def rows(number: int, folder: Path) -> list[dict[str, Any]]:
    """Return as many tasks as asked for: those of an article, under ever new ids."""
    made = folder / "article.jsonl"
    if not made.exists():
        command = [ANNOTATOR, "prepare", str(ARTICLE), "--translator", "none", "--out", str(made)]
        subprocess.run(command, check=True, capture_output=True)
    pattern = made.read_text(encoding="utf-8").splitlines()
    tasks = [json.loads(line) for line, _ in zip(itertools.cycle(pattern), range(number), strict=False)]
    for position, task in enumerate(tasks):
        task["meta"]["unit_id"] = task["data"]["unit_id"] = f"article-{position // 50}:{position:012x}"
        task["data"]["article_id"] = f"article-{position // 50}"
    return tasks


def timed(work: Callable[[], object]) -> float:
    """Time one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def command(found: Credentials, *arguments: str) -> tuple[float, float]:
    """Run one of our commands; return its seconds and its peak memory in MB.

    A small process starts it: a child's peak counts what its parent held at the fork, and pandas is large.
    """
    environment = {**os.environ, "LABEL_STUDIO_URL": found.url, "LABEL_STUDIO_API_KEY": found.token}
    started = time.perf_counter()
    launcher = [sys.executable, "-S", "-c", LAUNCHER, ANNOTATOR, *arguments]
    ran = subprocess.run(launcher, env=environment, check=False, capture_output=True, text=True)
    if ran.returncode:
        raise SystemExit(ran.stderr)
    return time.perf_counter() - started, int(ran.stdout) / 1024


def send_raw(sdk: LabelStudio, title: str, tasks: list[dict[str, Any]], batch: int) -> int:
    """Import in batches with the SDK alone, and return the project."""
    project = int(sdk.projects.create(title=title, label_config=form.labelling_config()).id or 0)
    for start in range(0, len(tasks), batch):
        some: Any = tasks[start : start + batch]
        sdk.projects.import_tasks(id=project, request=some, request_options={"max_retries": 0})
    return project


def answered(task: dict[str, Any], owner: int) -> dict[str, Any]:
    """The task with one answer."""
    result = [
        {"id": "x", "from_name": "claim", "to_name": "unit", "type": "choices", "value": {"choices": ["opinion"]}}
    ]
    return {**task, "annotations": [{"result": result, "completed_by": owner, "lead_time": 3.0}]}


def measure(size: int, found: Credentials, folder: Path) -> None:
    """Print one block of the table."""
    sdk = LabelStudio(base_url=found.url, api_key=found.token, timeout=1800)  # type: ignore[no-untyped-call]
    tasks = rows(size, folder)
    lines = folder / f"tasks-{size}.jsonl"
    lines.write_text("".join(json.dumps(task) + "\n" for task in tasks), encoding="utf-8")
    print(f"{size:,} tasks")

    raw = {batch: timed(partial(send_raw, sdk, f"raw {size} {batch}", tasks, batch)) for batch in RAW_BATCHES}
    batch, best = min(raw.items(), key=lambda pair: pair[1])
    ours, memory = command(found, "push", str(lines), "--project", f"ours {size}")
    rate = f"{size / ours:6,.0f} tasks/s {best / ours:5.2f} of the SDK's best"
    print(f"  push  {rate}, {size / best:,.0f} in batches of {batch}; {memory:.0f} MB")

    project = Client(found.url, found.token).titled(f"ours {size}")[0]
    listing = min(timed(partial(list_raw, sdk, project, page)) for page in RAW_PAGES)
    again, memory = command(found, "push", str(lines), "--project", f"ours {size}")
    print(f"  again {again:6.2f} s       {again / listing:5.2f} times the SDK's listing of ids; {memory:.0f} MB")

    owner = int(sdk.users.whoami().id or 0)
    labelled = send_raw(sdk, f"labelled {size}", [answered(task, owner) for task in tasks], 1_000)
    export = timed(lambda: sum(map(len, sdk.projects.exports.download_sync(labelled, export_type="JSON"))))
    ours, memory = command(found, "pull", "--project", str(labelled), "--out", str(folder / f"pulled-{size}.jsonl"))
    print(
        f"  pull  {size / ours:6,.0f} tasks/s {ours / export:5.2f} of the time of the server's export; {memory:.0f} MB"
    )


def list_raw(sdk: LabelStudio, project: int, page: int) -> int:
    """List ids the cheapest way the SDK has."""
    pages: Any = sdk.tasks.list(project=project, fields="task_only", include="id,meta", page_size=page)
    return len([task.meta for task in pages])


def main(sizes: tuple[int, ...] = DEFAULT_SIZES) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name, local_server(Path(name) / "server") as found:
        for size in sizes:
            measure(size, found, Path(name))
    print(f"  {FLOORS}")


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or DEFAULT_SIZES)
