"""The report page: whole, escaped, without a request, and honest where there is nothing to measure."""

from __future__ import annotations

import json
import os
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from commands import annotator

from annotator.agreement import AgreementOptions
from annotator.dataset.page import svg
from annotator.dataset.page.content import PageContent
from annotator.dataset.page.report import write_report
from annotator.errors import UsageError
from annotator.labels import Label
from annotator.models import AnnotationStatus, Decision, Record, RecordStatus, TaskData, Vote

EVIL = '<script>alert("1")</script><img src=x onerror=alert(1)> & "\''


def record(unit: str, *said: Label, text: str = "Selon l’Insee.", **fields: str | list[str]) -> Record:
    blank = dict.fromkeys(TaskData.model_fields, "")
    article, _, number = unit.partition(":")
    place = {"position": int(number), "start": 20 * int(number), "end": 20 * int(number) + len(text)}
    known = {"unit_id": unit, "article_id": article, "kind": "sentence", "block": "paragraph", "source_lang": "fr"}
    data = TaskData.model_validate({**blank, **known, **place, "source_text": text, **fields})
    votes = tuple(
        Vote(annotator=f"a-{who}", status=AnnotationStatus.LABELLED, label=label, comment=text, lead_time=2.0)
        for who, label in enumerate(said)
    )
    unanimous = len(set(said)) == 1
    status = RecordStatus.LABELLED if unanimous else RecordStatus.UNDECIDED
    decision = Decision.UNANIMOUS if unanimous else None
    return Record(
        data=data, revision="r", label=said[0] if unanimous else None, status=status, decision=decision, votes=votes
    )


def page(folder: Path, *records: Record, articles_shown: int = 30, server: str = "") -> str:
    (folder / "records.jsonl").write_text("".join(one.model_dump_json() + "\n" for one in records), encoding="utf-8")
    out = folder / "report.html"
    write_report(
        folder,
        out,
        options=AgreementOptions(resamples=50),
        content=PageContent(article_limit=articles_shown),
        progress=lambda _done: None,
        server=server,
    )
    return out.read_text(encoding="utf-8")


class Tags(HTMLParser):
    """Collects what elements and attributes a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


S, OP, R = Label.SOURCED, Label.OPINION, Label.RHETORIC


def test_text_of_data_is_never_markup(tmp_path: Path) -> None:
    evil = record("a:1", S, OP, text=EVIL, article_title=EVIL, translation_warnings=EVIL, source_lang=EVIL, post=EVIL)
    text = page(tmp_path, evil, record("a:2", S, S))
    tags = Tags(text)
    assert {"script", "img"}.isdisjoint(tags.names)
    assert not [name for name in tags.attributes if name.startswith("on")]
    assert "&lt;script&gt;" in text


def test_a_dataset_whose_name_is_not_utf8_has_a_page(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"ds\xff")
    folder.mkdir()
    assert "ds\ufffd" in page(folder, record("a:1", S))


EMPTY_QUOTATION = 'a quotation is empty: " ; "'


def warning_rows(text: str) -> list[tuple[str, str]]:
    """The rows of the table of warnings."""
    table = text.partition("<h2>Translation warnings</h2>")[2].partition("</table>")[0]
    return re.findall(r"<td>([^<]*)</td><td>([^<]*)</td>", table)


def test_warnings_are_counted_by_their_code(tmp_path: Path) -> None:
    codes = ["quote_mismatch", "lost_name"]
    warned = {"translation_warnings": EMPTY_QUOTATION, "translated_text": "Text"}
    first = record("a:1", S, translation_warning_codes=codes[:1], **warned)
    both = record("a:2", S, translation_warning_codes=codes, **warned)
    alone = record("a:4", S, translation_warning_codes=["no_engine"])
    text = page(tmp_path, first, both, record("a:3", S, translated_text="Text"), alone)
    assert "3 warnings on 2 of 3 translated units, and a warning on each of 1 units without a translation." in text
    assert warning_rows(text) == [("quote_mismatch", "2"), ("lost_name", "1")]
    assert "a quotation is empty: &#34; ; &#34;" in text


def test_units_of_older_lines_whose_warnings_have_no_code_are_counted_in_one_row(tmp_path: Path) -> None:
    prose = ["expected 12, found none", "expected 7, found 9", EMPTY_QUOTATION, ""]
    text = {"translated_text": "Text"}
    units = [record(f"a:{number}", S, translation_warnings=line, **text) for number, line in enumerate(prose)]
    assert warning_rows(page(tmp_path, *units)) == [("without a code (older lines)", "3")]


def verdict(one: Record, said: Label, reason: str) -> Record:
    decided = Vote(annotator="a-9", status=AnnotationStatus.LABELLED, label=said, adjudication=reason)
    return one.model_copy(update={"votes": (*one.votes, decided), "project": 3, "task": 14})


def test_verdict_stands_with_its_reason_beside_the_disputed_unit_and_is_no_vote(tmp_path: Path) -> None:
    text = page(tmp_path, verdict(record("a:1", S, OP, translated_text="In English."), R, EVIL), record("a:2", S, S))
    assert "verdict of a-9: rhetoric</span> <small>&lt;script&gt;" in text
    assert '<span class="quiet">In English.</span>' in text
    assert "Verdicts, which are nobody’s answers and count apart: a-9 1." in text
    assert "<dt>annotators</dt><dd>2<small>2 units with two labels; 1 verdicts apart</small></dd>" in text


@pytest.mark.parametrize(
    ("server", "links"),
    [
        ("https://ls.example/", ["https://ls.example/projects/3/data?task=14"]),
        ("javascript:alert(1)//", []),
        ("", []),
    ],
)
def test_disputed_unit_leads_to_its_task_where_the_server_is_known(
    tmp_path: Path, server: str, links: list[str]
) -> None:
    text = page(tmp_path, verdict(record("a:1", S, OP), R, "why"), record("a:2", OP, R), server=server)
    assert re.findall(r'<a href="([^"]*)"', text) == links


def test_page_bears_the_title_of_its_dataset(tmp_path: Path) -> None:
    (tmp_path / "croissant.json").write_text(json.dumps({"name": f"Claims of 2025 {EVIL}"}), encoding="utf-8")
    text = page(tmp_path, record("a:1", S, OP))
    assert text.count("Claims of 2025 &lt;script&gt;") == 2


def test_disputed_units_can_be_filtered_by_the_pair_of_answers(tmp_path: Path) -> None:
    text = page(tmp_path, record("a:1", S, OP), record("a:2", S, R), record("a:3", OP, R, S))
    assert re.findall(r'<label for="(pair-[\w-]+)">', text) == [
        "pair-all",
        "pair-sourced-opinion",
        "pair-sourced-rhetoric",
        "pair-opinion-rhetoric",
    ]
    assert text.count('<blockquote class="disputed pair-sourced-opinion') == 2


def test_each_annotators_labels_and_pace_are_told(tmp_path: Path) -> None:
    rows = re.findall(r"<tr>(<td>a-0</td>.*?)</tr>", page(tmp_path, record("a:1", S, OP), record("a:2", S, S)))
    assert (
        "<td>2</td><td>0</td><td>0</td><td>0</td><td>0</td><td>0</td><td>2</td><td>no date</td><td>2.0 s</td>"
        in rows[0]
    )


def test_a_table_that_stops_says_how_many_rows_are_left(tmp_path: Path) -> None:
    text = page(tmp_path, *(record(f"a:{at}", S, OP) for at in range(23)))
    assert "3 more on which people differ are not shown" in text


def test_page_asks_for_nothing(tmp_path: Path) -> None:
    text = page(tmp_path, record("a:1", S, OP))
    assert {"href", "src", "srcset", "action", "data"}.isdisjoint(Tags(text).attributes)
    assert not re.findall(r"url\(|@import", text)
    assert "default-src &#x27;none&#x27;" in text or "default-src 'none'" in text


def test_plots_are_well_formed_and_named(tmp_path: Path) -> None:
    plots = re.findall(r"<svg.*?</svg>", page(tmp_path, record("a:1", S, OP), record("b:1", R, R)), re.DOTALL)
    assert len(plots) >= 6
    assert all(ET.fromstring(plot)[0].text for plot in plots)  # noqa: S314 - made here


@pytest.mark.parametrize(
    ("lowest", "ticks"),
    [
        pytest.param(0.3, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"], id="none-below-zero"),
        pytest.param(-0.17, ["-0.2", "0.0", "0.2", "0.4", "0.6", "0.8", "1.0"], id="below-zero"),
    ],
)
def test_ticks_stand_where_they_say(lowest: float, ticks: list[str]) -> None:
    drawn = ET.fromstring(svg.forest([svg.Interval("all", 0.5, lowest, 0.9)], "alpha"))  # noqa: S314 - made here
    lines = [float(line.attrib["x1"]) for line in drawn.iter() if line.attrib.get("class") == "grid"]
    names = {float(text.attrib["x"]): text.text for text in drawn.iter() if text.tag.endswith("text")}
    assert [names[x] for x in lines] == ticks
    steps = [right - left for left, right in pairwise(lines)]
    assert max(steps) - min(steps) < 0.2


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        pytest.param([], "no labels", id="empty"),
        pytest.param([record("a:1", S)], "one annotator", id="one-annotator"),
        pytest.param([record("a:1", S, S), record("b:1", S, S)], "one label in use, raw agreement 1.0", id="one-label"),
    ],
)
def test_page_says_why_there_is_no_value(tmp_path: Path, records: list[Record], reason: str) -> None:
    text = page(tmp_path, *records)
    assert reason in text
    assert not re.search(
        r"\b(nan|None|inf)\b", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL).replace("None:", "")
    )


def test_unit_is_coloured_by_the_label_that_stands_and_tells_who_said_what(tmp_path: Path) -> None:
    text = page(tmp_path, record("a:1", S, S), record("a:2", S, OP))
    assert '<span class="unit sourced" title="sourced (a-0: sourced; a-1: sourced)">' in text
    assert '<span class="unit undecided" title="undecided (a-0: sourced; a-1: opinion)">' in text


def test_only_as_many_articles_as_asked_for_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    text = page(tmp_path, *(record(f"art{at}:1", S, S) for at in range(5)), articles_shown=2)
    assert text.count("<details>") == 2
    assert "2 of 5 articles" in text


def test_text_that_was_kept_back_is_shown_by_its_place(tmp_path: Path) -> None:
    text = page(tmp_path, record("a:1", S, OP, text=""))
    assert "[20–20]" in text
    assert "text kept back" in text


def test_a_folder_that_is_not_there_is_no_dataset(tmp_path: Path) -> None:
    ran = annotator("report", tmp_path / "nope")
    assert ran.returncode == 2
    assert "nope: not a dataset" in ran.stderr.decode()
    assert "try: annotator export SOURCE --out FOLDER" in ran.stderr.decode()


def test_folder_without_records_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a dataset"):
        write_report(
            tmp_path,
            tmp_path / "x.html",
            options=AgreementOptions(),
            content=PageContent(),
            progress=lambda _done: None,
        )
