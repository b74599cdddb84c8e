"""push, pull and annotators as commands: one JSON object on stdout, one line per mistake, the right exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.cli import main
from annotator.labelstudio import server
from annotator.labelstudio.client import Client
from annotator.models import Failure, Task


@pytest.fixture
def run(
    label_studio: server.Server, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run a command on the machine where `annotator serve` runs: `run("push", ...)` gives (code, stdout, stderr)."""
    monkeypatch.setenv("ANNOTATOR_DATA_DIR", str(label_studio.paths.data_dir))
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    def _run(*arguments: str) -> tuple[int, str, str]:
        code: object = 0
        try:
            main(list(arguments))
        except SystemExit as end:
            code = end.code or 0
        out, told = capfd.readouterr()
        return int(str(code)), out, told

    return _run


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tasks_file(tmp_path: Path, make_tasks: Callable[..., list[Task]]) -> Path:
    path = tmp_path / "tasks.jsonl"
    path.write_text("".join(task.model_dump_json() + "\n" for task in make_tasks(3)), encoding="utf-8")
    return path


def test_push_and_pull_print_one_object(
    run: Run, tasks_file: Path, new_title: Callable[[], str], client: Client, answer: Callable[..., int], tmp_path: Path
) -> None:
    title = new_title()
    code, out, _ = run("push", str(tasks_file), "--project", title, "--json")
    made = json.loads(out)
    assert code == 0
    assert made == {"project": made["project"], "units": 3, "already_there": 0, "sent": 3, "refused": 0, "blind": 0}
    answer(client, client.pushed_tasks(made["project"])[0].task, "opinion")
    code, out, _ = run("pull", "--project", title, "--out", str(tmp_path / "a.jsonl"), "--json")
    assert (code, json.loads(out)) == (0, {"annotations": 1, "skipped": 0, "set_aside": 0})
    code, out, told = run("pull", "--project", title, "--out", "-", "--json")
    assert out == (tmp_path / "a.jsonl").read_text(encoding="utf-8")
    assert json.loads(told.splitlines()[-1])["annotations"] == 1


def test_pull_ends_with_3_only_where_an_answer_was_lost(
    run: Run, tasks_file: Path, new_title: Callable[[], str], client: Client, answer: Callable[..., int], tmp_path: Path
) -> None:
    title = new_title()
    project = json.loads(run("push", str(tasks_file), "--project", title, "--json")[1])["project"]
    first, second, _ = sorted(copy.task for copy in client.pushed_tasks(project))
    pull = ("pull", "--project", title, "--out", str(tmp_path / "a.jsonl"), "--json")
    answer(client, first, "opinion", more=[{"type": "relation", "from_id": "a", "to_id": "b"}])
    answer(client, second, None)
    code, out, told = run(*pull)
    assert (code, json.loads(out)) == (0, {"annotations": 1, "skipped": 0, "set_aside": 2})
    assert "set aside: 1 relation" in told
    answer(client, second, "false claim")
    assert run(*pull)[0] == 3


def test_the_numbers_in_a_pull_are_those_of_the_listed_logins(
    run: Run, client: Client, annotator_login: Callable[[str], Client]
) -> None:
    login = annotator_login("ann").whoami()
    code, out, _ = run("annotators", "list", "--json")
    listed = {person["login"]: person["annotator"] for person in json.loads(out)["logins"]}
    assert code == 0
    assert {login, client.whoami()} <= listed.keys()
    assert run("annotators", "list")[1].splitlines()[0].split("\t") == ["1", client.whoami()]
    assert client.connection.request(f"api/users/{listed[login]}/", method="GET")["email"] == login


def test_no_login_is_made_where_one_name_is_malformed(run: Run, client: Client) -> None:
    before = client.people()
    code, out, told = run("annotators", "add", "dora", "Zoé O'Neil", "bad @ mail")
    assert (code, out, client.people()) == (2, "", before)
    assert "\"Zoé O'Neil\", 'bad @ mail' are not names" in told


def test_a_login_that_is_there_does_not_keep_the_others_from_being_made(run: Run) -> None:
    assert run("annotators", "add", "emma", "--json")[0] == 0
    code, out, told = run("annotators", "add", "emma", "fred", "--json")
    assert code == 3
    assert [login["login"] for login in json.loads(out)["logins"]] == ["fred@annotators.invalid"]
    assert [refused["name"] for refused in json.loads(out)["not_created"]] == ["emma"]
    assert "not created: emma@annotators.invalid has a login already" in told


def test_a_name_given_twice_is_one_login(run: Run) -> None:
    code, out, _ = run("annotators", "add", "gina", "gina", "--json")
    assert (code, len(json.loads(out)["logins"])) == (0, 1)


def test_a_refused_row_ends_with_3_and_is_named(run: Run, tasks_file: Path, new_title: Callable[[], str]) -> None:
    with tasks_file.open("a", encoding="utf-8") as stream:
        stream.write("{broken\n")
    code, out, told = run("push", str(tasks_file), "--project", new_title(), "--json")
    assert (code, json.loads(out)["refused"]) == (3, 1)
    assert f"{tasks_file}:4" in told


def test_every_refused_row_is_listed_in_the_file_of_failures(
    run: Run, tasks_file: Path, new_title: Callable[[], str], tmp_path: Path
) -> None:
    with tasks_file.open("a", encoding="utf-8") as stream:
        stream.write("{broken\n" * 25)
    listed = tmp_path / "refused.jsonl"
    code, _, told = run("push", str(tasks_file), "--project", new_title(), "--failures", str(listed))
    failures = [Failure.model_validate_json(line) for line in listed.read_text(encoding="utf-8").splitlines()]
    assert [failure.line for failure in failures] == list(range(4, 29))
    assert (code, f"5 more, all listed in {listed}" in told) == (3, True)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("push", "nowhere.jsonl", "--project", "Title"), 2, "nowhere.jsonl: no such file"),
        (("pull", "--project", "Nowhere at all", "--out", "-"), 2, "no project 'Nowhere at all'"),
        (("pull", "--project", "999999", "--out", "-"), 2, "no project '999999'"),
        (("annotators", "add", "A B"), 2, "'A B' is not a name"),
    ],
)
def test_a_mistake_is_one_line_and_a_hint(run: Run, arguments: tuple[str, ...], code: int, words: str) -> None:
    ended, out, told = run(*arguments)
    assert (ended, out) == (code, "")
    assert words in told
    assert "  try: " in told
    assert "Traceback" not in told


def test_a_title_too_long_is_told_before_anything_is_sent(run: Run, tasks_file: Path) -> None:
    code, _, told = run("push", str(tasks_file), "--project", "x" * 51)
    assert (code, "3 to 50" in told) == (2, True)


def test_a_wrong_key_ends_with_2_and_is_not_shown(
    run: Run, tasks_file: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", client.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "f" * 40)
    code, _, told = run("push", str(tasks_file), "--project", "Some title")
    assert (code, "401" in told, "f" * 40 in told) == (2, True, False)


def test_a_server_that_is_down_ends_with_1(run: Run, tasks_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "f" * 40)
    code, _, told = run("push", str(tasks_file), "--project", "Some title")
    assert (code, "cannot be reached" in told, "annotator serve" in told) == (1, True, True)
