"""Units that say the same in several splits are counted, and kept together where that is asked for."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from commands import annotator

from annotator.dataset.leakage import Leakage, UnitTexts
from annotator.dataset.splits import SplitOptions, Splits, Together

LINE = "Contactée par la rédaction, la mairie n'a pas souhaité répondre."


def leakage(*units: str) -> Leakage:
    """Of units each of which is an article in a split of its own."""
    with UnitTexts() as texts:
        for unit in units:
            texts.add(unit)
        return texts.leakage(range(len(units)))


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (LINE, Leakage(1, 2, 0)),
        ("contactée par la rédaction la mairie n’a pas souhaité répondre", Leakage(0, 0, 2)),
        ("Contactée par la rédaction, la préfecture n'a pas souhaité répondre.", Leakage(0, 0, 2)),
        ("Contactée hier par la rédaction, la mairie n'a pas souhaité répondre.", Leakage(0, 0, 2)),
        ("Contactés par la rédaction, les élus n'ont pas souhaité répondre.", Leakage()),
        ("La mairie a fermé le pont de la gare et le port de la ville.", Leakage()),
    ],
    ids=["identical", "marks", "another-word", "a-word-more", "several-words", "another"],
)
def test_what_is_identical_and_what_nearly_so(other: str, found: Leakage) -> None:
    assert leakage(LINE, other) == found


def test_numbers_make_no_difference_and_few_words_have_to_be_the_same() -> None:
    assert leakage("En 2019, 3 % sont venus.", "En 2021, 45 % sont venus.").near_identical_units == 2
    assert leakage("Le maire est venu.", "Le préfet est venu.") == Leakage()
    assert leakage("…", "—", "…") == Leakage(1, 2, 0)


def test_within_one_split_nothing_leaks() -> None:
    with UnitTexts() as texts:
        texts.add(f"{LINE}\n{LINE}")
        texts.add(LINE)
        assert texts.leakage([1, 1]) == Leakage()
        assert texts.leakage([1, 2]) == Leakage(1, 3, 0)


def test_nothing_is_alike_where_nothing_is() -> None:
    assert leakage() == Leakage()


def splits_of(together: Together, articles: list[str], earlier: dict[str, str] | None = None) -> tuple[list[str], int]:
    """Return the split of each article, and how many units leak."""
    with Splits(SplitOptions(keep_together=together)) as splits:
        splits.keep((earlier or {}).items())
        for number, text in enumerate(articles):
            splits.add(str(number), text, {"fr opinion": text.count("\n") + 1})
        splits.assign()
        return [splits.of(str(number)) for number in range(len(articles))], splits.leakage().units


def corpus() -> list[str]:
    """Forty articles, of which the first six have a sentence in common."""
    dice = random.Random(1)  # noqa: S311 - repeatable test data
    words = [f"mot{number}" for number in range(500)]
    texts = ["\n".join(" ".join(dice.choices(words, k=12)) for _ in range(5)) for _ in range(40)]
    return [f"{text}\n{LINE}" if number < 6 else text for number, text in enumerate(texts)]


def test_articles_with_a_unit_in_common_are_in_one_split_where_that_is_asked_for() -> None:
    apart, leaking = splits_of("articles", corpus())
    together, leaking_then = splits_of("units", corpus())
    assert (len(set(apart[:6])) > 1, leaking) == (True, 6)
    assert (len(set(together[:6])), leaking_then) == (1, 0)
    assert set(together) == {"train", "validation", "test"}


def test_an_article_that_has_a_split_keeps_it_all_the_same() -> None:
    found, leaking = splits_of("units", corpus(), {"0": "train", "1": "test"})
    assert (found[:2], leaking) == (["train", "test"], 6)


def test_too_few_articles_for_a_split_are_said_in_card_and_command(tmp_path: Path) -> None:
    rows = [{"id": str(number), "text": text.replace("\n", "\n\n")} for number, text in enumerate(corpus()[:6])]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    annotator("prepare", tmp_path / "a.jsonl", "--out", tmp_path / "run", "--translator", "none")
    tasks = tmp_path / "run/tasks.jsonl"
    said = annotator("export", tasks, "--out", tmp_path / "apart").stderr.decode()
    assert "6 units say what one in another split says" in said
    manifest = json.loads((tmp_path / "apart/manifest.json").read_bytes())
    assert manifest["leakage"] == {"identical_texts": 1, "identical_units": 6, "near_identical_units": 0}
    said = annotator("export", tasks, "--out", tmp_path / "one", "--keep-together", "units").stderr.decode()
    assert "no records for validation and test: 6 articles in 1 group that no split divides" in said
    card = (tmp_path / "one/README.md").read_text(encoding="utf-8")
    assert "There are too few articles for validation and test." in card
    assert "No unit's text stands in more than one split" in card
