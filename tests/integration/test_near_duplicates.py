"""`prepare --dedupe`: agency copy is found in the order of the inputs, by any number of workers, wherever it stops."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import annotator

from annotator.models import Article, Unit
from annotator.preparation.near_duplicates import NearDuplicates, sketch_of
from annotator.preparation.register import passing_register
from annotator.readers.article import SourceMetadata, make_article

ARTICLES = Path(__file__).parents[2] / "fixtures/articles"
REPORT = (ARTICLES / "deepseek.fr.txt").read_text(encoding="utf-8")
OTHERS = [
    f"La commune de {place} a voté lundi le budget de {number} millions d’euros pour l’école. "
    f"Le maire, {name}, parle d’un choix {word} après {number} mois de débats. L’opposition dénonce la dette."
    for place, number, name, word in (
        ("Brest", 3, "Anne Le Goff", "juste"),
        ("Metz", 14, "Paul Weber", "difficile"),
        ("Pau", 27, "Marie Etcheverry", "de raison"),
    )
]


def edited(text: str) -> str:
    """As another paper prints it: a new beginning, and without the end."""
    sentences = text.split(". ")
    return ". ".join(["De notre envoyé spécial", *sentences[1 : -len(sentences) // 4]]) + "."


def rows() -> list[dict[str, str]]:
    texts = {"first": REPORT, "other-1": OTHERS[0], "copy-1": edited(REPORT), "other-2": OTHERS[1]}
    texts |= {"copy-2": f"{REPORT}\n\nAvec AFP.", "other-3": OTHERS[2], "copy-of-other": f"Reportage. {OTHERS[1]}"}
    return [{"id": name, "text": text} for name, text in texts.items()]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows()), encoding="utf-8")
    return path


def prepared(source: Path, out: Path, *flags: str) -> dict[str, Any]:
    ran = annotator("prepare", source, "--out", out, "--translator", "none", "--to", "fr", *flags, "--json")
    assert ran.returncode == 0, ran.stderr.decode()
    counts: dict[str, Any] = json.loads(ran.stdout)
    return counts


def listed(out: Path) -> list[tuple[str, str]]:
    lines = [json.loads(line) for line in (out / "duplicates.jsonl").read_text(encoding="utf-8").splitlines()]
    near = [line for line in lines if line["reason"] == "near_duplicate"]
    assert all(line["resemblance"] >= 0.4 for line in near)
    return [(line["article_id"], line["duplicate_of"]) for line in near]


def articles(out: Path) -> list[str]:
    lines = (out / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["article_id"] for line in lines]


COPIES = [("copy-1", "first"), ("copy-2", "first"), ("copy-of-other", "other-2")]


def test_without_the_flag_nothing_is_compared(source: Path, tmp_path: Path) -> None:
    counts = prepared(source, tmp_path / "run")
    assert (counts["articles"], counts["duplicates"], "near_duplicates" in counts) == (7, 0, False)
    assert not (tmp_path / "run/duplicates.jsonl").read_bytes()


def test_copies_are_linked_to_the_first_and_kept(source: Path, tmp_path: Path) -> None:
    counts = prepared(source, tmp_path / "run", "--dedupe", "link")
    assert (counts["articles"], counts["near_duplicates"]) == (7, 3)
    assert listed(tmp_path / "run") == COPIES


def test_copies_are_left_out_and_named(source: Path, tmp_path: Path) -> None:
    counts = prepared(source, tmp_path / "run", "--dedupe", "skip")
    assert (counts["articles"], counts["near_duplicates"], counts["failed"]) == (4, 3, 0)
    assert listed(tmp_path / "run") == COPIES
    assert articles(tmp_path / "run") == ["first", "other-1", "other-2", "other-3"]


@pytest.mark.parametrize("how", ["link", "skip"])
def test_a_run_that_stopped_on_the_way_finds_the_same(source: Path, tmp_path: Path, how: str) -> None:
    undisturbed = prepared(source, tmp_path / "whole", "--dedupe", how)
    for limit in ("1", "3", "6"):
        prepared(source, tmp_path / "run", "--dedupe", how, "--limit", limit)
    assert prepared(source, tmp_path / "run", "--dedupe", how) == undisturbed
    assert prepared(source, tmp_path / "run", "--dedupe", how) == undisturbed
    for name in ("articles.jsonl", "tasks.jsonl", "duplicates.jsonl"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_two_workers_find_what_one_finds(source: Path, tmp_path: Path) -> None:
    one = prepared(source, tmp_path / "one", "--dedupe", "skip")
    assert prepared(source, tmp_path / "two", "--dedupe", "skip", "--workers", "2") == one
    for name in ("articles.jsonl", "tasks.jsonl", "duplicates.jsonl"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_same_copy_twice_is_listed_twice(source: Path, tmp_path: Path) -> None:
    with source.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(rows()[2]) + "\n")
    counts = prepared(source, tmp_path / "run", "--dedupe", "skip")
    assert (counts["articles"], counts["near_duplicates"], counts["duplicates"]) == (4, 4, 0)


def test_another_way_to_treat_copies_is_another_run(source: Path, tmp_path: Path) -> None:
    prepared(source, tmp_path / "run", "--dedupe", "skip")
    for flags in ((), ("--dedupe", "link")):
        ran = annotator("prepare", source, "--out", tmp_path / "run", "--translator", "none", "--to", "fr", *flags)
        assert (ran.returncode, b"dedupe 'skip'" in ran.stderr) == (2, True)


def test_tasks_in_a_file_are_deduplicated_too(source: Path, tmp_path: Path) -> None:
    counts = prepared(source, tmp_path / "tasks.jsonl", "--dedupe", "skip")
    assert counts["articles"] == 4
    lines = (tmp_path / "tasks.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["data"]["article_id"] for line in lines} == {"first", "other-1", "other-2", "other-3"}


def test_an_article_that_was_corrected_is_no_copy_of_its_own_older_text(source: Path, tmp_path: Path) -> None:
    prepared(source, tmp_path / "run", "--dedupe", "skip")
    text = source.read_text(encoding="utf-8").replace("lundi le budget de 3", "mardi le budget de 4")
    source.write_text(text, encoding="utf-8")
    counts = prepared(source, tmp_path / "run", "--dedupe", "skip", "--revisions", "latest")
    assert (counts["articles"], counts["near_duplicates"]) == (4, 3)
    assert listed(tmp_path / "run") == COPIES
    assert "other-1" in articles(tmp_path / "run")


def test_texts_without_a_word_are_like_nothing() -> None:
    near: NearDuplicates = passing_register().near
    assert [near.meet(name, "a.txt", sketch_of(_segmented(name, "👍👍 !!"))) for name in "ab"] == [None, None]
    assert near.meet("c", "a.txt", sketch_of(_segmented("c", "Merci !"))) is None
    assert near.meet("d", "a.txt", sketch_of(_segmented("d", "Merci !"))) is not None


def _segmented(name: str, text: str) -> Article:
    article = make_article(text, SourceMetadata(article_id=name), source="a.txt")
    unit = {"unit_id": "u", "position": 0, "kind": "sentence", "block": "paragraph", "block_index": 0}
    unit |= {"start": 0, "end": len(text), "text": text, "language": {"tag": "fr"}}
    return article.model_copy(update={"units": (Unit.model_validate(unit),)})
