"""The card of a dataset: what comes from data is neither HTML in its body nor anything but a value in its head."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from annotator.dataset.card import About, readme
from annotator.dataset.collect import ExportReport

EVIL = '<img src=x onerror=alert(1)> & "L\'été" | fin'


def card(folder: Path, **about: str) -> tuple[dict[str, Any], str]:
    """Return the head and the body of the card of one record in an odd language."""
    report = ExportReport(languages=Counter({EVIL: 1}), guidelines=Counter({EVIL: 1}))
    report.statuses["labelled"] = 1
    report.collected.set_aside[EVIL] = 1
    _, head, body = readme(report, About(**about), folder).split("---\n", 2)
    return yaml.safe_load(head), body


def test_no_html_of_data_is_in_the_body(tmp_path: Path) -> None:
    _, body = card(tmp_path, title=EVIL, license=EVIL)
    assert "<" not in body
    assert '# &lt;img src=x onerror=alert(1)&gt; &amp; "L\'été" \\| fin\n' in body
    assert body.count("&lt;img") == 4


def test_text_of_data_ends_no_cell_of_a_table(tmp_path: Path) -> None:
    _, body = card(tmp_path)
    assert '"L\'été" \\| fin | 1 |' in body


@pytest.mark.parametrize(
    "title",
    [EVIL, "a: b # c", "---\n- x", "\x85\u2028\u2029\x7f", "👩‍👩‍👧", "null", '{"a": 1}'],
    ids=["html", "comment", "document", "line-ends", "emoji", "null", "json"],
)
def test_head_holds_a_title_and_a_licence_as_they_are(tmp_path: Path, title: str) -> None:
    head, _ = card(tmp_path, title=title, license=title)
    assert (head["pretty_name"], head["license"], head["language"]) == (title, title, [EVIL])
