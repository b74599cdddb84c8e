"""A run that is started again with other settings: what they touch is made again, and nothing else."""

from __future__ import annotations

import csv
import json
import os
from itertools import islice
from pathlib import Path

import pytest
from commands import annotator

from annotator.preparation.redo import Redone
from annotator.preparation.run_folder import Redo, RunFolder
from annotator.preparation.run_status import verify
from annotator.translation import installer

MODEL = Path(__file__).parents[2] / "fixtures/models/translate-fr_en-0_1.argosmodel"
FILES = ("articles", "translations", "predictions", "tasks")


def corpus(path: Path, count: int = 150) -> Path:
    rows = (
        {"id": f"a{at}", "text": f"Selon le maire, le pont {at} est sûr. C’est une honte ! Qui paiera les {at} euros ?"}
        for at in range(count)
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def prepare(
    source: Path, run: Path, *arguments: str, settings: str = "", translator: str = "none", code: int = 0
) -> str:
    (run.parent / "annotator.toml").write_text(settings, encoding="utf-8")
    packages = run.parent / "packages"
    if not packages.exists():
        installer.add(MODEL, packages_dir=packages)
    ran = annotator(
        "prepare", source, "--out", run, "--translator", translator, *arguments,
        environment={"ARGOS_PACKAGES_DIR": packages, "ANNOTATOR_DATA_DIR": run.parent / "data"}, folder=run.parent,
    )  # fmt: skip
    assert ran.returncode == code, ran.stderr.decode()
    return ran.stderr.decode()


def files(run: Path) -> dict[str, bytes]:
    return {name: (run / f"{name}.jsonl").read_bytes() for name in FILES}


def inode(run: Path, name: str) -> int:
    return (run / f"{name}.jsonl").stat().st_ino


@pytest.mark.parametrize("workers", ["1", "2"])
def test_another_least_score_makes_predictions_and_tasks_again(tmp_path: Path, workers: str) -> None:
    source = corpus(tmp_path / "a.jsonl")
    prepare(source, tmp_path / "wanted", settings="min_score = 0.9")
    prepare(source, tmp_path / "run")
    before, kept = files(tmp_path / "run"), inode(tmp_path / "run", "translations")
    said = prepare(source, tmp_path / "run", "--workers", workers, settings="min_score = 0.9")
    assert "predictions, tasks are made again (min_score 0.6, now 0.9)" in said
    assert files(tmp_path / "run") == files(tmp_path / "wanted") != before
    assert inode(tmp_path / "run", "translations") == kept
    assert verify(tmp_path / "run")
    assert "again" not in prepare(source, tmp_path / "run", settings="min_score = 0.9")


def test_another_engine_makes_translations_again_and_what_follows_from_them(tmp_path: Path) -> None:
    source = corpus(tmp_path / "a.jsonl", 20)
    prepare(source, tmp_path / "wanted", translator="argos")
    prepare(source, tmp_path / "run")
    kept = inode(tmp_path / "run", "articles")
    said = prepare(source, tmp_path / "run", translator="argos")
    assert "translations, predictions, tasks are made again" in said
    assert files(tmp_path / "run") == files(tmp_path / "wanted")
    assert inode(tmp_path / "run", "articles") == kept
    assert json.loads((tmp_path / "run/run.json").read_bytes())["engines"] == {"fr>en": "argos fr_en-0.1"}


def test_another_predictor_makes_predictions_and_tasks_again_and_stays_pinned(tmp_path: Path) -> None:
    source = corpus(tmp_path / "a.jsonl", 20)
    prepare(source, tmp_path / "wanted", "--predictor", "encoder", "--workers", "2")
    prepare(source, tmp_path / "run")
    kept = inode(tmp_path / "run", "translations")
    said = prepare(source, tmp_path / "run", "--predictor", "encoder")
    assert "predictions, tasks are made again (predictor 'cues', now 'encoder'" in said
    assert files(tmp_path / "run") == files(tmp_path / "wanted")
    assert inode(tmp_path / "run", "translations") == kept
    assert "again" not in prepare(source, tmp_path / "run", "--predictor", "auto")


def trained(folder: Path, *arguments: str) -> None:
    """Train a model on the project's own units and put it into the folder."""
    with (Path(__file__).parents[1] / "gates/data/labels_fr.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(islice(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), 60))
    units = [{"text": row["text"], "label": row["label"], "article_id": row["article"]} for row in rows]
    labels = folder / "labels.jsonl"
    labels.write_text("".join(json.dumps({**unit, "source_lang": "fr"}) + "\n" for unit in units), encoding="utf-8")
    out = ("--out", folder / "team.model", "--no-encoder", "--resamples", "0")
    assert annotator("train", labels, *out, *arguments).returncode == 0


def test_a_trained_model_makes_predictions_again_and_is_pinned_by_its_digest(tmp_path: Path) -> None:
    source, run = corpus(tmp_path / "a.jsonl", 3), tmp_path / "run"
    prepare(source, run)
    kept = inode(run, "translations")
    versions = []
    for least in ("0.7", "0.8"):
        trained(tmp_path, "--min-score", least)
        said = prepare(source, run, "--predictor", "team.model")
        assert "predictions, tasks are made again" in said
        info = json.loads((run / "run.json").read_bytes())
        assert info["settings"]["min_score"] == float(least)
        assert {json.loads(line)["model_version"] for line in (run / "predictions.jsonl").open()} == {
            info["steps"]["predict"]
        }
        versions.append(info["steps"]["predict"])
    assert versions[0] != versions[1]
    assert all(version.startswith("model-") for version in versions)
    assert inode(run, "translations") == kept
    assert "again" not in prepare(source, run, "--predictor", "auto")


class KilledError(BaseException):
    """What ends the process."""


@pytest.mark.parametrize("settings", ["min_score = 0.9", "min_score = 0.8", ""], ids=["same", "others", "as before"])
def test_a_start_that_is_killed_while_it_makes_files_again_is_gone_on_with(
    tmp_path: Path, settings: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = corpus(tmp_path / "a.jsonl")
    prepare(source, tmp_path / "wanted", settings=settings)
    prepare(source, tmp_path / "run")
    write = RunFolder.write_redone

    def once(folder: RunFolder, redo: Redo, batch: list[Redone]) -> Redo:
        if redo.articles:
            raise KilledError
        return write(folder, redo, batch)

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "write_redone", once)
        with pytest.raises(KilledError):
            prepare(source, tmp_path / "run", settings="min_score = 0.9")
    prepare(source, tmp_path / "run", settings=settings)
    assert files(tmp_path / "run") == files(tmp_path / "wanted")
    assert not [name for name in os.listdir(tmp_path / "run") if name.endswith(".new")]  # noqa: PTH208
    assert verify(tmp_path / "run")


def test_units_are_kept_and_listed_until_a_torn_model_is_mended(tmp_path: Path) -> None:
    source, run = corpus(tmp_path / "a.jsonl", 2), tmp_path / "run"
    prepare(source, tmp_path / "wanted", translator="argos")
    torn = next((tmp_path / "packages").glob("*/metadata.json")).parent / "model/model.bin"
    whole = torn.read_bytes()
    torn.write_bytes(whole[: len(whole) // 2])
    said = prepare(source, run, translator="argos", code=3)
    assert f"3 of 3 units have no translation: {torn.parents[1]}: the model" in said
    assert said.count("cannot be loaded") == 3  # once of the pair, once of each article
    assert files(run)["articles"] == files(tmp_path / "wanted")["articles"]
    listed = (run / "failures.jsonl").read_bytes()
    assert {json.loads(line)["reason"] for line in listed.splitlines()} == {"engine_failed"}
    assert "made again" not in prepare(source, run, translator="argos", code=3)
    assert (run / "failures.jsonl").read_bytes() == listed
    torn.write_bytes(whole)
    assert "made again (an engine that failed works now)" in prepare(source, run, translator="argos")
    assert files(run) == files(tmp_path / "wanted")
    assert not (run / "failures.jsonl").read_bytes()


def test_a_folder_without_an_article_takes_the_settings_that_a_hint_names(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("body\nLe pont est sûr.\n", encoding="utf-8")
    command = ("prepare", tmp_path / "a.csv", "--out", tmp_path / "run", "--translator", "none")
    assert annotator(*command).returncode == 3
    assert annotator(*command, "--text-field", "body").returncode == 0
    assert json.loads((tmp_path / "run/run.json").read_text(encoding="utf-8"))["settings"]["fields"]["text"] == "body"


@pytest.mark.parametrize("flags", [("--split", "clause"), ("--text-field", "body"), ("--to", "es"), ("--lang", "es")])
def test_another_reading_or_cutting_is_refused_with_the_difference(tmp_path: Path, flags: tuple[str, str]) -> None:
    source = corpus(tmp_path / "a.jsonl", 3)
    prepare(source, tmp_path / "run")
    before = files(tmp_path / "run")
    ran = annotator("prepare", source, "--out", tmp_path / "run", "--translator", "none", *flags)
    assert ran.returncode == 2
    assert f"now {flags[1]!r}" in ran.stderr.decode() or f"'text': {flags[1]!r}" in ran.stderr.decode()
    assert files(tmp_path / "run") == before
