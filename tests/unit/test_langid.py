"""The identifier's promises: the same answer every time, from the first call on, and none where there is none."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.langid import LANGUAGES, Identifier, identify
from annotator.models import UND, Language
from annotator.settings import Settings
from annotator.text import digest

FRENCH = Language(tag="fr", confidence=1.0)

COLD_THREADS = """
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from annotator.langid import Identifier, identify

TEXT = "Le conseil municipal a voté le budget hier soir. " * {repeats}
start = Barrier(16)
identifier = Identifier()

def ask(index):
    start.wait()
    found = identifier.article(TEXT) if index % 2 else identify(TEXT)
    return found.tag, found.confidence

with ThreadPoolExecutor(16) as pool:
    print(json.dumps(sorted(set(pool.map(ask, range(16))))))
"""


@pytest.fixture(scope="module")
def identifier() -> Identifier:
    return Identifier()


def in_fresh_process(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120).stdout


def test_sixteen_threads_of_a_cold_process_agree_on_an_article() -> None:
    [(tag, confidence)] = json.loads(in_fresh_process(COLD_THREADS.format(repeats=10)))
    assert (tag, confidence) == ("fr", 1.0)


def test_sixteen_threads_of_a_cold_process_agree_on_a_sentence() -> None:
    answers = json.loads(in_fresh_process(COLD_THREADS.format(repeats=1)))
    assert {tag for tag, _ in answers} == {"fr"}


def test_import_loads_no_model() -> None:
    code = "import sys, annotator.langid; print(sorted({'numpy', 'py3langid', 'langdetect'} & set(sys.modules)))"
    assert in_fresh_process(code).strip() == "[]"


@pytest.mark.parametrize(
    "text",
    ["", "   ", "12 345 €", "😂🔥👍", "https://t.co/aB3cD", "@mairie", "#Pont", "pic.twitter.com/Ab1", "A", "?!"],
)
def test_nothing_to_detect_is_und(identifier: Identifier, text: str) -> None:
    assert identify(text) == identifier.article(text) == identifier.unit(text, FRENCH) == UND


@pytest.mark.parametrize("text", ["URGENT : GRÈVE À LYON", "ALERTE : LE PONT EST FERMÉ"])
def test_headline_in_capitals_is_french(identifier: Identifier, text: str) -> None:
    assert {identify(text).tag, identifier.unit(text, FRENCH).tag, identifier.unit(text, UND).tag} == {"fr"}


def test_english_post_in_a_french_article_is_english(identifier: Identifier) -> None:
    assert identifier.unit("They never told us the bridge was closed", FRENCH).tag == "en"


def test_name_alone_stays_in_the_language_of_the_article(identifier: Identifier) -> None:
    language = identifier.unit("Gutenberg", FRENCH)
    assert (language.tag, language.runner_up) == ("fr", "de")


def test_language_outside_the_set_is_known_where_it_is_the_article_s(identifier: Identifier) -> None:
    article = identifier.article("Kommunen har besluttet at lukke den gamle bro fra søndag. " * 8)
    assert article.tag == "da"
    assert identifier.unit("Broen åbner først igen til maj", article).tag == "da"


def test_chinese_article_is_not_taken_for_korean(identifier: Identifier) -> None:
    assert identifier.article("市政府昨天宣布，舊橋將從星期日開始封閉，居民必須繞道而行。" * 15).tag == "zh"


def test_address_and_handle_do_not_count(identifier: Identifier) -> None:
    text = "Le pont est fermé https://example.com/the-bridge-is-closed-and-nobody-knows @the_bridge_authority"
    assert identifier.unit(text, UND).tag == "fr"


def test_version_names_a_language_set_of_its_own() -> None:
    assert Identifier().version.endswith(f"/{len(LANGUAGES)}")
    assert Identifier(["fr", "en"]).version.endswith("/en+fr")


def test_default_languages_are_the_settings() -> None:
    assert Settings().languages == LANGUAGES


def test_unknown_language_in_the_set_is_ignored() -> None:
    assert Identifier(["fr", "xx"]).unit("Le pont est fermé", UND).tag == "fr"


def test_megabyte_without_a_blank_is_answered(identifier: Identifier) -> None:
    assert identifier.article("a@b" * 400_000).confidence <= 1


@given(st.text(max_size=80), st.sampled_from(["fr", "en", "ja", "und", "xx", "pt-BR"]))
@settings(max_examples=150, deadline=None)
def test_any_text_has_an_answer_that_never_changes(text: str, prior: str) -> None:
    first = identify(text)
    assert identify(text) == first
    assert 0 <= SHARED.unit(text, Language(tag=prior)).confidence <= 1


SHARED = Identifier()
GOLDEN_TEXTS = (
    "Le conseil municipal a voté le budget hier soir.",
    "Who paid for the bridge?",
    "Gutenberg",
    "Das Amt schweigt.",
    "橋の経済効果",
    "El 19 de mayo",
    "12 %",
)


def test_output_changes_only_with_the_version() -> None:
    answers = [SHARED.unit(text, prior) for text in GOLDEN_TEXTS for prior in (UND, FRENCH)]
    answers += [SHARED.article(text * 8) for text in GOLDEN_TEXTS]
    lines = "\n".join(f"{answer.tag} {answer.confidence:.1f} {answer.runner_up}" for answer in answers)
    assert (SHARED.version, digest(lines, 16)) == ("1/16", "331d8c4a5306ee96")
