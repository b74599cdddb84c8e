"""Push and pull against the SDK's best raw rate and the server's own export, in one run on one server.

Push is measured twice: tasks as they stand in a file, and those of a run folder, which carry the whole article. There
the SDK sends the same bytes.

`python tests/bench/labelstudio.py 1000 10000 50000` also shows how time and memory grow.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from label_studio_sdk import LabelStudio

from annotator.labelstudio import form, installation, server
from annotator.labelstudio.client import Client
from annotator.labelstudio.credentials import Credentials
from annotator.labelstudio.shown import for_screen
from annotator.labelstudio.task_inventory import inspect_tasks
from annotator.labelstudio.task_source import open_tasks

ROOT = Path(__file__).parents[2]
ARTICLE = ROOT / "fixtures" / "articles" / "deepseek.fr.txt"
ANNOTATOR = str(Path(sys.executable).with_name("annotator"))
DEFAULT_SIZES = (1_000, 10_000)
UNITS_OF_ARTICLE = 27
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

    measure_push(sdk, found, lines, tasks, f"{size} tasks")
    project = Client(found.url, found.token).titled(f"ours {size} tasks")[0]

    listing = min(timed(partial(list_raw, sdk, project, page)) for page in RAW_PAGES)
    again, memory = command(found, "push", str(lines), "--project", str(project))
    print(f"  again {again:6.2f} s       {again / listing:5.2f} times the SDK's listing of ids; {memory:.0f} MB")

    owner = int(sdk.users.whoami().id or 0)
    labelled = send_raw(sdk, f"labelled {size}", [answered(task, owner) for task in tasks], 1_000)
    export = timed(lambda: sum(map(len, sdk.projects.exports.download_sync(labelled, export_type="JSON"))))
    ours, memory = command(found, "pull", "--project", str(labelled), "--out", str(folder / f"pulled-{size}.jsonl"))
    print(
        f"  pull  {size / ours:6,.0f} tasks/s {ours / export:5.2f} of the time of the server's export; {memory:.0f} MB"
    )


def measure_push(sdk: LabelStudio, found: Credentials, source: Path, tasks: list[dict[str, Any]], name: str) -> None:
    """Print how fast we push, and how fast the SDK alone sends the same tasks; of each the best of three."""
    raw = {batch: timed(partial(send_raw, sdk, f"raw {name} {batch}", tasks, batch)) for batch in RAW_BATCHES}
    batch, best = min(raw.items(), key=lambda pair: pair[1])
    pushes = [command(found, "push", str(source), "--project", f"ours {name}{number}") for number in ("", " 2", " 3")]
    ours, memory = min(seconds for seconds, _ in pushes), max(peak for _, peak in pushes)
    rate = f"{len(tasks) / ours:6,.0f} tasks/s {best / ours:5.2f} of the SDK's best"
    kilobytes = len(json.dumps(tasks, ensure_ascii=False).encode()) / len(tasks) / 1000
    alone = f"{len(tasks) / best:,.0f} in batches of {batch}"
    print(f"  push  {rate}, {alone}; {kilobytes:.1f} kB each; {memory:.0f} MB", flush=True)


def measure_run(size: int, found: Credentials, folder: Path) -> None:
    """Print the line of a run folder, whose tasks go with their whole articles."""
    sdk = LabelStudio(base_url=found.url, api_key=found.token, timeout=1800)  # type: ignore[no-untyped-call]
    run = run_folder(size, folder)
    with open_tasks(str(run)) as file, closing(inspect_tasks(file)) as inventory:
        packed = inventory.packed(inventory.units, predictions=False, show=for_screen("en", file.pages))
        tasks = [json.loads(row.json) for row in packed]
    measure_push(sdk, found, run, tasks, f"{size} with articles")


def run_folder(size: int, folder: Path) -> Path:
    """Prepare as many articles as have this many units, each with its translation."""
    text = ARTICLE.read_text(encoding="utf-8")
    articles = [{"id": f"article-{number}", "text": text} for number in range(math.ceil(size / UNITS_OF_ARTICLE))]
    source, run = folder / f"articles-{size}.jsonl", folder / f"run-{size}"
    source.write_text("".join(json.dumps(article) + "\n" for article in articles), encoding="utf-8")
    memory = ("--memory", str(ROOT / "annotator" / "demo_article" / "demo.jsonl"))
    prepare = [ANNOTATOR, "prepare", str(source), "--translator", "none", *memory, "--out", str(run)]
    subprocess.run(prepare, check=True, capture_output=True)
    return run


def list_raw(sdk: LabelStudio, project: int, page: int) -> int:
    """List ids the cheapest way the SDK has."""
    pages: Any = sdk.tasks.list(project=project, fields="task_only", include="id,meta", page_size=page)
    return len([task.meta for task in pages])


def main(sizes: tuple[int, ...] = DEFAULT_SIZES) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name, local_server(Path(name) / "server") as found:
        for size in sizes:
            measure(size, found, Path(name))
            measure_run(size, found, Path(name))
    print(f"  {FLOORS}")


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or DEFAULT_SIZES)
