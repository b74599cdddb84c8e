"""Whatever answers at the address: one line, no traceback, an end, and the key where it belongs."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from annotator import trust
from annotator.address import canonical
from annotator.errors import AccessError, AnnotatorError, UsageError
from annotator.labelstudio import credentials, people, transport
from annotator.labelstudio.client import Client, connect
from annotator.labelstudio.credentials import Credentials
from annotator.labelstudio.refusals import DoubtError, NotLabelStudioError, TooLargeError
from annotator.settings import load

KEY = "0123456789abcdef0123456789abcdef01234567"
PERSONAL = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjk5OTk5OTk5OTksInRva2VuX3R5cGUiOiJyZWZyZXNoIn0.c2lnbmF0dXJl"
COMMAND = str(Path(sys.executable).with_name("annotator"))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"

Play = Callable[[str], Iterable[bytes]]


class Stranger:
    """A server that answers each request with the pieces that `play` gives for its path, and keeps what it was sent."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.seen: list[bytes] = []
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65_536) or b"\r\n\r\n"
            self.seen.append(head)
            for piece in self.play(head.split(b" ")[1].decode()):
                connection.sendall(piece)
                if self._over.is_set():
                    return


@pytest.fixture
def not_label_studio() -> Iterator[Callable[[Play | bytes], Stranger]]:
    """Start servers: `not_label_studio(b"...")` gives always the same bytes."""
    started: list[Stranger] = []

    def start(play: Play | bytes) -> Stranger:
        started.append(Stranger((lambda _path: [play]) if isinstance(play, bytes) else play))
        return started[-1]

    yield start
    for one in started:
        one.close()


Start = Callable[[Play | bytes], Stranger]


def answer(body: bytes, *headers: str) -> bytes:
    return HEAD + "".join(f"{line}\r\n" for line in headers).encode() + b"\r\n" + body


def drip(first: bytes, byte: bytes) -> Play:
    def play(_path: str) -> Iterator[bytes]:
        yield first
        while True:
            time.sleep(0.05)
            yield byte

    return play


def endless(first: bytes, piece: bytes) -> Play:
    return lambda _path: itertools.chain([first], itertools.repeat(piece))


def one_line(ask: Callable[[], object], key: str = KEY) -> AnnotatorError:
    with pytest.raises(AnnotatorError) as raised:
        ask()
    error = raised.value
    assert "\n" not in error.message
    assert len(error.message) < 500
    assert error.hint
    assert key not in f"{error.message}{error.hint}{error!r}{error.__cause__!r}"
    return error


def once(url: str, key: str = KEY, *, timeout: float = 60) -> Client:
    """A connection that asks nothing twice: the SDK waits for a second before it does."""
    client = Client(url, key, timeout=timeout)
    client.connection.sdk._client_wrapper.httpx_client.base_max_retries = 0
    return client


ASKS: dict[str, Callable[[Client], object]] = {
    "version": lambda client: client.version(),
    "whoami": lambda client: client.whoami(),
    "invitation": lambda client: client.invitation(),
    "people": lambda client: client.people(),
    "project by title": lambda client: client.find_project("Some title"),
    "project by id": lambda client: client.find_project("5"),
    "pushed tasks": lambda client: client.pushed_tasks(1),
    "tasks of units": lambda client: list(client.tasks_of_units(1, ["a"])),
    "drafts of a project": lambda client: client.tasks_with_drafts(1),
    "drafts of a task": lambda client: client.drafts(1),
    "answers": lambda client: list(client.answer_windows(1)),
    "create": lambda client: client.create_project("Some title", config="<View/>", settings={}),
    "import": lambda client: client.import_tasks(1, ["{}"]),
    "login": lambda client: people.add(client, "ann"),
}
BODIES = [
    b"[]",
    b"{}",
    b'"x"',
    b"3",
    b"null",
    b"true",
    b"[[]]",
    b'[{"id": "1"}]',
    b'{"token": 3, "tasks": [], "id": 1}',
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.decode())
@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS.keys())
def test_other_json_is_one_line(not_label_studio: Start, ask: Callable[[Client], object], body: bytes) -> None:
    server = not_label_studio(answer(body))
    if ask is ASKS["drafts of a task"] and body in {b"[]", b'[{"id": "1"}]'}:
        assert isinstance(ask(once(server.url)), list)
    else:
        assert isinstance(one_line(lambda: ask(once(server.url))), NotLabelStudioError | DoubtError)


NO_ANSWERS: dict[str, tuple[Play | bytes, type[AnnotatorError]]] = {
    "a page": (HEAD.replace(b"application/json", b"text/html") + b"\r\n<html>Sign in</html>", AccessError),
    "text": (HEAD.replace(b"application/json", b"text/plain") + b"\r\nhello", DoubtError),
    "nothing": (answer(b""), DoubtError),
    "half of JSON": (answer(b'{"release": "1.23.2"'), DoubtError),
    "open brackets": (answer(b"[" * 100_000), DoubtError),
    "deep": (answer(b"[" * 100_000 + b"]" * 100_000), DoubtError),
    "deep and refused": (answer(b"[" * 100_000).replace(b"200 OK", b"400 Bad"), AnnotatorError),
    "no UTF-8": (answer(b'{"release": "\xff\xfe\xfd"}'), DoubtError),
    "UTF-16": (answer('{"release": "1"}'.encode("utf-16")), NotLabelStudioError),
    "long number": (answer(b'{"release": %s}' % (b"9" * 5000)), DoubtError),
    "an encoding that unpacks": (
        (HEAD.replace(b"json", b"x; charset=zlib") + b"\r\nx\x9cKLL").replace(b"200 OK", b"400 Bad"),
        AnnotatorError,
    ),
    "a head that is not ASCII": (answer(b"[]", "X-Name: L\xe9a"), NotLabelStudioError),
    "cut": (answer(b'{"rel', "Content-Length: 100"), DoubtError),
    "cut in the head": (HEAD, DoubtError),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", DoubtError),
    "closed": (b"", DoubtError),
    "10 GB": (answer(b"{", "Content-Length: 10000000000"), TooLargeError),
    "a length that is none": (answer(b"{", "Content-Length: -1"), DoubtError),
    "endless": (endless(answer(b"["), b" " * 100_000), TooLargeError),
    "endless in chunks": (
        endless(answer(b"", "Transfer-Encoding: chunked"), b"2710\r\n%s\r\n" % (b" " * 10_000)),
        TooLargeError,
    ),
    "endless in its head": (endless(HEAD, b"X-More: more\r\n"), DoubtError),
    "a bomb": (answer(gzip.compress(b" " * 40_000_000), "Content-Encoding: gzip"), TooLargeError),
    "a bomb in a bomb": (answer(gzip.compress(gzip.compress(b"{}")), "Content-Encoding: gzip, gzip"), DoubtError),
    "another packing": (answer(b"\x28\xb5\x2f\xfd\x20\x02\x11\x00\x00{}", "Content-Encoding: zstd"), DoubtError),
    "no gzip": (answer(b"{}", "Content-Encoding: gzip"), DoubtError),
    "half of gzip": (answer(gzip.compress(b"{}" * 1000)[:-12], "Content-Encoding: gzip"), DoubtError),
}


@pytest.mark.parametrize(("play", "kind"), NO_ANSWERS.values(), ids=NO_ANSWERS.keys())
def test_what_is_no_answer_is_one_line(not_label_studio: Start, play: Play | bytes, kind: type[AnnotatorError]) -> None:
    server = not_label_studio(play)
    assert isinstance(one_line(lambda: once(server.url).version()), kind)


@pytest.mark.parametrize(
    "play",
    [
        pytest.param(drip(answer(b""), b" "), id="body"),
        pytest.param(drip(answer(b"", "Content-Encoding: gzip"), b"\0"), id="packed"),
        pytest.param(drip(HEAD + b"X-Slow: ", b"x"), id="head"),
        pytest.param(drip(b"", b"H"), id="no-head"),
        pytest.param(drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), id="continue"),
        pytest.param(drip(b"", b""), id="nothing"),
    ],
)
def test_slow_stream_has_an_end(not_label_studio: Start, play: Play) -> None:
    server = not_label_studio(play)
    error = one_line(lambda: once(server.url, timeout=0.5).version())
    assert isinstance(error, DoubtError)


def test_answer_that_is_packed_is_read(not_label_studio: Start) -> None:
    packed = gzip.compress(json.dumps({"release": "1.23.2", "label-studio-os-package": {}, "edition": "E"}).encode())
    server = not_label_studio(answer(packed, "Content-Encoding: gzip"))
    assert once(server.url).version() == ("1.23.2", "E")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("key", [KEY, PERSONAL], ids=["legacy", "personal"])
@pytest.mark.parametrize("ask", [ASKS["whoami"], ASKS["import"], ASKS["create"]], ids=["get", "import", "create"])
def test_no_request_and_no_key_follow_a_redirect(
    not_label_studio: Start, status: int, key: str, ask: Callable[[Client], object]
) -> None:
    other = not_label_studio(answer(b"{}"))
    first = not_label_studio(answer(b"", f"Location: {other.url}/api").replace(b"200 OK", b"%d Moved" % status))
    one_line(lambda: ask(once(first.url, key)), key)
    assert other.seen == []


def test_transport_sends_nothing_to_another_server(not_label_studio: Start) -> None:
    mine, other = not_label_studio(answer(b"{}")), not_label_studio(answer(b"{}"))
    with closing(transport.open_http(mine.url, seconds=5)) as http, pytest.raises(httpx.RequestError):
        http.get(other.url)
    assert other.seen == []


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 429, 500])
@pytest.mark.parametrize("key", [KEY, PERSONAL, "a key of another form"], ids=["legacy", "personal", "other"])
def test_server_that_sends_the_key_back_does_not_show_it(not_label_studio: Start, status: int, key: str) -> None:
    body = json.dumps({"detail": f"Token {key} \x1b[31m is unknown"}).encode()
    server = not_label_studio(answer(body, f"Location: /?token={key}").replace(b"200 OK", b"%d Told" % status))
    error = one_line(lambda: once(server.url, key).whoami(), key)
    assert "\x1b" not in error.message


def test_window_of_answers_that_is_too_large_is_asked_for_in_parts(
    not_label_studio: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    from urllib.parse import parse_qs, urlsplit

    monkeypatch.setattr(transport, "LARGEST", 5_000)
    tasks = [{"id": number, "annotations": [{"result": ["x" * 1000]}]} for number in range(1, 11)]

    def play(path: str) -> list[bytes]:
        asked = parse_qs(urlsplit(path).query)
        if json.loads(asked["query"][0])["ordering"] == ["-tasks:id"]:
            return [answer(json.dumps({"tasks": [{"id": 10}], "total": 10}).encode())]
        within = json.loads(asked["query"][0])["filters"]["items"][0]["child_filter"]["value"]
        found = [task for task in tasks if within["min"] <= int(str(task["id"])) <= within["max"]]
        page = found[: int(asked["page_size"][0])]
        return [answer(json.dumps({"tasks": page, "total": len(found)}).encode())]

    server = not_label_studio(play)
    windows = list(once(server.url).answer_windows(1))
    assert [task["id"] for window in windows for task in window] == list(range(1, 11))


def command(*arguments: str, folder: Path, **environment: str) -> tuple[int, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LABEL_STUDIO")}
    ran = subprocess.run(
        [COMMAND, *arguments],
        env={**clean, "ANNOTATOR_DATA_DIR": str(folder / "data"), **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ran.stderr
    assert KEY not in ran.stdout + ran.stderr
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.parametrize("body", [b"[]", b"{}"], ids=["list", "object"])
def test_doctor_takes_no_other_server_for_a_label_studio(not_label_studio: Start, tmp_path: Path, body: bytes) -> None:
    server = not_label_studio(answer(body))
    code, told = command("doctor", folder=tmp_path, LABEL_STUDIO_URL=server.url, LABEL_STUDIO_API_KEY=KEY)
    assert code == 1
    assert f"{server.url} is not a Label Studio" in told
    assert "accepted" not in told


def test_doctor_accepts_no_key_where_nobody_is_named(not_label_studio: Start, tmp_path: Path) -> None:
    version = {"release": "1.23.2", "label-studio-os-package": {}, "edition": "Community"}
    server = not_label_studio(lambda path: [answer(json.dumps(version if "version" in path else {}).encode())])
    code, told = command("doctor", folder=tmp_path, LABEL_STUDIO_URL=server.url, LABEL_STUDIO_API_KEY=KEY)
    assert code == 1
    assert "Label Studio 1.23.2 Community" in told
    assert "accepted" not in told


@pytest.mark.parametrize(
    "arguments",
    [
        ("pull", "--project", "Some title", "--out", "-"),
        ("annotators", "list"),
        ("annotators", "add", "ann"),
        ("adjudicate", "pull", "--project", "5", "--out", "-"),
    ],
    ids=" ".join,
)
def test_command_at_another_server_is_one_line(
    not_label_studio: Start, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    server = not_label_studio(answer(b"{}"))
    code, told = command(*arguments, folder=tmp_path, LABEL_STUDIO_URL=server.url, LABEL_STUDIO_API_KEY=KEY)
    assert (code, "is not a Label Studio" in told) == (2, True)


def test_server_that_a_file_names_gets_no_key_and_no_request(not_label_studio: Start, tmp_path: Path) -> None:
    server = not_label_studio(answer(b"{}"))
    (tmp_path / "annotator.toml").write_text(f'label_studio_url = "{server.url}"', encoding="utf-8")
    code, told = command("annotators", "list", folder=tmp_path, LABEL_STUDIO_API_KEY=KEY)
    assert code == 2
    assert f"annotator.toml:1 names the server {server.url}, which gets no key" in told
    assert f"annotator doctor --trust {server.url}" in told
    assert server.seen == []


def test_server_that_a_file_names_does_not_get_the_key_of_the_local_one(
    not_label_studio: Start, tmp_path: Path
) -> None:
    server = not_label_studio(answer(b"{}"))
    (tmp_path / "data").mkdir()
    credentials.write(tmp_path / "data", Credentials("http://127.0.0.1:1", KEY))
    (tmp_path / "annotator.toml").write_text(f'label_studio_url = "{server.url}"', encoding="utf-8")
    assert command("annotators", "list", folder=tmp_path)[0] == 2
    assert server.seen == []


def test_trusted_server_gets_the_key(not_label_studio: Start, tmp_path: Path) -> None:
    server = not_label_studio(answer(b"{}"))
    (tmp_path / "annotator.toml").write_text(f'label_studio_url = "{server.url}"', encoding="utf-8")
    command("doctor", "--trust", f"{server.url}/", folder=tmp_path, LABEL_STUDIO_API_KEY=KEY)
    assert (tmp_path / "data" / trust.TRUSTED_NAME).stat().st_mode & 0o777 == 0o600
    server.seen.clear()
    command("annotators", "list", folder=tmp_path, LABEL_STUDIO_API_KEY=KEY)
    assert f"Token {KEY}".encode() in server.seen[0]


def test_server_that_the_environment_names_gets_the_key(not_label_studio: Start, tmp_path: Path) -> None:
    server = not_label_studio(answer(b"{}"))
    (tmp_path / "annotator.toml").write_text('label_studio_url = "http://127.0.0.1:1"', encoding="utf-8")
    command("annotators", "list", folder=tmp_path, LABEL_STUDIO_URL=server.url, LABEL_STUDIO_API_KEY=KEY)
    assert f"Token {KEY}".encode() in server.seen[0]


def test_local_server_of_our_own_gets_its_key_though_a_file_names_it(not_label_studio: Start, tmp_path: Path) -> None:
    server = not_label_studio(answer(b"{}"))
    (tmp_path / "data").mkdir()
    credentials.write(tmp_path / "data", Credentials(server.url, KEY))
    (tmp_path / "annotator.toml").write_text(f'label_studio_url = "{server.url}"', encoding="utf-8")
    command("annotators", "list", folder=tmp_path)
    assert f"Token {KEY}".encode() in server.seen[0]


def test_folder_cannot_bring_its_own_trust(not_label_studio: Start, tmp_path: Path) -> None:
    server = not_label_studio(answer(b"{}"))
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / trust.TRUSTED_NAME).write_text(json.dumps([server.url]), encoding="utf-8")
    credentials.write(theirs, Credentials(server.url, "their own key"))
    lines = f'data_dir = "{theirs}"\nlabel_studio_url = "{server.url}"\n'
    (tmp_path / "annotator.toml").write_text(lines, encoding="utf-8")
    code, told = command(
        "annotators", "list", folder=tmp_path, ANNOTATOR_DATA_DIR="", HOME=str(tmp_path), LABEL_STUDIO_API_KEY=KEY
    )
    assert (code, "which gets no key" in told, server.seen) == (2, True, [])


def test_credentials_file_of_another_machine_is_refused(tmp_path: Path) -> None:
    credentials.write(tmp_path, Credentials("http://labels.example.org", "key"))
    with pytest.raises(UsageError, match="not a credentials file"):
        credentials.read(tmp_path)


@pytest.mark.parametrize(
    "content",
    ["3", "[]", "{}", '{"url": 3, "token": "x"}', '{"url": "http://127.0.0.1:1", "token": []}', "[" * 100_000],
)
def test_credentials_file_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / credentials.FILE_NAME).write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="not a credentials file"):
        credentials.read(tmp_path)


@pytest.mark.parametrize("content", ["3", "{}", "[3]", "["])
def test_list_of_trusted_servers_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / trust.TRUSTED_NAME).write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="not a list of servers"):
        trust.trusted(tmp_path)


TRUSTED = "https://labels.example.org"


@pytest.mark.parametrize(
    ("address", "confirmed"),
    [
        (TRUSTED, True),
        (f"{TRUSTED}/", True),
        (f"{TRUSTED}:443", True),
        (f"{TRUSTED}/label-studio", True),
        ("HTTPS://Labels.EXAMPLE.org.", True),
        ("http://labels.example.org", False),
        ("http://labels.example.org:443", False),
        (f"{TRUSTED}:8443", False),
        (f"{TRUSTED}.evil.example", False),
        ("https://evil.example/labels.example.org", False),
        ("https://labels.example.org-evil.example", False),
        ("https://xlabels.example.org", False),
        ("https://l\u0430bels.example.org", False),
    ],
)
def test_trust_is_of_one_scheme_host_and_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, confirmed: bool
) -> None:
    monkeypatch.setenv("ANNOTATOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", KEY)
    (tmp_path / "annotator.toml").write_text(f'label_studio_url = "{address}"', encoding="utf-8")
    settings = load({}, directory=tmp_path)
    trust.trust(settings, TRUSTED)
    if confirmed:
        assert connect(settings).url.startswith(TRUSTED)
    else:
        assert "which gets no key" in one_line(lambda: connect(settings)).message


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1@evil.example/",
        "http://127.0.0.1:8080@evil.example/",
        "http://127.0.0.1\\@evil.example/",
        "http://name:pass@127.0.0.1/",
        "http://:@127.0.0.1/",
        "http://127.0.0.1?x=",
        "http://127.0.0.1#x",
        "http://127.0.0.1%2eevil.example",
        "http://127.0.0.1\x00.evil.example",
        "http://127.0.0.1 .evil.example",
        "http://127.0.0.1\t.evil.example",
        "http://１２７.0.0.1",
        "http://a..b",
        f"http://{'a' * 300}",
        "http://-a.example",
        "http://",
        "http:///x",
        "http://a:99999",
        "http://a:x",
        "http://[::1",
        "http://[fe80::1%25eth0]",
        "//a.example",
        "",
        "javascript:alert(1)",
        "file:///etc/passwd",
        KEY,
        PERSONAL,
        f"http://{KEY}@a.example",
        "http://name:hunter2@a.example:99999",
        "a" * 100_000,
    ],
)
def test_what_is_not_the_address_of_a_server_is_told_without_secrets(address: str) -> None:
    error = one_line(lambda: canonical(address))
    assert isinstance(error, UsageError)
    for secret in (PERSONAL, "hunter2", "name:pass"):
        assert secret not in error.message


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("HTTP://A.Example.:80/", "http://a.example"),
        (" https://a.example:443/x/ ", "https://a.example/x"),
        ("http://[0:0:0:0:0:0:0:1]:8080", "http://[::1]:8080"),
        ("http://bücher.example", "http://xn--bcher-kva.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_address_has_one_form(address: str, form: str) -> None:
    assert canonical(address) == form == canonical(form)


def test_key_and_address_that_were_changed_round_do_not_show_the_key(tmp_path: Path) -> None:
    code, told = command("doctor", folder=tmp_path, LABEL_STUDIO_URL=KEY, LABEL_STUDIO_API_KEY="http://127.0.0.1:1")
    assert code == 1
    assert "not the address of a server" in told


def test_proxy_of_the_environment_is_used_for_others_and_not_for_our_own_machine(
    not_label_studio: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, mine = not_label_studio(answer(b'"proxy"')), not_label_studio(answer(b'"mine"'))
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, proxy.url.removeprefix("http://"))
    one_line(lambda: once("http://labels.example").version())
    one_line(lambda: once(mine.url).version())
    assert (len(proxy.seen), len(mine.seen)) == (1, 1)
    monkeypatch.setenv("no_proxy", "labels.example")
    one_line(lambda: once("http://labels.example").version())
    assert len(proxy.seen) == 1


@pytest.mark.parametrize("proxy", ["ftp://127.0.0.1:1", "socks5://127.0.0.1:1", "http://[::1", "http://a:x"])
def test_proxy_that_cannot_be_used_is_one_line(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    one_line(lambda: once("http://labels.example").version())
