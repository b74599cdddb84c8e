"""The identifier's promises: the same answer every time, from the first call on, and none where there is none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.assemble import make_pipeline
from annotator.langid import LANGUAGES, Identifier, classifiers, identify
from annotator.langid.classifiers import load_langdetect
from annotator.langid.everyday_words import PLAIN_CONFIDENCE
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


WITHOUT_THE_FAST_ENGINE = """
import json, sys
if {hidden}:
    sys.modules["langdetect_rs"] = None
from annotator.langid import Identifier
identifier = Identifier()
answers = [identifier.article(text).model_dump() for text in json.loads({texts!r})]
print(json.dumps([identifier.version, "langdetect_rs._core" in sys.modules, answers]))
"""
GATE_LINES = (Path(__file__).parents[1] / "gates" / "data" / "langid.tsv").read_text(encoding="utf-8").splitlines()
GATE_TEXTS = [line.split("\t")[2] for line in GATE_LINES]


@pytest.fixture(scope="module")
def identifier() -> Identifier:
    return Identifier()


def in_fresh_process(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120).stdout


def test_sixteen_threads_of_a_cold_process_agree_on_an_article() -> None:
    [(tag, confidence)] = json.loads(in_fresh_process(COLD_THREADS.format(repeats=10)))
    assert (tag, confidence) == ("fr", 0.99)


def test_sixteen_threads_of_a_cold_process_agree_on_a_sentence() -> None:
    answers = json.loads(in_fresh_process(COLD_THREADS.format(repeats=1)))
    assert {tag for tag, _ in answers} == {"fr"}


SENTENCES = ("The bridge is closed.", "El puente está cerrado.", "橋は閉鎖されています。", "Die Brücke ist zu!", "ok")


def scores(kept: Path | None) -> list[list[tuple[str, float]]]:
    rank = classifiers.load_py3langid(LANGUAGES, kept).every
    return [rank(sentence) for sentence in SENTENCES]


@pytest.fixture(scope="module")
def wanted() -> list[list[tuple[str, float]]]:
    return scores(None)


def test_kept_model_gives_the_same_scores_to_the_last_bit(
    wanted: list[list[tuple[str, float]]], tmp_path: Path
) -> None:
    kept = tmp_path / "new" / "langid.npz"
    assert scores(kept) == wanted
    before = kept.stat().st_ino
    assert scores(kept) == wanted
    assert kept.stat().st_ino == before


@pytest.mark.parametrize("damage", ["cut", "flipped", "of another form"])
def test_kept_model_that_does_not_fit_is_made_again(
    damage: str, wanted: list[list[tuple[str, float]]], tmp_path: Path
) -> None:
    kept = tmp_path / "langid.npz"
    classifiers.load_py3langid(LANGUAGES, kept)
    content = bytearray(kept.read_bytes())
    if damage == "cut":
        kept.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":
        content[len(content) // 2] ^= 1
        kept.write_bytes(content)
    else:
        np.savez(kept, source=np.array("1 of an older version"))
    assert scores(kept) == wanted
    assert [path.name for path in tmp_path.iterdir()] == ["langid.npz"]


def test_where_no_model_can_be_kept_the_answers_are_the_same(
    wanted: list[list[tuple[str, float]]], tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert scores(tmp_path / "file" / "langid.npz") == wanted


def test_import_loads_no_model() -> None:
    engines = {"numpy", "py3langid", "langdetect", "langdetect_rs"}
    code = f"import sys, annotator.langid; print(sorted({engines} & set(sys.modules)))"
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


def test_everyday_words_alone_settle_the_language_of_the_article(identifier: Identifier) -> None:
    language = identifier.unit("Elle a dit que le pont est fermé pour nous", FRENCH)
    assert (language.tag, language.confidence, language.runner_up) == ("fr", PLAIN_CONFIDENCE, "")


@pytest.mark.parametrize(
    ("text", "prior", "tag"),
    [
        ("« Le pont est là », said the mayor, and all of the people who were at the meeting", "fr", "en"),
        ("‘It’s great to be a Belgian’, roept een enthousiaste Amerikaan in het spotje", "en", "nl"),
        ("Le maire a dit que ce pont est à nous : «老橋從星期日開始封閉，居民必須繞道而行，政府昨天宣布»", "fr", "zh"),
        ("La casa de un amigo que se fue en tren", "fr", "es"),
        ("No ho va fer amb els seus, però hi és", "es", "ca"),
    ],
    ids=["a quotation", "a longer quotation", "another script", "shared words", "a close language"],
)
def test_words_that_another_language_shares_or_owns_leave_the_question_open(
    identifier: Identifier, text: str, prior: str, tag: str
) -> None:
    assert identifier.unit(text, Language(tag=prior)).tag == tag


def test_words_of_an_address_settle_nothing(identifier: Identifier) -> None:
    text = "Nobody told Lyon https://example.com/le-pont-est-ferme-et-nous-avec-elle-pour-que"
    assert identifier.unit(text, FRENCH).tag == "en"


@pytest.mark.parametrize("repeats", [1, 10])
def test_fast_engine_gives_the_probabilities_of_langdetect_to_the_last_bit(repeats: int) -> None:
    plain, fast = load_langdetect("langdetect"), load_langdetect("langdetect_rs")
    texts = [f"{text} " * repeats for text in GATE_TEXTS]
    assert [fast(text) for text in texts] == [plain(text) for text in texts]


def test_answers_and_version_are_the_same_without_the_fast_engine() -> None:
    texts = json.dumps([text * 8 for text in GATE_TEXTS])
    with_it, without = (
        json.loads(in_fresh_process(WITHOUT_THE_FAST_ENGINE.format(hidden=hidden, texts=texts)))
        for hidden in (False, True)
    )
    assert (with_it[1], without[1]) == (True, False)
    assert (with_it[0], with_it[2]) == (without[0], without[2])


def test_name_alone_stays_in_the_language_of_the_article(identifier: Identifier) -> None:
    language = identifier.unit("Gutenberg", FRENCH)
    assert (language.tag, language.runner_up) == ("fr", "de")


def test_language_outside_the_set_is_known_where_it_is_the_article_s(identifier: Identifier) -> None:
    article = identifier.article("Kommunen har besluttet at lukke den gamle bro fra søndag. " * 8)
    assert article.tag == "da"
    assert identifier.unit("Broen åbner først igen til maj", article).tag == "da"


def test_chinese_article_is_not_taken_for_korean(identifier: Identifier) -> None:
    assert identifier.article("市政府昨天宣布，舊橋將從星期日開始封閉，居民必須繞道而行。" * 15).tag == "zh"


@pytest.mark.parametrize(
    ("text", "declared", "tag"),
    [
        ("PSG-OM (2-1)", "fr-FR", "fr"),
        ("12 345 €", "pt_BR", "pt"),
        ("Liburutegia gauez irekiko da", "eu", "eu"),
        ("Holbikaj bratoske nu kapsaj dan", "hsb", "hsb"),
        ("The council has voted to close the bridge, and nobody knows why it was not repaired in time.", "fr", "en"),
        ("The council has voted to close the bridge, and nobody knows why it was not repaired in time.", "hsb", "en"),
        ("Le conseil a voté hier soir la fermeture du pont, que personne n'a réparé à temps.", "English", "fr"),
        ("Le conseil a voté hier soir la fermeture du pont, que personne n'a réparé à temps.", "us", "fr"),
    ],
    ids=["a score", "no letters", "a title", "unknown here", "contradicted", "plainly another", "a name", "a country"],
)
def test_declared_language_decides_where_the_text_leaves_doubt(
    identifier: Identifier, text: str, declared: str, tag: str
) -> None:
    assert identifier.article(text, declared).tag == tag


def test_units_of_an_article_in_a_language_unknown_here_keep_it(identifier: Identifier) -> None:
    prior = Language(tag="hsb", confidence=0.9)
    assert identifier.unit("Holbikaj bratoske nu kapsaj dan", prior) == prior
    assert identifier.unit("They said that nobody was told about it before", prior).tag == "en"


def test_no_unit_is_surer_of_the_article_s_language_than_the_article(identifier: Identifier) -> None:
    doubtful = Language(tag="da", confidence=0.6)
    assert identifier.unit("Broen åbner først igen til maj", doubtful).confidence <= doubtful.confidence


MORE_LANGUAGES = """
import resource
from annotator.langid import Identifier
from annotator.models import Language
identifier = Identifier()
def peak(tags):
    for tag in tags.split():
        identifier.unit("Zubia itxita dago igandetik aurrera", Language(tag=tag, confidence=0.9))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
first = peak("fr da")
print((peak("cs da el fa fi he hu ko eu gl la mt sr ha az hy bg uk") - first) // 1024)
"""


@pytest.mark.posix
def test_further_languages_take_no_memory() -> None:
    assert int(in_fresh_process(MORE_LANGUAGES)) < 10


def test_address_and_handle_do_not_count(identifier: Identifier) -> None:
    text = "Le pont est fermé https://example.com/the-bridge-is-closed-and-nobody-knows @the_bridge_authority"
    assert identifier.unit(text, UND).tag == "fr"


def test_version_names_a_language_set_of_its_own() -> None:
    assert Identifier().version.endswith(f"/{len(LANGUAGES)}")
    assert Identifier(["fr", "en"]).version.endswith("/en+fr")


def test_default_languages_are_the_settings() -> None:
    assert Settings().candidate_languages == LANGUAGES


def test_unknown_language_in_the_set_is_ignored() -> None:
    assert Identifier(["fr", "xx"]).unit("Le pont est fermé", UND).tag == "fr"


def test_megabyte_without_a_blank_is_answered(identifier: Identifier) -> None:
    assert identifier.article("a@b" * 400_000).confidence <= 1


@given(st.text(max_size=80), st.sampled_from(["fr", "en", "ja", "und", "xx", "pt-BR"]))
@settings(max_examples=150)
def test_any_text_has_an_answer_that_never_changes(text: str, prior: str) -> None:
    first = identify(text)
    assert identify(text) == first
    assert 0 <= SHARED.unit(text, Language(tag=prior)).confidence <= 1


SHARED = Identifier()
GOLDEN_TEXTS = (
    "Le conseil municipal a voté le budget hier soir.",
    "Elle a dit que le pont est fermé pour nous",
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
    assert (SHARED.version, digest(lines, 16)) == ("3/16", "389db0d2e053dcf1")


def test_settings_made_by_hand_keep_the_model_in_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    pipeline = make_pipeline(Settings(translator="none"), pins={}, say=lambda _line: None)
    whole = pipeline.identifier.article("Le pont est fermé depuis hier soir, et personne ne sait pourquoi.")
    assert pipeline.identifier.unit("Zut alors, dit Marcel.", whole).tag == "fr"
    assert not list((tmp_path / "work").rglob("*.npz"))
    assert (tmp_path / "share/annotator/langid.npz").is_file()
