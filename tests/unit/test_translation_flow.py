from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from annotator.errors import TranslationError, UsageError
from annotator.models import Translation
from annotator.translation import flow, make_translator
from annotator.translation.auto import AutoTranslator
from annotator.translation.cache import Cache
from annotator.translation.none import NoTranslator


class FakeEngine:
    """Answers by a table or a function; counts what it was asked."""

    name = "fake fr-en"
    via = ""
    model = "0"
    options = ""
    differs = ""

    def __init__(self, answer: Callable[[str], str | None]) -> None:
        self._answer = answer
        self.asked: list[str] = []

    def run(self, texts: Sequence[str], *, careful: bool = False) -> list[str | None]:
        self.asked += texts
        return [self._answer(f"careful {text}" if careful else text) for text in texts]

    def close(self) -> None:
        """Nothing to end."""


class FakeTranslator:
    """Serves one pair."""

    version = "1"

    def __init__(self, name: str, pair: tuple[str, str] = ("fr", "en"), *, broken: bool = False) -> None:
        self.name = name
        self._pair = pair
        self._broken = broken

    def serves(self, source: str, target: str) -> bool:
        return (source, target) == self._pair

    def engine(self, source: str, target: str) -> str:
        return f"{self.name} {source}-{target}"

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[Translation]:
        if self._broken:
            raise TranslationError("the engine is gone")
        name = self.engine(source, target)
        return [Translation(text=text.upper(), source=source, target=target, engine=name) for text in texts]

    def close(self) -> None:
        """Nothing to end."""


def run(engine: FakeEngine, *texts: str, rules: bool = False, cache: Cache | None = None) -> list[Translation]:
    return flow.translate(flow.Direction(engine, "fr", "en", rule_based=rules), texts, cache=cache)


def with_sentinels(engine: FakeEngine, text: str, *, sentinels: int = 4) -> Translation:
    (one,) = flow.translate(flow.Direction(engine, "fr", "en", rule_based=False, sentinels=sentinels), [text])
    return one


def test_a_name_that_rules_take_for_a_word_is_masked_and_named_as_the_target_does() -> None:
    engine = FakeEngine(
        lambda text: text.replace("Hier", "Yesterday").replace("Honda", "Deep").replace("Genève", "Ginebra")
    )
    (one,) = run(engine, "Hier Honda et Genève.", rules=True)
    assert (one.text, one.second_try) == ("Yesterday Honda et Geneva.", "names masked")
    assert len(engine.asked) == 2


def test_numbers_names_and_links_are_marked_at_the_first_try_for_an_engine_with_sentinels() -> None:
    engine = FakeEngine(lambda text: text.replace("a vu", "saw").replace("chats près de", "cats near")[:-5] + "then.")
    one = with_sentinels(engine, "Hier Novalis a vu 3 500 chats près de a.fr/x hier.")
    assert engine.asked == ["Hier \ue000 a vu \ue001 chats près de \ue002 hier."]
    assert one.text == "Hier Novalis saw 3,500 cats near a.fr/x then."


def test_a_name_with_an_english_form_is_not_marked() -> None:
    engine = FakeEngine(lambda _text: "Germany counts 12 cats.")
    with_sentinels(engine, "En tout l’Allemagne compte 12 chats.")
    assert engine.asked[0] == "En tout l’Allemagne compte \ue000 chats."


def test_a_text_that_loses_a_sentinel_is_translated_without() -> None:
    engine = FakeEngine(lambda text: "It counts 12 cats." if "12" in text else "It counts cats.")
    assert with_sentinels(engine, "Il compte 12 chats.").text == "It counts 12 cats."
    assert engine.asked == ["Il compte \ue000 chats.", "Il compte 12 chats."]


def test_a_text_with_more_to_mark_than_sentinels_goes_as_it_is() -> None:
    engine = FakeEngine(lambda _text: "From 12 to 14 cats.")
    with_sentinels(engine, "De 12 à 14 chats.", sentinels=1)
    assert engine.asked == ["De 12 à 14 chats."]


def test_a_text_that_comes_twice_is_translated_once() -> None:
    engine = FakeEngine(lambda _text: "The bridge is closed.")
    answers = run(engine, "Le pont est fermé.", "Le pont est fermé.")
    assert engine.asked == ["Le pont est fermé."]
    assert answers[0] == answers[1]


def test_a_failed_text_is_empty_and_says_so() -> None:
    (one,) = run(FakeEngine(lambda _text: None), "Le pont est fermé.")
    assert (one.text, [warning.code for warning in one.warnings]) == ("", ["engine_failed"])


def test_a_lost_mark_makes_the_stretches_around_it_be_translated() -> None:
    engine = FakeEngine(
        lambda text: {"Selon": "According to", "le pont est fermé.": "The bridge is closed."}.get(text, "")
    )
    (one,) = run(engine, "Selon @a_b, le pont est fermé.")
    assert one.text == "According to @a_b, the bridge is closed."


def test_a_doubtful_text_is_tried_another_way_and_the_better_is_kept() -> None:
    table = {
        "Le pont est fermé.": "The bridge bridge is closed.",
        "careful Le pont est fermé.": "The bridge is closed.",
    }
    (one,) = run(FakeEngine(table.get), "Le pont est fermé.")
    assert (one.text, one.second_try, one.warnings) == ("The bridge is closed.", "another beam", ())


def test_a_second_try_that_is_no_better_is_not_taken() -> None:
    table = {"Le pont est fermé.": "The bridge bridge is closed.", "careful Le pont est fermé.": "The the bridge."}
    (one,) = run(FakeEngine(table.get), "Le pont est fermé.")
    assert one.text == "The bridge bridge is closed."
    assert (one.second_try, [warning.code for warning in one.warnings]) == ("", ["repetition"])


def test_an_untranslated_text_is_tried_without_its_final_stop() -> None:
    table = {"Le pont est fermé.": "Le pont est fermé.", "Le pont est fermé": "The bridge is closed"}
    (one,) = run(FakeEngine(table.get), "Le pont est fermé.")
    assert (one.text, one.second_try) == ("The bridge is closed.", "without the final stop")


def test_a_short_translation_is_tried_in_two_parts() -> None:
    text = "Le pont est fermé depuis mardi. Le maire parle de travaux longs."
    table = {text: "The bridge.", "Le pont est fermé depuis mardi.": "The bridge has been closed since Tuesday."}
    table["Le maire parle de travaux longs."] = "The mayor speaks of long works."
    (one,) = run(FakeEngine(table.get), text)
    assert one.text == "The bridge has been closed since Tuesday. The mayor speaks of long works."
    assert one.second_try == "in two parts"


def test_a_second_part_goes_on_in_lower_case() -> None:
    text = "Le pont est fermé depuis mardi, mais le maire parle de travaux longs."
    table = {text: "The bridge.", "Le pont est fermé depuis mardi,": "The bridge has been closed since Tuesday,"}
    table["mais le maire parle de travaux longs."] = "But the mayor speaks of long works."
    (one,) = run(FakeEngine(table.get), text)
    assert one.text == "The bridge has been closed since Tuesday, but the mayor speaks of long works."


def test_what_was_translated_before_is_not_asked_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.sqlite")
    first = run(FakeEngine(lambda _text: "The bridge is closed."), "Le pont est fermé.", cache=cache)
    again = FakeEngine(lambda _text: "Something else.")
    assert run(again, "Le pont est fermé.", cache=cache) == first
    assert again.asked == []
    assert cache.stats().translations == 1


def test_every_text_of_a_long_look_up_is_found(tmp_path: Path) -> None:
    """SQLite is asked for 500 keys at a time: the texts at the seams are found as well."""
    cache, (one,) = Cache(tmp_path / "cache.sqlite"), run(FakeEngine(str.upper), "Le pont est fermé.")
    stored = {f"Le pont {number} est fermé.": one for number in range(1501)}
    cache.put("a", stored)
    assert cache.get("a", list(stored)) == stored


def test_a_failure_is_never_stored(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.sqlite")
    run(FakeEngine(lambda _text: None), "Le pont est fermé.", cache=cache)
    assert cache.stats().translations == 0
    assert run(FakeEngine(lambda _text: "The bridge is closed."), "Le pont est fermé.", cache=cache)[0].text


@pytest.mark.parametrize("change", [{"model": "1"}, {"options": "beam 2"}, {"name": "fake fr-en-2"}])
def test_another_model_or_option_finds_nothing_stored(tmp_path: Path, change: dict[str, str]) -> None:
    cache = Cache(tmp_path / "cache.sqlite")
    run(FakeEngine(lambda _text: "The bridge is closed."), "Le pont est fermé.", cache=cache)
    other = FakeEngine(lambda _text: "The bridge is shut.")
    for name, value in change.items():
        setattr(other, name, value)
    assert run(other, "Le pont est fermé.", cache=cache)[0].text == "The bridge is shut."


def test_an_engine_that_minds_the_texts_beside_one_is_asked_for_whole_batches(tmp_path: Path) -> None:
    cache, engine = Cache(tmp_path / "cache.sqlite"), FakeEngine(lambda text: text.upper())
    direction = flow.Direction(engine, "de", "en", rule_based=True, is_steady=False)
    flow.translate(direction, ["Die Brücke ist zu."], cache=cache)
    flow.translate(direction, ["Die Brücke ist zu.", "Die Fähre fährt."], cache=cache)
    assert engine.asked == ["Die Brücke ist zu.", "Die Brücke ist zu.", "Die Fähre fährt."]
    flow.translate(direction, ["Die Brücke ist zu.", "Die Fähre fährt.", "Die Brücke ist zu."], cache=cache)
    assert len(engine.asked) == 3


def test_a_damaged_cache_is_started_anew(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    path.write_bytes(b"this is no database, " * 1000)
    for _time in range(2):
        assert run(FakeEngine(lambda _text: "The bridge is closed."), "Le pont est fermé.", cache=Cache(path))[0].text
    assert Cache(path).stats().translations == 1


def test_a_row_that_is_no_translation_is_not_believed(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.sqlite")
    run(FakeEngine(lambda _text: "The bridge is closed."), "Le pont est fermé.", cache=cache)
    with sqlite3.connect(cache.path) as connection:
        connection.execute("UPDATE translation SET value = '{}'")
    assert run(FakeEngine(lambda _text: "The bridge is shut."), "Le pont est fermé.", cache=cache)[0].text


def test_a_folder_that_cannot_be_written_costs_only_the_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    cache = Cache(tmp_path / "file" / "cache.sqlite")
    assert run(FakeEngine(lambda _text: "The bridge is closed."), "Le pont est fermé.", cache=cache)[0].text


def test_clearing_leaves_no_file(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.sqlite")
    run(FakeEngine(lambda _text: "The bridge is closed."), "Le pont est fermé.", cache=cache)
    cache.clear()
    assert list(tmp_path.iterdir()) == []
    assert cache.stats().translations == 0


def test_auto_takes_the_first_that_serves_and_says_so_once() -> None:
    said: list[str] = []
    auto = AutoTranslator([FakeTranslator("one", ("de", "en")), FakeTranslator("two")], say=said.append)
    for _time in range(2):
        assert auto.translate(["oui"], source="fr", target="en")[0].text == "OUI"
    assert said == ["fr > en: two fr-en; for better text: annotator models install fr en"]
    assert auto.pins == {"fr>en": "two fr-en"}


def test_a_pinned_engine_is_kept_to() -> None:
    auto = AutoTranslator([FakeTranslator("one"), FakeTranslator("two")], pins={"fr>en": "two fr-en"})
    assert auto.engine("fr", "en") == "two fr-en"


def test_a_pinned_engine_that_is_gone_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="argos") as caught:
        AutoTranslator([FakeTranslator("two")], pins={"fr>en": "argos fr_en-1.9"})
    assert "annotator models install fr en" in caught.value.hint


@pytest.mark.parametrize(("source", "code"), [("pl", "no_engine"), ("und", "undetermined_language")])
def test_what_cannot_be_translated_is_empty_with_its_reason(source: str, code: str) -> None:
    auto = AutoTranslator([FakeTranslator("two")])
    (one,) = auto.translate(["Dzień dobry"], source=source, target="en")
    assert (one.text, one.engine, [warning.code for warning in one.warnings]) == ("", "none", [code])


def test_no_engine_names_the_pair_and_the_command_and_is_not_pinned() -> None:
    auto = AutoTranslator([])
    (one,) = auto.translate(["Dzień dobry"], source="pl", target="en")
    assert "pl to en" in one.warnings[0].detail
    assert "annotator models install pl en" in one.warnings[0].detail
    assert auto.pins == {}


APT = "apt install apertium apertium-fr-es apertium-eng-spa"
MODEL = "annotator models install fr en"


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system with apt, whatever this one is."""
    for name in ("apt", "apt.exe"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("debian")
@pytest.mark.parametrize(
    ("asked", "tip"), [("auto", f"{MODEL}, or {APT}"), ("argos", MODEL), ("apertium", APT)], ids=str
)
def test_the_command_for_a_pair_without_an_engine_fits_the_translator_asked_for(asked: str, tip: str) -> None:
    said: list[str] = []
    (one,) = AutoTranslator([], asked=asked, say=said.append).translate(["oui"], source="fr", target="en")
    assert one.warnings[0].detail.endswith(f"to en: {tip}")
    assert said[1:] == [f"  try: {tip}"]


def test_argos_alone_without_a_model_does_not_speak_of_apertium(tmp_path: Path) -> None:
    said: list[str] = []
    make_translator("argos", packages_dir=tmp_path, say=said.append).translate(["oui"], source="fr", target="en")
    assert said[1:] == [f"  try: {MODEL}"]


def test_apertium_alone_is_not_told_to_take_a_model_of_another_engine() -> None:
    said: list[str] = []
    AutoTranslator([FakeTranslator("two")], asked="apertium", say=said.append).engine("fr", "en")
    assert said == ["fr > en: two fr-en"]
    (one,) = AutoTranslator([], asked="apertium").translate(["ja"], source="de", target="en")
    assert "models install" not in one.warnings[0].detail


@pytest.mark.usefixtures("debian")
def test_a_pinned_apertium_that_is_gone_is_installed_with_apt() -> None:
    with pytest.raises(UsageError, match="apertium") as caught:
        AutoTranslator([], pins={"fr>en": "apertium fr-es+spa-eng"})
    assert caught.value.hint == f"{APT}, or start a new run folder"


def test_a_system_without_apt_is_told_of_no_apt_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (one,) = AutoTranslator([]).translate(["oui"], source="fr", target="en")
    assert one.warnings[0].detail.endswith(f"to en: {MODEL}")
    (one,) = AutoTranslator([], asked="apertium").translate(["oui"], source="fr", target="en")
    assert one.warnings[0].detail.endswith("https://wiki.apertium.org/wiki/Installation")


def test_a_broken_engine_ends_no_run() -> None:
    said: list[str] = []
    auto = AutoTranslator([FakeTranslator("two", broken=True)], say=said.append)
    (one,) = auto.translate(["oui"], source="fr", target="en")
    assert [warning.code for warning in one.warnings] == ["engine_failed"]
    assert said[-1] == "fr > en: the engine is gone"


def test_none_translates_nothing() -> None:
    (one,) = NoTranslator().translate(["oui"], source="fr", target="en")
    assert (one.text, one.engine) == ("", "none")


def test_an_unknown_translator_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="babelfish"):
        make_translator("babelfish", packages_dir=tmp_path)


def test_making_a_translator_starts_and_loads_nothing(tmp_path: Path) -> None:
    make_translator("auto", packages_dir=tmp_path / "none").close()
    assert list(tmp_path.iterdir()) == []
