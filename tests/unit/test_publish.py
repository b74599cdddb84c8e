"""A dataset goes to the Hub whole, once, and to nobody else; the token goes nowhere but there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from commands import annotator
from hub import TOKEN, Hub, serving

from annotator import settings, trust

PLACE = "hf:team/claims"
Publish = Callable[..., CompletedProcess[bytes]]


def confirm(url: str, folder: Path) -> None:
    """What `annotator doctor --trust URL` does before it looks around."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANNOTATOR_DATA_DIR", str(folder / "data"))
        trust.trust(settings.load({}), url)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving(Hub()) as running:
        yield running


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("publish")
    fixture = Path(__file__).parents[2] / "fixtures/versions/2/annotations.jsonl"
    environment = {"ANNOTATOR_DATA_DIR": folder / "data"}
    ran = annotator("export", fixture, "--out", folder / "dataset", environment=environment)
    assert ran.returncode == 0, ran.stderr
    return folder / "dataset"


@pytest.fixture
def publish(hub: Hub, dataset: Path, tmp_path: Path) -> Publish:
    """Run the command with a token and the local Hub, which is confirmed."""
    environment: dict[str, str | Path] = {
        "ANNOTATOR_DATA_DIR": tmp_path / "data",
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": TOKEN,
        "HF_HOME": tmp_path / "hf",
    }
    confirm(hub.url, tmp_path)

    def run(*arguments: str, folder: Path = dataset, **changed: str) -> CompletedProcess[bytes]:
        return annotator("publish", folder, "--to", PLACE, *arguments, environment={**environment, **changed})

    return run


def files_of(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_without_yes_nothing_is_asked_and_all_is_shown(publish: Publish, hub: Hub, dataset: Path) -> None:
    ran = publish()
    printed = ran.stdout.decode()
    assert (ran.returncode, hub.requests) == (0, [])
    assert all(name in printed for name in files_of(dataset))
    assert "licence: " in printed
    assert "the card lacks a licence" in ran.stderr.decode()
    assert "the card lacks who made it" in ran.stderr.decode()
    assert "--yes" in ran.stderr.decode()


def test_every_file_arrives_as_it_is_in_a_private_repository(publish: Publish, hub: Hub, dataset: Path) -> None:
    ran = publish("--yes", "--json")
    assert ran.returncode == 0, ran.stderr
    assert (hub.files, hub.private) == (files_of(dataset), True)
    assert json.loads(ran.stdout)["url"] == f"{hub.url}/datasets/team/claims"


def test_everybody_sees_it_only_where_that_is_asked_for(publish: Publish, hub: Hub) -> None:
    assert publish("--yes", "--public").returncode == 0
    assert hub.private is False


def test_a_repository_that_turns_out_public_gets_nothing(publish: Publish, hub: Hub) -> None:
    hub.opens = True
    ran = publish("--yes")
    assert (ran.returncode, hub.files) == (1, {})
    assert "for everybody to see; nothing was sent" in ran.stderr.decode()


def test_the_same_bytes_are_sent_once(publish: Publish, hub: Hub) -> None:
    publish("--yes")
    hub.large_from, hub.requests = 500, []  # what the Hub keeps apart is known by another digest
    answer = json.loads(publish("--yes", "--json").stdout)
    assert (answer["sent"], answer["already_there"]) == (0, answer["files"])
    assert not [request for request in hub.requests if request.startswith("POST")]


def test_a_file_of_somebody_else_stays(publish: Publish, hub: Hub) -> None:
    hub.private, hub.files = False, {"notes.txt": b"mine"}
    ran = publish("--yes")
    assert hub.files["notes.txt"] == b"mine"
    assert "notes.txt: stands there" in ran.stderr.decode()


def test_a_dataset_that_is_not_whole_does_not_leave(publish: Publish, hub: Hub, dataset: Path, tmp_path: Path) -> None:
    changed = shutil.copytree(dataset, tmp_path / "changed")
    (changed / "records.jsonl").write_text("{}\n", encoding="utf-8")
    ran = publish("--yes", folder=changed)
    assert (ran.returncode, hub.requests) == (2, [])
    assert "records.jsonl: was changed" in ran.stderr.decode()


def test_a_server_that_nobody_confirmed_gets_nothing(publish: Publish, hub: Hub) -> None:
    with serving(Hub()) as stranger:
        ran = publish("--yes", HF_ENDPOINT=stranger.url)
        assert (ran.returncode, stranger.requests, hub.requests) == (2, [], [])
    assert f"annotator doctor --trust {stranger.url}" in ran.stderr.decode()


def test_a_server_that_the_hub_sends_to_gets_no_token(publish: Publish, hub: Hub) -> None:
    with serving(Hub()) as stranger:
        hub.elsewhere = stranger.url
        publish("--yes")
        assert stranger.tokens
        assert not any(stranger.tokens)


def test_without_a_token_nothing_is_asked(publish: Publish, hub: Hub) -> None:
    ran = publish("--yes", HF_TOKEN="")
    assert (ran.returncode, hub.requests) == (2, [])
    assert "there is no token" in ran.stderr.decode()


@pytest.mark.parametrize(("status", "code", "reason"), [(401, 2, "access"), (403, 2, "access"), (500, 1, "server")])
def test_a_refusal_is_told_without_the_token(publish: Publish, hub: Hub, status: int, code: int, reason: str) -> None:
    hub.refuses = status
    ran = publish("--yes", "--json")
    assert (ran.returncode, json.loads(ran.stdout)["error"]["reason"]) == (code, reason)
    assert TOKEN.encode() not in ran.stdout + ran.stderr


def test_a_hub_that_is_away_is_told(publish: Publish, tmp_path: Path) -> None:
    away = "http://127.0.0.1:1"
    confirm(away, tmp_path)
    ran = publish("--yes", HF_ENDPOINT=away)
    assert (ran.returncode, b"cannot be reached" in ran.stderr) == (1, True)


@pytest.mark.parametrize(
    "place", ["team/claims", "hf:claims", "hf:a/b/c", "hf:a/b--c", "hf:a/b.git", "hf:a/" + "b" * 96]
)
def test_a_place_that_is_none_is_refused(place: str, tmp_path: Path) -> None:
    ran = annotator("publish", tmp_path, "--to", place)
    assert (ran.returncode, b"no place to publish to" in ran.stderr) == (2, True)
