"""The fixture model along the real way: unpack, read with argostranslate.package, run on CTranslate2."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import pytest
from commands import annotator

from annotator.errors import TranslationError, UsageError
from annotator.models import Translation, TranslationEntry
from annotator.translation import installer
from annotator.translation.argos import ArgosTranslator, Decoding, Model
from annotator.translation.cache import CACHE_FILE, Cache
from annotator.translation.glossary import make_glossary
from annotator.translation.packages import installed_packages

MODEL = Path(__file__).parents[2] / "fixtures" / "models" / "translate-fr_en-0_1.argosmodel"
ROOT = Path(__file__).parents[2]
SENTENCES = [
    "La commission a adopté le rapport.",
    "Les États membres doivent respecter les règles du marché intérieur.",
    "Je voudrais remercier la présidence pour sa réponse.",
    "Le budget de 2006 a été voté hier soir.",
]


@pytest.fixture(scope="module")
def packages_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("argos") / "packages"
    installer.add(MODEL, packages_dir=folder)
    return folder


@pytest.fixture
def translator(packages_dir: Path) -> Iterator[ArgosTranslator]:
    opened = ArgosTranslator(packages_dir)
    yield opened
    opened.close()


def translate(translator: ArgosTranslator, *texts: str) -> list[Translation]:
    return translator.translate(texts, source="fr", target="en")


def test_engine_model_and_pair_are_named(translator: ArgosTranslator) -> None:
    (one,) = translate(translator, SENTENCES[0])
    assert (one.text, one.engine, one.via) == ("The committee adopted the report.", "argos fr_en-0.1", "")
    assert one.model == "8f4e2340"
    assert translator.engine("fr", "en") == "argos fr_en-0.1"


@pytest.mark.parametrize(
    ("decoding", "options"),
    [
        (Decoding(), ""),
        (Decoding(beam=2), "beam 2"),
        (Decoding(compute_type="int8"), "int8"),
        (Decoding(beam=2, compute_type="float32"), "beam 2, float32"),
    ],
    ids=["defaults", "beam", "compute type", "both"],
)
def test_what_is_no_default_and_can_change_a_word_is_named(
    packages_dir: Path, decoding: Decoding, options: str
) -> None:
    translator = ArgosTranslator(packages_dir, decoding=decoding)
    (one,) = translate(translator, SENTENCES[0])
    translator.close()
    assert (one.options, bool(one.text)) == (options, True)


def test_a_compute_type_that_this_machine_lacks_ends_the_run(packages_dir: Path) -> None:
    translator = ArgosTranslator(packages_dir, decoding=Decoding(compute_type="float16"))
    with pytest.raises(UsageError, match="compute type float16") as caught:
        translate(translator, SENTENCES[0])
    assert "--compute-type auto" in caught.value.hint


def test_a_term_of_a_glossary_comes_through_a_model(packages_dir: Path) -> None:
    entry = TranslationEntry("fr", "en", "le marché intérieur", "the Single Market", 1)
    glossary = make_glossary(Path("terms.tsv"), "terms", "0a1b2c3d", [entry])
    translator = ArgosTranslator(packages_dir, glossary=glossary)
    (one, other) = translate(translator, "Nous voulons le marché intérieur pour tous.", SENTENCES[0])
    translator.close()
    assert "the Single Market" in one.text
    assert (one.options, other.options) == ("glossary terms:0a1b2c3d", "")


def with_sentinels(packages_dir: Path, folder: Path, sentinels: object) -> Path:
    """Return a copy of the packages in which the model's metadata lists sentinels."""
    copy = folder / "packages"
    shutil.copytree(packages_dir, copy)
    (metadata,) = copy.glob("*/metadata.json")
    listed = json.loads(metadata.read_text(encoding="utf-8")) | {"sentinels": sentinels}
    metadata.write_text(json.dumps(listed), encoding="utf-8")
    return copy


def test_sentinels_of_the_metadata_are_taken_and_one_that_gets_lost_loses_nothing(
    packages_dir: Path, tmp_path: Path
) -> None:
    text = "Le budget de 2006 a été voté hier soir : www.exemple.fr/a et le reste."
    listed = ArgosTranslator(with_sentinels(packages_dir, tmp_path, ["\ue000", "\ue001"]))
    (one,) = translate(listed, text)
    assert installed_packages(tmp_path / "packages")[0].sentinels == ("\ue000", "\ue001")
    assert "2006" in one.text
    assert "www.exemple.fr/a" in one.text
    listed.close()


@pytest.mark.parametrize("listed", ["\ue000", ["ab"], ["a", "a"], [1], {"a": 1}, None])
def test_what_is_no_list_of_different_characters_is_no_sentinels(
    packages_dir: Path, tmp_path: Path, listed: object
) -> None:
    (package,) = installed_packages(with_sentinels(packages_dir, tmp_path, listed))
    assert package.sentinels == ()


def test_pairs_without_package_are_not_served(translator: ArgosTranslator) -> None:
    assert not translator.serves("de", "en")
    with pytest.raises(TranslationError, match="de to en"):
        translator.translate(["Hallo"], source="de", target="en")


def test_texts_come_back_in_their_order_and_alike_alone_or_together(translator: ArgosTranslator) -> None:
    together = [one.text for one in translate(translator, *SENTENCES, *reversed(SENTENCES))]
    alone = [translate(translator, text)[0].text for text in SENTENCES]
    assert together == [*alone, *reversed(alone)]


def test_the_text_is_that_of_argos_own_decoding(packages_dir: Path) -> None:
    """The options of `apply_packaged_translation` in argostranslate 1.11, one sentence at a time, 32 tokens."""
    import ctranslate2

    (package,) = installed_packages(packages_dir)
    network = ctranslate2.Translator(str(package.folder / "model"), device="cpu")  # type: ignore[attr-defined]
    own = []
    for sentence in SENTENCES:
        tokens = package.tokenizer.encode(sentence)
        options = {"replace_unknowns": True, "max_batch_size": 32, "batch_type": "tokens", "beam_size": 4}
        (answer,) = network.translate_batch([tokens], num_hypotheses=4, length_penalty=0.2, **options)
        own.append(package.tokenizer.decode(answer.hypotheses[0]).lstrip(" "))
    assert Model(package, Decoding(beam=4)).run(SENTENCES) == own


def test_links_handles_and_tags_survive_with_their_underscores(translator: ArgosTranslator) -> None:
    text = "@a_b Le rapport https://t.co/AbC_d a été adopté par @le_parti hier. #vote_2024 pic.twitter.com/Xy_1"
    (one,) = translate(translator, text)
    for kept in ("@a_b ", "https://t.co/AbC_d", "@le_parti", " #vote_2024 pic.twitter.com/Xy_1"):
        assert kept in one.text
    assert "lost_link" not in [warning.code for warning in one.warnings]


def test_a_lost_name_is_masked_at_the_second_try(translator: ArgosTranslator) -> None:
    (one,) = translate(translator, "Nous n’avons reçu aucune réponse de la part de Novalis.")
    assert "Novalis" in one.text
    assert one.second_try == "numbers and names masked"


def test_a_headline_in_capitals_comes_back_in_capitals(translator: ArgosTranslator) -> None:
    (one,) = translate(translator, "LA COMMISSION ADOPTE LE RAPPORT https://t.co/Ab_c")
    assert one.text == "THE COMMITTEE ADOPTS THE REPORT https://t.co/Ab_c"


@pytest.mark.parametrize("text", ["", "   ", "12 345 €", "🎉🎉🎉", "https://t.co/abc @x"])
def test_nothing_to_translate_is_named(translator: ArgosTranslator, text: str) -> None:
    (one,) = translate(translator, text)
    assert (one.text, [warning.code for warning in one.warnings]) == ("", ["nothing_to_translate"])


def test_a_long_text_is_translated_to_its_end(translator: ArgosTranslator) -> None:
    """CTranslate2 stops at 1,024 tokens of input and 256 of output without a word."""
    (one,) = translate(translator, " ".join(SENTENCES[:3] * 40) + " Le vote est clos.")
    assert len(one.text) > 3000
    assert "vote" in one.text[-60:]


def test_no_text_breaks_it(translator: ArgosTranslator) -> None:
    texts = ["\x00", "a\ue000b", "é" * 3000, "<b>[x]</b> {y} ^z$ \\ /", "\ud800 lone", "עברית عربي 中文", "a\nb\n\nc"]
    assert len(translate(translator, *texts)) == len(texts)


def test_a_pair_without_package_goes_through_english(packages_dir: Path, tmp_path: Path) -> None:
    """The fixture under another name serves as the second step: the way is tested, not the text."""
    both = tmp_path / "packages"
    shutil.copytree(packages_dir, both)
    second = both / "translate-en_de-0_1"
    shutil.copytree(packages_dir / "translate-fr_en-0_1", second)
    metadata = json.loads((second / "metadata.json").read_text(encoding="utf-8"))
    metadata |= {"from_code": "en", "to_code": "de", "target_prefix": "__de__"}
    (second / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    translator = ArgosTranslator(both)
    (one,) = translator.translate(SENTENCES[:1], source="fr", target="de")
    assert (one.engine, one.via) == ("argos fr_en-0.1+en_de-0.1", "en")
    assert one.text
    assert "__de__" not in one.text
    translator.close()


WHOLE_WORDS = SENTENCES[0], "Je voudrais remercier la présidence."
"""Sentences whose words are one piece each, so that both kinds of tokenizer make the same of them."""


@pytest.fixture
def bpe_dir(packages_dir: Path, tmp_path: Path) -> Path:
    """The fixture model as older Argos packages are made: with a `bpe.model` and Moses rules, no SentencePiece."""
    folder = tmp_path / "bpe" / "translate-fr_en-0_2"
    shutil.copytree(installed_packages(packages_dir)[0].folder, folder)
    (folder / "sentencepiece.model").unlink()
    merges = dict.fromkeys(merge for word in " ".join(WHOLE_WORDS).replace(".", "").split() for merge in _merges(word))
    (folder / "bpe.model").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")
    vocabulary = folder / "model" / "shared_vocabulary.json"
    pieces = json.loads(vocabulary.read_text(encoding="utf-8"))
    vocabulary.write_text(json.dumps([_bpe(piece) for piece in pieces]), encoding="utf-8")
    metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    (folder / "metadata.json").write_text(json.dumps(metadata | {"package_version": "0.2"}), encoding="utf-8")
    return folder.parent


def _merges(word: str) -> Iterator[str]:
    for end in range(1, len(word)):
        last = "</w>" if end == len(word) - 1 else ""
        yield f"{word[:end]} {word[end]}{last}"


def _bpe(piece: str) -> str:
    """`▁chat` is a whole word, `chat`; a piece inside a word goes on: `ch@@`."""
    if piece[0] in "▁<" or not piece[0].isalnum():
        return piece.removeprefix("▁") or piece
    return f"{piece}@@"


def test_a_package_with_bpe_gives_what_one_with_sentencepiece_gives(bpe_dir: Path, translator: ArgosTranslator) -> None:
    of_pieces = [one.text for one in translate(translator, *WHOLE_WORDS)]
    bpe = ArgosTranslator(bpe_dir)
    by_words = translate(bpe, *WHOLE_WORDS)
    bpe.close()
    assert [one.text for one in by_words] == of_pieces
    assert by_words[0].engine == "argos fr_en-0.2"
    assert by_words[0].model != translate(translator, WHOLE_WORDS[0])[0].model


def test_links_and_names_survive_a_package_with_bpe(bpe_dir: Path) -> None:
    translator = ArgosTranslator(bpe_dir)
    (one,) = translate(translator, "@a_b La commission a adopté le rapport https://t.co/AbC_d?x=1&y=2 .")
    translator.close()
    assert "@a_b" in one.text
    assert "https://t.co/AbC_d?x=1&y=2" in one.text


def test_a_broken_package_hides_no_other(packages_dir: Path, tmp_path: Path) -> None:
    both = tmp_path / "packages"
    shutil.copytree(packages_dir, both)
    (both / "half").mkdir()
    (both / "half" / "metadata.json").write_text("{", encoding="utf-8")
    assert [package.label for package in installed_packages(both)] == ["fr_en-0.1"]


def test_a_damaged_model_is_one_clear_error(packages_dir: Path, tmp_path: Path) -> None:
    broken = tmp_path / "packages"
    shutil.copytree(packages_dir, broken)
    (broken / "translate-fr_en-0_1" / "model" / "model.bin").write_bytes(b"nonsense")
    with pytest.raises(TranslationError, match="cannot be loaded") as caught:
        translate(ArgosTranslator(broken), "Bonjour à tous.")
    assert "annotator models remove fr en" in caught.value.hint


def test_it_translates_with_sockets_forbidden(packages_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_arguments: object) -> NoReturn:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", forbidden)
    monkeypatch.setattr(socket, "create_connection", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    assert translate(ArgosTranslator(packages_dir), SENTENCES[0])[0].text


def run_fresh(code: str, home: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environment = kept | {"HOME": str(home), "ARGOS_DEBUG": "1"}
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


def test_nothing_in_the_home_folder_nothing_on_stdout_and_no_torch(packages_dir: Path, tmp_path: Path) -> None:
    done = run_fresh(
        f"""
        import sys
        from pathlib import Path
        from annotator.translation import make_translator
        translator = make_translator("auto", packages_dir=Path({str(packages_dir)!r}))
        assert translator.translate(["La séance est levée."], source="fr", target="en")[0].text
        assert translator.translate(["La sesión ha terminado."], source="es", target="en")[0].text
        translator.close()
        found = {{"torch", "stanza", "spacy", "minisbd", "argostranslate.translate"}} & set(sys.modules)
        print(sorted(found), file=sys.stderr)
        """,
        tmp_path,
    )
    assert done.stdout == ""
    assert done.stderr.strip() == "[]"
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_is_heard_while_there_is_more_to_translate(
    translator: ArgosTranslator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CTranslate2 lets Python hear nothing during a call, so no call takes everything."""
    call, calls = Model._call, itertools.count(1)

    def call_and_interrupt(self: Model, texts: list[Sequence[str]], *, careful: bool) -> list[list[str]]:
        if next(calls) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return call(self, texts, careful=careful)

    monkeypatch.setattr(Model, "_call", call_and_interrupt)
    with pytest.raises(KeyboardInterrupt):
        translate(translator, *(f"Le rapport numéro {number} a été adopté." for number in range(100)))
    assert next(calls) == 3


def test_units_that_many_articles_repeat_come_out_alike_from_any_number_of_workers(
    packages_dir: Path, tmp_path: Path
) -> None:
    rows = [{"id": f"a{at}", "text": f"La séance est levée. Le budget de {at % 30} a été voté."} for at in range(90)]
    source = tmp_path / "a.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    def environment(name: str) -> dict[str, str]:
        return {"ARGOS_PACKAGES_DIR": str(packages_dir), "ANNOTATOR_DATA_DIR": str(tmp_path / name)}

    arguments = ["prepare", str(source), "--out", "-", "--translator", "argos"]
    command = [sys.executable, "-c", "from annotator.cli import main; main()", *arguments, "--workers", "2"]
    one = annotator(*arguments, environment=environment("one")).stdout
    two = subprocess.run(command, env=os.environ | environment("two"), capture_output=True, check=True).stdout
    assert one == two != b""
    for name in ("one", "two"):  # each different unit is there once
        assert Cache(tmp_path / name / CACHE_FILE).stats().translations == 31
