"""The card of a dataset and how it is cited: what comes from data stays text wherever it stands."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from annotator.agreement import measure_agreement
from annotator.dataset import citation
from annotator.dataset.about import About, read_about
from annotator.dataset.card import readme
from annotator.dataset.collect import ExportReport
from annotator.dataset.columns import COLUMNS
from annotator.dataset.meanings import described
from annotator.errors import UsageError
from annotator.labels import Label
from annotator.models import Record, TaskData

EVIL = '<img src=x onerror=alert(1)> & "L\'été" | fin'
MARKDOWN = "**b** [a](http://x.example) `c` # 1. ![i](j) ~~s~~ $x$ | ```"
TEX = r"\input{/etc/passwd} {50 % of $10 & #1_2^3~4} ```"


def record(number: int, *labels: str, article: str = "a", rights: str = "", **fields: Any) -> Record:
    """A unit with one answer for each label."""
    blank = dict.fromkeys(TaskData.model_fields, "")
    known = {"unit_id": f"{article}:{number}", "article_id": article, "kind": "sentence", "block": "paragraph"}
    place = {"position": number, "start": 0, "end": 1, "source_lang": "fr"}
    votes = [
        {
            "annotator": f"a-{who}",
            "status": "labelled",
            "label": label,
            "suggestion": way,
            "updated_at": f"2026-01-0{who}",
        }
        for who, label, way in zip((1, 2), labels, ("text", "hidden"), strict=False)
    ]
    data = {**blank, **known, **place, **fields}
    known = {"revision": "r", "status": "labelled", "split": "train", "rights": rights}
    return Record.model_validate({"data": data, "votes": votes, **known})


def card(folder: Path, *records: Record, **about: Any) -> tuple[dict[str, Any], str]:
    """Return the head and the body of the card, of one record in an odd language where none is given."""
    report = ExportReport()
    if not records:
        report = ExportReport(languages=Counter({EVIL: 1}), guidelines=Counter({EVIL: 1}), statuses=Counter(labelled=1))
    for one in records:
        report.count(one)
    report.collected.set_aside[EVIL] = 1
    _, head, body = readme(report, About.model_validate(about), folder).split("---\n", 2)
    return yaml.safe_load(head), body


def rendered(body: str) -> str:
    return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(body))


def test_no_html_of_data_is_in_the_body(tmp_path: Path) -> None:
    _, body = card(tmp_path, title=EVIL)
    assert "<" not in re.sub(r"```bibtex.*?```", "", body, flags=re.DOTALL)
    assert '# &lt;img src=x onerror=alert(1)&gt; &amp; "L\'été" \\| fin\n' in body
    assert body.count("&lt;img") == 4


@pytest.mark.parametrize("title", [EVIL, MARKDOWN, TEX, "# a", "1. a", "- a", "a\n\n# b"])
def test_a_hostile_text_reads_as_it_was_written(tmp_path: Path, title: str) -> None:
    _, body = card(tmp_path, record(0, "opinion", site=title), title=title, authors=[title], limits=[title])
    page = rendered(body)
    shown = re.sub(r"\s+", " ", title).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = shown.replace('"', "&quot;")
    assert f"<h1>{shown}</h1>" in page
    assert f"<td>{shown}</td>" in page
    assert f"<li>{shown}</li>" in page


@pytest.mark.parametrize(
    "title",
    [EVIL, "a: b # c", "---\n- x", "\x85\u2028\u2029\x7f x", "👩‍👩‍👧", "null", '{"a": 1}'],
    ids=["html", "comment", "document", "line-ends", "emoji", "null", "json"],
)
def test_head_holds_a_title_as_it_is(tmp_path: Path, title: str) -> None:
    head, _ = card(tmp_path, title=title)
    assert (head["pretty_name"], head["language"]) == (" ".join(title.split()), [EVIL])


def test_every_column_has_a_type_and_a_meaning(tmp_path: Path) -> None:
    rows = list(described())
    assert {path for path, _, _ in rows} >= {column.name for column in COLUMNS}
    assert all(kind and meaning.endswith((".", "...")) for _, kind, meaning in rows)
    _, body = card(tmp_path)
    assert "| `votes.mentions.article_start` | integer | First code point in the article's text. |" in body


def test_card_counts_who_labelled_what_and_how(tmp_path: Path) -> None:
    shown: dict[str, Any] = {
        "translation_engine": "argos",
        "target_lang": "en",
        "translation_warning_codes": ["lost_name"],
    }
    records = [
        record(0, "opinion", "opinion", **shown, site="Le Journal", published="2025-01-03", rights="CC BY 4.0"),
        record(1, "sourced", "opinion", site="Le Journal", published="2025-01-03", rights="CC BY 4.0"),
        record(0, "sourced", article="b", site="El Diario", published="2024"),
    ]
    _, body = card(tmp_path, *records)
    for line in (
        "3 claim units of 0 news articles, labelled by people for what each unit's text does: 5 answers.",
        "- Who: 2 people, from 2026-01-01 to 2026-01-02.",
        "| 1 | 1 |",
        "| 2 | 2 |",
        "so it was at 40% of the answers",
        "at 5 answers there was one: 3 beside the unit, 2 hidden (blind), so 40% blind",
        "On 2 units of 1 article with two labels or more, by 2 people",
        "| share of pairs of answers that are the same | 0.500 | one article |",
        "| Le Journal | 1 | 2 | 2025-01 | 2025-01 |",
        "| 2024 | 1 |",
        "| CC BY 4.0 | open | 1 |",
        "| nothing said | unknown | 1 |",
        "raise a warning at 1 of 1 translated unit.",
        "| lost\\_name | 1 |",
        "1 unit with one answer alone",
    ):
        assert line in body


def test_an_article_whose_revisions_have_other_rights_counts_once_under_the_strictest() -> None:
    rights = ("CC BY 4.0", "© Le Journal", "CC BY 4.0")
    report = ExportReport()
    for number, words in enumerate(rights):
        report.count(record(number, "opinion", rights=words))
    assert (dict(report.tally.rights), dict(report.tally.statements)) == (
        {"reserved": 1},
        {("reserved", "© Le Journal"): 1},
    )


def test_agreement_of_the_card_is_that_of_the_command() -> None:
    labels = [str(label) for label in Label]
    records = [
        record(unit, labels[(unit + article) % 4], labels[(unit * article) % 4], article=f"a{article:02}")
        for article in range(12)
        for unit in range(5)
    ]
    report = ExportReport()
    for one in records:
        report.count(one)
    assert report.tally.agreement == measure_agreement(records).overall


@pytest.mark.parametrize(
    ("licence", "rights", "told"),
    [
        ("CC-BY-4.0", "CC BY 4.0", "cc-by-4.0"),
        ("CC-BY-4.0", "© Le Journal", "other"),
        ("CC-BY-4.0", "", "other"),
        ("", "", "unknown"),
    ],
)
def test_the_hub_is_told_one_licence_only_where_it_holds_for_the_texts(
    tmp_path: Path, licence: str, rights: str, told: str
) -> None:
    head, body = card(tmp_path, record(0, "opinion", rights=rights), license=licence)
    assert head["license"] == told
    assert ("license_name" in head) == (told == "other")
    assert "the licence of the labels does not hold for them" in body


def test_what_nobody_has_said_is_listed_and_not_made_up(tmp_path: Path) -> None:
    head, body = card(tmp_path, authors=["Ana Ruiz"], version="1.0")
    assert "- `contact`: whom to ask" in body
    assert "- `authors`" not in body
    assert "version" not in head
    assert set(About().missing) == set(About.model_fields)


def written(folder: Path, text: str) -> Path:
    path = folder / "dataset.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_flags_win_over_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, 'title = "Filed"\nlicense = "cc0-1.0"\ndate = 2026-03-01\nauthors = ["Ana Ruiz"]')
    about = read_about(path, {"title": "Given", "license": ""})
    assert (about.title, about.license, about.date, about.authors[0].name) == (
        "Given",
        "CC0-1.0",
        "2026-03-01",
        "Ana Ruiz",
    )


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ('title = "a"\nautors = ["b"]', "dataset.toml:2: there is no key 'autors'", "did you mean authors?"),
        ('[[authors]]\nname = "a"\norcd = "c"', "dataset.toml:3: there is no key 'authors.orcd'", "mean orcid?"),
        ('\nlicense = "cc by 4"', "dataset.toml:2: licence 'cc by 4' is no SPDX id", "mean CC-BY-4.0?"),
        ('date = "March"', "dataset.toml:1: date: \"March\" is not a date", ""),
        ('url = "javascript:alert(1)"', "is not a web address", ""),
        ("version = 1", "dataset.toml:1: version: 1 should be a valid string", ""),
        ('title = "a', "not valid TOML", ""),
    ],
    ids=["unknown", "of-an-author", "licence", "date", "address", "type", "syntax"],
)  # fmt: skip
def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path: Path, text: str, said: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_about(written(tmp_path, text), {})
    assert said in refused.value.message
    assert hint in refused.value.hint


def test_the_file_of_the_tutorial_says_what_it_may() -> None:
    page = (Path(__file__).parents[2] / "docs/tutorial.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"```toml file: dataset.toml\n(.*?)```", page, re.DOTALL)
    about = About.model_validate(tomllib.loads(told))
    assert [author.group for author in about.authors] == [False, True]


@pytest.mark.parametrize("evil", [EVIL, MARKDOWN, TEX, "a: b\n- c", "'\"\\"])
def test_no_text_of_a_citation_is_a_command_or_ends_its_field(tmp_path: Path, evil: str) -> None:
    authors = [{"name": evil}, {"name": evil, "group": True}]
    about = About.model_validate({"title": evil, "description": evil, "authors": authors, "version": evil})
    entry = citation.bibtex(about)
    bare = re.sub(r"\\[{}%&$#_]|\\text\w+\{\}", "", entry)
    assert (bare.count("{") - bare.count("}"), "\\" in bare, "`" in bare) == (0, False, False)
    assert len(entry.splitlines()) == 6
    path = tmp_path / "CITATION.cff"
    path.write_text(citation.cff(about), encoding="utf-8")
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert (read["title"], read["authors"][1]) == (" ".join(evil.split()), {"name": " ".join(evil.split())})


def test_citation_file_is_valid(tmp_path: Path) -> None:
    told = {"title": "Claims", "license": "cc-by-4.0", "date": "2026-03-01", "doi": "10.5281/zenodo.1234567"}
    authors = [{"name": "Ana de la Ruiz", "orcid": "0000-0002-1825-0097"}, {"name": "The Group", "group": True}]
    about = About.model_validate({**told, "url": "https://x.example", "authors": authors})
    path = tmp_path / "CITATION.cff"
    path.write_text(citation.cff(about), encoding="utf-8")
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format", str(path)]
    ran = subprocess.run(check, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert yaml.safe_load(path.read_text())["authors"][0]["family-names"] == "de la Ruiz"
    assert citation.cff(About()) == ""
