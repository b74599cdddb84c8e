"""Every way a connection fails is one line, a hint, and the right exit code; the key is in none of them."""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from annotator.doctor import examine
from annotator.errors import AccessError, AnnotatorError, ExitCode, ServerError, UsageError
from annotator.labelstudio import credentials, people
from annotator.labelstudio.client import Client, connect
from annotator.labelstudio.credentials import Credentials
from annotator.labelstudio.refusals import BusyError, DoubtError, InvalidRequestError
from annotator.labelstudio.versions import is_too_old
from annotator.settings import Settings

KEY = "0123456789abcdef0123456789abcdef01234567"
EXPIRED = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjEsInRva2VuX3R5cGUiOiJyZWZyZXNoIn0.c2lnbmF0dXJl"
FORGED = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjk5OTk5OTk5OTksInRva2VuX3R5cGUiOiJyZWZyZXNoIn0.c2lnbmF0dXJl"


def failing(ask: Callable[[], object], key: str = KEY) -> AnnotatorError:
    """Return the error that `ask` raises, after checking what holds for all of them."""
    with pytest.raises(AnnotatorError) as raised:
        ask()
    error = raised.value
    assert "\n" not in error.message
    assert len(error.message) < 500
    assert error.hint
    if key:
        assert key not in f"{error.message} {error.hint} {error.__cause__} {error!r}"
    return error


@contextmanager
def answering(
    status: int, body: str, headers: dict[str, str] | None = None, wrap: ssl.SSLContext | None = None
) -> Iterator[str]:
    """A server that gives the same answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(status)
            for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if wrap:
            server.socket = wrap.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"{'https' if wrap else 'http'}://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("key", [KEY, EXPIRED, FORGED], ids=["legacy", "expired personal", "forged personal"])
def test_a_key_the_server_does_not_know(client: Client, key: str) -> None:
    error = failing(lambda: Client(client.url, key).whoami(), key)
    assert isinstance(error, AccessError)
    assert "401" in error.message
    assert error.exit_code == ExitCode.USAGE


@pytest.mark.parametrize("key", ["", "a b\nc", "é" * 40], ids=["empty", "line end", "accents"])
def test_a_key_that_is_none(client: Client, key: str) -> None:
    assert isinstance(failing(lambda: Client(client.url, key).whoami(), key), UsageError)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("127.0.0.1:8080", "begin it with http://"),
        ("labels.example.org", "begin it with http://"),
        ("http://[::1", "like https://"),
        ("ftp://127.0.0.1", "begin it with http://"),
    ],
)
def test_an_address_that_is_none(url: str, words: str) -> None:
    error = failing(lambda: Client(url, KEY).whoami())
    assert isinstance(error, UsageError)
    assert words in error.hint


def test_an_address_below_the_start_page(client: Client) -> None:
    error = failing(lambda: Client(f"{client.url}/projects", KEY).whoami())
    assert isinstance(error, AccessError)
    assert "not as Label Studio" in error.message


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://nowhere.invalid"], ids=["nobody there", "no such host"])
def test_nobody_answers(url: str) -> None:
    error = failing(lambda: Client(url, KEY).import_tasks(1, ["{}"]))
    assert isinstance(error, BusyError)
    assert "annotator serve" in error.hint


def test_a_certificate_that_nobody_signed(tmp_path: Path) -> None:
    pem = tmp_path / "self.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-keyout", str(pem), "-out", str(tmp_path / "c.pem")], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "c.pem", pem)
    with answering(200, "{}", wrap=context) as url:
        error = failing(lambda: Client(url, KEY).import_tasks(1, ["{}"]))
    assert isinstance(error, AccessError)
    assert "SSL_CERT_FILE" in error.hint


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind"),
    [
        (403, '{"detail": "no"}', {}, AccessError),
        (302, "", {"Location": "https://labels.example.org/"}, AccessError),
        (404, "<!DOCTYPE html><title>Not Found</title>", {"Content-Type": "text/html"}, AccessError),
        (200, "<html>Sign in</html>", {"Content-Type": "text/html"}, AccessError),
        (400, '{"validation_errors": {"data": ["wrong"]}}', {}, InvalidRequestError),
        (413, '{"detail": "too large"}', {}, InvalidRequestError),
        (429, '{"detail": "slow"}', {"Retry-After": "7"}, BusyError),
        (
            500,
            '{"detail": "You cannot access body after reading from request\'s data stream"}',
            {},
            InvalidRequestError,
        ),
        (500, '{"detail": "boom"}', {}, DoubtError),
        (504, "<html><title>Gateway Time-out</title></html>", {"Content-Type": "text/html"}, DoubtError),
        (200, '{"task_count"', {}, DoubtError),
    ],
)
def test_an_answer_that_is_none(status: int, body: str, headers: dict[str, str], kind: type[AnnotatorError]) -> None:
    with answering(status, body, headers) as url, pytest.raises(AnnotatorError) as raised:
        Client(url, KEY).import_tasks(1, ["{}"])
    assert type(raised.value) is kind
    assert "\n" not in raised.value.message
    assert KEY not in str(raised.value)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "Wed, 21 Oct 2015 07:30:00 GMT", "Date": "Wed, 21 Oct 2015 07:28:00 GMT"}, 120),
        ({"Retry-After": "Wed, 21 Oct 2015 07:30:00 GMT", "Date": "Wed, 21 Oct 2015 07:31:00 GMT"}, 0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:30:00 GMT"}, 0),
        ({"Retry-After": "soon"}, 0),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "²"}, 0),
        ({"Retry-After": "Wed, 99 Oct 2015 07:30:00 GMT"}, 0),
        ({}, 0),
    ],
    ids=["seconds", "part", "date", "past by its clock", "past", "word", "negative", "no number", "no date", "nothing"],
)
def test_a_server_says_how_long_to_wait(headers: dict[str, str], seconds: float) -> None:
    with answering(429, "{}", headers) as url:
        error = failing(lambda: Client(url, KEY).import_tasks(1, ["{}"]))
    assert isinstance(error, BusyError)
    assert error.retry_after == seconds


TOO_OLD = '{"release": "1.20.0", "label-studio-os-package": {"version": "1.20.0"}}'


def test_a_server_that_is_too_old_gets_no_new_project() -> None:
    with answering(200, TOO_OLD) as url, closing(Client(url, KEY)) as old:
        error = failing(lambda: old.create_project("A title", config="<View/>", settings={}))
    assert isinstance(error, UsageError)
    assert "1.20.0; 1.21 is the oldest that works" in error.message


def test_doctor_fails_at_a_server_that_is_too_old() -> None:
    with answering(200, TOO_OLD) as url:
        findings = list(examine(Settings(label_studio_url=url, label_studio_api_key=SecretStr(KEY))))
    told = next(each for each in findings if each.name == "server")
    assert (told.state, told.hint) == ("failure", "use Label Studio 1.21 or newer")


@pytest.mark.parametrize(
    ("release", "old"), [("1.9.2", True), ("1.20.0", True), ("1.21.0", False), ("1.23.2", False), ("2.3.dev1", False)]
)
def test_releases_are_compared_as_numbers(release: str, old: bool) -> None:
    assert is_too_old(release) is old


def test_a_time_out_leaves_a_doubt() -> None:
    with answering(200, "{}") as url:
        slow = Client(url, KEY, timeout=0.000001)
        assert isinstance(failing(lambda: slow.import_tasks(1, ["{}"])), ServerError)


def test_both_kinds_of_token_work(client: Client) -> None:
    mine = people.add(client, "both-kinds")
    legacy = Client(mine.url, mine.token)
    personal = Client(mine.url, str(legacy.connection.sdk.tokens.create().token))
    assert legacy.whoami() == personal.whoami() == mine.login
    assert personal.version()[1] == "Community"


def test_a_login_that_is_taken_is_a_usage_error(client: Client) -> None:
    people.add(client, "taken")
    assert "has a login already" in failing(lambda: people.add(client, "taken")).message


@pytest.mark.parametrize(
    "name",
    [
        *("", "A B", "Zoé O'Neil", "ann.", "a..b", "bad @ mail", "@x.org", "ann@", "a@b@x.org", "ann@x", "ann@-x.org"),
        *("ann@x..org", ".ann@x.org", "zoé@x.org", "ann@x.org\n", f"{'a' * 250}@x.org"),
    ],
)
def test_a_name_that_no_login_can_have_is_not_sent(name: str) -> None:
    nobody = Client("http://127.0.0.1:1", KEY)
    assert "not a name for a login" in failing(lambda: people.add(nobody, name)).message


@pytest.mark.parametrize(
    "name", ["ann-2", "j.doe_3", "O'Neil+labels@news.example.org", "ann@localhost", "ann@médias.example", "a@x-y.co.uk"]
)
def test_a_name_that_a_login_can_have_is_taken_by_the_server(client: Client, name: str) -> None:
    assert people.add(client, name).token


def test_all_names_that_no_login_can_have_are_told_at_once() -> None:
    told = failing(lambda: people.check(["ann", "A B", "bad @ mail"])).message
    assert told == "'A B', 'bad @ mail' are not names for logins"


def test_credentials_of_the_environment_beat_the_file(tmp_path: Path) -> None:
    credentials.write(tmp_path, Credentials("http://127.0.0.1:1", "file-token"))
    assert connect(Settings(data_dir=tmp_path)).url == "http://127.0.0.1:1"
    given = Settings(data_dir=tmp_path, label_studio_url="http://a.example/", label_studio_api_key=SecretStr("key"))
    assert connect(given).url == "http://a.example"


@pytest.mark.parametrize(
    ("url", "key", "words"),
    [
        ("", "", "annotator serve"),
        ("http://a.example", "", "LABEL_STUDIO_API_KEY"),
        ("", "key", "LABEL_STUDIO_URL"),
    ],
)
def test_missing_credentials_say_what_to_set(tmp_path: Path, url: str, key: str, words: str) -> None:
    given = Settings(data_dir=tmp_path, label_studio_url=url, label_studio_api_key=SecretStr(key))
    assert words in failing(lambda: connect(given), key="").hint


def test_a_damaged_credentials_file_says_so(tmp_path: Path) -> None:
    (tmp_path / credentials.FILE_NAME).write_text("{")
    assert "not a credentials file" in failing(lambda: connect(Settings(data_dir=tmp_path))).message


def test_only_the_owner_reads_the_credentials(tmp_path: Path) -> None:
    path = credentials.write(tmp_path, Credentials("http://127.0.0.1:1", "token", "login", "password"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert "token" not in repr(credentials.read(tmp_path)).replace("token=", "")
