"""The apertium pairs of the system, and chains that die, hang and answer too little."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.errors import TranslationError
from annotator.models import Translation
from annotator.translation.apertium import ApertiumEngine, ApertiumTranslator
from annotator.translation.chain import Chain
from annotator.translation.modes import MODES_DIR, Mode, find_route, installed_modes


@pytest.fixture(scope="module")
def translator() -> Iterator[ApertiumTranslator]:
    opened = ApertiumTranslator()
    yield opened
    opened.close()


def translate(translator: ApertiumTranslator, *texts: str) -> list[Translation]:
    return translator.translate(texts, source="fr", target="en")


def test_french_goes_to_english_through_spanish(translator: ApertiumTranslator) -> None:
    (one,) = translate(translator, "Le ministre n’a pas confirmé cette information.")
    assert one.text == "The minister has not confirmed this information."
    assert (one.engine, one.via) == ("apertium fr-es+spa-eng", "es")


@pytest.mark.parametrize(
    ("source", "target", "names"),
    [
        ("fr", "en", ["fr-es", "spa-eng"]),
        ("es", "en", ["spa-eng"]),
        ("es", "fr", ["es-fr"]),
        ("en", "fr", ["eng-spa", "es-fr"]),
        ("fr", "xx", []),
        ("fr", "fr", []),
    ],
)
def test_the_shortest_way_is_found(source: str, target: str, names: list[str]) -> None:
    assert [mode.name for mode in find_route(installed_modes(MODES_DIR), source, target)] == names


def test_variants_are_no_ways() -> None:
    assert not {"spa-eng_US", "eco-fr-es", "fra-cat_pre2017"} & {mode.name for mode in installed_modes(MODES_DIR)}


@pytest.mark.parametrize(
    "kept",
    ["https://t.co/AbC_d1", "@User_Name", "#Santé_publique", "redac_web@exemple.fr", "www.exemple.net/a-b_c?d=e"],
)
def test_links_addresses_handles_and_tags_come_back_as_they_are(translator: ApertiumTranslator, kept: str) -> None:
    for text in (f"Voir {kept} avant jeudi.", f"{kept} Le ministre a répondu.", f"Le ministre a répondu. {kept}"):
        (one,) = translate(translator, text)
        assert kept in one.text
        assert not one.warnings


@pytest.mark.parametrize(
    ("text", "translated"),
    [
        pytest.param("Le budget est de 1,5 million d’euros !", "The estimate is of 1.5 million euros!", id="decimals"),
        pytest.param("« C’est faux » : il manque 3 500 € ?", '"It is dud": fault 3,500 €?', id="french spacing"),
        pytest.param("OpenAI affirme avoir des preuves.", "OpenAI affirms to have evidence.", id="wandering capital"),
        pytest.param("Des membres du parti sont venus.", "Members of the party are come.", id="partitive"),
        pytest.param("« C’est faux », a-t-il déclaré.", '"It is dud", he said.', id="who said it"),
        pytest.param("La rançon est payée.", "The ransom is paid.", id="unknown word"),
        pytest.param("URGENT : GRÈVE À LYON", "URGENT: STRIKE IN LYON", id="capitals"),
    ],
)
def test_small_faults_are_mended(translator: ApertiumTranslator, text: str, translated: str) -> None:
    assert translate(translator, text)[0].text == translated


@pytest.mark.parametrize(
    "text",
    [
        "L’affaire [jugée] <b>ici</b> a^b $5 {x} c\\d e/f g@h #1 *gras*",
        "Un saut\nde ligne, une\u00a0insécable, un \x00 nul, un \x07.",
        "🎉 Émoji 👩‍👩‍👧 et 🇫🇷 dans le texte",
        "[",
        "]]\\",
        "^a/b$",
        "é" * 2000,
        "mot " * 4000,
        "\ue000 \ue0ff privé",
        "\ud83d seul",
    ],
)
def test_no_text_breaks_the_chain(translator: ApertiumTranslator, text: str) -> None:
    first, second = translate(translator, text, "Le ministre a répondu.")
    assert second.text == "The minister has answered."
    assert "engine_failed" not in [warning.code for warning in first.warnings]
    assert not set("\ue000\ue0ff") & set(first.text)


def test_unknown_words_are_named_and_carry_no_mark(translator: ApertiumTranslator) -> None:
    (one,) = translate(translator, "Les riverains ont calfeutré les soupiraux.")
    assert "*" not in one.text
    (warning,) = one.warnings
    assert (warning.code, warning.detail) == ("untranslated", "left untranslated: calfeutré, soupiraux")


def test_order_and_number_are_kept_over_many_texts(translator: ApertiumTranslator) -> None:
    texts = [f"Le numéro {number} est sorti." for number in range(300)]
    answers = translate(translator, *texts)
    assert [number for number, one in enumerate(answers) if str(number) not in one.text] == []


def test_a_killed_chain_is_started_again(translator: ApertiumTranslator) -> None:
    translate(translator, "Bonjour.")
    engine = translator._engines["fr", "en"]
    assert engine._chain is not None
    os.killpg(engine._chain._process.pid, signal.SIGKILL)
    assert translate(translator, "Le ministre a répondu.")[0].text == "The minister has answered."


def made_mode(folder: Path, line: str) -> tuple[Mode, ...]:
    path = folder / "xx-yy.mode"
    path.write_text(line, encoding="utf-8")
    return (Mode("xx-yy", "xx", "yy", path),)


def script(folder: Path, body: str) -> str:
    path = folder / "engine"
    path.write_text(f"#!/bin/bash\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


ANSWER = "while IFS= read -r -d '' text; do {fault} printf '%s\\0' \"$text\"; done"


def test_a_text_that_kills_the_engine_costs_only_itself(tmp_path: Path) -> None:
    program = script(tmp_path, ANSWER.format(fault="[[ $text == *poison* ]] && exit 1;"))
    engine = ApertiumEngine(made_mode(tmp_path, program), timeout=5)
    assert engine.run(["un", "poison", "deux", "trois"]) == ["un", None, "deux", "trois"]
    engine.close()


def test_a_text_that_hangs_the_engine_costs_only_itself(tmp_path: Path) -> None:
    program = script(tmp_path, ANSWER.format(fault="[[ $text == *poison* ]] && sleep 600;"))
    engine = ApertiumEngine(made_mode(tmp_path, program), timeout=1)
    assert engine.run(["un", "poison", "deux"]) == ["un", None, "deux"]
    engine.close()


def test_an_engine_that_never_answers_is_broken(tmp_path: Path) -> None:
    engine = ApertiumEngine(made_mode(tmp_path, script(tmp_path, "exit 3")), timeout=5)
    with pytest.raises(TranslationError, match="without an answer"):
        engine.run(["un"] * 10)


def test_more_text_than_the_pipes_hold_does_not_block() -> None:
    chain = Chain("cat")
    messages = [b"x" * 300_000] * 10
    assert chain.exchange(messages, timeout=20) == messages
    chain.close()


def test_closing_leaves_no_process() -> None:
    translator = ApertiumTranslator()
    translate(translator, "Bonjour.")
    chain = translator._engines["fr", "en"]._chain
    assert chain is not None
    group = str(chain._process.pid)
    translator.close()
    translator.close()
    deadline = time.monotonic() + 60
    while alive(group) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert alive(group) == []


def alive(group: str) -> list[str]:
    found = subprocess.run(["ps", "-o", "stat=", "-g", group], capture_output=True, text=True, check=False)
    return [line for line in found.stdout.splitlines() if not line.startswith("Z")]


def test_apertium_is_installed() -> None:
    assert shutil.which("lt-proc"), "apt install apertium apertium-fr-es apertium-eng-spa"
