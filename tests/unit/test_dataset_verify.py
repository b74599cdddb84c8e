"""`articles.jsonl` of a dataset, offsets that anybody can check with it, and every fault that `verify` finds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fakes
import pytest

from annotator import answers
from annotator.dataset.articles import ARTICLES
from annotator.dataset.build import ExportOptions
from annotator.dataset.privacy import TextPolicy
from annotator.dataset.verify import REASONS, verify
from annotator.errors import UsageError
from annotator.models import Article
from annotator.pipeline import Pipeline
from annotator.readers.article import SourceMetadata, make_article

PIPELINE = Pipeline(
    identifier=fakes.OneLanguage(),
    segmenter=fakes.Lines(),
    translator=fakes.Upper(),
    predictor=fakes.FirstWord(),
    target="en",
)
OPEN = {"rights": "CC BY 4.0"}


def prepared(folder: Path, **texts: str) -> Path:
    """A folder with the files of a run that the two need."""
    folder.mkdir(exist_ok=True)
    articles = [make_article(text, SourceMetadata(article_id=name, **OPEN), source="t") for name, text in texts.items()]
    done = PIPELINE.process(articles)
    (folder / ARTICLES).write_bytes(b"".join(one.article.json_bytes() for one in done))
    (folder / "tasks.jsonl").write_bytes(b"".join(task.json_bytes() for one in done for task in one.tasks))
    return folder


def changed(path: Path, **data: Any) -> None:
    """Give every task of the file these values."""
    tasks = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    lines = [json.dumps({**task, "data": {**task["data"], **data}}) + "\n" for task in tasks]
    path.write_text("".join(lines), encoding="utf-8")


def export(run: Path, out: Path, *articles: Path, mask: bool = False) -> Path:
    options = ExportOptions(articles=articles, texts=TextPolicy(mask_handles=mask))
    answers.export_files([run / "tasks.jsonl"], out, progress=lambda _done: None, options=options)
    return out


def lines(dataset: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, (dataset / ARTICLES).read_text(encoding="utf-8").splitlines())


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return prepared(tmp_path / "run", b="Un.\nDeux @ana 👩‍👩‍👧.", a="Trois.\nQuatre.")


def test_with_the_articles_every_offset_can_be_checked(run: Path, tmp_path: Path) -> None:
    found = verify(export(run, tmp_path / "ds", run))
    assert (found.faults, found.records, found.articles, found.checked) == ([], 4, 2, 4)
    assert [(line["article_id"], line["text"]) for line in lines(tmp_path / "ds")] == [
        ("a", "Trois.\nQuatre."),
        ("b", "Un.\nDeux @ana 👩‍👩‍👧."),
    ]
    assert "checks every offset" in (tmp_path / "ds/README.md").read_text(encoding="utf-8")


def test_without_them_the_articles_are_listed_and_the_card_says_that_offsets_cannot_be_checked(
    run: Path, tmp_path: Path
) -> None:
    found = verify(export(run, tmp_path / "ds"))
    assert (found.faults, found.records, found.articles, found.checked) == ([], 4, 2, 0)
    assert [(line["revision"] != "", line["text"], line["length"]) for line in lines(tmp_path / "ds")] == [
        (True, "", None)
    ] * 2
    assert "cannot be checked" in (tmp_path / "ds/README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("retention", ["units", "offsets"])
def test_a_text_that_may_not_leave_is_there_as_its_hash_and_length(run: Path, tmp_path: Path, retention: str) -> None:
    changed(run / "tasks.jsonl", retention=retention)
    found = verify(export(run, tmp_path / "ds", run))
    assert (found.faults, found.checked) == ([], 0)
    assert [(line["text"], line["length"], line["retention"]) for line in lines(tmp_path / "ds")] == [
        ("", 14, retention),
        ("", len("Un.\nDeux @ana 👩‍👩‍👧."), retention),
    ]
    assert all(line["sha256"].startswith(line["revision"]) for line in lines(tmp_path / "ds"))
    assert b"Quatre" not in (tmp_path / "ds" / ARTICLES).read_bytes()


def test_the_stricter_of_what_the_answer_and_the_article_say_counts(run: Path, tmp_path: Path) -> None:
    path = run / ARTICLES
    path.write_text(path.read_text(encoding="utf-8").replace("CC BY 4.0", "All rights reserved"), encoding="utf-8")
    assert [line["text"] for line in lines(export(run, tmp_path / "ds", run))] == ["", ""]


def test_handles_are_crossed_out_in_the_texts_too_and_offsets_hold(run: Path, tmp_path: Path) -> None:
    found = verify(export(run, tmp_path / "ds", run, mask=True))
    assert (found.faults, found.checked) == ([], 4)
    assert [line["text"] for line in lines(tmp_path / "ds")][1] == "Un.\nDeux @xxx 👩‍👩‍👧."


def test_handles_in_what_the_articles_add_are_crossed_out_too(run: Path, tmp_path: Path) -> None:
    path = run / ARTICLES
    path.write_text(path.read_text(encoding="utf-8").replace('"author":""', '"author":"@ana"'), encoding="utf-8")
    assert [line["author"] for line in lines(export(run, tmp_path / "ds", run, mask=True))] == ["@xxx", "@xxx"]


def test_places_of_units_that_are_none_cost_no_text(run: Path, tmp_path: Path) -> None:
    path = run / ARTICLES
    given = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    units = [7, {"start": "1"}, {"start": -3, "end": 10**9}]
    path.write_text("".join(json.dumps({**one, "units": units}) + "\n" for one in given), encoding="utf-8")
    assert [line["length"] for line in lines(export(run, tmp_path / "ds", run, mask=True))] == [
        len(line["text"]) for line in lines(tmp_path / "ds")
    ]


def test_an_article_that_was_corrected_has_a_line_for_each_revision_with_units(tmp_path: Path) -> None:
    old = prepared(tmp_path / "old", a="Un.\nDeux.")
    new = prepared(tmp_path / "new", a="Un.\nDeux mots.")
    both = prepared(tmp_path / "both", a="Un.")
    texts = [(run / "tasks.jsonl").read_text(encoding="utf-8").splitlines(keepends=True) for run in (old, new)]
    (both / "tasks.jsonl").write_text(texts[0][0] + texts[1][1], encoding="utf-8")
    found = verify(export(both, tmp_path / "ds", old, new))
    assert (found.faults, found.records, found.articles, found.checked) == ([], 2, 2, 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{}\n", "articles.jsonl:1: not an article"),
        ("\n\ntexte\n", "articles.jsonl:3: not an article"),
        ('{"article_id": "a", "revision": "", "text": "Un.", "author": ["A"]}\n', "articles.jsonl:1: not an article"),
        ('{"article_id": "a", "revision": "", "text": "Un.", "units": "x"}\n', "articles.jsonl:1: not an article"),
        (None, "no such file"),
    ],
)
def test_a_file_that_holds_no_articles_is_refused_by_its_line(
    run: Path, tmp_path: Path, content: str | None, message: str
) -> None:
    given = tmp_path / ARTICLES
    if content is not None:
        given.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        export(run, tmp_path / "ds", given)
    assert not (tmp_path / "ds").exists()


def test_a_text_of_another_revision_is_refused(run: Path, tmp_path: Path) -> None:
    article = Article.model_validate_json((run / ARTICLES).read_bytes().splitlines()[0])
    (run / ARTICLES).write_bytes(article.model_copy(update={"text": "Autre."}).json_bytes())
    with pytest.raises(UsageError, match=rf"{ARTICLES}:1: the text is not that of revision {article.revision}"):
        export(run, tmp_path / "ds", run)


def edit(name: str, pattern: str, new: str) -> Callable[[Path], object]:
    """Change the first place in a file of the dataset."""

    def change(dataset: Path) -> None:
        text = (dataset / name).read_text(encoding="utf-8")
        (dataset / name).write_text(re.sub(pattern, new, text, count=1), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("damage", "reason", "line"),
    [
        (lambda ds: (ds / "records.csv").unlink(), "missing", None),
        (edit("README.md", "claim units", "things"), "changed", None),
        (lambda ds: (ds / "more.txt").touch(), "unknown", None),
        (edit("manifest.json", '"replacing": {', '"replacing": {"a": "b"'), "unfinished", None),
        (edit("manifest.json", '"records": 4', '"records": 5'), "count", None),
        (edit("records.jsonl", '"status":"unlabelled"', '"status":"x"'), "record", 1),
        (edit("records.jsonl", r"(.*\n)", r"\1\1"), "repeated", 2),
        (edit(ARTICLES, "Trois", "Trente"), "article", 1),
        (edit(ARTICLES, '"article_id":"a"', '"article_id":"c"'), "no_article", 1),
        (edit("records.jsonl", '"start":7,"end":14', '"start":6,"end":14'), "offsets", 2),
    ],
    ids=[reason for reason in REASONS if reason != "mention"],
)
def test_every_fault_is_found_and_said_with_its_line(
    run: Path, tmp_path: Path, damage: Callable[[Path], object], reason: str, line: int | None
) -> None:
    dataset = export(run, tmp_path / "ds", run)
    damage(dataset)
    faults = verify(dataset).faults
    assert (reason, line) in [(fault.reason, fault.line) for fault in faults]


@pytest.mark.parametrize("name", ["unlabelled", "train", "full", "opinion"])
def test_a_number_of_the_manifest_that_the_records_do_not_have_is_found(run: Path, tmp_path: Path, name: str) -> None:
    dataset = export(run, tmp_path / "ds", run)
    manifest = json.loads((dataset / "manifest.json").read_bytes())
    manifest["labels"] = {"opinion": 0}
    (numbers,) = [numbers for numbers in manifest.values() if isinstance(numbers, dict) and name in numbers]
    numbers[name] += 1
    (dataset / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (fault,) = verify(dataset).faults
    assert (fault.reason, f"{name}', and the manifest says {numbers[name]}" in fault.message) == ("count", True)


def test_a_mention_that_is_not_where_it_says_is_found(run: Path, tmp_path: Path) -> None:
    dataset = export(run, tmp_path / "ds", run)
    mention = {"start": 0, "end": 5, "article_start": 1, "article_end": 6, "text": "Trois"}
    vote = json.dumps({"annotator": "1", "status": "labelled", "label": "opinion", "mentions": [mention]})
    edit("records.jsonl", r'"votes":\[\]', f'"votes":[{vote}]')(dataset)
    assert [(fault.reason, fault.line) for fault in verify(dataset).faults][1:] == [("mention", 1)]


def test_what_belongs_to_a_repository_and_the_page_of_report_are_no_faults(run: Path, tmp_path: Path) -> None:
    dataset = export(run, tmp_path / "ds", run)
    (dataset / ".git").mkdir()
    for name in (".git/config", ".gitattributes", "report.html"):
        (dataset / name).touch()
    assert verify(dataset).faults == []


def test_a_folder_without_a_manifest_is_no_dataset(run: Path) -> None:
    with pytest.raises(UsageError, match="not a dataset"):
        verify(run)
