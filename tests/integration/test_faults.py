"""Whatever happens between us and the server: every unit once, none missing, no answer lost.

A loopback proxy in front of the real server plays the faults. The table stands here at small size; `make proof`
runs it with thousands of tasks and repeated kills.
"""

from __future__ import annotations

import http.client
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest

from annotator.errors import ServerError
from annotator.labelstudio import form, server
from annotator.labelstudio.client import Client
from annotator.labelstudio.delivery import Pace
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.push import PushOptions, PushReport, push_tasks
from annotator.labelstudio.refusals import BusyError, DoubtError
from annotator.models import Task

NewTitle = Callable[[], str]
MakeTasks = Callable[..., list[Task]]

FAULTS = (
    "429",
    "500 before",
    "500 after",
    "504 before",
    "504 after",
    "504 and a late commit",
    "dropped before",
    "dropped after",
    "request cut",
    "answer cut",
    "time-out and a late commit",
)
PACE = Pace(batch_units=10, late=3, patience=60, first_wait=0.1)
IMPATIENT = Pace(batch_units=10, late=0, patience=1, first_wait=0.1)
CLIENT_TIMEOUT = 2.0
LATE = 1.0


class Proxy:
    """Passes requests on to the real server; each import meets the next fault of the plan."""

    def __init__(self, url: str) -> None:
        self.target = urlsplit(url).netloc
        self.plan: list[str] = []
        self.poison = ""
        self.late: list[threading.Thread] = []
        self.held: list[tuple[str, str, dict[str, str], bytes]] = []
        self.holding = threading.Event()
        self.goes_in: Literal["when asked for", "after a second copy", "at the end"] = "at the end"
        self.imports: list[float] = []
        """When each import came (monotonic seconds)."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self.release()
        for thread in self.late:
            thread.join()
        self._server.shutdown()
        self._server.server_close()

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes, str]:
        connection = http.client.HTTPConnection(self.target, timeout=120)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers.get("Content-Type", "application/json")

    def release(self) -> None:
        """Let in what is held, as a server does that was slow and not dead."""
        while self.held:
            self.forward(*self.held.pop())

    def forward_half(self, path: str, headers: dict[str, str], body: bytes) -> None:
        host, _, port = self.target.partition(":")
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        with socket.create_connection((host, int(port))) as half:
            half.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body[: len(body) // 2])

    def forward_later(self, *request: Any, after: float) -> None:
        def later() -> None:
            time.sleep(after)
            self.forward(*request)

        self.late.append(threading.Thread(target=later))
        self.late[-1].start()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    proxy: Proxy

    def handle_request(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = (self.command, self.path, dict(self.headers.items()), body)
        is_import = self.command == "POST" and "/import" in self.path
        if is_import:
            self.proxy.imports.append(time.monotonic())
        if is_import and self.proxy.poison and self.proxy.poison.encode() in body:
            self.answer(500, b'{"detail": "boom"}')
        elif is_import and self.proxy.plan and (fault := self.proxy.plan.pop(0)) != "none":
            self.play(fault, request)
        else:
            held = self.proxy.held[0] if self.proxy.held else None
            self.answer(*self.proxy.forward(*request))
            if self.proxy.goes_in == "when asked for" and "in_list" in self.path:
                self.proxy.release()
            elif self.proxy.goes_in == "after a second copy" and held and held[3] == body:
                self.proxy.forward_later(*self.proxy.held.pop(), after=0.5)

    do_GET = do_POST = do_PATCH = do_DELETE = handle_request  # noqa: N815 - the library's names

    def play(self, fault: str, request: tuple[str, str, dict[str, str], bytes]) -> None:
        if fault.endswith("after") or fault == "answer cut":
            status, answer, kind = self.proxy.forward(*request)
        if "late commit" in fault:
            self.proxy.forward_later(*request, after=LATE if "504" in fault else CLIENT_TIMEOUT + 0.5)
        if "held" in fault:
            self.proxy.held.append(request)
            self.proxy.holding.set()
        if fault == "request cut":
            self.proxy.forward_half(*request[1:])
        if fault == "answer cut":
            self.answer(status, answer, kind, cut=True)
        elif fault[:3].isdigit():
            self.answer(int(fault[:3]), b'{"detail": "a fault"}', wait=fault.partition("wait ")[2])
        elif "time-out" in fault:
            time.sleep(CLIENT_TIMEOUT + 1)
        elif fault == "held":
            while self.proxy.held:
                time.sleep(0.1)
        self.close_connection = fault == "429" or not fault[:3].isdigit()

    def answer(
        self, status: int, body: bytes, kind: str = "application/json", *, cut: bool = False, wait: str = ""
    ) -> None:
        self.send_response(status)
        if wait:
            self.send_header("Retry-After", wait)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def proxy(client: Client) -> Iterator[Proxy]:
    with closing(Proxy(client.url)) as running:
        yield running


@pytest.fixture
def through(proxy: Proxy, label_studio: server.Server, tmp_path: Path) -> Callable[..., PushReport]:
    """Push through the proxy, as a machine of the given name: `through(tasks, title, machine="a")`."""
    token = label_studio.credentials.token

    def _push(
        tasks: Sequence[Task],
        title: str,
        *,
        machine: str = "a",
        pace: Pace = PACE,
        timeout: float = 60,
        say: Callable[[str], None] = lambda _line: None,
    ) -> PushReport:
        with (
            closing(Client(proxy.url, token, timeout=timeout)) as client,
            closing(PushNotes(tmp_path / machine)) as notes,
        ):
            return push_tasks(tasks, project=title, client=client, notes=notes, options=PushOptions(pace=pace, say=say))

    return _push


Push = Callable[..., PushReport]


@pytest.fixture
def answered(
    client: Client, notes: PushNotes, new_title: NewTitle, make_tasks: MakeTasks, answer: Callable[..., int]
) -> tuple[str, dict[int, int]]:
    """A project in which ten units are, three of them answered: its title, and the annotation of each such task."""
    title = new_title()
    made = push_tasks(make_tasks(10), project=title, client=client, notes=notes).project
    tasks = [copy.task for copy in client.pushed_tasks(made)][:3]
    return title, {task: answer(client, task, "opinion") for task in tasks}


def check(client: Client, title: str, tasks: Sequence[Task], annotations: dict[int, int]) -> None:
    """Every unit once, none missing, the answers where they were."""
    found = client.find_project(title)
    assert found is not None
    copies = Counter(copy.unit_id for copy in client.pushed_tasks(found.id))
    assert copies == Counter(task.data.unit_id for task in tasks)
    rows = [row for window in client.answer_windows(found.id) for row in window]
    assert {row["id"]: row["annotations"][0]["id"] for row in rows} == annotations


@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_fault_every_unit_is_there_once(
    fault: str, proxy: Proxy, through: Push, client: Client, answered: tuple[str, dict[int, int]], make_tasks: MakeTasks
) -> None:
    title, annotations = answered
    tasks = make_tasks(30)
    proxy.plan = ["none", fault]
    report = through(tasks, title, timeout=CLIENT_TIMEOUT if "time-out" in fault else 60)
    assert (report.already_there, report.sent, report.refused) == (10, 20, 0)
    check(client, title, tasks, annotations)


def test_a_commit_later_than_anybody_waits_is_healed_by_the_next_push(
    proxy: Proxy, through: Push, client: Client, answered: tuple[str, dict[int, int]], make_tasks: MakeTasks
) -> None:
    title, annotations = answered
    proxy.plan = ["504 and a late commit"]
    through(make_tasks(30), title, pace=replace(IMPATIENT, patience=60))
    for thread in proxy.late:
        thread.join()
    assert through(make_tasks(30), title).sent == 0
    check(client, title, make_tasks(30), annotations)


def test_a_row_on_which_the_server_crashes_is_reported_and_the_rest_goes_in(
    proxy: Proxy, through: Push, client: Client, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    title, tasks = new_title(), make_tasks(21)
    proxy.poison = tasks[13].data.unit_id
    report = through(tasks, title, pace=replace(IMPATIENT, patience=60))
    assert [failure.unit_id for failure in report.failures] == [tasks[13].data.unit_id]
    check(client, title, [task for task in tasks if task is not tasks[13]], {})


def test_a_server_that_crashes_on_everything_is_an_error_and_not_a_refusal_of_every_row(
    proxy: Proxy, through: Push, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    proxy.poison = "unit_id"
    with pytest.raises(DoubtError, match="boom"):
        through(make_tasks(21), new_title(), pace=replace(IMPATIENT, patience=60))


def test_a_server_that_stays_away_is_an_error_and_the_next_push_goes_on(
    proxy: Proxy, through: Push, client: Client, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    title = new_title()
    proxy.plan = ["none"] + ["dropped before"] * 9
    told: list[str] = []
    with pytest.raises(ServerError):
        through(make_tasks(30), title, pace=IMPATIENT, say=told.append)
    assert any("trying again for up to" in line for line in told)
    proxy.plan = []
    assert through(make_tasks(30), title).already_there == 10
    check(client, title, make_tasks(30), {})


def test_what_a_push_that_died_had_on_its_way_is_awaited_and_not_sent_again(
    proxy: Proxy,
    through: Push,
    client: Client,
    label_studio: server.Server,
    new_title: NewTitle,
    make_tasks: MakeTasks,
    tmp_path: Path,
) -> None:
    """Without its notes the second push would send the units again, and the first ones arrive after its end."""
    title, tasks = new_title(), make_tasks(30)
    path = tmp_path / "tasks.jsonl"
    path.write_text("".join(task.model_dump_json() + "\n" for task in tasks), encoding="utf-8")
    proxy.plan, proxy.goes_in = ["none", "held"], "when asked for"
    arguments = [proxy.url, label_studio.credentials.token, str(tmp_path / "a"), str(path), title, "10"]
    dying = subprocess.Popen([sys.executable, "-c", PROCESS, *arguments])
    assert proxy.holding.wait(60)
    dying.kill()
    dying.wait()
    through(tasks, title, machine="a", pace=replace(PACE, late=60))
    proxy.release()
    check(client, title, tasks, {})


def test_a_request_that_was_given_up_is_awaited_before_it_is_sent_again(
    proxy: Proxy, through: Push, client: Client, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    title, tasks = new_title(), make_tasks(30)
    proxy.plan, proxy.goes_in = ["none", "504 and held"], "when asked for"
    through(tasks, title, pace=replace(PACE, late=60))
    assert len(proxy.imports) == 3
    check(client, title, tasks, {})


def test_a_request_that_was_sent_again_is_awaited_before_the_end(
    proxy: Proxy, through: Push, client: Client, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    """It arrives after its second copy, and would stay beside it if the push ended at once."""
    title, tasks = new_title(), make_tasks(30)
    proxy.plan, proxy.goes_in = ["none", "504 and held"], "after a second copy"
    through(tasks, title)
    for thread in proxy.late:
        thread.join()
    assert len(proxy.imports) == 4
    check(client, title, tasks, {})


def test_a_server_that_asks_to_wait_is_given_the_time(
    proxy: Proxy, through: Push, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    proxy.plan = ["429 wait 2"]
    assert through(make_tasks(3), new_title()).sent == 3
    first, second = proxy.imports
    assert second - first >= 2


def test_a_server_that_asks_to_come_back_tomorrow_is_an_error_at_once(
    proxy: Proxy, through: Push, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    proxy.plan = ["429 wait 86400"]
    with pytest.raises(BusyError) as raised:
        through(make_tasks(3), new_title())
    assert raised.value.hint == "try again in 86400 s"


def push_at_once(
    through: Push, tasks: Sequence[Task], title: str, machines: Sequence[str], pace: Pace = PACE
) -> list[PushReport]:
    failures: list[Exception] = []
    reports: list[PushReport] = []

    def run(machine: str) -> None:
        try:
            reports.append(through(tasks, title, machine=machine, pace=pace))
        except Exception as error:  # noqa: BLE001 - a thread's error is the test's
            failures.append(error)

    threads = [threading.Thread(target=run, args=(machine,)) for machine in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return reports


@pytest.mark.parametrize("machines", [("a", "a"), ("a", "b")], ids=["one machine", "two machines"])
def test_two_pushes_at_once_end_as_one(
    machines: tuple[str, str], through: Push, client: Client, new_title: NewTitle, make_tasks: MakeTasks
) -> None:
    title, tasks = new_title(), make_tasks(40)
    reports = push_at_once(through, tasks, title, machines)
    check(client, title, tasks, {})
    assert sum(report.sent for report in reports) == len(tasks)


def test_what_another_machine_sends_while_copies_are_removed_hides_no_copy(
    through: Push, client: Client, new_title: NewTitle, make_tasks: MakeTasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    title, tasks = new_title(), make_tasks(30)
    made = client.create_project(title, config=form.labelling_config(), settings={}).id
    rows = [task.model_dump_json() for task in tasks]
    for _ in range(2):
        client.import_tasks(made, rows[:10])
    remove = Client.delete_tasks

    def remove_while_another_sends(self: Client, project: int, doomed: Sequence[int]) -> None:
        monkeypatch.setattr(Client, "delete_tasks", remove)
        client.import_tasks(made, rows[10:20])
        remove(self, project, doomed)

    monkeypatch.setattr(Client, "delete_tasks", remove_while_another_sends)
    through(tasks, title)
    check(client, title, tasks, {})


def test_a_project_that_another_machine_made_first_and_was_not_listed_yet_gets_the_tasks(
    through: Push, client: Client, new_title: NewTitle, make_tasks: MakeTasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    title, tasks = new_title(), make_tasks(10)
    first = client.create_project(title, config=form.labelling_config(), settings={})
    titled, calls = Client.titled, 0

    def titled_late(self: Client, asked: str) -> list[int]:
        """Leave out the first project while the push looks for one, creates one and looks again."""
        nonlocal calls
        calls += 1
        return [project for project in titled(self, asked) if calls > 2 or project != first.id]

    monkeypatch.setattr(Client, "titled", titled_late)
    assert through(tasks, title).project == first.id
    check(client, title, tasks, {})


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_three_machines_push_5000_at_once(
    through: Push, client: Client, answered: tuple[str, dict[int, int]], make_tasks: MakeTasks
) -> None:
    title, annotations = answered
    push_at_once(through, make_tasks(5000), title, ("a", "b", "c"), Pace(batch_units=100, late=4, first_wait=0.1))
    check(client, title, make_tasks(5000), annotations)


PROCESS = """
import sys
from pathlib import Path
from annotator.labelstudio.client import Client
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.push import PushOptions, push_tasks
from annotator.labelstudio.task_source import open_tasks
from annotator.labelstudio.delivery import Pace

url, token, folder, tasks, title, batch = sys.argv[1:]
pace = Pace(batch_units=int(batch), late=6, first_wait=0.1)
client, notes, options = Client(url, token), PushNotes(Path(folder)), PushOptions(pace=pace)
with open_tasks(tasks) as source:
    push_tasks(source, project=title, client=client, notes=notes, options=options)
"""


def kill_and_go_on(
    found: server.Server, folder: Path, title: str, tasks: Sequence[Task], *, kills: int, batch: int, longest: float
) -> int:
    """Push in a process that is killed at random moments, then once to the end. Return how often it was killed."""
    path = folder / "tasks.jsonl"
    path.write_text("".join(task.model_dump_json() + "\n" for task in tasks), encoding="utf-8")
    credentials = found.credentials
    arguments = [credentials.url, credentials.token, str(folder / "notes"), str(path), title, str(batch)]
    moments = random.Random(7)  # noqa: S311
    killed = 0
    while killed < kills:
        process = subprocess.Popen([sys.executable, "-c", PROCESS, *arguments])
        try:
            process.wait(timeout=0.5 + moments.random() * longest)
            break  # it came to its end
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
    subprocess.run([sys.executable, "-c", PROCESS, *arguments], check=True, timeout=600)
    return killed


def test_a_push_killed_and_started_again_loses_and_doubles_nothing(
    label_studio: server.Server,
    client: Client,
    answered: tuple[str, dict[int, int]],
    make_tasks: MakeTasks,
    tmp_path: Path,
) -> None:
    title, annotations = answered
    killed = kill_and_go_on(label_studio, tmp_path, title, make_tasks(300), kills=3, batch=20, longest=0.8)
    assert killed
    check(client, title, make_tasks(300), annotations)


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_a_push_of_5000_killed_20_times_loses_and_doubles_nothing(
    label_studio: server.Server,
    client: Client,
    answered: tuple[str, dict[int, int]],
    make_tasks: MakeTasks,
    tmp_path: Path,
) -> None:
    title, annotations = answered
    killed = kill_and_go_on(label_studio, tmp_path, title, make_tasks(5000), kills=20, batch=100, longest=1.5)
    assert killed == 20
    check(client, title, make_tasks(5000), annotations)


@pytest.mark.proof
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(5))
def test_a_push_of_1000_through_a_storm_of_faults(
    seed: int, proxy: Proxy, through: Push, client: Client, answered: tuple[str, dict[int, int]], make_tasks: MakeTasks
) -> None:
    title, annotations = answered
    drawn = random.Random(seed)  # noqa: S311
    proxy.plan = [drawn.choice([*FAULTS, "none"]) for _ in range(60)]
    tasks = make_tasks(1000)
    pace = Pace(batch_units=50, late=4, patience=300, first_wait=0.1)
    through(tasks, title, pace=pace, timeout=CLIENT_TIMEOUT)
    check(client, title, tasks, annotations)


def test_a_server_killed_in_the_middle_of_an_import(
    new_server_paths: Callable[[], server.ServerPaths], make_tasks: MakeTasks, tmp_path: Path
) -> None:
    """Killed while it works on the second batch, and started again on the same port."""
    paths, tasks = new_server_paths(), make_tasks(1000)
    with server.running(paths, say=print) as first:
        url, token = first.credentials.url, first.credentials.token

        def run() -> None:
            pace = Pace(batch_units=200, late=3, patience=120, first_wait=0.2)
            with closing(Client(url, token)) as client, closing(PushNotes(tmp_path)) as notes:
                push_tasks(tasks, project="Killed", client=client, notes=notes, options=PushOptions(pace=pace))

        pushing = threading.Thread(target=run)
        pushing.start()
        wait_for_tasks(Client(url, token), "Killed", 200)
        first.process.kill()
        first.process.wait()
    with server.running(paths, port=urlsplit(url).port, say=print):
        pushing.join()
        check(Client(url, token), "Killed", tasks, {})


def wait_for_tasks(client: Client, title: str, number: int) -> None:
    deadline = time.monotonic() + 60
    while not (found := client.find_project(title)) or found.tasks < number:
        assert time.monotonic() < deadline
        time.sleep(0.05)
