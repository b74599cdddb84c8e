"""The whole line against one server, by the commands: what a server has to be able to do, whichever it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from commands import annotator

from annotator.labelstudio import people
from annotator.labelstudio.client import Client

ARTICLE = Path(__file__).parent.parent / "fixtures/articles/deepseek.fr.txt"
UNITS = 27
SPLIT = 2
"""Units on which the two people differ."""


def walk(
    owner: Client, *, folder: Path, environment: Mapping[str, str | Path], title: str, answer: Callable[..., int]
) -> None:
    """Prepare an article, push it, have two people answer all of it, pull, export, and let a third decide."""

    def run(*arguments: str | Path) -> dict[str, Any]:
        ran = annotator(*arguments, "--json", environment=environment, folder=folder)
        assert ran.returncode == 0, ran.stderr.decode()
        counts: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
        return counts

    assert run("prepare", ARTICLE, "--out", "run")["units"] == UNITS
    pushed = run("push", "run", "--project", title, "--overlap", "2", "--blind", "0.3")
    assert pushed["sent"] == UNITS
    assert run("push", "run", "--project", title)["sent"] == 0

    stored = [row for window in owner.answer_windows(pushed["project"], unlabelled=True) for row in window]
    made = [json.loads(line) for line in (folder / "run/tasks.jsonl").read_text(encoding="utf-8").splitlines()]
    assert 0 < _suggested(stored) < _suggested(made)

    tasks = sorted(copy.task for copy in owner.pushed_tasks(pushed["project"]))
    for name, differing in (("ann", "rhetoric"), ("ben", "opinion")):
        added = people.add(owner, name)
        with closing(Client(added.url, added.token)) as person:
            for position, task in enumerate(tasks):
                answer(person, task, differing if position < SPLIT else "rhetoric", marks=["hedged"])
    assert run("pull", "--project", title, "--out", "answers.jsonl")["annotations"] == 2 * UNITS
    resumed = run("pull", "--project", title, "--out", "changed.jsonl", "--since", "2020-01-01")
    assert resumed["annotations"] == 2 * UNITS
    assert [row["id"] for row in _after(owner, pushed["project"], tasks[9])] == tasks[10:]
    exported = run("export", "answers.jsonl", "--out", "dataset")
    assert (exported["labelled"], exported["undecided"]) == (UNITS - SPLIT, SPLIT)

    disputed = run("adjudicate", "push", "dataset", "--project", f"{title} verdicts")
    assert disputed["sent"] == SPLIT
    reason = {"id": "why", "from_name": "reason", "to_name": "unit", "type": "choices"}
    for copy in owner.pushed_tasks(disputed["project"]):
        chosen = [{**reason, "value": {"choices": ["ambiguous text"]}}]
        answer(owner, copy.task, "opinion", more=chosen)
    assert run("adjudicate", "pull", "--project", f"{title} verdicts", "--out", "verdicts.jsonl")["verdicts"] == SPLIT
    decided = run("export", "answers.jsonl", "verdicts.jsonl", "--out", "decided")
    assert (decided["labelled"], decided["undecided"]) == (UNITS, 0)
    findings = {each["name"]: each for each in run("doctor", "--project", title)["findings"]}
    assert {findings[name]["state"] for name in ("server", "key", "form")} == {"ok"}, findings


def _after(owner: Client, project: int, task: int) -> list[dict[str, Any]]:
    """What a further window of a large project holds; servers that take no filter in a filter give all of it."""
    return [row for window in owner.answer_windows(project, after=task) for row in window]


def _suggested(tasks: Sequence[Mapping[str, Any]]) -> int:
    return sum(bool(task["data"]["suggested_label"]) for task in tasks)
