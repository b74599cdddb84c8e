"""`annotator units`: a cut that people mended stays mended, and everything else stays as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import annotator
from jsonschema import Draft202012Validator

from annotator.labelstudio.client import Client
from annotator.labelstudio.server import Server
from annotator.models import Article
from annotator.schemas import schema_text

TEXT = "Le maire a parlé. Il a promis une école et la préfète a refusé. Rien ne change.\n\nUn autre paragraphe."


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., dict[str, object]]:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.txt").write_text("Une autre histoire. Elle est courte.", encoding="utf-8")

    def command(*arguments: str, code: int = 0, **environment: Path) -> dict[str, object]:
        ran = annotator(*arguments, "--json", folder=tmp_path, environment=environment)
        assert ran.returncode == code, ran.stderr.decode()
        answer: dict[str, object] = json.loads(ran.stdout)
        return answer

    command("prepare", "a.txt", "b.txt", "--out", "run", "--lang", "fr", "--translator", "none")
    return command


def articles(folder: Path) -> dict[str, list[str]]:
    lines = (folder / "run" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    found = {article.source_file[-5:]: article for article in map(Article.model_validate_json, lines)}
    for article in found.values():
        assert all(article.text[unit.start : unit.end] == unit.text for unit in article.units)
        assert [unit.position for unit in article.units] == list(range(len(article.units)))
    return {name: [unit.text for unit in article.units] for name, article in found.items()}


def unit_id(folder: Path, begins: str) -> str:
    tasks = [json.loads(line) for line in (folder / "run" / "tasks.jsonl").read_text(encoding="utf-8").splitlines()]
    return str(next(task["data"]["unit_id"] for task in tasks if task["data"]["source_text"].startswith(begins)))


def prepare(run: Callable[..., dict[str, object]], *inputs: str) -> dict[str, object]:
    return run("prepare", *inputs, "--out", "run", "--lang", "fr", "--translator", "none")


def test_a_unit_in_two_and_two_in_one_are_obeyed_by_every_prepare(
    run: Callable[..., dict[str, object]], tmp_path: Path
) -> None:
    before = articles(tmp_path)
    run("units", "split", "run", unit_id(tmp_path, "Il a promis"), "--at", "et la préfète")
    (kept,) = (tmp_path / "run" / "mends.jsonl").read_text(encoding="utf-8").splitlines()
    Draft202012Validator(json.loads(schema_text("mend"))).validate(json.loads(kept))
    assert articles(tmp_path) == before
    prepare(run, "b.txt")
    cut = [
        "Le maire a parlé.",
        "Il a promis une école",
        "et la préfète a refusé.",
        "Rien ne change.",
        "Un autre paragraphe.",
    ]
    assert articles(tmp_path) == {**before, "a.txt": cut}
    run("units", "merge", "run", unit_id(tmp_path, "Le maire"))
    prepare(run, "a.txt", "b.txt")
    joined = ["Le maire a parlé. Il a promis une école", *cut[2:]]
    assert articles(tmp_path)["a.txt"] == joined
    files = {name: (tmp_path / "run" / name).read_bytes() for name in ("articles.jsonl", "tasks.jsonl")}
    prepare(run, "a.txt", "b.txt")
    assert {name: (tmp_path / "run" / name).read_bytes() for name in files} == files
    assert run("status", "run", "--verify")["units"] == 6


def test_a_corrected_article_keeps_its_mended_cuts(run: Callable[..., dict[str, object]], tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps({"id": "x", "text": TEXT}), encoding="utf-8")
    prepare(run, "rows.jsonl")
    run("units", "split", "run", unit_id(tmp_path, "Un autre"), "--at", "paragraphe")
    run("units", "split", "run", "x:" + unit_id(tmp_path, "Il a promis").rpartition(":")[2], "--at", "et la préfète")
    corrected = TEXT.replace("Rien ne change.", "Tout change.")
    (tmp_path / "rows.jsonl").write_text(json.dumps({"id": "x", "text": corrected}), encoding="utf-8")
    arguments = ("prepare", "rows.jsonl", "--out", "run", "--lang", "fr", "--translator", "none")
    run(*arguments, "--revisions", "latest")
    lines = (tmp_path / "run" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    (article,) = (found for found in map(Article.model_validate_json, lines) if found.article_id == "x")
    assert [unit.text for unit in article.units][2:4] == ["et la préfète a refusé.", "Tout change."]


@pytest.mark.parametrize(
    ("words", "arguments", "message"),
    [
        ("Il a promis", ("split", "--at", "nowhere"), "stands 0 times"),
        ("Il a promis", ("split", "--at", "a "), "stands 3 times"),
        ("Le maire", ("split", "--at", "Le maire"), "one part would hold no word"),
        ("Rien", ("merge",), "no unit of the same block follows it"),
    ],
)
def test_what_cannot_be_mended_is_said(
    run: Callable[..., dict[str, object]], tmp_path: Path, words: str, arguments: tuple[str, ...], message: str
) -> None:
    name, *rest = arguments
    error = run("units", name, "run", unit_id(tmp_path, words), *rest, code=2)["error"]
    assert isinstance(error, dict)
    assert message in error["message"]
    assert not (tmp_path / "run" / "mends.jsonl").exists()


def test_answers_to_the_unit_as_it_was_are_listed(
    run: Callable[..., dict[str, object]],
    client: Client,
    label_studio: Server,
    new_title: Callable[[], str],
    answer: Callable[..., int],
    tmp_path: Path,
) -> None:
    title, own = new_title(), {"ANNOTATOR_DATA_DIR": label_studio.paths.data_dir}
    number = run("push", "run", "--project", title, **own)["project"]
    assert isinstance(number, int)
    bad = unit_id(tmp_path, "Il a promis")
    task = next(copy.task for copy in client.pushed_tasks(number) if copy.unit_id == bad)
    answer(client, task, "unsourced", marks=["badly cut"], comment="two facts")
    mended = run("units", "split", "run", bad, "--at", "et la préfète", "--project", title, **own)
    answers = mended["answers"]
    assert isinstance(answers, list)
    assert [(old["answer"], old["comment"]) for old in answers] == [("unsourced", "two facts")]
    prepare(run, "a.txt", "b.txt")
    assert run("push", "run", "--project", title, **own)["sent"] == 2
