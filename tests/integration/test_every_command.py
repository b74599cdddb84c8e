"""Every command there is: one JSON object at its end whatever happens, all its defaults, and an example that runs."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from commands import annotator
from typer.main import get_command

from annotator.cli import app, main, shapes
from annotator.cli.problems import problem_of
from annotator.cli.registration import EXAMPLE, shapes_of
from annotator.demo import LoadedDemo
from annotator.errors import AnnotatorError, ErrorReason
from annotator.labelstudio.client import Client
from annotator.labelstudio.people import TakenError
from annotator.labelstudio.refusals import BusyError
from annotator.labelstudio.server import Server, ServerPaths
from annotator.settings import Fields

ROOT = Path(__file__).parents[2]


def leaves(group: Any, *path: str) -> Iterator[tuple[str, Any]]:
    """The commands of a group and of those in it: `annotators add`."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from leaves(command, *path, name)
        else:
            yield " ".join((*path, name)), command


APP: Any = get_command(app)
COMMANDS = dict(leaves(APP))
EXAMPLES = {name: command.epilog.partition(EXAMPLE)[2] for name, command in COMMANDS.items()}

NO_INDEX = {"ARGOS_PACKAGE_INDEX": "http://127.0.0.1:1"}
MISTAKES: dict[str, tuple[str, ...]] = {
    "prepare": ("nowhere.txt", "--out", "run"),
    "serve": ("--host", "999.1.1.1"),
    "push": ("nowhere.jsonl", "--project", "Some title"),
    "pull": ("--project", "Some title", "--out", "a.csv"),
    "progress": ("--project", "Some title"),
    "practice": ("--project", "x"),
    "export": ("nowhere.jsonl", "--out", "dataset"),
    "reopen": ("--project", "Some title", "--guidelines-before", "2", "--out", "a.csv"),
    "agreement": ("nowhere.jsonl",),
    "report": ("nowhere",),
    "train": ("nowhere", "--out", "team.model"),
    "evaluate": ("nowhere",),
    "verify": ("nowhere",),
    "publish": ("nowhere", "--to", "hf:a/b"),
    "forget": ("nobody", "--run", "nowhere"),
    "status": ("nowhere",),
    "demo": ("--data-dir", ""),
    "doctor": ("--trust", "no address"),
    "schema": ("--check", "--dir", "nowhere"),
    "annotators add": ("A B",),
    "annotators list": (),
    "annotators reset-password": ("A B",),
    "annotators remove": ("A B",),
    "models list": ("--available",),
    "models install": ("xx", "yy"),
    "models add": ("nowhere.argosmodel",),
    "models remove": ("xx", "yy"),
    "models cache": (),
    "adjudicate push": ("nowhere.jsonl", "--project", "Some title"),
    "adjudicate pull": ("--project", "Some title", "--out", "a.csv"),
    "translations export": ("nowhere", "--out", "a.csv"),
    "translations check": ("nowhere.csv",),
    "units split": ("nowhere", "a:b", "--at", "x"),
    "units merge": ("nowhere", "a:b"),
}


def needs_something(command: Any) -> bool:
    return any(parameter.required for parameter in command.params)


def one_object(printed: bytes) -> dict[str, Any]:
    (line,) = printed.decode().splitlines()
    answer: dict[str, Any] = json.loads(line)
    return answer


def error_of(printed: bytes) -> dict[str, str]:
    answer = one_object(printed)
    assert fits(answer, shapes.Error)
    error: dict[str, str] = answer["error"]
    assert error["reason"] in [*ErrorReason]
    assert error["message"]
    return error


def fits(value: Any, kind: Any) -> bool:
    """Whether a value of JSON has the type, member for member."""
    if is_typeddict(kind):
        members = get_type_hints(kind)
        assert kind.__required_keys__ <= value.keys() <= members.keys()
        return all(fits(inner, members[name]) for name, inner in value.items())
    if get_origin(kind) is list:
        return isinstance(value, list) and all(fits(inner, get_args(kind)[0]) for inner in value)
    if get_origin(kind) is dict:
        return isinstance(value, dict) and all(fits(inner, get_args(kind)[1]) for inner in value.values())
    kinds = get_args(kind) or (kind,)
    return isinstance(value, (*kinds, int) if float in kinds else kinds)


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_that_no_command_has_is_answered(name: str) -> None:
    ran = annotator(*name.split(), "--no-such-option", "--json")
    error = error_of(ran.stdout)
    assert (ran.returncode, error["reason"], error["hint"]) == (2, "usage", f"annotator {name} --help")
    assert "--no-such-option" in error["message"]


@pytest.mark.parametrize(
    "name", [name for name, command in COMMANDS.items() if any(p.required for p in command.params)]
)
def test_what_is_missing_is_answered(name: str) -> None:
    ran = annotator(*name.split(), "--json")
    assert (ran.returncode, error_of(ran.stdout)["reason"]) == (2, "usage")
    assert error_of(ran.stdout)["message"].startswith("Missing ")


@pytest.mark.parametrize(
    "arguments", ["push run --project Title --overlap 0", "nothing", "models nothing", "--nothing"]
)
def test_any_other_wrong_usage_is_answered(arguments: str) -> None:
    ran = annotator(*arguments.split(), "--json")
    assert (ran.returncode, error_of(ran.stdout)["reason"]) == (2, "usage")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_mistake_is_answered_with_what_people_read(name: str, tmp_path: Path) -> None:
    folders = {"ANNOTATOR_DATA_DIR": tmp_path / "data", "ARGOS_PACKAGES_DIR": tmp_path / "argos"}
    environment: dict[str, str | Path] = {**folders, **NO_INDEX}
    ran = annotator(*name.split(), *MISTAKES[name], "--json", folder=tmp_path, environment=environment)
    error = error_of(ran.stdout)
    assert ran.returncode in (1, 2)
    assert f"annotator: {error['message']}\n" in ran.stderr.decode()
    if error["hint"]:
        assert f"  try: {error['hint']}\n" in ran.stderr.decode()


def test_a_key_typed_in_the_wrong_place_is_not_in_the_answer() -> None:
    ran = annotator("push", "run", "--project", "Title", "--overlap", "f" * 40, "--json")
    assert "f" * 40 not in error_of(ran.stdout)["message"]


def test_a_fault_of_the_program_is_answered_and_raised(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(_folder: Path) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("annotator.preparation.run_status.status", fail)
    with pytest.raises(ZeroDivisionError):
        main(["status", str(tmp_path), "--json"])
    error = error_of(capsys.readouterr().out.encode())
    assert (error["reason"], error["message"]) == ("internal", "ZeroDivisionError: on purpose")


def test_where_stdout_is_data_the_object_is_the_last_line_of_stderr() -> None:
    ran = annotator("prepare", "-", "--translator", "none", "--out", "-", "--json", stdin=b"The bridge is closed.")
    assert (ran.returncode, one_object(ran.stdout)["data"]["source_text"]) == (0, "The bridge is closed.")
    assert fits(json.loads(ran.stderr.splitlines()[-1]), shapes.Prepared)


@pytest.mark.parametrize("out", ["--out -", "--out=-", "--out /dev/stdout", "--out run --failures /dev/fd/1"])
@pytest.mark.parametrize("arguments", ["prepare nowhere.txt", "prepare", "prepare nowhere.txt --noth"])
def test_where_stdout_is_data_an_error_is_the_last_line_of_stderr(arguments: str, out: str) -> None:
    ran = annotator(*arguments.split(), *out.split(), "--json")
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert error_of(ran.stderr.splitlines()[-1])["reason"] == "usage"


def test_json_as_the_value_of_an_option_asks_for_none(tmp_path: Path) -> None:
    lines = ROOT / "fixtures/versions/2/annotations.jsonl"
    ran = annotator("export", lines, "--out", tmp_path / "dataset", "--title", "--json")
    assert (ran.returncode, ran.stdout) == (0, b"")
    assert 'pretty_name: "--json"' in (tmp_path / "dataset/README.md").read_text(encoding="utf-8")


def test_what_was_not_processed_is_counted_in_the_usual_object(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    ran = annotator("prepare", tmp_path / "empty.txt", "--out", tmp_path / "run", "--json")
    assert (ran.returncode, one_object(ran.stdout)["failed"]) == (3, 1)


def test_every_error_has_a_reason_of_the_list_and_each_says_what_it_means() -> None:
    kinds: list[type[AnnotatorError]] = [AnnotatorError, *subclasses(AnnotatorError)]
    assert {TakenError, BusyError} < {*kinds}
    assert all(isinstance(kind.error_reason, ErrorReason) for kind in kinds)
    assert all(re.fullmatch("[a-z_]+", reason) and reason.meaning for reason in ErrorReason)
    assert problem_of(OSError(28, "No space left", "a.jsonl")).reason == "no_space"


def subclasses(kind: type[AnnotatorError]) -> Iterator[type[AnnotatorError]]:
    for below in kind.__subclasses__():
        yield below
        yield from subclasses(below)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_every_default_and_ends_with_an_example_that_parses(name: str) -> None:
    command = COMMANDS[name]
    context = command.make_context(f"annotator {name}", [], resilient_parsing=True)
    records = dict(filter(None, (option.get_help_record(context) for option in command.params)))
    assert [option for option, said in records.items() if "required]" not in said and "[default: " not in said] == []
    assert any("--json" in option for option in records)
    last = annotator(*name.split(), "--help").stdout.decode().splitlines()[-1]
    assert last == f"  {EXAMPLE}{EXAMPLES[name]}"
    assert EXAMPLES[name].startswith(f"annotator {name}")
    command.make_context(f"annotator {name}", shlex.split(EXAMPLES[name])[1 + len(name.split()) :])


def test_defaults_of_the_fields_are_those_of_the_settings() -> None:
    context = COMMANDS["prepare"].make_context("annotator prepare", [], resilient_parsing=True)
    names = {"text": "text", "html": "html", "title": "title", "id": "id", "url": "url", "date": "published"}
    shown = {option.opts[0]: option.get_help_record(context)[1] for option in COMMANDS["prepare"].params}
    for name, field in names.items():
        assert f"[default: ({getattr(Fields(), field) or 'none'})]" in shown[f"--{name}-field"]


@pytest.fixture(scope="module")
def models_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An index of models with one package."""

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Stay silent."""

    folder = tmp_path_factory.mktemp("index")
    shutil.copy(ROOT / "fixtures/models/translate-fr_en-0_1.argosmodel", folder / "fr_en.argosmodel")
    offer = {"type": "translate", "from_code": "fr", "to_code": "en", "package_version": "0.1"}
    (folder / "index.json").write_text(json.dumps([offer | {"links": ["fr_en.argosmodel"]}]), encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


SERVING = {"serve", "demo"}
"""They start a server of their own: test_server.py waits for the answer of the first."""
BEFORE_PULL = (
    "prepare",
    "status",
    "translations export",
    "translations check",
    "annotators add",
    "annotators list",
    "push",
)
AFTER_ANSWERS = (
    "pull",
    "progress",
    "practice",
    "export",
    "agreement",
    "report",
    "train",
    "evaluate",
    "verify",
    "publish",
    "adjudicate push",
    "adjudicate pull",
    "annotators reset-password",
    "annotators remove",
    "doctor",
    "schema",
    "reopen",
    "units split",
    "units merge",
    "forget",
)
MODELS = ("models add", "models list", "models remove", "models install", "models cache")


def write_labels(path: Path) -> None:
    """Write as many labelled units as a model needs."""
    with (ROOT / "tests/gates/data/labels_fr.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(islice(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), 60))
    units = [
        {"source_lang": "fr", "article_id": row["article"], **row, "position": int(row["position"])} for row in rows
    ]
    path.write_text("".join(json.dumps(unit) + "\n" for unit in units), encoding="utf-8")


@pytest.fixture(scope="module")
def answers(
    tmp_path_factory: pytest.TempPathFactory,
    label_studio: Server,
    models_index: str,
    client: Client,
    annotator_login: Callable[[str], Client],
    answer: Callable[..., int],
) -> dict[str, dict[str, Any]]:
    """What each command's example answers, run one after the other in one folder."""
    folder = tmp_path_factory.mktemp("examples")
    (folder / "articles").mkdir()
    shutil.copy(ROOT / "fixtures/articles/ferry.en.txt", folder / "articles")
    shutil.copy(ROOT / "fixtures/models/translate-fr_en-0_1.argosmodel", folder / "translate-fr_en-1_9.argosmodel")
    write_labels(folder / "labels.jsonl")
    environment: dict[str, str | Path] = {
        "ANNOTATOR_DATA_DIR": label_studio.paths.data_dir,
        "ARGOS_PACKAGES_DIR": folder / "argos",
        "ARGOS_PACKAGE_INDEX": models_index,
    }

    def run(example: str) -> dict[str, Any]:
        ran = annotator(*shlex.split(example)[1:], "--json", folder=folder, environment=environment)
        assert ran.returncode == 0, ran.stderr.decode()
        return one_object(ran.stdout)

    answered = {name: run(EXAMPLES[name]) for name in BEFORE_PULL}
    tasks = [copy.task for copy in client.pushed_tasks(answered["push"]["project"])]
    for task, label in zip(tasks, ("opinion", "rhetoric"), strict=False):
        answer(annotator_login("ann"), task, label)
        answer(annotator_login("ben"), task, "opinion")
    run("annotator schema")
    newer = "Guidelines version 2 (since 2999-01-01T00:00:00+00:00), 1."
    client.update_project(answered["push"]["project"], {"description": newer})
    answered["dry run"] = run('annotator push run --project "French articles" --dry-run')
    return answered | {name: run(EXAMPLES[name]) for name in (*AFTER_ANSWERS, *MODELS)}


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in SERVING])
def test_the_example_answers_with_one_object_of_the_type_that_is_declared(
    name: str, answers: dict[str, dict[str, Any]]
) -> None:
    (shape, *_) = shapes_of(COMMANDS[name].callback)
    assert fits(answers[name], shape)


def test_a_dry_run_answers_what_would_be_sent(answers: dict[str, dict[str, Any]]) -> None:
    planned = answers["dry run"]
    assert fits(planned, shapes.WouldPush)
    assert (planned["already_there"], planned["would_send"]) == (planned["units"], 0)


def test_no_key_is_in_any_answer(answers: dict[str, dict[str, Any]], label_studio: Server) -> None:
    assert label_studio.credentials.token not in json.dumps(answers)
    assert re.search(r"[0-9a-f]{40}|eyJ", json.dumps(answers)) is None


def test_the_answer_of_the_demo_has_the_members_of_what_it_loaded() -> None:
    assert get_type_hints(shapes.DemoLoaded) == get_type_hints(LoadedDemo)


@pytest.mark.proof
def test_the_demo_answers_with_one_object(new_server_paths: Callable[[], ServerPaths]) -> None:
    ran = annotator(*shlex.split(EXAMPLES["demo"])[1:], "--json", "--data-dir", new_server_paths().data_dir)
    assert (ran.returncode, fits(one_object(ran.stdout), shapes.DemoLoaded)) == (0, True)
