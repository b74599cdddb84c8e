"""A LibreTranslate server gets text only when it is named, and confirmed where a file names it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from commands import annotator
from libretranslate import KEY, LibreTranslate, serving

from annotator.errors import AnnotatorError, UsageError
from annotator.translation.libretranslate import LibreTranslateTranslator, Server, seconds_to_wait

TEXTS = ["le pont est fermé.", "la loi est votée.", "qui paiera ?"]


@pytest.fixture
def server() -> Iterator[LibreTranslate]:
    with serving(LibreTranslate()) as served:
        yield served


def translate(server: LibreTranslate, *texts: str, key: str = "", seconds: float = 5.0, attempts: int = 3) -> list[str]:
    """Translate with no wait of its own between two attempts."""
    named = Server(server.url, key, seconds=seconds, attempts=attempts, longest_wait=0.05)
    translator = LibreTranslateTranslator(named)
    try:
        return [done.text for done in translator.translate(texts, source="fr", target="en")]
    finally:
        translator.close()


def test_many_texts_go_in_few_requests_and_come_back_in_order(server: LibreTranslate) -> None:
    texts = [f"la phrase numéro {number} est ici." for number in range(60)]
    assert translate(server, *texts) == [text.upper() for text in texts]
    first_round = server.bodies[:3]
    assert [len(body["q"]) for body in first_round] == [25, 25, 10]
    assert {(body["source"], body["target"], body["format"], "api_key" in body) for body in first_round} == {
        ("fr", "en", "text", False)
    }


def test_links_and_names_of_people_are_not_sent(server: LibreTranslate) -> None:
    assert translate(server, "voir https://example.org/a_b chez @ann_b ici") == [
        "VOIR https://example.org/a_b CHEZ @ann_b ICI"
    ]
    assert "example.org" not in json.dumps(server.bodies)


def test_a_mark_that_the_server_loses_costs_nothing_of_the_text() -> None:
    with serving(LibreTranslate(translate=lambda text: re.sub(r"\d+", "", text).upper())) as server:
        assert translate(server, "voir https://example.org/a ici") == ["vOIR https://example.org/a iCI"]


@pytest.mark.parametrize(
    "fault",
    [
        (429, {"Retry-After": "0"}),
        (429, {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)}),
        (429, {"Retry-After": "soon"}),
        (429, {}),
        (500, {}),
        (503, {}),
    ],
    ids=["seconds", "date", "nonsense", "no time", "500", "503"],
)
def test_what_may_pass_is_tried_again(server: LibreTranslate, fault: tuple[int, dict[str, str]]) -> None:
    server.faults = [fault, fault]
    assert translate(server, TEXTS[0]) == [TEXTS[0].upper()]
    assert len(server.bodies) >= 3


def test_the_time_that_the_server_asks_for_is_waited() -> None:
    assert seconds_to_wait("7") == 7.0
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(minutes=1), usegmt=True)
    assert 50 < (seconds_to_wait(in_a_minute) or 0) <= 60
    assert seconds_to_wait("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


def test_a_server_that_stays_broken_ends_the_run_and_says_that_it_goes_on_later(server: LibreTranslate) -> None:
    server.faults = [(503, {})] * 9
    with pytest.raises(AnnotatorError, match="no translation after several tries: 503") as caught:
        translate(server, *TEXTS)
    assert "it goes on from there" in caught.value.hint


def test_a_server_that_does_not_answer_in_time_ends_the_run(server: LibreTranslate) -> None:
    server.delay = 0.4
    with pytest.raises(AnnotatorError, match="no translation after several tries"):
        translate(server, TEXTS[0], seconds=0.05, attempts=2)


def test_a_slow_server_is_waited_for(server: LibreTranslate) -> None:
    server.delay = 0.2
    assert translate(server, TEXTS[0]) == [TEXTS[0].upper()]


@pytest.mark.parametrize(
    ("lose", "says"),
    [(1, "2 texts came back for 3"), (3, "0 texts came back for 3"), (-2, "5 texts came back for 3")],
    ids=str,
)
def test_another_number_of_translations_is_never_put_beside_the_texts(
    server: LibreTranslate, lose: int, says: str
) -> None:
    server.lose = lose
    with pytest.raises(UsageError, match=says):
        translate(server, *TEXTS)


def test_an_answer_without_end_is_not_taken(server: LibreTranslate) -> None:
    server.languages = b"[" + b" " * 11_000_000 + b"]"
    translator = LibreTranslateTranslator(Server(server.url))
    with pytest.raises(UsageError, match="more than 10,000,000 bytes"):
        translator.serves("fr", "en")
    translator.close()


def test_a_text_that_the_server_refuses_costs_only_itself(server: LibreTranslate) -> None:
    server.most_characters = 100
    long = "la loi est votée " * 40
    assert translate(server, TEXTS[0], long, TEXTS[1]) == [TEXTS[0].upper(), "", TEXTS[1].upper()]


@pytest.mark.parametrize(
    ("given", "says"), [("", "asks for a key"), (KEY[::-1], "refuses the key")], ids=["no", "wrong"]
)
def test_a_refused_key_is_said_without_the_key(server: LibreTranslate, given: str, says: str) -> None:
    server.key = KEY
    with pytest.raises(UsageError, match=says) as caught:
        translate(server, TEXTS[0], key=given)
    assert "export LIBRETRANSLATE_API_KEY" in caught.value.hint
    assert not given or given not in caught.value.message


def test_no_message_of_a_broken_server_shows_the_key(server: LibreTranslate) -> None:
    server.faults = [(500, {})] * 9
    with pytest.raises(AnnotatorError) as caught:
        translate(server, TEXTS[0], key=KEY)
    assert KEY not in caught.value.message + repr(Server(server.url, KEY)) + str(caught.value.__cause__)


@pytest.mark.parametrize("languages", [b"<html>", b'{"error": "no"}', b"[1]"], ids=["html", "object", "numbers"])
def test_an_address_where_something_else_answers_is_refused(server: LibreTranslate, languages: bytes) -> None:
    server.languages = languages
    with pytest.raises(UsageError, match="does not answer as LibreTranslate does"):
        LibreTranslateTranslator(Server(server.url)).serves("fr", "en")


def prepare(folder: Path, *options: str, **variables: str) -> tuple[int, str]:
    (folder / "a.txt").write_text("Le pont est fermé. La loi est votée.")
    environment: dict[str, str | Path] = {"ANNOTATOR_DATA_DIR": folder / "data", **variables}
    ran = annotator(
        "prepare", "a.txt", "--lang", "fr", "--out", "run", *options, environment=environment, folder=folder
    )
    return ran.returncode, ran.stderr.decode()


def test_a_run_says_where_the_text_goes_and_names_the_server_in_each_task(
    tmp_path: Path, server: LibreTranslate
) -> None:
    server.key = KEY
    code, said = prepare(
        tmp_path, "--translator", "libretranslate", LIBRETRANSLATE_URL=server.url, LIBRETRANSLATE_API_KEY=KEY
    )
    assert code == 0, said
    assert said.count(f"the texts are sent to {server.url} to be translated") == 1
    (first, _) = (json.loads(line)["data"] for line in (tmp_path / "run/tasks.jsonl").read_text().splitlines())
    host = server.url.partition("//")[2]
    assert (first["translated_text"], first["translation_engine"]) == ("LE PONT EST FERMÉ.", f"libretranslate {host}")
    assert all(KEY.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_auto_sends_nothing_however_little_is_installed(tmp_path: Path, server: LibreTranslate) -> None:
    prepare(tmp_path, "--to", "ja", LIBRETRANSLATE_URL=server.url, LIBRETRANSLATE_API_KEY=KEY)
    assert server.bodies == []


def test_a_server_that_a_file_names_gets_nothing_before_it_is_confirmed(tmp_path: Path, server: LibreTranslate) -> None:
    (tmp_path / "annotator.toml").write_text(f'translator = "libretranslate"\nlibretranslate_url = "{server.url}"\n')
    code, said = prepare(tmp_path)
    assert (code, server.bodies, (tmp_path / "run").exists()) == (2, [], False)
    assert f"annotator.toml:2 names the server {server.url}, which gets no text before you confirm it" in said
    annotator("doctor", "--trust", server.url, environment={"ANNOTATOR_DATA_DIR": tmp_path / "data"}, folder=tmp_path)
    assert prepare(tmp_path)[0] == 0
    assert server.bodies


def test_a_key_in_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "annotator.toml").write_text(f'libretranslate_api_key = "{KEY}"\n')
    code, said = prepare(tmp_path)
    assert code == 2
    assert "libretranslate_api_key does not belong in a file" in said
    assert KEY not in said


def test_a_translator_without_an_address_says_how_to_name_one(tmp_path: Path) -> None:
    code, said = prepare(tmp_path, "--translator", "libretranslate")
    assert code == 2
    assert "export LIBRETRANSLATE_URL=" in said


def test_workers_have_the_key_of_their_environment(tmp_path: Path, server: LibreTranslate) -> None:
    server.key = KEY
    code, said = prepare(
        tmp_path,
        *("--translator", "libretranslate", "--workers", "2"),
        LIBRETRANSLATE_URL=server.url,
        LIBRETRANSLATE_API_KEY=KEY,
    )
    assert code == 0, said
