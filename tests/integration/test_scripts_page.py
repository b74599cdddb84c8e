"""The page for scripts says what commands print with `--json`, the exit codes, and every reason and code there is."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from commands import annotator
from pages import ROOT

from annotator import failures
from annotator.dataset.collect import NO_UNIT_ID
from annotator.errors import ExitCode
from annotator.labelstudio.client import Client
from annotator.labelstudio.server import Server
from annotator.labelstudio.wire import REASONS
from annotator.preparation import report, work
from annotator.translation.checks import CHECKS

PAGE = (ROOT / "docs/reference/scripts.md").read_text(encoding="utf-8")
MONDAY = '{"id": "bridge", "text": "Le pont a été fermé mardi. Selon la mairie, il rouvrira. Qui paiera ?"}\n'
TUESDAY = MONDAY.replace("mardi", "lundi")


def part(heading: str) -> str:
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def rows(heading: str) -> Iterator[list[str]]:
    for line in part(heading).splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.split("|")[1:-1]]


def words(heading: str) -> set[str]:
    """The words that stand in the first cell of a row."""
    return {word for cells in rows(heading) for word in re.findall("`(.*?)`", cells[0])}


def keys() -> dict[str, tuple[set[str], set[str]]]:
    """Each command of the table to the keys that are always there, and to those that may be."""
    table: dict[str, tuple[set[str], set[str]]] = {}
    command = ""
    for first, names, _ in rows("JSON"):
        command = first.strip("`") or command
        always, sometimes = table.setdefault(command, (set(), set()))
        sometimes |= set(re.findall(r"\[`(.*?)`\]", names))
        always |= set(re.findall("`(.*?)`", names)) - sometimes
    return {command: found for command, found in table.items() if command not in {"command", "---"}}


@pytest.fixture
def printed(
    tmp_path: Path,
    label_studio: Server,
    client: Client,
    annotator_login: Callable[[str], Client],
    answer: Callable[..., int],
    new_title: Callable[[], str],
) -> dict[str, list[set[str]]]:
    """The keys that each command printed, of each of its objects."""
    seen: dict[str, list[set[str]]] = {}
    title, verdicts = new_title(), new_title()

    def run(command: str, *arguments: str | Path) -> None:
        environment = {"ANNOTATOR_DATA_DIR": label_studio.paths.data_dir, "ARGOS_PACKAGES_DIR": tmp_path}
        ran = annotator(*command.split(), *arguments, "--json", environment=environment, folder=tmp_path)
        assert ran.returncode == 0, ran.stderr.decode()
        seen.setdefault(command, []).extend(set(json.loads(line)) for line in ran.stdout.splitlines())

    (tmp_path / "monday.jsonl").write_text(MONDAY, encoding="utf-8")
    (tmp_path / "tuesday.jsonl").write_text(TUESDAY, encoding="utf-8")
    run("prepare", "monday.jsonl", "--out", "run", "--translator", "none")
    run("push", "run", "--project", title)
    run("prepare", "monday.jsonl", "tuesday.jsonl", "--out", "run", "--translator", "none", "--revisions", "latest")
    run("status", "run", "--verify")
    run("status", "run")
    run("push", "run", "--project", title, "--update", "--prune")
    project = client.find_project(title)
    assert project
    for present in client.pushed_tasks(project.id):
        answer(annotator_login("ann"), present.task, "sourced")
        answer(annotator_login("ben"), present.task, "opinion")
    run("pull", "--project", title, "--out", "answers.jsonl")
    run("agreement", "answers.jsonl", "--resamples", "10")
    run("adjudicate push", "answers.jsonl", "--project", verdicts)
    run("adjudicate pull", "--project", verdicts, "--out", "verdicts.jsonl")
    run("export", "answers.jsonl", "--out", "dataset")
    run("annotators add", "page-for-scripts")
    run("annotators list")
    run("translations export", "run", "--out", "todo.csv")
    (tmp_path / "memory.csv").write_text("source,target\nBonjour.,Hello.\n", encoding="utf-8")
    run("translations check", "memory.csv")
    run("models list")
    run("models cache", "--stats")
    run("doctor")
    return seen


def test_the_table_of_json_holds_what_commands_print(printed: dict[str, list[set[str]]]) -> None:
    assert list(printed) == [command for command in printed if command in keys()]
    assert sorted(printed) == sorted(keys())
    for command, (always, sometimes) in keys().items():
        assert {frozenset(found - sometimes) for found in printed[command]} == {frozenset(always)}, command
        assert set().union(*printed[command]) == always | sometimes, command


def test_every_exit_code_is_on_the_page() -> None:
    assert [int(cells[0]) for cells in rows("Exit codes") if cells[0].isdigit()] == list(ExitCode)


def test_every_failure_reason_is_on_the_page_and_no_other() -> None:
    of_constants = {failures.INTERNAL, work.KILLED, NO_UNIT_ID, "no_reason"}
    assert words("Failure reasons") == of_constants | set(REASONS) | failures.LOST | set(_constants("reason"))
    assert all(f"`{reason}`" in part("Failure reasons") for reason in (report.DUPLICATE, report.SUPERSEDED))


def test_every_warning_code_is_on_the_page_and_no_other() -> None:
    assert words("Warning codes") == set(CHECKS) | set(_constants("code"))


def _constants(keyword: str) -> Iterator[str]:
    """What stands in the code as the reason of an `InputError` or a `Failure`, or the code of a warning."""
    calls = {"reason": ("InputError", "Failure"), "code": ("TranslationWarning", "empty_translations")}[keyword]
    for path in (ROOT / "annotator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in calls:
                continue
            given = [item.value for item in node.keywords if item.arg == keyword]
            if node.func.id == "empty_translations":
                given = node.args[1:2]
            if not (keyword == "reason" and path.parent.name == "translation"):  # a model's archive is no input
                yield from (str(item.value) for item in given if isinstance(item, ast.Constant))
