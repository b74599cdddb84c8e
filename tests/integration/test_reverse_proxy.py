"""A Label Studio as teams run it: by TLS with an authority of their own, below a path, in a network with proxies."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import certifi
import httpx
import pytest
from commands import annotator
from reverse_proxy import Authority, proxied, redirecting

from annotator.errors import AccessError, UsageError
from annotator.labelstudio import people, server
from annotator.labelstudio.client import Client
from annotator.labelstudio.refusals import BusyError
from annotator.models import Task

KEY = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that no list holds."""
    return Authority.new(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def address(label_studio: server.Server, authority: Authority) -> Iterator[str]:
    """The session's server behind a proxy."""
    context = authority.context("DNS:localhost")
    with proxied(label_studio.credentials.url, prefix="/team/labels", context=context) as url:
        yield url


@pytest.fixture
def believed(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The authority is one that we were told of."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    return authority.certificate


@pytest.mark.usefixtures("believed")
def test_push_answer_and_pull_work_below_a_path_with_either_kind_of_key(
    address: str,
    label_studio: server.Server,
    make_tasks: Callable[..., list[Task]],
    new_title: Callable[[], str],
    answer: Callable[..., int],
    tmp_path: Path,
) -> None:
    with closing(Client(address, label_studio.credentials.token)) as owner:
        ann = people.add(owner, "behind-a-proxy")
        with closing(Client(address, ann.token)) as legacy:
            personal = str(legacy.connection.sdk.tokens.create().token)
    lines = [task.model_dump_json(exclude_none=True) for task in make_tasks(3, article="proxied")]
    (tmp_path / "tasks.jsonl").write_text("\n".join(lines), encoding="utf-8")
    title = new_title()
    environment: dict[str, str | Path] = {"LABEL_STUDIO_URL": f"{address}/", "LABEL_STUDIO_API_KEY": personal}
    environment["ANNOTATOR_DATA_DIR"] = tmp_path
    pushed = annotator("push", "tasks.jsonl", "--project", title, "--json", environment=environment, folder=tmp_path)
    assert pushed.returncode == 0, pushed.stderr.decode()
    project = json.loads(pushed.stdout)["project"]
    with closing(Client(address, personal)) as person:
        for copy in person.pushed_tasks(project):
            answer(person, copy.task, "sourced")
    pulled = annotator(
        "pull", "--project", title, "--out", "answers.jsonl", "--json", environment=environment, folder=tmp_path
    )
    assert json.loads(pulled.stdout) == {"annotations": 3, "skipped": 0, "set_aside": 0}, pulled.stderr.decode()


def test_an_authority_that_nobody_knows_is_told_with_the_variable_that_names_one(address: str) -> None:
    with pytest.raises(AccessError, match="unable to get local issuer certificate") as raised:
        Client(address, KEY).import_tasks(1, ["{}"])
    assert "export SSL_CERT_FILE=" in raised.value.hint


@pytest.mark.usefixtures("believed")
def test_a_certificate_for_another_name_is_not_mended_by_naming_an_authority(address: str) -> None:
    with pytest.raises(AccessError, match="not valid for '127") as raised:
        Client(address.replace("localhost", "127.0.0.1"), KEY).import_tasks(1, ["{}"])
    assert "SSL_CERT_FILE" not in raised.value.hint


@pytest.mark.parametrize("content", [None, "not a certificate"], ids=["no file", "no certificate"])
@pytest.mark.parametrize("url", ["https://localhost", "http://localhost"])
def test_a_file_of_authorities_that_is_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, url: str
) -> None:
    named = tmp_path / "authority.pem"
    if content:
        named.write_text(content, encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(named))
    with pytest.raises(UsageError, match=f"SSL_CERT_FILE {named}: "):
        Client(url, KEY)


def test_the_authorities_that_this_machine_knows_are_believed_beside_a_file(
    address: str, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(authority.certificate, tmp_path)
    subprocess.run(["openssl", "rehash", str(tmp_path)], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))  # where OpenSSL finds what an administrator installed
    monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
    with pytest.raises(AccessError, match="401"):
        Client(address, KEY).whoami()


@pytest.mark.usefixtures("believed")
def test_a_redirect_to_tls_is_told_as_the_address_to_set(address: str) -> None:
    with redirecting(address) as plain, pytest.raises(AccessError, match="redirects to") as raised:
        Client(plain, KEY).whoami()
    assert raised.value.hint == f"export LABEL_STUDIO_URL={address}"


@pytest.mark.usefixtures("believed")
def test_an_address_without_the_path_says_that_it_is_the_start_page(address: str) -> None:
    with pytest.raises(AccessError, match="not as Label Studio's API") as raised:
        Client(address.removesuffix("/team/labels"), KEY).whoami()
    assert "start page" in raised.value.hint


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_no_proxy_stands_before_our_own_machine(
    label_studio: server.Server, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    for host in ("127.0.0.1", "localhost"):
        url = label_studio.credentials.url.replace("127.0.0.1", host)
        with closing(Client(url, label_studio.credentials.token)) as client:
            assert client.whoami() == label_studio.credentials.login


def test_a_proxy_is_asked_for_every_other_machine_that_no_proxy_does_not_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with pytest.raises(BusyError, match="cannot be reached"):
        Client("http://labels.invalid", KEY).import_tasks(1, ["{}"])
    monkeypatch.setenv("NO_PROXY", ".invalid")
    with pytest.raises(BusyError, match=r"resol|not known|No address"):
        Client("http://labels.invalid", KEY).import_tasks(1, ["{}"])


@pytest.fixture
def told(
    new_server_paths: Callable[[], server.ServerPaths], authority: Authority
) -> Iterator[tuple[server.Server, str]]:
    """A server that was told the address of the proxy in front of it, which is on its way already."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free_port = int(probe.getsockname()[1])
    context = authority.context("DNS:localhost")
    paths = replace(new_server_paths(), public_url=f"https://localhost:{free_port}/labels/")
    with (
        server.running(paths, say=print) as running,
        proxied(running.credentials.url, prefix="/labels", context=context, port=free_port) as url,
    ):
        yield running, url


def test_people_log_in_through_the_proxy_and_commands_beside_it(
    told: tuple[server.Server, str], authority: Authority
) -> None:
    running, url = told
    login = running.credentials
    trusted = ssl.create_default_context(cafile=str(authority.certificate))
    with httpx.Client(verify=trusted) as browser:
        page = browser.get(f"{url}/user/login/")
        form = {"email": login.login, "password": login.password, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        origin = "/".join(url.split("/")[:3])
        let_in = browser.post(page.url, data=form, headers={"Origin": origin, "Referer": str(page.url)})
        assert (let_in.status_code, let_in.headers["location"]) == (302, "/labels/")
        assert '"/labels/static/' in page.text or f'"{url}/static/' in page.text
        home = browser.get(f"{url}/", follow_redirects=True)
        assert (home.status_code, home.url.path) == (200, "/labels/")  # not at the login again
    with closing(Client(login.url, login.token)) as beside:
        assert people.add(beside, "ann").token
